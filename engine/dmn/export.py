"""A decision table written as a DMN file, with a diagram, so that DMN editors and engines open it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from lxml import etree

from engine.feel.types import ANY, TYPES_BY_NAME, ContextType, ListType, SimpleType, Type, bare
from engine.schema.table import Aggregation, Cell, DecisionTable, HitPolicy, InputClause, OutputClause, Rule

Version = Literal["1.3", "1.5"]
"""Camunda Modeler and dmn-js (to dmn-moddle 12) open the namespace of 1.3 only; a table is the same in both."""

_MODEL: Final[Mapping[Version, str]] = {
    "1.3": "https://www.omg.org/spec/DMN/20191111/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/",
}
_DC: Final = "http://www.omg.org/spec/DMN/20180521/DC/"
_OWN: Final = "urn:quotewright:table"
_DI: Final = "http://www.omg.org/spec/DMN/20180521/DI/"
_AGGREGATIONS: Final[Mapping[Aggregation, str]] = {
    Aggregation.SUM: "SUM",
    Aggregation.MIN: "MIN",
    Aggregation.MAX: "MAX",
    Aggregation.COUNT: "COUNT",
}
_XML_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)

# Sizes and places of the boxes in the diagram, in its units of one pixel.
_BOX: Final = (180, 80)
_INPUT_BOX: Final = (125, 45)
_GAP: Final = 40
_MARGIN: Final = 100


def export_table(table: DecisionTable, parameters: Mapping[str, Type], version: Version = "1.5") -> bytes:
    """A DMN file with one decision whose logic is the table, and an input for each parameter.

    Args:
        table: what to write.
        parameters: the names that the table's expressions use, with their types.
        version: of DMN, which differs in the namespace only.

    Raises:
        ValueError: a text holds a control character, which XML cannot carry.
    """
    return _Writer(table, parameters, version).document()


@dataclass(frozen=True, slots=True)
class _Input:
    """An input of the model: its ids and the name of its type."""

    id: str
    name: str
    type_ref: str


class _Writer:
    def __init__(self, table: DecisionTable, parameters: Mapping[str, Type], version: Version) -> None:
        self._namespace = f"{_MODEL[version]}MODEL/"
        self._diagram_namespace = f"{_MODEL[version]}DMNDI/"
        self._table = table
        self._items: list[etree._Element] = []
        self._inputs = [
            _Input(f"input_{number}", name, self._type_ref(kind, f"t{number}"))
            for number, (name, kind) in enumerate(parameters.items(), 1)
        ]

    def _dmn(self, tag: str, *children: etree._Element, **attributes: str) -> etree._Element:
        return _element(self._namespace, tag, *children, **attributes)

    def _dmndi(self, tag: str, *children: etree._Element, **attributes: str) -> etree._Element:
        return _element(self._diagram_namespace, tag, *children, **attributes)

    def _with_text(self, tag: str, text: str) -> etree._Element:
        element = self._dmn(tag)
        element.text = text
        return element

    def document(self) -> bytes:
        """The file."""
        spaces: dict[str | None, str] = {None: self._namespace, "dmndi": self._diagram_namespace, "dc": _DC, "di": _DI}
        root = etree.Element(
            f"{{{self._namespace}}}definitions",
            {"id": "definitions", "name": self._table.name, "namespace": _OWN, "exporter": "Quotewright"},
            nsmap=spaces,  # type: ignore[arg-type]  # the stubs leave out the default namespace, None
        )
        root.extend([*self._items, *map(self._input_data, self._inputs), self._decision(), self._diagram()])
        etree.cleanup_namespaces(root)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)

    # --- types

    def _type_ref(self, kind: Type, name: str) -> str:
        """The name of a type for `typeRef`; structures and lists get an item definition of their own."""
        kind = bare(kind)
        if isinstance(kind, SimpleType):
            return "" if kind == ANY else kind.name
        if isinstance(kind, ContextType) and kind.fields:
            components = [self._component(field, of, f"{name}.{i}") for i, (field, of) in _numbered(kind.fields)]
            self._items.append(self._dmn("itemDefinition", *components, id=f"item_{name}", name=name))
            return name
        if isinstance(kind, ListType):
            item = self._type_ref(kind.item, f"{name}.1") or "Any"
            head = self._dmn("itemDefinition", self._with_text("typeRef", item), id=f"item_{name}", name=name)
            head.set("isCollection", "true")
            self._items.append(head)
            return name
        return ""

    def _component(self, name: str, kind: Type, type_name: str) -> etree._Element:
        type_ref = self._type_ref(kind, type_name)
        inner = [self._with_text("typeRef", type_ref)] if type_ref else []
        return self._dmn("itemComponent", *inner, id=f"component_{type_name}", name=name)

    # --- nodes

    def _typed(self, element: etree._Element, type_ref: str) -> etree._Element:
        if type_ref:
            element.set("typeRef", type_ref)
        return element

    def _input_data(self, item: _Input) -> etree._Element:
        variable = self._typed(self._dmn("variable", id=f"{item.id}_variable", name=item.name), item.type_ref)
        return self._dmn("inputData", variable, id=item.id, name=item.name)

    def _decision(self) -> etree._Element:
        requirements = (
            self._dmn(
                "informationRequirement", self._dmn("requiredInput", href=f"#{item.id}"), id=f"requires_{item.id}"
            )
            for item in self._inputs
        )
        variable = self._dmn("variable", id="decision_variable", name=self._table.name)
        return self._dmn(
            "decision", variable, *requirements, self._decision_table(), id="decision", name=self._table.name
        )

    # --- the table

    def _decision_table(self) -> etree._Element:
        table = self._table
        element = self._dmn(
            "decisionTable",
            *(self._input(clause, i) for i, clause in enumerate(table.inputs, 1)),
            *(self._output(clause, i) for i, clause in enumerate(table.outputs, 1)),
            *(self._dmn("annotation", name=name) for name in table.annotation_names),
            *self._rules(),
            id="table",
            hitPolicy=table.hit_policy.name.replace("_", " "),
        )
        if table.hit_policy is HitPolicy.COLLECT and table.aggregation:
            element.set("aggregation", _AGGREGATIONS[table.aggregation])
        return element

    def _text(self, tag: str, cell: Cell, identifier: str) -> etree._Element:
        return self._dmn(tag, self._with_text("text", cell.text), id=identifier)

    def _input(self, clause: InputClause, number: int) -> etree._Element:
        identifier = f"in_{number}"
        expression = self._text("inputExpression", clause.expression, f"{identifier}_expression")
        element = self._dmn("input", self._typed(expression, _standard(clause.type_name)), id=identifier)
        if clause.allowed:
            element.append(self._text("inputValues", clause.allowed, f"{identifier}_values"))
        if clause.label:
            element.set("label", clause.label)
        return element

    def _output(self, clause: OutputClause, number: int) -> etree._Element:
        identifier = f"out_{number}"
        element = self._typed(self._dmn("output", id=identifier), _standard(clause.type_name))
        if clause.allowed:
            element.append(self._text("outputValues", clause.allowed, f"{identifier}_values"))
        if clause.default:
            element.append(self._text("defaultOutputEntry", clause.default, f"{identifier}_default"))
        for attribute, value in (("name", clause.name), ("label", clause.label)):
            if value:
                element.set(attribute, value)
        return element

    def _rules(self) -> Iterator[etree._Element]:
        taken = {"definitions", "decision", "table"}
        for number, rule in enumerate(self._table.rules, 1):
            identifier = rule.id if _XML_NAME.fullmatch(rule.id) and rule.id not in taken else f"rule_{number}"
            taken.add(identifier)
            yield self._rule(rule, identifier)

    def _rule(self, rule: Rule, identifier: str) -> etree._Element:
        return self._dmn(
            "rule",
            *(self._text("inputEntry", cell, f"{identifier}_in_{i}") for i, cell in enumerate(rule.inputs, 1)),
            *(self._text("outputEntry", cell, f"{identifier}_out_{i}") for i, cell in enumerate(rule.outputs, 1)),
            *(self._dmn("annotationEntry", self._with_text("text", text)) for text in rule.annotations),
            id=identifier,
        )

    # --- the diagram

    def _diagram(self) -> etree._Element:
        """The decision above, its inputs in a row below, arrows upwards."""
        pitch = _INPUT_BOX[0] + _GAP
        width = max(len(self._inputs) * pitch - _GAP, _BOX[0])
        decision_x = _MARGIN + (width - _BOX[0]) // 2
        inputs_y = _MARGIN + _BOX[1] + 2 * _GAP
        parts = [self._shape("decision", decision_x, _MARGIN, _BOX)]
        for number, item in enumerate(self._inputs):
            x = _MARGIN + number * pitch
            start = (x + _INPUT_BOX[0] // 2, inputs_y)
            end = (decision_x + _BOX[0] // 2, _MARGIN + _BOX[1])
            points = [_element(_DI, "waypoint", x=str(px), y=str(py)) for px, py in (start, end)]
            parts.append(self._shape(item.id, x, inputs_y, _INPUT_BOX))
            edge = self._dmndi("DMNEdge", *points, id=f"edge_{item.id}", dmnElementRef=f"requires_{item.id}")
            parts.append(edge)
        return self._dmndi("DMNDI", self._dmndi("DMNDiagram", *parts, id="diagram"))

    def _shape(self, reference: str, x: int, y: int, size: tuple[int, int]) -> etree._Element:
        bounds = _element(_DC, "Bounds", x=str(x), y=str(y), width=str(size[0]), height=str(size[1]))
        return self._dmndi("DMNShape", bounds, id=f"shape_{reference}", dmnElementRef=reference)


def _element(namespace: str, tag: str, *children: etree._Element, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{tag}", attributes)
    element.extend(children)
    return element


def _numbered(fields: Mapping[str, Type]) -> Iterator[tuple[int, tuple[str, Type]]]:
    return enumerate(fields.items(), 1)


def _standard(type_name: str) -> str:
    """The type's name where the standard knows it: the item definitions of the rulebook are not written."""
    kind = TYPES_BY_NAME.get(type_name)
    return kind.name if isinstance(kind, SimpleType) else ""
