"""The examples of the guide to decision tables are run and give what the guide says."""

import re
from pathlib import Path

import pytest

from engine.check.table_analysis import table_analysis
from engine.diagnostics import render
from engine.feel import feel_equal, interpret, parse_expression
from engine.feel.types import NUMBER, STRING, ContextType, ListType
from engine.load.csv_table import read_csv_tables
from engine.load.yaml_table import read_yaml_tables
from engine.tables import read_table

GUIDE = Path(__file__).parents[3] / "docs/tables.md"
READERS = {"csv": read_csv_tables, "yaml": read_yaml_tables}
PARAMETERS = {
    "customer": ContextType({"segment": STRING, "tags": ListType(STRING)}),
    "quantity": NUMBER,
    "minimum": NUMBER,
}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples():
    """Each table with the block that follows it."""
    blocks = BLOCK.findall(GUIDE.read_text())
    for (kind, table), (told, text) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind in READERS:
            yield pytest.param(kind, table, told, text, id=table.splitlines()[0])


def read(kind, text):
    tables, findings = READERS[kind](text.encode(), f"bands.{kind}")
    (table,) = tables
    return read_table(table, PARAMETERS, findings), findings


@pytest.mark.parametrize(("kind", "table", "told", "text"), list(examples()))
def test_example(kind, table, told, text):
    parsed, findings = read(kind, table)
    if told == "answers":
        compiled = parsed.compile()
        for line in text.splitlines():
            given, answer = line.split(" gives ")
            values = interpret(parse_expression(given), {})
            found = compiled.evaluate(*[values.get(name) for name in PARAMETERS])
            assert feel_equal(found, interpret(parse_expression(answer), {})) is True, f"{line}, not {found}"
        assert not findings.errors
    elif told == "findings":
        table_analysis(parsed.parsed, findings)
        assert "\n".join(map(render, findings.sorted())) == text.rstrip("\n")
    else:
        assert findings.errors


def test_the_guide_has_examples_of_every_kind():
    kinds = [param.values[2] for param in examples()]
    assert kinds.count("answers") >= 4
    assert "findings" in kinds
