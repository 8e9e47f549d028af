"""The integrator's guide cannot drift: it names every method, every reason and every limit, and its examples run."""

import re
from pathlib import Path

import pytest
from quotewright.v1 import catalog_service_pb2, quote_service_pb2, rulebook_service_pb2

from engine.quote import MAX_LINES
from engine.service.errors import CODES
from engine.service.grpc_server import EVERYBODY, MAX_STREAMS
from engine.wire.pages import MAX_PAGE_SIZE
from engine.wire.violations import MAX_COUPONS, MAX_DEPTH, MAX_FACTS, MAX_NAME, MAX_TEXT, Reason

GUIDE = (Path(__file__).parents[3] / "docs/integrators-guide.md").read_text(encoding="utf-8")
FILES = (catalog_service_pb2, quote_service_pb2, rulebook_service_pb2)
METHODS = [
    f"{service.name}.{method.name}"
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_described(method):
    service, name = method.split(".")
    rows = [row.split("|")[1] for row in GUIDE.splitlines() if row.startswith(f"| `{service}.")]
    assert any(f"`{method}`" in row or f"`{name}`" in row for row in rows)


def test_every_reason_is_named():
    told = GUIDE.split("### Reasons of violations")[1].split("Pricing adds")[0]
    assert set(re.findall(r"`([A-Z_]+)`", told)) == {reason.value for reason in Reason}


def test_every_status_code_is_explained():
    from google.rpc import code_pb2

    for code in {*CODES.values(), code_pb2.INTERNAL, code_pb2.UNAVAILABLE}:
        assert f"| `{code_pb2.Code.Name(code)}` |" in GUIDE


def test_limits_are_those_of_the_code():
    limits = dict(re.findall(r"^\| ([^|`]+) \| ([^|]+) \|$", GUIDE.split("## Limits")[1].split("## ")[0], re.MULTILINE))
    assert limits["lines of a quote"] == f"{MAX_LINES:,}"
    assert limits["an id, SKU, name of a fact"] == f"{MAX_NAME} characters"
    assert limits["a text: a fact, a reason"] == f"{MAX_TEXT:,} characters"
    assert limits["facts of a customer, a quote or a line"] == f"{MAX_FACTS:,}"
    assert limits["coupons"] == str(MAX_COUPONS)
    assert limits["nesting of bundles"] == f"{MAX_DEPTH} levels"
    assert limits["items a page"] == f"{MAX_PAGE_SIZE:,}"
    assert limits["a request"] == f"{EVERYBODY.max_request_bytes // 2**20} MiB"
    assert limits["open streams of one server process"] == str(MAX_STREAMS)
