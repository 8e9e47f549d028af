"""Test cases run against a snapshot: which hold, which differ, and which rules and rows they covered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.casefiles.build import RequestBuilder
from engine.casefiles.compare import Difference, compare
from engine.casefiles.model import Case, CaseFile
from engine.casefiles.observe import Fired, Observed, TableRow, observe
from engine.diagnostics import Findings
from engine.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case.

    Attributes:
        file: name of its file.
        case: the case.
        differences: what is not as expected; nothing where the case holds.
        observed: what the engine answered; None where the case has mistakes of its own.
    """

    file: str
    case: Case
    differences: tuple[Difference, ...]
    observed: Observed | None

    @property
    def holds(self) -> bool:
        """Whether everything is as expected."""
        return self.observed is not None and not self.differences


@dataclass(frozen=True, slots=True)
class Report:
    """All cases, and what they covered.

    Attributes:
        outcomes: in the order of the files.
        fired: rules that took part in a case.
        rows: rows of tables that did.
    """

    outcomes: tuple[Outcome, ...]
    fired: frozenset[Fired]
    rows: frozenset[TableRow]

    @property
    def failed(self) -> list[Outcome]:
        """The cases that differ, or could not be asked."""
        return [outcome for outcome in self.outcomes if not outcome.holds]


def run_cases(
    files: Sequence[CaseFile],
    folder: Path,
    snapshot: Snapshot,
    findings: Findings,
    wanted: Callable[[str, Case], bool] = lambda _file, _case: True,
    done: Callable[[], None] = lambda: None,
) -> Report:
    """Run cases.

    Args:
        files: read by `read_case_files`.
        folder: the rulebook's, for the quotes and contracts that cases start from.
        snapshot: of the rulebook and a catalogue.
        findings: receives mistakes in cases that only the run shows.
        wanted: which cases to run, by the name of their file.
        done: called after each case.
    """
    builder = RequestBuilder(folder, findings)
    outcomes: list[Outcome] = []
    for file in files:
        for case in file.cases:
            if wanted(file.name, case):
                outcomes.append(_run(file.name, case, builder, snapshot, findings))
                done()
    seen = [outcome.observed for outcome in outcomes if outcome.observed is not None]
    fired = frozenset(one for observed in seen for one in observed.fired)
    return Report(tuple(outcomes), fired, frozenset(row for observed in seen for row in observed.rows))


def _run(file: str, case: Case, builder: RequestBuilder, snapshot: Snapshot, findings: Findings) -> Outcome:
    request = builder.build(case, snapshot)
    if request is None:
        return Outcome(file, case, (), None)
    observed = observe(case, request, snapshot)
    before = len(findings.errors)
    differences = tuple(compare(case.expected, observed.values, findings)) if case.expected else ()
    return Outcome(file, case, differences, observed if len(findings.errors) == before else None)
