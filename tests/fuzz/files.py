"""Every reader of files, with good files to start from and a way to spoil them."""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import trustme
import yaml
from mutation import EDGES, INTEGERS, mutate_bytes, mutate_lines, mutate_yaml, words_of
from openpyxl import Workbook

from catalog import store
from catalog.importers.read import read_catalog
from catalog.sample import FOLDER as SAMPLE_CATALOG
from engine.casefiles.read import read_case_files
from engine.compile import try_snapshot
from engine.compile.feature_model import compile_feature_model
from engine.decision import decide
from engine.diagnostics import Findings, RejectedError, render
from engine.dmn.loading import load_model
from engine.load.dimacs import read_dimacs
from engine.load.uvl import read_uvl
from engine.quote import QuoteRejectedError
from engine.security.api_keys import entry, new_key, read_keys
from engine.security.certificates import CertificateError, read_certificate
from engine.security.identity import Role
from engine.security.jwks import JwksError, fetch, read_jwks
from engine.security.options import CertificateFiles
from engine.service.options import OptionsError, read_options
from engine.simulate.corpus import BadQuoteError, open_corpus
from engine.simulate.gate_file import load_gates
from engine.wire.quote_file import read_quote_file
from engine.wire.read_quote import read_quote

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"

Folder = dict[str, bytes]
Read = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader under test.

    Attributes:
        name: of the reader.
        seeds: good folders to start from.
        read: reads a folder as the reader's users do; raises only what they are told of.
    """

    name: str
    seeds: tuple[Folder, ...]
    read: Read

    def spoil(self, rng: random.Random, seed: Folder) -> Folder:
        """The folder with one of its files changed, missing or of another kind."""
        name = rng.choice(sorted(seed))
        spoilt = dict(seed)
        if rng.random() < 0.02 and len(seed) > 1:
            del spoilt[name]
        else:
            spoilt[name] = spoil_file(rng, name, seed[name], seed[rng.choice(sorted(seed))], _words(self.seeds))
        return spoilt


def spoil_file(rng: random.Random, name: str, data: bytes, other: bytes, words: list[str]) -> bytes:
    """The content of a file changed in the way that its kind allows, now and then without regard to it."""
    ending = name.rpartition(".")[2]
    if rng.random() < 0.25:
        return mutate_bytes(rng, data, other)
    if ending in ("yaml", "yml", "json"):
        return mutate_yaml(rng, data, words)
    if ending == "xlsx":
        return _spoil_workbook(rng, data)
    if ending == "db":
        return _spoil_database(rng, data)
    if ending in ("csv", "uvl", "dimacs", "toml", "jsonl", "dmn"):
        return mutate_lines(rng, data, words)
    return mutate_bytes(rng, data, other)


def put(folder: Path, content: Folder) -> None:
    """Make the folder hold this and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


_VOCABULARY: dict[int, list[str]] = {}


def _words(seeds: tuple[Folder, ...]) -> list[str]:
    if id(seeds) not in _VOCABULARY:
        texts = [data for seed in seeds for name, data in seed.items() if not name.endswith((".xlsx", ".db"))]
        _VOCABULARY[id(seeds)] = words_of(texts)
    return _VOCABULARY[id(seeds)]


def read_folder_of(path: Path, *names: str) -> Folder:
    files = [path / name for name in names] if names else sorted(path.rglob("*"))
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in files
        if file.is_file() and file.suffix not in (".txt", ".py", ".pyc")
    }


def _spoil_workbook(rng: random.Random, data: bytes) -> bytes:
    """A workbook with one of its parts changed inside the archive."""
    parts = {
        name: zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    }
    name = rng.choice(sorted(parts))
    match rng.randrange(4):
        case 0:
            del parts[name]
        case 1:
            parts[name] = parts[name] * rng.choice((2, 50))
        case _:
            parts[name] = mutate_bytes(rng, parts[name], parts[rng.choice(sorted(parts))])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return made.getvalue()


def _spoil_database(rng: random.Random, data: bytes) -> bytes:
    """A database with values, tables or pages changed."""
    if rng.random() < 0.3:
        return mutate_bytes(rng, data, data)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data[:18] + b"\x01\x01" + data[20:])  # a database in memory has no write-ahead log
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for _ in range(rng.choice((1, 1, 3))):
        table = rng.choice(tables)
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        value = rng.choice((*EDGES, *(number for number in INTEGERS if abs(number) < 2**63), None, 1.5, b"\xff\x00"))
        try:
            match rng.randrange(6):
                case 0:
                    connection.execute(f'DROP TABLE "{table}"')
                    tables.remove(table)
                case 1:
                    connection.execute(f'DELETE FROM "{table}" WHERE rowid % 2')
                case _:
                    column = rng.choice(columns)
                    order = f"rowid * {rng.randrange(1, 1000)} % 997"
                    some = f'(SELECT rowid FROM "{table}" ORDER BY {order} LIMIT {rng.choice((1, 1, 100))})'
                    connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid IN {some}', (value,))
        except (sqlite3.Error, UnicodeError):
            pass
        if not tables:
            break
    connection.commit()
    return connection.serialize()


def _told(findings: Findings) -> None:
    """Show findings as a command would; nothing of the engine's inside may be in them."""
    for finding in findings.sorted():
        text = render(finding, findings.texts)
        for leak in ("Traceback", 'File "/', " object at 0x", "site-packages", "<lambda>"):
            assert leak not in text, text


def _rejected(read: Callable[[], object]) -> None:
    try:
        read()
    except RejectedError as error:
        assert error.findings.errors
        _told(error.findings)


CATALOG = read_catalog(SAMPLE_CATALOG).usable()
QUOTE = read_quote(read_quote_file((ROOT / "rules/sample/quotes/data-center.yaml").read_text("utf-8"), "q").message)


def read_rulebook(folder: Path) -> None:
    """Load, check and compile; what loads prices a quote too."""
    snapshot, findings = try_snapshot(folder, CATALOG)
    assert (snapshot is None) == bool(findings.errors)
    _told(findings)
    if snapshot is not None:
        try:
            decide(snapshot, QUOTE)
        except QuoteRejectedError as error:
            assert error.violations


def read_catalog_folder(folder: Path) -> None:
    imported = read_catalog(folder)
    assert (imported.catalog is None) == bool(imported.findings.errors)
    imported.findings.texts.update(imported.texts())
    _told(imported.findings)


def read_database(folder: Path) -> None:
    try:
        store.load(folder / "catalog.db")
    except store.CatalogStoreError as error:
        assert str(error)


def read_dmn(folder: Path) -> None:
    first, *others = sorted(folder.rglob("*.dmn")) or [folder / "missing.dmn"]
    _, findings = load_model(first, others)
    _told(findings)


def read_feature_models(folder: Path) -> None:
    for path in folder.iterdir():
        findings = Findings()
        text = path.read_bytes().decode("utf-8", "replace")
        source = (read_uvl if path.suffix == ".uvl" else read_dimacs)(text, path.name, findings)
        assert (source is None) <= bool(findings.errors)
        _told(findings)
        if source is not None and not findings.errors:
            compile_feature_model(source, "1")


def read_quote_files(folder: Path) -> None:
    for path in folder.iterdir():
        text = path.read_bytes().decode("utf-8", "replace")
        try:
            read_quote(read_quote_file(text, path.name).message)
        except RejectedError as error:
            _told(error.findings)
        except QuoteRejectedError as error:
            assert error.violations


def read_corpus(folder: Path) -> None:
    try:
        corpus = open_corpus([folder])
    except RejectedError as error:
        _told(error.findings)
        return
    for stored in corpus.quotes():
        try:
            corpus.read(stored)
        except BadQuoteError as error:
            assert str(error)


def read_gates_file(folder: Path) -> None:
    _rejected(lambda: load_gates(folder / "gates.yaml", ["customer.segment", "channel", "currency"]))


def read_case_files_of(folder: Path) -> None:
    findings = Findings()
    read_case_files(folder, findings)
    _told(findings)


def read_key_file(folder: Path) -> None:
    _rejected(lambda: read_keys(folder / "keys.yaml"))


def read_jwks_file(folder: Path) -> None:
    try:
        read_jwks(fetch(str(folder / "jwks.json")))
    except JwksError as error:
        assert str(error)


def read_certificates(folder: Path) -> None:
    try:
        read_certificate(CertificateFiles(folder / "server.pem", folder / "key.pem", folder / "clients.pem"))
    except CertificateError as error:
        assert "PRIVATE" not in str(error)


def read_options_file(folder: Path) -> None:
    try:
        read_options(["--config", str(folder / "server.toml")], {})
    except OptionsError as error:
        assert str(error)


def _workbook(tables: Iterable[bytes]) -> bytes:
    workbook = Workbook()
    for number, table in enumerate(tables):
        sheet = workbook.create_sheet(f"Sheet {number}")
        for row in table.decode().splitlines():
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row.split(",")])
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


def _rulebooks() -> tuple[Folder, ...]:
    sample = read_folder_of(ROOT / "rules" / "sample")
    settings = {"rulebook.yaml": sample["rulebook.yaml"]}
    parts = [
        settings | {name: data for name, data in sample.items() if name.startswith(part)}
        for part in ("approval", "configuration", "credit", "pricing", "renewal")
    ]
    tables = {name: data for name, data in sample.items() if name.endswith(".csv") and name.startswith("pricing")}
    workbook = settings | {
        name: data.replace(b".csv", b".xlsx") for name, data in sample.items() if name.startswith("pricing/")
    }
    for name, data in tables.items():
        del workbook[name]
        workbook[name.replace(".csv", ".xlsx")] = _workbook([data])
    return (
        sample, *parts, *parts, workbook, read_folder_of(ROOT / "rules" / "adventureworks"),
        read_folder_of(ROOT / "rules" / "pc-parts"), read_folder_of(CASES / "e2e" / "rules"),
    )  # fmt: skip


def _models() -> tuple[Folder, ...]:
    cases = yaml.safe_load((CASES / "configure" / "feature_models.yaml").read_text("utf-8"))
    return tuple({f"model.{kind}": case[kind].encode()} for case in cases for kind in ("uvl", "dimacs") if kind in case)


def _catalogs() -> tuple[Folder, ...]:
    folders = [path for path in sorted((CASES / "catalog").iterdir()) if path.is_dir()]
    return (
        read_folder_of(SAMPLE_CATALOG),
        {"catalog.yaml": (CASES / "e2e/catalog.yaml").read_bytes()},
        *map(read_folder_of, folders),
    )


def _certificate() -> Folder:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    return {
        "server.pem": b"".join(blob.bytes() for blob in issued.cert_chain_pems),
        "key.pem": issued.private_key_pem.bytes(),
        "clients.pem": authority.cert_pem.bytes(),
    }


GATES = """
gates:
  - id: revenue
    measure: net_total
    max_decrease: 2 %
  - id: margin
    measure: margin
    where: {customer.segment: SMB}
    max_decrease: 100 EUR
    each_quote: true
"""
TEST_CASES = """
quote: {currency: EUR, price_date: 2026-03-16, lines: [{id: a, sku: SRV-R1, quantity: 1}]}
cases:
  - name: volume
    change: {lines.a.quantity: 50, customer_id: AURORA}
    expect: {totals.net_total: 100, lines: {a: {net_price: 2, rules: [hardware-volume]}}}
  - name: the choice
    configure: SRV-R1
    choose: [CPU-1, 2 x RAM-32, not SSD-1]
    expect: {valid: true}
tables:
  - name: steps
    given: [lines.a.quantity]
    expect: [totals.net_total]
    rows: [[1, 2], [3, 4]]
"""
TEST_TABLE = b"""quote,data-center,,
columns,given,given,expect
name,lines.a.quantity,price_date,totals.net_total
first,3,2026-03-16,100
second,4,2026-03-16,100
"""
OPTIONS = b'rules = "rules"\naddress = "127.0.0.1:0"\nworkers = 2\ndrain-seconds = 1.5\ninsecure = false\n'
JWKS = b"""{"keys": [{"kty": "EC", "crv": "P-256", "kid": "a", "use": "sig",
"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
{"kty": "OKP", "crv": "Ed25519", "kid": "b", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"""


def targets(scratch: Path) -> list[Target]:
    """Every reader; `scratch` takes what has to be made first."""
    database = scratch / "catalog.db"
    store.replace(database, CATALOG)
    quote = (ROOT / "rules/sample/quotes/data-center.yaml").read_bytes()
    models = [{name: (CASES / "dmn" / name).read_bytes()} for name in ("standard.dmn", "boxed.dmn")]
    corpus = {"quotes/a.yaml": quote, "b.json": b'{"quote": {"currency": "EUR", "lines": []}}'}
    cases = {"pricing/volume.test.yaml": TEST_CASES.encode(), "a.test.csv": TEST_TABLE}
    keys = "keys:\n" + entry(new_key(), "ann", [Role.PRICE], "acme") + entry(new_key(), "bob", list(Role))
    return [
        Target("rulebook", _rulebooks(), read_rulebook),
        Target("catalogue", _catalogs(), read_catalog_folder),
        Target("database", ({"catalog.db": database.read_bytes()},), read_database),
        Target("dmn", (*models, read_folder_of(CASES / "dmn/imports")), read_dmn),
        Target("feature model", _models(), read_feature_models),
        Target("quote", ({"quote.yaml": quote},), read_quote_files),
        Target("corpus", (corpus,), read_corpus),
        Target("gates", ({"gates.yaml": GATES.encode()},), read_gates_file),
        Target("cases", (cases,), read_case_files_of),
        Target("keys", ({"keys.yaml": keys.encode()},), read_key_file),
        Target("token keys", ({"jwks.json": JWKS},), read_jwks_file),
        Target("certificates", (_certificate(),), read_certificates),
        Target("options", ({"server.toml": OPTIONS},), read_options_file),
    ]  # fmt: skip
