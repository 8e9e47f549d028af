"""Draws the pictures of the pricing manager's guide: what its commands print, as SVG, in a folder of their own.

Run it from the root of the project: python docs/pictures/draw.py
"""
# ruff: noqa: INP001, S603 -- a script on its own that runs the guide's commands

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURES = Path(__file__).parent
GUIDE = PICTURES.parent / "pricing-managers-guide.md"
ROOT = PICTURES.parents[1]
WIDTH = 92
DRAWN = {
    "quotewright price": "waterfall.svg",
    "quotewright test next": "difference.svg",
    "quotewright simulate": "simulation.svg",
}
"""The picture of the first command that begins so."""


def blocks(text: str) -> list[tuple[str, str]]:
    """The code blocks of the guide: language and content."""
    return re.findall(r"```(console|diff)\n(.*?)```", text, re.DOTALL)


def apply_diff(content: str, folder: Path) -> None:
    """Change a file as a block of the guide shows: lines with - give way to lines with +."""
    name = re.search(r"^\+\+\+ (\S+)", content, re.MULTILINE)
    assert name is not None
    path = folder / name[1]
    old = "".join(line[1:] + "\n" for line in content.splitlines() if line.startswith("-") and line[:3] != "---")
    new = "".join(line[1:] + "\n" for line in content.splitlines() if line.startswith("+") and line[:3] != "+++")
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name[1]}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the guide as its reader would."""
    words = command.replace("quotewright ", f"{sys.executable} -m engine.commands ", 1)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT / 'proto'}:{ROOT / 'client'}"}
    environment |= {"COLUMNS": str(WIDTH), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["/bin/sh", "-c", words], cwd=folder, capture_output=True, text=True, timeout=120, check=False, env=environment
    )


def draw(command: str, output: str, path: Path, lines: int = 44) -> None:
    """A picture of a terminal with the first lines of what a command prints."""
    shown = "\n".join(line.rstrip() for line in output.splitlines()[:lines])
    with tempfile.TemporaryFile("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, highlight=False)
        console.print(Text(f"$ {command}", style="bold green"))
        console.print(Text(shown))
        svg = console.export_svg(title="quotewright", unique_id=path.stem)
    # Fonts come from the reader's machine: a document loads nothing from a network.
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    """Run the guide from an empty folder and draw what it shows."""
    left = dict(DRAWN)
    with tempfile.TemporaryDirectory() as temporary:
        for language, content in blocks(GUIDE.read_text(encoding="utf-8")):
            if language == "diff":
                apply_diff(content, Path(temporary))
                continue
            for line in content.splitlines():
                if line.startswith("$ "):
                    result = run(line[2:], Path(temporary))
                    for start in [start for start in left if line[2:].startswith(start)]:
                        draw(line[2:], result.stdout, PICTURES / left.pop(start))


if __name__ == "__main__":
    main()
