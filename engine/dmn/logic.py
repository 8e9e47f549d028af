"""The logic of the graph's nodes compiled once: what each of them needs from a run, and how it is computed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.diagnostics import Findings
from engine.dmn.boxed import Compiler
from engine.dmn.feel_texts import Evaluate, Scope, constant_null
from engine.dmn.graph import Graph, LinkedNode, Requirement
from engine.dmn.item_types import ItemType, TypeTable, component_names, type_tables
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
        needs: nodes whose values must be there before; a function looks for what it needs when it is called.
    """

    linked: LinkedNode
    kind: ItemType
    compute: Evaluate | None
    scope: tuple[Requirement, ...]
    needs: tuple[int, ...] = ()

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
    tables = type_tables(graph.files.values(), findings)
    members = _member_names(graph.files.values())
    files = {
        namespace: _FileCompiler(file, tables[namespace], members, findings) for namespace, file in graph.files.items()
    }
    kinds = [tables[linked.file.namespace].of(linked.node.variable) for linked in graph.nodes]
    return tuple(
        files[linked.file.namespace].compile(index, linked, kinds, graph) for index, linked in enumerate(graph.nodes)
    )


def _member_names(files: Iterable[Definitions]) -> frozenset[str]:
    """Names that paths may end on and that the parser cannot tell without knowing them."""
    names: set[str] = set()
    for file in files:
        names |= component_names(file)
        names.update(name for expression in expressions_within(file) for name in names_given_by(expression))
    return frozenset(name for name in names if not _ONE_WORD.fullmatch(name))


_ONE_WORD = re.compile(r"\w+")


class _FileCompiler:
    def __init__(self, file: Definitions, types: TypeTable, member_names: frozenset[str], findings: Findings) -> None:
        self._compiler = Compiler(types, file.expression_language)
        self._types = types.types
        self._findings = findings
        self._member_names = member_names

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
        needs = tuple(r.target for r in requirements) if isinstance(node, Decision) else ()
        return NodeLogic(linked, kind, compute, requirements, needs)

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
