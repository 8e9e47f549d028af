"""Approval rules from text, and quotes for them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog.model import Catalog
from engine.approve.facts import NO_CREDIT
from engine.approve.program import ApprovalProgram
from engine.compile.approval import compile_approval
from engine.diagnostics import Findings
from engine.load.rulebook import load_rulebook

RULEBOOK = """name: case
facts:
  customer: {level: text}
  quote: {deal_type: text}
  line: {tag: text}
"""
QUOTE: dict[str, Any] = {
    "id": "Q1",
    "currency": "EUR",
    "channel": "direct",
    "price_date": None,
    "coupons": [],
    "line_count": Decimal(1),
    **dict.fromkeys(
        ("list_total", "net_total", "discount_total", "one_time_total", "recurring_total", "usage_total"), Decimal(0)
    ),
    "first_year_total": Decimal(0),
    "discount_percent": None,
    "monthly_recurring": None,
    "annual_recurring": None,
    "cost_total": None,
    "margin": None,
    "margin_percent": None,
    "deal_type": None,
}
CUSTOMER: dict[str, Any] = {
    **dict.fromkeys(("id", "name", "group", "segment", "country", "region", "channel", "currency", "parent", "level")),
    "attributes": {},
}
LINE: dict[str, Any] = {
    "id": "1",
    "parent_id": "",
    "sku": "A",
    "charge_type": "one_time",
    "price_list": "L",
    **dict.fromkeys(("quantity", "list_total", "net_total", "discount_total"), Decimal(0)),
    **dict.fromkeys(("discount_percent", "cost_total", "margin", "margin_percent", "term_months", "tag")),
}
PRODUCT: dict[str, Any] = {
    **dict.fromkeys(("sku", "name", "family", "category", "charge_type", "unit", "tax_class"), ""),
    "categories": [],
    "tags": [],
    "attributes": {},
}
CREDIT: dict[str, Any] = {**NO_CREDIT, "findings": []}


def compiled(text: str, folder: Path) -> tuple[ApprovalProgram | None, Findings]:
    """The program of an approval file, and what is wrong with it."""
    (folder / "approval").mkdir(parents=True, exist_ok=True)
    (folder / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (folder / "approval" / "rules.yaml").write_text(text, encoding="utf-8")
    findings = Findings()
    rulebook = load_rulebook(folder, findings)
    assert rulebook is not None, list(findings)
    return compile_approval(rulebook, Catalog.of(), findings), findings
