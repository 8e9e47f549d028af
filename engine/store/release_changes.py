"""What happens to releases: staged, activated now or at a time, rolled back; one transaction and one log entry each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.store.audit import FIRST_HASH, entry_hash
from engine.store.release import (
    ActiveReleaseChangedError,
    Release,
    ReleaseState,
    StateRefusedError,
    active_release,
    release,
    time_text,
)


class ReleaseChanges:
    """Changes inside a transaction: everything or nothing of them."""

    __slots__ = ("_now", "connection")

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self.connection = connection
        self._now = now

    def stage(
        self,
        *,
        rulebook_version: str,
        catalogue_key: str,
        engine_version: str,
        rules: int,
        findings: str,
        person: str,
        reason: str,
    ) -> Release:
        """Store a new release of contents that are stored."""
        base = active_release(self.connection)
        cursor = self.connection.execute(
            "INSERT INTO releases (state, rulebook, catalogue, engine, rules, findings, base, staged_at, staged_by, "
            "reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (ReleaseState.STAGED, rulebook_version, catalogue_key, engine_version, rules, findings,
             0 if base is None else base.id, time_text(self._now), person, reason),
        )  # fmt: skip
        assert cursor.lastrowid is not None
        self._log("release.staged", person, cursor.lastrowid, {"reason": reason, "rulebook": rulebook_version})
        return release(self.connection, cursor.lastrowid)

    def activate(self, number: int, expected_active: int, person: str, reason: str) -> Release:
        """Make a release the active one now.

        Raises:
            UnknownReleaseError: there is no such release.
            ActiveReleaseChangedError: another release is active than expected.
            StateRefusedError: it is active already.
        """
        self._check_active(expected_active)
        self._activate(release(self.connection, number), person, {"reason": reason})
        return release(self.connection, number)

    def schedule(self, number: int, expected_active: int, person: str, reason: str, at: datetime) -> Release:
        """Let a release become the active one at a time; another time takes the place of one set before.

        Raises:
            UnknownReleaseError: there is no such release.
            ActiveReleaseChangedError: another release is active than expected.
            StateRefusedError: it is active already, or the time has passed.
        """
        self._check_active(expected_active)
        found = release(self.connection, number)
        if found.state is ReleaseState.ACTIVE:
            raise StateRefusedError(f"release {number} is active already")
        if at <= self._now:
            raise StateRefusedError(f"{time_text(at)} has passed: it is {time_text(self._now)}")
        self._set_time(number, time_text(at))
        self._log("release.scheduled", person, number, {"reason": reason, "activate_at": time_text(at)})
        return release(self.connection, number)

    def cancel(self, number: int, person: str, reason: str) -> Release:
        """Take back that a release is to be activated at a time.

        Raises:
            UnknownReleaseError: there is no such release.
            StateRefusedError: no time is set for it.
        """
        found = release(self.connection, number)
        if not found.activate_at:
            raise StateRefusedError(f"no time is set at which release {number} is to be activated")
        self._set_time(number, "")
        self._log("release.cancelled", person, number, {"reason": reason, "activate_at": found.activate_at})
        return release(self.connection, number)

    def roll_back(self, expected_active: int, person: str, reason: str) -> Release:
        """Make the release active again whose place the active one took; gives that release.

        Raises:
            ActiveReleaseChangedError: another release is active than expected.
            StateRefusedError: none is active, or it took nobody's place.
        """
        self._check_active(expected_active)
        active = active_release(self.connection)
        if active is None:
            raise StateRefusedError("no release is active")
        if not active.replaced:
            raise StateRefusedError(f"release {active.id} was the first: there is none before it to go back to")
        self._set_state(active.id, ReleaseState.ROLLED_BACK)
        self._log("release.rolled_back", person, active.id, {"reason": reason, "to": active.replaced})
        self.connection.execute(
            "UPDATE releases SET state = ?, activate_at = '', activated_at = ?, activated_by = ? WHERE id = ?",
            (ReleaseState.ACTIVE, time_text(self._now), person, active.replaced),
        )
        self._log("release.activated", person, active.replaced, {"reason": reason, "rolled_back": active.id})
        return release(self.connection, active.replaced)

    def activate_due(self) -> list[Release]:
        """Activate what is due, in the order of the times that were set; gives the releases."""
        rows = self.connection.execute(
            "SELECT id FROM releases WHERE activate_at != '' AND activate_at <= ? ORDER BY activate_at, id",
            (time_text(self._now),),
        ).fetchall()
        activated = []
        for (number,) in rows:
            found = release(self.connection, number)
            entry = self.connection.execute(
                "SELECT actor, detail FROM release_log WHERE release = ? AND kind = 'release.scheduled' "
                "ORDER BY sequence DESC LIMIT 1",
                (number,),
            ).fetchone()
            told = {"reason": json.loads(entry[1])["reason"], "activate_at": found.activate_at}
            self._activate(found, entry[0], told)
            activated.append(release(self.connection, number))
        return activated

    def _check_active(self, expected: int) -> None:
        active = active_release(self.connection)
        if (0 if active is None else active.id) != expected:
            raise ActiveReleaseChangedError(expected, active)

    def _activate(self, chosen: Release, person: str, detail: Mapping[str, Any]) -> None:
        if chosen.state is ReleaseState.ACTIVE:
            raise StateRefusedError(f"release {chosen.id} is active already")
        before = active_release(self.connection)
        if before is not None:
            self._set_state(before.id, ReleaseState.REPLACED)
            self._log("release.replaced", person, before.id, {"by": chosen.id})
        replaced = 0 if before is None else before.id
        self.connection.execute(
            "UPDATE releases SET state = ?, activate_at = '', activated_at = ?, activated_by = ?, replaced = ? "
            "WHERE id = ?",
            (ReleaseState.ACTIVE, time_text(self._now), person, replaced, chosen.id),
        )
        self._log("release.activated", person, chosen.id, {**detail, "replaced": replaced})

    def _set_state(self, number: int, state: ReleaseState) -> None:
        self.connection.execute("UPDATE releases SET state = ? WHERE id = ?", (state, number))

    def _set_time(self, number: int, at: str) -> None:
        self.connection.execute("UPDATE releases SET activate_at = ? WHERE id = ?", (at, number))

    def _log(self, kind: str, actor: str, number: int, detail: Mapping[str, Any]) -> None:
        last = self.connection.execute(
            "SELECT sequence, hash FROM release_log ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        sequence, previous = (last[0] + 1, last[1]) if last else (1, FIRST_HASH)
        at, told = time_text(self._now), json.dumps(detail, ensure_ascii=False, sort_keys=True)
        chained = entry_hash(sequence, at, actor, kind, "", number, told, previous)
        self.connection.execute(
            "INSERT INTO release_log (sequence, at, actor, kind, release, detail, previous, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (sequence, at, actor, kind, number, told, previous, chained),
        )
