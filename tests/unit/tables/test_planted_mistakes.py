"""A workbook with planted mistakes gives just those findings, each with its sheet, cell and example."""

import io
from datetime import date

import openpyxl

from engine.check.table_analysis import table_analysis
from engine.diagnostics import Code
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, ContextType
from engine.load.xlsx_table import read_xlsx_tables
from engine.tables.compile import read_table

PARAMETERS = {
    "customer": ContextType({"segment": STRING, "since": DATE}),
    "quantity": NUMBER,
    "urgent": BOOLEAN,
}
SEGMENTS = '"SMB", "Enterprise"'

CELLS = [
    ["table", "Cells"],
    ["hit policy", "F"],
    ["columns", "input", "input", "input", "output", "output"],
    ["name", "customer.segment", "quantity", "customer.since", "discount", "approver"],
    ["type", "string", "number", "date", "number", "string"],
    ["values", SEGMENTS, None, None, None, '"manager", "director"'],
    ["r1", '"SMB"', "<= 10", None, 0, '"manager"'],
    ["r2", '"SBM"', "> 10", None, 5, '"manager"'],  # 1 a value that the column does not have: B8
    ["r3", '"SMB"', '"many"', None, 5, '"manager"'],  # 2 a string where a number is tested: C9
    ["r4", '"SMB"', "> 10", '>= date("2026-02-30")', 5, '"manager"'],  # 3 a date that does not exist: D10
    ["r5", '"SMB"', "[10..20", None, 5, '"manager"'],  # 4 no FEEL: C11
    ["r6", '"SMB"', "> 20", None, "quantty / 10", '"manager"'],  # 5 an unknown name: E12
    ["r7", '"SMB"', "> 30", None, '"ten"', '"manager"'],  # 6 an output of the wrong type: E13
    ["r1", '"SMB"', "> 40", None, 10, '"manager"'],  # 7 a rule's id that is taken: A14
]
NO_POLICY = [
    ["table", "No policy"],  # 8 no hit policy
    ["columns", "input", "output"],
    ["name", "urgent", "fee"],
    [None, True, 50],
    [None, False, 0],
]
UNIQUE = [
    ["hit policy", "U"],
    ["columns", "input", "input", "output"],
    ["name", "quantity", "customer.since", "price"],
    ["type", "number", "date", "number"],
    ["a", "[0..10]", None, 9.99],
    ["b", "[10..20)", None, 8.5],  # 9 overlaps with a at 10: B6
    ["c", ">= 20", None, 8],
    ["d", "< 0", f'< date("{date(2026, 1, 1).isoformat()}")', 0],  # 10 a gap for later dates
]
FIRST = [
    ["hit policy", "F"],
    ["columns", "input", "input", "output"],
    ["name", "customer.segment", "quantity", "discount"],
    ["type", "string", "number", "number"],
    ["values", SEGMENTS],
    ["a", '"SMB"', None, 5],
    ["b", '"Enterprise"', "< 100", 10],
    ["c", None, "< 50", 20],  # 11 masked by a and b: B8
    ["d", '"Enterprise"', "< 100", 15],  # 12 a duplicate of b: B9
    ["e", None, None, 0],
]


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def findings_of(content):
    tables, findings = read_xlsx_tables(content, "pricing.xlsx")
    for table in tables:
        read = read_table(table, PARAMETERS, findings)
        if read is not None:
            table_analysis(read.parsed, findings)
    return findings.sorted()


def test_every_planted_mistake_is_found_in_one_run():
    content = workbook(Cells=CELLS, NoPolicy=NO_POLICY, Unique=UNIQUE, First=FIRST)
    found = {(str(f.span), f.code): f for f in findings_of(content)}
    at = "pricing.xlsx:{}".format
    expected = {
        (at("Cells!B8"), Code.WRONG_VALUE),
        (at("Cells!C9"), Code.WRONG_TYPE),
        (at("Cells!D10"), Code.EXPRESSION),
        (at("Cells!C11"), Code.SYNTAX),
        (at("Cells!E12"), Code.EXPRESSION),
        (at("Cells!E13"), Code.WRONG_TYPE),
        (at("Cells!A14"), Code.DUPLICATE),
        (at("NoPolicy"), Code.MISSING_FIELD),
        (at("Unique!B6"), Code.OVERLAP),
        (at("Unique"), Code.GAP),
        (at("First!B8"), Code.NEVER_APPLIES),
        (at("First!B9"), Code.DUPLICATE),
    }
    assert set(found) == expected
    assert found[at("Cells!B8"), Code.WRONG_VALUE].hint == "did you mean '\"SMB\"'?"
    assert "'2026-02-30' is no date" in found[at("Cells!D10"), Code.EXPRESSION].message
    assert "quantity" in found[at("Cells!E12"), Code.EXPRESSION].hint
    assert "expected one of U, A, P, F, R, O, C, C+" in found[at("NoPolicy"), Code.MISSING_FIELD].message
    overlap = found[at("Unique!B6"), Code.OVERLAP]
    assert "rule 'a' at B5 and rule 'b' at B6" in overlap.message
    assert overlap.example == 'quantity = 10, customer.since = date("2025-12-31")'
    gap = found[at("Unique"), Code.GAP]
    assert gap.message.endswith('where quantity < 0; customer.since >= date("2026-01-01")')
    assert gap.example == 'quantity = -1, customer.since = date("2026-01-01")'
    masked = found[at("First!B8"), Code.NEVER_APPLIES]
    assert "rule 'a' at B6 and rule 'b' at B7 accept too" in masked.message
    assert masked.example == 'customer.segment = "Enterprise", quantity = 0'
    assert "rule 'b' at B7 and gives something else" in found[at("First!B9"), Code.DUPLICATE].message


def test_a_workbook_without_mistakes_gives_no_finding():
    rows = [*UNIQUE[:5], ["b", "(10..20)", None, 8.5], ["c", ">= 20", None, 8], ["d", "< 0", None, 0]]
    assert findings_of(workbook(Unique=rows)) == []
