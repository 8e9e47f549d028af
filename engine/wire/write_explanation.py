"""Explanations to messages: written only where they are asked for."""

from __future__ import annotations

from quotewright.v1 import explanation_pb2 as pb

from engine.trace import Explanation
from engine.wire.wire_format import fill
from engine.wire.write_approval import named_fact_text


def write_explanation(explanation: Explanation, message: pb.Explanation) -> None:
    """Fill an empty message with an explanation and all that it follows from."""
    message.subject = explanation.subject
    message.outcome = explanation.outcome
    message.text = explanation.text
    message.rule_id = explanation.rule_id
    message.file = explanation.file
    message.line = explanation.line
    message.cell = explanation.cell
    for name, value in explanation.facts:
        fill(message.facts.add(), named_fact_text(name, value))
    for cause in explanation.because:
        write_explanation(cause, message.because.add())
