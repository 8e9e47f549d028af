"""What configuration runs: a compiled model of a product, immutable and shared by all requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from catalog.product import AttributeValue, covers
from engine.configure.formula import Formula, Literal
from engine.source import Span

DEFINITION = -1
"""Owner of clauses that only say what a variable means; no reason ever names them."""


class ConstraintKind(StrEnum):
    """What a constraint is, for people and for the check of what it is good for."""

    CARDINALITY = "cardinality"
    REQUIRES = "requires"
    EXCLUDES = "excludes"
    CONDITION = "condition"
    TABLE = "table"
    VALIDITY = "validity"
    ATTRIBUTE = "attribute"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard constraint as people know it.

    Attributes:
        id: unique in its model.
        text: what it says, in words.
        kind: what it is.
        place: where it is written.
        formula: what must hold.
    """

    id: str
    text: str
    kind: ConstraintKind
    place: Span
    formula: Formula


@dataclass(frozen=True, slots=True)
class Price:
    """A catalogue price of one unit between two days, both inclusive; None is open."""

    currency: str
    amount: Decimal
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """Something to say yes or no to: an option of a group, or a value of an attribute. Its variable is its index + 1.

    Attributes:
        path: how requests name it, such as "processor/CPU-08" or "colour=red".
        label: for people.
        place: where it is written.
        group: index of its group; -1 for a value.
        attribute: index of its attribute; -1 for an option.
        sku: product of an option; "" where it stands for none.
        value: the value, for a value of an attribute.
        min_quantity: least quantity where chosen.
        ladder: variables that say, one after the other, that the quantity is min_quantity + 1, + 2 ... or more.
        prices: catalogue prices of one unit.
        included: it costs nothing beside the product that it is chosen for.
    """

    path: str
    label: str
    place: Span
    group: int = -1
    attribute: int = -1
    sku: str = ""
    value: AttributeValue | None = None
    min_quantity: int = 1
    ladder: tuple[int, ...] = ()
    prices: tuple[Price, ...] = ()
    included: bool = False

    @property
    def max_quantity(self) -> int:
        """Greatest quantity where chosen."""
        return self.min_quantity + len(self.ladder)


@dataclass(frozen=True, slots=True)
class Group:
    """Options of which between `minimum` and `maximum` (None: any number) are chosen.

    Attributes:
        path: how requests name it, such as "processor" or, nested, "server/CONTROLLER/processor".
        label: for people.
        place: where it is written.
        elements: indexes of its options.
        minimum: least number of options.
        maximum: greatest number of options.
        parent: index of the option that it belongs to; -1 at the top.
    """

    path: str
    label: str
    place: Span
    elements: tuple[int, ...]
    minimum: int
    maximum: int | None
    parent: int = -1


class AttributeKind(StrEnum):
    """The type of a configurable attribute."""

    CHOICE = "choice"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value to choose.

    Attributes:
        path: how requests name it.
        label: for people.
        place: where it is written.
        kind: type.
        elements: indexes of its values, ascending for numbers; none for text.
        ladder: for numbers, variables that say that the value is the second, the third ... or a later one.
        required: a whole configuration has a value.
        context: given by the request's context, never asked of the user.
        max_length: of a text.
        unit: of a number; may be empty.
    """

    path: str
    label: str
    place: Span
    kind: AttributeKind
    elements: tuple[int, ...]
    required: bool
    ladder: tuple[int, ...] = ()
    context: bool = False
    max_length: int = 0
    unit: str = ""


class RuleAction(StrEnum):
    """What a rule that is no constraint does where its condition holds."""

    WARN = "warn"
    RECOMMEND = "recommend"
    INFORM = "inform"
    DEFAULT = "default"
    AUTO_ADD = "auto_add"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class SoftRule:
    """A rule that speaks, proposes or hides, and never forbids.

    Attributes:
        id: unique in its model.
        action: what it does.
        text: for people.
        place: where it is written.
        condition: where it acts, judged on what is chosen, forced or proposed so far.
        targets: literals that it proposes; literals of what it hides.
    """

    id: str
    action: RuleAction
    text: str
    place: Span
    condition: Formula
    targets: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A variable that holds exactly from one day to another, both inclusive; None is open.

    Attributes:
        variable: its number.
        valid_from: first day.
        valid_to: last day.
        undated: whether it holds where no day is given: true for options, which then can be chosen, and false for
            constraints, which then are not in force.
    """

    variable: int
    valid_from: date | None
    valid_to: date | None
    undated: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """The weights of the literals that hold sum to at most `bound`; heaviest first."""

    terms: tuple[tuple[int, Literal], ...]
    bound: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Constraints in the form that propagation and solver run.

    Attributes:
        variables: number of variables; the first `tracked` are elements and quantities, the rest only help.
        tracked: see above.
        clauses: at least one literal of each holds.
        clause_owners: for each clause the index of its constraint, or `DEFINITION`.
        sums: see `Sum`.
        sum_owners: for each sum the index of its constraint, or `DEFINITION`.
    """

    variables: int
    tracked: int
    clauses: tuple[tuple[Literal, ...], ...]
    clause_owners: tuple[int, ...]
    sums: tuple[Sum, ...]
    sum_owners: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A configurable product.

    Attributes:
        product: its SKU, or the name of a model that is no product.
        version: content hash of all that it was made of.
        groups: in the order of the file, nested ones after those they belong to.
        attributes: in the order of the file.
        elements: options and values; the variable of an element is its index + 1.
        constraints: hard constraints.
        soft_rules: all others, in the order of the file.
        dated: what holds only on certain days.
        rules: the constraints in normal form.
        names: element index by path, and by short name where that is unambiguous.
    """

    product: str
    version: str
    groups: tuple[Group, ...]
    attributes: tuple[Attribute, ...]
    elements: tuple[Element, ...]
    constraints: tuple[Constraint, ...]
    soft_rules: tuple[SoftRule, ...]
    dated: tuple[Dated, ...]
    rules: Rules = field(repr=False)
    names: Mapping[str, int] = field(repr=False)

    def guards(self, day: date | None) -> tuple[Literal, ...]:
        """The literals of what holds, and what does not, on a day; without a day no validity is looked at."""
        return tuple(
            dated.variable
            if (dated.undated if day is None else covers(dated.valid_from, dated.valid_to, day))
            else -dated.variable
            for dated in self.dated
        )
