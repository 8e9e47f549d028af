"""What is due without being asked for: escalations, expiries, events to deliver; one process beside the workers."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import select
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from engine.service.approval_desk import ApprovalDesk
from engine.service.options import Options
from engine.service.outbox import Webhook
from engine.service.processes import Channel
from engine.snapshot import SnapshotHolder
from engine.store.approvals import ApprovalStore
from engine.store.schema import open_database

LOG = logging.getLogger("quotewright")

SECONDS = 5.0
"""Between two looks at what is due."""
WAIT_SECONDS = 0.2
"""Between two tries for the lock."""


def work(options: Options, holder: SnapshotHolder, channel: Channel) -> int:
    """Do what is due until told to drain; gives the exit code.

    One process does it for a database, whatever generations and servers there are: the others wait for its lock.
    """
    assert options.database is not None
    database = open_database(options.database)
    store = ApprovalStore(database)
    desk = ApprovalDesk(holder, store)
    webhook = Webhook(store, options.webhook) if options.webhook is not None else None
    with lock_file(options.database) as descriptor:
        while not _locked(descriptor):
            if _told_to_end(channel, WAIT_SECONDS):
                return 0
        hindered = ""
        while True:
            try:
                desk.let_time_pass()
                if webhook is not None:
                    webhook.deliver()
            except sqlite3.Error as error:
                if str(error) != hindered:  # told once, however long it lasts
                    hindered = str(error)
                    LOG.error("what is due in approvals waits for the database: %s", error)  # noqa: TRY400
            except Exception:
                LOG.exception("what is due in approvals could not be done; tried again in %s s", SECONDS)
            else:
                if hindered:
                    hindered = ""
                    LOG.info("what is due in approvals is done again")
            if _told_to_end(channel, SECONDS):
                database.close()
                return 0


@contextlib.contextmanager
def lock_file(database: Path) -> Iterator[int]:
    """The file beside a database whose lock says who does what is due."""
    path = database.with_name(database.name + "-duties")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # a disk that is read-only locks as well
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _told_to_end(channel: Channel, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([channel], [], [], left)[0]:
            try:
                if any(message["event"] == "drain" for message in channel.receive()):
                    return True
            except EOFError:
                return True
    return False
