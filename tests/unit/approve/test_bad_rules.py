"""Mistakes in approval files: each is told at its place, and no rule runs."""

from __future__ import annotations

import pytest

from engine.diagnostics import Severity

BASE = """
roles: [{id: boss}, {id: nobody}]
people: [{id: bo, roles: [boss]}]
chains: [{id: c, steps: [{id: s, roles: [boss]}]}]
"""


def told(findings, severity=Severity.ERROR):
    return [f"{item.span.line}:{item.code}: {item.message}" for item in findings if item.severity is severity]


CASES = [
    (
        "roles: [{id: a, otherwise: b}, {id: b, otherwise: a}]",
        "1:cycle: roles fall back on one another for ever: a -> b -> a",
    ),
    (
        "people: [{id: a, manager: b}, {id: b, manager: c}, {id: c, manager: a}]",
        "1:cycle: people are managers of one another: a -> b -> c -> a",
    ),
    ("people: [{id: a, manager: a}]", "1:cycle: people are managers of one another: a -> a"),
    (
        (
            "people:\n"
            "- {id: a, absences: [{from: 2026-03-01, to: 2026-03-09, substitute: b}]}\n"
            "- {id: b, absences: [{from: 2026-03-05, to: 2026-03-05, substitute: a}]}\n"
        ),
        "2:cycle: people who are absent on 2026-03-05 substitute one another: a -> b -> a",
    ),
    (
        "roles: [{id: r}]\nchains:\n- id: c\n  steps: [{id: s, roles: [r]}]\n",
        "4:not-complete: step 'c.s' has no approver: nobody holds r, and no role to fall back on has a holder",
    ),
    (
        "roles: [{id: r, each_holder: true}]\nchains: [{id: c, steps: [{id: s, roles: [r]}]}]",
        "2:not-complete: step 'c.s' has no approver: nobody holds r",
    ),
    ("chains: [{id: c, steps: []}]", "1:wrong-type: steps: expected a list that is not empty, found a list"),
    ("chains: [{id: c, steps: [{id: s}]}]", "1:wrong-value: step 's' asks nobody: expected 'roles' or 'people'"),
    ("chains: [{id: c, steps: [{id: s, roles: [ghost]}]}]", "1:unknown-name: there is no role 'ghost'"),
    (BASE + "rules: [{id: r, then: {require: [c.t]}}]", "5:unknown-name: rule 'r': there is no step 'c.t'"),
    (BASE + "rules: [{id: r, then: {auto_approve: [d]}}]", "5:unknown-name: rule 'r': there is no chain 'd'"),
    (BASE + "rules: [{id: r, then: {}}]", "5:wrong-value: a rule does something: expected 'require', 'derive' or"),
    (
        BASE + "rules: [{id: r, when: derived.flag, then: {require: [c.s]}}]",
        "5:expression: there is no field 'flag'",
    ),
    (
        BASE + "rules: [{id: r, when: quote.net_totl > 5, then: {require: [c.s]}}]",
        "5:expression: ",
    ),
    (
        BASE + "rules: [{id: r, when: not(needed.c.s), then: {require: [c.s]}}]",
        "5:cycle: rule 'r' reads needed.c.s, which follows from the rule itself: it would fire again",
    ),
    (
        BASE + 'rules: [{id: r, when: derived.level > 0, then: {derive: {level: "= derived.level + 1"}}}]',
        "5:cycle: rule 'r' reads derived.level, which follows from the rule itself: it would fire again",
    ),
    (
        BASE
        + "rules:\n"
        + "- {id: a, when: derived.y = 1, then: {derive: {x: 1}}}\n"
        + "- {id: b, when: derived.x = 1, then: {derive: {y: 1}}}\n",
        "6:cycle: rule 'a' reads derived.y, which follows from the rule itself through b",
    ),
    (
        BASE + "rules: [{id: r, then: {require: [c.s]}}, {id: r, then: {require: [c.s]}}]",
        "5:duplicate: approval rule 'r' is given twice; first at approval/rules.yaml:5:9",
    ),
    ("settings: {}\nroles: []\naggregates: [{id: m, function: max}]", "3:wrong-value: aggregate 'm': a max needs 'of'"),
    (
        BASE + "rules:\n" + "".join(f"- {{id: r{n}, then: {{require: [c.s]}}}}\n" for n in range(600)),
        "306:limit: there are 600 approval rules; at most 300 can be chained",
    ),
    (
        BASE
        + "rules:\n- {id: f, then: {derive: {f: true}}}\n"
        + "".join(f"- {{id: r{n}, when: derived.f, then: {{require: [c.s]}}}}\n" for n in range(61)),
        "67:limit: 61 rules read derived.f; at most 60 can wait for one fact",
    ),
    ("people: [{id: a, absences: [{from: 2026-03-09, to: 2026-03-01}]}]", "1:wrong-value: absent from 2026-03-09 to"),
    ("people: [{id: a, absences: [{from: soon, to: 2026-03-01}]}]", "1:wrong-value: expected a date such as"),
    ("persons: []", "1:unknown-field: there is no field 'persons' here"),
    ("chains: [{id: Big Deal, steps: [{id: s, people: [a]}]}]", "1:wrong-value: id: "),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[expected.split(": ", 1)[1][:60] for _, expected in CASES])
def test_mistake(text, expected, findings_of):
    found = told(findings_of(text))
    assert any(line.startswith(expected) for line in found), found


def test_a_mistake_does_not_hide_the_next(findings_of):
    found = told(
        findings_of(BASE + "rules:\n- {id: a, when: 1 +, then: {require: [c.s]}}\n- {id: b, then: {require: [c.x]}}\n")
    )
    assert len(found) == 2


def test_a_step_that_no_rule_asks_for_is_a_warning(findings_of):
    findings = findings_of(BASE)
    assert not findings.errors
    assert told(findings, Severity.WARNING) == ["4:never-applies: no rule asks for the step 'c.s'"]


def test_flags_that_follow_from_one_another_are_no_mistake(program_of):
    program = program_of(
        BASE
        + "rules:\n- {id: a, when: derived.y or quote.net_total > 5, then: {derive: {x: true}, require: [c.s]}}\n"
        + "- {id: b, when: derived.x, then: {derive: {y: true}}}\n"
    )
    assert len(program.strata) == 1
