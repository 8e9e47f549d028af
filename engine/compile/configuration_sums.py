"""Linear arithmetic of configuration expressions: sums and counts over chosen options as exact weighted sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from engine.compile.configuration_scope import QUANTITY, AttributeTerm, FactTerm, GroupTerm, Scope
from engine.configure.build import MAX_INTEGER
from engine.configure.formula import FALSE, TRUE, Formula, Literal, at_least, at_most, both, either, negated
from engine.feel import tree
from engine.feel.tree import Node
from engine.money import ONE, ZERO, plain


class RangeExceededError(ValueError):
    """Numbers beyond what the solver can hold.

    Attributes:
        start: offset of the text they come from.
        end: offset after it.
    """

    def __init__(self, message: str, node: Node) -> None:
        self.start, self.end = node.start, node.end
        super().__init__(message)


@dataclass(slots=True)
class LinearSum:
    """`constant` and weighted literals; `defined` where all that it reads has a value."""

    constant: Decimal = ZERO
    weights: dict[Literal, Decimal] = field(default_factory=dict)
    defined: Formula = TRUE

    def add(self, other: LinearSum, factor: Decimal) -> LinearSum:
        """This and `factor` times another."""
        weights = dict(self.weights)
        for literal, weight in other.weights.items():
            weights[literal] = weights.get(literal, ZERO) + weight * factor
        return LinearSum(self.constant + other.constant * factor, weights, both(self.defined, other.defined))


class SumReader:
    """Reads expressions that are linear; anything else is None."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def read(self, node: Node) -> LinearSum | None:
        """The linear sum of an expression."""
        if isinstance(node, tree.Literal):
            return LinearSum(node.value) if isinstance(node.value, Decimal) else None
        if isinstance(node, tree.Negation):
            inner = self.read(node.operand)
            return None if inner is None else LinearSum().add(inner, -ONE)
        if isinstance(node, tree.Arithmetic):
            return self._arithmetic(node)
        if isinstance(node, tree.Call):
            return self._call(node)
        term = self._scope.term(node)
        if isinstance(term, AttributeTerm):
            return self._attribute(term)
        if isinstance(term, FactTerm) and term.group.single:
            return self._fact(term)
        return None

    def _arithmetic(self, node: tree.Arithmetic) -> LinearSum | None:
        left, right = self.read(node.left), self.read(node.right)
        if left is None or right is None:
            return None
        if node.operator in ("+", "-"):
            return left.add(right, ONE if node.operator == "+" else -ONE)
        if node.operator == "*" and not (left.weights and right.weights):
            constant, other = (right, left) if left.weights else (left, right)
            return LinearSum().add(other, constant.constant)
        if node.operator == "/" and not right.weights and right.constant:
            return LinearSum().add(left, ONE / right.constant)
        return None

    def _call(self, node: tree.Call) -> LinearSum | None:
        if not isinstance(node.function, tree.Name) or node.names is not None or len(node.arguments) != 1:
            return None
        term = self._scope.term(node.arguments[0])
        if node.function.name == "count" and isinstance(term, GroupTerm):
            return LinearSum(weights={index + 1: ONE for index in term.elements})
        if node.function.name != "sum" or not isinstance(term, FactTerm):
            return None
        weights: dict[Literal, Decimal] = {}
        for index in term.group.elements:
            value = ONE if term.fact == QUANTITY else self._scope.number_of(index, term.fact)
            if value is not None:
                element = self._scope.elements[index]
                weights[index + 1] = value * element.min_quantity
                weights.update(dict.fromkeys(element.ladder, value))
        return LinearSum(weights=weights)

    def _attribute(self, term: AttributeTerm) -> LinearSum | None:
        attribute = self._scope.all_attributes[term.attribute]
        values = [self._scope.elements[index].value for index in attribute.elements]
        numbers = [value for value in values if isinstance(value, Decimal)]
        if (not attribute.ladder and len(attribute.elements) != 1) or len(numbers) != len(values):
            return None
        steps = {
            step: higher - lower for step, lower, higher in zip(attribute.ladder, numbers, numbers[1:], strict=False)
        }
        return LinearSum(numbers[0], steps, either(*(index + 1 for index in attribute.elements)))

    def _fact(self, term: FactTerm) -> LinearSum:
        weights: dict[Literal, Decimal] = {}
        for index in term.group.elements:
            if term.fact == QUANTITY:
                element = self._scope.elements[index]
                weights[index + 1] = Decimal(element.min_quantity)
                weights.update(dict.fromkeys(element.ladder, ONE))
            elif (value := self._scope.number_of(index, term.fact)) is not None:
                weights[index + 1] = value
        chosen = [index + 1 for index in term.group.elements if index + 1 in weights]
        return LinearSum(weights=weights, defined=either(*chosen))


def compare(operator: str, left: LinearSum, right: LinearSum, node: Node) -> tuple[Formula, Formula]:
    """Where a comparison is true, and where it is false; neither where something in it has no value.

    Raises:
        RangeExceededError: the numbers are beyond the solver's range.
    """
    difference = left.add(right, -ONE)
    used = [weight for weight in difference.weights.values() if weight]
    digits = max((-int(number.normalize().as_tuple().exponent) for number in [*used, difference.constant]), default=0)
    scale = max(0, digits)
    terms = [(int(weight.scaleb(scale)), literal) for literal, weight in difference.weights.items() if weight]
    bound = int((-difference.constant).scaleb(scale))
    _check_range(terms, bound, scale, node)
    holds: Formula
    if operator in ("<", "<="):
        holds = at_most(terms, bound if operator == "<=" else bound - 1)
    elif operator in (">", ">="):
        holds = at_least(terms, bound if operator == ">=" else bound + 1)
    else:
        holds = both(at_most(terms, bound), at_least(terms, bound))
        if operator == "!=":
            holds = negated(holds)
    if difference.defined == FALSE:
        return FALSE, FALSE
    return both(difference.defined, holds), both(difference.defined, negated(holds))


def _check_range(terms: list[tuple[int, Literal]], bound: int, scale: int, node: Node) -> None:
    largest = max((abs(weight) for weight, _ in terms), default=0)
    total = sum(abs(weight) for weight, _ in terms)
    for found, what in ((largest, "a number in it is"), (abs(bound), "its bound is"), (total, "its total can be")):
        if found > MAX_INTEGER:
            real = plain(Decimal(found).scaleb(-scale).normalize())
            counted = f" (counted in units of {plain(Decimal(1).scaleb(-scale))}: {found:,})" if scale else ""
            raise RangeExceededError(
                f"{what} {real}{counted}, beyond the solver's range of {MAX_INTEGER:,}; "
                "use a larger unit, such as kW for W, or fewer digits",
                node,
            )
