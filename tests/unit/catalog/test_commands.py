"""The commands, from files to the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from catalog import store
from catalog.sample import FOLDER
from engine.commands.catalog import catalog

CASES = Path(__file__).parents[2] / "cases" / "catalog"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    path = tmp_path_factory.mktemp("commands") / "catalog.db"
    result = CliRunner().invoke(catalog, ["import", str(FOLDER), "--into", str(path)])
    assert result.exit_code == 0, result.output
    assert "64 products, 215 prices in 11 price lists, 10 customers; version " in result.output
    return path


def run(*arguments):
    result = CliRunner().invoke(catalog, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_an_import_with_errors_shows_them_and_leaves_the_database(database):
    before = store.load(database).version
    result = run("import", CASES / "csv-tiers", "--into", database)
    assert result.exit_code == 1
    assert (
        "tiers.csv:8:9: error[wrong-value]: the tier from 8 overlaps the tier before, which ends at 10" in result.output
    )
    assert f"12 errors in {CASES / 'csv-tiers'}; {database} is left as it was" in result.output
    assert store.load(database).version == before


def test_of_very_many_findings_the_first_are_shown(tmp_path):
    (tmp_path / "products.csv").write_text("sku,name,category,charge_type\n" + "A,A,x,never\n" * 60, encoding="utf-8")
    (tmp_path / "price_lists.csv").write_text("id,currency\nusd,USD\n", encoding="utf-8")
    (tmp_path / "prices.csv").write_text("price_list,category,unit_price\nusd,x,1\n", encoding="utf-8")
    result = run("import", tmp_path, "--into", tmp_path / "catalog.db")
    assert result.exit_code == 1
    assert "... and 69 more" in result.output
    assert not (tmp_path / "catalog.db").exists()


def test_a_warning_is_shown_and_does_not_hinder(tmp_path):
    file = tmp_path / "catalog.yaml"
    file.write_text(
        "customers: [{id: A, segment: SMB}]\n"
        "price_lists: [{id: usd, currency: USD, scope: segment, scope_values: [SNB]}]\n",
        encoding="utf-8",
    )
    result = run("import", file, "--into", tmp_path / "catalog.db")
    assert result.exit_code == 0
    assert "warning[unknown-name]: no customer is of segment 'SNB'" in result.output
    assert "hint: did you mean 'SMB'?" in result.output


def test_an_import_over_a_foreign_file_is_refused(tmp_path):
    other = tmp_path / "other.db"
    other.write_text("something else entirely, which must not be lost", encoding="utf-8")
    result = run("import", FOLDER, "--into", other)
    assert result.exit_code == 1
    assert "file is not a database" in result.output
    assert other.read_text(encoding="utf-8").startswith("something else")


def test_list_shows_a_category_with_those_below(database):
    result = run("list", "--from", database, "--category", "hardware/servers")
    assert [line.split()[1] for line in result.output.splitlines() if "SRV-" in line] == ["SRV-R1", "SRV-R2", "SRV-T1"]
    assert "3 products; catalogue version " in result.output


def test_list_says_what_it_leaves_out(database):
    assert "64 products, the first 2 shown;" in run("list", "--from", database, "--limit", 2).output


def test_list_of_an_unknown_category_names_the_nearest(database):
    result = run("list", "--from", database, "--category", "hardware/server")
    assert result.exit_code == 1
    assert "unknown category 'hardware/server'; did you mean 'hardware/servers'?" in result.output


def test_show_tells_all_of_a_product(database):
    output = run("show", "SRV-R1", "--from", database).output
    for text in (
        "SRV-R1: Northbeam R1 rack server",
        "1180.00 USD",
        "Processor: 1 to 1",
        "CPU-08 Processor 8 cores, 3.2 GHz: 1 to 2, 1 proposed, list price, default",
        "140.00 USD",
        "cost at 26 % margin",
        "customer AURORA, AURORA-FR",
        "2026-01-01 to 2027-12-31",
        "prices-usd.yaml:",
    ):
        assert text in output, text


@pytest.mark.parametrize(
    ("sku", "told"),
    [
        ("PLT-USER-M", "graduated: to 25: 24.00;"),
        ("PLT-DEVICE-M", "75.00 USD for each 50"),
        ("PLT-ANALYTICS-M", "block: to 10: 150.00 in all;"),
        ("SUP-STD", "18 % of net of supported, at least 450.00"),
        ("CAB-FIB", "volume over the product: to 50: 3.20"),
        ("USE-SMS", "at least 500 charged"),
        ("PLT-SSO-M", "at least 150.00 USD"),
    ],
)
def test_show_puts_charge_models_into_words(database, sku, told):
    joined = " ".join(
        " ".join(cell.strip() for cell in line.split("│"))
        for line in run("show", sku, "--from", database).output.splitlines()
    )
    words = " ".join(joined.split())
    assert all(word in words for word in told.split())


def test_show_of_an_unknown_sku_names_the_nearest(database):
    result = run("show", "SRV-R3", "--from", database)
    assert result.exit_code == 1
    assert "unknown SKU 'SRV-R3'; did you mean 'SRV-R1'?" in result.output


def test_a_missing_database_is_told(tmp_path):
    result = run("list", "--from", tmp_path / "none.db")
    assert result.exit_code == 1
    assert "does not exist" in result.output


def test_help_describes_every_command_and_option():
    for command in ("import", "list", "show"):
        text = run(command, "--help").output
        assert "--" in text
        assert "docs/catalogue.md" in text or command != "import"
