"""Calls that are refused before any of their work begins; `engine.service.errors` gives them their status.

What a refusal tells is all that a caller learns: never whether a key exists, nor what a token holds.
"""

from __future__ import annotations


class RefusedError(Exception):
    """A call that may not be made.

    Attributes:
        reason: stable identifier for programs.
        facts: what the identifier is about, for programs.
    """

    def __init__(self, reason: str, message: str, **facts: str) -> None:
        self.reason, self.facts = reason, facts
        super().__init__(message)


class UnauthenticatedError(RefusedError):
    """Nobody known calls."""


class RoleMissingError(RefusedError):
    """Who calls may not call this."""


class OtherTenantError(RefusedError):
    """Who calls belongs to another tenant than the server."""


class OtherPersonError(RefusedError):
    """The message names somebody else as the person who acts than the key or token does."""


class OverLimitError(RefusedError):
    """The client has as much open as one client may have."""


def acting_person(named: str, caller: str) -> str:
    """Who acts: the caller, whom the message may name too.

    Args:
        named: as the message has it, may be empty.
        caller: as the key or token has it.

    Raises:
        OtherPersonError: the message names somebody else.
    """
    if named and named != caller:
        raise OtherPersonError(
            "OTHER_PERSON",
            "the message names another person than the key or token of the call: leave the person empty, or use "
            "that person's own key or token",
        )
    return caller
