"""The command `configure`: a session line by line, contradictions, bad input, and facts about feature models."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import main

ROOT = Path(__file__).parents[3]
PIZZA = """\
features
    Pizza
        mandatory
            Size
                alternative
                    Normal
                    Big
        optional
            CheesyCrust
            Never
constraints
    CheesyCrust => Big
    !Never
"""


def configure(*arguments, typed=""):
    return CliRunner().invoke(main, ["configure", *map(str, arguments)], input=typed)


def answers(result):
    """What was answered to each line typed."""
    return [part.strip("\n").splitlines() for part in result.output.split("SRV-R1> ")[1:]]


def test_a_session():
    result = configure(
        "SRV-R1", typed="CPU-32\nwhy PSU-0800\nnot RAID-08\n2 x SSD-1920\nshow power\nundo CPU-32\nquit\n"
    )
    assert result.exit_code == 0
    first, why, _, conflict, power, undone, _ = answers(result)
    assert "  [x] power/PSU-1200  Power supply 1200 W  <- Power supply: exactly 1" in first
    assert any(line.startswith("   -  power/PSU-0800") and "32 cores" in line for line in first)
    assert why[0] == "  PSU-0800 is excluded because:"
    assert why[-1] == "    chosen: CPU-32"
    assert conflict[0] == "  that contradicts:"
    assert "  it would do to give up not RAID-08" in conflict
    assert power[0] == "Power supply (exactly 1)"
    assert any("PSU-0800" in line and "[x]" in line for line in undone)


def test_bad_lines_change_nothing():
    result = configure("SRV-R1", typed="CPU-33\n99 x MEM-016\nrack_depth = deep\nundo CPU-16\nwhy CPU-99\n\nhelp\n")
    assert result.exit_code == 0
    unknown, many, depth, undo, why, empty, help_, _ = answers(result)
    assert unknown == ["  SRV-R1 has no option or attribute 'CPU-33'; did you mean 'CPU-32'?"]
    assert many == ["  MEM-016: the quantity is 1 to 16, found 99"]
    assert depth[0].startswith("  rack_depth: expected one of 600, 700")
    assert undo == ["  you did not choose 'CPU-16'; chosen: nothing"]
    assert "did you mean" in why[0]
    assert empty == []
    assert help_[0].startswith("  OPTION")


def test_whole_configurations():
    result = configure("SRV-R1", typed="CPU-16\nrack_depth = 800\ncomplete\ncheapest EUR\ncheapest XYZ\n")
    _, depth, whole, cheap, unpriced, _ = answers(result)
    assert any("rack_depth=800" in line and "your choice" in line for line in depth)
    assert "  1 x processor/CPU-16  Processor 16 cores, 2.9 GHz" in whole
    assert cheap[-1].endswith("EUR (the cheapest)")
    assert "without a price" in unpriced[-1]


def test_products_and_dates_that_are_none():
    result = configure("SRV-R9")
    assert result.exit_code == 1
    assert "did you mean 'SRV-R1'?" in result.stderr
    assert configure("SRV-R1", "--date", "soon").exit_code == 2
    assert configure("nothing.uvl").exit_code == 2


def test_facts_of_a_feature_model(tmp_path):
    path = tmp_path / "pizza.uvl"
    path.write_text(PIZZA, encoding="utf-8")
    result = configure(path, "--facts")
    assert result.output.splitlines() == [
        "6 options, 10 constraints",
        "core (2): Pizza, Size",
        "dead (1): Never",
        "number of configurations: 3",
    ]
    session = configure(path, typed="CheesyCrust\nwhy Normal\n")
    assert "  Normal is excluded because:" in session.output
    assert "    CheesyCrust => Big (pizza.uvl:12:5)" in session.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("features\n  A\n    mandatory\n      B\nconstraints\n  A => C\n", "the model has no feature 'C'"),
        ("", "the file has no features"),
    ],
)
def test_broken_feature_models(tmp_path, text, message):
    path = tmp_path / "broken.uvl"
    path.write_text(text, encoding="utf-8")
    result = configure(path, "--facts")
    assert result.exit_code == 2
    assert message in result.stderr
