"""Files that are broken or made to harm: a clear finding, within a second, in bounded memory."""

from __future__ import annotations

import resource
import time

import pytest

from engine.diagnostics import Code, Findings
from engine.load.dmn_xml import read_dmn, read_dmn_tables

DMN = 'xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:test" name="test"'


def bomb(levels: int) -> str:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, levels))
    return f'<!DOCTYPE definitions [<!ENTITY l0 "ha">{entities}]><definitions {DMN}>&l{levels - 1};</definitions>'


def in_attribute(levels: int) -> str:
    return bomb(levels).replace(f">&l{levels - 1};<", f' id="&l{levels - 1};"><')


def graph(nodes: int, requirements: int) -> str:
    links = '<informationRequirement><requiredDecision href="#x"/></informationRequirement>' * requirements
    others = '<decision name="d" id="x"/>' * (nodes - 1)
    return f'<definitions {DMN}><decision name="d" id="x">{links}</decision>{others}</definitions>'


HOSTILE = {
    "many nodes": (graph(100_000, 0).encode(), Code.LIMIT, "more than 5,000 nodes"),
    "many requirements": (graph(10, 300_000).encode(), Code.LIMIT, "more than 20,000 requirements"),
    "empty": (b"", Code.SYNTAX, "the file is empty"),
    "only spaces": (b" \n\t", Code.SYNTAX, "the file is empty"),
    "not XML": (b"segment,discount\nSMB,10\n", Code.SYNTAX, "not well-formed XML"),
    "binary": (bytes(range(256)) * 64, Code.SYNTAX, "not well-formed XML"),
    "cut off": (f"<definitions {DMN}><decision".encode(), Code.SYNTAX, "not well-formed XML"),
    "unknown encoding": (b'<?xml version="1.0" encoding="x-none"?><definitions/>', Code.SYNTAX, "not "),
    "entity bomb": (bomb(12).encode(), Code.WRONG_VALUE, "document type declaration"),
    "entity bomb in an attribute": (in_attribute(12).encode(), Code.WRONG_VALUE, "document type declaration"),
    "entity bomb in UTF-16": (bomb(12).encode("utf-16"), Code.WRONG_VALUE, "document type declaration"),
    "entity bomb after a comment": (
        f'<?xml version="1.0"?><!-- {"x" * 9000} -->{bomb(12)}'.encode(),
        Code.WRONG_VALUE,
        "document type declaration",
    ),
    "external entity": (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions {DMN}>&e;</definitions>'.encode(),
        Code.WRONG_VALUE,
        "document type declaration",
    ),
    "external DTD": (
        f'<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/x.dtd"><definitions {DMN}/>'.encode(),
        Code.WRONG_VALUE,
        "document type declaration",
    ),
    "undeclared entity": (f"<definitions {DMN}>&secret;</definitions>".encode(), Code.SYNTAX, "not well-formed XML"),
    "deep nesting": (
        f"<definitions {DMN}>".encode() + b"<context>" * 1_000_000,
        Code.SYNTAX,
        "not well-formed XML: Excessive depth",
    ),
    "wide attribute": (
        f'<definitions {DMN} id="{"x" * 12_000_000}"/>'.encode(),
        Code.SYNTAX,
        "not well-formed XML",
    ),
    "too large": (b" " * (64 * 1024 * 1024) + b"<a/>", Code.LIMIT, "at most"),
    "wrong root": (b"<html><body/></html>", Code.WRONG_VALUE, "the root element is <html>"),
    "no namespace": (b'<definitions name="x"/>', Code.WRONG_VALUE, "is none of DMN 1.1, 1.2, 1.3, 1.4, 1.5"),
    "wrong namespace": (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        Code.WRONG_VALUE,
        "is none of DMN",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_is_refused_with_a_clear_finding_within_a_second(name):
    data, code, message = HOSTILE[name]
    findings = Findings()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    assert read_dmn(data, "hostile.dmn", findings) is None
    assert time.perf_counter() - start < 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, f"{grown} KiB more memory"
    assert [found.code for found in findings] == [code]
    assert message in next(iter(findings)).message
    assert next(iter(findings)).span.file == "hostile.dmn"


def test_a_document_type_in_a_comment_is_no_declaration():
    findings = Findings()
    assert read_dmn(f"<!-- <!DOCTYPE x> --><definitions {DMN}/>".encode(), "a.dmn", findings) is not None
    assert not list(findings)


def test_the_nearest_namespace_is_offered():
    findings = Findings()
    read_dmn(b'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL"/>', "a.dmn", findings)
    assert "https://www.omg.org/spec/DMN/20230324/MODEL/" in next(iter(findings)).hint


def test_a_model_without_tables_says_so():
    tables, findings = read_dmn_tables(f"<definitions {DMN}/>".encode(), "a.dmn")
    assert tables == []
    assert [found.message for found in findings] == ["the file holds no decision table"]
