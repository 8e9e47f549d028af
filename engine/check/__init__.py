"""Checks of what was read, in an ordered tuple; one check a file."""

from __future__ import annotations

from collections.abc import Callable

from catalog.model import Catalog
from engine.check.duplicate_rules import duplicate_rules
from engine.check.expired_rules import expired_rules
from engine.check.priority_ties import priority_ties
from engine.check.waterfall_order import waterfall_order
from engine.diagnostics import Findings
from engine.load.rulebook import LoadedRulebook

Check = Callable[[LoadedRulebook, Catalog, Findings], None]

CHECKS: tuple[Check, ...] = (waterfall_order, duplicate_rules, priority_ties, expired_rules)

__all__ = ["CHECKS", "Check"]
