"""The requirement graph: nodes of one or more linked files, with references resolved and cycles found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.diagnostics import Code, Findings, did_you_mean
from engine.schema.dmn import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    Definitions,
    InputData,
    Node,
    Reference,
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Another node that a node's logic may name.

    Attributes:
        target: index of the node in the graph.
        qualifier: name of the import it is seen through, "" where it is seen by its own name.
        name: its variable's name.
    """

    target: int
    qualifier: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkedNode:
    """A node with its references resolved to indexes of nodes.

    Attributes:
        node: what the file says.
        file: the definitions that it belongs to.
        requirements: what its logic may name; empty for inputs and services.
        outputs: of a service, its output decisions.
        parameters: of a service, what the caller gives: input data, then input decisions.
        broken: it takes part in a cycle, so it has no value.
    """

    node: Node
    file: Definitions
    requirements: tuple[Requirement, ...] = ()
    outputs: tuple[int, ...] = ()
    parameters: tuple[int, ...] = ()
    broken: bool = False

    @property
    def needs(self) -> tuple[int, ...]:
        """The nodes that must be computed before this one."""
        return tuple(requirement.target for requirement in self.requirements)


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes of a model and of what it imports; `main` is the file that was asked for."""

    main: Definitions
    files: Mapping[str, Definitions]
    nodes: tuple[LinkedNode, ...]


def link(main: Definitions, imported: Iterable[Definitions], findings: Findings) -> Graph:
    """The graph of a model with the files that it imports.

    Args:
        main: the model.
        imported: files that it imports, directly or through each other.
        findings: receives duplicate names, references to nothing, and cycles.
    """
    files = {main.namespace: main} | {file.namespace: file for file in imported if file.namespace != main.namespace}
    linker = _Linker(files, findings)
    nodes = [linker.linked(node, file) for file in files.values() for node in file.nodes]
    _report_duplicates(files.values(), findings)
    broken = _cycles(nodes, findings)
    kept = (_cut(linked) if index in broken else linked for index, linked in enumerate(nodes))
    return Graph(main, files, tuple(kept))


def _cut(linked: LinkedNode) -> LinkedNode:
    return LinkedNode(linked.node, linked.file, broken=True)


class _Linker:
    def __init__(self, files: Mapping[str, Definitions], findings: Findings) -> None:
        self._files = files
        self._findings = findings
        everything = [(file, node) for file in files.values() for node in file.nodes]
        self._nodes = [node for _, node in everything]
        self._index = {(file.namespace, node.id): i for i, (file, node) in reversed(list(enumerate(everything)))}

    def linked(self, node: Node, file: Definitions) -> LinkedNode:
        match node:
            case Decision(requires=requires):
                return LinkedNode(node, file, self._requirements(requires, file, (Decision, InputData, *_FUNCTIONS)))
            case BusinessKnowledgeModel(requires=requires):
                return LinkedNode(node, file, self._requirements(requires, file, _FUNCTIONS))
            case DecisionService():
                outputs = self._targets(node.outputs, file, (Decision,))
                given = self._targets(node.input_data, file, (InputData,))
                decided = self._targets(node.input_decisions, file, (Decision,))
                return LinkedNode(node, file, outputs=outputs, parameters=given + decided)
            case InputData():
                return LinkedNode(node, file)

    def _targets(self, references: Sequence[Reference], file: Definitions, kinds: tuple[type, ...]) -> tuple[int, ...]:
        found = (self._resolve(reference, file, kinds) for reference in references)
        return tuple(target for target in found if target is not None)

    def _requirements(
        self, references: Sequence[Reference], file: Definitions, kinds: tuple[type, ...]
    ) -> tuple[Requirement, ...]:
        qualifiers = {item.namespace: item.name for item in file.imports} | {file.namespace: "", "": ""}
        found = []
        for reference in references:
            target = self._resolve(reference, file, kinds)
            if target is not None:
                name = self._nodes[target].variable.name
                found.append(Requirement(target, qualifiers.get(reference.namespace, ""), name))
        return tuple(found)

    def _resolve(self, reference: Reference, file: Definitions, kinds: tuple[type, ...]) -> int | None:
        """The index of the node that a reference means, None with a finding where there is none of these kinds."""
        namespace = reference.namespace or file.namespace
        target = self._index.get((namespace, reference.id))
        if target is None:
            self._report_missing(reference, namespace, file)
        elif not isinstance(self._nodes[target], kinds):
            found = self._nodes[target]
            expected = " or ".join(_KINDS[kind] for kind in kinds)
            message = f"{reference.id!r} is {_KINDS[type(found)]} ({found.name!r}); {expected} was expected"
            self._findings.add(Code.WRONG_VALUE, message, reference.span)
            return None
        return target

    def _report_missing(self, reference: Reference, namespace: str, file: Definitions) -> None:
        if namespace not in self._files:
            known = [item.namespace for item in file.imports]
            message = f"the reference points into {namespace!r}, which this file does not import"
            if namespace in known:
                return  # the import itself is reported where the file for it is looked for
            self._findings.add(Code.UNKNOWN_NAME, message, reference.span, hint=did_you_mean(namespace, known))
            return
        ids = [node.id for node in self._files[namespace].nodes if node.id]
        self._findings.add(
            Code.UNKNOWN_NAME,
            f"nothing in the model has the id {reference.id!r}",
            reference.span,
            hint=did_you_mean(reference.id, ids),
        )


_FUNCTIONS = (BusinessKnowledgeModel, DecisionService)
_KINDS: Mapping[type, str] = {
    Decision: "a decision",
    InputData: "an input",
    BusinessKnowledgeModel: "a business knowledge model",
    DecisionService: "a decision service",
}


def _report_duplicates(files: Iterable[Definitions], findings: Findings) -> None:
    for file in files:
        names: dict[str, Node] = {}
        ids: dict[str, Node] = {}
        for node in file.nodes:
            other = names.setdefault(node.name, node)
            if other is not node:
                message = f"the name {node.name!r} is already that of {_KINDS[type(other)]} (line {other.span.line})"
                findings.add(Code.DUPLICATE, message, node.span)
            twin = ids.setdefault(node.id, node) if node.id else node
            if twin is not node:
                message = f"the id {node.id!r} is already that of {twin.name!r} (line {twin.span.line})"
                findings.add(Code.DUPLICATE, message, node.span)


def _edges(linked: LinkedNode) -> tuple[int, ...]:
    """What a node needs, and what a service computes when called."""
    return linked.needs + linked.outputs


def _cycles(nodes: Sequence[LinkedNode], findings: Findings) -> set[int]:
    """The nodes on cycles, each cycle reported once.

    A cycle among business knowledge models alone is recursion, which the limit on calls bounds; one that a
    decision takes part in can have no value.
    """
    state = [_NEW] * len(nodes)
    broken: set[int] = set()
    for start in range(len(nodes)):
        if state[start] is not _NEW:
            continue
        state[start] = _OPEN
        path = [start]
        pending = [iter(_edges(nodes[start]))]
        while path:
            target = next(pending[-1], None)
            if target is None:
                state[path.pop()] = _DONE
                pending.pop()
            elif state[target] is _NEW:
                state[target] = _OPEN
                path.append(target)
                pending.append(iter(_edges(nodes[target])))
            elif state[target] is _OPEN:
                cycle = path[path.index(target) :]
                if any(isinstance(nodes[i].node, Decision) for i in cycle):
                    broken.update(cycle)
                    _report_cycle([nodes[i].node for i in cycle], findings)
    return broken


_NEW, _OPEN, _DONE = "new", "open", "done"


def _report_cycle(cycle: Sequence[Node], findings: Findings) -> None:
    names = [node.name for node in cycle]
    shown = names if len(names) <= 8 else [*names[:7], f"({len(names) - 7} more)"]
    message = f"the requirements go in a circle: {' -> '.join([*shown, names[0]])}"
    findings.add(Code.CYCLE, message, cycle[0].span, hint="remove one of these requirements")
