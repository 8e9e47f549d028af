"""DMN files on disk, with the files that they import, as a model ready to run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.diagnostics import Code, Findings, Severity, did_you_mean
from engine.dmn.graph import link
from engine.dmn.logic import compile_nodes
from engine.dmn.model import DmnModel
from engine.load.dmn_xml import VERSIONS, read_dmn
from engine.load.safe_xml import MAX_BYTES
from engine.schema.dmn import Definitions, Import
from engine.source import Span

MAX_FILES = 200
"""Files of a folder that are looked through for an import."""


def load_model(path: Path, others: Iterable[Path] = ()) -> tuple[DmnModel | None, Findings]:
    """A DMN file as a model, with every finding.

    Imports are looked for by namespace, among `others` first, then among the `.dmn` files of the same folder.

    Args:
        path: the model's file.
        others: files that it may import.

    Returns:
        The model, None where the file is no DMN at all. Where findings has errors the model can still be evaluated:
        what is wrong gives null with a warning. Who wants sound models only refuses one with errors.
    """
    findings = Findings()
    main = _read(path, findings)
    if main is None:
        return None, findings
    candidates = [*others, *(file for file in sorted(path.parent.glob("*.dmn"))[:MAX_FILES] if file != path)]
    imported = _Importer(candidates, findings).imported(main) if main.imports else []
    graph = link(main, imported, findings)
    return DmnModel(graph, compile_nodes(graph, findings)), findings


def _read(path: Path, findings: Findings) -> Definitions | None:
    file = path.as_posix()
    try:
        if path.stat().st_size > MAX_BYTES:
            findings.add(Code.LIMIT, f"the file is larger than {MAX_BYTES} bytes", Span(file))
            return None
        return read_dmn(path.read_bytes(), file, findings)
    except FileNotFoundError:
        near = [other.name for other in path.parent.glob("*.dmn")] if path.parent.is_dir() else []
        findings.add(Code.FILE_MISSING, "there is no such file", Span(file), hint=did_you_mean(path.name, near))
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"the file cannot be read: {error.strerror}", Span(file))
    return None


class _Importer:
    def __init__(self, candidates: Iterable[Path], findings: Findings) -> None:
        self._candidates = candidates
        self._findings = findings
        self._by_namespace: dict[str, tuple[Definitions, Findings]] | None = None

    def imported(self, main: Definitions) -> list[Definitions]:
        """The files that a model imports, directly or through each other."""
        found: dict[str, Definitions] = {main.namespace: main}
        pending = [main]
        while pending:
            for item in pending.pop().imports:
                if item.namespace in found or not self._is_model(item):
                    continue
                file = self._find(item)
                if file is not None:
                    found[item.namespace] = file
                    pending.append(file)
        return [file for file in found.values() if file is not main]

    def _is_model(self, item: Import) -> bool:
        if not item.import_type or item.import_type in VERSIONS:
            return True
        message = f"imports of type {item.import_type!r} are not used here, only DMN models"
        self._findings.add(Code.WRONG_VALUE, message, item.span, severity=Severity.WARNING)
        return False

    def _find(self, item: Import) -> Definitions | None:
        if self._by_namespace is None:
            self._by_namespace = self._read_candidates()
        found = self._by_namespace.get(item.namespace)
        if found is None:
            self._findings.add(
                Code.FILE_MISSING,
                f"no DMN file beside this one has the namespace {item.namespace!r} of the import {item.name!r}",
                item.span,
                hint=did_you_mean(item.namespace, self._by_namespace),
            )
            return None
        file, findings = found
        self._findings.extend(findings)
        return file

    def _read_candidates(self) -> dict[str, tuple[Definitions, Findings]]:
        """The candidates that are DMN files, by namespace, each with its findings, which count where it is imported."""
        found: dict[str, tuple[Definitions, Findings]] = {}
        for path in self._candidates:
            aside = Findings()
            file = _read(path, aside)
            if file is not None:
                found.setdefault(file.namespace, (file, aside))
        return found
