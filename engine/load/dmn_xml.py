"""DMN files (1.1 to 1.5) read into schema objects: item definitions, imports, the nodes of the requirement graph."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from engine.diagnostics import Code, Findings, did_you_mean
from engine.load.dmn_element import Element, FileContext
from engine.load.dmn_expressions import read_expression, read_function, read_variable
from engine.load.safe_xml import parse_xml
from engine.schema.dmn import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    Definitions,
    FunctionItem,
    Import,
    InputData,
    ItemDefinition,
    Node,
    Reference,
    TableExpression,
    Text,
    Variable,
    expressions_within,
)
from engine.schema.table import Cell, DecisionTable, InputClause, OutputClause
from engine.source import Span

MAX_NODES: Final = 5_000
"""Inputs, decisions, knowledge models and services of one file."""
MAX_REQUIREMENTS: Final = 20_000
"""Requirements of all nodes of one file together."""
AnyClause = TypeVar("AnyClause", InputClause, OutputClause)
VERSIONS: Final = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
_REQUIREMENTS: Final = ("informationRequirement", "knowledgeRequirement")
_WITHOUT_LOGIC: Final = (
    "artifact",
    "association",
    "authorityRequirement",
    "businessContextElement",
    "description",
    "drgElement",
    "elementCollection",
    "extensionElements",
    "group",
    "knowledgeSource",
    "organizationUnit",
    "performanceIndicator",
    "textAnnotation",
)
"""Elements of a model that say nothing about how it computes."""


def read_dmn(data: bytes, file: str, findings: Findings) -> Definitions | None:
    """A DMN file as schema objects, or None where nothing of it can be used.

    Args:
        data: the file's bytes.
        file: its name as shown to the user.
        findings: receives every mistake of form; references and FEEL texts are not looked at.
    """
    node = parse_xml(data, file, findings)
    if node is None:
        return None
    root = Element(node, FileContext(file, findings))
    if not _is_definitions(root) or _is_too_large(root):
        return None
    imports = tuple(_import(child) for child in root.children("import"))
    names = {item.namespace: item.name for item in imports}
    return _definitions(Element(node, FileContext(file, findings, root.get("namespace"), names)), imports)


def read_dmn_tables(source: bytes | Path, file: str) -> tuple[list[DecisionTable], Findings]:
    """Every decision table of a DMN file, named after the decision or knowledge model whose logic it is.

    Args:
        source: the file, or its bytes.
        file: its name as shown to the user.
    """
    findings = Findings()
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        findings.add(Code.FILE_UNREADABLE, f"the file cannot be read: {error.strerror}", Span(file))
        return [], findings
    definitions = read_dmn(data, file, findings)
    if definitions is None:
        return [], findings
    items = {item.name: item for item in definitions.items}
    names: Counter[str] = Counter()
    tables = []
    for expression in expressions_within(definitions):
        if isinstance(expression, TableExpression):
            table = _with_standard_types(expression.table, items)
            names[table.name] += 1
            number = names[table.name]
            tables.append(table if number == 1 else replace(table, name=f"{table.name} ({number})"))
    if not tables:
        findings.add(Code.MISSING_FIELD, "the file holds no decision table", Span(file))
    return tables, findings


def _with_standard_types(table: DecisionTable, items: Mapping[str, ItemDefinition]) -> DecisionTable:
    """The table with the file's own types replaced by those of the standard and the values that they allow."""

    def typed(clause: AnyClause) -> AnyClause:
        name, allowed, seen = clause.type_name, None, set[str]()
        while name in items and name not in seen:
            seen.add(name)
            item = items[name]
            if item.is_collection or item.components or item.function:
                return replace(clause, type_name="list" if item.is_collection else "context" if item.components else "")
            allowed = allowed or item.allowed_values
            name = item.type_ref
        if clause.allowed is None and allowed is not None and allowed.text:
            clause = replace(clause, allowed=Cell(allowed.text, allowed.span))
        return replace(clause, type_name="" if name in seen else name)

    return replace(table, inputs=tuple(map(typed, table.inputs)), outputs=tuple(map(typed, table.outputs)))


def _is_definitions(root: Element) -> bool:
    tag = str(root.node.tag)
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    if name != "definitions":
        root.report(Code.WRONG_VALUE, f"the root element is <{name}>; <definitions> of a DMN model was expected")
    elif namespace not in VERSIONS:
        root.report(
            Code.WRONG_VALUE,
            f"the namespace {namespace!r} is none of DMN {', '.join(VERSIONS.values())}",
            did_you_mean(namespace, VERSIONS),
        )
    else:
        return True
    return False


def _is_too_large(root: Element) -> bool:
    """Whether the requirement graph is larger than any that people make, so that taking it in would take long."""
    for limit, what, names in ((MAX_NODES, "nodes", _NODES), (MAX_REQUIREMENTS, "requirements", _REQUIREMENTS)):
        found = root.node.iter(*(f"{{*}}{name}" for name in names))
        if sum(1 for _ in itertools.islice(found, limit + 1)) > limit:
            root.report(Code.LIMIT, f"the model has more than {limit:,} {what}")
            return True
    return False


def _definitions(root: Element, imports: tuple[Import, ...]) -> Definitions:
    for child in root.children():
        if child.name not in (*_NODES, *_WITHOUT_LOGIC, "import", "itemDefinition"):
            child.report(
                Code.UNKNOWN_FIELD,
                f"<{child.name}> is no element of a DMN model",
                did_you_mean(child.name, (*_NODES, "import", "itemDefinition")),
            )
    return Definitions(
        name=root.get("name"),
        namespace=root.require("namespace"),
        expression_language=root.get("expressionLanguage"),
        imports=imports,
        items=tuple(_item(child) for child in root.children("itemDefinition")),
        nodes=tuple(_NODES[child.name](child) for child in root.children(*_NODES)),
        span=root.span,
    )


def _import(element: Element) -> Import:
    namespace = element.require("namespace")
    prefixes = (prefix for prefix, uri in element.node.nsmap.items() if prefix and uri == namespace)
    # DMN 1.1 knows no name on an import; there a type is qualified by the prefix of its namespace.
    name = element.get("name") if "name" in element.node.attrib else next(prefixes, "")
    return Import(
        " ".join(name.split()), namespace, element.get("importType"), element.get("locationURI"), element.span
    )


def _item(element: Element) -> ItemDefinition:
    function = element.child("functionItem")
    return ItemDefinition(
        name=" ".join(element.require("name").split()),
        type_ref=element.type_ref,
        is_collection=element.flag("isCollection"),
        allowed_values=_unary_tests(element, "allowedValues"),
        type_constraint=_unary_tests(element, "typeConstraint"),
        components=tuple(_item(child) for child in element.children("itemComponent")),
        function=_function_item(function) if function else None,
        span=element.span,
    )


def _unary_tests(element: Element, name: str) -> Text | None:
    child = element.child(name)
    if child is None:
        return None
    text = child.child("text")
    return Text(text.text if text else child.text, (text or child).span)


def _function_item(element: Element) -> FunctionItem:
    parameters = tuple(read_variable(child) for child in element.children("parameters"))
    output = element.get("outputTypeRef") or element.text_of("outputTypeRef")
    return FunctionItem(parameters, output)


def _name(element: Element) -> str:
    return " ".join(element.require("name").split())


def _variable(element: Element, name: str) -> Variable:
    """The node's variable; a node that declares none is known by its own name and untyped."""
    child = element.child("variable")
    if child is None:
        return Variable(name, "", element.span)
    written = " ".join(child.get("name").split())
    return Variable(written or name, child.type_ref, child.span)


def _references(element: Element, *names: str) -> tuple[Reference, ...]:
    """The targets of the references that the children of these names hold."""
    found = []
    for child in element.children(*names):
        namespace, hash_, identifier = child.get("href").partition("#")
        if not hash_ or not identifier:
            child.report(Code.MISSING_FIELD, f"<{child.name}> has no href of the form '#id' or 'namespace#id'")
            continue
        found.append(Reference(namespace, identifier, child.span))
    return tuple(found)


def _requirements(element: Element) -> tuple[Reference, ...]:
    kinds = ("requiredDecision", "requiredInput", "requiredKnowledge")
    parts = element.children(*_REQUIREMENTS)
    return tuple(reference for part in parts for reference in _references(part, *kinds))


def _input_data(element: Element) -> InputData:
    name = _name(element)
    return InputData(element.get("id"), name, _variable(element, name), element.span)


def _decision(element: Element) -> Decision:
    name = _name(element)
    return Decision(
        element.get("id"),
        name,
        _variable(element, name),
        _requirements(element),
        read_expression(element, name),
        element.span,
    )


def _business_knowledge_model(element: Element) -> BusinessKnowledgeModel:
    name = _name(element)
    logic = element.child("encapsulatedLogic")
    return BusinessKnowledgeModel(
        element.get("id"),
        name,
        _variable(element, name),
        _requirements(element),
        read_function(logic, name) if logic else None,
        element.span,
    )


def _decision_service(element: Element) -> DecisionService:
    name = _name(element)
    outputs = _references(element, "outputDecision")
    if not outputs:
        element.report(Code.MISSING_FIELD, f"the decision service {name!r} has no output decision")
    return DecisionService(
        element.get("id"),
        name,
        _variable(element, name),
        outputs,
        _references(element, "encapsulatedDecision"),
        _references(element, "inputDecision"),
        _references(element, "inputData"),
        element.span,
    )


_NODES: Final[Mapping[str, Callable[[Element], Node]]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _business_knowledge_model,
    "decisionService": _decision_service,
}
