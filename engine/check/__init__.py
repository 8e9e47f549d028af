"""Checks of what was read, in an ordered tuple; one check a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from catalog.model import Catalog
from engine.check.amount_currencies import amount_currencies
from engine.check.coupons import coupons
from engine.check.credit_roles import credit_roles
from engine.check.crossed_limits import crossed_limits
from engine.check.duplicate_rules import duplicate_rules
from engine.check.expired_rules import expired_rules
from engine.check.impossible_conditions import impossible_conditions
from engine.check.percent_coverage import percent_coverage
from engine.check.price_cliffs import discount_cliffs, price_cliffs
from engine.check.price_ranges import price_ranges
from engine.check.priority_ties import priority_ties
from engine.check.product_reach import product_reach
from engine.check.quantity_tiers import quantity_tiers
from engine.check.stacking_groups import stacking_groups
from engine.check.subject import Subject
from engine.check.unknown_values import unknown_values
from engine.check.unreachable_rules import unreachable_rules
from engine.check.waterfall_order import waterfall_order
from engine.diagnostics import Findings
from engine.load.rulebook import LoadedRulebook

Check = Callable[[Subject, Findings], None]
Progress = Callable[[str, int, int], None]
"""Told what is done next, how many parts are done, and of how many."""

CHECKS: tuple[Check, ...] = (
    waterfall_order,
    duplicate_rules,
    stacking_groups,
    priority_ties,
    unknown_values,
    impossible_conditions,
    product_reach,
    unreachable_rules,
    quantity_tiers,
    discount_cliffs,
    amount_currencies,
    crossed_limits,
    coupons,
    expired_rules,
    credit_roles,
)


PRICE_CHECKS: tuple[Check, ...] = (price_cliffs, price_ranges, percent_coverage)
"""Checks of the catalogue's prices: for who edits them, and not each time that something is loaded."""


def run_checks(
    rulebook: LoadedRulebook,
    catalog: Catalog,
    findings: Findings,
    checks: Sequence[Check] = CHECKS,
    progress: Progress | None = None,
) -> None:
    """Look for everything that is wrong or doubtful about a rulebook and the catalogue it is for."""
    subject = Subject(rulebook, catalog)
    for number, check in enumerate(checks):
        if progress is not None:
            progress(check.__name__.replace("_", " "), number, len(checks))
        check(subject, findings)


__all__ = ["CHECKS", "PRICE_CHECKS", "Check", "Progress", "Subject", "run_checks"]
