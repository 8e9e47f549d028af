"""Steps of a table that other rows may fill are no ladder: the quick way finds what comparing all rows finds."""

from hypothesis import given
from hypothesis import strategies as st

from engine.check.quantity_tiers import table_ladders
from engine.schema.table import Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule
from engine.source import Span
from engine.tables.cells import cell_from_text

HERE = Span("t.csv", 1)
RANGES = ["[1..5)", "[5..9)", "[20..30)"]
CELLS = ["-", '"a"', '"b"', '"a","b"', 'not("a")', "1", "[1..3]", "null", "count(?) > 1"]


def table_of(rows):
    rules = tuple(
        Rule(f"r{number}", tuple(Cell(text, HERE) for text in cells), (Cell("1", HERE),), (), HERE)
        for number, cells in enumerate(rows)
    )
    names = ("line.quantity", "customer.segment", "product.family")
    inputs = tuple(InputClause(Cell(name, HERE)) for name in names)
    return DecisionTable("t", HitPolicy.FIRST, None, inputs, (OutputClause("n", HERE),), rules, (), HERE)


def may_both_hold(one, other):
    if one == other:
        return True
    first, second = cell_from_text(one), cell_from_text(other)
    if first is None or second is None or first.intervals or second.intervals or first.negated or second.negated:
        return True
    return bool(set(first.values) & set(second.values)) or (first.null and second.null)


def ladders_by_comparing_all(rows):
    found = set()
    for cells in rows:
        others = cells[1:]
        alike = [row for row, other in enumerate(rows) if other[1:] == others and other[0] in RANGES]
        covered = any(
            other[1:] != others and all(may_both_hold(*pair) for pair in zip(other[1:], others, strict=True))
            for other in rows
        )
        if len(alike) > 1 and not covered:
            found.add(tuple(alike))
    return found


@given(
    st.lists(st.tuples(st.sampled_from([*RANGES, "-"]), st.sampled_from(CELLS), st.sampled_from(CELLS)), max_size=12)
)
def test_ladders_are_those_of_comparing_all_rows(rows):
    found = {
        tuple(sorted(step.row for step in ladder.steps))
        for ladder in table_ladders(table_of(rows))
        if ladder.fact == "line.quantity"
    }
    assert found == ladders_by_comparing_all(rows)


def test_many_rows_whose_other_cells_repeat():
    rows = [(f"[{n}..{n + 1})", f'"s{n % 97}"', f'"f{n % 40}"') for n in range(8_000)]
    assert len(list(table_ladders(table_of(rows)))) == 97 * 40
