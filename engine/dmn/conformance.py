"""The conformance kit run against the engine: cases compared exactly, counted by model and by level."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from engine.diagnostics import Findings, render
from engine.dmn.kit import Case, ExpectedResult, GivenInput, TestFile, read_test_file
from engine.dmn.loading import load_model
from engine.dmn.model import DmnModel
from engine.dmn.outcome import Evaluation
from engine.feel.values import Value, feel_equal, is_list, is_number, kind_of, to_string

ROUNDED_FROM: Final = 8
"""Decimals from which an expected number counts as rounded: that is what the kit gives of results like exp(4)."""
RELATIVE_TOLERANCE: Final = Decimal("1E-12")
"""How far a number may be from a rounded one: the kit computed some of them in floating-point arithmetic."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case.

    Attributes:
        case: its id.
        passed: whether every result was as expected.
        expects_value: whether some expected result is not null.
        failures: what was expected and found, by result.
    """

    case: str
    passed: bool
    expects_value: bool
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReport:
    """The outcomes of one test file.

    Attributes:
        level: name of the folder of the compliance level, "" outside of one.
        model: name of the folder or file of the model.
        test_file: name of the test file.
        outcomes: by case.
        milliseconds: time for loading and all cases.
    """

    level: str
    model: str
    test_file: str
    outcomes: tuple[Outcome, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Count:
    """Cases and how many of them passed, among all and among those that expect a value other than null."""

    cases: int = 0
    passed: int = 0
    with_value: int = 0
    with_value_passed: int = 0

    @staticmethod
    def of(outcomes: Iterable[Outcome]) -> Count:
        """The count of some outcomes."""
        found = list(outcomes)
        valued = [outcome for outcome in found if outcome.expects_value]
        return Count(
            len(found),
            sum(outcome.passed for outcome in found),
            len(valued),
            sum(outcome.passed for outcome in valued),
        )


def run_kit(folder: Path) -> Iterator[ModelReport]:
    """Run every test file below a folder, in the order of their paths."""
    for path in sorted(folder.rglob("*-test-*.xml")):
        yield run_test_file(path)


def run_test_file(path: Path) -> ModelReport:
    """Run one test file; where it or its model cannot be read, its cases fail."""
    start = time.perf_counter()
    findings = Findings()
    test_file = read_test_file(path, findings)
    if test_file is None:
        outcomes: tuple[Outcome, ...] = (
            Outcome(path.stem, passed=False, expects_value=True, failures=_told(findings)),
        )
    else:
        outcomes = _run_cases(test_file)
    level = next((part for part in path.parts if part.startswith("compliance-level-")), "")
    elapsed = (time.perf_counter() - start) * 1000
    return ModelReport(level, path.parent.name, path.name, outcomes, elapsed)


def _told(findings: Findings) -> tuple[str, ...]:
    return tuple(render(finding) for finding in findings.errors)


def _run_cases(test_file: TestFile) -> tuple[Outcome, ...]:
    model, findings = load_model(test_file.path.parent / test_file.model)
    if model is None:
        told = _told(findings)
        return tuple(Outcome(case.id, False, _expects_value(case), told) for case in test_file.cases)
    return tuple(_run_case(model, case) for case in test_file.cases)


def _expects_value(case: Case) -> bool:
    return any(result.value is not None for result in case.results)


def _run_case(model: DmnModel, case: Case) -> Outcome:
    failures: list[str] = []
    for result in case.results:
        try:
            found = _evaluate(model, case, result)
        except LookupError as error:
            failures.append(f"{result.name}: {error.args[0]}")
            continue
        if not _as_expected(found.value, result):
            told = "".join(f"\n    {warning}" for warning in found.warnings[:5])
            failures.append(f"{result.name}: expected {_shown(result.value)}, found {_shown(found.value)}{told}")
    return Outcome(case.id, not failures, _expects_value(case), tuple(failures))


def _evaluate(model: DmnModel, case: Case, result: ExpectedResult) -> Evaluation:
    inputs = {_input_name(item): item.value for item in case.inputs}
    if case.kind == "decisionService":
        found = model.evaluate_service(case.invocable, inputs)
        several = isinstance(found.value, dict) and result.name in found.value and result.name != case.invocable
        return Evaluation(found.value[result.name], found.warnings) if several else found
    if case.kind == "bkm":
        return model.evaluate_function(case.invocable, inputs)
    return model.evaluate(result.name, inputs)


def _input_name(item: GivenInput) -> str:
    return f"{{{item.namespace}}}{item.name}" if item.namespace else item.name


def _as_expected(found: Value, result: ExpectedResult) -> bool:
    if result.error_allowed and found is None:
        return True
    return same(found, result.value)


def same(found: Value, expected: Value) -> bool:
    """Whether a value is what the kit expects: of the same type, with equal parts.

    Numbers are equal exactly, but where the expected one has 8 or more decimals: those the kit gives rounded, so half
    a unit of its last decimal, or a relative difference of 1E-12, is allowed.
    """
    if expected is None or found is None:
        return found is expected
    if is_list(expected):
        return is_list(found) and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(same(found[name], value) for name, value in expected.items())
        )
    if is_number(expected):
        return is_number(found) and _same_number(found, expected)
    return kind_of(found) == kind_of(expected) and feel_equal(found, expected) is True


def _same_number(found: Decimal, expected: Decimal) -> bool:
    if found == expected:
        return True
    exponent = expected.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent < ROUNDED_FROM:
        return False
    half_a_unit = Decimal(5).scaleb(exponent - 1)
    return abs(found - expected) <= max(half_a_unit, abs(expected) * RELATIVE_TOLERANCE)


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return to_string(value)


def totals(reports: Iterable[ModelReport]) -> Mapping[str, Count]:
    """The counts by level, and in total under ""."""
    found = list(reports)
    levels = sorted({report.level for report in found if report.level})
    by_level = {level: Count.of(o for r in found if r.level == level for o in r.outcomes) for level in levels}
    return by_level | {"": Count.of(outcome for report in found for outcome in report.outcomes)}
