"""The conformance runner on a small kit of our own: what passes, what fails, what the command prints."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands.conformance import conformance
from engine.dmn.conformance import Count, run_kit, same, totals

KIT = Path(__file__).parents[2] / "cases/dmn/kit"


@pytest.fixture(scope="module")
def reports():
    return {report.test_file: report for report in run_kit(KIT)}


def test_each_case_is_judged(reports):
    judged = {outcome.case: outcome.passed for outcome in reports["9001-sample-test-01.xml"].outcomes}
    assert judged == {
        "nested": True,
        "rounded": True,
        "short": False,
        "error": True,
        "null": True,
        "type": False,
        "function": True,
        "service": True,
        "unknown": False,
    }


def test_a_failure_says_what_was_expected_and_found(reports):
    failures = {outcome.case: outcome.failures for outcome in reports["9001-sample-test-01.xml"].outcomes}
    assert failures["type"] == ('same: expected 1, found "1"',)
    assert failures["unknown"] == ("sam: the model 'sample' has no decision 'sam'; did you mean 'same'?",)


def test_cases_of_a_model_that_cannot_be_read_fail_even_where_null_is_expected(reports):
    outcomes = reports["9002-broken-test-01.xml"].outcomes
    assert [(outcome.passed, outcome.expects_value) for outcome in outcomes] == [(False, False), (False, False)]
    assert "is none of DMN" in outcomes[0].failures[0]


def test_a_test_file_that_cannot_be_read_is_a_failure(reports):
    [outcome] = reports["9002-unreadable-test-01.xml"].outcomes
    assert not outcome.passed
    assert "not well-formed XML" in outcome.failures[0]


def test_totals_by_level_and_among_cases_with_a_value(reports):
    assert totals(reports.values()) == {
        "compliance-level-2": Count(9, 6, 7, 5),
        "compliance-level-3": Count(3, 0, 1, 0),
        "": Count(12, 6, 8, 5),
    }


@pytest.mark.parametrize(
    ("found", "expected", "verdict"),
    [
        ("0.1", "0.1", True),
        ("0.10", "0.1", True),
        ("0.1000001", "0.1", False),
        ("1.386294361119890618834464242916353", "1.38629436", True),
        ("1.386294361119890618834464242916353", "1.38629437", False),
        ("2778.693549432766768088520383236299", "2778.6935494327668", True),
        ("2778.693549532766768088520383236299", "2778.6935494327668", False),
        ("12345678", "12345678.1", False),
    ],
)
def test_numbers_are_compared_exactly_unless_the_kit_rounds_them(found, expected, verdict):
    assert same(Decimal(found), Decimal(expected)) is verdict


@pytest.mark.parametrize(
    ("found", "expected"),
    [(True, Decimal(1)), (Decimal(1), True), ([1], 1), ({"a": 1}, {"a": 1, "b": None}), ([1, 2], [1]), ("", None)],
)
def test_values_of_other_types_or_shapes_are_not_the_same(found, expected):
    assert not same(found, expected)


def test_the_command_prints_figures_and_fails_where_a_case_does():
    result = CliRunner().invoke(conformance, [str(KIT), "--failures"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert any(line.startswith("FAIL 9001-sample") and "6/9" in line for line in lines)
    assert '       9001-sample-test-01.xml case type: same: expected 1, found "1"' in lines
    assert "compliance-level-2: 6/9 (66.7 %) of all cases, 5/7 (71.4 %) of those with a value" in lines
    assert "total: 6/12 (50.0 %) of all cases, 5/8 (62.5 %) of those with a value" in lines


def test_the_command_prints_json():
    result = CliRunner().invoke(conformance, [str(KIT / "compliance-level-2"), "--json"])
    report = json.loads(result.output)
    assert report["totals"]["total"] == {"cases": 9, "passed": 6, "with_value": 7, "with_value_passed": 5}
    assert set(report["models"][0]["failures"]) == {"short", "type", "unknown"}


def test_a_folder_without_test_files_is_wrong_usage(tmp_path):
    result = CliRunner().invoke(conformance, [str(tmp_path)])
    assert result.exit_code == 2
    assert "there are no test files" in result.output
