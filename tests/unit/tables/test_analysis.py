"""The analysis of tables equals brute force over a grid of all inputs that cells can tell apart."""

import itertools
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import parse_unary_tests
from engine.schema.table import Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule
from engine.source import Span
from engine.tables import analysis
from engine.tables.analysis import analyse
from engine.tables.cells import cell_from_tree, value_of_text
from engine.tables.column_test import ANYTHING, ColumnTest, Interval, complement
from engine.tables.parsed import ParsedInput, ParsedTable

HERE = Span("t.csv", 1)
NUMBERS = [Decimal(i) / 2 for i in range(-1, 8)]
DATES = [date(2026, 2, 27) + timedelta(days=i) for i in range(-1, 5)]
DOMAINS = {Decimal: NUMBERS, bool: [True, False], str: ["a", "b", "c", "other"], date: DATES}


def make(policy, columns, results, kinds, allowed=None):
    count = len(results)
    definition = DecisionTable(
        "t",
        policy,
        None,
        tuple(InputClause(Cell(f"x{i}", HERE)) for i in range(len(columns))),
        (OutputClause("", HERE),),
        tuple(Rule(str(i), (), (), (), HERE) for i in range(count)),
        (),
        HERE,
    )
    inputs = tuple(
        ParsedInput(f"x{i}", kind, allowed, cells) for i, (kind, cells) in enumerate(zip(kinds, columns, strict=True))
    )
    return ParsedTable(definition, inputs, results, [True] * count, list(results))


def interval(low, high, closed):
    return ColumnTest(intervals=(Interval(low, high, closed[0], closed[1]),))


CLOSED = st.tuples(st.booleans(), st.booleans())
CELLS = {
    Decimal: st.one_of(
        st.just(ANYTHING),
        st.builds(lambda v: ColumnTest((v,)), st.sampled_from(NUMBERS[1:-1:2])),
        st.builds(interval, st.sampled_from([Decimal(0), Decimal(1)]), st.sampled_from([Decimal(2), None]), CLOSED),
        st.builds(lambda v, c: interval(None, v, c), st.sampled_from([Decimal(1), Decimal(2), Decimal(3)]), CLOSED),
        st.just(ColumnTest((Decimal(0),), (Interval(Decimal(1), Decimal(2)),))),
    ),
    bool: st.sampled_from([ANYTHING, ColumnTest((True,)), ColumnTest((False,))]),
    str: st.sampled_from(
        [ANYTHING, ColumnTest(("a",)), ColumnTest(("b", "c")), complement(ColumnTest(("a",))), ColumnTest(("c",))]
    ),
    date: st.builds(interval, st.sampled_from([None, *DATES[1:3]]), st.sampled_from(DATES[2:5]), CLOSED).filter(
        lambda test: not test.intervals[0].empty
    ),
}


@st.composite
def tables(draw, policy):
    kinds = draw(st.lists(st.sampled_from([Decimal, Decimal, bool, str, date]), min_size=1, max_size=3))
    count = draw(st.integers(0, 6))
    columns = [[draw(CELLS[kind]) for _ in range(count)] for kind in kinds]
    return make(policy, columns, [draw(st.integers(0, 2)) for _ in range(count)], kinds)


def points(table):
    return itertools.product(*(DOMAINS[column.kind] for column in table.inputs))


def hits(table, point):
    rows = range(len(table.results))
    return [row for row in rows if all(c.cells[row].accepts(v) for c, v in zip(table.inputs, point, strict=True))]


def example_point(text):
    return [value_of_text(part) for part in re.findall(r'x\d = (date\("[^"]*"\)|"[^"]*"|[^,]+)', text)]


@pytest.fixture(autouse=True)
def report_everything(monkeypatch):
    monkeypatch.setattr(analysis, "REPORTED", 10_000)


def doubles(found):
    return {double.row for double in found.duplicates}


@settings(max_examples=150, deadline=None)
@given(tables(HitPolicy.UNIQUE))
def test_overlaps_are_exactly_the_pairs_that_share_an_input(table):
    found = analyse(table)
    pairs = {pair for point in points(table) for pair in itertools.combinations(hits(table, point), 2)}
    wanted = {pair for pair in pairs if not set(pair) & doubles(found)}
    assert {(overlap.first, overlap.second) for overlap in found.overlaps} == wanted
    for overlap in found.overlaps:
        assert {overlap.first, overlap.second} <= set(hits(table, example_point(overlap.example)))


@settings(max_examples=150, deadline=None)
@given(tables(HitPolicy.ANY))
def test_under_any_only_conflicting_rows_are_told(table):
    found = analyse(table)
    pairs = {pair for point in points(table) for pair in itertools.combinations(hits(table, point), 2)}
    wanted = {(a, b) for a, b in pairs if table.results[a] != table.results[b] and not {a, b} & doubles(found)}
    assert {(overlap.first, overlap.second) for overlap in found.overlaps} == wanted


@settings(max_examples=150, deadline=None)
@given(tables(HitPolicy.COLLECT))
def test_gaps_are_exactly_the_inputs_that_no_row_accepts(table):
    found = analyse(table)
    boxes = [[cell_from_tree(parse_unary_tests(text)) for text in gap.tests] for gap in found.gaps]
    for point in points(table):
        inside = [box for box in boxes if all(test.accepts(v) for test, v in zip(box, point, strict=True))]
        assert len(inside) == (0 if hits(table, point) else 1)
    for gap in found.gaps:
        assert not hits(table, example_point(gap.example))


@settings(max_examples=150, deadline=None)
@given(tables(HitPolicy.FIRST))
def test_masked_rows_are_exactly_those_whose_inputs_earlier_rows_take(table):
    found = analyse(table)
    deciding = {rows[0] for point in points(table) if (rows := hits(table, point))}
    reached = {row for point in points(table) for row in hits(table, point)}
    assert {item.row for item in found.unreachable} == set(range(len(table.results))) - reached
    assert {item.row for item in found.masked} | doubles(found) == reached - deciding
    for item in found.masked:
        accepted = hits(table, example_point(item.example))
        assert item.row in accepted
        assert accepted[0] < item.row
        assert set(item.by) & set(accepted)


@settings(max_examples=100, deadline=None)
@given(tables(HitPolicy.PRIORITY))
def test_under_priority_stronger_rows_mask_weaker_ones(table):
    found = analyse(table)
    deciding = {min(rows, key=lambda r: (table.ranks[r], r)) for p in points(table) if (rows := hits(table, p))}
    masked = {item.row for item in found.masked}
    assert not masked & deciding
    reached = {row for point in points(table) for row in hits(table, point)}
    assert reached - deciding <= masked | doubles(found)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.RULE_ORDER]).flatmap(tables))
def test_merged_rows_answer_as_before(table):
    found = analyse(table)

    def answer(rows):
        results = [table.results[row] for row in rows]
        if table.definition.hit_policy is HitPolicy.FIRST:
            return results[:1]
        return sorted(set(results)) if table.definition.hit_policy is HitPolicy.UNIQUE else results

    for item in found.mergeable:
        cells = [list(column.cells) for column in table.inputs]
        cells[item.column][item.rows[0]] = cell_from_tree(parse_unary_tests(item.test))
        kept = [row for row in range(len(table.results)) if row not in item.rows[1:]]
        for point in points(table):
            after = [row for row in kept if all(c[row].accepts(v) for c, v in zip(cells, point, strict=True))]
            assert answer(after) == answer(hits(table, point))


def test_gaps_join_and_read_like_cells():
    over = ColumnTest(intervals=(Interval(Decimal(10), None, low_closed=True),))
    under = ColumnTest(intervals=(Interval(Decimal(0), Decimal(5), low_closed=True),))
    table = make(HitPolicy.UNIQUE, [[over, under], [ANYTHING, ANYTHING]], [1, 2], [Decimal, str])
    (gap,) = analyse(table).gaps
    assert gap.tests == ("< 0, [5..10)", "-")
    assert gap.example == 'x0 = -1, x1 = "other"'


def test_allowed_values_bound_the_space():
    cells = [ColumnTest(("a",)), ColumnTest(("z",))]
    found = analyse(make(HitPolicy.UNIQUE, [cells], [1, 2], [str], ColumnTest(("a", "b"))))
    assert [gap.tests for gap in found.gaps] == [('"b"',)]
    assert [(item.row, item.column) for item in found.unreachable] == [(1, 0)]


def test_days_leave_no_gap_between_them():
    first = interval(None, date(2026, 3, 31), (False, True))
    second = interval(date(2026, 4, 1), None, (True, False))
    assert analyse(make(HitPolicy.UNIQUE, [[first, second]], [1, 2], [date])).gaps == []


def test_a_budget_that_runs_out_is_told():
    cells = [interval(Decimal(i), Decimal(i + 3), (True, False)) for i in range(50)]
    found = analyse(make(HitPolicy.FIRST, [cells, cells[::-1]], list(range(50)), [Decimal, Decimal]), steps=20)
    assert any("gaps: the search for all of them was given up" in reason for reason in found.incomplete)


def test_rows_of_feel_are_told_and_count_as_accepting_for_gaps():
    over = ColumnTest(intervals=(Interval(Decimal(10), None, low_closed=True),))
    found = analyse(make(HitPolicy.UNIQUE, [[over, None]], [1, 2], [Decimal]))
    assert found.gaps == []
    assert found.overlaps == []
    assert "1 of 2 rows" in found.incomplete[0]


def test_one_gap_is_told_even_where_all_are_too_many():
    cells = [[interval(Decimal(i * 7 % 50), Decimal(i * 7 % 50 + 3), (True, False)) for i in range(50)]] * 4
    mixed = [cells[0], cells[1][7:] + cells[1][:7], cells[2][19:] + cells[2][:19], cells[3][31:] + cells[3][:31]]
    found = analyse(make(HitPolicy.FIRST, mixed, list(range(50)), [Decimal] * 4), steps=100)
    assert any("gaps" in reason for reason in found.incomplete)
    assert len(found.gaps) == 1


def test_a_table_beyond_the_limit_is_said_to_be_left_out():
    count = analysis.MAX_ROWS + 1
    rows = [interval(Decimal(row), Decimal(row + 1), (True, False)) for row in range(count)]
    found = analyse(make(HitPolicy.UNIQUE, [rows, rows], [1] * count, [Decimal, Decimal]))
    (reason,) = found.incomplete
    assert "the table has 5,001 rows" in reason
    assert not found.overlaps
