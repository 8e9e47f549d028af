"""Gates held against what was counted: a verdict for each, with the figures that decide it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.money import ZERO, round_to
from engine.simulate.figures import Effect, percent_change
from engine.simulate.gate_file import AMOUNTS, PERCENTAGES, Gate, Limit
from engine.simulate.limits import amount_of, excess, is_foreign
from engine.simulate.tally import Breach, Tally


@dataclass(frozen=True, slots=True)
class Check:
    """A figure held against a limit.

    Attributes:
        value: of the fact that the gate divides by; "" for none.
        currency: of the figures; "" for counts over all currencies.
        before: the measure before.
        after: the measure after.
        limit: what it was held against.
        passed: whether it keeps to it.
    """

    value: str
    currency: str
    before: Decimal
    after: Decimal
    limit: Limit
    passed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a gate.

    Attributes:
        gate: which.
        passed: whether the change may pass.
        told: why, in a sentence.
        checks: of a gate over the corpus: every figure, those that fail first.
        breaches: of a gate on each quote: the worst quotes that fail, by currency.
        failed_quotes: how many there are.
    """

    gate: Gate
    passed: bool
    told: str
    checks: tuple[Check, ...] = ()
    breaches: tuple[Breach, ...] = ()
    failed_quotes: int = 0


def verdicts(tally: Tally, gates: Sequence[Gate]) -> tuple[Verdict, ...]:
    """The verdict of each gate, in the order of the file."""
    return tuple(_of_each_quote(tally, gate) if gate.each_quote else _of_corpus(tally, gate) for gate in gates)


def _of_corpus(tally: Tally, gate: Gate) -> Verdict:
    checks = sorted(
        (
            Check(value, currency, before, after, limit, excess(limit, before, after, currency) is None)
            for value, currency, before, after in _figures(tally, gate)
            for limit in gate.limits
            if not is_foreign(limit, currency)
        ),
        key=lambda check: (check.passed, check.value, check.currency),
    )
    failed = [check for check in checks if not check.passed]
    if not checks:
        return Verdict(gate, False, "nothing was measured: no quote of the corpus is in the scope of this gate")
    if failed:
        more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
        return Verdict(gate, False, f"{_told(gate, failed[0])}{more}", tuple(checks))
    told = _told(gate, checks[0]) if len(checks) == 1 else f"{len(checks):,} figures keep to it"
    return Verdict(gate, True, told, tuple(checks))


def _figures(tally: Tally, gate: Gate) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """Value, currency, before and after of everything that a gate measures."""
    if gate.measure == "unreadable_quotes":
        yield "", "", ZERO, Decimal(tally.unreadable)
        return
    effects = sorted(
        ((value, currency, effect) for (cut, value, currency), effect in tally.effects.items() if cut == gate.cut),
        key=lambda entry: entry[:2],
    )
    if gate.measure in AMOUNTS + PERCENTAGES:
        for value, currency, effect in effects:
            before, after = amount_of(gate.measure, effect.before), amount_of(gate.measure, effect.after)
            if before is not None and after is not None and effect.quotes:
                yield value, currency, before, after
        return
    # Counts are added over currencies; amounts never are.
    sums: dict[str, tuple[int, int]] = {}
    for value, _, effect in effects:
        counted_before, counted_after = sums.get(value, (0, 0))
        more_before, more_after = count_of(gate.measure, effect)
        sums[value] = counted_before + more_before, counted_after + more_after
    for value, counted in sums.items():
        yield value, "", Decimal(counted[0]), Decimal(counted[1])


def count_of(measure: str, effect: Effect) -> tuple[int, int]:
    """A count of quotes before and after."""
    match measure:
        case "approvals":
            return effect.approvals_before, effect.approvals_after
        case "credit_objections":
            return effect.objections_before, effect.objections_after
        case "newly_invalid_quotes":
            return 0, effect.newly_invalid
        case "invalid_quotes":
            return effect.newly_valid + effect.invalid, effect.newly_invalid + effect.invalid
        case _:
            return 0, effect.risen + effect.fallen


def _of_each_quote(tally: Tally, gate: Gate) -> Verdict:
    breaches = tuple(
        breach
        for (gate_id, _), best in sorted(tally.breaches.items(), key=lambda entry: entry[0])
        if gate_id == gate.id
        for breach in best
    )
    failed = sum(count for (gate_id, _), count in tally.breach_counts.items() if gate_id == gate.id)
    measured = sum(effect.quotes for (cut, _, _), effect in tally.effects.items() if cut == gate.cut)
    if not measured:
        return Verdict(gate, False, "nothing was measured: no quote of the corpus is in the scope of this gate")
    if not failed:
        return Verdict(gate, True, f"all of {measured:,} quote{'' if measured == 1 else 's'} keep to it")
    worst = breaches[0]
    name = worst.quote.id or worst.quote.place
    told = f"{failed:,} of {measured:,} quotes do not keep to it; the worst: {name}, {_change_told(gate, worst)}"
    return Verdict(gate, False, told, breaches=breaches, failed_quotes=failed)


def _told(gate: Gate, check: Check) -> str:
    words = " ".join(part for part in (check.value, gate.measure.replace("_", " ")) if part)
    return f"{words}: {_change_told(gate, check)}"


def _change_told(gate: Gate, figure: Check | Breach) -> str:
    """Before, after and by how much, with the limit: "100.00 to 112.00 EUR (+12.00 %); may rise by 10 %"."""
    before, after = figure.before, figure.after
    if gate.measure in PERCENTAGES:
        difference = shown(after - before, 4)
        sign = "+" if after > before else ""
        return f"{shown(before, 2)} % to {shown(after, 2)} % ({sign}{difference} points); {figure.limit}"
    if gate.measure in AMOUNTS:
        percent = percent_change(before, after)
        change = "" if percent is None else f" ({'+' if percent > 0 else ''}{percent} %)"
        return f"{before:,f} to {after:,f} {figure.currency}{change}; {figure.limit}"
    return f"{before:,f} to {after:,f}; {figure.limit}"


def shown(value: Decimal, digits: int) -> str:
    """A figure with so many decimals, thousands separated."""
    return f"{round_to(value, digits):,f}"
