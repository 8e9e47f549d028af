"""The folder `credit` of a rulebook as schema objects."""

from __future__ import annotations

from engine.diagnostics import Findings
from engine.load.parts import LoadedParts, load_parts
from engine.load.rulebook import LoadedRulebook
from engine.schema.credit import CreditRule, CreditSettings

CREDIT_FOLDER = "credit"


def load_credit(rulebook: LoadedRulebook, findings: Findings) -> LoadedParts:
    """Everything that the credit files of a rulebook hold."""
    files = [file for file in rulebook.files.values() if file.folder == CREDIT_FOLDER]
    return load_parts(files, {"rules": CreditRule}, {"settings": CreditSettings}, findings)
