"""The folder `renewal` of a rulebook as schema objects."""

from __future__ import annotations

from engine.diagnostics import Findings
from engine.load.parts import LoadedParts, load_parts
from engine.load.rulebook import LoadedRulebook
from engine.schema.renewal import IndexEntry, RenewalRule, RenewalSettings

RENEWAL_FOLDER = "renewal"


def load_renewal(rulebook: LoadedRulebook, findings: Findings) -> LoadedParts:
    """Everything that the renewal files of a rulebook hold."""
    files = [file for file in rulebook.files.values() if file.folder == RENEWAL_FOLDER]
    return load_parts(files, {"indices": IndexEntry, "rules": RenewalRule}, {"settings": RenewalSettings}, findings)
