"""Credit and approval are written as protobuf writes them, whatever they hold, and come back equal."""

import string
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from quotewright.v1 import approval_pb2, credit_pb2

from engine.approve.result import Candidate, Derived, Reason, Route, RouteOutcome, RouteStep, Slot, StepStatus
from engine.credit.result import CreditCondition, CreditFinding, CreditOutcome, CreditResult, Exposure, Level
from engine.wire.read_outcomes import read_credit, read_route
from engine.wire.wire_format import fill
from engine.wire.write_approval import route_text
from engine.wire.write_credit import write_credit

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(["x" * 130, "é" * 64])
NAMES = st.text(string.ascii_letters + "é", min_size=1, max_size=10)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9) | (
    st.sampled_from([Decimal(1000), Decimal("0.000000000001"), Decimal("-0.10"), Decimal("9" * 34)])
)
OPTIONAL = st.none() | DECIMALS
VALUES = st.none() | st.booleans() | TEXTS | DECIMALS | st.dates()
WHY = (TEXTS, TEXTS, st.integers(0, 10**6), TEXTS, st.lists(st.tuples(TEXTS, VALUES), max_size=3).map(tuple))
REASONS = st.builds(Reason, *WHY)
CANDIDATE = st.builds(Candidate, TEXTS, TEXTS, TEXTS)
CANDIDATES = st.lists(CANDIDATE, max_size=2).map(tuple)
# The role of an escalation is no part of the reply, nor is an escalation to nobody.
ESCALATIONS = st.none() | st.builds(Slot, st.just(""), st.lists(CANDIDATE, min_size=1, max_size=2).map(tuple))


@st.composite
def steps(draw):
    chain = draw(NAMES)
    few = st.integers(0, 300)
    return RouteStep(
        f"{chain}.{draw(NAMES)}", chain, draw(few), draw(few), draw(st.sampled_from(StepStatus)), draw(TEXTS),
        draw(few), tuple(draw(st.lists(st.builds(Slot, TEXTS, CANDIDATES), max_size=2))), draw(few),
        draw(ESCALATIONS), tuple(draw(st.lists(REASONS, max_size=2))),
    )  # fmt: skip


ROUTES = st.builds(
    Route,
    st.sampled_from(RouteOutcome),
    TEXTS,
    st.lists(steps(), max_size=3).map(tuple),
    st.lists(REASONS, max_size=2).map(tuple),
    st.lists(st.builds(Derived, TEXTS, VALUES, REASONS), max_size=2).map(tuple),
)
CONDITIONS = st.builds(CreditCondition, st.sampled_from(["deposit_percent", "deposit_amount"]), DECIMALS, TEXTS) | (
    st.builds(CreditCondition, st.sampled_from(["payment_terms", "partial_shipment"]), TEXTS, TEXTS)
)
CREDITS = st.builds(
    CreditResult,
    st.sampled_from(CreditOutcome), TEXTS, TEXTS, OPTIONAL, TEXTS, OPTIONAL, OPTIONAL, OPTIONAL,
    st.builds(Exposure, *[DECIMALS] * 9, st.integers(0, 10**6)),
    st.lists(st.builds(Level, TEXTS, OPTIONAL, DECIMALS, DECIMALS), max_size=3).map(tuple),
    OPTIONAL, TEXTS, TEXTS,
    st.lists(
        st.builds(CreditFinding, *WHY[:3], st.sampled_from(CreditOutcome), TEXTS, *WHY[3:]), max_size=2
    ).map(tuple),
    st.lists(CONDITIONS, max_size=3).map(tuple), TEXTS, TEXTS,
)  # fmt: skip


@given(ROUTES)
@settings(max_examples=100, deadline=None)
def test_routes(route):
    data = route_text(route).encode("latin-1")
    message = approval_pb2.ApprovalRoute.FromString(data)
    assert message.SerializeToString(deterministic=True) == data
    assert read_route(message) == route
    assert route_text(route).encode("latin-1") == data


@given(CREDITS)
@settings(max_examples=100, deadline=None)
def test_credits(credit):
    message = credit_pb2.CreditResult()
    write_credit(credit, message)
    assert read_credit(message) == credit
    data = message.SerializeToString(deterministic=True)
    assert credit_pb2.CreditResult.FromString(data) == message


def test_a_list_is_the_text_of_its_items_and_empty_text_is_there():
    values = (("roles", ["cfo", "é"]), ("none", []), ("empty", ""), ("unknown", None), ("no", False))
    reason = Reason("r", "f", 1, "", values)
    message = approval_pb2.ApprovalRoute()
    fill(message, route_text(Route(RouteOutcome.AUTO_APPROVED, "", (), (reason,), ())))
    told = message.auto_approvals[0].values
    assert [fact.name for fact in told] == [name for name, _ in values]
    assert [fact.value.text for fact in told] == ["cfo, é", "", "", "", ""]
    kinds = [fact.value.WhichOneof("value") for fact in told]
    assert kinds == ["text", "text", "text", None, "boolean"]
    assert [fact.HasField("value") for fact in told] == [True, True, True, False, True]


def test_what_is_kept_of_a_slot_goes_to_no_other():
    first = Slot("cfo", (Candidate("felix", "Felix"),))
    step = RouteStep("a.b", "a", 1, 1, StepStatus.REQUIRED, "", 1, (first,), 0, None, ())
    route = Route(RouteOutcome.APPROVAL_REQUIRED, "", (step,), (), ())
    other = replace(step, slots=(replace(first, role="legal"),))
    for known in (step, other, step):
        message = approval_pb2.ApprovalRoute()
        fill(message, route_text(replace(route, steps=(known,))))
        assert message.steps[0].slots[0].role == known.slots[0].role
