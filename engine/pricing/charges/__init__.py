"""Charge models: what a quantity costs before discounts; compiled when the catalogue is loaded, called per line.

Every model has `charge(quantity) -> Charged` and `explain(quantity) -> str`. A model is built from parameters
that its `..._problems` function found nothing wrong with; quantities are not negative.
"""

from engine.pricing.charges.by_amount import GraduatedByAmount
from engine.pricing.charges.derived import (
    CostPlus,
    Percentage,
    PercentageOfTransactions,
    PercentOfTotal,
    cost_plus_problems,
    percent_of_total_problems,
)
from engine.pricing.charges.model import Charged, ChargeModel, total
from engine.pricing.charges.tiered import Block, Graduated, Volume
from engine.pricing.charges.tiers import Tier, ZeroQuantity, block_problems, tier_problems
from engine.pricing.charges.units import (
    Package,
    PerUnit,
    package_problems,
    unit_price_problems,
)
from engine.pricing.charges.usage import Commitment, Usage, usage_problems

__all__ = [
    "Block",
    "ChargeModel",
    "Charged",
    "Commitment",
    "CostPlus",
    "Graduated",
    "GraduatedByAmount",
    "Package",
    "PerUnit",
    "PercentOfTotal",
    "Percentage",
    "PercentageOfTransactions",
    "Tier",
    "Usage",
    "Volume",
    "ZeroQuantity",
    "block_problems",
    "cost_plus_problems",
    "package_problems",
    "percent_of_total_problems",
    "tier_problems",
    "total",
    "unit_price_problems",
    "usage_problems",
]
