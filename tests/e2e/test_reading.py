"""Catalogue, rulebook, health and reflection over gRPC."""

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from quotewright_client import InvalidRequestError, NotFoundError


def test_a_product(client):
    product = client.get_product("BOLT", price_date="2026-03-01")
    assert (product.sku, product.name, product.category) == ("BOLT", "Bolt", "hardware")
    assert product.attributes["thread"].text == "M8"
    assert [(price.price_list, price.per_unit.unit_price) for price in product.prices] == [("list-eur", "10.00")]
    assert not client.get_product("BOLT").prices
    assert not client.get_product("BOLT", price_date="2026-03-01", currency="JPY").prices


def test_a_product_that_does_not_exist(client):
    with pytest.raises(NotFoundError, match="there is no product 'BOLTS'; did you mean 'BOLT'") as caught:
        client.get_product("BOLTS")
    assert (caught.value.kind, caught.value.name) == ("product", "BOLTS")


def test_products_by_page_and_category(client):
    for page_size in (0, 1, 2, 3, 1000):
        assert [item.sku for item in client.list_products(page_size=page_size)] == ["BOLT", "SAND", "SEAT", "YEN"]
    assert [item.sku for item in client.list_products("hardware", page_size=1)] == ["BOLT", "YEN"]


def test_a_bad_listing_is_told_whole(client):
    with pytest.raises(InvalidRequestError) as caught:
        list(client.list_products("hardwear", price_date="soon", currency="E", page_size=-1))
    assert {(item.field, item.reason) for item in caught.value.violations} == {
        ("category", "UNKNOWN_CATEGORY"),
        ("price_date", "NOT_A_DATE"),
        ("currency", "UNKNOWN_CURRENCY"),
        ("page_size", "OUT_OF_RANGE"),
    }
    assert "did you mean 'hardware'?" in str(caught.value)


def test_the_rulebook(client):
    rulebook = client.get_rulebook()
    assert rulebook.name == "Rules small enough to check by hand"
    assert [(rule.id, rule.file, rule.line, rule.step) for rule in rulebook.rules] == [
        ("volume", "pricing/discounts.yaml", 2, "automatic"),
        ("renewal", "pricing/discounts.yaml", 7, "automatic"),
    ]
    assert rulebook.rules[0].description == "Ten percent from ten pieces on for small businesses"
    assert rulebook.rules[0].condition == 'customer.segment = "SMB" and line.quantity >= 10'
    assert rulebook.total_size == 2


@pytest.mark.parametrize("service", ["", "quotewright.v1.QuoteService", "quotewright.v1.CatalogService"])
def test_health(channel, service):
    stub = health_pb2_grpc.HealthStub(channel)
    reply = stub.Check(health_pb2.HealthCheckRequest(service=service))
    assert reply.status == health_pb2.HealthCheckResponse.SERVING


def test_health_of_what_does_not_exist(channel):
    with pytest.raises(grpc.RpcError) as caught:
        health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service="nothing"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
