"""The one call: a quote runs through a snapshot once and comes out as one explained decision."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagnostics import did_you_mean
from engine.money import Currency, currency, currency_codes
from engine.pricing.result import PricedQuote
from engine.pricing.run import price_quote
from engine.quote import Quote, QuoteRejectedError, Violation
from engine.snapshot import Snapshot


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


def decide(snapshot: Snapshot, quote: Quote) -> Decision:
    """Decide a quote: a pure function of the snapshot and the quote.

    Raises:
        QuoteRejectedError: the quote cannot be decided as asked; carries every violation.
    """
    return Decision(
        quote_id=quote.id,
        currency=quote.currency,
        rulebook_version=snapshot.rulebook_version,
        catalogue_version=snapshot.catalogue_version,
        pricing=price_quote(snapshot.pricing, quote, _currency(quote)),
    )


def _currency(quote: Quote) -> Currency:
    try:
        return currency(quote.currency)
    except KeyError:
        hint = did_you_mean(quote.currency, currency_codes())
        message = (
            f"expected an ISO 4217 currency code such as USD, found {quote.currency!r}{'; ' + hint if hint else ''}"
        )
        raise QuoteRejectedError([Violation("currency", "UNKNOWN_CURRENCY", message)]) from None
