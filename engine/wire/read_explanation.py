"""Explanations of a reply, messages to plain objects."""

from __future__ import annotations

from quotewright.v1 import explanation_pb2 as pb

from engine.trace import Explanation
from engine.wire.read_outcomes import read_value


def read_explanation(message: pb.Explanation) -> Explanation:
    """The explanation that a reply states; a list among its facts is the text that the reply has for it."""
    return Explanation(
        subject=message.subject,
        outcome=message.outcome,
        text=message.text,
        rule_id=message.rule_id,
        file=message.file,
        line=message.line,
        cell=message.cell,
        facts=tuple((fact.name, read_value(fact.value)) for fact in message.facts),
        because=tuple(map(read_explanation, message.because)),
    )
