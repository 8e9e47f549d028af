"""What checks call impossible never happens, by FEEL's interpreter and by the engine that prices."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import event, given, settings
from hypothesis import strategies as st

from catalog.importers.read import read_catalog
from engine.check.impossible_conditions import impossible_conditions
from engine.check.subject import Condition
from engine.compile import try_snapshot
from engine.decision import decide
from engine.diagnostics import Findings
from engine.feel import interpret, parse_expression
from engine.quote import Quote, QuoteLine
from engine.source import Span

NUMBERS = st.integers(0, 4)
ATOMS = st.one_of(
    st.builds("line.quantity {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), NUMBERS),
    st.builds("line.quantity between {} and {}".format, NUMBERS, NUMBERS),
    st.builds("line.quantity in [{}..{}]".format, NUMBERS, NUMBERS),
    st.builds('quote.channel {} "{}"'.format, st.sampled_from(["=", "!="]), st.sampled_from("ab")),
    st.builds('quote.channel in ("{}", "{}")'.format, st.sampled_from("ab"), st.sampled_from("bc")),
    st.builds('not(quote.channel = "{}")'.format, st.sampled_from("ab")),
    st.builds('line.sku = "{}"'.format, st.sampled_from("AB")),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda word, parts: f" {word} ".join(f"({part})" for part in parts),
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)
QUANTITIES = [Decimal(text) for text in ("0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "5")]


@settings(max_examples=600, deadline=None)
@given(CONDITIONS)
def test_what_can_never_hold_never_does(text):
    tree = parse_expression(text, ("line", "quote"))
    findings = Findings()
    condition = Condition("rule 'x'", text, tree, Span("x.yaml", 1, 1, 1 + len(text)), "pricing")
    impossible_conditions(SimpleNamespace(conditions=(condition,), pricing=()), findings)
    if any(finding.message.startswith("rule 'x' can never hold") for finding in findings):
        for quantity in QUANTITIES:
            for channel in ("a", "b", "c", "", None):
                for sku in "AB":
                    facts = {"line": {"quantity": quantity, "sku": sku}, "quote": {"channel": channel}}
                    assert interpret(tree, facts) is not True, (text, facts)


CATALOGUE = """
categories: [goods, goods/small]
products:
  - {sku: A, name: A, category: goods, charge_type: one_time, tags: [new]}
  - {sku: B, name: B, category: goods/small, charge_type: one_time}
price_lists: [{id: list, name: List, currency: USD, prices: [{sku: A, unit_price: 100}, {sku: B, unit_price: 10}]}]
"""
RULE_CONDITIONS = st.lists(
    st.one_of(
        ATOMS,
        st.builds('product.category = "{}"'.format, st.sampled_from(["goods", "goods/small"])),
        st.builds("list contains(product.{})".format, st.sampled_from(['categories, "goods"', 'tags, "new"'])),
    ),
    max_size=3,
)
RULES = st.lists(st.tuples(RULE_CONDITIONS, st.integers(0, 2), st.integers(1, 5)), min_size=2, max_size=5)


@settings(max_examples=120, deadline=None)
@given(RULES, st.sampled_from(["first", "best"]))
def test_rules_that_never_act_never_do(tmp_path_factory, rules, mode):
    folder = tmp_path_factory.mktemp("rules")
    (folder / "pricing").mkdir()
    (folder / "catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")
    (folder / "rulebook.yaml").write_text(f"name: x\nstacking_groups: [{{name: g, mode: {mode}}}]\n", encoding="utf-8")
    lines = ["rules:"]
    for number, (parts, priority, percent) in enumerate(rules):
        when = " and ".join(parts) or "true"
        lines.append(
            f"  - {{id: r{number}, group: g, priority: {priority}, when: '{when}', then: {{percent_off: {percent}}}}}"
        )
    (folder / "pricing" / "rules.yaml").write_text("\n".join(lines), encoding="utf-8")
    snapshot, findings = try_snapshot(folder, read_catalog(folder / "catalogue.yaml").usable())
    assert snapshot is not None
    dead = {
        finding.message.split("'")[1]
        for finding in findings
        if "never acts" in finding.message
        or ("can never" in finding.message.partition(":")[0] and not finding.message.startswith("one side"))
    }
    event(f"{len(dead)} dead")
    if not dead:
        return
    for channel in ("a", "b", "c"):
        for quantity in (1, 2, 3, 4, 5):
            quote_lines = tuple(QuoteLine(sku, sku, Decimal(quantity)) for sku in "AB")
            quote = Quote("USD", date(2026, 3, 16), quote_lines, channel=channel)
            for line in decide(snapshot, quote).pricing.lines:
                assert not dead & {step.origin.id for step in line.waterfall}
