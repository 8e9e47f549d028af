"""Gates held against the corpus worked by hand."""

import pytest
from simulations import gates_of, simulated

from engine.simulate.gates import verdicts

CASES = [
    # measure and scope, limit, whether it passes, what is told
    ("measure: margin", "may_fall: 10 %", False, "margin: 400 to 350 JPY (-12.50 %); may fall by 10 %"),
    ("measure: margin", "may_fall: 12.5 %", True, "2 figures keep to it"),
    ("measure: margin", "may_fall: 5 EUR", True, "margin: 50.00 to 45.00 EUR (-10.00 %); may fall by 5 EUR"),
    ("measure: margin", "may_fall: 4.99 EUR", False, "margin: 50.00 to 45.00 EUR (-10.00 %); may fall by 4.99 EUR"),
    ("measure: net_total", "may_rise: 0", True, "2 figures keep to it"),
    ("measure: net_total", "may_fall: 0", False, "net total: 212.00 to 203.00 EUR (-4.25 %); may fall by 0, and 1"),
    ("measure: discount_total", "may_rise: 50 %", True, "2 figures keep to it"),
    ("measure: discount_total", "at_most: 20 EUR", False, "18.00 to 27.00 EUR (+50.00 %); at most 20 EUR"),
    (
        "measure: margin_percent",
        "may_fall: 2.38 points",
        False,
        "margin percent: 35.71 % to 33.33 % (-2.3810 points); may fall by 2.38 points, and 1 more",
    ),
    ("measure: margin_percent", "at_least: 33 %", True, "2 figures keep to it"),
    ("measure: margin_percent", "at_least: 34 %", False, "33.33 %"),
    ("measure: approvals", "may_rise: 3", True, "approvals: 0 to 3; may rise by 3"),
    ("measure: approvals", "may_rise: 2", False, "approvals: 0 to 3; may rise by 2"),
    ("measure: approvals", "may_rise: 5 %", False, "approvals: 0 to 3; may rise by 5 %"),
    ("measure: credit_objections", "may_rise: 0", True, "credit objections: 1 to 0; may rise by 0"),
    ("measure: newly_invalid_quotes", "at_most: 0", False, "newly invalid quotes: 0 to 1; at most 0"),
    ("measure: invalid_quotes", "may_rise: 0", True, "invalid quotes: 2 to 2; may rise by 0"),
    ("measure: changed_quotes", "at_most: 2", False, "changed quotes: 0 to 3; at most 2"),
    ("measure: unreadable_quotes", "at_most: 1", True, "unreadable quotes: 0 to 1; at most 1"),
    ("measure: net_total, where: {customer.segment: enterprise}", "may_fall: 0", True, "50.00 to 50.00 EUR"),
    ("measure: net_total, each: product.sku", "may_fall: 5 %", False, "NUT net total: 72.00 to 68.00 EUR"),
    ("measure: net_total, where: {product.category: hardware}", "may_fall: 8 EUR", False, "212.00 to 203.00 EUR"),
    (
        "measure: net_total, where: {product.sku: BOLT, customer.segment: SMB}",
        "may_fall: 0",
        False,
        "net total: 90.00 to 85.00 EUR",
    ),
    ("measure: margin, where: {quote.channel: web}", "may_fall: 0", False, "400 to 350 JPY"),
    ("measure: margin, where: {quote.channel: fax}", "may_fall: 0", False, "nothing was measured"),
    ("measure: net_total, of: each quote", "may_fall: 5.56 %", True, "all of 4 quotes keep to it"),
    (
        "measure: net_total, of: each quote",
        "may_fall: 5.5 %",
        False,
        "3 of 4 quotes do not keep to it; the worst: Q1, 90.00 to 85.00 EUR (-5.56 %); may fall by 5.5 %",
    ),
    (
        "measure: net_total, of: each quote",
        "may_fall: 4.50 EUR",
        False,
        "1 of 4 quotes do not keep to it; the worst: Q1",
    ),
    ("measure: margin_percent, of: each quote", "at_least: 29.5 %", False, "1 of 4 quotes"),
    ("measure: net_total, of: each quote, where: {customer.country: FR}", "may_fall: 0", True, "all of 1 quote"),
]


@pytest.mark.parametrize(("scope", "limit", "passes", "told"), CASES, ids=[f"{case[0]}, {case[1]}" for case in CASES])
def test_verdict(scope, limit, passes, told):
    gates = gates_of(f"gates: [{{id: g, {scope}, {limit}}}]")
    (verdict,) = verdicts(simulated(gates=gates).tally, gates)
    assert told in verdict.told
    assert verdict.passed is passes


def test_several_limits_and_their_figures():
    gates = gates_of("gates: [{id: g, measure: net_total, may_fall: 5 %, at_least: 200 EUR}]")
    (verdict,) = verdicts(simulated(gates=gates).tally, gates)
    assert [(check.currency, str(check.limit), check.passed) for check in verdict.checks] == [
        ("JPY", "may fall by 5 %", False),
        ("EUR", "may fall by 5 %", True),
        ("EUR", "at least 200 EUR", True),
    ]
