"""Files of a rulebook folder: which there are, their bytes, and the content hash that names them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.diagnostics import Code, Findings
from engine.source import Span

MAX_FILE_BYTES = 64 * 1024 * 1024
RULE_SUFFIXES = (".yaml", ".yml", ".csv", ".xlsx", ".dmn", ".uvl", ".dimacs")
NOT_RULES = ("quotes", "contracts", "gates")
"""Folders of a rulebook that hold no rules: quotes and contracts to try it with, and gates to hold changes to."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file as found.

    Attributes:
        name: path inside the rulebook folder, with forward slashes; what messages show.
        content: its bytes.
    """

    name: str
    content: bytes

    @property
    def folder(self) -> str:
        """The first folder of its name; "" for a file at the top."""
        return self.name.split("/", 1)[0] if "/" in self.name else ""

    def text(self, findings: Findings) -> str | None:
        """The content as UTF-8 text, with or without byte order mark; None with a finding where it is none."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content[: error.start].count(b"\n") + 1
            message = f"expected UTF-8 text, found the byte 0x{self.content[error.start]:02x}"
            findings.add(Code.FILE_UNREADABLE, message, Span(self.name, line), hint="save the file with encoding UTF-8")
            return None


def read_folder(folder: Path, findings: Findings) -> dict[str, RuleFile]:
    """Every rule file below a folder by name, sorted; test files, hidden ones and other kinds are left out."""
    if not folder.is_dir():
        findings.add(Code.FILE_MISSING, f"there is no folder {folder.name!r} of rules", Span(folder.as_posix()))
        return {}
    files: dict[str, RuleFile] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in RULE_SUFFIXES or not path.is_file() or _is_left_out(name):
            continue
        try:
            size = path.stat().st_size
            if size > MAX_FILE_BYTES:
                message = f"the file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read"
                findings.add(Code.LIMIT, message, Span(name))
                continue
            files[name] = RuleFile(name, path.read_bytes())
        except OSError as error:
            findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror}", Span(name))
    return files


def content_hash(files: dict[str, RuleFile]) -> str:
    """Names a set of files by what they hold: 32 hexadecimal digits of SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name].content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:32]


def _is_left_out(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith((".", "~")) for part in parts)
    return hidden or parts[0] in NOT_RULES or parts[-1].rsplit(".", 1)[0].endswith(".test")
