"""`rulebook.yaml`: the settings that hold for all rule files of a folder."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.money import RoundingMode

SETTINGS_FILE = "rulebook.yaml"

BUILT_IN_STEPS = ("list", "contract", "tiers", "manual", "limits", "net")
DEFAULT_WATERFALL = ("list", "contract", "tiers", "automatic", "manual", "partner", "distributor", "limits", "net")

Name = Annotated[str, Field(min_length=1, max_length=200)]
Digits = Annotated[int, Field(ge=0, le=12)]


class Strict(BaseModel):
    """A model that knows its fields and refuses others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StackingGroup(Strict):
    """A group of rules that combine in one way; groups run in the order in which they are listed."""

    name: Name
    mode: Literal["stack", "add", "best", "first"] = "stack"
    description: str = ""


class RoundingSettings(Strict):
    """Where amounts are rounded and how; `currency` means to the minor unit of the quote's currency.

    Attributes:
        mode: how.
        line_total: decimals of a line's total.
        document_total: decimals of the document's total, where lines are not rounded.
        smallest_coin: by currency what the document's total is a multiple of, for cash.
    """

    mode: Annotated[RoundingMode, Field(strict=False)] = RoundingMode.HALF_UP
    line_total: Literal["currency", "none"] | Digits = "currency"
    document_total: Literal["currency", "none"] | Digits = "currency"
    smallest_coin: dict[str, int | Decimal] = Field(default_factory=dict)


FactType = Literal["text", "number", "boolean", "date"] | Annotated[list[Name], Field(min_length=1)]


class DeclaredFacts(Strict):
    """Facts that callers may state and rules may read, beyond the built-in ones: a type, or the list of choices."""

    customer: dict[str, FactType] = Field(default_factory=dict)
    quote: dict[str, FactType] = Field(default_factory=dict)
    line: dict[str, FactType] = Field(default_factory=dict)


class SemanticsSettings(Strict):
    """Choices of the semantics profile that this rulebook makes otherwise; what is left out is the profile's."""

    bounds: Literal["price_list", "upper_inclusive", "lower_inclusive"] | None = None
    zero_quantity: Literal["free", "flat_fee"] | None = None
    price_choice: Literal["specific", "lowest"] | None = None
    rounding: Literal["unit", "line"] | None = None


class ConversionSettings(Strict):
    """Price lists of other currencies may serve a quote, by the catalogue's dated exchange rates.

    Attributes:
        sources: their currencies, the one to be asked first in front.
        inverse: whether a rate also serves the opposite direction.
        base: currency through which two others may be converted.
        rate_digits: decimals to which the rate of a whole conversion is rounded; left out: not rounded.
        max_age_days: days after which a rate is too old; left out: a rate holds until the pair's next.
    """

    sources: Annotated[list[Name], Field(alias="from", min_length=1)]
    inverse: bool = False
    base: str = ""
    rate_digits: Digits | None = None
    max_age_days: Annotated[int, Field(ge=0, le=36_600)] | None = None


class RulebookSettings(Strict):
    """The whole of `rulebook.yaml`.

    Attributes:
        name: as shown to people.
        description: for people.
        profile: semantics profile.
        semantics: choices that differ from the profile's.
        waterfall: steps in the order in which they act.
        stacking_groups: in the order in which they act.
        rounding: where amounts are rounded and how.
        facts: what callers may state.
        price_tables: decision tables that price entries name, as files in this folder, by name.
        conversion: of prices in other currencies; left out: none is converted.
        prior_price_days: tell the lowest and highest price of so many days before the price date; 0: do not.
    """

    name: Name
    description: str = ""
    profile: str = "standard"
    semantics: SemanticsSettings = Field(default_factory=SemanticsSettings)
    waterfall: Annotated[list[Name], Field(min_length=2, max_length=50)] = Field(
        default_factory=lambda: list(DEFAULT_WATERFALL)
    )
    stacking_groups: list[StackingGroup] = Field(default_factory=list)
    rounding: RoundingSettings = Field(default_factory=RoundingSettings)
    facts: DeclaredFacts = Field(default_factory=DeclaredFacts)
    price_tables: dict[str, Name] = Field(default_factory=dict)
    conversion: ConversionSettings | None = None
    prior_price_days: Annotated[int, Field(ge=0, le=366)] = 0
