"""The version of the engine: of the package and of its source files, so that two states of one version differ."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from engine.native_build import sources_digest


@cache
def engine_version() -> str:
    """For example "0.1.0+3f29c1d0a4b7": after the plus, a hash of everything that can change a decision."""
    try:
        package = version("quotewright")
    except PackageNotFoundError:
        package = "0"
    return f"{package}+{sources_digest()[:12]}"
