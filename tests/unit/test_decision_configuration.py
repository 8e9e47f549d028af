"""Configured lines of a quote are validated in the same decision that prices them."""

from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.compile import load_snapshot
from engine.decision import decide
from engine.quote import QuoteRejectedError
from engine.wire.quote_file import read_quote_file
from engine.wire.read_quote import read_quote

RULES = Path(__file__).parents[2] / "rules" / "sample"


@pytest.fixture(scope="module")
def snapshot():
    return load_snapshot(RULES, read_catalog(FOLDER).usable())


def decided(snapshot, *components):
    chosen = ", ".join(components)
    lines = f"[{{sku: SRV-R1, quantity: 2, components: [{chosen}]}}]"
    text = f"{{currency: EUR, price_date: 2026-03-16, lines: {lines}}}"
    return decide(snapshot, read_quote(read_quote_file(text, "quote").message))


VALID = ("{sku: CPU-16, quantity: 2}", "{sku: MEM-064, quantity: 8}", "{sku: NIC-1G4}", "{sku: PSU-0800, quantity: 2}")


def test_a_valid_configuration_is_priced_without_a_word(snapshot):
    pricing = decided(snapshot, *VALID, "{sku: SSD-1920, quantity: 4}", "{sku: RAID-08}").pricing
    assert len(pricing.lines) == 7
    assert not pricing.notices


def test_a_broken_constraint_refuses_the_quote_and_names_its_place(snapshot):
    with pytest.raises(QuoteRejectedError) as refusal:
        decided(snapshot, *VALID, "{sku: SSD-1920, quantity: 4}")
    assert [(item.field, item.reason) for item in refusal.value.violations] == [
        ("lines[0].components", "CONFIGURATION")
    ]
    message = refusal.value.violations[0].message
    assert message.startswith("SAS drives need the RAID controller (sas-controller, configuration/SRV-R1.yaml:")


def test_every_broken_constraint_is_told(snapshot):
    with pytest.raises(QuoteRejectedError) as refusal:
        decided(
            snapshot,
            *VALID[:1],
            "{sku: MEM-064, quantity: 12}",
            "{sku: MEM-032, quantity: 8}",
            *VALID[2:],
            "{sku: SSD-1920, quantity: 4}",
        )
    told = " ".join(item.message for item in refusal.value.violations)
    assert "There are 16 memory slots" in told
    assert "SAS drives need the RAID controller" in told


def test_the_defaults_of_a_bundle_are_a_valid_configuration(snapshot):
    text = "{currency: EUR, price_date: 2026-03-16, lines: [{sku: SRV-R1, quantity: 1}]}"
    assert decide(snapshot, read_quote(read_quote_file(text, "quote").message)).pricing.lines
