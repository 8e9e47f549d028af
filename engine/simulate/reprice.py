"""Stored quotes decided under both versions, counted: what one process does with its share of a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from engine.approve.result import Route, RouteOutcome, StepStatus
from engine.credit.result import CreditOutcome, CreditResult
from engine.decision import ApprovalRequest, Decision, decide
from engine.money import ZERO
from engine.pricing.facts import customer_facts
from engine.quote import Quote, QuoteRejectedError, Violation
from engine.simulate.causes import causes_of_change, explain
from engine.simulate.corpus import BadQuoteError, Corpus, StoredQuote
from engine.simulate.cuts import quote_values, text_of
from engine.simulate.figures import CLASS_COUNT, Amounts, Effect, change_class
from engine.simulate.limits import amount_of, excess
from engine.simulate.tally import Breach, Example, Mover, Plan, QuoteName, Tally
from engine.snapshot import Snapshot
from engine.wire.request_file import Request

SHOWN_LINES = 5
NOBODY = "nobody"
VALID = "valid"
NOT_ASKED = "not checked"

Outcome = Decision | list[Violation]
"""What became of a quote: the decision, or what kept it from being made."""


class Repricer:
    """Decides stored quotes under two snapshots and counts the difference."""

    def __init__(self, before: Snapshot, after: Snapshot, corpus: Corpus, plan: Plan) -> None:
        self.before = before
        self.after = after
        self.corpus = corpus
        self.plan = plan
        self._quote_cuts = [cut for cut in plan.cuts if not cut.of_products]
        self._product_cuts = [cut for cut in plan.cuts if cut.of_products]
        named = {name for cut in plan.cuts for name in (cut.by, *(name for name, _ in cut.where))}
        self._quote_facts = sorted(name for name in named if name.startswith(("customer.", "quote.")))

    def tally(self, stored: Iterable[StoredQuote]) -> Tally:
        """What is counted over some quotes."""
        tally = Tally(self.plan.largest)
        for quote in stored:
            tally.quotes += 1
            try:
                request = self.corpus.read(quote)
            except BadQuoteError as error:
                tally.unreadable += 1
                tally.unreadable_told.offer(str(error))
                continue
            outcomes = _decide(self.before, request), _decide(self.after, request)
            name = QuoteName(request.quote.id, quote.place)
            self._add(tally, name, request.quote, *outcomes)
        return tally

    def _add(self, tally: Tally, name: QuoteName, quote: Quote, before: Outcome, after: Outcome) -> None:
        facts = self._facts(quote)
        effects = [
            tally.effect(cut, value, quote.currency)
            for cut in self._quote_cuts
            if (value := cut.value(facts)) is not None
        ]
        if isinstance(before, list) or isinstance(after, list):
            _add_invalid(tally, effects, name, before, after)
            return
        _add_amounts(effects, before, after)
        _add_outcomes(tally, effects, name, before, after)
        self._add_products(tally, facts, before, after)
        totals_before, totals_after = before.pricing.totals, after.pricing.totals
        old, new = totals_before.net_total, totals_after.net_total
        classes = tally.classes.setdefault(quote.currency, [0] * CLASS_COUNT)
        classes[change_class(old, new)] += 1
        tally.add_causes(quote.currency, causes_of_change(before.pricing, after.pricing))
        self._hold_against_gates(tally, name, facts, before, after)
        if old != new and tally.best_movers(quote.currency).takes((-abs(new - old), name)):
            lines, more = explain(before.pricing, after.pricing, SHOWN_LINES)
            tally.best_movers(quote.currency).offer(
                Mover(
                    name,
                    quote.customer_id,
                    quote.currency,
                    old,
                    new,
                    totals_before.margin,
                    totals_after.margin,
                    lines,
                    more,
                    tuple(facts.items()),
                )
            )

    def _facts(self, quote: Quote) -> dict[str, str]:
        """The facts that the corpus is divided by; the baseline's customer where it knows him."""
        known = self.before if quote.customer_id in self.before.pricing.customer_facts else self.after
        return quote_values(self._quote_facts, quote, customer_facts(known.pricing, quote, []))

    @cached_property
    def _products(self) -> Mapping[str, Mapping[str, str]]:
        """The facts of products by SKU, the new version's where both know one."""
        return {
            sku: {
                "product.sku": sku,
                "product.category": text_of(compiled.product.category),
                "product.family": text_of(compiled.product.family),
                "product.charge_type": compiled.product.charge_type.value,
            }
            for snapshot in (self.before, self.after)
            for sku, compiled in snapshot.pricing.products.items()
        }

    def _add_products(self, tally: Tally, facts: Mapping[str, str], before: Decision, after: Decision) -> None:
        """Divide the lines by product: sums of each SKU first, so that every cut has few to add."""
        by_sku: dict[str, tuple[Amounts, Amounts]] = {}
        for side, decision in enumerate((before, after)):
            for line in decision.pricing.lines:
                if line.sku not in by_sku:
                    by_sku[line.sku] = Amounts(), Amounts()
                by_sku[line.sku][side].add(line.list_total, line.net_total, line.cost_total)
        for cut in self._product_cuts:
            by_value: dict[str, tuple[Amounts, Amounts]] = {}
            for sku, sums in by_sku.items():
                value = cut.value({**facts, **self._products[sku]})
                if value is None:
                    continue
                if value not in by_value:
                    by_value[value] = Amounts(), Amounts()
                for mine, more in zip(by_value[value], sums, strict=True):
                    mine.merge(more)
            for value, (old, new) in by_value.items():
                _add_sides(tally.effect(cut, value, before.currency), old, new)

    def _hold_against_gates(
        self, tally: Tally, name: QuoteName, facts: Mapping[str, str], before: Decision, after: Decision
    ) -> None:
        if not self.plan.gates:
            return
        old, new = _amounts(before), _amounts(after)
        for gate in self.plan.gates:
            value = gate.cut.value(facts)
            was, now = amount_of(gate.measure, old), amount_of(gate.measure, new)
            if value is None or was is None or now is None:
                continue
            for limit in gate.limits:
                over = excess(limit, was, now, before.currency)
                if over is not None:
                    tally.add_breach(gate, Breach(over, name, value, before.currency, was, now, limit))
                    break


def _decide(snapshot: Snapshot, request: Request) -> Outcome:
    """The decision of a quote with everything that the rulebook has rules for, or what is wrong with it."""
    approval = None if snapshot.approval is None else request.approval or ApprovalRequest()
    credit = None if snapshot.credit is None else request.credit
    try:
        return decide(snapshot, request.quote, credit=credit, approval=approval)
    except QuoteRejectedError as error:
        return error.violations
    except Exception as error:  # noqa: BLE001  # one quote that breaks the engine is told, and the next has its turn
        return [Violation("", "INTERNAL", f"{type(error).__name__}: {error}")]


def _amounts(decision: Decision) -> Amounts:
    totals, amounts = decision.pricing.totals, Amounts()
    amounts.add(totals.list_total, totals.net_total, totals.cost_total)
    return amounts


def _add_amounts(effects: Iterable[Effect], before: Decision, after: Decision) -> None:
    old, new = _amounts(before), _amounts(after)
    for effect in effects:
        _add_sides(effect, old, new)


def _add_sides(effect: Effect, old: Amounts, new: Amounts) -> None:
    """Add a quote, or its lines of a product."""
    if not (old.cost_total or old.costed_net) or not (new.cost_total or new.costed_net):
        old, new = _without_cost(old), _without_cost(new)
    effect.quotes += 1
    effect.before.merge(old)
    effect.after.merge(new)
    if new.net_total > old.net_total:
        effect.risen += 1
    elif new.net_total < old.net_total:
        effect.fallen += 1


def _without_cost(amounts: Amounts) -> Amounts:
    """A margin is compared where both sides know the cost, and nowhere else."""
    return Amounts(amounts.list_total, amounts.net_total, ZERO, ZERO)


def _add_invalid(tally: Tally, effects: Iterable[Effect], name: QuoteName, before: Outcome, after: Outcome) -> None:
    if isinstance(before, Decision):
        assert isinstance(after, list)
        tally.validity.add(VALID, _reason(after), Example(name, _told(after)))
        for effect in effects:
            effect.newly_invalid += 1
            effect.lost += before.pricing.totals.net_total
    elif isinstance(after, Decision):
        tally.validity.add(_reason(before), VALID, Example(name, _told(before)))
        for effect in effects:
            effect.newly_valid += 1
            effect.won += after.pricing.totals.net_total
    else:
        tally.validity.add(_reason(before), _reason(after), Example(name, _told(after)))
        for effect in effects:
            effect.invalid += 1


def _reason(violations: list[Violation]) -> str:
    return violations[0].reason


def _told(violations: list[Violation]) -> str:
    return str(QuoteRejectedError(violations))


def _add_outcomes(tally: Tally, effects: Iterable[Effect], name: QuoteName, before: Decision, after: Decision) -> None:
    """Who must approve, and what credit says."""
    old, new = _route_told(before.approval), _route_told(after.approval)
    if old != new:
        tally.approvals.add(old, new, Example(name, _why(after.approval)))
    old_credit, new_credit = _credit_told(before.credit), _credit_told(after.credit)
    if old_credit != new_credit:
        findings = () if after.credit is None else after.credit.findings
        tally.credit.add(old_credit, new_credit, Example(name, "; ".join(found.text for found in findings)))
    for decision, counts in ((before, tally.steps_before), (after, tally.steps_after)):
        for step in _asked(decision.approval):
            counts[step] += 1
    for effect in effects:
        effect.approvals_before += _needs_approval(before.approval)
        effect.approvals_after += _needs_approval(after.approval)
        effect.objections_before += _objects(before.credit)
        effect.objections_after += _objects(after.credit)


def _asked(route: Route | None) -> list[str]:
    if route is None:
        return []
    return [step.id for step in route.steps if step.status in (StepStatus.REQUIRED, StepStatus.NO_APPROVER)]


def _route_told(route: Route | None) -> str:
    """Who must approve: "discount.manager, discount.director"."""
    if route is None or route.outcome is RouteOutcome.AUTO_APPROVED:
        return NOBODY
    told = ", ".join(_asked(route))
    return f"{told} (an approver is missing)" if route.outcome is RouteOutcome.NO_APPROVER else told


def _why(route: Route | None) -> str:
    if route is None:
        return "the rulebook has no approval rules"
    told = dict.fromkeys(reason.text for step in route.steps for reason in step.reasons)
    return "; ".join(told) or route.outcome_reason


def _needs_approval(route: Route | None) -> bool:
    return route is not None and route.outcome is not RouteOutcome.AUTO_APPROVED


def _credit_told(credit: CreditResult | None) -> str:
    if credit is None:
        return NOT_ASKED
    words = credit.outcome.value.replace("_", " ")
    return f"{words} ({credit.role})" if credit.role else words


def _objects(credit: CreditResult | None) -> bool:
    return credit is not None and credit.outcome is not CreditOutcome.APPROVE
