"""Compiled tables: every hit policy and kind of column by cases in files, and random tables against a plain scan."""

import itertools
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Findings
from engine.feel import feel_equal, interpret, interpret_unary_tests, parse_expression, parse_unary_tests
from engine.feel.errors import collecting
from engine.feel.types import ANY, NUMBER, STRING, TYPES_BY_NAME
from engine.load.csv_table import read_csv_tables
from engine.schema.table import Aggregation, Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule
from engine.source import Span
from engine.tables.compile import compile_table

CASES = Path(__file__).parents[2] / "cases/tables"
HERE = Span("t.csv", 1)


def cases():
    for path in sorted(CASES.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text()):
            for case in group["cases"]:
                yield pytest.param(group, case, id=f"{path.stem}: {group['name']}: {case['given']}")


def value_of(text):
    return interpret(parse_expression(text), {})


@pytest.mark.parametrize(("group", "case"), list(cases()))
def test_cases(group, case):
    parameters = {name: TYPES_BY_NAME[kind] for name, kind in group["parameters"].items()}
    tables, findings = read_csv_tables(group["csv"].encode(), f"{group['name']}.csv")
    compiled = compile_table(tables[0], parameters, findings)
    assert not findings.errors
    given_values = value_of(case["given"])
    arguments = [given_values[name] for name in parameters]
    with collecting() as notes:
        value, rows = compiled.explain(*arguments)
    assert feel_equal(value, value_of(case["result"])) is True
    assert list(rows) == case["rows"]
    assert case.get("warning", "") in " ".join(notes)
    assert bool(notes) == ("warning" in case)
    assert feel_equal(compiled.evaluate(*arguments), value) is True
    assert compiled.hits(*arguments) == rows


NUMBER_CELLS = ["1", "< 2", ">= 2", "[1..3]", "(1..3)", "1, 3", "not(2)", "not(< 2)", "? > y", "y"]
STRING_CELLS = ['"a"', '"a","b"', 'not("a")', '> "a"', '< "b", 2', "string length(?) = 1"]
CELLS = st.sampled_from(["-", "", "null", "not(null)", *NUMBER_CELLS, *STRING_CELLS])
OUTPUTS = st.sampled_from(["1", "2", "3", "y", "1 + 1"])
POLICIES = [(policy, None) for policy in HitPolicy] + [(HitPolicy.COLLECT, sign) for sign in Aggregation]
X_VALUES = [None, *map(Decimal, ["0", "1", "2", "2.5", "3", "4"]), "a", "b", "", True]
Y_VALUES = [None, Decimal(1), Decimal(2)]


def scan(table, x, y):
    """The answer by the definition of the hit policies, each cell through the interpreter."""
    scope = {"x": x, "y": y}
    inputs = [interpret(parse_expression(column.expression.text, scope), scope) for column in table.inputs]
    rows = []
    for number, rule in enumerate(table.rules):
        tests = [parse_unary_tests(cell.text.strip() or "-", scope) for cell in rule.inputs]
        if all(interpret_unary_tests(t, v, scope) is True for t, v in zip(tests, inputs, strict=True)):
            rows.append(number)
    outputs = {row: interpret(parse_expression(table.rules[row].outputs[0].text, scope), scope) for row in rows}
    order = [Decimal(2), Decimal(1), Decimal(3)]
    ranked = sorted(rows, key=lambda row: order.index(outputs[row]) if outputs[row] in order else 3)
    values = [outputs[row] for row in rows]
    if table.aggregation is Aggregation.COUNT:
        return Decimal(len(rows)), rows
    if table.aggregation is not None:
        fold = {Aggregation.SUM: sum, Aggregation.MIN: min, Aggregation.MAX: max}[table.aggregation]
        return (fold(values) if values and None not in values else None), rows
    match table.hit_policy:
        case HitPolicy.UNIQUE:
            return (values[0] if len(rows) == 1 else None), rows
        case HitPolicy.ANY:
            same = bool(values) and all(value == values[0] for value in values)
            return (values[0] if same else None), rows
        case HitPolicy.FIRST:
            return (values[0] if rows else None), rows[:1]
        case HitPolicy.PRIORITY:
            return (outputs[ranked[0]] if rows else None), ranked[:1]
        case HitPolicy.OUTPUT_ORDER:
            return [outputs[row] for row in ranked], ranked
        case _:
            return values, rows


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(POLICIES),
    st.lists(st.tuples(CELLS, CELLS, OUTPUTS), max_size=7),
    st.sampled_from(["2, 1, 3", "2, 1, 3, null"]),
)
def test_compiled_tables_answer_as_a_scan_through_the_interpreter(policy, rows, allowed):
    rules = tuple(
        Rule(str(i), (Cell(a, HERE), Cell(b, HERE)), (Cell(out, HERE),), (), HERE) for i, (a, b, out) in enumerate(rows)
    )
    inputs = (InputClause(Cell("x", HERE)), InputClause(Cell("if x = 1 then y else x", HERE)))
    ordered = policy[0] in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
    output = OutputClause("n", HERE, allowed=Cell(allowed, HERE) if ordered else None)
    table = DecisionTable("t", *policy, inputs, (output,), rules, (), HERE)
    findings = Findings()
    compiled = compile_table(table, {"x": ANY, "y": ANY}, findings)
    assert not findings.errors
    for x, y in itertools.product(X_VALUES, Y_VALUES):
        value, hits = scan(table, x, y)
        assert compiled.explain(x, y) == (value, tuple(hits))


def test_a_shared_result_is_built_once():
    csv = b"hit policy,U\ncolumns,input,output,output\nname,q,a,b\n,1,5,6\n,2,5,6\n"
    tables, findings = read_csv_tables(csv, "t.csv")
    compiled = compile_table(tables[0], {"q": NUMBER}, findings)
    assert compiled.evaluate(Decimal(1)) is compiled.evaluate(Decimal(2))


def test_what_explanations_need_is_kept():
    csv = b'hit policy,U\ncolumns,input,output,annotation\nname,s,a,why\nr1,"""x""",5,as agreed\n'
    tables, findings = read_csv_tables(csv, "prices/t.csv")
    compiled = compile_table(tables[0], {"s": STRING}, findings)
    (row,) = compiled.hits("x")
    assert (compiled.name, compiled.rule_ids[row], compiled.annotations[row]) == ("t", "r1", ("as agreed",))
    assert str(compiled.rule_spans[row]) == "prices/t.csv:4:1"
