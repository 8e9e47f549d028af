"""The one way in: a file or folder of any known layout becomes a catalogue or findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.bulk import without_collections
from catalog.importers.adventureworks import is_adventureworks, read_adventureworks
from catalog.importers.build import build
from catalog.importers.csv_folder import read_csv_folder
from catalog.importers.layout import CSV_COLUMNS
from catalog.importers.pc_parts import is_pc_parts, read_pc_parts
from catalog.importers.yaml_file import read_yaml
from catalog.model import Catalog
from engine.diagnostics import Code, Findings, RejectedError
from engine.source import SourceText, Span

_YAML_ENDINGS = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import gave.

    Attributes:
        catalog: the catalogue, or None where the findings hold an error.
        findings: errors and warnings; files are named relative to `folder`.
        folder: the folder that was read, or that of the file.
    """

    catalog: Catalog | None
    findings: Findings
    folder: Path

    def usable(self) -> Catalog:
        """The catalogue.

        Raises:
            RejectedError: there is none; carries the findings.
        """
        if self.catalog is None:
            raise RejectedError(self.findings)
        return self.catalog

    def texts(self) -> Mapping[str, SourceText]:
        """The files that findings point into, read again for showing their lines."""
        return {
            file: SourceText(file, (self.folder / file).read_text(encoding="utf-8-sig", errors="replace"))
            for file in {finding.span.file for finding in self.findings if finding.span.line}
        }


def read_catalog(path: Path) -> Imported:
    """Read a YAML file, or a folder: of YAML files, of CSV files, or in the layout of AdventureWorks or PC parts."""
    with without_collections():
        return _read(path)


def _read(path: Path) -> Imported:
    findings = Findings()
    folder = path if path.is_dir() else path.parent
    if not path.exists():
        findings.add(Code.FILE_MISSING, "the file does not exist", Span(str(path)))
        return Imported(None, findings, folder)
    if path.is_dir():
        yaml_files = sorted(file for file in path.iterdir() if file.suffix in _YAML_ENDINGS)
        if is_adventureworks(path):
            sections = read_adventureworks(path, findings)
        elif is_pc_parts(path):
            sections = read_pc_parts(path, findings)
        elif yaml_files and not any((path / name).exists() for name in CSV_COLUMNS):
            sections = read_yaml(yaml_files, findings)
        else:
            sections = read_csv_folder(path, findings)
    elif path.suffix in _YAML_ENDINGS:
        sections = read_yaml([path], findings)
    else:
        findings.add(
            Code.FILE_UNREADABLE,
            "expected a YAML file (.yaml, .yml), or a folder of YAML or CSV files",
            Span(str(path)),
        )
        return Imported(None, findings, folder)
    return Imported(build(sections, findings), findings, folder)
