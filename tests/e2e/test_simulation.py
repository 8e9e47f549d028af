"""The sample rulebook's own corpus and gates by the command, as a person runs it; and an interruption."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "rules" / "sample"
COMMAND = (sys.executable, "-m", "engine.commands", "simulate", "--baseline", str(SAMPLE))
CORPUS = ("--against", str(SAMPLE / "past-quotes"))
GATES = ("--gate", str(SAMPLE / "gates" / "release.yaml"))


def run(*arguments):
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def dearer(tmp_path):
    rules = tmp_path / "dearer"
    shutil.copytree(SAMPLE, rules)
    promotions = rules / "pricing" / "promotions.yaml"
    text = promotions.read_text(encoding="utf-8")
    assert "percent_off: 20" in text
    promotions.write_text(text.replace("percent_off: 20", "percent_off: 18"), encoding="utf-8")
    return rules


def test_the_sample_passes_its_own_gates():
    result = run("--rules", SAMPLE, *CORPUS, *GATES)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "all 6 gates passed" in result.stdout
    assert "cannot be read" not in result.stdout


def test_a_change_that_makes_schools_pay_more_fails_their_gate(dearer, tmp_path):
    result = run("--rules", dearer, *CORPUS, *GATES, "--json", "--html", tmp_path / "report.html", "--processes", "2")
    assert result.returncode == 1, result.stderr
    found = json.loads(result.stdout)
    assert [gate["id"] for gate in found["gates"] if not gate["passed"]] == ["schools-are-spared"]
    dollars = found["currencies"]["USD"]
    assert dollars["causes"][0]["rule"] == "education-platform"
    assert "✘ 1 of 6 gates failed" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_all_processes_and_writes_nothing(dearer, tmp_path, how):
    corpus = tmp_path / "many.jsonl"
    lines = (SAMPLE / "past-quotes" / "spring-2026.jsonl").read_text(encoding="utf-8")
    corpus.write_text(lines * 200, encoding="utf-8")
    report = tmp_path / "report.html"
    command = [*COMMAND, "--rules", str(dearer), "--against", str(corpus), "--html", str(report), "--processes", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    workers = _children(process)
    process.send_signal(how)
    out, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.endswith("stopped; nothing was written\n")
    assert "Traceback" not in told
    assert out == ""
    assert not report.exists()
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


def _children(process):
    """The processes of a simulation, once they are there."""
    listing = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not listing.exists():
        process.kill()
        process.communicate()
        pytest.skip("this system does not tell the children of a process")
    for _ in range(600):
        children = listing.read_text(encoding="ascii").split()
        if len(children) == 2:
            time.sleep(0.3)
            return children
        time.sleep(0.1)
    raise AssertionError("the simulation began no processes")
