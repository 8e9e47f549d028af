"""A catalogue as the compressed file that is stored of it, and the key that names all of it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zlib
from pathlib import Path

from catalog import store as catalog_store
from catalog.model import Catalog
from engine.store.contents import CATALOGUE_FILE, PackedCatalogue

MAX_PACKED_BYTES = 900_000_000  # SQLite's own limit for one value is a thousand million


def catalogue_key(catalog: Catalog) -> str:
    """Names everything of a catalogue that a decision can show: its content, and where its prices are written."""
    digest = hashlib.sha256(catalog.version.encode())
    for price in catalog.prices.values():
        span = price.span
        if span.file:
            place = f"{price.id}\0{span.file}\0{span.line}\0{span.column}\0{span.end_column}\n"
            digest.update(place.encode())
    return digest.hexdigest()[:32]


def pack_catalogue(catalog: Catalog) -> PackedCatalogue:
    """The catalogue as a compressed database file.

    Raises:
        OSError: there is no room for the file.
        CatalogStoreError: as above.
        ValueError: it is larger than the database takes.
    """
    folder = Path(tempfile.mkdtemp(prefix="quotewright-catalogue-"))
    try:
        path = folder / CATALOGUE_FILE
        catalog_store.replace(path, catalog)
        content = path.read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    packed = zlib.compress(content, 6)
    if len(packed) > MAX_PACKED_BYTES:
        raise ValueError(f"the catalogue has {len(packed):,} bytes compressed; at most {MAX_PACKED_BYTES:,} are stored")
    return PackedCatalogue(
        catalogue_key(catalog), catalog.version, hashlib.sha256(content).hexdigest(), len(content), packed
    )
