"""Terms: months and billing periods, proration of partial periods, ramps, recurring value.

A term is given by its first and its last day, the last one included, unless a name says `until`: that is the first
day after the term.
"""

from engine.pricing.terms.dates import (
    CoTerm,
    add_months,
    common_end,
    end_of_term,
    ramp_problems,
    whole_months,
    yearly_segments,
)
from engine.pricing.terms.periods import BillingPeriod, Periods, annual_value, monthly_value
from engine.pricing.terms.proration import Proration, ProrationMethod, proration_problems

__all__ = [
    "BillingPeriod",
    "CoTerm",
    "Periods",
    "Proration",
    "ProrationMethod",
    "add_months",
    "annual_value",
    "common_end",
    "end_of_term",
    "monthly_value",
    "proration_problems",
    "ramp_problems",
    "whole_months",
    "yearly_segments",
]
