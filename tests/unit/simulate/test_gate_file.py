"""Gate files: every mistake with its place, and what a good one says."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.diagnostics import Findings, RejectedError, render
from engine.simulate.cuts import Cut
from engine.simulate.gate_file import MEASURES, GateEntry, Limit, load_gates, read_gates

ROOT = Path(__file__).parents[3]
FACTS = ("customer.segment", "product.category", "quote.channel")
GATE = "gates:\n  - id: g\n    measure: {}\n    {}\n"

BAD = [
    ("margin", "may_fal: 1 %", "gates.yaml:4:5: error[unknown-field]: there is no field 'may_fal' here"),
    ("margins", "may_fall: 1 %", "gates.yaml:3:14: error[wrong-value]: measure: expected 'net_total'"),
    ("margin", "description: none", "gates.yaml:2:5: error[wrong-value]: a gate has a limit"),
    ("margin", "may_fall: 1", "4:15: error[wrong-value]: may_fall: expected a percentage such as 0.5 %, an amount"),
    ("margin", "may_fall: -1 %", "may_fall: expected a percentage such as 0.5 %"),
    ("margin", "may_fall: 1 XYZ", "may_fall: expected a percentage such as 0.5 %"),
    ("margin", "may_fall: 1.2.3 %", "may_fall: expected a percentage such as 0.5 %"),
    ("margin", "at_least: 5 %", "at_least: expected an amount such as 1000 EUR, found '5 %'"),
    ("margin_percent", "may_fall: 0.5 %", "may_fall: expected percentage points such as 0.5 points, or 0, found"),
    ("margin_percent", "at_least: 30 EUR", "at_least: expected a percentage such as 30 %"),
    ("approvals", "may_rise: 1.5", "may_rise: expected a number of quotes, or a percentage such as 5 %, found '1.5'"),
    ("approvals", "of: each quote\n    at_most: 1", "4:9: error[wrong-value]: of: each quote holds net_total"),
    ("approvals", "each: product.category\n    at_most: 1", "approvals counts quotes, which cannot be divided by"),
    ("unreadable_quotes", "each: quote.channel\n    at_most: 1", "is known for the whole corpus only"),
    (
        "margin",
        "each: customer.segmnt\n    may_fall: 0",
        "4:11: error[unknown-name]: there is no fact 'customer.segmnt'",
    ),
    ("margin", "where: {segment: SMB}\n    may_fall: 0", "4:13: error[unknown-name]: there is no fact 'segment'"),
    ("margin", "may_fall: 0\n  - {id: g, measure: margin, may_rise: 0}", "gate 'g' is given twice; first at"),
]


def findings_of(text):
    findings = Findings()
    read_gates(text, "gates.yaml", FACTS, findings)
    return "\n".join(render(finding, findings.texts) for finding in findings.sorted())


@pytest.mark.parametrize(("measure", "rest", "told"), BAD, ids=[told for _, _, told in BAD])
def test_mistakes(measure, rest, told):
    assert told in findings_of(GATE.format(measure, rest))


@pytest.mark.parametrize("text", ["", "[]", "gates: []", "gates: {}", "gates:\n", "{", "- a"])
def test_what_is_no_gate_file(text):
    assert "error[" in findings_of(text)


def test_a_mistake_does_not_hide_the_next():
    text = "gate: 1\ngates:\n  - {id: a, measure: x, may_rise: 1}\n  - {id: b, measure: margin}\n"
    told = findings_of(text)
    assert told.count("error[") == 3
    assert "did you mean 'gates'?" in told


GOOD = [
    ("margin", "may_fall: 0.5 %", Limit("may_fall", Decimal("0.5"), "%")),
    ("net_total", "may_rise: 1000.50 EUR", Limit("may_rise", Decimal("1000.50"), "EUR")),
    ("net_total", "may_rise: 0", Limit("may_rise", Decimal(0), "")),
    ("margin_percent", "may_fall: 1 point", Limit("may_fall", Decimal(1), "points")),
    ("margin_percent", "may_fall: .5 points", Limit("may_fall", Decimal("0.5"), "points")),
    ("margin_percent", "at_least: 30 %", Limit("at_least", Decimal(30), "%")),
    ("approvals", "may_rise: 50", Limit("may_rise", Decimal(50), "")),
    ("approvals", "may_rise: 5 %", Limit("may_rise", Decimal(5), "%")),
]


@pytest.mark.parametrize(("measure", "rest", "limit"), GOOD, ids=[f"{measure} {rest}" for measure, rest, _ in GOOD])
def test_limits(measure, rest, limit):
    findings = Findings()
    (gate,) = read_gates(GATE.format(measure, rest), "gates.yaml", FACTS, findings)
    assert not findings
    assert gate.limits == (limit,)


def test_scopes():
    text = GATE.format("margin", "each: quote.channel\n    where: {customer.segment: [b, a]}\n    may_fall: 0")
    (gate,) = read_gates(text, "gates.yaml", FACTS, Findings())
    assert gate.cut == Cut("quote.channel", (("customer.segment", ("a", "b")),))
    assert str(gate.cut) == "customer.segment a or b, by quote.channel"
    assert gate.cut.value({"quote.channel": "web", "customer.segment": "a"}) == "web"
    assert gate.cut.value({"quote.channel": "web", "customer.segment": "c"}) is None
    below = Cut("", (("product.category", ("hardware",)),))
    assert below.value({"product.category": "hardware/servers"}) == ""
    assert below.value({"product.category": "hardwares"}) is None


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "bytes.yaml").write_bytes(b"gates: \xff")
    for path in (tmp_path / "none.yaml", tmp_path / "bytes.yaml", tmp_path):
        with pytest.raises(RejectedError):
            load_gates(path, FACTS)


def test_the_sample_and_the_guide():
    gates = load_gates(ROOT / "rules" / "sample" / "gates" / "release.yaml", FACTS)
    assert len(gates) == 6
    guide = (ROOT / "docs" / "trying-changes.md").read_text("utf-8")
    assert not [measure for measure in MEASURES if f"`{measure}`" not in guide]
    assert not [field for field in GateEntry.model_fields if f"`{field}`" not in guide]
    written = guide.partition("```yaml\ngates:")[2].partition("```")[0]
    assert len(read_gates("gates:" + written, "guide", FACTS, Findings())) == 6
