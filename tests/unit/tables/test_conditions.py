"""Cells and conditions that the index answers are true exactly where FEEL's interpreter gives true."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.feel import interpret, interpret_unary_tests, parse_expression, parse_unary_tests
from engine.feel.tree import And, Literal
from engine.tables.cells import cell_from_tree
from engine.tables.column_test import ColumnTest, Interval
from engine.tables.conditions import split_condition

LITERALS = ["1", "-2", "3.5", '"a"', '"b"', "true", "false", "null", 'date("2026-03-01")', '@"2026-02-01"']
VALUES = [
    None,
    True,
    False,
    *(interpret(parse_expression(text), {}) for text in ["1", "-2", "2", "3.5", "4"]),
    *("a", "b", "c", ["a"], [True], ["a", "b"], {"a": Decimal(1)}),
    *(interpret(parse_expression(f'date("{day}")'), {}) for day in ["2026-02-01", "2026-02-14", "2026-03-01"]),
    interpret(parse_expression('date and time("2026-02-01T00:00:00")'), {}),
]
SINGLE_VALUES = [value for value in VALUES if not isinstance(value, list | dict)]
LITERAL = st.sampled_from(LITERALS)
ORDER = st.sampled_from(["<", "<=", ">", ">="])
RANGES = st.builds(
    lambda low, high, left, right: f"{left}{low}..{high}{right}",
    LITERAL, LITERAL, st.sampled_from("[("), st.sampled_from("])"),
)  # fmt: skip
ITEMS = st.one_of(LITERAL, st.builds(lambda sign, end: f"{sign} {end}", ORDER, LITERAL), RANGES)
CELLS = st.builds(
    lambda items, negated: f"not({', '.join(items)})" if negated else ", ".join(items),
    st.lists(ITEMS, min_size=1, max_size=3),
    st.booleans(),
)


@settings(max_examples=1000)
@given(CELLS, st.sampled_from(VALUES))
def test_a_cell_accepts_what_the_interpreter_accepts(text, value):
    tree = parse_unary_tests(text)
    # A literal truth value is a value to be equal to, whatever the input; elsewhere in a cell it is a condition.
    assume(
        isinstance(value, bool)
        or not any(isinstance(test, Literal) and isinstance(test.value, bool) for test in tree.tests)
    )
    test = cell_from_tree(tree)
    if test is not None:
        assert test.accepts(value) == (interpret_unary_tests(tree, value, {}) is True)


PATHS = st.sampled_from(["x", "y", "c.z"])
ATOMS = st.one_of(
    st.builds("{} {} {}".format, PATHS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), LITERAL),
    st.builds("{2} {1} {0}".format, PATHS, st.sampled_from(["=", "!=", "<", ">="]), LITERAL),
    st.builds("{} between {} and {}".format, PATHS, LITERAL, LITERAL),
    st.builds(lambda path, items: f"{path} in ({', '.join(items)})", PATHS, st.lists(ITEMS, min_size=1, max_size=3)),
    st.builds("{} in {}".format, PATHS, RANGES),
    st.builds(lambda path, items: f"{path} in [{', '.join(items)}]", PATHS, st.lists(LITERAL, max_size=3)),
    PATHS,
    st.builds("{} + 1 > 2".format, PATHS),
)


def combine(inner):
    return st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not({})".format, inner),
    )


@settings(max_examples=1000)
@given(
    st.recursive(ATOMS, combine, max_leaves=5),
    st.fixed_dictionaries({"x": st.sampled_from(SINGLE_VALUES), "y": st.sampled_from(SINGLE_VALUES)}),
    st.sampled_from([{}, *({"z": value} for value in SINGLE_VALUES)]),
)
def test_a_split_condition_is_true_where_the_whole_is(text, values, inner):
    tree = parse_expression(text, ["x", "y", "c"])
    split = split_condition(tree)
    scope = {**values, "c": inner}
    asked = {("x",): values["x"], ("y",): values["y"], ("c", "z"): inner.get("z")}
    holds = all(test.accepts(asked[path]) for path, test in split.tests.items())
    if split.rest is not None:
        holds = holds and interpret(split.rest, scope) is True
    assert holds == (interpret(tree, scope) is True)


def at_least(number):
    return ColumnTest(intervals=(Interval(Decimal(number), None, low_closed=True),))


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ('customer.segment = "SMB" and q >= 10', {("customer", "segment"): ColumnTest(("SMB",)), ("q",): at_least(10)}),
        ('x = "a" or x = "b"', {("x",): ColumnTest(("a", "b"))}),
        ('x in ("a", "b") and x != "a"', {("x",): ColumnTest(("b",))}),
        ("10 <= q", {("q",): at_least(10)}),
        ("q between 1 and 2", {("q",): ColumnTest(intervals=(Interval(Decimal(1), Decimal(2), True, True),))}),
        ("q > 1 and q <= 2", {("q",): ColumnTest(intervals=(Interval(Decimal(1), Decimal(2), False, True),))}),
        ("vip and not(blocked)", {("vip",): ColumnTest((True,)), ("blocked",): ColumnTest((False,))}),
        ('not(x in ("a"))', {("x",): ColumnTest(("a",), negated=True, null=True)}),
    ],
)
def test_what_is_indexed_whole(text, tests):
    split = split_condition(parse_expression(text, ["customer", "q", "x", "vip", "blocked"]))
    assert split.tests == tests
    assert split.rest is None


def test_what_is_left_stays_in_order_and_paths_can_be_refused():
    tree = parse_expression('x = "a" and q + 1 > 2 and y = 1 and count(z) = 1', ["x", "q", "y", "z"])
    split = split_condition(tree, lambda path: path != ("y",))
    assert list(split.tests) == [("x",)]
    assert isinstance(split.rest, And)
    assert [operand.start for operand in split.rest.operands] == [12, 26, 36]
