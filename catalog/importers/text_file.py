"""Reading text files: UTF-8 with or without byte order mark, and a finding for whatever else is there."""

from __future__ import annotations

from pathlib import Path

from engine.diagnostics import Code, Findings
from engine.source import Span

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path, findings: Findings) -> str | None:
    r"""The text of a file with line ends as "\n", or None after a finding: missing, not readable, not UTF-8, empty."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        findings.add(Code.FILE_MISSING, "the file does not exist", Span(path.name))
        return None
    except OSError as problem:
        findings.add(Code.FILE_UNREADABLE, f"cannot be read: {problem.strerror}", Span(path.name))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        findings.add(Code.FILE_UNREADABLE, *_wrong_encoding(path, content, problem), hint="save the file as UTF-8")
        return None
    if not text.strip():
        findings.add(Code.FILE_UNREADABLE, "the file is empty", Span(path.name))
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _wrong_encoding(path: Path, content: bytes, problem: UnicodeDecodeError) -> tuple[str, Span]:
    """What was found, and where: columns count the characters before, which are UTF-8."""
    if content.startswith(_UTF16_MARKS):
        return "the file is UTF-16, expected UTF-8", Span(path.name)
    before = content[: problem.start]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", errors="replace")) + 1
    place = Span(path.name, before.count(b"\n") + 1, column)
    return f"expected UTF-8, found the byte 0x{content[problem.start]:02X}", place
