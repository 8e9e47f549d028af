"""Test files of the DMN conformance kit: inputs, expected results, what is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from engine.diagnostics import Code, Findings
from engine.feel import interpret, parse_expression
from engine.feel.values import Value
from engine.load.safe_xml import parse_xml
from engine.money import to_decimal
from engine.source import Span

NAMESPACE: Final = "http://www.omg.org/spec/DMN/20160719/testcase"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True, slots=True)
class GivenInput:
    """A value for an input, or for an input decision of a service.

    Attributes:
        name: the input's name.
        namespace: of the model that declares it, "" for the model under test.
        value: as a FEEL value.
    """

    name: str
    namespace: str
    value: Value


@dataclass(frozen=True, slots=True)
class ExpectedResult:
    """What a decision (or the called function) must give.

    Attributes:
        name: the decision's name.
        value: as a FEEL value.
        error_allowed: the case expects an error, which this engine gives as null.
    """

    name: str
    value: Value
    error_allowed: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: what is asked, with what, and every result to compare.

    Attributes:
        id: as the kit names it.
        kind: "decision", "bkm" or "decisionService".
        invocable: name of what is called, for the last two.
        inputs: the given values.
        results: the expected values.
    """

    id: str
    kind: str
    invocable: str
    inputs: tuple[GivenInput, ...]
    results: tuple[ExpectedResult, ...]


@dataclass(frozen=True, slots=True)
class TestFile:
    """One test file: the model it tests, with its cases."""

    path: Path
    model: str
    cases: tuple[Case, ...]


def read_test_file(path: Path, findings: Findings) -> TestFile | None:
    """A test file of the kit; None, with findings, where it cannot be read."""
    file = path.as_posix()
    root = parse_xml(path.read_bytes(), file, findings)
    if root is None:
        return None
    if root.tag != _tag("testCases"):
        findings.add(Code.WRONG_VALUE, f"the root element is {root.tag}; <testCases> was expected", Span(file))
        return None
    model = (root.findtext(_tag("modelName")) or "").strip()
    try:
        cases = tuple(_case(element) for element in root.iterchildren(_tag("testCase")))
    except ValueError as error:
        findings.add(Code.WRONG_VALUE, str(error), Span(file))
        return None
    return TestFile(path, model, cases)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _case(element: etree._Element) -> Case:
    inputs = tuple(
        GivenInput(_name(node), node.get("namespace") or "", _value(node))
        for node in element.iterchildren(_tag("inputNode"))
    )
    results = tuple(_result(node) for node in element.iterchildren(_tag("resultNode")))
    kind = element.get("type") or "decision"
    return Case(element.get("id") or "", kind, element.get("invocableName") or "", inputs, results)


def _result(node: etree._Element) -> ExpectedResult:
    expected = node.find(_tag("expected"))
    value = None if expected is None else _value(expected)
    return ExpectedResult(_name(node), value, node.get("errorResult") in ("true", "1"))


def _name(element: etree._Element) -> str:
    return " ".join((element.get("name") or "").split())


def _is_nil(element: etree._Element) -> bool:
    return element.get(_XSI + "nil") in ("true", "1")


def _value(holder: etree._Element) -> Value:
    """The value inside an element that holds a value, a list or components."""
    if _is_nil(holder):
        return None
    components = list(holder.iterchildren(_tag("component")))
    if components:
        return {_name(component): _value(component) for component in components}
    items = holder.find(_tag("list"))
    if items is not None:
        return None if _is_nil(items) else [_value(item) for item in items.iterchildren(_tag("item"))]
    value = holder.find(_tag("value"))
    return None if value is None or _is_nil(value) else _simple(value)


def _simple(element: etree._Element) -> Value:
    """A value with its XML Schema type; without one it is a string."""
    text = "".join(str(part) for part in element.itertext())
    kind = (element.get(_XSI + "type") or "string").rpartition(":")[2]
    if kind in _NUMBERS:
        return to_decimal(text.strip())
    convert = _CONVERSIONS.get(kind)
    if convert is None:
        raise ValueError(f"line {element.sourceline}: the type {kind!r} is not known")
    value = convert(text)
    if value is None:
        raise ValueError(f"line {element.sourceline}: {text!r} is no {kind}")
    return value


def _by_feel(function: str) -> Callable[[str], Value]:
    """The conversion that the FEEL function of that name makes from a text."""
    call = parse_expression(f"{function}(text)", names=("text",))
    return lambda text: interpret(call, {"text": text.strip()})


_NUMBERS: Final = frozenset(
    {"decimal", "double", "float", "integer", "int", "long", "short", "byte"}
    | {"nonNegativeInteger", "positiveInteger", "unsignedInt", "unsignedLong"}
)
_CONVERSIONS: Final[dict[str, Callable[[str], Value]]] = {
    "string": lambda text: text,
    "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}.get(text.strip()),
    "date": _by_feel("date"),
    "time": _by_feel("time"),
    "dateTime": _by_feel("date and time"),
    "duration": _by_feel("duration"),
    "dayTimeDuration": _by_feel("duration"),
    "yearMonthDuration": _by_feel("duration"),
}
