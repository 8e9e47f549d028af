"""How commands end on bad input: the findings on the error stream and an exit code, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import NoReturn

import click

from engine.diagnostics import Findings, render
from engine.source import SourceText

BAD_QUOTE = 1
"""Exit code: the quote cannot be decided as asked."""
BAD_FILES = 2
"""Exit code: wrong usage, or files that cannot be used."""
NO_SERVER = 3
"""Exit code: the server did not answer or failed."""


def fail(message: str, code: int) -> NoReturn:
    """End with a message."""
    click.echo(message, err=True)
    sys.exit(code)


def fail_with_findings(findings: Findings, code: int, sources: Iterable[SourceText] = ()) -> NoReturn:
    """End with every finding, each with its source line where that is at hand."""
    texts: Mapping[str, SourceText] = findings.texts | {source.file: source for source in sources}
    for finding in findings.sorted():
        click.echo(render(finding, texts), err=True)
    count = len(findings.errors)
    fail(f"{count} error{'' if count == 1 else 's'}", code)
