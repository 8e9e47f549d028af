"""The logic of the graph's nodes compiled once: what each of them needs from a run, and how it is computed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagnostics import Findings
from engine.dmn.boxed import Compiler
from engine.dmn.feel_texts import Evaluate, Scope, constant_null
from engine.dmn.graph import Graph, LinkedNode, Requirement
from engine.dmn.item_types import ItemType, TypeTable
from engine.feel.types import ANY, Type
from engine.schema.dmn import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    Definitions,
    expressions_within,
    names_given_by,
)


@dataclass(frozen=True, slots=True)
class NodeLogic:
    """A compiled node.

    Attributes:
        linked: the node with its resolved references.
        kind: type of its value; of a function, its function type or the type of its result.
        compute: from the values in scope to a decision's value, or to a knowledge model's function; None for inputs
            and services.
        scope: what its logic may name.
    """

    linked: LinkedNode
    kind: ItemType
    compute: Evaluate | None
    scope: tuple[Requirement, ...]

    @property
    def name(self) -> str:
        """The node's name."""
        return self.linked.node.name


def compile_nodes(graph: Graph, findings: Findings) -> tuple[NodeLogic, ...]:
    """The logic of every node, in the graph's order.

    Args:
        graph: the linked nodes.
        findings: receives unknown types and FEEL texts that cannot be parsed; what they stand in becomes null.
    """
    tables = _type_tables(graph, findings)
    files = {namespace: _FileCompiler(file, tables[namespace], findings) for namespace, file in graph.files.items()}
    kinds = [tables[linked.file.namespace].of(linked.node.variable) for linked in graph.nodes]
    return tuple(
        files[linked.file.namespace].compile(index, linked, kinds, graph) for index, linked in enumerate(graph.nodes)
    )


def _type_tables(graph: Graph, findings: Findings) -> dict[str, TypeTable]:
    """The types of each file; files that import each other in a circle see of each other what is read so far."""
    made: dict[str, TypeTable] = {}
    opened: set[str] = set()

    def table_of(file: Definitions) -> TypeTable | None:
        if file.namespace not in made:
            if file.namespace in opened:
                return None
            opened.add(file.namespace)
            imported = {}
            for item in file.imports:
                target = graph.files.get(item.namespace)
                table = table_of(target) if target else None
                if table is not None:
                    imported[item.name] = table
            made[file.namespace] = TypeTable(file, imported, findings)
        return made[file.namespace]

    for file in graph.files.values():
        table_of(file)
    return made


class _FileCompiler:
    def __init__(self, file: Definitions, types: TypeTable, findings: Findings) -> None:
        self._compiler = Compiler(types, file.expression_language)
        self._types = types.types
        self._findings = findings
        given = {name for expression in expressions_within(file) for name in names_given_by(expression)}
        self._member_names = frozenset(types.component_names | given)

    def compile(self, index: int, linked: LinkedNode, kinds: list[ItemType], graph: Graph) -> NodeLogic:
        kind = kinds[index]
        node = linked.node
        requirements = linked.requirements
        if isinstance(node, BusinessKnowledgeModel):
            requirements = (*requirements, Requirement(index, "", node.variable.name))  # recursion
        if linked.broken:
            return NodeLogic(linked, kind, constant_null("its requirements go in a circle", node.span), ())
        scope = self._scope(requirements, kinds, graph)
        match node:
            case Decision(expression=None):
                compute = constant_null(f"the decision {node.name!r} has no logic", node.span)
            case Decision(expression=expression):
                compute = self._compiler.compile(expression, scope, node.span)
            case BusinessKnowledgeModel(function=None):
                compute = constant_null(f"the business knowledge model {node.name!r} has no logic", node.span)
            case BusinessKnowledgeModel(function=function):
                assert function is not None
                compute = self._compiler.function(function, scope, node.name, kind)
            case _:
                return NodeLogic(linked, kind, None, ())
        return NodeLogic(linked, kind, compute, requirements)

    def _scope(self, requirements: tuple[Requirement, ...], kinds: list[ItemType], graph: Graph) -> Scope:
        variables: dict[str, Type] = {}
        members = set(self._member_names)
        for requirement in requirements:
            if requirement.qualifier:
                variables[requirement.qualifier] = ANY
                members.add(requirement.name)
            else:
                node = graph.nodes[requirement.target].node
                function = isinstance(node, BusinessKnowledgeModel | DecisionService)
                variables[requirement.name] = ANY if function else kinds[requirement.target].type
        return Scope(variables, frozenset(members), self._types, self._findings)
