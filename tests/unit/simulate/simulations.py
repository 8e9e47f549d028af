"""A corpus worked by hand, and what simulates it."""

from pathlib import Path

from engine.diagnostics import Findings
from engine.service.snapshot_source import SnapshotSource
from engine.simulate.corpus import open_corpus
from engine.simulate.cuts import known_facts
from engine.simulate.gate_file import read_gates
from engine.simulate.run import simulate

CASES = Path(__file__).parents[2] / "cases" / "simulate"


def snapshots():
    return tuple(SnapshotSource(CASES / side, CASES / "catalog.yaml").load()[0] for side in ("old", "new"))


def gates_of(text):
    findings = Findings()
    gates = read_gates(text, "gates.yaml", known_facts(snapshots()), findings)
    assert not findings.errors, [finding.message for finding in findings]
    return gates


def simulated(path=CASES / "quotes.jsonl", **options):
    return simulate(*snapshots(), open_corpus([path]), **{"processes": 1, **options})
