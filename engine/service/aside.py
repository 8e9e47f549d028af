"""Calls that compile, answered by a process of their own at a low priority: a process that serves never compiles.

The child is a fresh interpreter. It reads one line of JSON and the request from its standard input and writes a byte
that says whether a response or a status follows. Run as `python -m engine.service.aside`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from google.rpc import status_pb2

from engine.service.errors import AnsweredError, BusyError, DeadlinePassedError, NotOfferedError, to_status
from engine.service.release_calls import stage_rulebook, validate_rulebook
from engine.service.replay_calls import replay_decision
from engine.store.database import Database
from engine.store.schema import open_database

SECONDS = 120
NO_DATABASE = "the server keeps nothing: it was started without --database"
_RESPONSE, _STATUS = b"R", b"S"


@dataclass(frozen=True, slots=True)
class Aside:
    """Where the processes aside find what they need; at most one of them runs at a time.

    Attributes:
        catalog: the catalogue as a server is started with it.
        rules: the folder of rules, likewise.
        database: of releases and decisions; None for a server without one.
        seconds: that one call may take.
    """

    catalog: Path
    rules: Path
    database: Path | None
    seconds: int = SECONDS
    _slot: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(1))

    def answer(self, method: str, request: bytes, caller: str | None = None) -> bytes:
        """The response to a request.

        Raises:
            AnsweredError: the call was refused; carries the status.
            BusyError: another one is running.
            DeadlinePassedError: it took too long; nothing was stored.
        """
        if not self._slot.acquire(blocking=False):
            raise BusyError("another rulebook is being checked or decision replayed: try again in a moment")
        try:
            return self._answer(method, request, caller)
        finally:
            self._slot.release()

    def _answer(self, method: str, request: bytes, caller: str | None) -> bytes:
        header = {
            "method": method,
            "caller": caller,
            "catalog": str(self.catalog.absolute()),
            "rules": str(self.rules.absolute()),
            "database": None if self.database is None else str(self.database.absolute()),
            "seconds": self.seconds,
        }
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(  # our own module
            [sys.executable, "-P", "-m", "engine.service.low_priority", "engine.service.aside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        try:
            answer, _ = process.communicate(json.dumps(header).encode() + b"\n" + request, self.seconds + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            answer = b""
        if answer[:1] == _RESPONSE:
            return answer[1:]
        if answer[:1] == _STATUS:
            raise AnsweredError(status_pb2.Status.FromString(answer[1:]))
        if process.returncode in (-signal.SIGALRM, -signal.SIGKILL):
            raise DeadlinePassedError(f"it took longer than {self.seconds} seconds, and nothing was stored")
        raise RuntimeError(f"the process aside ended with exit code {process.returncode}")


def main() -> int:
    """Answer the one request on standard input."""
    header = json.loads(sys.stdin.buffer.readline())
    signal.alarm(header["seconds"])  # whoever started this process may be gone: nothing runs on without a bound
    request = sys.stdin.buffer.read()
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get into the answer
    try:
        answer = _RESPONSE + _answer(header, request)
    except Exception as error:  # noqa: BLE001  # every error has its status
        answer = _STATUS + to_status(error).SerializeToString()
    signal.alarm(0)
    with contextlib.suppress(BrokenPipeError), output:
        output.write(answer)
    return 0


def _answer(header: dict[str, str | None], request: bytes) -> bytes:
    catalog, rules = Path(str(header["catalog"])), Path(str(header["rules"]))
    match header["method"]:
        case "ValidateRulebook":
            return validate_rulebook(request, catalog)
        case "StageRulebook":
            return stage_rulebook(request, header["caller"], catalog, _opened(header))
        case "ReplayDecision":
            return replay_decision(request, _opened(header), rules, catalog)
    raise ValueError(f"no method is called {header['method']!r}")


def _opened(header: dict[str, str | None]) -> Database:
    if header["database"] is None:
        raise NotOfferedError(NO_DATABASE)
    return open_database(Path(header["database"]))


if __name__ == "__main__":
    sys.exit(main())
