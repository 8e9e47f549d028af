"""Events told to a webhook: in their order, at least once, tried again until they arrive."""

from __future__ import annotations

import json
import logging
import urllib.request
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from engine.service.approval_desk import time_key, utc_now
from engine.store.approvals import ApprovalStore
from engine.store.audit import AuditEntry

LOG = logging.getLogger("quotewright")

TIMEOUT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 300


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: the request that followed one would be a GET without the event."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


class Webhook:
    """Posts every event as JSON; whoever receives one twice knows it by its sequence."""

    def __init__(self, store: ApprovalStore, url: str) -> None:
        self._store = store
        self._url = url
        self._opener = urllib.request.build_opener(_NoRedirect)

    def deliver(self) -> int:
        """Post what waits, the oldest first, up to the first that does not arrive; gives how many did."""
        arrived = 0
        for item in self._store.undelivered(time_key(utc_now())):
            try:
                self._post(item.entry)
            except (HTTPException, OSError, ValueError) as error:  # URLError is an OSError
                wait = timedelta(seconds=min(2**item.attempts, LONGEST_WAIT_SECONDS))
                LOG.warning("event %d did not reach the webhook: %s; next try in %s", item.entry.sequence, error, wait)
                with self._store.transaction() as transaction:
                    transaction.failed(item.entry.sequence, str(error), utc_now() + wait)
                break
            with self._store.transaction() as transaction:
                transaction.delivered(item.entry.sequence, utc_now())
            arrived += 1
        return arrived

    def _post(self, entry: AuditEntry) -> None:
        body = {
            "sequence": entry.sequence,
            "kind": entry.kind,
            "quote_id": entry.quote_id,
            "version": entry.version,
            "person": entry.actor,
            "at": entry.at,
            "detail": json.loads(entry.detail),
            "hash": entry.hash,
        }
        request = urllib.request.Request(  # noqa: S310  # the command line takes http and https only
            self._url,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Idempotency-Key": str(entry.sequence)},
        )
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            response.read()
