"""Forward chaining by durable-rules: the one adapter, and the one place that knows its manners.

The library is used through its C module, one session a thread with a fixed sid and no host. All facts are small
integers (see `codes`), their ids come from a fixed pool, and a catch-all rule matches every fact, since the library
fails on what no rule matches. Rules are spread over several facts, because it was seen to slow down and to hang
where very many rules hang on one. A run has a budget of steps; a session that fails is dropped, never used again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.approve.codes import code_ranges
from engine.approve.program import Alternative, Stratum

try:
    import durable_rules_engine as library
except ImportError:  # no wheel, and none can be built on Python 3.13
    library = None

RULES_PER_FACT = 50
TESTS_PER_FACT = 100
RANGES_PER_TEST = 4
CATCH_ALL = "x"
SID = "a"


class ChainingFailedError(Exception):
    """The library failed or exceeded its budget; the session is gone."""


def is_available() -> bool:
    """Whether the library can be imported here."""
    return library is not None


@dataclass(slots=True)
class _Bucket:
    """Alternatives that hang on one fact, and the fields of that fact.

    Attributes:
        number: of the fact.
        rules: alternatives by position, with their pattern on the fact.
        columns: columns told as codes, by field name.
        residuals: residual conditions told as 0 or 1.
        memberships: (column, codes) told as 0 or 1: sets of codes too ragged to be tested as ranges.
    """

    number: int
    rules: dict[int, dict[str, Any]] = field(default_factory=dict)
    columns: dict[int, None] = field(default_factory=dict)
    residuals: dict[int, None] = field(default_factory=dict)
    memberships: dict[tuple[int, frozenset[int]], None] = field(default_factory=dict)
    tests: int = 0

    def add(self, position: int, alternative: Alternative) -> None:
        """Hang an alternative on this fact."""
        tests: list[dict[str, Any]] = [{f"k{self.number}": 1}]
        for column, codes in alternative.accepted.items():
            ranges = code_ranges(codes)
            if 0 < len(ranges) <= RANGES_PER_TEST:
                self.columns[column] = None
                tests.append(_any_range(f"c{self.number}_{column}", ranges))
                self.tests += len(ranges)
            else:
                self.memberships.setdefault((column, codes))
                tests.append({f"m{self.number}_{list(self.memberships).index((column, codes))}": 1})
                self.tests += 1
        if alternative.residual >= 0:
            self.residuals[alternative.residual] = None
            tests.append({f"r{self.number}_{alternative.residual}": 1})
            self.tests += 1
        self.rules[position] = tests[0] if len(tests) == 1 else {"$and": tests}

    @property
    def full(self) -> bool:
        """Whether the next alternative goes to another fact."""
        return len(self.rules) >= RULES_PER_FACT or self.tests >= TESTS_PER_FACT

    def template(self) -> str:
        """The fact as JSON with a place for each field: codes, residuals, memberships."""
        number = self.number
        names = [f"c{number}_{column}" for column in self.columns]
        names += [f"r{number}_{residual}" for residual in self.residuals]
        names += [f"m{number}_{place}" for place in range(len(self.memberships))]
        fields = "".join(f',"{name}":%d' for name in names)
        return f'{{"sid":"{SID}","id":"b{number}","k{number}":1{fields}}}'


class _Session:
    """A ruleset of the library, which is given back when nothing refers to it any more."""

    __slots__ = ("failed", "handle")

    def __init__(self, definition: str) -> None:
        self.failed = False
        self.handle = library.create_ruleset("approval", definition)

    def __del__(self) -> None:
        # The state of one that failed is unknown: it is left alone, at the cost of its memory.
        if not self.failed:
            library.delete_ruleset(self.handle)


class DurableChainer:
    """Forward chaining over a stratum; each thread has a session of its own."""

    __slots__ = ("_buckets", "_budget", "_definition", "_facts", "_flags", "_local", "_rules", "_warm_up")

    def __init__(self, stratum: Stratum) -> None:
        if library is None:
            raise RuntimeError("durable-rules cannot be imported here")
        buckets = [_Bucket(0)]
        for position, alternative in enumerate(stratum.alternatives):
            if buckets[-1].full:
                buckets.append(_Bucket(len(buckets)))
            buckets[-1].add(position, alternative)
        self._buckets = [(tuple(b.columns), tuple(b.residuals), tuple(b.memberships), b.template()) for b in buckets]
        definition: dict[str, Any] = {}
        for bucket in buckets:
            for position, pattern in bucket.rules.items():
                flags = sorted(stratum.alternatives[position].flags)
                joined = [{"f": pattern}, *({f"n{flag}": {"n": flag}} for flag in flags)]
                definition[str(position)] = {"all": joined}
            definition[f"{CATCH_ALL}{bucket.number}"] = {"all": [{"f": {f"k{bucket.number}": 1}}]}
        self._definition = json.dumps(definition)
        self._rules = [alternative.rule for alternative in stratum.alternatives]
        read = {flag for alternative in stratum.alternatives for flag in alternative.flags}
        self._flags = {
            rule: tuple(flag for flag in flags if flag in read)
            for rule, flags in stratum.flags.items()
            if read.intersection(flags)
        }
        self._facts = [f'{{"sid":"{SID}","id":"b{bucket.number}"}}' for bucket in buckets]
        self._budget = 2 * (len(definition) + len(read)) + 16
        self._warm_up = ([0] * len(stratum.columns), [False] * len(stratum.residuals))
        self._local = threading.local()

    def fired(self, codes: Sequence[int], residuals: Sequence[bool]) -> int:
        """The rules that fire, as bits of their positions in the program.

        Raises:
            ChainingFailedError: the library failed or did not come to an end.
        """
        session: _Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = _Session(self._definition)
            self._run(session, *self._warm_up)
        return self._run(session, codes, residuals)

    def _run(self, session: _Session, codes: Sequence[int], residuals: Sequence[bool]) -> int:
        try:
            return self._chain(session.handle, codes, residuals)
        except ChainingFailedError:
            session.failed, self._local.session = True, None
            raise
        except Exception as error:
            # The C module raises plain exceptions of its own; whatever it was, the session's state is unknown now.
            session.failed, self._local.session = True, None
            raise ChainingFailedError(f"durable-rules failed: {error}") from error

    def _chain(self, handle: Any, codes: Sequence[int], residuals: Sequence[bool]) -> int:
        facts = []
        for columns, conditions, memberships, template in self._buckets:
            values = [codes[column] for column in columns]
            values += [residuals[condition] for condition in conditions]
            values += [codes[column] in accepted for column, accepted in memberships]
            facts.append(template % tuple(values))
        if len(facts) == 1:
            status, state = library.assert_fact(handle, facts[0])
        else:
            status, state = library.assert_facts(handle, "[" + ",".join(facts) + "]")
        if status:
            raise ChainingFailedError(f"durable-rules did not take the facts (status {status})")
        told = list(self._facts)
        known: set[int] = set()
        fired = 0
        budget = self._budget
        started = library.start_action_for_state(handle, state)
        message = started[1] if started else None
        while message:
            budget -= 1
            if not budget:
                raise ChainingFailedError("durable-rules did not come to an end within its budget of steps")
            name = message[2 : message.index('"', 2)]
            if name[0] != CATCH_ALL:
                rule = self._rules[int(name)]
                fired |= 1 << rule
                for flag in self._flags.get(rule, ()):
                    if flag not in known:
                        known.add(flag)
                        library.assert_fact(handle, f'{{"sid":"{SID}","id":"n{flag}","n":{flag}}}')
                        told.append(f'{{"sid":"{SID}","id":"n{flag}"}}')
            message = library.complete_and_start_action(handle, state)
        for fact in told:
            library.retract_fact(handle, fact)
        return fired


def _any_range(name: str, ranges: list[tuple[int, int]]) -> dict[str, Any]:
    tests = [
        {name: first} if first == last else {"$and": [{"$gte": {name: first}}, {"$lte": {name: last}}]}
        for first, last in ranges
    ]
    return tests[0] if len(tests) == 1 else {"$or": tests}
