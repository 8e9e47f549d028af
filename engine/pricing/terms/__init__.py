"""Terms: months and billing periods, proration of partial periods, ramps, recurring value.

A term is given by its first and its last day, the last one included, unless a name says `until`: that is the first
day after the term.
"""

from engine.pricing.terms.dates import (
    ONE_DAY,
    CoTerm,
    add_months,
    after_periods,
    common_end,
    end_of_term,
    ramp_problems,
    whole_months,
    yearly_segments,
)
from engine.pricing.terms.periods import Periods, annual_value, monthly_value, months_in, per_period
from engine.pricing.terms.proration import Proration, proration_problems

__all__ = [
    "ONE_DAY",
    "CoTerm",
    "Periods",
    "Proration",
    "add_months",
    "after_periods",
    "annual_value",
    "common_end",
    "end_of_term",
    "monthly_value",
    "months_in",
    "per_period",
    "proration_problems",
    "ramp_problems",
    "whole_months",
    "yearly_segments",
]
