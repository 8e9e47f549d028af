"""Rule to message: what a rulebook tells about each of its rules."""

from __future__ import annotations

from quotewright.v1 import rulebook_service_pb2 as pb

from engine.snapshot import RuleInfo


def write_rule(rule: RuleInfo, message: pb.Rule) -> None:
    """Fill an empty message with a rule."""
    message.id = rule.id
    message.kind = rule.kind
    message.file = rule.file
    message.line = rule.line
    message.step = rule.step
    message.stacking_group = rule.stacking_group
    message.priority = rule.priority
    message.description = rule.description
    message.action = rule.action
    message.condition = rule.condition
