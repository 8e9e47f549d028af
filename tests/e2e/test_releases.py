"""Releases on a real server: served when activated, never mixed, never lost, whatever is killed; decisions replayed."""

import contextlib
import random
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from quotewright_client import QuotewrightClient, QuotewrightError, line, quote
from quotewright_client.releases import ReleaseConflictError, connect

ROOT = Path(__file__).parents[2]
DISCOUNTS = "pricing/discounts.yaml"
TOTALS = {10: "108.00", 20: "96.00", 30: "84.00"}


def bolts(quantity=12, quote_id=""):
    return quote(
        [line("BOLT", quantity)],
        currency="EUR",
        price_date="2026-03-01",
        customer={"segment": "SMB"},
        id=quote_id,
    )


def with_percent(folder, percent):
    files = {
        path.relative_to(folder / "rules").as_posix(): path.read_bytes()
        for path in (folder / "rules").rglob("*")
        if path.is_file()
    }
    files[DISCOUNTS] = files[DISCOUNTS].replace(b"percent_off: 10", f"percent_off: {percent}".encode())
    return files


def started(start, folder, *more, expect_serving=True):
    return start(
        "--rules", str(folder / "rules"), "--catalog", str(folder / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--database", str(folder / "kept.db"), "--workers", "1", *more,
        expect_serving=expect_serving,
    )  # fmt: skip


def stage(releases, folder, percent):
    return releases.stage(with_percent(folder, percent), person="ann", reason=f"{percent} %").release.id


def wait_until(what, seconds=30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def serves(releases, number):
    return lambda: [server for server in releases.state().servers if server.release == number]


def total(client):
    return client.price_quote(bolts()).totals.net_total


@pytest.mark.slow
def test_activations_under_load_lose_and_mix_nothing(start, own_files):
    server, address = started(start, own_files)
    seen, failed, stop = [], [], threading.Event()

    def ask():
        with QuotewrightClient(address) as client:
            while not stop.is_set():
                try:
                    decision = client.price_quote(bolts())
                    seen.append((decision.rulebook_version, decision.totals.net_total))
                except QuotewrightError as error:
                    failed.append(error)
                time.sleep(0.004)

    with connect(address) as releases:
        numbers = [stage(releases, own_files, percent) for percent in (10, 20)]
        versions = {
            releases.get(number).release.rulebook_version: TOTALS[percent]
            for number, percent in zip(numbers, (10, 20), strict=True)
        }
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        active = 0
        for turn in range(20):
            number = numbers[turn % 2]
            releases.activate(number, expected_active=active, person="ann", reason=f"turn {turn}")
            active = number
            wait_until(serves(releases, number))
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not failed
        assert len(seen) > 200
        assert set(seen) == set(versions.items())
        assert [event.kind for event in releases.get(1).history].count("release.activated") == 10
    assert "Traceback" not in server.text


def test_of_two_people_one_wins_and_the_other_is_told(start, own_files):
    _, address = started(start, own_files)
    with connect(address) as releases:
        numbers = {"ann": stage(releases, own_files, 10), "bob": stage(releases, own_files, 20)}
    ready, won, told = threading.Barrier(2), [], []

    def activate(person):
        with connect(address) as releases:
            releases.state()
            ready.wait(10)
            try:
                won.append(releases.activate(numbers[person], expected_active=0, person=person, reason="mine"))
            except ReleaseConflictError as error:
                told.append(error)

    threads = [threading.Thread(target=activate, args=(person,)) for person in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(won), len(told)) == (1, 1)
    assert told[0].active == won[0].release
    assert f"{won[0].release.activated_by} activated it at" in str(told[0])


def test_a_time_that_is_set_and_going_back(start, own_files):
    server, address = started(start, own_files)
    with connect(address) as releases, QuotewrightClient(address) as client:
        first, second = stage(releases, own_files, 20), stage(releases, own_files, 30)
        releases.activate(first, expected_active=0, person="ann", reason="go")
        wait_until(serves(releases, first))
        assert total(client) == TOTALS[20]
        at = datetime.now(UTC) + timedelta(seconds=1.5)
        releases.activate(second, expected_active=first, person="bob", reason="later", at=at)
        assert total(client) == TOTALS[20]
        wait_until(serves(releases, second))
        assert datetime.now(UTC) >= at
        wait_until(lambda: total(client) == TOTALS[30])
        assert releases.get(second).history[-1].person == "bob"
        releases.roll_back(expected_active=second, person="cat", reason="too much")
        wait_until(serves(releases, first))
        wait_until(lambda: total(client) == TOTALS[20])
    server.stop()
    _, address = started(start, own_files)
    with QuotewrightClient(address) as client:
        assert total(client) == TOTALS[20]  # the files of the folder say 10 %


@pytest.mark.slow
def test_a_server_killed_while_activating_serves_the_old_or_the_new(start, own_files):
    chance = random.Random(11)
    _, address = started(start, own_files)
    with connect(address) as releases:
        numbers = {stage(releases, own_files, percent): TOTALS[percent] for percent in (10, 20)}
        releases.activate(1, expected_active=0, person="ann", reason="go")
    active = 1
    for _ in range(3):
        server, address = started(start, own_files)
        with connect(address, timeout=5) as releases:
            assert releases.state().active == active
            wanted = 3 - active
            answered = []

            def activate(wanted=wanted, active=active, releases=releases, answered=answered):
                with contextlib.suppress(QuotewrightError):
                    answered.append(releases.activate(wanted, expected_active=active, person="ann", reason="go"))

            thread = threading.Thread(target=activate)
            thread.start()
            time.sleep(chance.random() * 0.02)
            server.process.kill()
            thread.join(20)
        connection = sqlite3.connect(own_files / "kept.db")
        [[found]] = connection.execute("SELECT id FROM releases WHERE state = 'active'").fetchall()
        connection.close()
        assert found == wanted if answered else found in (active, wanted)
        active = found
    _, address = started(start, own_files)
    with QuotewrightClient(address) as client:
        assert total(client) == numbers[active]


def test_a_release_that_is_damaged_does_not_take_the_place_of_a_good_one(start, own_files):
    server, address = started(start, own_files)
    with connect(address) as releases, QuotewrightClient(address) as client:
        good, bad = stage(releases, own_files, 20), stage(releases, own_files, 30)
        releases.activate(good, expected_active=0, person="ann", reason="go")
        wait_until(serves(releases, good))
        connection = sqlite3.connect(own_files / "kept.db", isolation_level=None)
        connection.execute("DROP TRIGGER contents_no_update")
        connection.execute(
            "UPDATE contents SET packed = x'00' WHERE hash IN (SELECT content FROM rulebook_files "
            "WHERE version = (SELECT rulebook FROM releases WHERE id = ?) AND name = ?)", (bad, DISCOUNTS),
        )  # fmt: skip
        connection.close()
        releases.activate(bad, expected_active=good, person="ann", reason="go")
        server.wait_for("the active release cannot be had, what is served goes on: .* damaged")
        [told] = wait_until(lambda: [found for found in releases.state().servers if found.refused == bad])
        assert (told.release, "damaged" in told.error) == (good, True)
        assert total(client) == TOTALS[20]
    server.stop()
    server, _ = started(start, own_files, expect_serving=False)
    assert server.ended() == 2
    assert "not started: the active release cannot be had" in server.text
    assert "Traceback" not in server.text


def test_a_folder_that_is_watched(start, own_files):
    server, address = start(
        "--rules", str(own_files / "rules"), "--catalog", str(own_files / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--workers", "1", "--watch",
    )  # fmt: skip
    rules = own_files / "rules" / DISCOUNTS
    text = rules.read_text()
    with QuotewrightClient(address) as client:
        assert total(client) == TOTALS[10]
        rules.write_text(text.replace("percent_off: 10", "percent_off: 20"))
        server.wait_for("now serving rulebook")
        wait_until(lambda: total(client) == TOTALS[20])
        rules.write_text(text.replace("customer.segment", "custmer.segment"))
        server.wait_for(r"pricing/discounts\.yaml:4:\d+: error")
        server.wait_for("not reloaded, the old versions go on serving")
        assert total(client) == TOTALS[20]
        beside = rules.with_suffix(".new")
        beside.write_text(text)
        beside.rename(rules)  # as editors save
        wait_until(lambda: total(client) == TOTALS[10])


@pytest.mark.slow
def test_decisions_are_replayed_after_activations_and_a_restart(start, own_files):
    server, address = started(start, own_files, "--record-decisions")
    ids = {}
    with connect(address) as releases:
        numbers = [stage(releases, own_files, percent) for percent in (20, 30)]
        active = 0
        for number in (0, *numbers):
            if number:
                releases.activate(number, expected_active=active, person="ann", reason="go")
                active = number
                wait_until(serves(releases, number))
            with QuotewrightClient(address) as client:
                for quantity in (1, 12, 500):
                    client.price_quote(bolts(quantity, f"Q{quantity}"))
                outcomes = list(client.price_quotes([bolts(7, "S7"), bolts(-1), bolts(12, "Q12")]))
                assert [outcome.decision is not None for outcome in outcomes] == [True, False, True]
    server.stop()  # a server that ends writes what waits
    _, address = started(start, own_files)
    with connect(address) as releases:
        found = list(releases.decisions(page_size=5))
        assert len(found) == 12
        assert {item.times for item in found if item.quote_id == "Q12"} == {2}
        ids = {(item.quote_id, item.rulebook_version): item.id for item in found}
        assert len(ids) == 12
        old = list(releases.decisions("Q12"))[-1]
        replayed = releases.replay(old.id[:10])
        assert (replayed.identical, list(replayed.differences)) == (True, [])
        today = releases.replay(old.id, today=True)
        assert not today.identical
        assert today.differences[0] == "net total of the quote: was 108.00 EUR, is 84.00 EUR (-24.00)"
        assert any("percent 10 %, is percent 30 %" in sentence for sentence in today.differences)
        assert releases.decision(old.id).decision.totals.net_total == "108.00"
    command = [sys.executable, "-m", "engine.commands", "replay", "--all", "--database", str(own_files / "kept.db")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (0, "12 decisions replayed: 12 identical\n")


def test_a_server_without_a_database_checks_and_keeps_nothing(start, own_files):
    _, address = start(
        "--rules", str(own_files / "rules"), "--catalog", str(own_files / "catalog.yaml"), "--address", "127.0.0.1:0",
        "--workers", "1",
    )  # fmt: skip
    with connect(address) as releases:
        assert releases.validate(with_percent(own_files, 20)).usable
        for act in (
            releases.state,
            lambda: releases.stage({}, person="ann", reason="x"),
            lambda: releases.activate(1, expected_active=0, person="ann", reason="x"),
            lambda: releases.roll_back(expected_active=1, person="ann", reason="x"),
        ):
            with pytest.raises(QuotewrightError, match="without --database"):
                act()
