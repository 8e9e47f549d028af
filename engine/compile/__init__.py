"""Rule files and catalogue become a snapshot: read, checked and compiled as a whole, or refused with every finding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog.model import Catalog
from engine.approve.route import Router
from engine.check import CHECKS, Check, Progress, run_checks
from engine.compile.approval import compile_approval
from engine.compile.configuration import compile_configuration
from engine.compile.credit import compile_credit
from engine.compile.fact_types import pricing_parameters
from engine.compile.listing import list_rules
from engine.compile.prices import compile_price_book, compile_products
from engine.compile.pricing import compile_pricing
from engine.compile.renewal import compile_renewal
from engine.diagnostics import Findings, RejectedError
from engine.load.rulebook import load_rulebook
from engine.snapshot import Snapshot


def load_snapshot(rules_folder: Path, catalog: Catalog) -> Snapshot:
    """Everything that decisions need from a folder of rules and a catalogue.

    Raises:
        RejectedError: the files have mistakes; carries every finding of the run.
    """
    snapshot, findings = try_snapshot(rules_folder, catalog)
    if snapshot is None:
        raise RejectedError(findings)
    return snapshot


def try_snapshot(
    rules_folder: Path, catalog: Catalog, checks: Sequence[Check] = CHECKS, progress: Progress | None = None
) -> tuple[Snapshot | None, Findings]:
    """The snapshot, None where there are errors, and all findings, warnings among them; `progress` hears of checks."""
    findings = Findings()
    rulebook = load_rulebook(rules_folder, findings)
    if rulebook is None:
        return None, findings
    run_checks(rulebook, catalog, findings, checks, progress)
    pricing = compile_pricing(rulebook, catalog, findings)
    approval = compile_approval(rulebook, catalog, findings)
    credit = compile_credit(rulebook, catalog, findings)
    renewal = compile_renewal(rulebook, catalog, findings)
    configuration = compile_configuration(rulebook, catalog, findings)
    findings.texts.update(rulebook.texts)
    if findings.errors or pricing is None:
        return None, findings
    snapshot = Snapshot(
        rulebook_version=rulebook.version,
        rulebook_name=rulebook.settings.name,
        catalog=catalog,
        rules=list_rules(rulebook),
        pricing=pricing,
        approval=None if approval is None else Router(approval),
        credit=credit,
        renewal=renewal,
        configuration=configuration,
    )
    return snapshot, findings


__all__ = ["compile_price_book", "compile_products", "load_snapshot", "pricing_parameters", "try_snapshot"]
