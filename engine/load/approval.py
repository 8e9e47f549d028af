"""The folder `approval` of a rulebook as schema objects."""

from __future__ import annotations

from pydantic import BaseModel

from engine.diagnostics import Findings
from engine.load.parts import LoadedParts, load_parts
from engine.load.rulebook import LoadedRulebook
from engine.schema.approval import (
    AggregateEntry,
    ApprovalRule,
    ApprovalSettings,
    ChainEntry,
    PersonEntry,
    RoleEntry,
)

APPROVAL_FOLDER = "approval"
LISTS: dict[str, type[BaseModel]] = {
    "roles": RoleEntry,
    "people": PersonEntry,
    "aggregates": AggregateEntry,
    "chains": ChainEntry,
    "rules": ApprovalRule,
}


def load_approval(rulebook: LoadedRulebook, findings: Findings) -> LoadedParts:
    """Everything that the approval files of a rulebook hold."""
    files = [file for file in rulebook.files.values() if file.folder == APPROVAL_FOLDER]
    return load_parts(files, LISTS, {"settings": ApprovalSettings}, findings)
