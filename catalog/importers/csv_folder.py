"""A folder of CSV files: rows become records, and rows that belong to one record (tiers, bundles, costs) are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from catalog.importers.build import Section, Sections
from catalog.importers.csv_rows import Rows, read_rows
from catalog.importers.layout import CSV_COLUMNS, REQUIRED_CSV
from catalog.importers.records import Listing, Names, Node, Record, Scalar, files_given_up, shown
from engine.diagnostics import Code, Findings, did_you_mean
from engine.source import Span

_GROUP_FIELDS = {"group": "id", "group_name": "name", "min": "min", "max": "max"}


def read_csv_folder(folder: Path, findings: Findings) -> Sections:
    """The records of a folder."""
    for name in REQUIRED_CSV:
        if not (folder / name).exists():
            findings.add(Code.FILE_MISSING, "the file does not exist", Span(name))
    for path in sorted(folder.glob("*.csv")):
        if path.name not in CSV_COLUMNS:
            findings.add(
                Code.UNKNOWN_NAME,
                f"no file of a catalogue has this name; they are {', '.join(CSV_COLUMNS)}",
                Span(path.name),
                hint=did_you_mean(path.name, CSV_COLUMNS),
            )

    def rows(name: str) -> Rows:
        return read_rows(folder / name, CSV_COLUMNS[name], findings)

    bundles = _bundles(rows("bundles.csv"), findings)
    costs = _grouped(rows("costs.csv"), "sku", findings)
    tiers = _grouped(rows("tiers.csv"), "price_id", findings)
    categories = rows("categories.csv")
    return Sections(
        categories=_paths(categories, findings) if categories.exists else None,
        attributes=_section(rows("attributes.csv")),
        products=_joined(rows("products.csv"), "sku", {"groups": bundles, "costs": costs}, findings),
        customers=_section(rows("customers.csv")),
        price_lists=_section(rows("price_lists.csv")),
        prices=_joined(rows("prices.csv"), "id", {"tiers": tiers}, findings),
        exchange_rates=_section(rows("exchange_rates.csv")),
    )


def _section(rows: Rows) -> Section:
    return Section(rows, rows.count)


def _paths(rows: Rows, findings: Findings) -> list[Scalar]:
    paths = []
    for record in rows:
        path = record.fields.get("path")
        if isinstance(path, Scalar):
            paths.append(path)
        else:
            findings.add(Code.MISSING_FIELD, "path is missing", record.span)
    return paths


def _grouped(rows: Rows, key: str, findings: Findings) -> dict[str, tuple[Scalar, Listing]]:
    """The rows by what they belong to, with the place where it is named first."""
    groups: dict[str, tuple[Scalar, list[Node]]] = {}
    for record in rows:
        owner = record.fields.get(key)
        if not isinstance(owner, Scalar):
            findings.add(Code.MISSING_FIELD, f"{key} is missing", record.span)
            continue
        fields = {name: node for name, node in record.fields.items() if name != key}
        groups.setdefault(owner.text, (owner, []))[1].append(Record(fields, record.span))
    return {name: (owner, Listing(items, owner.span)) for name, (owner, items) in groups.items()}


def _bundles(rows: Rows, findings: Findings) -> dict[str, tuple[Scalar, Listing]]:
    """The rows of bundles.csv, one an option, as groups of options by bundle."""
    return {
        sku: (owner, Listing(_groups(listing, findings), owner.span))
        for sku, (owner, listing) in _grouped(rows, "bundle_sku", findings).items()
    }


def _groups(listing: Listing, findings: Findings) -> list[Record]:
    """Groups in the order of their first rows; what a group says of itself it may say once or in every row."""
    groups: dict[str, tuple[dict[str, Node], list[Node], Span]] = {}
    for record in listing.items:
        assert isinstance(record, Record)
        group = record.fields.get("group")
        if not isinstance(group, Scalar):
            findings.add(Code.MISSING_FIELD, "group is missing", record.span)
            continue
        told, options, _ = groups.setdefault(group.text, ({}, [], record.span))
        option: dict[str, Node] = {}
        for name, node in record.fields.items():
            if name not in _GROUP_FIELDS:
                option["sku" if name == "option_sku" else name] = node
                continue
            first = told.setdefault(_GROUP_FIELDS[name], node)
            if isinstance(first, Scalar) and isinstance(node, Scalar) and first.text != node.text:
                findings.add(
                    Code.DUPLICATE,
                    f"{name} of group {group.text} is {shown(first.text)} at {first.span}, here {shown(node.text)}",
                    node.span,
                )
        options.append(Record(option, record.span))
    return [Record({**told, "options": Listing(options, span)}, span) for told, options, span in groups.values()]


def _joined(
    rows: Rows, key: str, parts: Mapping[str, Mapping[str, tuple[Scalar, Listing]]], findings: Findings
) -> Section:
    """The rows with the parts that name them; parts that name no row become findings."""

    def records() -> Iterator[Record]:
        names = Names("sku" if key == "sku" else "price id")
        for record in rows:
            name = record.fields.get(key)
            if not isinstance(name, Scalar):
                yield record
                continue
            names.known.add(name.text)
            own = {column: part[name.text][1] for column, part in parts.items() if name.text in part}
            yield Record({**record.fields, **own}, record.span) if own else record
        names.closed = not files_given_up(findings)
        for part in parts.values():
            for owner, _ in part.values():
                names.check(owner, findings)

    return Section(records(), rows.count)
