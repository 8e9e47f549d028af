"""The contract: every message, field, value and method is commented, and enums begin with a value that says nothing."""

import re
from pathlib import Path

import pytest
from quotewright.v1 import (
    approval_pb2,
    approval_service_pb2,
    catalog_service_pb2,
    configuration_pb2,
    configuration_service_pb2,
    credit_pb2,
    credit_service_pb2,
    decision_pb2,
    decision_service_pb2,
    explanation_pb2,
    quote_pb2,
    quote_service_pb2,
    renewal_service_pb2,
    rulebook_service_pb2,
)

FILES = (
    approval_pb2,
    approval_service_pb2,
    catalog_service_pb2,
    configuration_pb2,
    configuration_service_pb2,
    credit_pb2,
    credit_service_pb2,
    decision_pb2,
    decision_service_pb2,
    explanation_pb2,
    quote_pb2,
    quote_service_pb2,
    renewal_service_pb2,
    rulebook_service_pb2,
)
FOLDER = Path(__file__).parents[3] / "proto/quotewright/v1"
DECLARATION = re.compile(
    r"^\s*(message|enum|service|rpc|oneof|(?:(?:repeated|optional) )?[\w.<>, ]+ \w+ = \d+;|[A-Z_]+ = \d+;)"
)


def test_all_files_are_looked_at():
    assert {Path(file.DESCRIPTOR.name).name for file in FILES} == {path.name for path in FOLDER.glob("*.proto")}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.proto")), ids=lambda path: path.name)
def test_everything_declared_has_a_comment_before_it(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    declared = [number for number, line in enumerate(lines) if DECLARATION.match(line)]
    assert declared
    assert [lines[number] for number in declared if not lines[number - 1].strip().startswith("//")] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.DESCRIPTOR.name)
def test_no_float_carries_a_figure(file):
    floats = {1, 2}  # TYPE_DOUBLE, TYPE_FLOAT
    fields = [field for message in file.DESCRIPTOR.message_types_by_name.values() for field in message.fields]
    assert [field.full_name for field in fields if field.type in floats] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.DESCRIPTOR.name)
def test_enums_begin_with_unspecified(file):
    for enum in file.DESCRIPTOR.enum_types_by_name.values():
        assert enum.values_by_number[0].name.endswith("_UNSPECIFIED")
