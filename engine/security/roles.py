"""The closed table of methods and the roles that may call them; what is not in it may be called by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from engine.security.identity import Identity, Role

_PRICE = frozenset({Role.PRICE})
_APPROVE = frozenset({Role.APPROVE})
_RELEASE = frozenset({Role.RELEASE})
_ADMINISTER = frozenset({Role.ADMINISTER})
_QUOTES = _PRICE | _APPROVE
_VERSIONS = _RELEASE | _ADMINISTER
_EVERY = frozenset(Role)

_SERVICES: dict[str, dict[str, frozenset[Role]]] = {
    "QuoteService": {"PriceQuote": _PRICE, "PriceQuotes": _PRICE, "SolveDiscount": _PRICE},
    "CatalogService": {"GetProduct": _EVERY, "ListProducts": _EVERY},
    "RulebookService": {
        "GetRulebook": _EVERY,
        "ValidateRulebook": _RELEASE,
        "StageRulebook": _RELEASE,
        "ActivateRelease": _RELEASE,
        "CancelActivation": _RELEASE,
        "RollBack": _RELEASE,
        "ListReleases": _VERSIONS,
        "GetRelease": _VERSIONS,
    },
    "DecisionService": {"ListDecisions": _VERSIONS, "GetDecision": _VERSIONS, "ReplayDecision": _VERSIONS},
    "ConfigurationService": {
        "Configure": _PRICE,
        "Explain": _PRICE,
        "Repair": _PRICE,
        "Complete": _PRICE,
        "Validate": _PRICE,
        "Session": _PRICE,
    },
    "CreditService": {"CheckCredit": _PRICE},
    "RenewalService": {
        "ProposeRenewal": _PRICE,
        "PutContract": _ADMINISTER,
        "GetContract": _QUOTES | _ADMINISTER,
        "ListContracts": _QUOTES | _ADMINISTER,
    },
    "ApprovalService": {
        "SaveDraft": _PRICE,
        "SubmitQuote": _PRICE,
        "Recall": _PRICE,
        "Approve": _APPROVE,
        "Reject": _APPROVE,
        "Delegate": _APPROVE,
        "Comment": _QUOTES,
        "GetApproval": _QUOTES,
        "ListApprovals": _APPROVE,
        "ListEvents": _ADMINISTER,
        "WatchEvents": _ADMINISTER,
    },
}

METHOD_ROLES: dict[str, frozenset[Role]] = {
    **{
        f"/quotewright.v1.{service}/{method}": roles
        for service, methods in _SERVICES.items()
        for method, roles in methods.items()
    },
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": _EVERY,
}
"""Full name of a method to the roles any of which may call it."""

OPEN_METHODS = frozenset(
    {"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "/grpc.health.v1.Health/List"}
)
"""What answers without a key or token: load balancers ask it, and it tells nothing but that the server serves."""


def identity(name: str, roles: Iterable[Role], tenant: str = "") -> Identity:
    """An identity with the methods that its roles allow."""
    given = frozenset(roles)
    return Identity(name, given, tenant, _methods(given))


@cache
def _methods(roles: frozenset[Role]) -> frozenset[str]:
    return frozenset(method for method, allowed in METHOD_ROLES.items() if allowed & roles)
