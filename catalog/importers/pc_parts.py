"""The layout of the public PC part dataset: one CSV file a part kind, prices in US dollars, empty where not for sale.

Facts that configuration rules need and the files only hint at are worked out here: the platform of a processor from
its name, the memory generation of a board where its name tells it, the power that a graphics card draws.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from catalog.importers.build import Section, Sections
from catalog.importers.csv_rows import read_rows
from catalog.importers.records import FixedPlace, Node, Record, Scalar
from engine.diagnostics import Findings
from engine.source import Span

PRICE_LIST = "list-usd"

_COLUMNS: dict[str, tuple[str, ...]] = {
    "cpu": ("core_count", "core_clock", "boost_clock", "microarchitecture", "tdp", "graphics"),
    "motherboard": ("socket", "form_factor", "max_memory", "memory_slots", "color"),
    "memory": ("speed", "modules", "price_per_gb", "color", "first_word_latency", "cas_latency"),
    "video-card": ("chipset", "memory", "core_clock", "boost_clock", "color", "length"),
    "power-supply": ("type", "efficiency", "wattage", "modular", "color"),
    "case": ("type", "color", "psu", "side_panel", "external_volume", "internal_35_bays"),
    "cpu-cooler": ("rpm", "noise_level", "color", "size"),
    "internal-hard-drive": ("capacity", "price_per_gb", "type", "cache", "form_factor", "interface"),
}
_NUMBERS = ("cores", "watts", "max_memory", "memory_slots", "generation", "modules", "capacity", "wattage", "price",
            "length")  # fmt: skip
_TEXTS = ("microarchitecture", "platform", "socket", "form_factor", "chipset", "type", "interface", "named_generation")
_FLAGS = ("graphics",)

_BOARD_POWER: tuple[tuple[str, int], ...] = (
    ("RTX 5090", 575), ("RTX 4090", 450), ("RTX 3090 Ti", 450), ("RTX 5080", 360), ("RX 7900 XTX", 355),
    ("RTX 3090", 350), ("RTX 3080 Ti", 350), ("RTX 3080 12GB", 350), ("RX 6950 XT", 335), ("RTX 3080", 320),
    ("RTX 4080", 320), ("RX 7900 XT", 315), ("RX 9070 XT", 304), ("RTX 5070 Ti", 300), ("RX 6900 XT", 300),
    ("RX 6800 XT", 300), ("RTX 3070 Ti", 290), ("RTX 4070 Ti", 285), ("RX 7800 XT", 263), ("RX 7900 GRE", 260),
    ("RTX 5070", 250), ("RTX 2080 Ti", 250), ("RX 6750 XT", 250), ("RTX 2080 SUPER", 250), ("GTX 1080 Ti", 250),
    ("RX 6800", 250), ("RX 7700 XT", 245), ("RX 6700 XT", 230), ("RX 5700 XT", 225), ("Arc A750", 225),
    ("Arc A770", 225), ("RTX 4070 SUPER", 220), ("RX 9070", 220), ("RTX 3070", 220), ("RTX 2070 SUPER", 215),
    ("RTX 2080", 215), ("RTX 4070", 200), ("RTX 3060 Ti", 200), ("Arc B580", 190), ("RX 7600 XT", 190),
    ("RX 580", 185), ("RTX 5060 Ti", 180), ("RX 6650 XT", 180), ("GTX 1070 Ti", 180), ("GTX 1080", 180),
    ("RTX 2070", 175), ("RTX 2060 SUPER", 175), ("RTX 3060", 170), ("RX 7600", 165), ("RTX 4060 Ti", 165),
    ("GTX 980", 165), ("RX 9060 XT", 160), ("RX 6600 XT", 160), ("RTX 2060", 160), ("GTX 1070", 150),
    ("Arc B570", 150), ("RX 570", 150), ("RTX 5060", 145), ("GTX 970", 145), ("RX 6600", 132), ("RTX 3050 8GB", 130),
    ("RTX 5050", 130), ("GTX 1660 SUPER", 125), ("GTX 1660 Ti", 120), ("GTX 1660", 120), ("GTX 1060", 120),
    ("RTX 4060", 115), ("RX 6500 XT", 107), ("GTX 1650 SUPER", 100), ("GTX 1650", 75), ("GTX 1050", 75),
    ("RTX 3050 6GB", 70), ("RX 6400", 53), ("GT 1030", 30), ("GT 730", 49), ("GT 710", 19),
)  # fmt: skip
"""Board power in watts as the makers of the chips publish it, by the first name that the chipset's contains."""
_UNKNOWN_BOARD_POWER = 300
"""For chips that are not listed: more than most of them draw, so that a supply is rather too large than too small."""

Extra = Callable[[Mapping[str, str]], dict[str, str]]


def is_pc_parts(folder: Path) -> bool:
    """Whether a folder has this layout."""
    return all((folder / f"{kind}.csv").exists() for kind in ("cpu", "motherboard", "power-supply"))


def read_pc_parts(folder: Path, findings: Findings) -> Sections:
    """The records of a folder in this layout; parts without a price are left out."""
    products: list[Record] = []
    prices: list[Record] = []
    for kind, columns in _COLUMNS.items():
        rows = read_rows(folder / f"{kind}.csv", frozenset({"name", "price", *columns}), findings)
        for record in rows:
            if _text(record, "price"):
                sku = f"{kind}-{record.span.line:05}"
                products.append(_product(record, kind, sku))
                prices.append(_price(record, sku))
    place = FixedPlace(Span(folder.name))
    price_list = {"id": PRICE_LIST, "name": "List prices", "currency": "USD", "precision": "2"}
    attributes = [*_attributes(place)]
    return Sections(
        attributes=Section(attributes, len(attributes)),
        products=Section(products, len(products)),
        price_lists=Section([_record(price_list, place)], 1),
        prices=Section(prices, len(prices)),
    )


def _product(record: Record, kind: str, sku: str) -> Record:
    texts = {name: _text(record, name) for name in ("name", "price", *_COLUMNS[kind])}
    place = FixedPlace(record.span)
    facts = {"price": texts["price"], **_FACTS[kind](texts)}
    fields: dict[str, Node] = {
        "sku": Scalar(sku, place),
        "name": record.fields["name"],
        "category": Scalar(f"parts/{kind}", place),
        "charge_type": Scalar("one_time", place),
        "attributes": _record({name: text for name, text in facts.items() if text}, place),
    }
    return Record(fields, record.span)


def _price(record: Record, sku: str) -> Record:
    place = FixedPlace(record.span)
    fields = {"sku": Scalar(sku, place), "price_list": Scalar(PRICE_LIST, place), "unit_price": record.fields["price"]}
    return Record(fields, record.span)


def _cpu(row: Mapping[str, str]) -> dict[str, str]:
    name = row["name"]
    high_end = re.search(r"Threadripper|-\d{4,5}XE?\b|-\d{3}[0-9]K?X\b|E5-|EPYC 7", name)
    return {
        "cores": row["core_count"],
        "watts": row["tdp"],
        "microarchitecture": row["microarchitecture"],
        "platform": "workstation" if high_end else "desktop",
        "graphics": "true" if row["graphics"] else "false",
    }


def _motherboard(row: Mapping[str, str]) -> dict[str, str]:
    told = re.search(r"\bDDR([2345])\b|\bD([45])\b", row["name"])
    return {
        "socket": row["socket"],
        "form_factor": row["form_factor"],
        "max_memory": row["max_memory"],
        "memory_slots": row["memory_slots"],
        "named_generation": f"DDR{told[1] or told[2]}" if told else "none",
    }


def _memory(row: Mapping[str, str]) -> dict[str, str]:
    count, _, size = row["modules"].partition(",")
    total = str(int(count) * int(size)) if count.isdigit() and size.isdigit() else ""
    return {"generation": row["speed"].partition(",")[0], "modules": count, "capacity": total}


def _video_card(row: Mapping[str, str]) -> dict[str, str]:
    chipset = row["chipset"]
    watts = next((watts for name, watts in _BOARD_POWER if name in chipset), _UNKNOWN_BOARD_POWER)
    return {"chipset": chipset, "watts": str(watts), "length": row["length"]}


def _picked(*names: str) -> Extra:
    return lambda row: {name: row[name] for name in names}


_FACTS: dict[str, Extra] = {
    "cpu": _cpu,
    "motherboard": _motherboard,
    "memory": _memory,
    "video-card": _video_card,
    "power-supply": _picked("type", "wattage"),
    "case": _picked("type"),
    "cpu-cooler": _picked(),
    "internal-hard-drive": _picked("capacity", "interface"),
}


def _attributes(place: FixedPlace) -> Iterator[Record]:
    for kind, names in (("number", _NUMBERS), ("text", _TEXTS), ("boolean", _FLAGS)):
        for name in names:
            yield _record({"name": name, "type": kind}, place)


def _record(fields: Mapping[str, str], place: FixedPlace) -> Record:
    return Record({name: Scalar(text, place) for name, text in fields.items()}, place.place)


def _text(record: Record, name: str) -> str:
    node = record.fields.get(name)
    return node.text if isinstance(node, Scalar) else ""
