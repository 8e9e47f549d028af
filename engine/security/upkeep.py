"""Builds a guard from options, and keeps its keys those of the files and addresses they come from."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from engine.diagnostics import RejectedError
from engine.security.addresses import is_url
from engine.security.api_keys import ApiKeys, read_keys
from engine.security.guard import Guard
from engine.security.jwks import JwksError, fetch, read_jwks
from engine.security.options import SecurityOptions, SecurityOptionsError
from engine.security.tokens import TokenVerifier

LOG = logging.getLogger("quotewright")

LOOK_SECONDS = 5.0
"""Between two looks at files, and at least between two at an address."""
REFRESH_SECONDS = 300.0
"""Between two looks at an address of keys that nothing hurries."""

_State = tuple[int, int, int] | None


class Upkeep:
    """A guard whose keys are looked at again from time to time; what cannot be read leaves the old ones in force.

    Attributes:
        guard: asks callers who they are.
    """

    def __init__(self, options: SecurityOptions) -> None:
        """Read keys as they are now; nothing is looked at again before `start`.

        Raises:
            RejectedError: the file of keys has mistakes.
            SecurityOptionsError: the keys of tokens cannot be had.
        """
        self._options = options
        self._keys_state = _file_state(options.api_keys)
        keys = ApiKeys(() if options.api_keys is None else read_keys(options.api_keys))
        rules, tokens = options.token_rules(), None
        self._document = b""
        self._fetched = 0.0
        if rules is not None:
            try:
                self._document = fetch(options.token_keys)
                tokens = TokenVerifier(rules, read_jwks(self._document))
            except JwksError as error:
                raise SecurityOptionsError(f"the keys of tokens cannot be had: {error}") from None
            self._fetched = time.monotonic()
        self.guard = Guard(keys, tokens, options.tenant, options.max_open_requests, options.max_open_streams)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look again from now on, on a thread: called in the process that serves, after any fork."""
        self._thread = threading.Thread(target=self._work, name="security", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> None:
        """Read what changed."""
        self._look_at_keys()
        self._look_at_token_keys()

    def _work(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:
                LOG.exception("keys could not be looked at; the old ones stay in force")

    def _look_at_keys(self) -> None:
        path = self._options.api_keys
        state = _file_state(path)
        if path is None or state == self._keys_state:
            return
        self._keys_state = state
        try:
            keys = read_keys(path)
        except RejectedError as error:
            LOG.error("the file of keys changed and cannot be used, the old keys stay in force: %s", error)  # noqa: TRY400
            return
        self.guard.keys = ApiKeys(keys)
        LOG.info("%s keys read again", len(keys))

    def _look_at_token_keys(self) -> None:
        tokens, place = self.guard.tokens, self._options.token_keys
        if tokens is None:
            return
        wait = LOOK_SECONDS if self.guard.wants_keys or not is_url(place) else REFRESH_SECONDS
        if time.monotonic() - self._fetched < wait:
            return
        self._fetched = time.monotonic()
        self.guard.wants_keys = False
        try:
            document = fetch(place)
            if document == self._document:
                return
            self._document = document
            keys = read_jwks(document)
        except JwksError as error:
            LOG.error("the keys of tokens cannot be read again, the old ones stay in force: %s", error)  # noqa: TRY400
            return
        tokens.replace_keys(keys)
        LOG.info("%s keys of tokens read again", len(keys))


def _file_state(path: Path | None) -> _State:
    if path is None:
        return None
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
