"""One tree that explains a decision: every part down to its rules, and what an approval follows from in other parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from engine.approve.result import Reason, Route, RouteStep, Slot
from engine.configure.validation import LineFinding
from engine.credit.result import CreditResult
from engine.decision import Decision
from engine.money import Rounding, plain
from engine.pricing.result import PricedLine, PricedQuote
from engine.renew.result import RenewalProposal, RenewedLine
from engine.trace import Adjustment, Explanation

DEEPEST = 40
"""Rules that follow from one another are explained so deep: readers of messages take 100 levels."""


def explain(decision: Decision) -> Explanation:
    """The tree of a decision: configuration, prices, credit and approval, as far as they were asked for."""
    parts = [_configuration(path, found) for path, found in decision.configuration]
    parts.append(_pricing(decision.pricing, decision.currency))
    if decision.credit is not None:
        parts.append(_credit(decision.credit))
    if decision.approval is not None:
        parts.append(_Approval(decision.approval, decision).explanation())
    return Explanation(
        subject=f"quote {decision.quote_id}" if decision.quote_id else "quote",
        outcome=_amount(decision.pricing.totals.net_total, decision.currency),
        text=f"by rulebook {decision.rulebook_version} and catalogue {decision.catalogue_version}",
        because=tuple(parts),
    )


def explain_renewal(proposal: RenewalProposal, decision: Decision | None) -> Explanation:
    """The tree of a renewal: what becomes of each line of the contract, and the decision about the proposed quote."""
    parts = [_renewed(line) for line in proposal.lines]
    parts += [
        Explanation(f"line {item.contract_line}: {item.sku}", "not renewed", item.reason, item.rule_id)
        for item in proposal.excluded
    ]
    parts += [
        Explanation(f"flag {flag}", "", why.text, why.rule_id, why.file, why.line) for flag, why in proposal.flags
    ]
    parts += [Explanation("to do", f"by {action.by}", action.what) for action in proposal.notice.actions]
    if decision is not None:
        parts.append(explain(decision))
    state = proposal.notice.state.value.replace("_", " ")
    return Explanation(f"renewal of contract {proposal.contract_id}", state, because=tuple(parts))


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount:,f} {currency}"


def _configuration(path: str, found: LineFinding) -> Explanation:
    return Explanation(f"configuration of {path}", "", found.message, found.constraint, found.file, found.line)


def _pricing(pricing: PricedQuote, currency: str) -> Explanation:
    totals = pricing.totals
    parts = [_line(line, currency) for line in pricing.lines]
    parts += [_rounding(entry) for entry in pricing.roundings]
    facts = [("list_total", totals.list_total), ("discount_total", totals.discount_total)]
    facts += [("margin_percent", totals.margin_percent)] if totals.margin_percent is not None else []
    return Explanation("prices", _amount(totals.net_total, currency), facts=tuple(facts), because=tuple(parts))


def _line(line: PricedLine, currency: str) -> Explanation:
    subject = f"line {line.id}: {line.sku}"
    if line.prices_hidden:
        return Explanation(subject, "included", f"part of line {line.parent_id}")
    told = f"{plain(line.quantity)} {line.unit_of_measure} at {plain(line.net_unit_price)}"
    if line.term is not None:
        told += f" a {line.term.billing_period} over {plain(line.term.periods)} periods ({line.term.explanation})"
    steps = tuple(_step(step) for step in line.waterfall)
    return Explanation(subject, _amount(line.net_total, currency), told, because=steps)


def _step(step: Adjustment) -> Explanation:
    origin = step.origin
    before = "" if step.before is None else f"{plain(step.before)} -> "
    return Explanation(
        subject=origin.step,
        outcome=f"{before}{plain(step.after)}{' for the line' if step.per_line else ''}",
        text=step.reason,
        rule_id=origin.id,
        file=origin.file,
        line=origin.line,
        cell=origin.cell,
        facts=((origin.kind.value, step.value),),
    )


def _rounding(entry: Rounding) -> Explanation:
    outcome = f"{plain(entry.before)} -> {plain(entry.after)}"
    return Explanation(f"rounding of {entry.where}", outcome, _spoken(entry.mode.value))


def _credit(credit: CreditResult) -> Explanation:
    exposure, currency = credit.exposure, credit.currency
    parts = [
        Explanation(
            "exposure",
            _amount(exposure.total, currency),
            facts=tuple(
                (name, getattr(exposure, name)) for name in ("receivables", "orders", "deliveries", "quote", "deposits")
            ),
        )
    ]
    for level in credit.levels:
        limit = "none given" if level.limit is None else _amount(level.limit, currency)
        told = f"against {_amount(level.exposure, currency)}"
        parts.append(Explanation(f"limit of {level.account}", limit, told))
    if credit.score is not None:
        parts.append(Explanation("score", plain(credit.score)))
    if credit.rating:
        parts.append(Explanation("rating", credit.rating))
    parts += _credit_findings(credit)
    parts += [
        Explanation(f"condition {item.kind}", str(item.value), rule_id=item.rule_id) for item in credit.conditions
    ]
    if credit.overridden_by:
        parts.append(Explanation("override", f"by {credit.overridden_by}", credit.override_reason))
    told = "" if credit.headroom is None else f"headroom {_amount(credit.headroom, currency)}"
    return Explanation(f"credit of {credit.account}", _spoken(credit.outcome.value), told, because=tuple(parts))


def _credit_findings(credit: CreditResult) -> list[Explanation]:
    return [
        Explanation(
            f"rule {found.rule_id}",
            _spoken(found.outcome.value),
            found.text,
            found.rule_id,
            found.file,
            found.line,
            facts=found.values,
        )
        for found in credit.findings
    ]


def _spoken(word: str) -> str:
    return word.replace("_", " ")


class _Approval:
    """The part of approval; what its rules read of other rules and parts is explained where they read it.

    Below a step each rule is explained once: where it is met again it stands without what it follows from.
    """

    def __init__(self, route: Route, decision: Decision) -> None:
        self.route = route
        self.decision = decision
        self.derived: Mapping[str, Reason] = {item.name: item.reason for item in route.derived}
        self.asked: Mapping[str, tuple[Reason, ...]] = {step.id: step.reasons for step in route.steps}
        self.explained: set[str] = set()

    def explanation(self) -> Explanation:
        parts = [self.step(step) for step in self.route.steps]
        self.explained.clear()
        parts += [self.rule(reason) for reason in self.route.auto_approval]
        return Explanation(
            "approval", _spoken(self.route.outcome.value), self.route.outcome_reason, because=tuple(parts)
        )

    def step(self, step: RouteStep) -> Explanation:
        self.explained.clear()
        outcome = " and ".join(map(_asked, step.slots)) if step.need == len(step.slots) else ""
        if step.slots and not outcome:
            outcome = f"{step.need} of " + ", ".join(map(_asked, step.slots))
        told = step.status_reason or f"stage {step.stage}, step {step.position} of its chain"
        return Explanation(
            step.id,
            f"asks {outcome}" if outcome else _spoken(step.status.value),
            told,
            because=tuple(self.rule(reason) for reason in step.reasons),
        )

    def rule(self, reason: Reason, depth: int = 0) -> Explanation:
        """A rule that held, and what it follows from."""
        because: list[Explanation] = []
        if reason.rule_id not in self.explained and depth < DEEPEST:
            self.explained.add(reason.rule_id)
            for name in dict.fromkeys(_cause(name) for name, _ in reason.values):
                because += self.causes(name, depth + 1)
        return Explanation(
            f"rule {reason.rule_id}",
            "holds",
            reason.text,
            reason.rule_id,
            reason.file,
            reason.line,
            facts=reason.values,
            because=tuple(because),
        )

    def causes(self, name: str, depth: int) -> Iterable[Explanation]:
        """What a fact that a rule read follows from, where that is in the decision."""
        if name == "credit":
            credit = self.decision.credit
            return () if credit is None else _credit_findings(credit)
        if name == "configuration":
            return [_configuration(path, found) for path, found in self.decision.configuration]
        kind, _, rest = name.partition(".")
        reasons: tuple[Reason, ...] = ()
        if kind == "derived" and rest in self.derived:
            reasons = (self.derived[rest],)
        elif kind == "needed":
            reasons = self.asked.get(rest, ())
        return [self.rule(reason, depth) for reason in reasons]


def _cause(fact: str) -> str:
    """What a fact comes from: one derived fact or step, or a part as a whole."""
    return fact if fact.startswith(("derived.", "needed.")) else fact.partition(".")[0]


def _asked(slot: Slot) -> str:
    people = [
        f"{candidate.name} for {candidate.on_behalf_of}" if candidate.on_behalf_of else candidate.name
        for candidate in slot.candidates
    ]
    role = f" ({slot.role})" if slot.role else ""
    return " or ".join(people) + role


def _renewed(line: RenewedLine) -> Explanation:
    price = "price list" if line.price is None else plain(line.price)
    return Explanation(
        f"line {line.contract_line}",
        f"{plain(line.price_before)} -> {price}",
        f"{line.explanation}; {line.start} to {line.end}, as the {line.decided_by} says",
        facts=(
            ("quantity_before", line.quantity_before),
            ("quantity", line.quantity),
            *([("unused_value", line.unused_value)] if line.unused_value is not None else []),
        ),
        because=tuple(
            Explanation(f"rule {why.rule_id}", "holds", why.text, why.rule_id, why.file, why.line)
            for why in line.reasons
        ),
    )
