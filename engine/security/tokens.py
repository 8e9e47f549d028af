"""Tokens (JWT): verified against pinned keys once, then remembered until they expire."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from typing import Any

import jwt

from engine.security.identity import Identity, Role
from engine.security.jwks import Keys, VerificationKey
from engine.security.options import TokenRules
from engine.security.roles import identity

MAX_TOKEN_CHARACTERS = 8_192
MAX_REMEMBERED = 10_000
MAX_NAME = 200


class TokenError(Exception):
    """A token that is not accepted; the message is for the server's log and holds nothing of the token."""


class UnknownKeyError(TokenError):
    """The token names a key that is not among those at hand: they may have changed."""


class TokenVerifier:
    """Verifies tokens against the keys last put in."""

    def __init__(self, rules: TokenRules, keys: Keys) -> None:
        self._rules = rules
        self._options: dict[str, Any] = {"require": ["exp", "iss", "aud"]}
        self._changing = threading.Lock()
        self._keys = keys
        self._remembered: dict[bytes, tuple[float, Identity]] = {}

    def replace_keys(self, keys: Keys) -> None:
        """Verify with `keys` from now on; what the old ones verified is forgotten."""
        with self._changing:
            self._keys, self._remembered = keys, {}

    def find(self, token: str) -> Identity:
        """Who calls with `token`.

        Raises:
            TokenError: it is not accepted.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        remembered = self._remembered
        known = remembered.get(digest)
        if known is not None:
            if time.time() < known[0]:
                return known[1]
            raise TokenError("expired")
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise TokenError("too long")
        claims = self._verified(token, self._keys)
        found = self._identity(claims)
        with self._changing:
            if remembered is self._remembered:  # else the keys changed meanwhile
                if len(remembered) >= MAX_REMEMBERED:
                    del remembered[next(iter(remembered))]
                remembered[digest] = float(claims["exp"]) + self._rules.leeway, found
        return found

    def _verified(self, token: str, keys: Keys) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if "crit" in header:
                raise TokenError("demands an extension")
            key = _key(header, keys)
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key=key.public,
                algorithms=list(key.algorithms),
                audience=self._rules.audience,
                issuer=self._rules.issuer,
                leeway=self._rules.leeway,
                options=self._options,  # type: ignore[arg-type]  # a TypedDict that changes between versions
            )
            float(claims["exp"])
        except jwt.PyJWTError as error:
            raise TokenError(type(error).__name__) from None
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise TokenError(f"malformed ({type(error).__name__})") from None
        return claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        rules = self._rules
        name, tenant = _claim(claims, rules.name_claim), _claim(claims, rules.tenant_claim) or ""
        if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
            raise TokenError(f"the claim {rules.name_claim!r} is no name")
        if not isinstance(tenant, str) or not tenant.isprintable() or len(tenant) > MAX_NAME:
            raise TokenError(f"the claim {rules.tenant_claim!r} is no tenant")
        given = _claim(claims, rules.roles_claim) or ()
        if isinstance(given, str):
            given = given.split()
        if not isinstance(given, list | tuple):
            raise TokenError(f"the claim {rules.roles_claim!r} is no list of roles")
        return identity(name, (Role(role) for role in given if role in list(Role)), tenant)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The value of a claim; None where there is none."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _key(header: Mapping[str, Any], keys: Keys) -> VerificationKey:
    name = header.get("kid", "")
    if not isinstance(name, str):
        raise TokenError("malformed key id")
    if name in keys:
        return keys[name]
    if len(keys) == 1 and (not name or "" in keys):
        return next(iter(keys.values()))
    raise UnknownKeyError("signed with an unknown key" if name else "names no key")
