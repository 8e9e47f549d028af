"""The steps of the waterfall by name: a step is one file here and one line in STEPS."""

from __future__ import annotations

from collections.abc import Mapping

from engine.pricing.program import Step
from engine.pricing.steps.contract import contract_price
from engine.pricing.steps.limits import limits
from engine.pricing.steps.list_price import list_price
from engine.pricing.steps.manual import manual_discount
from engine.pricing.steps.net import net_price
from engine.pricing.steps.rules import rule_step
from engine.pricing.steps.tiers import tier_price

STEPS: Mapping[str, Step] = {
    "list": list_price,
    "contract": contract_price,
    "tiers": tier_price,
    "manual": manual_discount,
    "limits": limits,
    "net": net_price,
}
"""The built-in steps; any other name in a waterfall is a step of rules, made by `rule_step`."""

BASE_STEPS = ("list", "contract", "tiers")
"""Steps that find the price before anything adjusts it."""

__all__ = ["BASE_STEPS", "STEPS", "rule_step"]
