"""Tables from CSV, worksheets and YAML: the same table from each, and every mistake in one run with its place."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from engine.diagnostics import Severity
from engine.load.csv_table import read_csv_tables
from engine.load.xlsx_table import cell_text, column_letters, read_xlsx_tables
from engine.load.yaml_table import read_yaml_tables
from engine.schema.table import Aggregation, HitPolicy, parse_hit_policy

CSV = b"""\xef\xbb\xbftable,Volume discount
hit policy,C+
columns,input,input,output,annotation
name,customer.segment,quantity,discount,why
type,string,number,number
values,"\"\"SMB\"\", \"\"Enterprise\"\"",,[0..50]
default,,,0

small,"\"\"SMB\"\"",>= 10,2.5,as agreed
,-,,5
"""
YAML = b"""
table: Volume discount
hit_policy: C+
inputs:
  - {expression: customer.segment, type: string, values: '"SMB", "Enterprise"'}
  - {expression: quantity, type: number}
outputs:
  - {name: discount, type: number, values: '[0..50]', default: 0}
annotations: [why]
rules:
  - {id: small, when: ['"SMB"', '>= 10'], then: [2.5], notes: [as agreed]}
  - ['-', '', 5]
"""


def workbook(*rows, title="Volume discount"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


XLSX = workbook(
    ["Hit policy:", "C+"],
    ["columns", "input", "input", "output", "annotation"],
    ["name", "customer.segment", "quantity", "discount", "why"],
    ["type", "string", "number", "number"],
    ["values", '"SMB", "Enterprise"', None, "[0..50]"],
    ["default", None, None, 0],
    ["small", '"SMB"', ">= 10", 2.5, "as agreed"],
    [None, "-", None, 5],
)


def content(table):
    return (
        table.name,
        table.hit_policy,
        table.aggregation,
        [(c.expression.text, c.type_name, c.allowed and c.allowed.text) for c in table.inputs],
        [(c.name, c.type_name, c.allowed and c.allowed.text, c.default and c.default.text) for c in table.outputs],
        [(r.id, [c.text for c in r.inputs], [c.text for c in r.outputs], r.annotations) for r in table.rules],
        table.annotation_names,
    )


@pytest.mark.parametrize(
    ("read", "source", "place"),
    [
        (read_csv_tables, CSV, "t:9:7"),
        (read_yaml_tables, YAML, "t:11:25"),
        (read_xlsx_tables, XLSX, "t:Volume discount!B7"),
    ],
)
def test_the_same_table_from_every_kind_of_file(read, source, place):
    (table,), findings = read(source, "t")
    assert list(findings) == []
    assert content(table) == (
        "Volume discount",
        HitPolicy.COLLECT,
        Aggregation.SUM,
        [("customer.segment", "string", '"SMB", "Enterprise"'), ("quantity", "number", None)],
        [("discount", "number", "[0..50]", "0")],
        [("small", ['"SMB"', ">= 10"], ["2.5"], ("as agreed",)), ("rule 2", ["-", ""], ["5"], ("",))],
        ("why",),
    )
    assert str(table.rules[0].inputs[0].span) == place


def test_a_file_on_disk_and_one_that_is_not_there(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(CSV)
    assert len(read_csv_tables(path, "prices/t.csv")[0]) == 1
    for read in (read_csv_tables, read_yaml_tables, read_xlsx_tables):
        tables, findings = read(tmp_path / "missing", "missing")
        assert tables == []
        assert [(f.code, f.message) for f in findings] == [
            ("file-unreadable", "cannot be read: No such file or directory")
        ]


HEADS = "table, hit policy, columns, name, type, values, default"
KINDS = "input, output, annotation"


def told(findings):
    return [f"{finding.span}: {finding.message}{' / ' + finding.hint if finding.hint else ''}" for finding in findings]


def test_semicolons_quotes_and_line_breaks_in_cells():
    source = b'hit policy;U\ncolumns;input;output\r\nname;q;"the ""net""\nprice"\n;"1,5";"\n7"\nlast;2;3'
    (table,), findings = read_csv_tables(source, "t.csv")
    assert list(findings) == []
    assert table.outputs[0].name == 'the "net"\nprice'
    assert [[cell.text for cell in (*rule.inputs, *rule.outputs)] for rule in table.rules] == [["1,5", "7"], ["2", "3"]]
    assert [str(rule.outputs[0].span) for rule in table.rules] == ["t.csv:5:8", "t.csv:7:8"]


def test_every_mistake_of_a_csv_file():
    source = b'hit polcy,U\ncolumns,input,outputs,output,note\nname,q,,n\ndefault,5\nr1,1,"2" x,3\nr2,"1,2,3\n'
    tables, findings = read_csv_tables(source, "t.csv")
    assert len(tables) == 1
    assert told(findings) == [
        f"t.csv:1:1: unknown head row 'hit polcy'; expected one of {HEADS} / did you mean 'hit policy'?",
        "t.csv:5:10: expected ',' or the end of the line after the closing quotation mark",
        "t.csv:6:4: the quotation mark that begins this cell is not closed",
        "t.csv:1: the table has no hit policy; expected one of U, A, P, F, R, O, C, C+, C<, C>, C#",
        f"t.csv:2:15: unknown kind of column 'outputs'; expected one of {KINDS} / did you mean 'output'?",
        f"t.csv:2:30: unknown kind of column 'note'; expected one of {KINDS}",
        "t.csv:4:9: an input column has no default; defaults are for outputs",
        "t.csv:5:6: found '2' in a column that the row 'columns' does not name",
        "t.csv:6:7: found '2' in a column that the row 'columns' does not name",
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", "the file is empty; expected a decision table"),
        (b"hit policy,U\nname,q\n", "the table has no row 'columns' that says which columns are input, output and"),
        (b"hit policy,U\ncolumns,input\nname,q\n", "the table has no output column"),
        (b"hit policy,\xff\n", "expected UTF-8 text, found the byte 0xff"),
    ],
)
def test_csv_files_without_a_table(source, message):
    tables, findings = read_csv_tables(source, "t.csv")
    assert tables == []
    assert findings.errors[0].message.startswith(message)


def test_head_rows_after_the_first_rule_are_refused():
    tables, findings = read_csv_tables(b"hit policy,U\ncolumns,output\nname,n\n,1\ndefault,2", "t.csv")
    assert len(tables[0].rules) == 1
    assert told(findings) == ["t.csv:5:1: the head row 'default' stands after a rule; head rows come first"]


def test_unknown_hit_policies_name_the_nearest():
    _, findings = read_csv_tables(b"hit policy,uniqe\ncolumns,output\nname,n\n,1", "t.csv")
    (finding,) = findings
    assert (str(finding.span), finding.hint) == ("t.csv:1:12", "did you mean 'unique'?")


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("U", (HitPolicy.UNIQUE, None)),
        (" c + ", (HitPolicy.COLLECT, Aggregation.SUM)),
        ("C#", (HitPolicy.COLLECT, Aggregation.COUNT)),
        ("Output  order", (HitPolicy.OUTPUT_ORDER, None)),
        ("collect", (HitPolicy.COLLECT, None)),
        ("U+", None),
        ("", None),
    ],
)
def test_hit_policy_texts(text, policy):
    assert parse_hit_policy(text) == policy


def test_every_mistake_of_a_yaml_file():
    source = b"""
tables:
  - hit_policy: X
    inputs: [q, {type: number}]
    outputs: [{name: n}, {type: number}]
    rules:
      - [1, 2, 3]
      - {id: r2, when: [1, 2], then: [3, [4]], why: x}
  - table: second
    hit_policy: U
    outputs: 5
  - 7
"""
    tables, findings = read_yaml_tables(source, "t.yaml")
    assert [table.name for table in tables] == ["t 1"]
    assert told(findings) == [
        "t.yaml:3:17: unknown hit policy 'X'; expected one of U, A, P, F, R, O, C, C+, C<, C>, C#",
        "t.yaml:4:17: the input has no expression",
        "t.yaml:5:26: each of several outputs needs a name",
        "t.yaml:7:9: the rule has 1 output cells; the table has 2 output columns",
        "t.yaml:8:48: unknown field 'why'; expected one of id, when, then, notes",
        "t.yaml:8:42: expected one FEEL text, found a list / write a list as text: '[1, 2]'",
        "t.yaml:11:14: expected a list for 'outputs', found '5'",
        "t.yaml:9:5: the table has no outputs",
        "t.yaml:12:5: expected a mapping with table, hit_policy, inputs, outputs, annotations, rules, found '7'",
    ]


def test_yaml_numbers_keep_their_digits():
    source = b"hit_policy: U\ninputs: [q]\noutputs: [n]\nrules: [[0.10, 1e-3], [true, null]]"
    (table,), findings = read_yaml_tables(source, "t.yaml")
    assert list(findings) == []
    assert [[c.text for c in (*r.inputs, *r.outputs)] for r in table.rules] == [["0.10", "0.001"], ["true", "null"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (19.99, "19.99"),
        (5.0, "5"),
        (1e20, "100000000000000000000"),
        (1e-7, "0.0000001"),
        (True, "true"),
        (dt.date(2026, 3, 1), 'date("2026-03-01")'),
        (dt.datetime(2026, 3, 1, 10, 30), 'date and time("2026-03-01T10:30:00")'),  # noqa: DTZ001  (workbooks have none)
        (dt.time(10, 30), 'time("10:30:00")'),
        (dt.timedelta(hours=36), 'duration("PT129600S")'),
        (' "SMB" ', '"SMB"'),
    ],
)
def test_cells_of_a_workbook_as_feel(value, text):
    assert cell_text(value) == text


def test_columns_of_a_workbook_have_letters():
    assert [column_letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_dates_and_other_sheets_of_a_workbook():
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["prices of next year"])
    sheet = book.create_sheet("Prices")
    for row in (
        ["table", "Next year"],
        ["hit_policy", "U"],
        ["columns", "input", "output"],
        ["name", "since", "n"],
        ["r", dt.date(2027, 1, 1), True],
    ):
        sheet.append(row)
    book.create_sheet("Empty")
    stream = io.BytesIO()
    book.save(stream)
    (table,), findings = read_xlsx_tables(stream.getvalue(), "p.xlsx")
    assert table.name == "Next year"
    assert [c.text for c in (*table.rules[0].inputs, *table.rules[0].outputs)] == ['date("2027-01-01")', "true"]
    (finding,) = findings
    assert (str(finding.span), finding.severity) == ("p.xlsx:Notes", Severity.INFO)


def test_hostile_workbooks_are_refused():
    assert told(read_xlsx_tables(b"PK\x03\x04 nonsense", "p.xlsx")[1])[0].startswith(
        "p.xlsx: this is no Excel workbook"
    )
    book = openpyxl.Workbook()
    book.active["A1"] = "hit policy"
    book.active["XFD1048576"] = "far away"
    stream = io.BytesIO()
    book.save(stream)
    tables, findings = read_xlsx_tables(stream.getvalue(), "p.xlsx")
    assert tables == []
    assert "reaches to row 1,048,576 and column 16,384" in told(findings)[0]


def test_errors_in_cells_are_told_and_never_taken_for_empty_cells():
    book = openpyxl.Workbook()
    for row in (["hit policy", "U"], ["columns", "input", "output"], ["name", "q", "n"], ["r", "#REF!", 1]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    _, findings = read_xlsx_tables(stream.getvalue(), "p.xlsx")
    assert told(findings) == ["p.xlsx:Sheet!B4: the cell holds the Excel error #REF!"]


def test_workbooks_with_entities_are_refused():
    stream = io.BytesIO(XLSX)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/extra.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    tables, findings = read_xlsx_tables(stream.getvalue(), "p.xlsx")
    assert tables == []
    assert told(findings) == ["p.xlsx: xl/extra.xml: a document type declaration is not read"]
