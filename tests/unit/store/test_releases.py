"""Releases in the database: one is active at most, whoever acts at once, whatever dies in the middle."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.store import contents, releases
from engine.store.contents import DamagedContentError, PackedCatalogue
from engine.store.database import Database
from engine.store.release import (
    ActiveReleaseChangedError,
    ReleaseState,
    StateRefusedError,
    UnknownReleaseError,
    active_release,
    fault,
    history,
    release,
    scheduled,
    servers,
)
from engine.store.release_changes import ReleaseChanges
from engine.store.schema import open_database

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOGUE = b"a catalogue's file"


def packed(content: bytes = CATALOGUE, key: str = "key") -> PackedCatalogue:
    return PackedCatalogue(key, "version", hashlib.sha256(content).hexdigest(), len(content), zlib.compress(content))


def stage(database: Database, version: str = "r1", now: datetime = NOW, files=None) -> int:
    with database.writing() as connection:
        contents.keep_rulebook(connection, version, "Rules", files or {"rulebook.yaml": b"name: x", "a/b.csv": b"1"})
        contents.keep_catalogue(connection, packed())
        changes = ReleaseChanges(connection, now)
        staged = changes.stage(
            rulebook_version=version, catalogue_key="key", engine_version="e", rules=3, findings="[]",
            person="ann", reason="why",
        )  # fmt: skip
    return staged.id


def change(database: Database, what: str, *arguments, now: datetime = NOW):
    with database.writing() as connection:
        return getattr(ReleaseChanges(connection, now), what)(*arguments)


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path / "kept.db")
    yield opened
    opened.close()


def state(database: Database, number: int) -> str:
    return release(database.connection(), number).state


def test_a_release_is_staged_activated_replaced_and_rolled_back_to(database):
    first, second = stage(database), stage(database, "r2")
    assert (first, second) == (1, 2)
    assert releases.active(database, NOW) is None
    change(database, "activate", 1, 0, "ann", "go")
    assert releases.active(database, NOW) == 1
    change(database, "activate", 2, 1, "bob", "next")
    assert (state(database, 1), state(database, 2)) == (ReleaseState.REPLACED, ReleaseState.ACTIVE)
    back = change(database, "roll_back", 2, "cat", "wrong")
    assert (back.id, back.activated_by) == (1, "cat")
    assert (state(database, 1), state(database, 2)) == (ReleaseState.ACTIVE, ReleaseState.ROLLED_BACK)
    kinds = [event.kind for event in history(database.connection(), 2)]
    assert kinds == ["release.staged", "release.activated", "release.rolled_back"]
    assert fault(database.connection()) is None


def test_what_is_refused_changes_nothing(database):
    stage(database)
    stage(database, "r2")
    change(database, "activate", 1, 0, "ann", "go")
    before = list(database.connection().iterdump())
    for refused, what, *arguments in (
        (ActiveReleaseChangedError, "activate", 2, 0, "bob", "x"),
        (StateRefusedError, "activate", 1, 1, "bob", "x"),
        (UnknownReleaseError, "activate", 9, 1, "bob", "x"),
        (UnknownReleaseError, "activate", -1, 1, "bob", "x"),
        (UnknownReleaseError, "activate", 2**70, 1, "bob", "x"),
        (StateRefusedError, "roll_back", 1, "bob", "x"),
        (ActiveReleaseChangedError, "roll_back", 2, "bob", "x"),
        (StateRefusedError, "cancel", 2, "bob", "x"),
        (StateRefusedError, "schedule", 2, 1, "bob", "x", NOW - timedelta(seconds=1)),
        (StateRefusedError, "schedule", 1, 1, "bob", "x", NOW + timedelta(days=1)),
        (ActiveReleaseChangedError, "schedule", 2, 7, "bob", "x", NOW + timedelta(days=1)),
    ):
        with pytest.raises(refused):
            change(database, what, *arguments)
    assert list(database.connection().iterdump()) == before


def test_a_time_that_is_set_comes(database):
    stage(database)
    stage(database, "r2")
    change(database, "activate", 1, 0, "ann", "go")
    at = NOW + timedelta(hours=1)
    change(database, "schedule", 2, 1, "bob", "new year", at)
    assert [item.id for item in scheduled(database.connection())] == [2]
    assert releases.active(database, at - timedelta(microseconds=1)) == 1
    assert releases.active(database, at) == 2
    assert not scheduled(database.connection())
    last = history(database.connection(), 2)[-1]
    assert (last.kind, last.actor) == ("release.activated", "bob")
    assert '"reason": "new year"' in last.detail


def test_a_time_that_was_taken_back_does_not_come(database):
    stage(database)
    change(database, "schedule", 1, 0, "bob", "x", NOW + timedelta(hours=1))
    change(database, "cancel", 1, "bob", "not yet")
    assert releases.active(database, NOW + timedelta(days=1)) is None


def test_missed_times_come_in_their_order(database):
    for version in ("r1", "r2", "r3"):
        stage(database, version)
    change(database, "schedule", 3, 0, "ann", "x", NOW + timedelta(hours=1))
    change(database, "schedule", 1, 0, "ann", "x", NOW + timedelta(hours=2))
    assert releases.active(database, NOW + timedelta(days=9)) == 1
    assert (state(database, 3), release(database.connection(), 1).replaced) == (ReleaseState.REPLACED, 3)


def test_of_many_who_activate_at_once_one_wins(tmp_path):
    path = tmp_path / "kept.db"
    database = open_database(path)
    numbers = [stage(database, f"r{number}") for number in range(8)]
    start, won, told = threading.Barrier(len(numbers)), [], []

    def activate(number: int) -> None:
        start.wait()
        try:
            change(database, "activate", number, 0, f"person {number}", "mine")
            won.append(number)
        except ActiveReleaseChangedError as error:
            told.append((error.active.id, error.active.activated_by))

    threads = [threading.Thread(target=activate, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert told == [(won[0], f"person {won[0]}")] * 7
    assert active_release(database.connection()).id == won[0]
    database.close()


def test_files_come_out_as_they_went_in(database, tmp_path):
    files = {"rulebook.yaml": b"name: x\r\n", "pricing/ä b.csv": bytes(range(256)), "x/y/z.yaml": b""}
    number = stage(database, files=files)
    rules, catalogue = releases.materialise(database, number, tmp_path / "out" / "release")
    found = {path.relative_to(rules).as_posix(): path.read_bytes() for path in rules.rglob("*") if path.is_file()}
    assert found == files
    assert catalogue.read_bytes() == CATALOGUE


def test_the_same_content_is_stored_once(database):
    stage(database, "r1", files={"rulebook.yaml": b"a", "b.csv": b"same"})
    stage(database, "r2", files={"rulebook.yaml": b"c", "b.csv": b"same"})
    assert database.connection().execute("SELECT count(*) FROM contents").fetchone() == (4,)


def test_damage_is_found_and_nothing_is_left_of_it(database, tmp_path):
    number = stage(database)
    database.connection().execute("DROP TRIGGER contents_no_update")
    for damage in (b"no zlib", zlib.compress(b"other")):
        database.connection().execute("UPDATE contents SET packed = ?", (damage,))
        with pytest.raises(DamagedContentError, match="damaged"):
            releases.materialise(database, number, tmp_path / "out" / "release")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release_log SET actor = 'x'",
        "DELETE FROM release_log",
        "DELETE FROM releases",
        "UPDATE releases SET reason = 'x'",
        "UPDATE releases SET rulebook = 'r2'",
        "UPDATE contents SET packed = x'00'",
        "UPDATE rulebook_files SET name = 'x'",
        "UPDATE releases SET state = 'active'",
    ],
)
def test_the_database_itself_refuses(database, statement):
    stage(database)
    stage(database, "r2")
    with pytest.raises(sqlite3.IntegrityError):
        database.connection().execute(statement)


def test_a_changed_log_is_found(database):
    stage(database)
    change(database, "activate", 1, 0, "ann", "go")
    database.connection().execute("DROP TRIGGER release_log_no_update")
    database.connection().execute("UPDATE release_log SET actor = 'eve' WHERE sequence = 1")
    assert fault(database.connection()).sequence == 1


def test_what_servers_say(database):
    stage(database)
    releases.tell_refused(database, "a:1", 1, "no", NOW)
    releases.tell_serving(database, "b:2", 1, NOW)
    releases.tell_refused(database, "b:2", 2, "worse", NOW)
    told = [(item.server, item.release, item.refused, item.error) for item in servers(database.connection(), NOW)]
    assert told == [("a:1", 0, 1, "no"), ("b:2", 1, 2, "worse")]
    releases.tell_serving(database, "a:1", 1, NOW)
    releases.tell_stopped(database, "b:2")
    told = [(item.server, item.release, item.refused, item.error) for item in servers(database.connection(), NOW)]
    assert told == [("a:1", 1, 0, "")]
    later = NOW + timedelta(minutes=1)
    assert servers(database.connection(), later) == []  # killed: it could not say that it ended
    releases.tell_alive(database, "a:1", later)
    assert len(servers(database.connection(), later)) == 1


ACTIVATES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from engine.store.release import active_release
from engine.store.release_changes import ReleaseChanges
from engine.store.schema import open_database

database = open_database(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    with database.writing() as connection:
        active = active_release(connection)
        now = datetime.now(UTC)
        if active is None or active.id != 2:
            ReleaseChanges(connection, now).activate(2, active.id if active else 0, "ann", "again")
        elif active.replaced:
            ReleaseChanges(connection, now).roll_back(2, "ann", "back")
        else:
            ReleaseChanges(connection, now).activate(1, 2, "ann", "other")
"""


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(database):
    stage(database)
    stage(database, "r2")
    chance = random.Random(7)
    before = 0
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", ACTIVATES, str(database.path)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        assert process.stdout.readline() == "ready\n"
        threading.Event().wait(chance.random() * 0.03)
        process.kill()
        process.wait()
        process.stdout.close()
        connection = sqlite3.connect(database.path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert fault(connection) is None
        states = dict(connection.execute("SELECT id, state FROM releases"))
        last = connection.execute(
            "SELECT release FROM release_log WHERE kind = 'release.activated' ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        active = [number for number, found in states.items() if found == "active"]
        assert active == ([last[0]] if last else [])
        count = connection.execute("SELECT count(*) FROM release_log").fetchone()[0]
        assert count >= before
        before = count
        connection.close()
    assert before > len(states)  # it was killed while it worked, not before


class ReleaseLife(RuleBasedStateMachine):
    """Any order of calls: the database agrees with a model of a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = open_database(Path(self.folder.name, "kept.db"))
        self.now = NOW
        self.active = 0
        self.replaced: dict[int, int] = {}
        self.times: dict[int, datetime] = {}
        self.count = 0

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.staged()

    @rule()
    def staged(self) -> None:
        self.count += 1
        assert stage(self.database, f"r{self.count % 3}", self.now) == self.count

    @rule(data=st.data())
    def activated(self, data) -> None:
        number = data.draw(st.integers(1, self.count))
        if number == self.active:
            with pytest.raises(StateRefusedError):
                change(self.database, "activate", number, self.active, "p", "r", now=self.now)
            return
        change(self.database, "activate", number, self.active, "p", "r", now=self.now)
        self._becomes_active(number)

    @rule(data=st.data(), minutes=st.integers(1, 5))
    def set_a_time(self, data, minutes) -> None:
        number = data.draw(st.integers(1, self.count))
        if number != self.active:
            at = self.now + timedelta(minutes=minutes)
            change(self.database, "schedule", number, self.active, "p", "r", at, now=self.now)
            self.times[number] = at

    @rule(minutes=st.integers(0, 6))
    def time_passes(self, minutes) -> None:
        self.now += timedelta(minutes=minutes)
        due = sorted((at, number) for number, at in self.times.items() if at <= self.now)
        for _, number in due:
            self._becomes_active(number)
        assert (releases.active(self.database, self.now) or 0) == self.active

    @precondition(lambda self: self.active)
    @rule()
    def rolled_back(self) -> None:
        back = self.replaced[self.active]
        if not back:
            with pytest.raises(StateRefusedError):
                change(self.database, "roll_back", self.active, "p", "r", now=self.now)
            return
        assert change(self.database, "roll_back", self.active, "p", "r", now=self.now).id == back
        self.active = back
        self.times.pop(back, None)

    def _becomes_active(self, number: int) -> None:
        self.replaced[number] = self.active
        self.active = number
        self.times.pop(number, None)

    @invariant()
    def the_log_holds_and_one_is_active(self) -> None:
        connection = self.database.connection()
        assert fault(connection) is None
        found = active_release(connection)
        assert (found.id if found else 0) == self.active
        assert {item.id for item in scheduled(connection)} == set(self.times)


ReleaseLife.TestCase.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestReleaseLife = ReleaseLife.TestCase
