"""Tokens: what is accepted, and everything that is not."""

import hmac
import json
import sys
import time
from hashlib import sha256
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
from token_maker import (
    AUDIENCE,
    DOCUMENT,
    EC_KEY,
    ED_KEY,
    ISSUER,
    OTHER_RSA_KEY,
    RSA_KEY,
    claims,
    jwk,
    jwks,
    raw_token,
    token,
)

from engine.security import tokens
from engine.security.identity import Role
from engine.security.jwks import JwksError, read_jwks
from engine.security.options import TokenRules
from engine.security.tokens import TokenError, TokenVerifier, UnknownKeyError

RULES = TokenRules(ISSUER, AUDIENCE)


@pytest.fixture
def verifier():
    return TokenVerifier(RULES, read_jwks(DOCUMENT))


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (RSA_KEY, "RS256", "rsa"),
        (RSA_KEY, "RS512", "rsa"),
        (RSA_KEY, "PS256", "rsa"),
        (EC_KEY, "ES256", "ec"),
        (ED_KEY, "EdDSA", "ed"),
    ],
)
def test_a_good_token_says_who_calls(verifier, key, algorithm, kid):
    given = token(key, algorithm, kid, roles=["price", "approve", "somebody-elses"], tenant="acme")
    for _ in range(2):  # verified, then remembered
        found = verifier.find(given)
        assert (found.name, found.tenant, found.roles) == ("ann", "acme", {Role.PRICE, Role.APPROVE})


def test_roles_may_stand_between_spaces_and_inside_other_claims():
    nested = TokenVerifier(
        TokenRules(ISSUER, AUDIENCE, name_claim="email", roles_claim="realm.roles"), read_jwks(DOCUMENT)
    )
    found = nested.find(token(email="ann@example.com", realm={"roles": "release  administer"}))
    assert (found.name, found.roles) == ("ann@example.com", {Role.RELEASE, Role.ADMINISTER})


def test_a_token_without_roles_may_do_nothing(verifier):
    assert not verifier.find(token(roles=None)).methods


def now():
    return int(time.time())


REFUSED = {
    "expired": lambda: token(exp=now() - 31),
    "for later": lambda: token(nbf=now() + 60),
    "made in the future": lambda: token(iat=now() + 60),
    "without an end": lambda: token(exp=None),
    "of another issuer": lambda: token(iss="https://login.example.org"),
    "without an issuer": lambda: token(iss=None),
    "for another audience": lambda: token(aud="another-service"),
    "without an audience": lambda: token(aud=None),
    "without a name": lambda: token(sub=None),
    "with an empty name": lambda: token(sub=" "),
    "with half a character as name": lambda: raw_signed(sub="\ud800"),
    "with a line break in the name": lambda: token(sub="a\nb"),
    "with a long name": lambda: token(sub="a" * 201),
    "with a number as name": lambda: raw_signed(sub=7),
    "with a number as tenant": lambda: token(tenant=7),
    "with a number as roles": lambda: token(roles=7),
    "with an end that is no number": lambda: raw_signed(exp="tomorrow"),
    "with an end beyond numbers": lambda: raw_signed(exp=float("inf")),
    "signed by another key": lambda: token(OTHER_RSA_KEY),
    "with another key's id": lambda: token(kid="ec"),
    "with an unknown key's id": lambda: token(kid="none-such"),
    "with no key's id": lambda: jwt.encode(claims(), RSA_KEY, "RS256"),
    "demanding an extension": lambda: token(headers={"crit": ["b64"], "b64": True}),
    "unsigned": lambda: jwt.encode(claims(), None, "none", headers={"kid": "rsa"}),
    "unsigned with another spelling": lambda: raw_token({"alg": "NoNe", "kid": "rsa"}, claims()),
    "with its own key in the header": lambda: token(
        OTHER_RSA_KEY, headers={"jwk": jwk(OTHER_RSA_KEY.public_key(), "RS256")}
    ),
    "with an address of keys in the header": lambda: token(
        OTHER_RSA_KEY, headers={"jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/x"}
    ),
    "signed with HMAC over the public key": lambda: hmac_over_public_key(RSA_KEY),
    "too long": lambda: token(padding="x" * 9000),
    "empty": lambda: "",
    "dots": lambda: "..",
    "no text of tokens": lambda: "\ud800\x00é",
}


def raw_signed(**changed):
    body = json.dumps(claims(**changed)).encode()
    return jwt.PyJWS().encode(body, RSA_KEY, "RS256", headers={"kid": "rsa"})


def hmac_over_public_key(key):
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = raw_token({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, claims()).rstrip(".")
    signature = hmac.new(public, unsigned.encode(), sha256).digest()
    return raw_token({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, claims(), signature)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(verifier, case):
    given = REFUSED[case]()
    for _ in range(2):  # nothing refused is remembered as good
        with pytest.raises(TokenError) as caught:
            verifier.find(given)
        assert not given or given not in str(caught.value)
        assert "ann" not in str(caught.value)


def test_clocks_may_differ(verifier):
    assert verifier.find(token(exp=now() - 10)).name == "ann"
    assert verifier.find(token(nbf=now() + 10, iat=now() + 10)).name == "ann"


def test_a_remembered_token_ends_when_it_expires(monkeypatch, verifier):
    given = token(exp=now() + 5)
    assert verifier.find(given).name == "ann"
    start = time.time()
    monkeypatch.setattr(time, "time", lambda: start + 36)
    with pytest.raises(TokenError):
        verifier.find(given)


def test_other_keys_forget_what_the_old_ones_verified(verifier):
    given = token()
    verifier.find(given)
    verifier.replace_keys(read_jwks(jwks(jwk(OTHER_RSA_KEY.public_key(), "RS256", "new"))))
    with pytest.raises(UnknownKeyError):
        verifier.find(given)
    assert verifier.find(token(OTHER_RSA_KEY, kid="new")).name == "ann"


def test_few_tokens_are_remembered(monkeypatch, verifier):
    monkeypatch.setattr(tokens, "MAX_REMEMBERED", 3)
    for number in range(10):
        verifier.find(token(sub=f"person-{number}"))
    assert len(verifier._remembered) == 3


GOOD = token()
VERIFIER = TokenVerifier(RULES, read_jwks(DOCUMENT))


@settings(deadline=None)
@given(st.text(max_size=500) | st.builds(".".join, st.lists(st.text(max_size=60), min_size=3, max_size=3)))
def test_no_text_is_a_token(text):
    with pytest.raises(TokenError):
        VERIFIER.find(text)


@settings(deadline=None)
@given(st.data())
def test_a_token_with_anything_changed_is_refused(data):
    at = data.draw(st.integers(0, len(GOOD) - 2))  # the last character may carry bits that mean nothing
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    changed = GOOD[:at] + data.draw(st.sampled_from(alphabet)) + GOOD[at + 1 :]
    if changed != GOOD:
        with pytest.raises(TokenError):
            VERIFIER.find(changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
HEADERS = st.fixed_dictionaries({}, optional=dict.fromkeys(("alg", "kid", "typ", "crit", "jwk", "b64"), JSON))


@settings(deadline=None)
@given(HEADERS, JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(claims(), JSON)), st.binary(max_size=300))
def test_no_header_and_body_of_any_form_pass_without_a_signature(header, body, signature):
    with pytest.raises(TokenError):
        VERIFIER.find(raw_token(header, body, signature))


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*claims(), "nbf", "tenant"], JSON)))
def test_signed_bodies_of_any_form_are_accepted_whole_or_refused(changed):
    signed = jwt.PyJWS().encode(json.dumps(claims(**changed)).encode(), RSA_KEY, "RS256", headers={"kid": "rsa"})
    try:
        found = VERIFIER.find(signed)
    except TokenError:
        return
    assert found.name.strip()
    assert found.roles <= set(Role)


WEAK = rsa.generate_private_key(65537, 1024)
WRONG_DOCUMENTS = {
    "no JSON": b"{",
    "deep JSON": b"[" * 100_000,
    "no keys": b"{}",
    "empty list": b'{"keys": []}',
    "a list of texts": b'{"keys": ["a"]}',
    "nothing but encryption": jwks(jwk(RSA_KEY.public_key(), "RS256", "a", use="enc")),
    "a secret": jwks({"kty": "oct", "k": "c2VjcmV0", "kid": "a", "alg": "HS256"}),
    "a private key": jwks(jwk(RSA_KEY, "RS256", "a")),
    "a weak key": jwks(jwk(WEAK.public_key(), "RS256", "a")),
    "an id twice": jwks(jwk(RSA_KEY.public_key(), "RS256", "a"), jwk(EC_KEY.public_key(), "ES256", "a")),
    "several, one without an id": jwks(jwk(RSA_KEY.public_key(), "RS256"), jwk(EC_KEY.public_key(), "ES256", "a")),
    "an id that is no text": jwks(jwk(RSA_KEY.public_key(), "RS256", 7)),
    "no modulus": jwks({"kty": "RSA", "kid": "a", "e": "AQAB"}),
    "a modulus of another alphabet": jwks({"kty": "RSA", "kid": "a", "e": "AQAB", "n": "***"}),
    "too many": jwks(*[{"kty": "RSA"}] * 201),
}


@pytest.mark.parametrize("case", WRONG_DOCUMENTS)
def test_documents_of_keys_that_are_refused(case):
    with pytest.raises(JwksError):
        read_jwks(WRONG_DOCUMENTS[case])


def test_one_key_needs_no_id():
    alone = TokenVerifier(RULES, read_jwks(jwks(jwk(RSA_KEY.public_key(), "RS256"))))
    assert alone.find(jwt.encode(claims(), RSA_KEY, "RS256")).name == "ann"
    assert alone.find(token(kid="whatever")).name == "ann"


def test_a_key_for_one_algorithm_verifies_no_other():
    strict = TokenVerifier(RULES, read_jwks(jwks(jwk(RSA_KEY.public_key(), "RS256", "rsa", alg="RS256"))))
    assert strict.find(token()).name == "ann"
    with pytest.raises(TokenError):
        strict.find(token(algorithm="RS512"))
