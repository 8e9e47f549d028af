"""10,000 random quotes over random rule sets: both forward chainers and the plain interpreter of FEEL agree."""

from __future__ import annotations

import random
import threading
from decimal import Decimal
from typing import Any

import pytest
from approval_texts import CREDIT, CUSTOMER, LINE, PRODUCT, QUOTE, compiled

from engine.approve.durable_chainer import is_available
from engine.approve.facts import ApprovalFacts, parameters
from engine.approve.program import PARAMETERS, ApprovalProgram
from engine.approve.route import Router
from engine.feel import interpret, parse_expression

RULE_SETS = 200
QUOTES = 50
NUMBERS = ("quote.net_total", "quote.discount_percent", "quote.margin_percent", "aggregate.worst", "credit.score")
TEXTS = {
    "customer.segment": ("SMB", "public", "enterprise", "it's", '"quoted"', "Zürich", ""),
    "credit.outcome": ("approve", "refer", "hold"),
    "quote.channel": ("direct", "partner", "2", "10"),
}
FIGURES = ("-1", "0", "0.1", "9.99", "10", "10.01", "99", "1e3", "9007199254740993", "123456789012345678901234567890")
STEPS = [f"c{chain}.s{step}" for chain in range(3) for step in range(3)]
CHAINS = """
roles: [{id: boss}]
people: [{id: bo, roles: [boss]}]
aggregates: [{id: worst, function: max, of: line.discount_percent}]
chains:
""" + "".join(
    f"  - {{id: c{chain}, order: {chain % 2}, steps: ["
    + ", ".join(f"{{id: s{step}, roles: [boss]}}" for step in range(3))
    + "]}\n"
    for chain in range(3)
)


def condition(rng: random.Random, flags: list[str], settled: list[str], depth: int = 0) -> str:
    kind = rng.random()
    if depth < 2 and kind < 0.45:
        operator = rng.choice((" and ", " or "))
        parts = [condition(rng, flags, settled, depth + 1) for _ in range(rng.randint(2, 3))]
        return "(" + operator.join(parts) + ")"
    if kind < 0.6 and flags:
        return rng.choice(flags)
    if kind < 0.65 and settled:
        return f"not({rng.choice(settled)})"
    if kind < 0.85:
        path, figure = rng.choice(NUMBERS), rng.choice(FIGURES)
        operator = rng.choice(("<", "<=", ">", ">=", "=", "!="))
        if rng.random() < 0.2:
            return f"{path} between {rng.choice(FIGURES[:6])} and {figure}"
        text = f"{path} {operator} {figure}" if rng.random() < 0.8 else f"{figure} {operator} {path}"
        return f"not({text})" if rng.random() < 0.2 else text
    path = rng.choice(list(TEXTS))
    words = ", ".join('"' + word.replace('"', '\\"') + '"' for word in rng.sample(TEXTS[path], 2))
    return f"{path} in ({words})" if rng.random() < 0.7 else f"string length({path}) > {rng.randint(1, 6)}"


def rule_set(rng: random.Random, count: int) -> tuple[str, list[str]]:
    """Rules in two layers: the second may ask what the first did not derive."""
    conditions, rules = [], []
    first = [f"derived.f{number}" for number in range(4)]
    second = [f"derived.g{number}" for number in range(4)]
    for number in range(count):
        late = number >= count * 2 // 3
        flags = first + (second if late else [])
        settled = [*first, "needed.c0.s0"] if late else []
        text = condition(rng, flags, settled)
        conditions.append(text)
        then = []
        if rng.random() < 0.6:
            chain = rng.choice((1, 2)) if late else 0
            then.append(f"require: [c{chain}.s{rng.randrange(3)}]")
        if rng.random() < 0.6 or not then:
            then.append(f"derive: {{{'g' if late else 'f'}{rng.randrange(4)}: true}}")
        rules.append(
            f"  - {{id: r{number}, when: '{text.replace(chr(39), chr(39) * 2)}', then: {{{', '.join(then)}}}}}\n"
        )
    seed = [
        f"  - {{id: f{n}, when: quote.usage_total = {n}, then: {{derive: {{f{n}: true, g{n}: true}}}}}}\n"
        for n in range(4)
    ]
    return CHAINS + "rules:\n" + "".join(seed + rules), [f"quote.usage_total = {n}" for n in range(4)] + conditions


def random_facts(rng: random.Random) -> ApprovalFacts:
    def figure() -> Decimal | None:
        return rng.choice((None, Decimal(rng.choice(FIGURES)), Decimal(rng.randint(-500, 20000)) / 100))

    def word(path: str) -> str | None:
        return rng.choice((None, *TEXTS[path], "unheard of"))

    quote = {
        **QUOTE,
        "net_total": figure() or Decimal(0),
        "discount_percent": figure(),
        "margin_percent": figure(),
        "usage_total": Decimal(rng.randint(0, 6)),
        "channel": word("quote.channel") or "",
    }
    lines = [({**LINE, "discount_percent": figure()}, PRODUCT) for _ in range(rng.randint(0, 3))]
    credit = {**CREDIT, "outcome": word("credit.outcome"), "score": figure()}
    return ApprovalFacts({**CUSTOMER, "segment": word("customer.segment")}, quote, lines, credit)


def interpreted(program: ApprovalProgram, conditions: list[str], facts: ApprovalFacts) -> set[str]:
    """The rules that fire, by the interpreter: stratum by stratum, again and again until nothing changes."""
    values = parameters(program, facts)
    named: dict[str, Any] = dict(zip(PARAMETERS, values, strict=True))
    trees = [parse_expression(text, PARAMETERS) for text in conditions]
    fired: set[str] = set()
    for stratum in program.strata:
        before = -1
        while before != len(fired):
            before = len(fired)
            for position, rule in enumerate(program.rules):
                if stratum.rules >> position & 1 and interpret(trees[position], named) is True:
                    fired.add(rule.id)
                    named["derived"].update(rule.derives)
                    for step in rule.requires:
                        named["needed"][program.steps[step].chain][program.steps[step].name] = True
    return fired


@pytest.mark.skipif(not is_available(), reason="durable-rules cannot be imported here")
@pytest.mark.slow
def test_both_chainers_agree_on_ten_thousand_quotes(tmp_path):
    rng = random.Random(20260301)
    asked = number = 0
    while asked < RULE_SETS * QUOTES:
        number += 1
        text, conditions = rule_set(rng, rng.choice((3, 12, 40, 80)))
        program, findings = compiled(text, tmp_path / str(number))
        if program is None:
            # The generator may write conditions that hold in too many ways; nothing else may be wrong with them.
            assert {finding.code.value for finding in findings.errors} == {"limit"}, list(findings)
            continue
        durable, plain = Router(program, durable=True), Router(program, durable=False)
        for _ in range(QUOTES):
            facts = random_facts(rng)
            route = plain.route(facts)
            assert durable.route(facts) == route
            asked += 1
            if asked % 10 == 0:  # the interpreter is slow
                fired = interpreted(program, conditions, facts)
                reasons = {reason.rule_id for step in route.steps for reason in step.reasons}
                requiring = {rule.id for rule in program.rules if rule.requires}
                assert reasons == fired & requiring
                derived = {name for rule in program.rules if rule.id in fired for name in rule.derives}
                assert {item.name for item in route.derived} == derived


@pytest.mark.skipif(not is_available(), reason="durable-rules cannot be imported here")
def test_sessions_of_threads_are_their_own(program_of):
    text, _ = rule_set(random.Random(7), 40)
    program = program_of(text)
    durable, plain = Router(program, durable=True), Router(program, durable=False)
    wrong: list[Any] = []

    def work(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(200):
            facts = random_facts(rng)
            if durable.route(facts) != plain.route(facts):
                wrong.append(facts)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
