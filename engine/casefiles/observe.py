"""What the engine answers for a test case, as names and values that expectations are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.approve.result import Route, StepStatus
from engine.casefiles.build import Request
from engine.casefiles.model import Case, Subject
from engine.configure.answer import State
from engine.configure.choices import ChoicesRejectedError
from engine.configure.explanation import why_conflict
from engine.configure.program import ConstraintKind, RuleAction
from engine.credit.result import CreditResult
from engine.decision import LINE_FACTS, Decision, Renewal, decide, renew
from engine.pricing.result import PricedLine
from engine.quote import QuoteRejectedError, Violation
from engine.snapshot import Snapshot
from engine.trace import Origin

TOTALS = ("list_total", "net_total", "discount_total", "one_time_total", "recurring_total", "usage_total",
          "first_year_total", "monthly_recurring", "annual_recurring", "cost_total", "margin",
          "margin_percent")  # fmt: skip
LINE = ("sku", "quantity", "price_list", "charge_model", "list_total", "net_total", "cost_total", "first_year_total",
        "monthly_recurring")  # fmt: skip

WRITTEN = (ConstraintKind.REQUIRES, ConstraintKind.EXCLUDES, ConstraintKind.CONDITION, ConstraintKind.TABLE)
"""Constraints that people write as such."""
PROPOSALS = ("default ", "quantity ")
"""How the ids of rules begin that the catalogue's defaults and quantities become."""

FEW = 2_000
"""Options up to which the state of each is found out in any case."""
STATES = ("selected", "forced", "excluded", "selectable", "hidden", "proposed")

Fired = tuple[str, str]
"""A kind of rule and the id of one that took part."""

TableRow = tuple[str, int, str]
"""A row of a table by its file, line and cell."""


@dataclass(slots=True)
class Observed:
    """What was answered.

    Attributes:
        values: by name, nested; lists hold ids or texts.
        fired: rules that took part.
        rows: rows of tables that gave their values.
        decision: about the quote, where there is one, to show waterfalls of.
    """

    values: dict[str, Any] = field(default_factory=dict)
    fired: set[Fired] = field(default_factory=set)
    rows: set[TableRow] = field(default_factory=set)
    decision: Decision | None = None

    def refuse(self, violations: Iterable[Violation]) -> None:
        """Note what keeps the request from being answered."""
        self.values["errors"] = [f"{one.field}: {one.message} [{one.reason}]" for one in violations]


def observe(case: Case, request: Request, snapshot: Snapshot) -> Observed:
    """Ask the engine."""
    observed = Observed()
    if request.violations:
        observed.refuse(request.violations)
        return observed
    observed.values["errors"] = []
    try:
        if case.subject is Subject.CONFIGURATION:
            _configuration(case, request, snapshot, observed)
        elif request.renewal is not None:
            found = renew(snapshot, request.renewal, credit=request.credit, approval=request.approval)
            _renewal(found, observed)
        elif request.quote is not None:
            _decision(decide(snapshot, request.quote, credit=request.credit, approval=request.approval), observed)
    except QuoteRejectedError as error:
        observed.refuse(error.violations)
        _broken_constraints(error.violations, observed)
    return observed


def _decision(decision: Decision, observed: Observed) -> None:
    pricing, values = decision.pricing, observed.values
    observed.decision = decision
    values.update((name, getattr(pricing.totals, name)) for name in TOTALS)
    values["lines"] = {line.id: _line(line) for line in pricing.lines}
    acted = [step.origin for line in pricing.lines for step in line.waterfall]
    values["rules"] = list(dict.fromkeys(origin.id for origin in acted if _is_rule(origin)))
    values["notices"] = [f"{notice.field}: {notice.message} [{notice.reason}]" for notice in pricing.notices]
    for origin in acted:
        if _is_rule(origin):
            observed.fired.add(("pricing", origin.id))
            observed.rows.add((origin.file, origin.line, origin.cell))
    for notice in pricing.notices:
        observed.fired.update(("configuration", word) for word in _ids(notice.message))
    if decision.credit is not None:
        _credit(decision.credit, observed)
    if decision.approval is not None:
        _route(decision.approval, observed)


def _is_rule(origin: Origin) -> bool:
    return bool(origin.file and origin.id)


def _line(line: PricedLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in LINE}
    values["list_price"], values["net_price"] = line.list_unit_price, line.net_unit_price
    values["discount_percent"] = LINE_FACTS["discount_percent"](line)
    values["margin_percent"] = LINE_FACTS["margin_percent"](line)
    values["rules"] = [step.origin.id for step in line.waterfall if _is_rule(step.origin)]
    values["steps"] = {step.origin.step: step.after for step in line.waterfall}
    if line.term is not None:
        values |= {"start": line.term.start, "end": line.term.end, "periods": line.term.periods}
    return values


def _credit(credit: CreditResult, observed: Observed) -> None:
    observed.values["credit"] = {
        "outcome": credit.outcome.value,
        "limit": credit.limit,
        "headroom": credit.headroom,
        "used_percent": credit.used_percent,
        "exposure": credit.exposure.total,
        "score": credit.score,
        "rating": credit.rating,
        "role": credit.role,
        "rules": [finding.rule_id for finding in credit.findings],
        "conditions": {condition.kind: condition.value for condition in credit.conditions},
    }
    observed.fired.update(("credit", finding.rule_id) for finding in credit.findings)


def _route(route: Route, observed: Observed) -> None:
    asked = [step for step in route.steps if step.status is StepStatus.REQUIRED]
    reasons = [reason for step in route.steps for reason in step.reasons]
    reasons += [*route.auto_approval, *(derived.reason for derived in route.derived)]
    observed.values["approval"] = {
        "outcome": route.outcome.value,
        "steps": [step.id for step in asked],
        "people": {step.id: [person.person for slot in step.slots for person in slot.candidates] for step in asked},
        "rules": list(dict.fromkeys(reason.rule_id for reason in reasons)),
        "derived": {derived.name: derived.value for derived in route.derived},
    }
    observed.fired.update(("approval", reason.rule_id) for reason in reasons)


def _renewal(renewal: Renewal, observed: Observed) -> None:
    proposal = renewal.proposal
    if renewal.decision is not None:
        _decision(renewal.decision, observed)
    observed.values["renewed"] = {
        line.contract_line: {
            "method": line.method.value,
            "decided_by": line.decided_by,
            "quantity": line.quantity,
            "price_before": line.price_before,
            "price": line.price,
            "rate": line.rate,
            "start": line.start,
            "end": line.end,
            "rules": [reason.rule_id for reason in line.reasons],
        }
        for line in proposal.lines
    }
    observed.values["excluded"] = [line.contract_line for line in proposal.excluded]
    observed.values["flags"] = [flag for flag, _ in proposal.flags]
    observed.values["notice"] = {"state": proposal.notice.state.value, "notice_by": proposal.notice.notice_by}
    fired = [reason.rule_id for line in proposal.lines for reason in line.reasons]
    fired += [line.decided_by for line in proposal.lines]
    fired += [line.rule_id for line in proposal.excluded]
    fired += [reason.rule_id for _, reason in proposal.flags]
    observed.fired.update(("renewal", rule) for rule in fired if rule)


def _configuration(case: Case, request: Request, snapshot: Snapshot, observed: Observed) -> None:
    configurator = snapshot.configuration[str(case.base.value)]
    try:
        chosen = configurator.read(request.choices)
    except ChoicesRejectedError as error:
        observed.values["errors"] = [problem.message for problem in error.problems]
        return
    # The exact state of every one of thousands of options takes seconds: only where a case asks for it.
    exact = len(configurator.model.elements) <= FEW or any(change.names[0] in STATES for change in case.expected)
    answer = configurator.configure(chosen, exact=exact)
    possible = not answer.conflict and (exact or configurator.worker.models.satisfiable(chosen.assumed, None))
    reason = None if possible else why_conflict(configurator, chosen)
    members = reason.constraints if reason is not None else ()
    # What a group or an attribute is limited to is rarely what somebody tests; it is told where nothing else is.
    broken = [one.id for one in members if one.kind in WRITTEN] or [one.id for one in members]
    direct = {configurator.model.constraints[owner].id for owner in answer.direct.values()}
    spoken = [rule.id for rule in answer.spoken]
    proposed = [rule.id for rule in answer.proposed_by.values()]
    observed.values |= {
        "possible": possible,
        "conflict": broken,
        "selected": answer.with_state(State.SELECTED),
        "forced": answer.with_state(State.FORCED),
        "excluded": answer.with_state(State.EXCLUDED),
        "selectable": answer.with_state(State.SELECTABLE),
        "hidden": [configurator.model.elements[index].path for index in sorted(answer.hidden)],
        "says": spoken,
        "proposed": list(dict.fromkeys(name for name in proposed if not name.startswith(PROPOSALS))),
    }
    observed.fired.update(("configuration", name) for name in (*broken, *direct, *spoken, *proposed))
    hiding = [
        rule.id
        for rule in configurator.model.soft_rules
        if rule.action is RuleAction.HIDE and answer.hidden.issuperset(abs(literal) - 1 for literal in rule.targets)
    ]
    observed.fired.update(("configuration", name) for name in hiding)


def _broken_constraints(violations: Iterable[Violation], observed: Observed) -> None:
    """The constraints that a refused quote breaks took part too."""
    for violation in violations:
        if violation.reason == "CONFIGURATION":
            observed.fired.update(("configuration", word) for word in _ids(violation.message))


def _ids(message: str) -> list[str]:
    """The id in "message (id, file:line)", as notices and violations of configurations name it."""
    _, found, rest = message.rpartition(" (")
    return [rest.split(",", 1)[0]] if found else []
