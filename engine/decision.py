"""The one call: a quote runs through a snapshot once and comes out as one explained decision."""

from __future__ import annotations

from dataclasses import dataclass

from engine.pricing.result import PricedQuote


@dataclass(slots=True)
class Decision:
    """Everything that was decided about a quote, and the versions that decided it.

    Attributes:
        quote_id: the caller's reference, as given.
        currency: of every amount.
        rulebook_version: content hash of the rule files.
        catalogue_version: content hash of the catalogue.
        pricing: priced lines, totals and the rounding ledger.
    """

    quote_id: str
    currency: str
    rulebook_version: str
    catalogue_version: str
    pricing: PricedQuote
