"""The catalogue in a SQLite database: written whole in one transaction, read whole into memory."""

from __future__ import annotations

import contextlib
import decimal
import functools
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from catalog import from_rows
from catalog.bulk import without_collections
from catalog.model import Catalog
from catalog.price import PriceEntry
from catalog.rows import Row
from catalog.schema import META_TABLE, PRICE_PLACES, SCHEMA_VERSION, TABLES, Table
from catalog.version import ContentHash

_ALL_TABLES = (*TABLES, PRICE_PLACES)
_BUSY_SECONDS = 30.0


class CatalogStoreError(Exception):
    """A database file that cannot be used as a catalogue; the message names it and says why."""


def load(path: Path) -> Catalog:
    """The catalogue of a database; its version is computed from the content that was read.

    Raises:
        CatalogStoreError: there is no such file, it is no catalogue, is damaged, or a newer version wrote it.
    """
    with _opened(path, read_only=True) as connection, without_collections():
        connection.execute("BEGIN")  # one state of the database for all tables
        _check_schema(path, connection)

        content, tables = ContentHash(), _table_names(connection)

        def read(table: str) -> Iterable[Any]:
            keys = ", ".join(f'"{column}"' for column in _BY_NAME[table].primary_key)
            if table not in tables:
                return content.rows(table, ())  # of an older version
            columns = ", ".join(_columns(connection, _BY_NAME[table]))
            rows = connection.execute(f'SELECT {columns} FROM "{table}" ORDER BY {keys}')  # noqa: S608  # names of ours
            return rows if table == PRICE_PLACES.name else content.rows(table, rows)

        try:
            parts: dict[str, Any] = {
                "categories": [category for (category,) in read("categories")],
                "attributes": list(from_rows.read_attributes(read)),
                "products": list(from_rows.read_products(read)),
                "customers": list(from_rows.read_customers(read)),
                "price_lists": list(from_rows.read_price_lists(read)),
                "prices": list(from_rows.read_prices(read)),
                "exchange_rates": list(from_rows.read_exchange_rates(read)),
            }
            _check_complete(content)
            return Catalog.of(**parts, version=content.version())
        except (ValueError, KeyError, TypeError, decimal.InvalidOperation) as problem:
            raise CatalogStoreError(f"{path} holds a value that no catalogue has: {problem}") from problem


def replace(path: Path, catalog: Catalog) -> None:
    """Write a catalogue in place of what the database holds, in one transaction; readers see the old one until then.

    Raises:
        CatalogStoreError: the file is something else, a newer version wrote it, or it cannot be written; it is left
            as it was.
    """
    with _opened(path, read_only=False) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute("PRAGMA defer_foreign_keys = ON")  # customers name parents, bundles later products
            _drop_tables(path, connection)
            for statement in _table_statements():
                connection.execute(statement)
            for name, rows in catalog.rows():
                _insert(connection, _BY_NAME[name], rows)
            _insert(connection, PRICE_PLACES, _places(catalog.prices.values()))
            for table in _ALL_TABLES:
                for column in table.indexes:
                    connection.execute(f'CREATE INDEX "{table.name}_{column}" ON "{table.name}" ("{column}")')
            connection.execute(
                f"CREATE TABLE {META_TABLE} (schema_version INTEGER NOT NULL, content_version TEXT NOT NULL)"
            )
            connection.execute(
                f"INSERT INTO {META_TABLE} VALUES (?, ?)",  # noqa: S608  # a constant of ours
                (SCHEMA_VERSION, catalog.version),
            )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _columns(connection: sqlite3.Connection, table: Table) -> list[str]:
    """What to select for each column: NULL for one that the version which wrote the table did not have yet."""
    stored = {row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')}
    later = set(table.nullable) - stored
    return ["NULL" if column in later else f'"{column}"' for column in table.columns]


_BY_NAME = {table.name: table for table in _ALL_TABLES}


@contextlib.contextmanager
def _opened(path: Path, *, read_only: bool) -> Iterator[sqlite3.Connection]:
    """A connection whose transactions are begun by hand; errors of the database name the file."""
    if read_only and not path.exists():
        raise CatalogStoreError(f"{path} does not exist; `quotewright catalog import` makes it")
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS
        )
    except sqlite3.Error as problem:
        raise CatalogStoreError(f"{path} cannot be opened: {problem}") from problem
    try:
        yield connection
    except (sqlite3.Error, UnicodeDecodeError) as problem:  # names and texts of damaged files are no UTF-8
        raise CatalogStoreError(f"{path} cannot be {'read' if read_only else 'written'}: {problem}") from problem
    finally:
        connection.close()


def _check_schema(path: Path, connection: sqlite3.Connection) -> str:
    """The content version of a catalogue that this program reads."""
    tables = _table_names(connection)
    if META_TABLE not in tables:
        raise CatalogStoreError(f"{path} is no catalogue: it has no table {META_TABLE}")
    row = connection.execute(f"SELECT schema_version, content_version FROM {META_TABLE}").fetchone()  # noqa: S608
    if row is None:
        raise CatalogStoreError(f"{path} is no catalogue: table {META_TABLE} is empty")
    found, version = row
    if not isinstance(found, int):
        raise CatalogStoreError(f"{path} is no catalogue: its schema version is no number")
    if found > SCHEMA_VERSION:
        raise CatalogStoreError(
            f"{path} was written by a newer version: its schema is {found}, this version knows up to {SCHEMA_VERSION}"
        )
    return str(version)


def _check_complete(content: ContentHash) -> None:
    """Rows that no product, customer or price took would be lost without a word."""
    left_over = _BY_NAME.keys() - content.complete - {PRICE_PLACES.name}
    if left_over:
        raise ValueError(f"rows of {', '.join(sorted(left_over))} belong to nothing")


def _drop_tables(path: Path, connection: sqlite3.Connection) -> None:
    """Make room for the new content, unless the tables are those of another program or a newer version."""
    tables = _table_names(connection)
    if META_TABLE in tables:
        _check_schema(path, connection)
    else:
        foreign = sorted(tables & _BY_NAME.keys())
        if foreign:
            raise CatalogStoreError(f"{path} is no catalogue, but has tables of the same names: {', '.join(foreign)}")
    connection.execute(f"DROP TABLE IF EXISTS {META_TABLE}")
    for table in reversed(_ALL_TABLES):
        connection.execute(f'DROP TABLE IF EXISTS "{table.name}"')


def _table_names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@functools.cache
def _table_statements() -> tuple[str, ...]:
    """What makes the tables; composed beside the real database, as sqlite-utils may commit while it looks around."""
    statements = []
    database = Database(memory=True)
    for table in _ALL_TABLES:
        statement = database.create_table_sql(
            table.name,
            dict(table.columns),
            pk=table.primary_key if len(table.primary_key) > 1 else table.primary_key[0],
            foreign_keys=table.foreign_keys,
            not_null=set(table.columns) - set(table.nullable),
            strict=database.supports_strict,
        )
        database.execute(statement)  # later tables refer to it
        statements.append(statement)
    database.close()
    return tuple(statements)


def _insert(connection: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> None:
    """Rows in bulk: ten times faster than sqlite-utils' own insert, which takes a dict for each."""
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)  # noqa: S608  # names of ours


def _places(prices: Iterable[PriceEntry]) -> Iterator[Row]:
    for price in prices:
        span = price.span
        if span.file:
            yield price.id, span.file, span.line, span.column, span.end_column
