"""Importing the engine refuses compiled modules that were made from other source files."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TELL = "from engine.native_build import is_compiled; print(is_compiled())"
BUILD = """
from engine.native_build import LIBRARY, RECORD, sources_digest
LIBRARY.touch()
RECORD.write_text(sources_digest() + "\\n")
"""


@pytest.fixture
def checkout(tmp_path):
    """An engine of two modules, as a checkout has it."""
    (tmp_path / "engine").mkdir()
    for name in ("__init__.py", "native_build.py"):
        shutil.copy(ROOT / "engine" / name, tmp_path / "engine")
    return tmp_path


def python(checkout, code):
    """What a fresh interpreter that stands in the checkout makes of the code."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, env={}, capture_output=True, text=True, check=False
    )


def test_source_files_run_where_nothing_is_compiled(checkout):
    assert python(checkout, TELL).stdout == "False\n"


def test_a_build_of_the_same_files_runs(checkout):
    assert python(checkout, BUILD).returncode == 0
    assert python(checkout, TELL).stdout == "True\n"


@pytest.mark.parametrize("name", ["engine/native_build.py", "engine/rooms/new.py", "catalog/price.py"])
def test_a_file_that_was_edited_or_added_since_is_refused(checkout, name):
    python(checkout, BUILD)
    (checkout / name).parent.mkdir(exist_ok=True)
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    refused = python(checkout, TELL)
    assert refused.returncode == 1
    assert "make compiled" in refused.stderr.splitlines()[-1]
    assert "make interpreted" in refused.stderr.splitlines()[-1]


def test_a_build_without_its_record_is_refused(checkout):
    python(checkout, BUILD)
    (checkout / "engine/native_build.txt").unlink()
    assert "StaleBuildError" in python(checkout, TELL).stderr


def test_a_build_for_another_python_is_not_asked(checkout):
    (checkout / "quotewright__mypyc.cpython-999-other.so").touch()
    assert python(checkout, TELL).stdout == "False\n"
