"""Customers: who buys, and what price lists and rules may ask about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.product import AttributeValue


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys.

    Attributes:
        id: identifier.
        name: as shown to people.
        currency: ISO 4217 code of the quotes unless they say otherwise; may be empty.
        group: customer group; may be empty, as the fields below.
        segment: market segment.
        channel: sales channel.
        country: ISO 3166 code.
        region: sales region.
        parent: id of the account it belongs to.
        attributes: values by attribute name, as the attribute definitions type them.
    """

    id: str
    name: str
    currency: str = ""
    group: str = ""
    segment: str = ""
    channel: str = ""
    country: str = ""
    region: str = ""
    parent: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict, hash=False)
