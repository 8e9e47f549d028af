"""Check: conditions that can never be true, since what they ask of one fact contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.check.subject import Condition, Subject, day
from engine.diagnostics import Code, Findings, Severity
from engine.feel.tree import Between, Comparison, In, Node, Or, RangeLiteral
from engine.money import HUNDRED, ONE, ZERO
from engine.tables.cells import NOT_CONSTANT, constant
from engine.tables.column_test import ColumnTest, Interval, intersection
from engine.tables.conditions import PathNames, conjuncts, split_condition

_FROM_ZERO = ColumnTest(intervals=(Interval(ZERO, None, low_closed=True),), null=True)
_ABOVE_ZERO = ColumnTest(intervals=(Interval(ZERO, None),), null=True)
_FROM_ONE = ColumnTest(intervals=(Interval(ONE, None, low_closed=True),))
_SHARE = ColumnTest(intervals=(Interval(ZERO, HUNDRED, low_closed=True, high_closed=True),))

DOMAINS: Mapping[PathNames, tuple[ColumnTest, str]] = {
    ("line", "quantity"): (_FROM_ZERO, "a quantity is never negative"),
    ("line", "term_months"): (_ABOVE_ZERO, "a term is always longer than 0 months"),
    ("quote", "line_count"): (_FROM_ONE, "a quote has at least one line"),
    ("exposure", "oldest_days"): (_FROM_ZERO, "days overdue are never negative"),
    ("exposure", "overdue_percent"): (_SHARE, "a share lies between 0 and 100 %"),
}
"""What the values of built-in facts are limited to, whatever a caller states, and why."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of a fact so far: the test, the parts that ask it, and what limits the fact in any case."""

    test: ColumnTest
    parts: tuple[Node, ...] = ()
    because: str = ""


def impossible_conditions(subject: Subject, findings: Findings) -> None:
    """A warning for every condition, and every side of an "or", that no quote can meet."""
    for condition in subject.conditions:
        asked = {path: _Asked(test, (), why) for path, (test, why) in DOMAINS.items()}
        _never(condition, condition.tree, asked, findings)
    _outside_validity(subject, findings)


def _never(condition: Condition, node: Node, before: Mapping[PathNames, _Asked], findings: Findings) -> bool:
    """Tell of the first contradiction of a conjunction, or of sides of its "or"; whether the whole never holds."""
    asked = dict(before)
    sides: list[Or] = []
    for part in conjuncts(node):
        if _is_empty_range(part):
            message = f"{_named(condition, part)} can never hold: nothing lies in {condition.words(part)}"
            hint = "the lower bound of a range comes first"
            findings.add(Code.NEVER_APPLIES, message, condition.place(part), severity=Severity.WARNING, hint=hint)
            return True
        for path, test in split_condition(part).tests.items():
            known = asked.get(path, _Asked(ColumnTest(negated=True, null=True)))
            if test.kinds and known.test.kinds and not test.kinds & known.test.kinds:
                continue  # a number compared with a text is told of when the condition is compiled
            joined = intersection(known.test, test)
            if joined == ColumnTest():
                _tell(condition, path, part, known, findings)
                return True
            asked[path] = replace(known, test=joined or known.test, parts=(*known.parts, part))
        if isinstance(part, Or):
            sides.append(part)
    impossible = False
    for one in sides:
        never = [_never(condition, side, asked, findings) for side in one.operands]
        impossible = impossible or all(never)
    return impossible


def _tell(condition: Condition, path: PathNames, part: Node, known: _Asked, findings: Findings) -> None:
    name, own = ".".join(path), condition.words(part)
    message = f"{_named(condition, part)} can never hold: "
    hint = ""
    if known.parts:
        others = " and ".join(condition.words(other) for other in known.parts)
        message += f"no {name} is both {others} and {own}"
        if all(isinstance(one, Comparison) and one.operator == "=" for one in (*known.parts, part)):
            hint = f"for any of several values write {name} in (..., ...)"
    else:
        message += f"{own}, but {known.because}" if known.because else f"no {name} passes {own}"
    findings.add(Code.NEVER_APPLIES, message, condition.place(part), severity=Severity.WARNING, hint=hint)


def _named(condition: Condition, part: Node) -> str:
    """What can never hold: the whole condition, or one side of its "or"."""
    if any(part is one for one in conjuncts(condition.tree)):
        return condition.owner
    return f'one side of the "or" in {condition.owner}'


def _is_empty_range(node: Node) -> bool:
    """Whether a part asks for a range whose bounds leave nothing between them."""
    if isinstance(node, Between):
        return _are_crossed(node.low, node.high, closed=True)
    if isinstance(node, In) and len(node.tests) == 1 and isinstance(node.tests[0], RangeLiteral):
        asked = node.tests[0]
        return _are_crossed(asked.low, asked.high, closed=asked.low_included and asked.high_included)
    return False


def _are_crossed(low: Node, high: Node, *, closed: bool) -> bool:
    first, last = constant(low), constant(high)
    if NOT_CONSTANT in (first, last) or type(first) is not type(last) or not isinstance(first, Decimal):
        return False
    return first > last or (first == last and not closed)


def _outside_validity(subject: Subject, findings: Findings) -> None:
    """A condition may also ask for days on which its rule does not hold."""
    for rule in subject.pricing:
        valid = rule.loaded.rule.valid
        first, last = day(valid.from_), day(valid.to)
        if rule.condition is None or (first is None and last is None):
            continue
        days = split_condition(rule.condition.tree).tests.get(("quote", "price_date"))
        validity = ColumnTest(intervals=(Interval(first, last, low_closed=True, high_closed=True),))
        if days is not None and days != ColumnTest() and intersection(days, validity) == ColumnTest():
            message = (
                f"{rule.condition.owner} can never hold: its condition asks for days on which it is not valid; it is "
                f"valid {' '.join(part for part in (first and f'from {first}', last and f'to {last}') if part)}"
            )
            findings.add(Code.NEVER_APPLIES, message, rule.condition.span, severity=Severity.WARNING)
