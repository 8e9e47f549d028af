"""The pricing manager's guide, run from an empty folder: its commands work, and print what it shows."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DRAW = ROOT / "docs" / "pictures" / "draw.py"
SOMETHING_DIFFERS = ("quotewright diff rules next", "quotewright test next --catalog catalog")
"""Commands of the guide that end with exit code 1, since it is their news that something differs."""


@pytest.fixture(scope="module")
def draw():
    spec = importlib.util.spec_from_file_location("draw", DRAW)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands(content):
    """Each command of a block with the lines that it is shown to print."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, [line for line in output.splitlines() if line.strip()]


def squeezed(text):
    return re.sub(r"[ \t]+", " ", text)


def test_from_an_empty_folder_to_an_active_release(draw, tmp_path):
    count = 0
    for language, content in draw.blocks(draw.GUIDE.read_text(encoding="utf-8")):
        if language == "diff":
            draw.apply_diff(content, tmp_path)
            continue
        for command, shown in commands(content):
            count += command.startswith("quotewright ")
            result = draw.run(command, tmp_path)
            printed = squeezed(result.stdout + result.stderr)
            assert result.returncode == int(command in SOMETHING_DIFFERS), f"{command}\n{printed}"
            for line in shown:
                for part in line.split("..."):
                    assert squeezed(part.strip()) in printed, f"{command} does not print {part!r}:\n{printed}"
    assert count == 10
    assert (tmp_path / "effect.html").stat().st_size > 10_000


def test_the_pictures_show_what_the_commands_print_and_load_nothing(draw):
    for name in draw.DRAWN.values():
        picture = (draw.PICTURES / name).read_text(encoding="utf-8")
        assert "quotewright&#160;" in picture
        assert "@font-face" not in picture
        assert not re.findall(r"(?:href|src)=[\"']http|url\(['\"]?http", picture)


def test_every_command_of_the_guide_is_one_of_ours(draw):
    text = draw.GUIDE.read_text(encoding="utf-8")
    from engine.commands import COMMANDS

    assert set(re.findall(r"`?quotewright (\w+)", text)) <= {*COMMANDS}
