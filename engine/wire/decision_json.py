"""Decisions as JSON, with the field names of decision.proto and figures as text."""

from __future__ import annotations

from google.protobuf import json_format
from quotewright.v1 import decision_pb2 as pb

from engine.decision import Decision
from engine.wire.write_decision import write_decision


def decision_json(decision: Decision) -> str:
    """The decision as indented JSON, fields in the order of the contract; fields that are not given are left out."""
    message = pb.Decision()
    write_decision(decision, message)
    return message_json(message)


def message_json(message: pb.Decision) -> str:
    """As `decision_json`, of a decision as it is sent."""
    return json_format.MessageToJson(message, preserving_proto_field_name=True, indent=2, ensure_ascii=False)
