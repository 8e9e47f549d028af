"""The steps of the waterfall by name: a step is one file here and one line in STEPS."""

from __future__ import annotations

from collections.abc import Mapping

from engine.pricing.program import Step
from engine.pricing.steps.limits import limits
from engine.pricing.steps.manual import manual_discount
from engine.pricing.steps.net import net_price
from engine.pricing.steps.rules import rule_step

STEPS: Mapping[str, Step] = {"manual": manual_discount, "limits": limits, "net": net_price}
"""The built-in steps that adjust a price; any other name in a waterfall is a step of rules, made by `rule_step`."""

__all__ = ["STEPS", "rule_step"]
