"""Configured lines of a quote are validated in the same decision that prices them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.importers.read import read_catalog
from catalog.sample import FOLDER
from engine.approve.durable_chainer import is_available
from engine.approve.route import Router
from engine.compile import load_snapshot
from engine.decision import ApprovalRequest, decide
from engine.quote import QuoteRejectedError
from engine.wire.quote_file import read_quote_file
from engine.wire.read_quote import read_quote

RULES = Path(__file__).parents[2] / "rules" / "sample"


@pytest.fixture(scope="module")
def snapshot():
    return load_snapshot(RULES, read_catalog(FOLDER).usable())


def decided(snapshot, *components, **parts):
    chosen = ", ".join(components)
    lines = f"[{{sku: SRV-R1, quantity: 2, components: [{chosen}]}}]"
    text = f"{{currency: EUR, price_date: 2026-03-16, lines: {lines}}}"
    return decide(snapshot, read_quote(read_quote_file(text, "quote").message), **parts)


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


@pytest.mark.parametrize("durable", [False, True])
def test_what_soft_rules_say_is_a_fact_of_approval(tmp_path, durable):
    if durable and not is_available():
        pytest.skip("durable-rules is not installed")
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "rules/approval/configuration.yaml").write_text(RULE, encoding="utf-8")
    snapshot = load_snapshot(tmp_path / "rules", read_catalog(FOLDER).usable())
    snapshot = replace(snapshot, approval=Router(snapshot.approval.program, durable=durable))
    drives = ("{sku: SSD-1920, quantity: 4}", "{sku: RAID-08}")
    many = ("{sku: CPU-32, quantity: 2}", *VALID[1:3], "{sku: PSU-1200, quantity: 2}")
    told = decided(snapshot, *drives, *many, approval=ApprovalRequest("robin"))
    assert [found.constraint for _, found in told.configuration] == ["licence-for-many-cores"]
    [step] = [step for step in told.approval.steps if step.id == "margin.deal_desk"]
    assert step.reasons[0].values == (("configuration.findings", ["licence-for-many-cores"]),)
    silent = decided(
        snapshot, "{sku: SSD-1920, quantity: 4}", "{sku: RAID-08}", *VALID, approval=ApprovalRequest("robin")
    )
    assert not [step for step in silent.approval.steps if step.reasons[0].rule_id == "many-cores"]


RULE = """
rules:
  - id: many-cores
    when: list contains(configuration.findings, "licence-for-many-cores")
    then: {require: [margin.deal_desk]}
    reason: 32 cores without the data centre edition
"""
