"""A file of decision tables looked at by itself, or with the names that a rulebook gives its tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalog.model import Catalog
from engine.check.table_analysis import table_analysis
from engine.compile.fact_types import pricing_parameters
from engine.compile.rule_tables import READERS
from engine.diagnostics import Code, Findings
from engine.feel.types import Type
from engine.load.rulebook import load_rulebook
from engine.schema.table import DecisionTable
from engine.source import SourceText, Span
from engine.tables.compile import read_table
from engine.tables.parameters import parameters_of


def read_table_file(path: Path, findings: Findings) -> list[DecisionTable]:
    """The tables of a CSV, XLSX, YAML or DMN file.

    Args:
        path: the file; its ending says what it is.
        findings: receives what is wrong with it, and the text of the file.
    """
    file = path.as_posix()
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        message = (
            f"{path.suffix or 'a file without an ending'} is no file of tables; expected one of {', '.join(READERS)}"
        )
        findings.add(Code.WRONG_VALUE, message, Span(file))
        return []
    try:
        content = path.read_bytes()
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"cannot be read: {error.strerror}", Span(file))
        return []
    tables, found = reader(content, file)
    findings.extend(found)
    findings.texts[file] = SourceText(file, content.decode("utf-8-sig", "replace"))
    return tables


def check_table(table: DecisionTable, findings: Findings, parameters: Mapping[str, Type] | None = None) -> None:
    """Everything that is wrong or doubtful in a table.

    Args:
        table: as read.
        findings: receives what is found.
        parameters: the names that its expressions may use; those that its input columns read where not given.
    """
    read = read_table(table, parameters_of(table, findings) if parameters is None else parameters, findings)
    if read is not None:
        table_analysis(read.parsed, findings)


def rulebook_parameters(rules: Path, catalog: Catalog, findings: Findings) -> Mapping[str, Type] | None:
    """The names that pricing rules and their tables read; None where the folder has no settings to go by."""
    rulebook = load_rulebook(rules, Findings())
    if rulebook is None:
        load_rulebook(rules, findings)
        return None
    return pricing_parameters(rulebook.settings.facts, catalog)
