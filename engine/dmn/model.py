"""A DMN model ready to run: decisions, decision services and business knowledge models evaluated on demand."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.diagnostics import did_you_mean
from engine.dmn.graph import Graph
from engine.dmn.logic import NodeLogic
from engine.dmn.outcome import Evaluation, Warnings
from engine.feel.calls import call as call_function
from engine.feel.errors import collecting
from engine.feel.limits import LimitError, evaluation
from engine.feel.values import Function, Value, defined_function, from_python
from engine.schema.dmn import BusinessKnowledgeModel, Decision, DecisionService, InputData, Node


class DmnModel:
    """A model with everything that it imports; immutable, and safe to use from several threads at once.

    Names: a node of the model itself goes by its name. A node of an imported model goes by `import.name` (and on
    through that model's own imports), by `{namespace}name`, and by its bare name where only one node has it.
    """

    __slots__ = ("_indexes", "_nodes", "name")

    def __init__(self, graph: Graph, nodes: Sequence[NodeLogic]) -> None:
        """Use `engine.dmn.load_model`."""
        self.name = graph.main.name
        self._nodes = tuple(nodes)
        qualifiers = list(itertools.islice(_qualifiers(graph), _MOST_QUALIFIERS))
        self._indexes = {
            kind: _names(graph, kind, qualifiers)
            for kind in (InputData, Decision, BusinessKnowledgeModel, DecisionService)
        }

    @property
    def decisions(self) -> tuple[str, ...]:
        """Names of the model's own decisions."""
        return self._own(Decision)

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the model's own decision services."""
        return self._own(DecisionService)

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the model's own business knowledge models."""
        return self._own(BusinessKnowledgeModel)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the model's own inputs."""
        return self._own(InputData)

    def evaluate(self, decision: str, inputs: Mapping[str, Value]) -> Evaluation:
        """The value of a decision.

        Args:
            decision: its name.
            inputs: values by input name; an input that is needed and not given is null. Names that are no input
                are passed over, so that one set of facts can serve several models.

        Raises:
            LookupError: the model has no such decision.
            TypeError: a value that FEEL has none for, such as a float.
        """
        index = self._find(Decision, decision, "decision")
        given = self._given(self._indexes[InputData], inputs)
        return self._evaluated(index, lambda warnings: _Run(self._nodes, given, warnings).value(index))

    def evaluate_service(self, service: str, inputs: Mapping[str, Value]) -> Evaluation:
        """The value of a decision service: its output decision's, or a context of all where it has several.

        Args:
            service: its name.
            inputs: values by name of the service's input data and input decisions.

        Raises:
            LookupError: the model has no such service.
            TypeError: a value that FEEL has none for, such as a float.
        """
        index = self._find(DecisionService, service, "decision service")
        parameters = self._nodes[index].linked.parameters
        names = self._indexes[InputData] | self._indexes[Decision]
        given = {target: value for target, value in self._given(names, inputs).items() if target in parameters}
        return self._evaluated(index, lambda warnings: _Run(self._nodes, {}, warnings).service(index, given))

    def evaluate_function(self, function: str, arguments: Mapping[str, Value]) -> Evaluation:
        """The value that a business knowledge model returns.

        Args:
            function: the knowledge model's name.
            arguments: values by parameter name; a parameter that is not given is null.

        Raises:
            LookupError: the model has no such knowledge model.
            TypeError: a value that FEEL has none for, such as a float.
        """
        index = self._find(BusinessKnowledgeModel, function, "business knowledge model")
        given = {name: from_python(value) for name, value in arguments.items()}

        def call(warnings: Warnings) -> Value:
            made = _Run(self._nodes, {}, warnings).value(index)
            with collecting() as notes:
                value = call_function(made, list(given.values()), list(given))
            warnings.add_all(notes, self._nodes[index].linked.node.span)
            return value

        return self._evaluated(index, call)

    def _evaluated(self, index: int, compute: Callable[[Warnings], Value]) -> Evaluation:
        """The outcome of a computation that a node was asked for, inside the limits of one evaluation."""
        warnings = Warnings()
        value: Value = None
        with evaluation():
            try:
                value = compute(warnings)
            except (LimitError, RecursionError) as error:
                reason = str(error) if isinstance(error, LimitError) else "functions call each other too deeply"
                warnings.add(reason, self._nodes[index].linked.node.span)
        return Evaluation(value, tuple(warnings.kept))

    def _own(self, kind: type[Node]) -> tuple[str, ...]:
        file = self._nodes[0].linked.file if self._nodes else None
        return tuple(
            logic.name for logic in self._nodes if logic.linked.file is file and isinstance(logic.linked.node, kind)
        )

    def _find(self, kind: type[Node], name: str, what: str) -> int:
        index = self._indexes[kind].get(name)
        if index is None:
            hint = did_you_mean(name, self._indexes[kind])
            raise LookupError(f"the model {self.name!r} has no {what} {name!r}" + (f"; {hint}" if hint else ""))
        return index

    def _given(self, names: Mapping[str, int], inputs: Mapping[str, Value]) -> dict[int, Value]:
        return {names[name]: from_python(value) for name, value in inputs.items() if name in names}


def _names(graph: Graph, kind: type[Node], qualifiers: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The index of every node of a kind, by each of its names."""
    found: dict[str, int] = {}
    own: dict[tuple[str, str], int] = {}
    for index, linked in enumerate(graph.nodes):
        if isinstance(linked.node, kind):
            own.setdefault((linked.file.namespace, linked.node.name), index)
    bare: dict[str, int] = {}
    for (namespace, name), index in own.items():
        found[f"{{{namespace}}}{name}"] = index
        bare[name] = -1 if name in bare else index
    for prefix, namespace in qualifiers:
        found |= {f"{prefix}{name}": index for (space, name), index in own.items() if space == namespace}
    unique = {name: index for name, index in bare.items() if index >= 0}
    return unique | found


def _qualifiers(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every way to a file through imports, shortest first: the prefix of names there, and the file's namespace."""
    pending = deque([("", graph.main.namespace, frozenset({graph.main.namespace}))])
    while pending:
        prefix, namespace, seen = pending.popleft()
        yield prefix, namespace
        for item in graph.files[namespace].imports:
            if item.namespace in graph.files and item.namespace not in seen:
                inner = f"{prefix}{item.name}." if item.name else prefix
                pending.append((inner, item.namespace, seen | {item.namespace}))


_MOST_QUALIFIERS = 200
"""Ways through imports that names are made for: files that all import each other have far more."""


class _Run:
    """One evaluation: every node is computed once, when it is first needed."""

    __slots__ = ("_given", "_memo", "_nodes", "_warnings")

    def __init__(self, nodes: Sequence[NodeLogic], given: Mapping[int, Value], warnings: Warnings) -> None:
        self._nodes = nodes
        self._given = given
        self._memo: dict[int, Value] = {}
        self._warnings = warnings

    def value(self, index: int) -> Value:
        """The value of a node, after what it needs; without recursion, so that chains may be long."""
        memo = self._memo
        pending = [index]
        while pending:
            current = pending[-1]
            if current not in memo:
                needs = () if current in self._given else self._nodes[current].needs
                missing = [target for target in needs if target not in memo]
                if missing:
                    pending += reversed(missing)
                    continue
                memo[current] = self._compute(current)
            pending.pop()
        return memo[index]

    def _compute(self, index: int) -> Value:
        logic = self._nodes[index]
        node = logic.linked.node
        if index in self._given:
            return logic.kind.convert(self._given[index], self._warnings, node.span)
        match node:
            case InputData():
                self._warnings.add(f"the input {node.name!r} is not given", node.span)
                return None
            case DecisionService():
                return self._service_function(index)
            case BusinessKnowledgeModel():
                assert logic.compute is not None
                return logic.compute(_Lazy(self, logic), self._warnings)
            case Decision():
                assert logic.compute is not None
                value = logic.compute(self.scope(logic), self._warnings)
                return logic.kind.convert(value, self._warnings, node.span)

    def scope(self, logic: NodeLogic) -> dict[str, Value]:
        """The values of the names that a node's logic may use."""
        values: dict[str, Value] = {}
        for requirement in logic.scope:
            target = values.setdefault(requirement.qualifier, {}) if requirement.qualifier else values
            target[requirement.name] = self.value(requirement.target)
        return values

    def service(self, index: int, given: Mapping[int, Value]) -> Value:
        """The value of a decision service for these values of its inputs and input decisions."""
        logic = self._nodes[index]
        parameters = {**dict.fromkeys(logic.linked.parameters), **given}
        run = _Run(self._nodes, parameters, self._warnings)
        values = {self._nodes[output].linked.node.variable.name: run.value(output) for output in logic.linked.outputs}
        value = values if len(values) != 1 else next(iter(values.values()))
        kind = logic.kind.result or logic.kind
        return kind.convert(value, self._warnings, logic.linked.node.span)

    def _service_function(self, index: int) -> Function:
        logic = self._nodes[index]
        targets = logic.linked.parameters
        types = {self._nodes[target].linked.node.variable.name: self._nodes[target].kind.type for target in targets}

        def call(*arguments: Value) -> Value:
            return self.service(index, dict(zip(targets, arguments, strict=True)))

        return defined_function(logic.name, types, call)


class _Lazy(Mapping[str, Value]):
    """The values that a function's body may use, computed when it is called: knowledge models may call each other."""

    def __init__(self, run: _Run, logic: NodeLogic) -> None:
        self._run = run
        self._logic = logic
        self._values: dict[str, Value] | None = None

    def _computed(self) -> dict[str, Value]:
        if self._values is None:
            self._values = self._run.scope(self._logic)
        return self._values

    def __getitem__(self, name: str) -> Value:
        return self._computed()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._computed())

    def __len__(self) -> int:
        return len(self._computed())
