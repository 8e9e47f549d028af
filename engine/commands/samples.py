"""Where the samples lie that commands use unless told otherwise."""

from __future__ import annotations

from pathlib import Path

from catalog.sample import FOLDER

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules" / "sample"
CATALOG = FOLDER
QUOTE = RULES / "quotes" / "data-center.yaml"
