"""What is due while the database takes nothing: told once, tried again, and done when it can be; the lock beside it."""

import errno
import logging
import os
import sqlite3
import threading
import time

import pytest

from engine.service import duties
from engine.service.options import read_options
from engine.service.processes import Channel
from engine.snapshot import SnapshotHolder
from engine.store import database as database_module
from engine.store.schema import open_database


def wait_until(what, seconds=10.0):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come to be in time"
        time.sleep(0.01)


def test_a_database_that_takes_nothing_is_told_once(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(duties, "SECONDS", 0.02)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.02)
    file = tmp_path / "kept.db"
    open_database(file).close()
    chosen, _ = read_options(["--database", str(file)], {})
    ours, theirs = Channel.pair()
    holder = SnapshotHolder(None)  # nothing is due, so that nothing is decided
    with caplog.at_level(logging.INFO, "quotewright"):
        worker = threading.Thread(target=duties.work, args=(chosen.options, holder, theirs))
        worker.start()
        wait_until((tmp_path / "kept.db-duties").exists)
        locker = sqlite3.connect(file, isolation_level=None, timeout=10)
        locker.execute("BEGIN EXCLUSIVE")
        wait_until(lambda: "what is due in approvals waits for the database: database is locked" in caplog.text)
        time.sleep(0.5)
        assert len(caplog.records) == 1
        locker.execute("ROLLBACK")
        locker.close()
        wait_until(lambda: "what is due in approvals is done again" in caplog.text)
        ours.send("drain")
        worker.join(10)
    assert len(caplog.records) == 2
    ours.close()
    theirs.close()


def test_the_lock_can_be_had_on_a_read_only_disk(tmp_path, monkeypatch):
    database, really = tmp_path / "kept.db", os.open
    with duties.lock_file(database):
        pass

    def on_a_read_only_disk(path, flags, mode=0o777):
        if flags & os.O_RDWR:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        return really(path, flags, mode)

    monkeypatch.setattr(os, "open", on_a_read_only_disk)
    with duties.lock_file(database) as one, duties.lock_file(database) as other:
        assert duties._locked(one)
        assert not duties._locked(other)
    database.with_name("kept.db-duties").unlink()
    with pytest.raises(OSError, match=r"Read-only file system|No such file"), duties.lock_file(database):
        pass
