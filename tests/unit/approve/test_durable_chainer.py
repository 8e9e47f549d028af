"""The adapter: sessions that fail are dropped, and the engine's own chainer answers instead."""

from __future__ import annotations

from decimal import Decimal

import pytest
from approval_texts import CREDIT, CUSTOMER, QUOTE

from engine.approve.chainer import PythonChainer
from engine.approve.durable_chainer import ChainingFailedError, DurableChainer, is_available
from engine.approve.facts import ApprovalFacts
from engine.approve.result import RouteOutcome
from engine.approve.route import Router
from engine.diagnostics import Severity

pytestmark = pytest.mark.skipif(not is_available(), reason="durable-rules cannot be imported here")

TEXT = """
roles: [{id: boss}]
people: [{id: bo, roles: [boss]}]
chains: [{id: c, steps: [{id: s, roles: [boss]}]}]
rules:
- {id: a, when: quote.net_total > 5, then: {derive: {big: true}}}
- {id: b, when: derived.big, then: {require: [c.s]}}
"""


def facts(net_total):
    return ApprovalFacts(CUSTOMER, {**QUOTE, "net_total": Decimal(net_total)}, [], CREDIT)


def test_a_run_over_its_budget_drops_the_session(program_of):
    chainer = DurableChainer(program_of(TEXT).strata[0])
    assert chainer.fired([4], []) == 0b11
    session = chainer._local.session
    chainer._budget = 1
    with pytest.raises(ChainingFailedError, match="budget"):
        chainer.fired([4], [])
    assert chainer._local.session is None
    assert session.failed
    chainer._budget = 100
    assert chainer.fired([4], []) == 0b11
    assert chainer._local.session is not session


def test_the_own_chainer_answers_where_the_library_fails(program_of, caplog):
    router = Router(program_of(TEXT), durable=True)
    router.chainers[0]._budget = 1
    assert router.route(facts("6")).outcome is RouteOutcome.APPROVAL_REQUIRED
    assert "durable-rules failed" in caplog.text


def test_nothing_stays_behind_after_many_runs(program_of):
    router, plain = Router(program_of(TEXT), durable=True), Router(program_of(TEXT), durable=False)
    for number in range(2000):
        quote = facts(str(number % 11))
        assert router.route(quote) == plain.route(quote)


def test_more_rules_than_hang_on_one_fact(program_of):
    rules = "".join(
        f"- {{id: n{n}, when: quote.net_total > {n}, then: {{derive: {{f{n}: true}}}}}}\n" for n in range(250)
    )
    program = program_of(TEXT + rules)
    router, plain = Router(program, durable=True), Router(program, durable=False)
    for figure in ("0", "1", "6", "120.5", "250"):
        route = router.route(facts(figure))
        assert route == plain.route(facts(figure))
    assert len(route.derived) == 251


CHOSEN = "settings: {chainer: durable_rules}" + TEXT


def test_a_rulebook_chooses_the_library(program_of):
    assert isinstance(Router(program_of(CHOSEN)).chainers[0], DurableChainer)
    assert isinstance(Router(program_of(TEXT)).chainers[0], PythonChainer)


def test_where_the_library_is_missing_the_own_chainer_serves(program_of, findings_of, monkeypatch):
    monkeypatch.setattr("engine.approve.durable_chainer.library", None)
    assert not is_available()
    program = program_of(CHOSEN)
    with pytest.raises(RuntimeError, match="cannot be imported"):
        DurableChainer(program.strata[0])
    router = Router(program)
    assert isinstance(router.chainers[0], PythonChainer)
    assert router.route(facts("6")).outcome is RouteOutcome.APPROVAL_REQUIRED
    [warning] = findings_of(CHOSEN)
    assert warning.severity is Severity.WARNING
    assert warning.message.startswith("durable-rules cannot be imported here")
    assert warning.span.line == 1
