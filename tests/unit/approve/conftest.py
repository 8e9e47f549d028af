"""Makes the helpers beside the tests importable, and compiles approval rules from text."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from approval_texts import compiled


@pytest.fixture
def program_of(tmp_path):
    """Compiles the text of an approval file that has no errors."""

    def make(text):
        program, findings = compiled(text, tmp_path)
        assert program is not None, "\n".join(f"{item.span}: {item.message}" for item in findings)
        return program

    return make


@pytest.fixture
def findings_of(tmp_path):
    """The findings about the text of an approval file."""
    return lambda text: compiled(text, tmp_path)[1]
