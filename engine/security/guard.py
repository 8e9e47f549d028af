"""The one question that the transport asks before a call: who it is, and whether they may."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from engine.security.api_keys import PREFIX, ApiKeys
from engine.security.identity import Identity
from engine.security.limits import OpenRequests, Slot
from engine.security.refusals import OtherTenantError, RoleMissingError, UnauthenticatedError
from engine.security.roles import METHOD_ROLES, OPEN_METHODS
from engine.security.tokens import TokenError, TokenVerifier, UnknownKeyError

LOG = logging.getLogger("quotewright")

SCHEME = "bearer "
LOG_SECONDS = 10.0
SEND = "send a key or token that is good now as metadata 'authorization: Bearer KEY_OR_TOKEN'"


@dataclass(frozen=True, slots=True)
class Admission:
    """A call that may be made.

    Attributes:
        identity: who calls; None for what is open to everybody.
        slots: to be kept until the call ended.
    """

    identity: Identity | None
    slots: tuple[Slot, ...] = ()


OPEN = Admission(None)


class Guard:
    """Admits calls by key or token, role and count.

    Attributes:
        keys: the keys in force; put others in their place to change them.
        tokens: verifies tokens; None where none are taken.
        wants_keys: set when a token named a verification key that is not at hand.
    """

    def __init__(
        self, keys: ApiKeys, tokens: TokenVerifier | None, tenant: str = "", max_open: int = 0, max_streams: int = 0
    ) -> None:
        """A guard.

        Args:
            keys: keys that are accepted.
            tokens: verifies tokens; None takes none.
            tenant: the one whose keys and tokens are accepted; "" for any.
            max_open: most open requests a client, streams among them; 0 for no limit.
            max_streams: most open streams a client; 0 for no limit.
        """
        self.keys = keys
        self.tokens = tokens
        self.wants_keys = False
        self._tenant = tenant
        self._of_requests = (OpenRequests(max_open, "requests"),) if max_open else ()
        self._of_streams = (*self._of_requests, *([OpenRequests(max_streams, "streams")] if max_streams else ()))
        self._logged: dict[str, float] = {}

    def admit(self, method: str, metadata: Iterable[tuple[str, str | bytes]], *, streaming: bool = False) -> Admission:
        """Whether a call may be made.

        Args:
            method: full name, for example "/quotewright.v1.QuoteService/PriceQuote".
            metadata: of the call.
            streaming: whether the call is a stream.

        Raises:
            UnauthenticatedError: it carries no key or token that is good.
            OtherTenantError: who calls belongs to another tenant.
            RoleMissingError: who calls may not call this.
            OverLimitError: the client has too much open.
        """
        if method in OPEN_METHODS:
            return OPEN
        identity = self.identify(metadata)
        if self._tenant and identity.tenant != self._tenant:
            raise OtherTenantError("OTHER_TENANT", "this server works for another tenant than this key or token")
        if method not in identity.methods:
            raise _role_missing(method, identity)
        limits = self._of_streams if streaming else self._of_requests
        if not limits:
            return Admission(identity)
        client = f"{identity.tenant}/{identity.name}"
        return Admission(identity, tuple([limit.enter(client) for limit in limits]))

    def identify(self, metadata: Iterable[tuple[str, str | bytes]]) -> Identity:
        """Who calls, by the metadata of the call.

        Raises:
            UnauthenticatedError: it carries no key or token that is good, or more than one.
        """
        given: str | bytes | None = None
        for name, value in metadata:
            if name == "authorization":
                if given is not None:
                    raise self._refused("several", "CREDENTIALS_INVALID")
                given = value
        if given is None:
            raise self._refused("none", "CREDENTIALS_MISSING")
        if not isinstance(given, str) or given[: len(SCHEME)].lower() != SCHEME:
            raise self._refused("no bearer", "CREDENTIALS_INVALID")
        credential = given[len(SCHEME) :].strip()
        if credential.startswith(PREFIX):
            identity = self.keys.find(credential)
            if identity is None:
                raise self._refused("key unknown or expired", "CREDENTIALS_INVALID")
            return identity
        if self.tokens is None:
            raise self._refused("tokens are not taken here", "CREDENTIALS_INVALID")
        try:
            return self.tokens.find(credential)
        except TokenError as error:
            self.wants_keys |= isinstance(error, UnknownKeyError)
            raise self._refused(f"token: {error}", "CREDENTIALS_INVALID") from None

    def _refused(self, why: str, reason: str) -> UnauthenticatedError:
        """The refusal; `why` is for the log alone, which tells each at most once in ten seconds."""
        now = time.monotonic()
        if now - self._logged.get(why, -LOG_SECONDS) >= LOG_SECONDS:
            self._logged[why] = now
            LOG.warning("a call was refused: %s", why)
        found = "no key or token" if reason == "CREDENTIALS_MISSING" else "no key or token that is good"
        return UnauthenticatedError(reason, f"the call has {found}: {SEND}")


def _role_missing(method: str, identity: Identity) -> RoleMissingError:
    allowed = METHOD_ROLES.get(method)
    if allowed is None:
        return RoleMissingError("METHOD_UNKNOWN", "there is no such method that somebody may call")
    roles = ", ".join(sorted(allowed))
    name = method.rpartition("/")[2]
    has = ", ".join(sorted(identity.roles)) or "none"
    told = f"{name} needs the role {roles.replace(', ', ' or ')}; this key or token has {has}"
    return RoleMissingError("ROLE_MISSING", told, method=name, roles=roles)
