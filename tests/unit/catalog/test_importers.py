"""Files with mistakes: every case is a folder whose findings are written down in its expected.txt."""

import dataclasses
from pathlib import Path

import pytest

from catalog.importers.build import Sections
from catalog.importers.layout import SECTIONS
from catalog.importers.read import read_catalog
from engine.diagnostics import Code, RejectedError, render

CASES = Path(__file__).parents[2] / "cases" / "catalog"


@pytest.mark.parametrize("case", sorted(folder.name for folder in CASES.iterdir() if folder.is_dir()))
def test_all_mistakes_of_the_case_are_found(case):
    imported = read_catalog(CASES / case)
    texts = imported.texts()
    found = "\n".join(render(finding, texts) for finding in imported.findings.sorted()) + "\n"
    assert found == (CASES / case / "expected.txt").read_text(encoding="utf-8")
    assert imported.catalog is None
    with pytest.raises(RejectedError):
        imported.usable()


def test_there_are_cases():
    assert len(list(CASES.glob("*/expected.txt"))) >= 12


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


PRODUCTS = "sku,name,category,charge_type\nA,Alpha,x,one_time\n"
LISTS = "id,currency\nusd,USD\n"
PRICES = "price_list,sku,unit_price\nusd,A,1.50\n"


def test_a_byte_order_mark_and_any_line_ends_are_taken(tmp_path):
    plain = read_catalog(write(tmp_path, products=PRODUCTS, price_lists=LISTS, prices=PRICES)).usable()
    marked = {
        "products": b"\xef\xbb\xbf" + PRODUCTS.replace("\n", "\r\n").encode(),
        "price_lists": b"\xef\xbb\xbf" + LISTS.replace("\n", "\r").encode(),
        "prices": PRICES.rstrip("\n"),
    }
    assert read_catalog(write(tmp_path, **marked)).usable() == plain


def test_the_version_does_not_depend_on_the_order_of_rows_or_columns(tmp_path):
    products = "charge_type,sku,name,category\none_time,B,Beta,x\none_time,A,Alpha,x\n"
    prices = "unit_price,sku,price_list\n2,B,usd\n1.50,A,usd\n"
    other = read_catalog(write(tmp_path, products=products, price_lists=LISTS, prices=prices)).usable()
    more_products = PRODUCTS + "B,Beta,x,one_time\n"
    more_prices = PRICES + "usd,B,2\n"
    again = read_catalog(write(tmp_path, products=more_products, price_lists=LISTS, prices=more_prices)).usable()
    assert again.version == other.version
    assert [str(entry.span) for entry in again.prices.values()] == ["prices.csv:2", "prices.csv:3"]


def test_csv_and_yaml_of_the_same_content_have_the_same_version(tmp_path):
    bundles = "bundle_sku,group,group_name,min,max,option_sku,quantity,default,own_prices.EUR,pricing\n"
    folder = write(
        tmp_path,
        products="sku,name,category,charge_type,tags,attributes.colour,component_prices_visible\n"
        "A,Alpha,x/y,one_time,new; red ,red,false\nB,Beta,x,recurring,,,\n",
        attributes="name,type,choices\ncolour,choice,red;blue\n",
        costs="sku,amount,currency,valid_to\nA,5.10,USD,2026-06-30\n",
        bundles=bundles + "A,g,Group,1,,B,2,true,1.20,own\n",
        price_lists="id,currency,precision\nusd,USD,3\n",
        prices="id,price_list,sku,category,model,unit_price,billing_period\n,usd,,x,,1.125,\nt,usd,B,,graduated,,year\n",
        tiers="price_id,up_to,unit_price,flat_fee\nt,10,2,\nt,,1,5\n",
    )
    text = """
attributes: [{name: colour, type: choice, choices: [red, blue]}]
products:
  - sku: A
    name: Alpha
    category: x/y
    charge_type: one_time
    tags: [red, new]
    attributes: {colour: red}
    costs: [{amount: 5.10, currency: USD, valid_to: 2026-06-30}]
    component_prices_visible: false
    groups:
      - id: g
        name: Group
        min: 1
        options: [{sku: B, quantity: 2, default: true, pricing: own, own_prices: {EUR: 1.20}}]
  - {sku: B, name: Beta, category: x, charge_type: recurring}
price_lists:
  - id: usd
    currency: USD
    precision: 3
    prices:
      - {category: x, unit_price: 1.125}
      - id: t
        sku: B
        model: graduated
        billing_period: year
        tiers: [{up_to: 10, unit_price: 2}, {unit_price: 1, flat_fee: 5}]
"""
    file = tmp_path / "catalog.yaml"
    file.write_text(text, encoding="utf-8")
    assert read_catalog(file).usable() == read_catalog(folder).usable()


def test_yaml_numbers_never_pass_through_a_float(tmp_path):
    file = tmp_path / "catalog.yaml"
    file.write_text(
        "products: [{sku: A, name: Alpha, category: x, charge_type: one_time}]\n"
        "price_lists: [{id: usd, currency: USD, precision: 12, prices: [{sku: A, unit_price: 0.100000000001}]}]\n",
        encoding="utf-8",
    )
    (price,) = read_catalog(file).usable().prices.values()
    assert str(price.model.unit_price) == "0.100000000001"


def test_yaml_1_2_scalars_are_texts_unless_a_field_wants_more(tmp_path):
    file = tmp_path / "catalog.yaml"
    file.write_text(
        "products:\n  - {sku: 007, name: on, category: 2026-01-01, charge_type: usage, family: no, unit: 1:30}\n",
        encoding="utf-8",
    )
    (product,) = read_catalog(file).usable().products.values()
    assert (product.sku, product.name, product.category) == ("007", "on", "2026-01-01")
    assert (product.family, product.unit) == ("no", "1:30")


def test_very_many_wrong_references_are_all_told_and_the_first_get_hints(tmp_path):
    prices = "price_list,sku,unit_price\n" + "".join(f"usd,A{n},1\n" for n in range(20_000))
    imported = read_catalog(write(tmp_path, products=PRODUCTS, price_lists=LISTS, prices=prices))
    unknown = [finding for finding in imported.findings if finding.code is Code.UNKNOWN_NAME]
    assert len(unknown) == 20_000
    assert unknown[0].hint == "did you mean 'A'?"
    assert unknown[-1].hint == ""


def test_a_deep_chain_of_bundles_needs_no_deep_recursion(tmp_path):
    count = 5_000
    products = "sku,name,category,charge_type\n" + "".join(f"S{n},N,x,one_time\n" for n in range(count))
    chain = "bundle_sku,group,option_sku\n" + "".join(f"S{n},g,S{(n + 1) % count}\n" for n in range(count))
    found = read_catalog(
        write(
            tmp_path,
            products=products,
            price_lists=LISTS,
            prices="price_list,category,unit_price\nusd,x,1\n",
            bundles=chain,
        )
    )
    assert [finding.code for finding in found.findings] == [Code.CYCLE]


@pytest.mark.parametrize("name", ["catalog.txt", "missing.yaml"])
def test_a_file_of_no_known_kind_is_told(tmp_path, name):
    (tmp_path / "catalog.txt").write_text("x", encoding="utf-8")
    (finding,) = read_catalog(tmp_path / name).findings
    assert finding.code in {Code.FILE_UNREADABLE, Code.FILE_MISSING}


def test_an_empty_folder_misses_the_files_it_needs(tmp_path):
    found = [str(finding.span) for finding in read_catalog(tmp_path).findings]
    assert found == ["products.csv", "price_lists.csv", "prices.csv"]


def test_prices_of_a_list_that_selects_the_lowest_may_be_alike_when_they_have_ids(tmp_path):
    lists = "id,currency,selection\nusd,USD,lowest\n"
    alike = "id,price_list,sku,unit_price\n,usd,A,1\n,usd,A,2\n"
    (finding,) = read_catalog(write(tmp_path, products=PRODUCTS, price_lists=lists, prices=alike)).findings
    assert str(finding.span) == "prices.csv:3"
    assert finding.message == "like the price at prices.csv:2; give one of them an id to tell them apart"
    named = alike.replace(",usd,A,2", "second,usd,A,2")
    assert len(read_catalog(write(tmp_path, products=PRODUCTS, price_lists=lists, prices=named)).usable().prices) == 2


@pytest.mark.parametrize(
    "rows", [("usd:A,usd,,x,1", ",usd,A,,2"), (",usd,A,,2", "usd:A,usd,,x,1"), ("p,usd,A,,1", "p,usd,,x,2")]
)
def test_no_two_prices_have_the_same_id_even_where_one_was_made(tmp_path, rows):
    prices = "id,price_list,sku,category,unit_price\n" + "".join(f"{row}\n" for row in rows)
    (finding,) = read_catalog(write(tmp_path, products=PRODUCTS, price_lists=LISTS, prices=prices)).findings
    assert (finding.code, str(finding.span)) == (Code.DUPLICATE, "prices.csv:3")
    assert "is given twice, first at prices.csv:2" in finding.message


def test_a_control_character_in_yaml_is_found_by_its_place(tmp_path):
    file = tmp_path / "catalog.yaml"
    file.write_text("customers:\n  - {id: é\x07}\n", encoding="utf-8")
    (finding,) = read_catalog(file).findings
    assert str(finding.span) == "catalog.yaml:2:11"
    assert finding.message == r"no valid YAML: found the control character '\x07'"


def test_the_sections_of_a_yaml_file_are_those_that_are_built():
    assert {field.name for field in dataclasses.fields(Sections)} == SECTIONS
