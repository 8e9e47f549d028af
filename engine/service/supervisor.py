"""The supervisor: holds the port, starts a generation for each version of the files, and ends the old ones.

It serves nothing and imports neither gRPC nor the engine, so that nothing of them can hurt or slow it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from engine.service.counters import Layout, open_memory, shared_file
from engine.service.listening import ReservedPort
from engine.service.options import Chosen
from engine.service.processes import Backoff, Channel, Message, how_it_ended
from engine.service.server_state import ServerState
from engine.service.wanted_files import Files, WantedFiles

if TYPE_CHECKING:
    from engine.service.metrics import Metrics

LOG = logging.getLogger("quotewright")

ROOT = Path(__file__).parents[2]
KILL_AFTER_SECONDS = 5.0
"""A generation that goes on so long after its bound is killed."""
LONGEST_WAIT_SECONDS = 10.0
"""Before a generation is started again that ended by itself time and again."""
POLL_SECONDS = 0.25
"""Between two looks at which files are wanted."""
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class State(Enum):
    """Where a generation is in its life."""

    LOADING = auto()
    SERVING = auto()
    DRAINING = auto()


@dataclass(slots=True)
class Generation:
    """A generation as its supervisor sees it.

    Attributes:
        number: counts the generations of a server.
        files: what it was started for.
        process: its interpreter.
        channel: to it.
        counters: descriptor of the memory that it counts in; None where nothing is counted.
        state: where it is.
        told_failure: why it could not load; "" where it told nothing.
        versions: of rulebook and catalogue, once it told them.
        workers_alive: how many serve.
        worker_restarts: how often one of its processes was forked again.
        killed_at: when it is killed if it still lives, on the monotonic clock.
    """

    number: int
    files: Files
    process: subprocess.Popen[bytes]
    channel: Channel
    counters: int | None = None
    state: State = State.LOADING
    told_failure: str = ""
    versions: tuple[str, str] = ("", "")
    workers_alive: int = 0
    worker_restarts: int = 0
    killed_at: float = float("inf")


class Supervisor:
    """Runs until it is told to stop.

    Attributes:
        generations: those that have a process, the oldest first.
        reloads: how often files were loaded, by outcome: "served", "refused".
        metrics: told what generations count; None where nobody asks.
    """

    def __init__(self, chosen: Chosen, port: ReservedPort, wanted: WantedFiles) -> None:
        """Prepare.

        Args:
            chosen: the server's options.
            port: what the workers listen on.
            wanted: the files that should be served now; asked a few times a second, so it must be quick.
        """
        self._chosen = chosen
        self._options = chosen.options
        self._port = port
        self._wanted = wanted
        self.generations: list[Generation] = []
        self.reloads = {"served": 0, "refused": 0}
        self.metrics: Metrics | None = None
        self._count = 0
        self._restarts_of_the_gone = 0
        self._serving_since = 0.0
        self._asked_for_reload = False
        self._tried: Files | None = None
        self._asked_to_stop = 0
        self._stopping = False
        self._exit_code = 0
        self._backoff = Backoff(LONGEST_WAIT_SECONDS)
        self._start_again_at: float | None = None
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)

    def run(self) -> int:
        """Start the first generation and go on until everything ended; gives the exit code."""
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._waker)
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        self._start(self._wanted())
        while self.generations or not self._stopping:
            channels = [generation.channel.fileno() for generation in self.generations]
            readable, _, _ = select.select([self._wake, *channels], [], [], POLL_SECONDS)
            if self._wake in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake, 4096)
            for generation in list(self.generations):
                if generation.channel.fileno() in readable:
                    self._hear(generation)
            self._do_what_is_due()
        return self._exit_code

    def reload_soon(self) -> None:
        """Load the wanted files again; may be called by any thread."""
        self._asked_for_reload = True
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, b"\0")

    @property
    def serving(self) -> Generation | None:
        """The generation that new connections reach."""
        return next((each for each in self.generations if each.state is State.SERVING), None)

    @property
    def loading(self) -> Generation | None:
        """The generation that is not ready yet."""
        return next((each for each in self.generations if each.state is State.LOADING), None)

    def state(self) -> ServerState:
        """What metrics tell; may be asked by any thread."""
        generations = list(self.generations)
        serving = next((each for each in generations if each.state is State.SERVING), None)
        return ServerState(
            versions=("", "") if serving is None else serving.versions,
            release=0 if serving is None else serving.files.release,
            workers=self._options.workers,
            workers_alive=0 if serving is None else serving.workers_alive,
            worker_restarts=self._restarts_of_the_gone + sum(each.worker_restarts for each in generations),
            generations={state.name.lower(): sum(each.state is state for each in generations) for state in State},
            reloads=dict(self.reloads),
            serving_since=0.0 if serving is None else self._serving_since,
        )

    def _on_signal(self, number: int, _frame: object) -> None:
        """Note what was asked for; the loop, which the signal wakes, does it."""
        if number == signal.SIGHUP:
            self._asked_for_reload = True
        else:
            self._asked_to_stop += 1

    def _start(self, files: Files) -> None:
        self._count += 1
        self._tried = files
        ours, theirs = Channel.pair()
        counters = shared_file() if self.metrics is not None else None
        warnings = [f"-W{option}" for option in sys.warnoptions]
        process = subprocess.Popen(  # noqa: S603  # our own module
            [
                *(sys.executable, "-P", *warnings, "-m", "engine.service.start_generation", str(theirs.fileno())),
                *(str(os.getpid()), "first" if self.serving is None else "beside"),
            ],
            pass_fds=[theirs.fileno(), *([] if counters is None else [counters])],
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "proto"), *_python_path()])},
        )
        theirs.close()
        address = self._port.address
        ours.send(
            "load",
            options=dict(self._chosen.texts),
            address=[address.host, address.port],
            rules=str(files.rules),
            catalog=str(files.catalog),
            counters=counters,
        )
        self.generations.append(Generation(self._count, files, process, ours, counters))
        self._backoff.started()

    def _hear(self, generation: Generation) -> None:
        try:
            for message in generation.channel.receive():
                self._heard(generation, message)
        except EOFError:
            self._ended(generation)

    def _heard(self, generation: Generation, message: Message) -> None:
        match message["event"]:
            case "loaded":
                generation.versions = message["rulebook"], message["catalogue"]
                if self.metrics is not None and generation.counters is not None:
                    layout = Layout.of(message["counters"])
                    self.metrics.attach(generation.number, layout, open_memory(generation.counters))
            case "workers":
                generation.workers_alive, generation.worker_restarts = message["alive"], message["restarts"]
                if generation.state is State.LOADING:
                    self._switch_to(generation)
            case "failed":
                generation.told_failure = message["reason"]

    def _switch_to(self, generation: Generation) -> None:
        old = self.serving
        generation.state = State.SERVING
        self._serving_since = time.time()
        if self._count_served() == 1:
            LOG.info("serving on %s", self._shown_address())
        else:
            of_release = f"release {generation.files.release}: " if generation.files.release else ""
            LOG.info("now serving %srulebook %s, catalogue %s", of_release, *generation.versions)
        self._wanted.served(generation.files)
        if old is not None:
            self._drain(old, self._options.reload_drain_seconds, replaced=True)

    def _count_served(self) -> int:
        self.reloads["served"] += 1
        return self.reloads["served"]

    def _shown_address(self) -> str:
        return f"{self._options.address}".rpartition(":")[0] + f":{self._port.address.port}"

    def _ended(self, generation: Generation) -> None:
        code = generation.process.wait()
        generation.channel.close()
        self.generations.remove(generation)
        self._restarts_of_the_gone += generation.worker_restarts
        if self.metrics is not None and generation.counters is not None:
            self.metrics.detach(generation.number)
            os.close(generation.counters)
        if generation.state is State.DRAINING:
            return
        reason = generation.told_failure or f"its process {how_it_ended(code)}"
        if generation.state is State.LOADING:
            self._wanted.refused(generation.files, reason)
        if generation.state is State.SERVING:
            wait = self._backoff.ended()
            LOG.error(
                "the serving generation is gone: %s; another is started%s", reason, f" in {wait:g} s" * bool(wait)
            )
            self._start_again_at = time.monotonic() + wait
        elif self.serving is not None:
            self.reloads["refused"] += 1
            LOG.error("not reloaded, the old versions go on serving: %s", reason)
        elif self.reloads["served"]:
            wait = self._backoff.ended()
            LOG.error("nothing serves: %s; tried again in %g s", reason, wait)
            self._start_again_at = time.monotonic() + wait
        else:
            LOG.error("not started: %s", reason)
            self._stopping, self._exit_code = True, 2

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        for generation in self.generations:
            if now >= generation.killed_at:
                generation.process.kill()
        if self._asked_to_stop and not self._stopping:
            self._stopping = True
            self._stop()
        elif self._asked_to_stop > 1:
            self._kill_all()
        if self._stopping or self.loading is not None:
            return  # asked for meanwhile, a reload begins when the generation that is loading is ready
        if self._start_again_at is not None:
            if now >= self._start_again_at:
                self._start_again_at = None
                self._start(self._wanted())
        elif self._asked_for_reload or self._wanted() != self._tried:
            self._asked_for_reload = False
            self._start(self._wanted())

    def _drain(self, generation: Generation, seconds: float, *, replaced: bool) -> None:
        generation.state = State.DRAINING
        generation.channel.send("drain", seconds=seconds, replaced=replaced)
        generation.killed_at = min(generation.killed_at, time.monotonic() + seconds + KILL_AFTER_SECONDS)

    def _stop(self) -> None:
        LOG.info("stopping: requests in flight finish")
        for generation in self.generations:
            if generation.state is State.LOADING:
                generation.process.kill()
                generation.state = State.DRAINING
            else:
                self._drain(generation, self._options.drain_seconds, replaced=False)

    def _kill_all(self) -> None:
        for generation in self.generations:
            generation.process.kill()


def _python_path() -> list[str]:
    given = os.environ.get("PYTHONPATH", "")
    return given.split(os.pathsep) if given else []
