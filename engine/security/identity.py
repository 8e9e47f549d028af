"""Who calls, as a key or a token said it, and the four roles that decide what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; nobody may do anything without one, and none includes another."""

    PRICE = "price"
    APPROVE = "approve"
    RELEASE = "release"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls.

    Attributes:
        name: id of a person as approval rules know it, or of a program.
        roles: what they may do.
        tenant: whose rules and catalogue they may work on; "" for none in particular.
        methods: full names of the methods that the roles allow, decided when the identity is made.
    """

    name: str
    roles: frozenset[Role]
    tenant: str
    methods: frozenset[str]
