"""Check: percentages of a total that cover no product, so that their lines are always priced at nothing."""

from __future__ import annotations

from catalog.price import PercentOfTotal
from engine.check.subject import Subject, price_place
from engine.diagnostics import Code, Findings, Severity, did_you_mean


def percent_coverage(subject: Subject, findings: Findings) -> None:
    """A warning for every price that is a percentage of nothing, and for every name in a coverage that nothing has."""
    products = subject.products
    for entry in subject.catalog.prices.values():
        if not isinstance(entry.model, PercentOfTotal):
            continue
        coverage, own = entry.model.coverage, entry.sku
        covered = 0
        for path, names in (("categories", coverage.categories), ("tags", coverage.tags), ("sku", coverage.skus)):
            for name in names:
                found = products.containing(("product", path), name)
                covered |= found
                if not found and path == "tags":
                    message = f"the price of {own or entry.category} covers the tag {name!r}, which no product has"
                    hint = did_you_mean(name, [tag for tag in products.values(("product", "tags")) if tag])
                    findings.add(Code.UNKNOWN_NAME, message, price_place(entry), severity=Severity.WARNING, hint=hint)
        if own:
            covered &= ~products.containing(("product", "sku"), own)  # never of itself
        if not covered:
            message = (
                f"the price of {own or entry.category} in {entry.price_list} is a percentage of nothing: no other "
                "product has what it covers"
            )
            findings.add(Code.NEVER_APPLIES, message, price_place(entry), severity=Severity.WARNING)
