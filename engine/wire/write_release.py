"""Releases, their log and findings to messages."""

from __future__ import annotations

from quotewright.v1 import rulebook_service_pb2 as pb

from engine.diagnostics import Finding
from engine.store.release import Release, ReleaseEvent, Serving
from engine.wire.text import enum_numbers

STATES = enum_numbers(pb.ReleaseState, "RELEASE_STATE_")
SEVERITIES = enum_numbers(pb.FindingSeverity, "FINDING_SEVERITY_")


def release_message(release: Release) -> pb.Release:
    """A release."""
    return pb.Release(
        id=release.id,
        state=STATES[release.state.value],
        rulebook_version=release.rulebook_version,
        rulebook_name=release.rulebook_name,
        catalogue_version=release.catalogue_version,
        engine_version=release.engine_version,
        rules=release.rules,
        base=release.base,
        staged_at=release.staged_at,
        staged_by=release.staged_by,
        reason=release.reason,
        activate_at=release.activate_at,
        activated_at=release.activated_at,
        activated_by=release.activated_by,
        replaced=release.replaced,
    )


def event_message(event: ReleaseEvent) -> pb.ReleaseEvent:
    """An entry of the log."""
    return pb.ReleaseEvent(
        sequence=event.sequence,
        at=event.at,
        person=event.actor,
        kind=event.kind,
        detail=event.detail,
        hash=event.hash,
    )


def serving_message(serving: Serving) -> pb.ServedRelease:
    """What a server serves."""
    return pb.ServedRelease(
        server=serving.server,
        release=serving.release,
        since=serving.at,
        refused=serving.refused,
        error=serving.error,
    )


def finding_message(finding: Finding) -> pb.Finding:
    """A finding."""
    span = finding.span
    return pb.Finding(
        code=finding.code.value,
        severity=SEVERITIES[finding.severity.value],
        message=finding.message,
        hint=finding.hint,
        example=finding.example,
        file=span.file,
        line=span.line,
        column=span.column,
        end_column=span.end_column,
        sheet=span.sheet,
        cell=span.cell,
    )
