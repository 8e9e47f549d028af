"""Every case of tests/cases/charges once more, stated in a catalogue and priced as a line of a quote."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.importers.read import read_catalog
from engine.compile import load_snapshot
from engine.decision import decide
from engine.quote import Quote, QuoteLine, Transactions

CASES = Path(__file__).parents[2] / "cases" / "charges"
D = Decimal


def documents() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for number, document in enumerate(yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader)):
            if document:
                found.append(pytest.param(document, id=f"{path.stem} {number}: {document['source']}"))
    return found


def price_of(charge: dict[str, Any]) -> dict[str, Any]:
    """A charge of a case as a price of the catalogue."""
    match charge["charge"]:
        case "usage":
            price = price_of(charge["model"])
            for name in ("free_units", "minimum_charge", "maximum_charge"):
                if name in charge:
                    price[name] = charge[name]
            if "minimum_quantity" in charge:
                price["committed_quantity"] = charge["minimum_quantity"]
            if "commitment" in charge:
                price["committed_quantity"] = charge["commitment"]["units"]
                price["committed_amount"] = charge["commitment"]["amount"]
            return price
        case "per_unit":
            return {"unit_price": charge["unit_price"]}
        case "package":
            names = {"size": "package_size", "price": "package_price", "rounding": "package_rounding"}
            kept = ("free_units", "minimum_packages")
            price = {names.get(name, name): charge[name] for name in (*names, *kept) if name in charge}
            return {"model": "package", **price}
        case "percentage":
            names = {"fee": "transaction_fee"}
            kept = ("free_transactions", "free_amount", "minimum", "maximum")
            price = {names.get(name, name): charge[name] for name in (*names, *kept) if name in charge}
            return {"model": "percentage", "percent": str(D(charge["rate"]) * 100), **price}
        case "block":
            tiers = [tier if "price" in tier else {**tier, "price": tier["flat_fee"]} for tier in charge["blocks"]]
            overage = {"overage_price": charge["overage_price"]} if "overage_price" in charge else {}
            return {"model": "block", "tiers": tiers, **overage}
        case kind:
            return {"model": kind, "tiers": charge["tiers"]}


def stated(document: dict[str, Any], folder: Path) -> Any:
    model = document.get("model", document)
    shared = any("before" in case for case in document["cases"])
    step = 1 if "step" in document else "0.000001"
    product = {"name": "A", "category": "goods", "charge_type": "usage", "quantity_step": step, "unit": "unit"}
    price = {"sku": "A", **price_of(document), **({"tier_scope": "product"} if shared else {})}
    price_list = {
        "id": "list", "name": "List", "currency": "USD", "precision": 12, "prices": [price],
        "bounds": document.get("bounds", "upper_inclusive"),
    }  # fmt: skip
    catalogue = {"categories": ["goods"], "products": [{"sku": "A", **product}], "price_lists": [price_list]}
    rulebook = {
        "name": "case",
        "semantics": {"zero_quantity": model.get("zero_quantity", "free"), "rounding": "line"},
        "rounding": {"line_total": 12},
    }
    (folder / "catalogue.yaml").write_text(yaml.safe_dump(catalogue), encoding="utf-8")
    (folder / "rules").mkdir()
    (folder / "rules" / "rulebook.yaml").write_text(yaml.safe_dump(rulebook), encoding="utf-8")
    return load_snapshot(folder / "rules", read_catalog(folder / "catalogue.yaml").usable())


def line_of(case: dict[str, Any]) -> QuoteLine:
    if "transactions" not in case:
        return QuoteLine("case", "A", D(case["quantity"]))
    amounts = tuple(map(D, case["transactions"]))
    return QuoteLine("case", "A", sum(amounts, D(0)), transactions=Transactions(len(amounts), amounts))


def can_be_priced(case: dict[str, Any]) -> bool:
    """A quantity of 30 digits is refused in a quote."""
    return "quantity" not in case or D(case["quantity"]) < 10**29


@pytest.mark.parametrize("document", documents())
def test_charge(document, tmp_path):
    snapshot = stated(document, tmp_path)
    for case in filter(can_be_priced, document["cases"]):
        before = QuoteLine("before", "A", D(case["before"])) if "before" in case else None
        lines = (line_of(case),) if before is None else (before, line_of(case))
        priced = decide(snapshot, Quote("USD", date(2026, 1, 1), lines)).pricing.lines[-1]
        assert priced.net_total == D(case["total"]), (case, priced.waterfall)
        reasons = [step.reason for step in priced.waterfall if step.origin.step == "tiers"]
        assert not reasons or reasons[0].startswith(case.get("why", ""))
