"""Every method of every service with good requests to start from, and the call as the transport makes it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import files
from campaign import Outcome, signature
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from google.rpc import code_pb2, status_pb2
from mutation import Pool, change_message, learn, mutate_bytes
from quotewright.v1 import quote_pb2
from watchdog import HangsError, time_limit

from engine.diagnostics import Findings
from engine.document import read_document
from engine.security.identity import Identity, Role
from engine.security.roles import identity
from engine.service import approval_service, aside
from engine.service.errors import to_status
from engine.service.method import Service
from engine.service.services import services
from engine.service.snapshot_source import SnapshotSource
from engine.snapshot import SnapshotHolder
from engine.store.schema import open_database
from engine.wire.quote_file import fill_message, read_quote_file

LEAKS = ("Traceback", 'File "/', " object at 0x", "site-packages", "<lambda>", "sqlite3.", "engine/", "engine.")
PEOPLE = ("robin", "maria", "dana", "felix", "marc", "nobody")
CALLERS: tuple[Identity | None, ...] = (None, *(identity(name, list(Role)) for name in PEOPLE))
CONFIGURED = {"configuration": {"product": "SRV-R1"}, "time_limit_ms": 50}


class AnswersBadlyError(Exception):
    """A reply that should not be: an internal failure, or one that tells of the inside."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method under test: how to call it, and what its messages are."""

    name: str
    call: Callable[[bytes], list[bytes]]
    request: type[Message]
    response: type[Message]
    seeds: tuple[Message, ...]


class Requests:
    """The methods on the samples with a database; `pool` holds values that mean something, by field."""

    def __init__(self, scratch: Path) -> None:
        approval_service.LOOK_SECONDS = 0.0  # a watch would wait for events that do not come
        source = SnapshotSource(files.ROOT / "rules" / "sample", files.SAMPLE_CATALOG)
        snapshot, _ = source.load()
        self.database = open_database(scratch / "requests.db")
        self.pool: Pool = {
            "person": list(PEOPLE), "to": list(PEOPLE), "sku": list(snapshot.catalog.products)[:60],
            "quote_id": ["Q-1", "Q-2", "Q-3"], "product": ["SRV-R1"], "currency": ["EUR", "USD", "JPY"],
            "time_limit_ms": [1, 20, 50], "page_size": [0, 1, 50], "name": list(_names(snapshot))[:80],
            "price_date": ["2026-03-16", "2026-01-01"], "idempotency_key": ["", "", "k1", "k2"],
            "expected_version": [0, 1],
        }  # fmt: skip
        self.quote = read_quote_file(
            (files.ROOT / "rules/sample/quotes/data-center.yaml").read_text("utf-8"), "q"
        ).message
        learn(self.quote, self.pool)
        small = _AsideHere(scratch)
        offered = services(SnapshotHolder(snapshot), self.database, small)  # type: ignore[arg-type]
        self.methods = [method for service in offered for method in self._methods(service)]

    def _methods(self, service: Service) -> list[Method]:
        descriptor = descriptor_pool.Default().FindServiceByName(service.name)
        found = []
        for name, call in _calls(service).items():
            asked, answered = descriptor.methods_by_name[name].input_type, descriptor.methods_by_name[name].output_type
            request, response = message_factory.GetMessageClass(asked), message_factory.GetMessageClass(answered)
            seeds = (request(), *_seeds(request, self.quote))
            for seed in seeds:
                learn(seed, self.pool)
            found.append(Method(f"{service.name}/{name}", call, request, response, seeds))
        return found

    def spoilt(self, method: Method, number: int, seed: int) -> bytes:
        """The request with a number."""
        rng = random.Random(f"{seed}/{method.name}/{number}")  # to repeat it
        if rng.random() < 0.03:
            return rng.randbytes(rng.choice((0, 1, 10, 100, 5000)))
        message = method.request()
        message.CopyFrom(rng.choice(method.seeds))
        for _ in range(rng.choice((0, 1, 1, 2, 5))):
            change_message(rng, message, self.pool)
        data = message.SerializeToString(deterministic=True)
        return mutate_bytes(rng, data, self.quote.SerializeToString()) if rng.random() < 0.15 else data


class _AsideHere:
    """What compiles does so in this process, with a small catalogue."""

    def __init__(self, scratch: Path) -> None:
        self._header = {
            "rules": str(files.CASES / "e2e" / "rules"),
            "catalog": str(files.CASES / "e2e" / "catalog.yaml"),
            "database": str(scratch / "requests.db"),
        }

    def answer(self, method: str, request: bytes, caller: str | None = None) -> bytes:
        return aside._answer({**self._header, "method": method, "caller": caller}, request)


def _names(snapshot: Any) -> list[str]:
    return [name for model in snapshot.configuration.values() for name in model.model.names]


def _calls(service: Service) -> Mapping[str, Callable[[bytes], list[bytes]]]:
    calls: dict[str, Callable[[bytes], list[bytes]]] = {}
    for name, unary in service.unary.items():
        calls[name] = lambda request, unary=unary: [unary(request)]  # type: ignore[misc]
    for name, acting in service.acting.items():
        calls[name] = lambda request, acting=acting: [acting(request, CALLERS[len(request) % len(CALLERS)])]  # type: ignore[misc]
    for name, stream in service.streams.items():
        calls[name] = lambda request, stream=stream: list(stream([request, request], lambda: 5.0))  # type: ignore[misc]
    for name, watch in service.watches.items():
        calls[name] = lambda request, watch=watch: _first_of(watch, request)  # type: ignore[misc]
    return calls


def _first_of(watch: Any, request: bytes) -> list[bytes]:
    left = iter((True,))
    return list(watch(request, lambda: next(left, False)))


def _seeds(request: type[Message], quote: quote_pb2.Quote) -> list[Message]:
    """Requests of a type that can be answered."""
    fields = request.DESCRIPTOR.fields_by_name
    plain = request()
    if "quote" in fields:
        plain.quote.CopyFrom(quote)  # type: ignore[attr-defined]
        plain.quote.id = "Q-1"  # type: ignore[attr-defined]
    if "person" in fields:
        plain.person = "robin"  # type: ignore[attr-defined]
    if "quote_id" in fields:
        plain.quote_id = "Q-1"  # type: ignore[attr-defined]
    if "comment" in fields:
        plain.comment = "because"  # type: ignore[attr-defined]
    if "to" in fields:
        plain.to = "marc"  # type: ignore[attr-defined]
    if "sku" in fields:
        plain.sku = "SRV-R1"  # type: ignore[attr-defined]
    if "configuration" in fields:
        plain.configuration.product = "SRV-R1"  # type: ignore[attr-defined]
    if "time_limit_ms" in fields:
        plain.time_limit_ms = 50  # type: ignore[attr-defined]
    if "start" in fields:
        plain.start.product = "SRV-R1"  # type: ignore[attr-defined]
    if "margin_percent" in fields:
        plain.margin_percent = "20"  # type: ignore[attr-defined]
    if "files" in fields and not fields["files"].message_type.GetOptions().map_entry:
        for name, data in files.read_folder_of(files.CASES / "e2e" / "rules").items():
            plain.files.add(name=name, content=data)  # type: ignore[attr-defined]
    if "contract" in fields and fields["contract"].message_type is not None:
        _fill(plain.contract, "contracts/platform-2025.yaml")  # type: ignore[attr-defined]
    if "day" in fields:
        plain.day = "2026-05-01"  # type: ignore[attr-defined]
    if "reason" in fields:
        plain.reason = "because"  # type: ignore[attr-defined]
    if "release" in fields:
        plain.release = 1  # type: ignore[attr-defined]
    if "contract_id" in fields and "contract" not in fields:
        plain.contract_id = "C-2025-007"  # type: ignore[attr-defined]
    if "credit" in fields:
        _fill(plain.credit, "credit/policy.test.yaml", "credit")  # type: ignore[attr-defined]
    seeds = [plain]
    if "approval" in fields and fields["approval"].message_type.name == "ApprovalRequest":
        asked = request()
        asked.CopyFrom(plain)
        asked.approval.requester = "robin"  # type: ignore[attr-defined]
        seeds.append(asked)
    return seeds


def _fill(message: Message, file: str, *path: str) -> None:
    """Put what a sample file holds into a message."""
    findings = Findings()
    document = read_document((files.ROOT / "rules" / "sample" / file).read_text("utf-8"), file, findings)
    value = document.value
    for step in path:
        value = value[step]
    fill_message(message, document, path, findings, value)
    assert not findings.errors, findings.errors[0]


def call(method: Method, request: bytes) -> bool:
    """Call as the transport does, and look at what comes back. Gives whether it is a reply, no status.

    Raises:
        AnswersBadlyError: it is neither a reply nor a status that may be told.
    """
    try:
        replies = method.call(request)
    except Exception as error:  # noqa: BLE001  # as the transport does
        _check_status(to_status(error), error)
        return False
    for reply in replies:
        try:
            message = method.response.FromString(reply)
        except DecodeError:
            raise AnswersBadlyError("the reply is no message of the method") from None
        if "error" in message.DESCRIPTOR.fields_by_name and message.HasField("error"):
            _check_status(message.error, None)  # type: ignore[attr-defined]
            return False
    return True


def _check_status(status: status_pb2.Status, error: Exception | None) -> None:
    if status.code == code_pb2.INTERNAL:
        if error is not None:
            raise error
        raise AnswersBadlyError("a failure inside")
    if not status.message:
        raise AnswersBadlyError("a status that tells nothing") from error
    for leak in LEAKS:
        if leak in str(status).replace("engine/quotewright", ""):
            raise AnswersBadlyError(f"{leak!r} in {status.message[:200]!r}") from error


def run_requests(requests: Requests, count: int, seed: int, seconds: float, first: int = 0) -> Outcome:
    """Call the methods in turn, `count` calls altogether."""
    outcome = Outcome()
    for number in range(first, first + count):
        method = requests.methods[number % len(requests.methods)]
        data = requests.spoilt(method, number, seed)
        started = time.perf_counter()
        try:
            with time_limit(seconds):
                outcome.answered[method.name] += call(method, data)
        except (Exception, HangsError) as error:  # noqa: BLE001  # every failure is what is looked for
            told = f"{method.name}: {signature(error)}"
            if told not in outcome.failures:
                outcome.failures[told] = number
                print(f"{method.name} {number}: {told}", flush=True)
        outcome.took(method.name, time.perf_counter() - started, number)
    return outcome
