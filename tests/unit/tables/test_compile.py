"""What compiling a table refuses, and what it only warns of in models that other tools have made."""

import time
from decimal import Decimal

import pytest

from engine.diagnostics import Findings, Severity
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, ContextType
from engine.load.csv_table import read_csv_tables
from engine.tables import compile_table

PARAMETERS = {"q": NUMBER, "s": STRING, "d": DATE, "b": BOOLEAN, "c": ContextType({"z": STRING})}
HEAD = "hit policy,U\ncolumns,input,output\nname,{},n\ntype,{},{}\nvalues,{},{}\n"


def compiled(cell, output="1", name="q", kind="", out="", allowed="", outputs="", *, policy="U", lenient=False):
    quoted = ['"' + part.replace('"', '""') + '"' for part in (name, kind, out, allowed, outputs, cell, output)]
    head = HEAD.replace(",U\n", f",{policy}\n").format(*quoted[:5])
    tables, findings = read_csv_tables(f"{head}r,{quoted[5]},{quoted[6]}\n".encode(), "t.csv")
    table = compile_table(tables[0], PARAMETERS, findings, lenient=lenient)
    return table, [f"{f.span}: {f.message}{' / ' + f.hint if f.hint else ''}" for f in findings], findings


MISTAKES = [
    ({"cell": '"a"'}, 't.csv:6:3: "a" tests for a string, but q is a number'),
    ({"cell": "2026-03-01", "name": "d"}, 't.csv:6:3: a date is compared with a number / a date is written date("2'),
    ({"cell": "SMB", "name": "s"}, "t.csv:6:3: there is no 'SMB' here / a text is written in quotation marks: \"SMB\""),
    ({"cell": '"b"', "name": "s", "allowed": '"ab", "cd"'}, 't.csv:6:3: "b" is not among the allowed values of s'),
    ({"cell": '"acb"', "name": "s", "allowed": '"abc"'}, 't.csv:6:3: "acb" is not among the allowed values of s / did'),
    ({"cell": "1", "output": '"x"', "out": "number"}, 't.csv:6:7: "x" is no number, as the output n must be'),
    ({"cell": "1", "output": "s", "out": "number"}, "t.csv:6:7: s gives a string, but the output n is a number"),
    ({"cell": "1", "output": "7", "outputs": "1,2"}, "t.csv:6:7: 7 is not among the allowed values of the output n"),
    ({"cell": "1", "output": "qq"}, "t.csv:6:7: there is no 'qq' here"),
    ({"cell": "-", "name": "q", "kind": "string"}, "t.csv:3:6: q is a number, but the column says string"),
    ({"cell": "1", "policy": "P"}, "t.csv:1: hit policy P needs an output with a list of allowed values"),
    ({"cell": "1", "output": '"x"', "policy": "C+"}, 't.csv:6:7: hit policy C+ sums numbers; the output n is "x" here'),
    ({"cell": '@"2026-02-30"', "name": "d"}, 't.csv:6:3: @"2026-02-30" is no date, time or duration'),
]  # fmt: skip


@pytest.mark.parametrize(("table", "message"), MISTAKES)
def test_mistakes_that_feel_gives_a_meaning_to(table, message):
    strict, told, _ = compiled(**table)
    assert strict is None
    assert len(told) == 1
    assert told[0].startswith(message)
    lenient, _, findings = compiled(**table, lenient=True)
    assert lenient is not None
    assert [finding.severity for finding in findings] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"cell": "[1..2"}, "t.csv:6:3: '[1..2' is no FEEL: "),
        ({"cell": "1", "output": "1 +"}, "t.csv:6:7: '1 +' is no FEEL: "),
        ({"cell": "1", "kind": "nmber"}, "t.csv:3:6: unknown type 'nmber' of the input q / did you mean 'number'?"),
        ({"cell": "1", "out": "text"}, "t.csv:3:10: unknown type 'text' of the output n"),
    ],
)
def test_mistakes_without_a_meaning(table, message):
    for lenient in (False, True):
        found, told, _ = compiled(**table, lenient=lenient)
        assert found is None
        assert [line[: len(message)] for line in told] == [message]


def test_wrong_outputs_are_null_where_that_is_only_a_warning():
    table, _, _ = compiled("1", '"x"', out="number", lenient=True)
    assert table.explain(Decimal(1), None, None, None, None) == (None, (0,))
    table, _, _ = compiled("1", "7", outputs="1,2", lenient=True)
    assert table.explain(Decimal(1), None, None, None, None) == (None, (0,))


def test_an_empty_output_is_null_with_a_warning():
    table, told, findings = compiled("1", "")
    assert table.evaluate(Decimal(1), None, None, None, None) is None
    assert told == ["t.csv:6:7: the output n is empty, and gives null / write null if that is meant"]
    assert not findings.errors


def test_doubles_of_columns_and_rules():
    source = b"hit policy,U\ncolumns,input,input,output,output\nname,q,q,n,n\na,1,2,3,4\na,5,6,7,8\n"
    tables, findings = read_csv_tables(source, "t.csv")
    assert compile_table(tables[0], PARAMETERS, findings) is None
    assert [(str(f.span), f.severity, f.message) for f in findings] == [
        ("t.csv:3:12", "error", "the output 'n' is given twice; first at t.csv:3:10"),
        ("t.csv:5:1", "error", "the rule 'a' is given twice; first at t.csv:4:1"),
        ("t.csv:3:8", "warning", "the input 'q' is given twice; first at t.csv:3:6"),
    ]


def test_the_same_mistake_is_told_at_each_cell():
    source = b'hit policy,U\ncolumns,input,output\nname,q,n\n,"""a""",1\n,"""a""",2\n'
    tables, _ = read_csv_tables(source, "t.csv")
    findings = Findings()
    compile_table(tables[0], PARAMETERS, findings)
    assert [str(finding.span) for finding in findings] == ["t.csv:4:2", "t.csv:5:2"]


HOSTILE = {"nested": "(" * 3_000_000, "not": "not(" * 800_000, "list": "1," * 2_000_000 + "1", "long": "1" * 3_000_000}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_cells_are_refused_at_once(text):
    for cell, output in ((text, "1"), ("1", text)):
        started = time.perf_counter()
        table, told, _ = compiled(cell, output)
        assert table is None
        assert len(told) == 1
        assert len(told[0]) < 300
        assert time.perf_counter() - started < 2
