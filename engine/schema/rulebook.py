"""`rulebook.yaml`: the settings that hold for all rule files of a folder."""

from __future__ import annotations

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
    """Where amounts are rounded and how; `currency` means to the minor unit of the quote's currency."""

    mode: Annotated[RoundingMode, Field(strict=False)] = RoundingMode.HALF_UP
    line_total: Literal["currency", "none"] | Digits = "currency"
    document_total: Literal["currency", "none"] | Digits = "currency"


FactType = Literal["text", "number", "boolean", "date"] | Annotated[list[Name], Field(min_length=1)]


class DeclaredFacts(Strict):
    """Facts that callers may state and rules may read, beyond the built-in ones: a type, or the list of choices."""

    customer: dict[str, FactType] = Field(default_factory=dict)
    quote: dict[str, FactType] = Field(default_factory=dict)
    line: dict[str, FactType] = Field(default_factory=dict)


class RulebookSettings(Strict):
    """The whole of `rulebook.yaml`."""

    name: Name
    description: str = ""
    profile: str = "standard"
    waterfall: Annotated[list[Name], Field(min_length=2, max_length=50)] = Field(
        default_factory=lambda: list(DEFAULT_WATERFALL)
    )
    stacking_groups: list[StackingGroup] = Field(default_factory=list)
    rounding: RoundingSettings = Field(default_factory=RoundingSettings)
    facts: DeclaredFacts = Field(default_factory=DeclaredFacts)
