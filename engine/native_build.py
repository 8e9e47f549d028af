"""The hot path compiled to machine code: whether it is, and that what is compiled is what the source files say.

`make compiled` builds extension modules beside the source files (`tools/compile_hot_path.py`); Python imports those
in the place of the files, and would go on doing so when a file is edited. The build therefore leaves a record of the
source files as they were, and importing the engine refuses when they are others now.
"""

from __future__ import annotations

import hashlib
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

ROOT = Path(__file__).parents[1]
GROUP = "quotewright"
LIBRARY = ROOT / f"{GROUP}__mypyc{EXTENSION_SUFFIXES[0]}"
"""The shared library that all compiled modules stand in, for this version of Python."""
RECORD = ROOT / "engine" / "native_build.txt"
"""Holds the digest of the source files that were compiled."""

PARTS = ("engine", "catalog")


class StaleBuildError(ImportError):
    """The compiled modules were made from other source files than the ones that are there."""


def sources_digest() -> str:
    """A hash of everything that can change a decision: all source files of the engine and the catalogue."""
    digest = hashlib.sha256()
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            for text in (path.relative_to(ROOT).as_posix().encode(), path.read_bytes()):
                digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()


def is_compiled() -> bool:
    """Whether the hot path runs as machine code in this version of Python."""
    return LIBRARY.exists()


def refuse_stale_build() -> None:
    """Do nothing where nothing is compiled, or where what is compiled is what the source files say.

    Raises:
        StaleBuildError: a source file changed since the build, or the build left no record.
    """
    if not is_compiled():
        return
    compiled = RECORD.read_text(encoding="ascii").strip() if RECORD.exists() else None
    if compiled != sources_digest():
        raise StaleBuildError(
            "the engine was compiled (make compiled) before its source files changed: "
            "compile it again with 'make compiled', or run the source files with 'make interpreted'"
        )
