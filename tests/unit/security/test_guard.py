"""The guard: who is let in, what is told to who is not, and how much one client may have open."""

import gc
import hashlib
import logging
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
from token_maker import AUDIENCE, DOCUMENT, ISSUER, token

from engine.security.api_keys import ApiKey, ApiKeys, new_key
from engine.security.guard import OPEN, Guard
from engine.security.identity import Role
from engine.security.jwks import read_jwks
from engine.security.limits import OpenRequests
from engine.security.options import TokenRules
from engine.security.refusals import (
    OtherTenantError,
    OverLimitError,
    RefusedError,
    RoleMissingError,
    UnauthenticatedError,
)
from engine.security.roles import METHOD_ROLES, OPEN_METHODS, identity
from engine.security.tokens import TokenVerifier

KEYS = {role: new_key() for role in Role}
PRICE = "/quotewright.v1.QuoteService/PriceQuote"
APPROVE = "/quotewright.v1.ApprovalService/Approve"


def guard(tenant="", max_open=0, max_streams=0):
    keys = ApiKeys(
        ApiKey(identity(f"{role}-client", [role]), hashlib.sha256(key.encode()).digest()) for role, key in KEYS.items()
    )
    return Guard(keys, TokenVerifier(TokenRules(ISSUER, AUDIENCE), read_jwks(DOCUMENT)), tenant, max_open, max_streams)


GUARD = guard()


def bearer(credential):
    return (("user-agent", "test"), ("authorization", f"Bearer {credential}"))


@pytest.mark.parametrize("method", METHOD_ROLES)
@pytest.mark.parametrize("role", Role)
def test_each_role_can_do_just_its_own(role, method):
    if role in METHOD_ROLES[method]:
        admission = GUARD.admit(method, bearer(KEYS[role]))
        assert admission.identity.name == f"{role}-client"
    else:
        with pytest.raises(RoleMissingError) as caught:
            GUARD.admit(method, bearer(KEYS[role]))
        assert caught.value.reason == "ROLE_MISSING"
        assert all(needed in str(caught.value) for needed in METHOD_ROLES[method])


@pytest.mark.parametrize("method", [*sorted(METHOD_ROLES), "/quotewright.v1.QuoteService/NoSuch", "", "/", "/a/b"])
def test_without_a_key_nothing_answers(method):
    with pytest.raises(UnauthenticatedError):
        GUARD.admit(method, ())


@pytest.mark.parametrize("method", sorted(OPEN_METHODS))
def test_health_answers_everybody(method):
    assert GUARD.admit(method, ()) is OPEN


def test_unknown_methods_are_for_nobody():
    everybody = ApiKeys([ApiKey(identity("all", list(Role)), hashlib.sha256(KEYS[Role.PRICE].encode()).digest())])
    with pytest.raises(RoleMissingError):
        Guard(everybody, None).admit("/quotewright.v1.QuoteService/NoSuch", bearer(KEYS[Role.PRICE]))


def test_tokens_are_taken_too():
    assert GUARD.admit(PRICE, bearer(token())).identity.name == "ann"
    with pytest.raises(RoleMissingError):
        GUARD.admit(APPROVE, bearer(token()))


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_may_be_written_in_any_case(scheme):
    assert GUARD.identify((("authorization", f"{scheme} {KEYS[Role.PRICE]}"),)).name == "price-client"


WRONG = {
    "none": (),
    "another header": (("x-api-key", KEYS[Role.PRICE]),),
    "no scheme": (("authorization", KEYS[Role.PRICE]),),
    "another scheme": (("authorization", f"Basic {KEYS[Role.PRICE]}"),),
    "bytes": (("authorization", f"Bearer {KEYS[Role.PRICE]}".encode()),),
    "empty": (("authorization", ""),),
    "nothing behind the scheme": (("authorization", "Bearer "),),
    "two": (bearer(KEYS[Role.PRICE])[1], bearer(KEYS[Role.APPROVE])[1]),
    "the same twice": (bearer(KEYS[Role.PRICE])[1],) * 2,
    "two in one": (("authorization", f"Bearer {KEYS[Role.PRICE]}, Bearer {KEYS[Role.APPROVE]}"),),
    "an unknown key": bearer(new_key()),
    "a changed key": bearer(KEYS[Role.PRICE][:-1]),
    "a key in upper case": bearer(KEYS[Role.PRICE].upper()),
    "an expired token": bearer(token(exp=1)),
    "a foreign token": bearer(token(iss="https://elsewhere.example")),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused(case):
    with pytest.raises(UnauthenticatedError):
        GUARD.admit(PRICE, WRONG[case])


def test_refusals_do_not_tell_keys_apart():
    """An unknown key, an expired token and noise are refused in the same words: nobody learns what exists."""
    told = set()
    for case in ("an unknown key", "a changed key", "an expired token", "a foreign token", "two", "another scheme"):
        with pytest.raises(UnauthenticatedError) as caught:
            GUARD.admit(PRICE, WRONG[case])
        told.add((str(caught.value), caught.value.reason, str(caught.value.facts)))
    assert len(told) == 1


def test_the_log_tells_why_but_nothing_secret_and_not_every_time(caplog):
    fresh = guard()
    with caplog.at_level(logging.INFO):
        for metadata in WRONG.values():
            for _ in range(3):
                with pytest.raises(UnauthenticatedError):
                    fresh.admit(PRICE, metadata)
    assert 3 <= len(caplog.records) <= 10
    for secret in [*KEYS.values(), *(value for case in WRONG.values() for _, value in case if len(value) > 10)]:
        assert str(secret) not in caplog.text
        assert str(secret)[-20:] not in caplog.text


METADATA = st.lists(
    st.tuples(
        st.sampled_from(["authorization", "Authorization", "x-api-key", "te"]) | st.text(max_size=10),
        st.text(max_size=60)
        | st.binary(max_size=20)
        | st.text(max_size=60).map("Bearer {}".format)
        | st.text(max_size=50).map("Bearer qw_{}".format)
        | st.builds("Bearer {}.{}.{}".format, st.text(max_size=20), st.text(max_size=20), st.text(max_size=20)),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(METADATA, st.sampled_from(sorted(METHOD_ROLES)) | st.text(max_size=40))
def test_no_metadata_of_any_form_gets_in(metadata, method):
    if method in OPEN_METHODS:
        return
    with pytest.raises(RefusedError):
        GUARD.admit(method, metadata)


def test_keys_and_tokens_of_other_tenants_are_refused():
    ours = guard(tenant="acme")
    assert ours.admit(PRICE, bearer(token(tenant="acme"))).identity.tenant == "acme"
    for other in (token(tenant="other"), token(), KEYS[Role.PRICE]):
        with pytest.raises(OtherTenantError):
            ours.admit(PRICE, bearer(other))


def test_a_client_has_so_much_open_and_no_more():
    limited = guard(max_open=2)
    held = [limited.admit(PRICE, bearer(KEYS[Role.PRICE])) for _ in range(2)]
    with pytest.raises(OverLimitError):
        limited.admit(PRICE, bearer(KEYS[Role.PRICE]))
    assert limited.admit(APPROVE, bearer(KEYS[Role.APPROVE])).identity.name == "approve-client"  # another client
    assert limited.admit(min(OPEN_METHODS), ()) is OPEN
    held.pop()
    held.append(limited.admit(PRICE, bearer(KEYS[Role.PRICE])))
    with pytest.raises(OverLimitError):
        limited.admit(PRICE, bearer(KEYS[Role.PRICE]))


def test_streams_are_counted_as_requests_and_on_their_own():
    limited = guard(max_open=3, max_streams=2)
    stream = "/quotewright.v1.QuoteService/PriceQuotes"
    held = [limited.admit(stream, bearer(KEYS[Role.PRICE]), streaming=True) for _ in range(2)]
    with pytest.raises(OverLimitError, match="2 streams"):
        limited.admit(stream, bearer(KEYS[Role.PRICE]), streaming=True)
    held.append(limited.admit(PRICE, bearer(KEYS[Role.PRICE])))
    with pytest.raises(OverLimitError, match="3 requests"):
        limited.admit(PRICE, bearer(KEYS[Role.PRICE]))
    held.clear()
    limited.admit(stream, bearer(KEYS[Role.PRICE]), streaming=True)


def test_slots_are_free_again_whatever_ends_them():
    counted = OpenRequests(5, "requests")

    def fails():
        slot = counted.enter("a")
        raise ValueError(str(slot))

    for _ in range(20):
        with pytest.raises(ValueError, match="Slot"):
            fails()
    assert counted.count("a") == 0
    cycle = [counted.enter("a")]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert counted.count("a") == 0
    assert not counted._counts


def test_many_threads_never_have_more_open_than_allowed():
    counted, most, refused = OpenRequests(3, "requests"), [], []

    def work():
        for _ in range(500):
            try:
                slot = counted.enter("a")
            except OverLimitError:
                refused.append(1)
            else:
                most.append(counted.count("a"))
                del slot

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 3
    assert len(most) + len(refused) == 4000
    assert counted.count("a") == 0
