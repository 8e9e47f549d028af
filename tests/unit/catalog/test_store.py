"""The database: what goes in comes out, all of it or nothing."""

import dataclasses
import sqlite3
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from catalog_examples import FULL, MODELS, catalogs
from hypothesis import given, settings

from catalog import store
from catalog.model import Catalog
from catalog.price import Package
from catalog.product import Bundle, Option, OptionGroup
from catalog.schema import SCHEMA_VERSION

SMALL = Catalog.of(products=[dataclasses.replace(FULL["products"], bundle=None)])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.db"


@settings(max_examples=60, deadline=None)
@given(catalogs())
def test_a_catalogue_comes_back_as_it_was(catalog):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        store.replace(path, catalog)
        loaded = store.load(path)
    assert loaded == catalog
    assert loaded.version == catalog.version
    assert [entry.span for entry in loaded.prices.values()] == [entry.span for entry in catalog.prices.values()]
    assert repr(loaded) == repr(catalog)  # decimals keep their zeros, enumerations and tuples their types


def test_all_fields_and_all_charge_models_come_back(path):
    prices = [dataclasses.replace(FULL["prices"], id=f"p{n}", model=model) for n, model in enumerate(MODELS)]
    parts = {name: [part] for name, part in FULL.items()}
    parent = dataclasses.replace(FULL["customers"], id="P", parent="")
    catalog = Catalog.of(**{**parts, "prices": prices, "customers": [FULL["customers"], parent]})
    store.replace(path, catalog)
    assert repr(store.load(path)) == repr(catalog)


def test_the_old_content_is_gone_after_a_replacement(path):
    store.replace(path, Catalog.of(products=[FULL["products"]], price_lists=[FULL["price_lists"]]))
    store.replace(path, SMALL)
    assert store.load(path) == SMALL
    assert store.load(path).version == SMALL.version


def test_a_catalogue_that_does_not_hold_together_leaves_the_old_one(path):
    store.replace(path, SMALL)
    broken = dataclasses.replace(FULL["products"], bundle=Bundle((OptionGroup("g", "g", 0, 1, (Option("NOWHERE"),)),)))
    with pytest.raises(store.CatalogStoreError, match="cannot be written: FOREIGN KEY constraint failed"):
        store.replace(path, Catalog.of(products=[broken]))
    assert store.load(path) == SMALL


def test_readers_see_the_old_content_until_the_new_is_whole(path):
    store.replace(path, SMALL)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    count = reader.execute("SELECT count(*) FROM products").fetchone()
    store.replace(path, Catalog.of())
    assert reader.execute("SELECT count(*) FROM products").fetchone() == count == (1,)
    reader.close()
    assert not store.load(path).products


def test_a_database_of_a_newer_version_is_neither_read_nor_overwritten(path):
    store.replace(path, SMALL)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE catalogue SET schema_version = schema_version + 1")
    connection.close()
    told = (
        f"was written by a newer version: its schema is {SCHEMA_VERSION + 1}, this version knows up to {SCHEMA_VERSION}"
    )
    for use in (store.load, lambda where: store.replace(where, SMALL)):
        with pytest.raises(store.CatalogStoreError, match=told):
            use(path)


def test_a_database_of_the_first_version_is_read(path):
    price = dataclasses.replace(FULL["prices"], model=Package(Decimal(5), Decimal(10)), category="",
                                maximum_charge=None, committed_amount=None)  # fmt: skip
    product = dataclasses.replace(FULL["products"], bundle=None)
    catalog = Catalog.of(products=[product], price_lists=[FULL["price_lists"]], prices=[price])
    store.replace(path, catalog)
    later = {
        "prices": ["maximum_charge", "committed_amount", "package_rounding", "minimum_packages", "free_transactions",
                   "transaction_fee", "free_amount"],
        "price_tiers": ["package_size"],
    }  # fmt: skip
    with sqlite3.connect(path) as connection:
        for table, columns in later.items():
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("UPDATE catalogue SET schema_version = 1")
    connection.close()
    assert store.load(path) == dataclasses.replace(catalog, version=store.load(path).version)
    store.replace(path, catalog)
    assert store.load(path) == catalog


def test_the_database_of_another_program_is_neither_read_nor_overwritten(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE products (secret TEXT)")
    connection.close()
    with pytest.raises(store.CatalogStoreError, match="is no catalogue: it has no table catalogue"):
        store.load(path)
    with pytest.raises(store.CatalogStoreError, match="has tables of the same names: products"):
        store.replace(path, SMALL)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT * FROM products").description[0][0] == "secret"
    connection.close()


def test_other_tables_in_the_database_are_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE quotes (id TEXT)")
        connection.execute("INSERT INTO quotes VALUES ('Q-1')")
    connection.close()
    store.replace(path, SMALL)
    store.replace(path, SMALL)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT id FROM quotes").fetchall() == [("Q-1",)]
    connection.close()


def test_a_missing_file_and_a_file_that_is_none(path):
    with pytest.raises(store.CatalogStoreError, match="does not exist"):
        store.load(path)
    path.write_text("not a database, but long enough to be looked at closely", encoding="utf-8")
    with pytest.raises(store.CatalogStoreError, match=r"cannot be read: file is not a database"):
        store.load(path)
    with pytest.raises(store.CatalogStoreError, match=r"cannot be written: file is not a database"):
        store.replace(path, SMALL)
    with pytest.raises(store.CatalogStoreError, match="cannot be opened"):
        store.replace(path.parent / "nowhere" / "catalog.db", SMALL)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE products SET quantity_step = 'a lot'", "holds a value that no catalogue has"),
        ("UPDATE products SET charge_type = 'sometimes'", "holds a value that no catalogue has: 'sometimes'"),
        ("INSERT INTO product_tags VALUES ('0', 'lost')", "rows of '0', which does not exist"),
        ("INSERT INTO product_tags VALUES ('Z', 'lost')", "rows of product_tags belong to nothing"),
    ],
)
def test_damage_done_by_hand_is_told(path, statement, told):
    store.replace(path, SMALL)
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(store.CatalogStoreError, match=told):
        store.load(path)


def test_a_change_by_hand_changes_the_version(path):
    store.replace(path, SMALL)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE products SET name = 'Changed'")
    connection.close()
    assert store.load(path).version != SMALL.version


def test_tables_are_typed_and_keyed(path):
    store.replace(path, SMALL)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert not connection.execute("PRAGMA foreign_key_check").fetchall()
    keys = {row[2] for row in connection.execute("PRAGMA foreign_key_list(prices)")}
    assert keys == {"price_lists", "products", "categories"}
    if sqlite3.sqlite_version_info >= (3, 37):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE products SET is_bundle = 'yes'")
    connection.close()
