"""FEEL text to syntax tree: recursive descent, with names of several words by longest match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, DecimalException
from typing import TypeVar

from engine.feel import limits, tree
from engine.feel.errors import FeelSyntaxError
from engine.feel.scanner import KEYWORDS, Token, join_surrogates, unescape
from engine.feel.temporal_text import parse_temporal
from engine.feel.tree import Node
from engine.feel.type_parser import TypeParser
from engine.feel.types import ANY, Type

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_LOOSEST, _SUM = 1, 5
_BINDING = {"or": _LOOSEST, "and": 2, "between": 4, "in": 4, "instance": 4} | {
    **dict.fromkeys(COMPARISONS, 3),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/"), 6),
    "**": 7,
}
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_AFTER_RANGE = frozenset((")", "]", ",", "}", "..", *COMPARISONS, "+", "*", "/", "**"))
NO_TYPES: Mapping[str, Type] = {}
AnyNodeT = TypeVar("AnyNodeT", bound=tree.AnyNode)
_AFTER_TEST = (".", "[", "(", "+", "-", "*", "/", "**", "instance")


class Parser(TypeParser):
    """Parses one text."""

    # --- whole texts

    def whole_expression(self) -> Node:
        """The text as one expression."""
        node = self.expression()
        self.end()
        return _shallow(node)

    def whole_unary_tests(self) -> tree.UnaryTests:
        """The text as the tests of a decision table's cell."""
        end = len(self.scanner.text)
        if self.accept("-"):
            if self.scanner.token.kind == "end":
                return tree.UnaryTests((), False, 0, end)
            self.scanner.go_to(0)
        if self.accept("not") and self.accept("("):
            tests = self.tests()
            if self.accept(")") and self.scanner.token.kind == "end":
                return _shallow(tree.UnaryTests(tests, True, 0, end))
        self.scanner.go_to(0)
        tests = self.tests()
        self.end()
        return _shallow(tree.UnaryTests(tests, False, 0, end))

    def end(self) -> None:
        """Nothing may follow."""
        if self.scanner.token.kind != "end":
            raise self.unexpected("an operator or the end")

    # --- operators

    def expression(self, binding: int = _LOOSEST, left: Node | None = None) -> Node:
        """An expression whose operators bind at least as tightly as `binding`; `left` was read already."""
        self.nesting += 1
        if self.nesting > limits.MAX_NESTING:
            token = self.scanner.token
            raise FeelSyntaxError(f"more than {limits.MAX_NESTING} levels of nesting", token.start, token.end)
        node = left or self.operand()
        chained = 0
        while self.scanner.token.kind in ("symbol", "word"):
            operator = self.scanner.token.text
            own = _BINDING.get(operator)
            if own is None or own < binding:
                break
            token = self.scanner.advance()
            chained += 1
            if chained > limits.MAX_DEPTH:
                raise _too_deep(token)
            node = self.operation(node, operator, own)
        self.nesting -= 1
        return node

    def operation(self, left: Node, operator: str, binding: int) -> Node:
        """What follows an operator, joined to its left side."""
        match operator:
            case "or" | "and":
                operands = [left, self.expression(binding + 1)]
                while self.accept(operator):
                    operands.append(self.expression(binding + 1))
                kind = tree.Or if operator == "or" else tree.And
                return kind(tuple(operands), left.start, operands[-1].end)
            case "between":
                low = self.expression(_SUM)
                self.expect("and")
                high = self.expression(_SUM)
                return tree.Between(left, low, high, left.start, high.end)
            case "in":
                tests = self.tests_of_in()
                return tree.In(left, tests, left.start, self.scanner.previous_end)
            case "instance":
                self.expect("of")
                start = self.scanner.position
                kind_of_value = self.type()
                end = self.scanner.previous_end
                return tree.InstanceOf(left, kind_of_value, self.scanner.text[start:end], left.start, end)
        right = self.expression(binding + 1)
        if operator in COMPARISONS:
            return tree.Comparison(operator, left, right, left.start, right.end)
        return tree.Arithmetic(operator, left, right, left.start, right.end)

    def operand(self) -> Node:
        """Any number of minus signs, a value, and what is attached to it."""
        signs = []
        while self.at("-"):
            signs.append(self.scanner.advance())
            if len(signs) > limits.MAX_NESTING:
                raise FeelSyntaxError(f"more than {limits.MAX_NESTING} minus signs", signs[0].start, signs[-1].end)
        node = self.postfix(self.primary())
        for sign in reversed(signs):
            node = tree.Negation(node, sign.start, node.end)
        return node

    def postfix(self, node: Node) -> Node:
        """Paths, filters and calls behind a value."""
        while True:
            if self.accept("."):
                name = self.property_name()
                node = tree.Path(node, name, node.start, self.scanner.previous_end)
            elif self.at("("):
                node = self.call(node)
            elif self.at("[") and not self.at_end_of_range():
                self.scanner.advance()
                self.open_filters += 1
                condition = self.expression()
                self.open_filters -= 1
                self.expect("]")
                node = tree.Filter(node, condition, node.start, self.scanner.previous_end)
            else:
                return node

    def at_end_of_range(self) -> bool:
        """Whether the bracket that is next closes a range such as `[1..10[`, and opens no filter."""
        if not self.open_ranges:
            return False
        scanner = self.scanner
        bracket = scanner.token
        scanner.go_to(bracket.end)
        after = scanner.token
        scanner.go_to(bracket.start)
        return after.kind == "end" or after.text in (_AFTER_RANGE if after.kind == "symbol" else KEYWORDS)

    def call(self, function: Node) -> Node:
        """The arguments of a call, by position or by name."""
        self.expect("(")
        arguments: list[Node] = []
        names: list[str] = []
        if not self.at(")"):
            while True:
                key = self.scanner.key()
                if arguments and bool(names) != bool(key):
                    raise self.unexpected("arguments that all have names, or none")
                if key:
                    names.append(key[0])
                arguments.append(self.expression())
                if not self.accept(","):
                    break
        self.expect(")")
        end = self.scanner.previous_end
        return tree.Call(function, tuple(arguments), tuple(names) if names else None, function.start, end)

    # --- values

    def primary(self) -> Node:
        """A literal, a name, something in brackets, or an expression that starts with a keyword."""
        token = self.scanner.token
        if token.kind == "number":
            return self.number()
        if token.kind == "string":
            return self.string()
        if token.kind == "word":
            return self.word()
        if token.text in ("(", "[", "]"):
            return self.bracket()
        if token.text == "{":
            return self.context()
        if token.text == "@":
            return self.at_literal()
        if token.text in COMPARISONS:
            return self.unary_comparison()
        raise self.unexpected("a value")

    def number(self) -> Node:
        """A decimal constant."""
        token = self.scanner.advance()
        try:
            return tree.Literal(+Decimal(token.text), token.start, token.end)
        except (DecimalException, ValueError):
            raise FeelSyntaxError(f"{token} is beyond the numbers of FEEL", token.start, token.end) from None

    def string(self) -> Node:
        """A string constant."""
        token = self.scanner.advance()
        return tree.Literal(join_surrogates(unescape(token)), token.start, token.end)

    def at_literal(self) -> Node:
        """A temporal constant, `@"2026-03-01"`."""
        start = self.scanner.advance().start
        if self.scanner.token.kind != "string":
            raise self.unexpected('a date, time or duration in quotation marks, such as @"2026-03-01"')
        token = self.scanner.advance()
        return tree.Literal(parse_temporal(unescape(token)), start, token.end)

    def word(self) -> Node:
        """A constant, an expression that starts with a keyword, or a name."""
        token = self.scanner.token
        known = self.known_name()
        if known:
            return tree.Name(known, token.start, self.scanner.previous_end)
        if token.text in _CONSTANTS:
            self.scanner.advance()
            return tree.Literal(_CONSTANTS[token.text], token.start, token.end)
        match token.text:
            case "if":
                return self.conditional()
            case "for":
                return self.loop()
            case "some" | "every":
                return self.quantified()
            case "function":
                return self.function()
            case "?":
                self.scanner.advance()
                return tree.Name("?", token.start, token.end)
        if token.text in KEYWORDS:
            raise self.unexpected("a value")
        name = self.words()
        return tree.Name(name, token.start, self.scanner.previous_end)

    def known_name(self) -> str | None:
        """Take the longest known name of several words that starts here."""
        token = self.scanner.token
        names = self.anywhere if self.open_filters else self.scope
        found = names.longest(token.text, self.scanner.text, token.start)
        if found is None or found[1] <= token.end:
            return None
        self.scanner.previous_end = found[1]
        self.scanner.go_to(found[1])
        return found[0]

    def property_name(self) -> str:
        """The name after a dot."""
        token = self.scanner.token
        if token.kind != "word":
            raise self.unexpected("the name of a property")
        found = self.anywhere.longest(token.text, self.scanner.text, token.start)
        if found and found[1] > token.end:
            self.scanner.previous_end = found[1]
            self.scanner.go_to(found[1])
            return found[0]
        return self.words()

    def bracket(self) -> Node:
        """A list, a range, or an expression in parentheses."""
        opening = self.scanner.advance()
        if opening.text == "[" and self.accept("]"):
            return tree.ListLiteral((), opening.start, self.scanner.previous_end)
        first = self.expression()
        if self.at(".."):
            node = self.rest_of_range(opening, first)
        elif opening.text == "(":
            self.expect(")")
            node = first
        elif opening.text == "[":
            items = [first]
            while self.accept(","):
                items.append(self.expression())
            self.expect("]")
            node = tree.ListLiteral(tuple(items), opening.start, self.scanner.previous_end)
        else:
            raise self.unexpected("'..'")
        return node

    def rest_of_range(self, opening: Token, low: Node) -> Node:
        """What follows the lower end of a range."""
        self.expect("..")
        self.open_ranges += 1
        high = self.expression()
        self.open_ranges -= 1
        closing = self.expect("]", ")", "[")
        return tree.RangeLiteral(low, high, opening.text == "[", closing.text == "]", opening.start, closing.end)

    def context(self) -> Node:
        """`{key: value, ...}`; keys are known to the entries after them."""
        start = self.expect("{").start
        mark = self.scope.mark()
        entries: list[tree.Entry] = []
        more = not self.at("}")
        while more:
            key, key_start = self.entry_key()
            value = self.expression()
            entries.append(tree.Entry(key, value, key_start, value.end))
            self.declare(key)
            more = self.accept(",")
        self.expect("}")
        self.scope.reset(mark)
        return tree.ContextLiteral(tuple(entries), start, self.scanner.previous_end)

    def unary_comparison(self) -> Node:
        """`< 5` and the like."""
        operator = self.expect(*COMPARISONS)
        operand = self.expression(_SUM)
        return tree.UnaryComparison(operator.text, operand, operator.start, operand.end)

    # --- expressions that start with a keyword

    def conditional(self) -> Node:
        """`if condition then chosen else otherwise`."""
        start = self.expect("if").start
        condition = self.expression()
        self.expect("then")
        chosen = self.expression()
        self.expect("else")
        otherwise = self.expression()
        return tree.If(condition, chosen, otherwise, start, otherwise.end)

    def loop(self) -> Node:
        """`for x in xs return result`."""
        start = self.expect("for").start
        mark = self.scope.mark()
        iterations = self.iterations()
        self.expect("return")
        result = self.expression()
        self.scope.reset(mark)
        return tree.For(iterations, result, start, result.end)

    def quantified(self) -> Node:
        """`some x in xs satisfies condition`, or `every`."""
        keyword = self.expect("some", "every")
        mark = self.scope.mark()
        iterations = self.iterations()
        self.expect("satisfies")
        condition = self.expression()
        self.scope.reset(mark)
        return tree.Quantified(keyword.text == "every", iterations, condition, keyword.start, condition.end)

    def iterations(self) -> tuple[tree.Iteration, ...]:
        """`x in xs, y in 1..3`; a variable is known to the sources after it."""
        found: list[tree.Iteration] = []
        while True:
            start = self.scanner.position
            name = self.words()
            self.expect("in")
            source = self.expression()
            last = self.expression() if self.accept("..") else None
            found.append(tree.Iteration(name, source, last, start, (last or source).end))
            self.declare(name)
            if not self.accept(","):
                return tuple(found)

    def function(self) -> Node:
        """`function(a: number, b) body`."""
        start = self.expect("function").start
        self.expect("(")
        mark = self.scope.mark()
        parameters: list[tree.Parameter] = []
        more = not self.at(")")
        while more:
            parameters.append(self.parameter())
            self.declare(parameters[-1].name)
            more = self.accept(",")
        self.expect(")")
        external = self.accept("external")
        body = self.expression()
        self.scope.reset(mark)
        return tree.FunctionLiteral(tuple(parameters), body, external, start, body.end)

    def parameter(self) -> tree.Parameter:
        """One parameter of a function, with or without its type."""
        start = self.scanner.position
        key = self.scanner.key()
        if key is None:
            return tree.Parameter(self.words(), ANY, start, self.scanner.previous_end)
        kind = self.type()
        return tree.Parameter(key[0], kind, start, self.scanner.previous_end)

    # --- unary tests

    def tests(self) -> tuple[Node, ...]:
        """Tests with commas between."""
        found = [self.expression()]
        while self.accept(","):
            found.append(self.expression())
        return tuple(found)

    def tests_of_in(self) -> tuple[Node, ...]:
        """What follows `in`: one test, or several in parentheses."""
        if not self.at("("):
            return (self.expression(_SUM),)
        opening = self.scanner.advance()
        first = self.expression()
        if self.at(".."):
            node = self.rest_of_range(opening, first)
        elif self.accept(","):
            tests = (first, *self.tests())
            self.expect(")")
            return tests
        else:
            self.expect(")")
            node = first
        return (self.expression(_SUM, self.postfix(node)) if self.at(*_AFTER_TEST) else node,)


def _shallow(node: AnyNodeT) -> AnyNodeT:
    """The node, unless chains of operators make its tree deeper than the limit."""
    level: list[tree.AnyNode] = [node]
    for _ in range(limits.MAX_DEPTH):
        level = [child for parent in level for child in tree.children(parent)]
        if not level:
            return node
    raise _too_deep(level[0])


def _too_deep(place: tree.AnyNode | Token) -> FeelSyntaxError:
    return FeelSyntaxError(f"operators nested in each other more than {limits.MAX_DEPTH} deep", place.start, place.end)


def parse_expression(text: str, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES) -> Node:
    """The tree of a FEEL expression.

    Args:
        text: the expression.
        names: names in scope, also those of fields of contexts; needed where they hold spaces or operators.
        types: the caller's own types by name, for `instance of` and for parameters of functions.

    Raises:
        FeelSyntaxError: the text is no expression, or is too long or too deeply nested.
    """
    return Parser(text, names, types).whole_expression()


def parse_unary_tests(text: str, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES) -> tree.UnaryTests:
    """The tree of the unary tests in a decision table's cell; arguments and errors as for `parse_expression`."""
    return Parser(text, names, types).whole_unary_tests()
