"""The approval services of a server: the database, what time does to it, and the webhook."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from engine.service.approval_desk import ApprovalDesk
from engine.service.approval_service import ApprovalService
from engine.service.method import Service
from engine.service.outbox import Webhook
from engine.snapshot import SnapshotHolder
from engine.store.approvals import ApprovalStore
from engine.store.schema import open_database

LOG = logging.getLogger("quotewright")


def webhook_url(text: str) -> str:
    """An address that events can be posted to.

    Raises:
        ValueError: it is none.
    """
    if text and not text.startswith(("http://", "https://")):
        raise ValueError(f"a webhook is an http or https address, found {text!r}")
    return text


class Approvals:
    """An approval database that is served, or none; a thread does what is due until it is closed."""

    def __init__(self, holder: SnapshotHolder, path: Path | None, webhook: str = "", seconds: float = 5.0) -> None:
        """Open the database.

        Args:
            holder: rules and catalogue.
            path: of the database; None for a server without approvals.
            webhook: address that events are posted to; "" for none.
            seconds: between two looks at what is due.

        Raises:
            StoreError: the file cannot be used.
        """
        self._desk: ApprovalDesk | None = None
        if path is None:
            return
        self._database = open_database(path)
        self._store = ApprovalStore(self._database)
        self._desk = ApprovalDesk(holder, self._store)
        self._webhook = Webhook(self._store, webhook) if webhook else None
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="approvals", daemon=True)
        self._thread.start()

    def services(self) -> list[Service]:
        """The service, where there is a database."""
        return [] if self._desk is None else [ApprovalService(self._desk).service()]

    def close(self) -> None:
        """End the thread and close the database."""
        if self._desk is None:
            return
        self._ended.set()
        self._thread.join()
        self._database.close()

    def _work(self) -> None:
        assert self._desk is not None
        while True:
            try:
                self._desk.let_time_pass()
                if self._webhook is not None:
                    self._webhook.deliver()
            except Exception:
                LOG.exception("what is due in approvals could not be done; tried again in %s s", self._seconds)
            if self._ended.wait(self._seconds):
                return
