"""A corpus worked by hand: totals, margins, causes, movers, approvals, credit, errors; and what must not matter."""

import json
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulations import CASES, gates_of, simulated, snapshots

from engine.simulate import run
from engine.simulate.corpus import open_corpus
from engine.simulate.gates import verdicts
from engine.simulate.report import html_report
from engine.simulate.result import as_json

D = Decimal
QUOTES = (CASES / "quotes.jsonl").read_text(encoding="utf-8").splitlines()
GATES = """
gates:
  - {id: each, measure: net_total, of: each quote, may_fall: 5.5 %}
  - {id: count, measure: approvals, each: customer.country, may_rise: 1}
"""


@pytest.fixture(scope="module")
def found():
    simulation = simulated()
    return as_json(simulation, verdicts(simulation.tally, ()))


def test_totals_of_quotes_valid_under_both(found):
    total = found["currencies"]["EUR"]["total"]
    assert (total["quotes"], total["risen"], total["fallen"]) == (3, 0, 2)
    assert (total["before"]["net_total"], total["after"]["net_total"]) == ("212.00", "203.00")
    assert (total["before"]["discount_total"], total["after"]["discount_total"]) == ("18.00", "27.00")
    assert (total["change"], total["change_percent"]) == ("-9.00", "-4.25")


def test_margins_count_what_has_a_cost(found):
    total = found["currencies"]["EUR"]["total"]
    assert total["before"]["net_total_with_known_cost"] == "140.00"
    assert (total["before"]["margin"], total["after"]["margin"]) == ("50.00", "45.00")
    assert (total["before"]["margin_percent"], total["after"]["margin_percent"]) == ("35.71", "33.33")


def test_currencies_stay_apart(found):
    assert list(found["currencies"]) == ["EUR", "JPY"]
    assert found["currencies"]["JPY"]["total"]["change"] == "-50"


def test_divisions(found):
    by = found["currencies"]["EUR"]["by"]
    assert {part["value"]: part["change"] for part in by["customer.segment"] if part["quotes"]} == {
        "SMB": "-9.00",
        "enterprise": "0.00",
    }
    assert [(part["value"], part["change"]) for part in by["product.category"]] == [
        ("hardware/small", "-5.00"),
        ("hardware", "-4.00"),
    ]
    assert [(part["value"], part["quotes"]) for part in by["product.sku"]] == [("BOLT", 2), ("NUT", 1)]


def test_what_moves_and_who_moves_most(found):
    euros = found["currencies"]["EUR"]
    assert euros["causes"] == [{"step": "automatic", "rule": "volume", "change": "-9.00"}]
    assert [(mover["quote"], mover["before"], mover["after"]) for mover in euros["largest_movers"]] == [
        ("Q1", "90.00", "85.00"),
        ("Q3", "72.00", "68.00"),
    ]
    (line,) = euros["largest_movers"][0]["lines"]
    (step,) = line["steps"]
    assert (step["rule"], step["before"], step["after"], step["place"]) == (
        "volume",
        "-10 %",
        "-15 %",
        "pricing/volume.yaml:2",
    )
    assert {item["change"]: item["quotes"] for item in euros["distribution"] if item["quotes"]} == {
        "-10 to -5 %": 2,
        "unchanged": 1,
    }


def test_outcomes(found):
    (approvals,) = found["approvals"]
    assert (approvals["before"], approvals["after"], approvals["quotes"]) == ("nobody", "ladder.manager", 3)
    assert approvals["examples"][0] == {
        "quote": "Q1",
        "place": f"{CASES.as_posix()}/quotes.jsonl:1",
        "told": "15.00 % is deep",
    }
    assert found["approval_steps"] == {"ladder.manager": {"before": 0, "after": 3}}
    (credit,) = found["credit"]
    assert (credit["before"], credit["after"], credit["quotes"]) == ("refer (manager)", "approve", 1)


def test_errors(found):
    (broken,), (mended,), (never,) = found["became_invalid"], found["became_valid"], found["invalid_under_both"]
    assert [example["quote"] for example in broken["examples"]] == ["Q5"]
    assert [example["quote"] for example in mended["examples"]] == ["Q6"]
    assert (never["after"], never["examples"][0]["quote"]) == ("UNKNOWN_CUSTOMER", "Q7")
    total = found["currencies"]["EUR"]["total"]
    assert (total["became_invalid"], total["net_total_of_became_invalid"]) == (1, "100.00")
    assert (total["became_valid"], total["net_total_of_became_valid"]) == (1, "100.00")
    assert (found["quotes"], found["unreadable"]["count"]) == (8, 1)
    assert "quotes.jsonl:8:15: a quote has no field 'curency'" in found["unreadable"]["first"][0]


def without_places(value):
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items() if key not in ("place", "unreadable")}
    return [without_places(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(QUOTES), st.integers(1, 5))
def test_the_order_of_quotes_and_the_cut_into_chunks_change_no_figure(tmp_path, order, size):
    gates = gates_of(GATES)
    (tmp_path / "quotes.jsonl").write_text("\n".join(order), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "CHUNK", size)
        shuffled = simulated(tmp_path / "quotes.jsonl", gates=gates)
    plain = simulated(gates=gates)
    assert without_places(as_json(shuffled, verdicts(shuffled.tally, gates))) == without_places(
        as_json(plain, verdicts(plain.tally, gates))
    )


def test_the_number_of_processes_changes_no_byte(tmp_path):
    lines = [json.loads(line) for line in QUOTES]
    chance = random.Random(1)
    many = []
    for number in range(250):
        request = json.loads(json.dumps(chance.choice(lines)))
        quote = request.get("quote", request)
        quote["id"] = f"Q{number}"
        for line in quote.get("lines", ()):
            line["quantity"] = chance.randint(1, 30)
        many.append(json.dumps(request))
    (tmp_path / "many.jsonl").write_text("\n".join(many), encoding="utf-8")
    gates = gates_of(GATES)
    told = []
    for processes in (1, 2, 3):
        simulation = simulated(tmp_path / "many.jsonl", processes=processes, gates=gates)
        found = verdicts(simulation.tally, gates)
        told.append((json.dumps(as_json(simulation, found)), html_report(simulation, found)))
    assert told[0] == told[1] == told[2]


def test_movers_are_as_many_as_asked_for(found):
    assert not list(simulated(largest=0).tally.movers["EUR"])
    assert len(simulated(largest=1).tally.movers["EUR"]) == 1


def test_progress_is_told():
    seen = []
    simulated(progress=seen.append)
    assert sum(seen) == len(QUOTES)


def test_a_process_that_dies_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_tally", dies)
    with pytest.raises(run.SimulationFailedError, match="a process of the simulation was killed"):
        simulated(processes=2)


def dies(_):
    import os

    os._exit(9)


def test_a_quote_that_breaks_the_engine_is_told(tmp_path):
    digits = "9" * 34
    text = QUOTES[1].replace('"quantity": 5', f'"quantity": {digits}e4000')
    (tmp_path / "quotes.jsonl").write_text(text + "\n" + QUOTES[0], encoding="utf-8")
    tally = simulated(tmp_path / "quotes.jsonl").tally
    assert tally.quotes == 2
    assert tally.unreadable + sum(tally.validity.counts.values()) == 1
    assert run.Simulation  # the second quote was decided
    assert len(tally.movers["EUR"]) == 1


def test_snapshots_without_approval_or_credit(tmp_path):
    before, _ = snapshots()
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
    from engine.service.snapshot_source import SnapshotSource

    (tmp_path / "new" / "rulebook.yaml").write_text("name: Bare\nfacts: {quote: {deal: text}}\n", encoding="utf-8")
    bare, _ = SnapshotSource(tmp_path / "new", CASES / "catalog.yaml").load()
    result = run.simulate(before, bare, open_corpus([CASES / "quotes.jsonl"]), processes=1)
    found = as_json(result, ())
    assert found["approvals"] == []
    assert [(item["before"], item["after"]) for item in found["credit"]] == [("refer (manager)", "not checked")]
    assert found["currencies"]["EUR"]["total"]["change"] == "18.00"
