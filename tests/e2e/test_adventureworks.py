"""What AdventureWorks charged in 2011 comes out of the server again, by a rulebook of three rules."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "adventureworks"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the AdventureWorks data is not at {DATA}")


def reconcile(orders, lines, *arguments):
    command = [sys.executable, "-m", "engine.commands", "reconcile", str(orders), str(lines), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def adventureworks(start):
    rules = ROOT / "rules" / "adventureworks"
    return start("--rules", str(rules), "--catalog", str(DATA), "--address", "127.0.0.1:0")[1]


@needs_data
def test_every_price_and_subtotal_through_the_server(adventureworks):
    result = reconcile(DATA / "orders.csv", DATA / "order_lines.csv", "--server", adventureworks)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2,728 of 2,728 unit prices are exactly what was charged\n" in result.stdout
    assert "755 of 755 subtotals are within 0.0001\n" in result.stdout
    assert f"priced by the server at {adventureworks} in " in result.stdout


@needs_data
def test_what_differs_is_told(tmp_path):
    lines = (DATA / "order_lines.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "43662,30,BK-R50R-52,3,1,419.4589,0"
    (tmp_path / "lines.csv").write_text("\n".join([lines[0], lines[1].replace("419.4589", "419.4588")]), "utf-8")
    (tmp_path / "orders.csv").write_text(
        "order_id,order_date,channel,subtotal\n43662,2011-05-31,reseller,1258.3800\n", "utf-8"
    )
    result = reconcile(
        tmp_path / "orders.csv", tmp_path / "lines.csv", "--rules", "rules/adventureworks", "--catalog", str(DATA)
    )
    assert result.returncode == 1
    assert "SKU BK-R50R-52 was charged at 419.4588, the rulebook gives 419.4589" in result.stdout
    assert "order 43662: was charged 1258.3800, the rulebook gives 1258.3767" in result.stdout


def test_bad_files_are_told(tmp_path):
    orders, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    orders.write_text("order_id,order_date\n1,2026-01-01\n", "utf-8")
    lines.write_text("order_id,line_no,product_number,quantity,unit_price\n1,1,A,1,9.99\n", "utf-8")
    result = reconcile(orders, lines)
    assert result.returncode == 2
    assert "the columns subtotal are missing" in result.stderr
    orders.write_text('order_id,order_date,subtotal\n1,2026-01-01,"9,99"\n', "utf-8")
    result = reconcile(orders, lines)
    assert result.returncode == 2
    assert "orders.csv:2: subtotal: expected a decimal" in result.stderr
