"""A generation: one version of rules and catalogue, loaded and compiled in a fresh process that forks its workers.

Everything that is expensive happens once, before the fork: the workers share it. gRPC starts its threads in the
workers alone, since they would not survive the fork. `start_generation` runs it.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from engine.diagnostics import Findings, RejectedError, Severity, render
from engine.native_build import is_compiled
from engine.security.certificates import CertificateError, read_certificate
from engine.security.options import SecurityOptionsError
from engine.security.roles import METHOD_ROLES
from engine.security.upkeep import Upkeep
from engine.service import duties, worker
from engine.service.counters import OTHER_METHODS, Counters, Layout, open_memory
from engine.service.decision_recorder import keep_versions
from engine.service.logs import configure_logs
from engine.service.low_priority import at_low_priority
from engine.service.option_values import Address
from engine.service.options import Options, options_of
from engine.service.processes import (
    Backoff,
    Channel,
    Message,
    end_with_parent,
    how_it_ended,
)
from engine.service.snapshot_source import SnapshotSource
from engine.service.warm_up import warm_up
from engine.snapshot import Snapshot, SnapshotHolder
from engine.store.database import StoreError
from engine.store.decisions import Versions
from engine.store.schema import open_database

LOG = logging.getLogger("quotewright")

KILL_AFTER_SECONDS = 2.0
"""A worker that goes on so long after its bound is killed."""
MOST_TRIES = 3
"""A generation whose worker dies so often before all serve is none."""
LONGEST_WAIT_SECONDS = 1.0
"""Before a worker is forked again that died time and again: a fork is cheap, and callers wait for it."""

Work = Callable[[Channel], int]
"""What a child does with its end of the channel; gives the exit code."""


@dataclass(slots=True)
class Child:
    """A place for a forked process, filled again when the process dies.

    Attributes:
        name: for the log.
        work: what it does.
        serves: whether it answers calls; readiness waits for those that do.
        pid: 0 while there is none.
        again_at: when to fork it again, on the monotonic clock.
        restarts: how often it was forked again.
    """

    name: str
    work: Work
    serves: bool
    pid: int = 0
    channel: Channel | None = None
    serving: bool = False
    again_at: float = 0.0
    restarts: int = 0
    backoff: Backoff = field(default_factory=lambda: Backoff(LONGEST_WAIT_SECONDS))


class Generation:
    """Forks the children of a generation, forks again those that die, and ends them when the supervisor says so."""

    def __init__(self, supervisor: Channel, children: list[Child]) -> None:
        self._supervisor = supervisor
        self._children = children
        self._ready = False
        self._draining_until: float | None = None

    def run(self) -> int:
        """Until all children ended; gives the exit code."""
        for child in self._children:
            self._fork(child)
        while self._draining_until is None or any(child.channel for child in self._children):
            channels: list[Channel] = [child.channel for child in self._children if child.channel is not None]
            for readable in select.select([self._supervisor, *channels], [], [], self._seconds_to_wait())[0]:
                if readable is self._supervisor:
                    self._hear_supervisor()
                else:
                    self._hear(next(child for child in self._children if child.channel is readable))
            self._do_what_is_due()
        return 0

    def _fork(self, child: Child) -> None:
        ours, theirs = Channel.pair()
        child.backoff.started()
        parent = os.getpid()
        sys.stderr.flush()
        child.pid = os.fork()
        if child.pid == 0:
            others = [other.channel for other in self._children if other.channel is not None]
            _become(child.work, parent, theirs, [ours, self._supervisor, *others])
        theirs.close()
        child.channel, child.serving = ours, False

    def _hear_supervisor(self) -> None:
        try:
            for message in self._supervisor.receive():
                if message["event"] == "drain":
                    self._drain(message["seconds"], replaced=message["replaced"])
        except EOFError:
            os._exit(1)  # the kernel ends the workers with this process, and so does their end of file

    def _hear(self, child: Child) -> None:
        assert child.channel is not None
        try:
            for message in child.channel.receive():
                self._heard(child, message)
        except EOFError:
            self._ended(child)

    def _heard(self, child: Child, message: Message) -> None:
        if message["event"] == "failed" and not self._ready:
            self._supervisor.send("failed", reason=message["reason"])
            os._exit(2)
        if message["event"] == "serving":
            child.serving = True
            self._tell_supervisor()

    def _ended(self, child: Child) -> None:
        assert child.channel is not None
        child.channel.close()
        child.channel = None
        child.serving = False
        code = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
        if not self._ready and child.serves and child.restarts >= MOST_TRIES:
            self._supervisor.send("failed", reason=f"{child.name} {how_it_ended(code)} whenever it was started")
            os._exit(2)
        if self._draining_until is None:
            wait = child.backoff.ended()
            child.again_at = time.monotonic() + wait
            LOG.warning("%s (process %d) %s; forked again %s", child.name, child.pid, how_it_ended(code),
                        f"in {wait:g} s" if wait else "at once")  # fmt: skip
            self._tell_supervisor()

    def _tell_supervisor(self) -> None:
        serving = [child for child in self._children if child.serves]
        alive = sum(child.serving for child in serving)
        if not self._ready:
            if alive < len(serving):
                return
            self._ready = True
        self._supervisor.send("workers", alive=alive, restarts=sum(child.restarts for child in self._children))

    def _drain(self, seconds: float, *, replaced: bool) -> None:
        self._draining_until = time.monotonic() + seconds + KILL_AFTER_SECONDS
        for child in self._children:
            if child.channel is not None:
                child.channel.send("drain", seconds=seconds, replaced=replaced)

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        if self._draining_until is None:
            for child in self._children:
                if child.channel is None and child.again_at <= now:
                    child.restarts += 1
                    self._fork(child)
        elif now >= self._draining_until:
            for child in self._children:
                if child.channel is not None:
                    os.kill(child.pid, 9)

    def _seconds_to_wait(self) -> float | None:
        if self._draining_until is not None:
            return max(0.05, self._draining_until - time.monotonic())
        waiting = [child.again_at for child in self._children if child.channel is None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None


def _become(work: Work, parent: int, channel: Channel, others: list[Channel]) -> None:
    """What a child does after the fork; never returns."""
    code = 1
    try:
        end_with_parent(parent)
        for other in others:  # held open, they would hide that their owners died
            other.close()
        code = work(channel)
    except Exception as error:
        LOG.exception("a worker could not go on")
        channel.send("failed", reason=f"a worker could not start: {error}")
    finally:
        os._exit(code)


def load(source: SnapshotSource) -> Snapshot:
    """The snapshot of the files as they are now; findings are logged, each with its source line.

    Raises:
        RejectedError: they have mistakes.
    """
    started = time.perf_counter()
    try:
        snapshot, warnings = source.load()
    except RejectedError as error:
        _tell(error.findings)
        raise
    _tell(warnings)
    told = len(snapshot.rules), len(snapshot.catalog.products), snapshot.rulebook_version, snapshot.catalogue_version
    took = time.perf_counter() - started
    LOG.info("loaded %d rules, %d products in %.2f s: rulebook %s, catalogue %s", *told[:2], took, *told[2:])
    if is_compiled():
        LOG.info("the hot path is compiled to machine code")
    return snapshot


def _tell(findings: Findings) -> None:
    for finding in findings.sorted():
        if finding.severity is not Severity.INFO:
            LOG.warning("%s", render(finding, findings.texts))


def prepare(options: Options, source: SnapshotSource, *, beside: bool) -> tuple[SnapshotHolder, Versions | None]:
    """Load, warm up, and put what stays out of the garbage collector's sight; at a low priority beside one that serves.

    Gives what recorded decisions are made of too, where they are recorded.

    Raises:
        RejectedError: the files have mistakes.
        StoreError: the database cannot be used.
    """

    def work() -> tuple[SnapshotHolder, Versions | None]:
        database = open_database(options.database) if options.database is not None else None
        holder = SnapshotHolder(load(source))
        recorded = None
        if database is not None:
            if options.record_decisions:
                recorded = keep_versions(database, source, holder.current)
            database.close()
        warm_up(holder)
        worker.transport(options)  # imported once for all workers
        gc.collect()
        gc.freeze()
        return holder, recorded

    return at_low_priority(work, gives_way=True) if beside else work()


def secure(options: Options) -> Upkeep | None:
    """The keys and tokens that callers need, None where they need none; the certificate is looked at too.

    Raises:
        RejectedError: the file of keys has mistakes.
        SecurityOptionsError: the keys of tokens cannot be had.
        CertificateError: the certificate cannot serve.
    """
    security = options.security()
    files = security.certificate_files()
    if files is not None:
        read_certificate(files)
    try:
        return Upkeep(security) if security.authenticates else None
    except RejectedError as error:
        _tell(error.findings)
        raise


def run(descriptor: int, beside: bool) -> int:
    """The generation's process, with its channel's descriptor; `beside` one that serves. Gives the exit code."""
    supervisor = Channel.inherited(descriptor)
    try:
        return serve_files(supervisor, beside=beside)
    finally:
        supervisor.close()


def serve_files(supervisor: Channel, *, beside: bool) -> int:
    """Load what the supervisor says and serve it until it says otherwise; gives the exit code."""
    message = next(supervisor.receive())
    options = options_of(message["options"])
    configure_logs(options.log_format)
    try:
        upkeep = secure(options)
        source = SnapshotSource(Path(message["rules"]), Path(message["catalog"]))
        holder, recorded = prepare(options, source, beside=beside)
    except (RejectedError, StoreError, SecurityOptionsError, CertificateError) as error:
        supervisor.send("failed", reason=str(error))
        return 2
    except Exception as error:
        LOG.exception("the files could not be loaded")
        supervisor.send("failed", reason=f"a mistake of the engine: {error!r}")
        return 2
    address = Address(*message["address"])
    versions = {"rulebook": holder.current.rulebook_version, "catalogue": holder.current.catalogue_version}
    layout, memory = None, None
    if message["counters"] is not None:
        methods = (*sorted(METHOD_ROLES), OTHER_METHODS)
        layout = Layout(methods, tuple(rule.id for rule in holder.current.rules), options.workers)
        memory = open_memory(message["counters"], layout.size)
    supervisor.send("loaded", **versions, counters=None if layout is None else asdict(layout))

    def serve(number: int, channel: Channel) -> int:
        counters = Counters(layout, memory, number) if layout is not None and memory is not None else None
        return worker.serve(options, holder, address, channel, upkeep, recorded, counters)

    children = [Child(f"worker {number + 1}", partial(serve, number), serves=True) for number in range(options.workers)]
    if options.database is not None:
        children.append(Child("duties", lambda channel: duties.work(options, holder, channel), serves=False))
    return Generation(supervisor, children).run()
