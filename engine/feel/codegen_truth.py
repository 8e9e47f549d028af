"""FEEL conditions to Python conditions: code that says only whether an expression is true, or only whether it is false.

Three-valued logic then needs no third value: `a and b` is true where both are true, and false where one is false;
`not` swaps the questions; a comparison of null is neither.
"""

from __future__ import annotations

import ast

from engine.feel import tree
from engine.feel.codegen import PYTHON_COMPARISONS, Generator, Names, conjoin, constant, disjoin, invoke, is_
from engine.feel.operator_types import NATIVE_EQUALITY, NATIVE_ORDER
from engine.feel.types import BOOLEAN, NULL, STRING, Required, bare

_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class TruthGenerator(Generator):
    """Generates conditions."""

    def truth(self, node: tree.Node, names: Names) -> ast.expr:
        """Code that Python takes for true exactly where the expression is true."""
        return self.decided(node, names, truth=True)

    def decided(self, node: tree.Node, names: Names, *, truth: bool) -> ast.expr:
        """Code that Python takes for true exactly where the expression has that truth."""
        match node:
            case tree.And(operands) | tree.Or(operands):
                parts = [self.decided(operand, names, truth=truth) for operand in operands]
                return conjoin(parts) if isinstance(node, tree.And) == truth else disjoin(parts)
            case tree.Call(tree.Name("not"), (operand,), None) if self.is_free("not", names):
                return self.decided(operand, names, truth=not truth)
            case tree.Comparison(operator, left, right):
                found = self.comparison_truth(operator, left, right, names, truth=truth)
                if found is not None:
                    return found
            case tree.Between(value, low, high) if truth and self.is_cheap(value):
                both = (("<=", low, value), ("<=", value, high))
                found = self.all_compared(both, names)
                if found is not None:
                    return found
            case tree.In(value, tests) if truth and self.is_cheap(value):
                found_parts = [self.test_truth(value, test, names) for test in tests]
                parts = [part for part in found_parts if part is not None]
                if self.string_set(node) is None and len(parts) == len(found_parts):
                    return disjoin(parts)
            case tree.If(condition, chosen, otherwise):
                decided = [self.decided(branch, names, truth=truth) for branch in (chosen, otherwise)]
                return ast.IfExp(self.truth(condition, names), *decided)
        outcome = self.value(node, names)
        if self.type(node) == Required(BOOLEAN):
            return outcome if truth else ast.UnaryOp(ast.Not(), outcome)
        return is_(outcome, truth)

    def is_cheap(self, node: tree.Node) -> bool:
        """Whether computing the value several times costs no more than keeping it."""
        if isinstance(node, tree.Path):
            return self.is_cheap(node.source)
        return isinstance(node, tree.Name | tree.Literal) and getattr(node, "name", "") != "partial"

    def comparison_truth(
        self, operator: str, left: tree.Node, right: tree.Node, names: Names, *, truth: bool
    ) -> ast.expr | None:
        """A comparison that Python makes as FEEL does; None where it would not."""
        kinds = self.type(left), self.type(right)
        native = bare(kinds[0]) == bare(kinds[1])
        if operator in ("=", "!="):
            asked = operator if truth else _OPPOSITE[operator]
            if NULL in kinds:
                return self.null_test(self.value(left if kinds[1] == NULL else right, names), asked)
            one_string = Required(STRING) in kinds and operator == "=" and truth
            if not one_string and not (native and bare(kinds[0]) in NATIVE_EQUALITY):
                return None
            return ast.Compare(self.value(left, names), [PYTHON_COMPARISONS[asked]()], [self.value(right, names)])
        if not native or bare(kinds[0]) not in NATIVE_ORDER:
            return None
        operands = ((self.value(left, names), kinds[0]), (self.value(right, names), kinds[1]))
        checks, ready = self.not_null(operands)
        asked = operator if truth else _OPPOSITE[operator]
        return conjoin([*checks, ast.Compare(ready[0], [PYTHON_COMPARISONS[asked]()], [ready[1]])])

    def all_compared(self, comparisons: tuple[tuple[str, tree.Node, tree.Node], ...], names: Names) -> ast.expr | None:
        """Several comparisons that are all true."""
        parts = [self.comparison_truth(operator, a, b, names, truth=True) for operator, a, b in comparisons]
        found = [part for part in parts if part is not None]
        return conjoin(found) if len(found) == len(parts) else None

    def test_truth(self, value: tree.Node, test: tree.Node, names: Names) -> ast.expr | None:
        """Whether a value passes a test; None where that takes FEEL's own comparison."""
        if isinstance(test, tree.UnaryComparison):
            return self.comparison_truth(test.operator, value, test.operand, names, truth=True)
        if isinstance(test, tree.RangeLiteral):
            low = "<=" if test.low_included else "<"
            high = "<=" if test.high_included else "<"
            return self.all_compared(((low, test.low, value), (high, value, test.high)), names)
        kind = bare(self.type(test))
        if kind in NATIVE_EQUALITY and (kind == bare(self.type(value)) or self.type(test) == Required(STRING)):
            return self.comparison_truth("=", value, test, names, truth=True)
        return None

    def unary_tests(self, tests: tree.UnaryTests, names: Names) -> ast.expr:
        """Whether the input passes the tests."""
        if not tests.tests:
            return constant(True)
        if not tests.negated:
            return disjoin([self.unary_test_truth(test, names) for test in tests.tests])
        values = [self.unary_test_value(test, names) for test in tests.tests]
        return conjoin([is_(value, False) for value in values])

    def unary_test_truth(self, test: tree.Node, names: Names) -> ast.expr:
        """Whether the input passes one test."""
        if tree.mentions_input(test) and not isinstance(test, tree.UnaryComparison):
            return self.truth(test, names)
        found = self.test_truth(self.input, test, names)
        return is_(self.unary_test_value(test, names), True) if found is None else found

    def unary_test_value(self, test: tree.Node, names: Names) -> ast.expr:
        """Whether the input passes one test, as true, false or null."""
        given = self.value(self.input, names)
        if isinstance(test, tree.UnaryComparison):
            return self.compared(test.operator, given, self.value(test.operand, names))
        value = self.value(test, names)
        if tree.mentions_input(test):
            return value
        helper = {tree.RangeLiteral: "within", tree.Literal: "equal"}.get(type(test), "passes")
        return invoke(helper, given, value)
