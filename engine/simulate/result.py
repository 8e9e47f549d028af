"""What a simulation found, in the order in which people look at it; and as plain values for programs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from engine.money import ZERO, currency, plain, round_to
from engine.simulate.causes import Cause, LineEffect, StepEffect
from engine.simulate.cuts import Cut
from engine.simulate.figures import CHANGE_BOUNDS, UNCHANGED, Amounts, Effect
from engine.simulate.gates import Verdict
from engine.simulate.reprice import VALID
from engine.simulate.run import Simulation, Version
from engine.simulate.tally import Breach, Example, Mover, Transitions


class Part(NamedTuple):
    """A value of a division, with the effect on it."""

    value: str
    effect: Effect


class Transition(NamedTuple):
    """What changed to what, how often, with examples."""

    before: str
    after: str
    quotes: int
    examples: tuple[Example, ...]


def currencies(simulation: Simulation) -> list[str]:
    """The currencies of the corpus, the one with the most quotes first."""
    counts = {
        code: effect.quotes + effect.newly_invalid + effect.newly_valid + effect.invalid
        for (cut, _, code), effect in simulation.tally.effects.items()
        if cut == Cut()
    }
    return sorted(counts, key=lambda code: (-counts[code], code))


def whole(simulation: Simulation, code: str) -> Effect:
    """The effect on all quotes of a currency."""
    return simulation.tally.effects[Cut(), "", code]


def parts(simulation: Simulation, by: str, code: str) -> list[Part]:
    """The effect on each value of a fact that quotes valid under both have, the largest change first."""
    return [part for part in all_parts(simulation, by, code) if part.effect.quotes]


def all_parts(simulation: Simulation, by: str, code: str) -> list[Part]:
    """As `parts`, with those that no quote valid under both has."""
    found = [
        Part(value, effect)
        for (cut, value, other), effect in simulation.tally.effects.items()
        if cut == Cut(by) and other == code
    ]
    return sorted(found, key=lambda part: (-abs(part.effect.change), part.value))


def is_moved(simulation: Simulation, code: str) -> bool:
    """Whether anything of quotes valid under both is another amount than before."""
    effect = whole(simulation, code)
    return effect.before != effect.after or bool(causes(simulation, code))


def causes(simulation: Simulation, code: str) -> list[tuple[Cause, Decimal]]:
    """By how much each cause moved the net total, the largest first; causes that cancelled out are left out."""
    digits = minor_digits(code)
    moved = [
        (cause, rounded)
        for cause, amount in simulation.tally.causes.get(code, {}).items()
        if (rounded := round_to(amount, digits))
    ]
    return sorted(moved, key=lambda entry: (-abs(entry[1]), entry[0]))


def class_names() -> list[str]:
    """What the classes of change are called, from the largest fall to the largest rise."""
    falls, rises = CHANGE_BOUNDS[:UNCHANGED], CHANGE_BOUNDS[UNCHANGED:]
    names = [f"below {falls[0]} %"]
    names += [f"{low} to {high} %" for low, high in pairwise(falls)]
    names += ["unchanged"]
    names += [f"+{low} to +{high} %" if low else f"0 to +{high} %" for low, high in pairwise(rises)]
    return [*names, f"above +{rises[-1]} %"]


def transitions(found: Transitions) -> list[Transition]:
    """What changed to what, the most frequent first."""
    return [
        Transition(before, after, count, tuple(found.examples[before, after]))
        for (before, after), count in sorted(found.counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def minor_digits(code: str) -> int:
    """Decimals of a currency; 2 for one that ISO 4217 does not know."""
    try:
        return currency(code).minor_digits
    except KeyError:
        return 2


def as_json(simulation: Simulation, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Everything found, amounts as decimal text."""
    tally = simulation.tally
    return {
        "baseline": _version(simulation.before),
        "new": _version(simulation.after),
        "quotes": tally.quotes,
        "unreadable": {"count": tally.unreadable, "first": list(tally.unreadable_told)},
        "gates": [_verdict(verdict) for verdict in verdicts],
        "currencies": {code: _currency(simulation, code) for code in currencies(simulation)},
        "approvals": _transitions(tally.approvals),
        "approval_steps": {
            step: {"before": tally.steps_before[step], "after": tally.steps_after[step]}
            for step in sorted({*tally.steps_before, *tally.steps_after})
        },
        "credit": _transitions(tally.credit),
        "became_invalid": [item for item in _transitions(tally.validity) if item["before"] == VALID],
        "became_valid": [item for item in _transitions(tally.validity) if item["after"] == VALID],
        "invalid_under_both": [
            item for item in _transitions(tally.validity) if VALID not in (item["before"], item["after"])
        ],
    }


def _version(version: Version) -> dict[str, str]:
    return {
        "name": version.name,
        "rulebook_version": version.rulebook,
        "catalogue_version": version.catalogue,
    }


def _currency(simulation: Simulation, code: str) -> dict[str, Any]:
    counts = simulation.tally.classes.get(code) or [0] * len(class_names())
    return {
        "total": _effect(whole(simulation, code), code),
        "by": {
            by: [{"value": part.value, **_effect(part.effect, code)} for part in all_parts(simulation, by, code)]
            for by in simulation.by
        },
        "causes": [
            {"step": cause.step, "rule": cause.rule, "change": plain(amount)}
            for cause, amount in causes(simulation, code)
        ],
        "distribution": [{"change": name, "quotes": count} for name, count in zip(class_names(), counts, strict=True)],
        "largest_movers": [_mover(mover) for mover in simulation.tally.movers.get(code, ())],
    }


def _effect(effect: Effect, code: str) -> dict[str, Any]:
    return {
        "quotes": effect.quotes,
        "risen": effect.risen,
        "fallen": effect.fallen,
        "became_invalid": effect.newly_invalid,
        "became_valid": effect.newly_valid,
        "invalid_under_both": effect.invalid,
        "net_total_of_became_invalid": plain(effect.lost),
        "net_total_of_became_valid": plain(effect.won),
        "approvals": {"before": effect.approvals_before, "after": effect.approvals_after},
        "credit_objections": {"before": effect.objections_before, "after": effect.objections_after},
        "before": _amounts(effect.before, code),
        "after": _amounts(effect.after, code),
        "change": plain(effect.change),
        "change_percent": None if effect.change_percent is None else plain(effect.change_percent),
    }


def _amounts(amounts: Amounts, code: str) -> dict[str, Any]:
    margin = amounts.margin_percent
    return {
        "currency": code,
        "list_total": plain(amounts.list_total),
        "net_total": plain(amounts.net_total),
        "discount_total": plain(amounts.discount_total),
        "net_total_with_known_cost": plain(amounts.costed_net),
        "cost_total": plain(amounts.cost_total),
        "margin": plain(amounts.margin),
        "margin_percent": None if margin is None else plain(round_to(margin, 2)),
    }


def _mover(mover: Mover) -> dict[str, Any]:
    return {
        "quote": mover.quote.id,
        "place": mover.quote.place,
        "customer": mover.customer,
        "facts": dict(mover.facts),
        "before": plain(mover.before),
        "after": plain(mover.after),
        "margin_before": None if mover.margin_before is None else plain(mover.margin_before),
        "margin_after": None if mover.margin_after is None else plain(mover.margin_after),
        "lines": [
            {
                "id": line.id,
                "sku": line.sku,
                "name": line.name,
                "before": None if line.before is None else plain(line.before),
                "after": None if line.after is None else plain(line.after),
                "steps": [_step(step) for step in line.steps],
            }
            for line in mover.lines
        ],
        "more_lines": mover.more_lines,
    }


def _step(step: StepEffect) -> dict[str, Any]:
    return {
        "step": step.cause.step,
        "rule": step.cause.rule,
        "before": step.before,
        "after": step.after,
        "reason": step.reason,
        "place": step.place,
        "change": plain(step.change),
    }


def _transitions(found: Transitions) -> list[dict[str, Any]]:
    return [
        {
            "before": item.before,
            "after": item.after,
            "quotes": item.quotes,
            "examples": [
                {"quote": example.quote.id, "place": example.quote.place, "told": example.told}
                for example in item.examples
            ],
        }
        for item in transitions(found)
    ]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.gate.id,
        "description": verdict.gate.description,
        "measure": verdict.gate.measure,
        "passed": verdict.passed,
        "told": verdict.told,
        "checks": [
            {
                "value": check.value,
                "currency": check.currency,
                "before": plain(check.before),
                "after": plain(check.after),
                "limit": str(check.limit),
                "passed": check.passed,
            }
            for check in verdict.checks
        ],
        "failed_quotes": verdict.failed_quotes,
        "worst_quotes": [_breach(breach) for breach in verdict.breaches],
    }


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "quote": breach.quote.id,
        "place": breach.quote.place,
        "value": breach.value,
        "currency": breach.currency,
        "before": plain(breach.before),
        "after": plain(breach.after),
        "limit": str(breach.limit),
    }


def step_words(step: StepEffect) -> str:
    """What a step did and does: "-12 % → -15 %"."""
    if step.before == step.after:
        return f"{step.after}, on another price" if step.after else ""
    return f"{step.before or 'nothing'} → {step.after or 'nothing'}"


def told_steps(line: LineEffect, code: str) -> list[StepEffect]:
    """The steps of a line that changed it by more than a fraction of the smallest amount."""
    digits = minor_digits(code)
    return [step for step in line.steps if round_to(step.change, digits)]


def amount_words(amount: Decimal | None, code: str, *, sign: bool = False) -> str:
    """An amount with the currency's decimals, thousands separated; "" for none."""
    if amount is None:
        return ""
    rounded = round_to(amount, minor_digits(code)) + ZERO  # a zero has no sign
    return f"{'+' if sign and rounded > 0 else ''}{rounded:,f}"


def percent_words(percent: Decimal | None, *, sign: bool = True) -> str:
    """A percentage with two decimals; "new" where there was nothing before."""
    if percent is None:
        return "new"
    rounded = round_to(percent, 2) + ZERO
    return f"{'+' if sign and rounded > 0 else ''}{rounded:,f} %"


def points_words(before: Decimal | None, after: Decimal | None) -> str:
    """By how many percentage points something changed; "" where one side is not defined."""
    if before is None or after is None:
        return ""
    change = round_to(after, 2) - round_to(before, 2)
    return f"{'+' if change > ZERO else ''}{change:,f} points"
