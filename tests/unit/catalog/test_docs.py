"""docs/catalogue.md cannot drift: its examples run, and it names every file, field and value there is."""

import re
from pathlib import Path

import pytest

from catalog.importers import layout
from catalog.importers.read import read_catalog
from catalog.price import (
    BillingPeriod,
    PackageRounding,
    PercentBase,
    ProrationMethod,
    ScopeKind,
    Selection,
    TierBasis,
    TierBounds,
    TierScope,
)
from catalog.product import (
    AttributeOwner,
    AttributeType,
    ChargeType,
    OptionPricing,
    ProductStatus,
    QuantityRule,
)

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
FIELDS = TEXT[TEXT.index("## Fields") : TEXT.index("## What is checked")]
ENUMERATIONS = (
    AttributeOwner,
    AttributeType,
    BillingPeriod,
    ChargeType,
    OptionPricing,
    PackageRounding,
    PercentBase,
    ProductStatus,
    ProrationMethod,
    QuantityRule,
    ScopeKind,
    Selection,
    TierBasis,
    TierBounds,
    TierScope,
)


def test_the_yaml_example_is_a_catalogue(tmp_path):
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "catalog.yaml").write_text(example, encoding="utf-8")
    imported = read_catalog(tmp_path / "catalog.yaml")
    assert not len(imported.findings)
    assert len(imported.usable().prices) == 6


def test_the_csv_examples_are_a_catalogue(tmp_path):
    examples = re.findall(r"`(\w+\.csv)`:\n\n```csv\n(.*?)```", TEXT, re.DOTALL)
    assert {name for name, _ in examples} == set(layout.CSV_COLUMNS)
    for name, example in examples:
        (tmp_path / name).write_text(example, encoding="utf-8")
    imported = read_catalog(tmp_path)
    assert [str(finding.message) for finding in imported.findings] == []
    assert imported.usable().products["SRV-1"].bundle is not None


def test_the_python_example_runs(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog").symlink_to(ROOT / "catalog")
    exec(compile(example, "docs/catalogue.md", "exec"), {})
    assert (tmp_path / "catalog.db").exists()


def section(name):
    return FIELDS[FIELDS.index(f"### {name}") :].split("\n### ")[0]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("attributes", layout.ATTRIBUTES),
        ("products", layout.PRODUCTS | layout.COSTS | layout.GROUPS | layout.OPTIONS),
        ("customers", layout.CUSTOMERS),
        ("price_lists", layout.PRICE_LISTS),
        ("prices", layout.PRICES | layout.TIERS | layout.BLOCK_TIERS),
        ("exchange_rates", layout.EXCHANGE_RATES),
    ],
)
def test_every_field_is_described_and_no_other(name, fields):
    text = section(name)
    described = set(re.findall(r"`([a-z_]+)`", text))
    assert fields - described == set()
    values = {item.value for kind in ENUMERATIONS for item in kind}
    csv_only = {"group", "group_name", "bundle_sku", "option_sku", "path"}
    assert described - fields - values - csv_only - set(layout.MODEL_FIELDS) - {"piece", "cost_currency"} <= {
        "price_list"
    }


def test_every_section_csv_column_model_and_value_is_described():
    for name in layout.SECTIONS:
        assert f"### {name}\n" in FIELDS
    for file, columns in layout.CSV_COLUMNS.items():
        assert f"`{file}`" in TEXT
        assert [column for column in columns - {"price_id"} if f"`{column}`" not in FIELDS] == []
    for model in layout.MODEL_FIELDS:
        assert f"`{model}`" in FIELDS
    for kind in ENUMERATIONS:
        assert [item.value for item in kind if f"`{item.value}`" not in FIELDS] == []
