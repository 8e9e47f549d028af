"""A decision as a person reads it: the whole printed text."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from engine.commands.show_decision import console, show_decision
from engine.decision import Decision
from engine.money import Rounding, RoundingMode
from engine.pricing.result import (
    Alternative,
    Notice,
    Offer,
    PricedItem,
    PricedLine,
    PricedQuote,
    PriorPrices,
    Term,
    Totals,
)
from engine.pricing.terms import Periods
from engine.trace import Adjustment, AdjustmentKind, Origin

D = Decimal

LIST = Origin("list", AdjustmentKind.SET, "list-eur/SEAT", "prices.yaml", 12)
RULE = Origin("automatic", AdjustmentKind.PERCENT, "volume", "pricing/volume.csv", 3, "row 2", "promo")
TERM = Term(date(2026, 1, 1), date(2026, 12, 31), "month", "actual", D(12), Periods(12, 1, "12"), D(12), "12")
LINE = PricedLine(
    "1", "", PricedItem("SEAT", "Seat [monthly]", "user", "recurring", "list-eur", "per_unit"), D(1000),
    D("9.00"), D("8.10"), D("108000.00"), D("97200.00"), None, D("97200.00"), D("8100.00"), TERM,
    (
        Adjustment(LIST, D("9.00"), None, D("9.00"), per_line=False, tier=2, reason=""),
        Adjustment(RULE, D(10), D("9.00"), D("8.1004"), per_line=False, tier=0, reason="10 % from 100 on"),
    ),
    (Alternative("rule", "other", "pricing/other.yaml", 7, "customer.segment is not SMB"),),
    (
        Offer(D(1200), None, D("8.00"), D("115200.00"), D("-18000.00")),
        Offer(None, 24, D("7.50"), D("180000.00"), D("-82800.00")),
    ),
    PriorPrices(date(2025, 12, 2), D("8.50"), D("9.00")),
)  # fmt: skip
TOTALS = Totals(
    D("108000.00"), D("97200.00"), D("10800.00"), D("0.00"), D("97200.00"), D("0.00"), D("97200.00"),
    D("8100.00"), D("97200.00"), None, None, None,
)  # fmt: skip
HIDDEN = PricedLine(
    "1.1", "1", PricedItem("KEY", "Key", "piece", "one_time", "list-eur", "per_unit"), D(1000),
    D(0), D(0), D(0), D(0), None, D(0), D(0), None, (), (), prices_hidden=True,
)  # fmt: skip
NOTICES = [Notice("coupons[0]", "COUPON_EXPIRED", "the coupon SPRING was good until 2025-06-30")]
ROUNDINGS = [Rounding("line 1", D("97200"), D("97200.00"), RoundingMode.HALF_UP)]
DECISION = Decision("Q-1", "EUR", "r1", "c1", PricedQuote([LINE, HIDDEN], TOTALS, ROUNDINGS, NOTICES))


EXPECTED = Path(__file__).parents[2] / "cases/commands/decision.txt"


def shown(**options):
    out = Console(file=io.StringIO(), width=110, color_system=None, markup=False, highlight=False, emoji=False)
    show_decision(DECISION, DECISION.pricing.lines, out, **options)
    return "".join(line.rstrip() + "\n" for line in out.file.getvalue().splitlines())


def test_a_decision_is_shown_whole():
    assert shown(roundings=True) == EXPECTED.read_text(encoding="utf-8")


def test_roundings_are_shown_on_demand():
    assert "Roundings" not in shown(roundings=False)


def test_texts_are_printed_as_they_are():
    assert "Seat [monthly]" in shown(roundings=False)
    assert not console()._markup
