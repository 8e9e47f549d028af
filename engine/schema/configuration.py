"""`configuration/*.yaml`: configurable products, their groups, attributes, constraints and soft rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.schema.pricing_rule import Validity
from engine.schema.rulebook import Name, Strict

Count = Annotated[int, Field(ge=0)]
Scalar = bool | int | Decimal | str
Names = Annotated[list[Name], Field(min_length=1)]


class QuantityRange(Strict):
    """How many of an option may be taken; `default` is proposed."""

    min: Annotated[int, Field(ge=1)] = 1
    max: Annotated[int, Field(ge=1)] = 1
    default: int | None = None

    @model_validator(mode="after")
    def _in_order(self) -> QuantityRange:
        if self.min > self.max:
            raise ValueError(f"quantity: the least, {self.min}, is more than the greatest, {self.max}")
        if self.default is not None and not self.min <= self.default <= self.max:
            raise ValueError(f"quantity: the default, {self.default}, is not between {self.min} and {self.max}")
        return self


class OptionEntry(Strict):
    """An option of a group.

    Attributes:
        sku: product of the catalogue; left out where the option is none.
        id: how rules and requests name it; the SKU unless given.
        name: for people; the product's name unless given.
        default: proposed unless the user says otherwise.
        quantity: how many may be taken; one unless given.
        attributes: facts that rules may read, beside and before those of the product.
        valid: days on which it can be chosen, beside those of the product.
        configure: SKU of a configurable product whose groups belong to this option; nested.
    """

    sku: str = ""
    id: str = ""
    name: str = ""
    default: bool = False
    quantity: QuantityRange = Field(default_factory=QuantityRange)
    attributes: dict[str, Scalar] = Field(default_factory=dict)
    valid: Validity = Field(default_factory=Validity)
    configure: str = ""

    @model_validator(mode="after")
    def _named(self) -> OptionEntry:
        if not self.sku and not self.id:
            raise ValueError("an option has a sku of the catalogue, an id, or both; found neither")
        return self


class OptionQuery(Strict):
    """Options from the catalogue: the active products of a category, with its sub-categories, that pass a condition.

    Attributes:
        category: category path.
        where: FEEL condition over the products' attributes, and `sku`, `name`, `family`; left out: all.
        quantity: for each of them.
    """

    category: Name
    where: str = ""
    quantity: QuantityRange = Field(default_factory=QuantityRange)


class GroupEntry(Strict):
    """A group: between `min` and `max` of its options are chosen; without `max` any number.

    Attributes:
        id: how rules and requests name it.
        name: for people.
        min: least number of options.
        max: greatest number of options.
        options: listed options.
        query: options from the catalogue, after the listed ones.
    """

    id: Name
    name: str = ""
    min: Count = 0
    max: Count | None = None
    options: list[OptionEntry] = Field(default_factory=list)
    query: OptionQuery | None = None

    @model_validator(mode="after")
    def _in_order(self) -> GroupEntry:
        if self.max is not None and self.min > self.max:
            raise ValueError(f"group {self.id!r}: min {self.min} is more than max {self.max}")
        return self


class AttributeEntry(Strict):
    """A value to choose.

    Attributes:
        id: how rules and requests name it.
        name: for people.
        type: choice, number, boolean or text.
        values: of a choice.
        min: least number.
        max: greatest number.
        step: between numbers.
        unit: of a number.
        required: a whole configuration has a value.
        default: proposed.
        max_length: of a text.
        context: given by the request's context and never asked of the user.
    """

    id: Name
    name: str = ""
    type: Literal["choice", "number", "boolean", "text"]
    values: list[str] = Field(default_factory=list)
    min: int | Decimal | None = None
    max: int | Decimal | None = None
    step: int | Decimal = 1
    unit: str = ""
    required: bool = True
    default: Scalar | None = None
    max_length: Annotated[int, Field(ge=1, le=10_000)] = 200
    context: bool = False

    @model_validator(mode="after")
    def _fits_its_type(self) -> AttributeEntry:
        if self.type == "choice" and not self.values:
            raise ValueError(f"attribute {self.id!r}: a choice needs its values")
        if self.type == "number" and (self.min is None or self.max is None):
            raise ValueError(f"attribute {self.id!r}: a number needs min and max")
        if self.type == "number" and self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"attribute {self.id!r}: min {self.min} is more than max {self.max}")
        if self.step <= 0:
            raise ValueError(f"attribute {self.id!r}: step is more than 0, found {self.step}")
        return self


class Requires(Strict):
    """Where `option` is chosen, all of `all_of` are, and at least one of `any_of`."""

    option: Name
    all_of: list[Name] = Field(default_factory=list)
    any_of: list[Name] = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> Requires:
        if not self.all_of and not self.any_of:
            raise ValueError("requires: name what is needed in all_of or any_of")
        return self


CONSTRAINT_KINDS = ("requires", "excludes", "must", "table")


class ConstraintEntry(Strict):
    """What every valid configuration holds: exactly one of requires, excludes, must, table.

    Attributes:
        id: unique in the file.
        message: for people; told where the constraint is a reason.
        valid: days on which it holds.
        when: FEEL condition without which the constraint does not apply.
        requires: see `Requires`.
        excludes: of these at most one is chosen.
        must: FEEL condition that must hold; one whose truth is unknown, since nothing is chosen yet, does.
        table: decision table beside this file whose rows with output true are the allowed combinations.
    """

    id: Name
    message: str = ""
    valid: Validity = Field(default_factory=Validity)
    when: str = ""
    requires: Requires | None = None
    excludes: Annotated[list[Name] | None, Field(min_length=2)] = None
    must: str = ""
    table: str = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> ConstraintEntry:
        given = [kind for kind in CONSTRAINT_KINDS if getattr(self, kind)]
        if len(given) != 1:
            found = " and ".join(given) if given else "none"
            raise ValueError(f"constraint {self.id!r} is exactly one of {', '.join(CONSTRAINT_KINDS)}; found {found}")
        return self

    @property
    def kind(self) -> str:
        """Which of the kinds was given."""
        return next(kind for kind in CONSTRAINT_KINDS if getattr(self, kind))


RULE_ACTIONS = ("warn", "recommend", "inform", "default", "auto_add", "hide")


class RuleEntry(Strict):
    """What speaks, proposes or hides where its condition holds, and never forbids: exactly one action.

    Attributes:
        id: unique in the file.
        when: FEEL condition; left out: always.
        warn: text.
        recommend: text.
        inform: text.
        options: what is recommended.
        default: options to choose unless the user says otherwise, and values of attributes as "attribute = value".
        auto_add: options added to what the condition speaks of; the user may take them out again.
        hide: groups, options and attributes not to be shown.
        message: for people, for the last three.
    """

    id: Name
    when: str = ""
    warn: str = ""
    recommend: str = ""
    inform: str = ""
    options: list[Name] = Field(default_factory=list)
    default: list[Name] = Field(default_factory=list)
    auto_add: list[Name] = Field(default_factory=list)
    hide: list[Name] = Field(default_factory=list)
    message: str = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> RuleEntry:
        given = [action for action in RULE_ACTIONS if getattr(self, action)]
        if len(given) != 1:
            found = " and ".join(given) if given else "none"
            raise ValueError(f"rule {self.id!r} does exactly one of {', '.join(RULE_ACTIONS)}; found {found}")
        return self

    @property
    def action(self) -> str:
        """Which of the actions was given."""
        return next(action for action in RULE_ACTIONS if getattr(self, action))


class ProductEntry(Strict):
    """The whole of a file: one configurable product.

    Attributes:
        product: SKU of the catalogue, or a name of its own for what is none.
        name: for people.
        groups_from_bundle: take groups and options from the product's bundle; `groups` come after.
        groups: option groups.
        attributes: values to choose.
        constraints: what must hold.
        rules: what speaks, proposes or hides.
    """

    product: Name
    name: str = ""
    groups_from_bundle: bool = False
    groups: list[GroupEntry] = Field(default_factory=list)
    attributes: list[AttributeEntry] = Field(default_factory=list)
    constraints: list[ConstraintEntry] = Field(default_factory=list)
    rules: list[RuleEntry] = Field(default_factory=list)
