"""Terms: months and billing periods, proration of partial periods, ramps, recurring value.

A term is given by its first and its last day, the last one included, unless a name says `until`: that is the first
day after the term.
"""

from engine.pricing.terms.dates import (
    ONE_DAY,
    add_months,
    after_periods,
    end_of_term,
    ramp_problems,
    whole_months,
)
from engine.pricing.terms.periods import Periods, months_in, per_period
from engine.pricing.terms.proration import Proration, proration_problems

__all__ = [
    "ONE_DAY",
    "Periods",
    "Proration",
    "add_months",
    "after_periods",
    "end_of_term",
    "months_in",
    "per_period",
    "proration_problems",
    "ramp_problems",
    "whole_months",
]
