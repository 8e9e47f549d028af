"""Ways to divide a corpus: by a fact of the customer or the quote, or by product; with conditions on such facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.diagnostics import did_you_mean
from engine.money import plain
from engine.pricing.facts import CUSTOMER_FACTS
from engine.quote import Quote
from engine.snapshot import Snapshot

PRODUCT_FACTS = ("product.sku", "product.category", "product.family", "product.charge_type")
QUOTE_FACTS = ("quote.currency", "quote.channel")
UNSTATED = "(none)"


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """A division of a corpus.

    Attributes:
        by: the fact whose values divide, for example "customer.segment"; "" for no division.
        where: facts with the values that are let through, sorted.
    """

    by: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def of_products(self) -> bool:
        """Whether lines are divided, and not whole quotes."""
        return self.by.startswith("product.") or any(name.startswith("product.") for name, _ in self.where)

    def value(self, facts: Mapping[str, str]) -> str | None:
        """The value that a quote or a line with these facts counts for; None where it is not let through."""
        for name, allowed in self.where:
            if not any(_is_of(name, facts.get(name, UNSTATED), value) for value in allowed):
                return None
        return facts.get(self.by, UNSTATED) if self.by else ""

    def __str__(self) -> str:
        told = [f"{name} {' or '.join(values)}" for name, values in self.where]
        return ", ".join([*told, *([f"by {self.by}"] if self.by else [])])


def _is_of(name: str, value: str, asked: str) -> bool:
    """Whether a value is the one asked for; a category is also those above it."""
    return value == asked or (name == "product.category" and value.startswith(f"{asked}/"))


def known_facts(snapshots: Iterable[Snapshot]) -> list[str]:
    """Every fact that quotes can be divided by, under these snapshots."""
    names = {f"customer.{name}" for name in CUSTOMER_FACTS} | {*QUOTE_FACTS, *PRODUCT_FACTS}
    for snapshot in snapshots:
        program = snapshot.pricing
        names |= {f"customer.{name}" for name in program.declared["customer"]}
        names |= {f"quote.{name}" for name in program.declared["quote"]}
        attributes = program.anonymous_customer.get("attributes")
        if isinstance(attributes, Mapping):
            names |= {f"customer.attributes.{name}" for name in attributes}
    return sorted(names)


def unknown_fact(name: str, known: Iterable[str]) -> str:
    """What to tell of a fact that nothing can be divided by; "" where it is known."""
    names = list(known)
    if name in names:
        return ""
    hint = did_you_mean(name, names)
    return f"there is no fact {name!r} to divide quotes by{'; ' + hint if hint else ''}; known are {', '.join(names)}"


def quote_values(names: Iterable[str], quote: Quote, customer: Mapping[str, Any]) -> dict[str, str]:
    """The values of facts of the customer and the quote, as text.

    Args:
        names: facts asked for; those of products are left out.
        quote: the quote.
        customer: facts of its customer.
    """
    values: dict[str, str] = {}
    for name in names:
        owner, _, rest = name.partition(".")
        if owner == "quote":
            built_in = {"currency": quote.currency, "channel": quote.channel}
            values[name] = text_of(built_in[rest] if rest in built_in else quote.facts.get(rest))
        elif owner == "customer":
            value: Any = customer
            for step in rest.split("."):
                value = value.get(step) if isinstance(value, Mapping) else None
            values[name] = text_of(value)
    return values


def text_of(value: Any) -> str:
    """A value of a fact as text."""
    if value is None or value == "":
        return UNSTATED
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)
