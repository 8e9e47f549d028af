"""`make run` without make: the sample rulebook, catalogue and quote, through a server, as a newcomer sees them."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "engine.commands", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, env={"COLUMNS": "120", "PATH": ""},
    )  # fmt: skip


def test_the_demo_prices_the_sample_quote():
    result = run("demo", "--once", "--address", "127.0.0.1:0")
    assert result.returncode == 0, result.stderr
    for told in ("== Importing the sample catalogue", "== Starting the server", "== Pricing rules/sample/quotes/"):
        assert told in result.stdout
    assert "Quote Q-2026-0017 in EUR" in result.stdout
    assert re.search(r"automatic .* -\d+ % .* pricing/\w+\.\w+:\d+", result.stdout)
    assert re.search(r"Net \(total contract value\) .* [\d,.]+ EUR", result.stdout)
    assert re.search(r"Rulebook [0-9a-f]{32}, catalogue [0-9a-f]{32}", result.stdout)
    assert "Traceback" not in result.stderr


def test_the_demo_tells_a_port_in_use(address):
    result = run("demo", "--once", "--address", address)
    assert result.returncode == 2
    assert "the port is in use" in result.stderr
    assert "the server did not start (exit code 2)" in result.stderr


def test_every_sample_quote_can_be_priced():
    quotes = sorted((ROOT / "rules/sample/quotes").iterdir())
    assert quotes
    for path in quotes:
        result = run("price", str(path), "--json")
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["lines"]
