"""Messages about releases to plain objects, for those who show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quotewright.v1 import rulebook_service_pb2 as pb

from engine.diagnostics import Code, Findings, Severity
from engine.source import SourceText, Span
from engine.wire.text import enum_names

STATES = enum_names(pb.ReleaseState, "RELEASE_STATE_")
SEVERITIES = enum_names(pb.FindingSeverity, "FINDING_SEVERITY_")


def read_findings(messages: Iterable[pb.Finding], files: Mapping[str, bytes]) -> Findings:
    """The findings of a reply, with the texts of the files that they speak of."""
    findings = Findings()
    for message in messages:
        span = Span(
            message.file, message.line, message.column, message.end_column, sheet=message.sheet, cell=message.cell
        )
        findings.add(
            Code(message.code),
            message.message,
            span,
            severity=Severity(SEVERITIES[message.severity]),
            hint=message.hint,
            example=message.example,
        )
        if span.line and not span.sheet and span.file in files:
            findings.texts[span.file] = SourceText(span.file, files[span.file].decode("utf-8-sig", "replace"))
    return findings


def state_words(release: pb.Release) -> str:
    """A release's state as a person reads it."""
    words = STATES.get(release.state, "").replace("_", " ")
    return f"{words}, from {release.activate_at}" if release.activate_at else words
