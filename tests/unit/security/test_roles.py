"""The table of methods and roles is complete over everything a server offers, and each role can do just its own."""

import importlib
import pkgutil

import pytest
import quotewright.v1 as stubs
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from engine.security.identity import Role
from engine.security.roles import METHOD_ROLES, OPEN_METHODS, identity


def service_files():
    for item in pkgutil.iter_modules(stubs.__path__):
        if item.name.endswith("_pb2"):
            yield importlib.import_module(f"quotewright.v1.{item.name}")


def methods(*modules):
    return {
        f"/{service.full_name}/{method.name}"
        for module in modules
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }


OURS = methods(*service_files())
EXPECTED = {
    Role.PRICE: {
        "PriceQuote", "PriceQuotes", "SolveDiscount", "Configure", "Explain", "Repair", "Complete", "Validate",
        "Session", "CheckCredit", "ProposeRenewal", "SaveDraft", "SubmitQuote", "Recall",
    },
    Role.RELEASE: {"ValidateRulebook", "StageRulebook", "ActivateRelease", "CancelActivation", "RollBack"},
    Role.ADMINISTER: {"ListEvents", "PutContract"},
    Role.APPROVE: {"Approve", "Reject", "Delegate", "ListApprovals"},
}  # fmt: skip


def test_every_method_stands_in_the_table():
    assert len(OURS) >= 20
    assert set(METHOD_ROLES) == OURS | methods(reflection_pb2)
    assert all(roles for roles in METHOD_ROLES.values())


def test_health_alone_is_open():
    assert methods(health_pb2) == OPEN_METHODS
    assert not OPEN_METHODS & set(METHOD_ROLES)


@pytest.mark.parametrize("role", Role)
def test_a_role_alone_opens_its_own_methods(role):
    assert identity("a", [role]).methods == {method for method, roles in METHOD_ROLES.items() if role in roles}


@pytest.mark.parametrize("role", EXPECTED)
def test_what_only_one_role_may_do(role):
    alone = {method.rpartition("/")[2] for method, roles in METHOD_ROLES.items() if roles == {role}}
    assert alone >= EXPECTED[role]


def test_nobody_may_do_anything_without_a_role():
    assert not identity("a", []).methods


def test_roles_add_up():
    both = identity("a", [Role.PRICE, Role.APPROVE]).methods
    assert both == identity("a", [Role.PRICE]).methods | identity("a", [Role.APPROVE]).methods
