"""The public keys that tokens are signed with: a JWKS document from a file or an HTTPS address.

A key says which algorithms it verifies, never the token: that is what keeps a token from choosing `none`, or from
being "signed" with HMAC over a public key.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from engine.security.addresses import check_place_of_keys, is_url

MAX_BYTES = 1024 * 1024
MAX_KEYS = 200
FETCH_SECONDS = 5.0
MIN_RSA_BITS = 2048
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey


class JwksError(Exception):
    """The document cannot be had or used; the message says why."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key with the algorithms that it may verify."""

    public: PublicKey
    algorithms: tuple[str, ...]


Keys = Mapping[str, VerificationKey]
"""Keys by their id ("kid"); "" for the one key of a document that names none."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: they could lead from HTTPS to plain text."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def fetch(place: str) -> bytes:
    """The document at a path or address.

    Raises:
        JwksError: it cannot be had.
    """
    try:
        check_place_of_keys(place)
        if not is_url(place):
            with Path(place).open("rb") as file:
                document = file.read(MAX_BYTES + 1)
        else:
            opener = urllib.request.build_opener(_NoRedirect)
            with opener.open(place, timeout=FETCH_SECONDS) as reply:
                document = reply.read(MAX_BYTES + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise JwksError(f"{place}: {error}") from None
    if len(document) > MAX_BYTES:
        raise JwksError(f"{place}: more than {MAX_BYTES:,} bytes")
    return document


def read_jwks(document: bytes) -> Keys:
    """The usable keys of a JWKS document; keys for encryption and of unknown kinds are left out.

    Raises:
        JwksError: it is no such document, holds no usable key, or one that must not be there.
    """
    try:
        whole = json.loads(document)
    except (ValueError, RecursionError):
        raise JwksError("this is no JSON") from None
    items = whole.get("keys") if isinstance(whole, dict) else None
    if not isinstance(items, list) or len(items) > MAX_KEYS:
        raise JwksError(f"a JWKS document has a list 'keys' of at most {MAX_KEYS} keys")
    keys: dict[str, VerificationKey] = {}
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise JwksError(f"key {number} is no object")
        key = _read_key(item, number)
        if key is None:
            continue
        name = item.get("kid", "")
        if not isinstance(name, str) or name in keys:
            raise JwksError(f"key {number} has no 'kid' of its own")
        keys[name] = key
    if not keys:
        raise JwksError("there is no key to verify signatures with")
    if "" in keys and len(keys) > 1:
        raise JwksError("every one of several keys has a 'kid'")
    return keys


def _read_key(item: dict[str, Any], number: int) -> VerificationKey | None:
    if item.get("use", "sig") != "sig" or item.get("kty") not in ("RSA", "EC", "OKP", "oct"):
        return None
    if item["kty"] == "oct" or "d" in item:
        raise JwksError(f"key {number} is a secret: tokens are verified with public keys alone")
    try:
        public = jwt.PyJWK(item).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
        raise JwksError(f"key {number} cannot be read") from None
    algorithms = _algorithms(public, number)
    named = item.get("alg")
    if named is not None:
        algorithms = tuple(name for name in algorithms if name == named)
    return VerificationKey(public, algorithms) if algorithms else None


def _algorithms(public: object, number: int) -> tuple[str, ...]:
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size < MIN_RSA_BITS:
            raise JwksError(f"key {number} has {public.key_size} bits; RSA needs {MIN_RSA_BITS}")
        return _RSA
    if isinstance(public, ec.EllipticCurvePublicKey):
        name = _CURVES.get(public.curve.name)
        return (name,) if name else ()
    if isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return ("EdDSA",)
    return ()
