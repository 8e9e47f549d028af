"""Well-formed models made to run for ever: they end soon, in bounded memory, and say why."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from engine.dmn import load_model
from engine.dmn.outcome import MAX_WARNINGS

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def literal(text):
    return f"<literalExpression><text>{text}</text></literalExpression>"


def decision(logic, requires=""):
    return f'<decision name="d" id="d">{requires}{logic}</decision>'


def function(logic):
    body = f'<encapsulatedLogic><formalParameter name="n"/>{logic}</encapsulatedLogic>'
    return f'<businessKnowledgeModel name="f" id="f">{body}</businessKnowledgeModel>'


CALLS = '<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
READS = '<informationRequirement><requiredInput href="#x"/></informationRequirement>'


def nested(logic, opening, closing, levels):
    return opening * levels + logic + closing * levels


def loop(source, body, variable="n"):
    return f'<for iteratorVariable="{variable}"><in>{literal(source)}</in><return>{body}</return></for>'


TYPES = "".join(
    f'<itemDefinition name="t{i}"><itemComponent name="a"><typeRef>t{i + 1}</typeRef></itemComponent>'
    f'<itemComponent name="b"><typeRef>t{i + 1}</typeRef></itemComponent></itemDefinition>'
    for i in range(40)
)
ALIASES = "".join(f'<itemDefinition name="t{i}"><typeRef>t{i + 1}</typeRef></itemDefinition>' for i in range(3000))
INPUT = '<inputData name="x" id="x"><variable name="x" typeRef="t0"/></inputData>'
THOUSAND = "for i in 1..1000 return i"

HOSTILE = {
    "endless recursion": function(literal("f(n + 1)")) + decision(literal("f(1)"), CALLS),
    "recursion that branches": function(literal("f(n + 1) + f(n + 2)")) + decision(literal("f(1)"), CALLS),
    "recursion that branches within the depth": (
        function(literal("if n = 0 then 1 else f(n - 1) + f(n - 1)")) + decision(literal("f(40)"), CALLS)
    ),
    "recursion through boxed expressions": (
        function(nested(literal("f(n + 1)"), "<list>", "</list>", 40)) + decision(literal("f(1)"), CALLS)
    ),
    "loops in loops": decision(loop(THOUSAND, loop(THOUSAND, loop(THOUSAND, literal("n")), "m"), "k")),
    "a billion": decision(loop("for i in 1..1000000000 return i", literal("n"))),
    "results so far in each result": decision(loop("for i in 1..50000 return i", literal("partial"))),
    "warnings without end": decision(loop("for i in 1..20000 return i", literal("n + &quot;a&quot;"))),
    "deep boxes": decision(nested(literal("1"), "<list>", "</list>", 240)),
    "a type that doubles at each level": TYPES + INPUT + decision(literal("x + 1"), READS),
    "a long chain of types": ALIASES + INPUT + decision(literal("x"), READS),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_ends_soon(tmp_path, name):
    path = tmp_path / "m.dmn"
    path.write_text(f'<definitions xmlns="{DMN}" namespace="urn:m" name="m">{HOSTILE[name]}</definitions>')
    start = time.perf_counter()
    model, findings = load_model(path)
    loaded = time.perf_counter()
    assert loaded - start < 1
    found = model.evaluate("d", {"x": 1})
    assert time.perf_counter() - loaded < 3
    assert len(found.warnings) <= MAX_WARNINGS
    assert found.warnings or findings.errors or name == "deep boxes"


def test_files_that_all_import_each_other(tmp_path):
    count = 40
    for i in range(count):
        imports = "".join(
            f'<import name="m{j}" namespace="urn:{j}" importType="{DMN}"/>' for j in range(count) if j != i
        )
        body = f'<definitions xmlns="{DMN}" namespace="urn:{i}" name="m{i}">{imports}</definitions>'
        (tmp_path / f"m{i}.dmn").write_text(body)
    tracemalloc.start()
    start = time.perf_counter()
    model, findings = load_model(tmp_path / "m0.dmn")
    elapsed = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert model is not None
    assert not findings.errors
    assert elapsed < 1
    assert peak < 50_000_000
