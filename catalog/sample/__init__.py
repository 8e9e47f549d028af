"""The sample catalogue: an invented vendor of configurable servers, storage, a platform, support and services."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
"""Folder of the sample's YAML files, for `catalog.importers.read.read_catalog`."""
