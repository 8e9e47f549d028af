"""The Python examples of the guide and the README run against a server on the samples."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def examples(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "QuotewrightClient" in block]


@pytest.fixture(scope="module")
def sample_address(start):
    return start("--address", "127.0.0.1:0")[1]


@pytest.mark.parametrize("name", ["README.md", "docs/integrators-guide.md"])
def test_examples_run(name, sample_address, capsys):
    blocks = examples(name)
    assert blocks
    for block in blocks:
        assert '"localhost:50051"' in block
        exec(compile(block.replace('"localhost:50051"', repr(sample_address)), name, "exec"), {})
        assert re.fullmatch(r"[0-9.]+ EUR\n", capsys.readouterr().out)


def without_line_numbers(text):
    """Cells of table rows; line numbers change with every edit of the sample's files."""
    rows = [re.sub(r":\d+", ":N", line).strip("│ ").split("│") for line in text.splitlines()]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) & set("━─")]


def test_the_waterfall_of_the_readme_is_what_is_shown():
    where = ["--rules", "rules/sample", "--catalog", "catalog/sample", "--line", "cables"]
    quote = "rules/sample/quotes/data-center.yaml"
    result = subprocess.run(
        [sys.executable, "-m", "engine.commands", "price", quote, *where],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True, env={"COLUMNS": "110", "PATH": ""},
    )  # fmt: skip
    shown = without_line_numbers(result.stdout)
    block = (ROOT / "README.md").read_text(encoding="utf-8").split("```\nWaterfall of line")[1].split("```")[0]
    told = without_line_numbers("Waterfall of line" + block)
    start = shown.index(told[0])
    assert shown[start : start + len(told)] == told
