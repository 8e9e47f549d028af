"""What random input once broke, each input as small as it could be made."""

import io
import sqlite3
import sys
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
import files

from catalog import store
from engine.check import configuration_model
from engine.compile.feature_model import compile_feature_model
from engine.credit.exposure import exposure_of
from engine.diagnostics import Code, Findings
from engine.load.dimacs import read_dimacs
from engine.load.uvl import read_uvl
from engine.load.xlsx_table import read_xlsx_tables


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "catalog.db"
    store.replace(path, files.CATALOG)
    return path


def test_a_schema_version_that_is_no_number(database):
    connection = sqlite3.connect(database)
    connection.execute(f"UPDATE {store.META_TABLE} SET schema_version = 'x'")
    connection.commit()
    connection.close()
    with pytest.raises(store.CatalogStoreError, match="schema version"):
        store.load(database)


def test_a_table_name_that_is_no_text(database):
    content = database.read_bytes()
    at = content.rindex(b"CREATE TABLE")
    name = content.rindex(b"table", 0, at)
    database.write_bytes(content[: name + 5] + b"\xe5\xe5" + content[name + 7 :])
    with pytest.raises(store.CatalogStoreError):
        store.load(database)


def workbook():
    return files._workbook([b"hit policy,U\ninputs,a\nrule,1"])


def test_an_archive_whose_parts_begin_before_it():
    content = bytearray(workbook())
    directory = content.rindex(b"PK\x05\x06")
    content[directory + 16 : directory + 20] = (0xFFFFFFF0).to_bytes(4, "little")
    _, findings = read_xlsx_tables(bytes(content), "a.xlsx")
    assert [finding.code for finding in findings] == [Code.FILE_UNREADABLE]


@pytest.mark.parametrize("method", [1, 12, 14, 99])
def test_an_archive_packed_in_other_ways(method):
    content = bytearray(workbook())
    for signature, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset : at + offset + 2] = method.to_bytes(2, "little")
            at = content.find(signature, at + 4)
    _, findings = read_xlsx_tables(bytes(content), "a.xlsx")
    assert [finding.code for finding in findings] == [Code.FILE_UNREADABLE]


def test_an_archive_that_unpacks_without_end():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * (64 * 2**20))
    _, findings = read_xlsx_tables(made.getvalue(), "a.xlsx")
    assert [finding.code for finding in findings] == [Code.LIMIT]


def test_a_credit_horizon_beyond_the_calendar():
    exposure = exposure_of([], Decimal(100), None, date.max, 30)
    assert exposure.total == 100


def pigeons(holes):
    """More pigeons than holes, each in a hole of its own: no solver is done with it in a lifetime."""
    variable = {(p, h): p * holes + h + 1 for p in range(holes + 1) for h in range(holes)}
    clauses = [[variable[p, h] for h in range(holes)] for p in range(holes + 1)]
    clauses += [[-variable[p, h], -variable[q, h]] for h in range(holes) for p in range(holes + 1) for q in range(p)]
    # Satisfiable all the same, so that the check goes on to ask what each option excludes.
    free = len(variable) + 1
    lines = [" ".join(map(str, [*clause, free, 0])) for clause in clauses]
    return f"p cnf {free} {len(lines)}\n" + "\n".join(lines) + "\n"


def test_a_model_that_is_too_hard_is_told_in_time(monkeypatch):
    monkeypatch.setattr(configuration_model, "CHECK_SECONDS", 0.5)
    findings = Findings()
    source = read_dimacs(pigeons(14), "pigeons.dimacs", findings)
    model = compile_feature_model(source, "1")
    started = time.perf_counter()
    configuration_model.check_model(model, findings)
    assert time.perf_counter() - started < 20
    assert [finding.code for finding in findings] == [Code.LIMIT]
    assert "too hard" in next(iter(findings)).message


UVL = "features\n    R\n        optional\n            A\nconstraints\n    "


@pytest.mark.parametrize(
    "constraint", ["(" * 5000 + "A", "(" * 150 + "A" + ")" * 150, "!" * 5000 + "A", "A" + " => A" * 5000], ids=len
)
def test_a_constraint_nested_beyond_the_stack(constraint):
    findings = Findings()
    read_uvl(UVL + constraint, "deep.uvl", findings)
    assert [finding.code for finding in findings] == [Code.LIMIT]


@pytest.mark.parametrize(
    "constraint", ["(" * 79 + "A" + ")" * 79, "!" * 79 + "A", "A" + " => A" * 79, "A" + " & A | A" * 5000], ids=len
)
def test_a_constraint_nested_as_deep_as_it_may_be(constraint):
    findings = Findings()
    source = read_uvl(UVL + constraint, "deep.uvl", findings)
    assert not list(findings)
    assert compile_feature_model(source, "1").constraints
