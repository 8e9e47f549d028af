"""The version of the engine: of the package and of its source files, so that two states of one version differ."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("engine", "catalog")


@cache
def engine_version() -> str:
    """For example "0.1.0+3f29c1d0a4b7": after the plus, a hash of everything that can change a decision."""
    digest = hashlib.sha256()
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            for text in (path.relative_to(ROOT).as_posix().encode(), path.read_bytes()):
                digest.update(len(text).to_bytes(8, "big") + text)
    try:
        package = version("quotewright")
    except PackageNotFoundError:
        package = "0"
    return f"{package}+{digest.hexdigest()[:12]}"
