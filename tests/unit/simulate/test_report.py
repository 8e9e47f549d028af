"""The report: one file that parses, refers to nothing outside, says what was found, and escapes what it is told."""

import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from simulations import CASES, gates_of, simulated

from engine.simulate.charts import Bar, Pair, columns, pairs, waterfall
from engine.simulate.gates import verdicts
from engine.simulate.html import Html, element
from engine.simulate.report import html_report

VOID = {"meta", "br", "hr"}
D = Decimal


class Reader(HTMLParser):
    """Collects elements, texts and attributes; every element that opens must close in its turn."""

    def __init__(self):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.texts.append(data)


def parsed(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def report():
    gates = gates_of("gates: [{id: margin-holds, description: We earn, measure: margin, may_fall: 1 %}]")
    simulation = simulated(gates=gates)
    return html_report(simulation, verdicts(simulation.tally, gates))


def test_it_parses_and_has_what_a_page_needs(report):
    assert report.startswith("<!DOCTYPE html>\n")
    elements = parsed(report).elements
    assert ("html", {"lang": "en"}) in elements
    assert ("meta", {"charset": "utf-8"}) in elements
    assert all(
        attributes.get("role") == "img" for tag, attributes in elements if tag == "svg" if "height" in attributes
    )
    assert sum(tag == "svg" for tag, _ in elements) == 9  # the stripes, and four charts of each currency


def test_it_refers_to_nothing_outside(report):
    reader = parsed(report)
    assert not [
        attributes for _, attributes in reader.elements if {"src", "href", "action", "data"} & attributes.keys()
    ]
    assert not {tag for tag, _ in reader.elements} & {"link", "img", "iframe", "object", "embed", "base", "form"}
    assert set(re.findall(r"url\(([^)]*)\)", report)) == {"#hatch"}
    assert not re.search(r"https?:|//[a-z]|@import|fetch\(|XMLHttpRequest|WebSocket", report)
    (policy,) = [item["content"] for _, item in reader.elements if item.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")


def test_it_says_what_was_found(report):
    text = " ".join(parsed(report).texts)
    for told in (
        "✘ 1 of 1 gate failed: the change may not pass",
        "margin: 50.00 to 45.00 EUR (-10.00 %); may fall by 1 %, and 1 more",
        "212.00 → 203.00",
        "50.00 → 45.00",
        "The 2 largest movers in EUR",
        "-10 % → -15 %",
        "pricing/volume.yaml:2",
        "ladder.manager",
        "the rulebook declares no quote fact 'deal'",
        "1 stored quote that cannot be read",
    ):
        assert told in text


def test_what_files_say_is_never_markup(tmp_path):
    quotes = (CASES / "quotes.jsonl").read_text("utf-8").splitlines()
    hostile = "</script><script>alert(1)</script>&\"'<b>"
    lines = []
    for line in quotes:
        request = json.loads(line)
        request.get("quote", request)["id"] = hostile
        lines.append(json.dumps(request))
    (tmp_path / "q.jsonl").write_text("\n".join(lines), "utf-8")
    simulation = simulated(tmp_path / "q.jsonl")
    report = html_report(simulation, ())
    assert hostile in parsed(report).texts
    assert report.count("<script>") == 1
    assert "alert(1)</script>" not in report


def test_a_corpus_without_any_valid_quote(tmp_path):
    never = [line for line in (CASES / "quotes.jsonl").read_text("utf-8").splitlines() if '"Q7"' in line]
    (tmp_path / "q.jsonl").write_text("\n".join(never), "utf-8")
    text = " ".join(parsed(html_report(simulated(tmp_path / "q.jsonl"), ())).texts)
    assert "Invalid under both" in text
    assert "What moves" not in text


def rects(html):
    return [
        (attributes["class"], float(attributes["x"].rstrip("%")), float(attributes["width"].rstrip("%")))
        for tag, attributes in parsed(html).elements
        if tag == "rect"
    ]


def test_a_waterfall_steps_from_total_to_total():
    bars = [
        Bar("before", D(100), "100", True),
        Bar("a", D(-50), "-50"),
        Bar("b", D(25), "+25"),
        Bar("x", D(75), "", True),
    ]
    assert rects(waterfall("t", bars, "{}")) == [
        ("total", 0, 100),
        ("fall", 50, 50),
        ("rise", 50, 25),
        ("total", 0, 75),
    ]


def test_small_steps_get_a_scale_that_says_where_it_begins():
    bars = [Bar("before", D(1000), "", True), Bar("a", D(-10), ""), Bar("after", D(990), "", True)]
    drawn = waterfall("t", bars, "from {} EUR")
    assert "from 980 EUR" in drawn
    assert rects(drawn) == [("total", 0, 100), ("fall", 50, 50), ("total", 0, 50)]


@pytest.mark.parametrize("amount", [D(0), D("-5"), D("1e30")])
def test_charts_of_odd_amounts(amount):
    bars = [Bar("before", amount, "", True), Bar("step", -amount, ""), Bar("after", D(0), "", True)]
    for _, left, width in rects(waterfall("t", bars, "{}")):
        assert -0.01 <= left <= 100
        assert 0 < width <= 100.01
    parsed(pairs("t", [Pair("a", amount, -amount, "")]))


def test_columns_are_as_high_as_they_are_many():
    drawn = parsed(columns("t", [0, 20, 5, 10, 1], ["-1", "0", "1"], 2))
    heights = [float(attributes["height"]) for tag, attributes in drawn.elements if tag == "rect"]
    assert heights == [170, 85, 8.5]
    assert [text for text in drawn.texts if text.isdigit()] == ["20", "10", "1", "0", "1"]


def test_elements_escape_texts_and_attributes():
    assert element("p", "<a>", Html("<b>"), title='"&') == '<p title="&quot;&amp;">&lt;a&gt;<b></p>'
    assert element("details", open=True, hidden=False) == "<details open></details>"
