"""Options of security: what does not fit together is refused before the server listens."""

from pathlib import Path

import pytest

from engine.security.addresses import stays_here
from engine.security.options import SecurityOptions, SecurityOptionsError

TLS = {"tls_certificate": Path("a.pem"), "tls_key": Path("k.pem")}
TOKENS = {"token_issuer": "https://i", "token_audience": "q", "token_keys": "jwks.json"}
HERE, EVERYWHERE = "127.0.0.1:50051", "0.0.0.0:50051"

FITS = {
    "nothing, here": ({}, HERE),
    "plain text beyond, said": ({"insecure": True}, EVERYWHERE),
    "TLS": (TLS, EVERYWHERE),
    "mutual TLS": (TLS | {"tls_client_authority": Path("c.pem")}, EVERYWHERE),
    "tokens": (TOKENS, HERE),
    "keys over HTTPS": (TOKENS | {"token_keys": "https://login.example.com/keys"}, HERE),
    "keys of this machine": (TOKENS | {"token_keys": "http://127.0.0.1:8080/keys"}, HERE),
}
WRONG = {
    "plain text beyond": ({}, EVERYWHERE, "--insecure"),
    "plain text beyond, with keys": ({"api_keys": Path("keys.yaml")}, EVERYWHERE, "--insecure"),
    "a certificate without its key": ({"tls_certificate": Path("a")}, HERE, "both"),
    "a key without its certificate": ({"tls_key": Path("a")}, HERE, "both"),
    "authorities without TLS": ({"tls_client_authority": Path("a")}, HERE, "--tls-certificate"),
    "an issuer alone": ({"token_issuer": "https://i"}, HERE, "--token-audience"),
    "keys alone": ({"token_keys": "jwks.json"}, HERE, "--token-issuer"),
    "keys in the clear": (TOKENS | {"token_keys": "http://login.example.com/keys"}, HERE, "https"),
    "keys by another way": (TOKENS | {"token_keys": "file:///etc/passwd"}, HERE, "https"),
    "keys of no host": (TOKENS | {"token_keys": "https://"}, HERE, "https"),
    "keys at no address": (TOKENS | {"token_keys": "https://[x/keys"}, HERE, "no address"),
    "clocks an hour apart": (TOKENS | {"token_leeway": 3600.0}, HERE, "--token-leeway"),
    "a leeway that is no number": (TOKENS | {"token_leeway": float("nan")}, HERE, "--token-leeway"),
    "a tenant that nothing tells": ({"tenant": "acme"}, HERE, "--api-keys"),
    "less than nothing open": ({"max_open_requests": -1}, HERE, "--max-open-requests"),
}


@pytest.mark.parametrize("case", FITS)
def test_options_that_fit(case):
    options, address = FITS[case]
    SecurityOptions(**options).check(address)


@pytest.mark.parametrize("case", WRONG)
def test_options_that_do_not(case):
    options, address, told = WRONG[case]
    with pytest.raises(SecurityOptionsError, match=told):
        SecurityOptions(**options).check(address)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1:1", True), ("127.8.8.8:1", True), ("[::1]:1", True), ("localhost:1", True), ("unix:/tmp/a", True),
        ("0.0.0.0:1", False), ("[::]:1", False), ("10.0.0.1:1", False), ("host:1", False), (":1", False),
        ("localhost.example.com:1", False), ("[::ffff:10.0.0.1]:1", False),
    ],
)  # fmt: skip
def test_which_addresses_stay_on_this_machine(address, here):
    assert stays_here(address) is here
