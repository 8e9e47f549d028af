"""A corpus of stored quotes: folders, JSON lines, past orders and recorded decisions, read piece by piece."""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from engine.diagnostics import Code, Findings, RejectedError
from engine.money import to_decimal
from engine.quote import Quote, QuoteLine, QuoteRejectedError
from engine.simulate.orders import ChargedOrder, read_orders
from engine.simulate.recorded import RecordedRequest, count_requests, is_database, read_recorded, recorded_requests
from engine.source import Span
from engine.wire.request_file import Request, read_request, read_request_file

ONE_QUOTE = (".yaml", ".yml", ".json")
QUOTE_A_LINE = (".jsonl", ".ndjson")
ORDERS, ORDER_LINES = "orders.csv", "order_lines.csv"
MAX_QUOTE_CHARACTERS = 64 * 1024 * 1024

# JSON writes characters beyond 16 bits as two halves and may escape a slash; YAML, which reads it here, knows neither.
_ESCAPE = re.compile(r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|.)", re.DOTALL)


class StoredQuote(NamedTuple):
    """A quote of a corpus, not read yet.

    Attributes:
        place: the file, with the line where it holds several; shown to people.
        content: a file, its text, an order, or a request as it was recorded.
    """

    place: str
    content: Path | str | ChargedOrder | RecordedRequest


class BadQuoteError(Exception):
    """A quote of a corpus that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where stored quotes are.

    Attributes:
        files: each holds one quote, or one a line.
        orders: past orders.
        databases: with recorded decisions.
        currency: of past orders.
    """

    files: tuple[Path, ...]
    orders: tuple[ChargedOrder, ...]
    databases: tuple[Path, ...]
    currency: str

    def count(self) -> int:
        """How many quotes it holds."""
        lines = (_count_lines(file) if file.suffix.lower() in QUOTE_A_LINE else 1 for file in self.files)
        return sum(lines) + len(self.orders) + sum(count_requests(path) for path in self.databases)

    def quotes(self) -> Iterator[StoredQuote]:
        """The quotes, in the order of the files; only one is held at a time."""
        for file in self.files:
            if file.suffix.lower() in QUOTE_A_LINE:
                yield from _lines(file)
            else:
                yield StoredQuote(file.as_posix(), file)
        for order in self.orders:
            yield StoredQuote(order.place, order)
        for path in self.databases:
            for recorded in recorded_requests(path):
                yield StoredQuote(f"{path.as_posix()}: {recorded.name}", recorded)

    def chunks(self, size: int) -> Iterator[list[StoredQuote]]:
        """The quotes in lists of `size`."""
        quotes = self.quotes()
        while chunk := list(itertools.islice(quotes, size)):
            yield chunk

    def read(self, stored: StoredQuote) -> Request:
        """What a stored quote asks for.

        Raises:
            BadQuoteError: it cannot be read.
        """
        content = stored.content
        try:
            if isinstance(content, ChargedOrder):
                return Request(_order_quote(content, self.currency))
            if isinstance(content, RecordedRequest):
                return read_recorded(content)
            text = content.read_text(encoding="utf-8-sig") if isinstance(content, Path) else content
            return _read_text(text, stored.place, json=not isinstance(content, Path) or content.suffix == ".json")
        except UnicodeError:
            raise BadQuoteError(f"{stored.place}: expected UTF-8 text") from None
        except OSError as error:
            raise BadQuoteError(f"{stored.place}: cannot be read: {error.strerror}") from None
        except QuoteRejectedError as error:
            raise BadQuoteError(f"{stored.place}: {error}") from None
        except ValueError as error:
            raise BadQuoteError(f"{stored.place}: {error}") from None


def open_corpus(paths: Iterable[Path], currency: str = "USD") -> Corpus:
    """The corpus at these paths.

    Args:
        paths: folders with quotes (.yaml, .yml, .json, .jsonl, .ndjson, below them too) or with orders.csv and
            order_lines.csv; single files of these kinds; databases with recorded decisions.
        currency: of past orders, which name none.

    Raises:
        RejectedError: a path holds no quotes.
    """
    findings = Findings()
    files: list[Path] = []
    orders: list[ChargedOrder] = []
    databases: list[Path] = []
    for path in paths:
        if path.is_dir() and not (path / ORDERS).exists():
            found = list(_walk(path))
            files += found
            if not found:
                expected = ", ".join(ONE_QUOTE + QUOTE_A_LINE)
                findings.add(Code.FILE_MISSING, f"the folder holds no quotes ({expected})", Span(path.as_posix()))
        elif not path.exists():
            findings.add(Code.FILE_MISSING, "there is no such file or folder of quotes", Span(path.as_posix()))
        elif path.is_dir() or path.suffix.lower() == ".csv":
            head = path / ORDERS if path.is_dir() else path
            orders += _orders(head, findings)
        elif path.suffix.lower() in ONE_QUOTE + QUOTE_A_LINE:
            files.append(path)
        elif is_database(path):
            databases += _database(path, findings)
        else:
            expected = ", ".join((*ONE_QUOTE, *QUOTE_A_LINE, ORDERS, "or a database"))
            findings.add(Code.WRONG_VALUE, f"this is no corpus of quotes; expected {expected}", Span(path.as_posix()))
    if findings.errors:
        raise RejectedError(findings)
    return Corpus(tuple(files), tuple(orders), tuple(databases), currency)


def _walk(folder: Path) -> Iterator[Path]:
    """The files of quotes below a folder, sorted, without hidden ones."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and name.lower().endswith(ONE_QUOTE + QUOTE_A_LINE):
                yield Path(root, name)


def _orders(orders: Path, findings: Findings) -> list[ChargedOrder]:
    lines = orders.parent / ORDER_LINES
    try:
        return read_orders(orders, lines)
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror}", Span(str(error.filename)))
    except ValueError as error:
        findings.add(Code.WRONG_VALUE, str(error), Span(orders.as_posix()))
    return []


def _database(path: Path, findings: Findings) -> list[Path]:
    try:
        if count_requests(path):
            return [path]
        findings.add(Code.FILE_MISSING, "the database holds no decisions yet", Span(path.as_posix()))
    except (ValueError, sqlite3.Error) as error:
        findings.add(Code.FILE_UNREADABLE, str(error), Span(path.as_posix()))
    return []


def _count_lines(file: Path) -> int:
    try:
        with file.open("rb") as stream:
            return sum(1 for line in stream if line.strip())
    except OSError:
        return 1


def _lines(file: Path) -> Iterator[StoredQuote]:
    """The quotes of a file of JSON lines; a file that cannot be read is one bad quote."""
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    text = line.decode("utf-8-sig", "surrogateescape").strip()
                    yield StoredQuote(f"{file.as_posix()}:{number}", text)
    except OSError:
        yield StoredQuote(file.as_posix(), file)


def _read_text(text: str, place: str, *, json: bool) -> Request:
    if len(text) > MAX_QUOTE_CHARACTERS:
        raise BadQuoteError(f"{place}: a quote has at most {MAX_QUOTE_CHARACTERS:,} characters")
    if not text.isascii():
        text.encode("utf-8")  # undecodable bytes are refused here
    if json and "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    try:
        file = read_request_file(text, place)
        try:
            return read_request(file.message)
        except QuoteRejectedError as error:
            raise RejectedError(file.findings(error.violations)) from None
    except RejectedError as error:
        first, *more = error.findings.sorted()
        also = f" (and {len(more)} more)" if more else ""
        raise BadQuoteError(f"{_place(first.span, place)}: {first.message}{also}") from None


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    if escaped == "/":
        return "/"
    if len(escaped) == 1:
        return found[0]
    high, low = int(escaped[1:5], 16), int(escaped[7:11], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _place(span: Span, place: str) -> str:
    """The place in a file; of a line that is a quote of its own, the column alone."""
    if place == span.file and not re.search(r":\d+$", place):
        return str(span)
    return f"{place}:{span.column}" if span.column else place


def _order_quote(order: ChargedOrder, currency: str) -> Quote:
    lines = tuple(QuoteLine(line.number, line.sku, to_decimal(line.quantity)) for line in order.lines)
    if not lines:
        raise ValueError(f"order {order.id} has no lines")
    return Quote(currency, date.fromisoformat(order.date), lines, id=order.id, channel=order.channel)
