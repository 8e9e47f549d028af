"""What tests of pricing share: cases of one file written out as catalogue and rulebook, hypothesis without deadline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings

# Property tests of pricing judge results, not speed: a busy machine must not fail them (benchmarks tell times).
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

SECTIONS = {"catalogue": "catalogue.yaml", "rulebook": "rules/rulebook.yaml", "rules": "rules/pricing/rules.yaml"}


def load(path: Path) -> dict[str, Any]:
    # Every scalar stays text, so that no figure passes through a float.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def write_parts(path: Path, folder: Path) -> tuple[Path, Path]:
    """The catalogue file and the rules folder of a case, each part as it is written."""
    text = path.read_text(encoding="utf-8")
    (folder / "rules" / "pricing").mkdir(parents=True)
    documents = {name: block(text, name) for name in SECTIONS}
    documents["rulebook"] = documents["rulebook"] or "name: case\n"
    for name, file in SECTIONS.items():
        if documents[name]:
            head = "rules:\n" if name == "rules" else ""
            (folder / file).write_text(head + documents[name], encoding="utf-8")
    for table, content in (load(path).get("tables") or {}).items():
        (folder / "rules" / "pricing" / table).write_text(content, encoding="utf-8")
    return folder / "catalogue.yaml", folder / "rules"


def block(text: str, name: str) -> str:
    """The lines below a top-level key, so that each part is read by its own reader and not by a test's."""
    lines = text.splitlines()
    if f"{name}:" not in lines:
        return ""
    start = lines.index(f"{name}:") + 1
    end = next((i for i in range(start, len(lines)) if lines[i] and not lines[i].startswith((" ", "#"))), len(lines))
    indent = "  "
    return "\n".join(line.removeprefix(indent) for line in lines[start:end]) + "\n"


@pytest.fixture(scope="session")
def parts_of():
    """The function that writes a case's parts into a folder."""
    return write_parts
