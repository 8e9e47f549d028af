"""The files of a rulebook that somebody sends: only names that stay inside a folder, and only so many bytes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.diagnostics import Findings
from engine.load.files import RULE_SUFFIXES, read_folder
from engine.wire.violations import MAX_NAME, Reason, Violations

MAX_FILES = 2_000
MAX_BYTES = 60 * 1024 * 1024
MAX_PART_BYTES = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_files(files: Mapping[str, bytes], violations: Violations) -> None:
    """Note every name that is not safe or not read as a rule file, and what is too much."""
    if not files:
        violations.add("files", Reason.REQUIRED, "a rulebook has at least the file rulebook.yaml")
    if len(files) > MAX_FILES:
        violations.add("files", Reason.TOO_MANY, f"at most {MAX_FILES:,} files are taken, found {len(files):,}")
        return
    total = sum(map(len, files.values()))
    if total > MAX_BYTES:
        violations.add("files", Reason.TOO_LONG, f"at most {MAX_BYTES:,} bytes are taken, found {total:,}")
    folders = {folder for name in files for folder in _folders(name)}
    for name in files:
        wrong = _wrong_name(name)
        if not wrong and name in folders:
            wrong = "another file has this name as its folder"
        if wrong:
            shown = name if len(name) <= 60 else name[:57] + "..."
            violations.add(f"files[{shown!r}]", Reason.MALFORMED, wrong)


@contextmanager
def in_a_folder(files: Mapping[str, bytes]) -> Iterator[Path]:
    """The files below a folder of their own, which is gone afterwards; their names were checked before.

    Raises:
        OSError: there is no room for them.
    """
    with tempfile.TemporaryDirectory(prefix="quotewright-rules-") as folder:
        write_files(files, Path(folder))
        yield Path(folder)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder; their names were checked before.

    Raises:
        OSError: there is no room for them.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def rule_files(folder: Path, findings: Findings) -> dict[str, bytes]:
    """The rule files below a folder, by name, as a rulebook is read."""
    return {name: file.content for name, file in read_folder(folder, findings).items()}


def _wrong_name(name: str) -> str:
    """Why a name is not taken; "" where it is."""
    if not name or len(name) > MAX_NAME:
        return f"a name has 1 to {MAX_NAME} characters, found {len(name):,}"
    if name.startswith("/") or "\\" in name or ":" in name:
        return "a name is relative to the rulebook's folder, with forward slashes, such as pricing/volume.yaml"
    if _CONTROL.search(name):
        return "a name has no control characters"
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "a name stays inside the rulebook's folder: no part of it is empty, '.' or '..'"
    if any(len(part.encode("utf-8", "surrogatepass")) > MAX_PART_BYTES for part in parts):
        return f"no part of a name is longer than {MAX_PART_BYTES} bytes"
    if not name.lower().endswith(RULE_SUFFIXES):
        return f"files of rules end with {', '.join(RULE_SUFFIXES)}"
    return ""


def _folders(name: str) -> Iterator[str]:
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name
