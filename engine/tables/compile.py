"""Decision tables compiled: columns and cells checked and read once, indexed, and bound to their hit policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.diagnostics import Code, Findings, Severity
from engine.feel import coerce, compile_expression, compile_unary_tests, feel_equal
from engine.feel.check import check
from engine.feel.tree import Name
from engine.feel.types import ANY, Type, bare, can_be
from engine.feel.values import is_number
from engine.schema.table import Aggregation, Cell, DecisionTable, HitPolicy, InputClause, OutputClause
from engine.source import Span
from engine.tables.column_test import ANYTHING, ColumnTest
from engine.tables.compiled import CompiledInput, CompiledTable, Residual
from engine.tables.hit_policy import Outcome, Parameters, warn
from engine.tables.parsed import ParsedInput, ParsedTable
from engine.tables.reading import NULL_OUTPUT, CellReader, FeelCell, Output, class_of, values_of
from engine.tables.table_index import TableIndex

NO_TYPES: Mapping[str, Type] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Input:
    """An input column as read."""

    compiled: CompiledInput
    parsed: ParsedInput
    residuals: Mapping[int, Callable[..., bool]]


@dataclass(frozen=True, slots=True)
class _Output:
    """An output column as read.

    Attributes:
        clause: as written.
        type: of its values.
        priority: its allowed values from the highest on; None where there are none, or not only constants.
        allows: from a value and the parameters to whether it may come out; None where all may.
        cells: for each row.
        default: None where there is none.
    """

    clause: OutputClause
    type: Type
    priority: Sequence[Any] | None
    allows: Callable[..., bool] | None
    cells: Sequence[Output]
    default: Output | None


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table without errors: what the analysis asks, and all that compiling needs.

    Attributes:
        parsed: for the analysis.
        inputs: columns as read.
        outputs: columns as read.
    """

    parsed: ParsedTable
    inputs: Sequence[_Input]
    outputs: Sequence[_Output]

    def compile(self) -> CompiledTable:
        """The table ready to be asked."""
        table = self.parsed.definition
        row_count = len(table.rules)
        columns = [[test or ANYTHING for test in column.parsed.cells] for column in self.inputs]
        residuals: dict[int, tuple[Residual, ...]] = {}
        for number, column in enumerate(self.inputs):
            for row, holds in column.residuals.items():
                residuals[row] = (*residuals.get(row, ()), (number, holds))
        return CompiledTable(
            table.name,
            (table.hit_policy, table.aggregation),
            [column.compiled for column in self.inputs],
            TableIndex(columns, row_count),
            residuals,
            _outcome(table, self.outputs, self.parsed.ranks),
            rule_spans=tuple(rule.span for rule in table.rules),
            annotations=tuple(rule.annotations for rule in table.rules),
        )


def compile_table(
    table: DecisionTable,
    parameters: Mapping[str, Type],
    findings: Findings,
    types: Mapping[str, Type] = NO_TYPES,
    *,
    lenient: bool = False,
    member_names: Iterable[str] = (),
) -> CompiledTable | None:
    """Check and compile a table; what `read_table` says holds here too."""
    read = read_table(table, parameters, findings, types, lenient=lenient, member_names=member_names)
    return None if read is None else read.compile()


def read_table(
    table: DecisionTable,
    parameters: Mapping[str, Type],
    findings: Findings,
    types: Mapping[str, Type] = NO_TYPES,
    *,
    lenient: bool = False,
    member_names: Iterable[str] = (),
) -> ReadTable | None:
    """Check a table and read its cells.

    Args:
        table: as a file has it.
        parameters: the names that its expressions may use, with their types; the compiled table takes their values
            in this order.
        findings: receives everything that is wrong, of all cells.
        types: named types beside FEEL's own.
        lenient: mistakes that FEEL gives a meaning to are warnings; for models that other tools have made.
        member_names: entries of contexts, for paths that end on a name with more than words in it.

    Returns:
        The table; None where there is an error in it.
    """
    before = len(findings.errors)
    reader = CellReader(parameters, types, findings, lenient=lenient, member_names=member_names)
    _check_names(table, findings)
    inputs = [_read_input(reader, table, number) for number in range(len(table.inputs))]
    outputs = [_read_output(reader, table, number) for number in range(len(table.outputs))]
    if table.hit_policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and all(o.priority is None for o in outputs):
        message = f"hit policy {table.hit_policy.value} needs an output with a list of allowed values, highest first"
        findings.add(Code.MISSING_FIELD, message, table.span, severity=reader.severity)
    if len(findings.errors) > before:
        return None
    parsed = ParsedTable(
        table,
        tuple(column.parsed for column in inputs),
        [tuple(column.cells[row].key for column in outputs) for row in range(len(table.rules))],
        [all(column.cells[row].function is None for column in outputs) for row in range(len(table.rules))],
        _constant_ranks(table, outputs),
    )
    return ReadTable(parsed, inputs, outputs)


def _check_names(table: DecisionTable, findings: Findings) -> None:
    """Report columns and rules whose names are taken; two columns may test the same input, though seldom on purpose."""
    _report_doubles("the output", [(o.name, o.span) for o in table.outputs if o.name], findings)
    _report_doubles("the rule", [(rule.id, rule.span) for rule in table.rules], findings)
    inputs = [(column.expression.text, column.expression.span) for column in table.inputs]
    _report_doubles("the input", inputs, findings, Severity.WARNING)
    if not table.outputs:
        findings.add(Code.MISSING_FIELD, "the table has no output column", table.span)


def _report_doubles(
    what: str, names: Sequence[tuple[str, Span]], findings: Findings, severity: Severity = Severity.ERROR
) -> None:
    first: dict[str, Span] = {}
    for name, span in names:
        if first.setdefault(name, span) is not span:
            message = f"{what} {name!r} is given twice; first at {first[name]}"
            findings.add(Code.DUPLICATE, message, span, severity=severity)


def _read_input(reader: CellReader, table: DecisionTable, number: int) -> _Input:
    """An input column; its cells are read even where its head is wrong, so that all mistakes are seen at once."""
    clause = table.inputs[number]
    label = clause.label or clause.expression.text
    kind = reader.type_named(clause.type_name, clause.expression.span, f"the input {label}")
    value, position, found = _input_value(reader, clause, kind, label)
    kind = found if kind == ANY else kind
    allowed, allows = _input_allowed(reader, clause, kind, label)
    cells: list[ColumnTest | None] = []
    residuals: dict[int, Callable[..., bool]] = {}
    known: dict[str, ColumnTest | FeelCell] = {}
    for row, rule in enumerate(table.rules):
        cell = rule.inputs[number]
        errors = len(reader.findings)
        test = known.get(cell.text)
        if test is None:
            test = reader.test(cell, kind, label)
            if isinstance(test, ColumnTest) and allowed is not None:
                reader.check_allowed(test, allowed, cell, label)
            if len(reader.findings) == errors:  # a mistake is told at every cell that makes it
                known[cell.text] = test
        if isinstance(test, ColumnTest):
            cells.append(test)
        else:
            cells.append(None)
            residuals[row] = test.holds
    return _Input(
        CompiledInput(label, value, position, allows),
        ParsedInput(label, class_of(kind), allowed, cells),
        residuals,
    )


def _input_value(
    reader: CellReader, clause: InputClause, kind: Type, label: str
) -> tuple[Callable[..., Any], int | None, Type]:
    """The value of an input as a function of the parameters, which of them it is, and its type."""
    tree = reader.expression(clause.expression)
    if tree is None:
        return (lambda *_: None), None, ANY
    found = check(tree, reader.parameters)[0]
    if not can_be(found, kind):
        message = f"{label} is a {found}, but the column says {kind}"
        reader.findings.add(Code.WRONG_TYPE, message, clause.expression.span, severity=reader.severity)
    names = list(reader.parameters)
    position = names.index(tree.name) if isinstance(tree, Name) and tree.name in names else None
    return compile_expression(tree, reader.parameters), position, found


def _input_allowed(
    reader: CellReader, clause: InputClause, kind: Type, label: str
) -> tuple[ColumnTest | None, Callable[..., bool] | None]:
    """The allowed values of an input as a test where one can say it, and as a function."""
    if clause.allowed is None or not clause.allowed.text.strip():
        return None, None
    test = reader.test(clause.allowed, kind, label)
    if isinstance(test, FeelCell):
        return None, test.holds
    if test == ANYTHING:
        return None, None
    accepts = test.accepts
    return test, lambda value, *_: accepts(value)


def _read_output(reader: CellReader, table: DecisionTable, number: int) -> _Output:
    """An output column with the default and its allowed values; constants are checked against them."""
    clause = table.outputs[number]
    label = clause.label or clause.name or table.name
    kind = reader.type_named(clause.type_name, clause.span, f"the output {label}")
    priority, allows, shown = _output_allowed(reader, clause, kind)
    known: dict[str, Output] = {}

    def read(cell: Cell) -> Output:
        output = known.get(cell.text)
        if output is not None:
            return output
        errors = len(reader.findings)
        output = reader.output(cell, kind, label)
        wrong = len(reader.findings) > errors
        if not wrong and output.function is None and allows is not None and not _allowed(allows, output.value, reader):
            reader.not_allowed(cell, shown, priority, label)
            return NULL_OUTPUT
        if not wrong and table.aggregation is Aggregation.SUM:
            wrong = not _can_be_summed(output, cell, label, reader)
        if not wrong:
            known[cell.text] = output
        return output

    cells = [read(rule.outputs[number]) for rule in table.rules]
    default = read(clause.default) if clause.default is not None and clause.default.text.strip() else None
    return _Output(clause, kind, priority, allows, cells, default)


def _allowed(allows: Callable[..., bool], value: Any, reader: CellReader) -> bool:
    """Whether a constant is allowed; allowed values that depend on parameters are asked when the table is."""
    return value is None or allows(value, *[None] * len(reader.parameters))


def _can_be_summed(output: Output, cell: Cell, label: str, reader: CellReader) -> bool:
    if output.function is not None or output.value is None or is_number(output.value):
        return True
    message = f"hit policy C+ sums numbers; the output {label} is {cell.text} here"
    reader.findings.add(Code.WRONG_TYPE, message, cell.span, severity=reader.severity)
    return False


def _output_allowed(
    reader: CellReader, clause: OutputClause, kind: Type
) -> tuple[Sequence[Any] | None, Callable[..., bool] | None, str]:
    """Allowed outputs by priority, as a function, and as text."""
    if clause.allowed is None or not clause.allowed.text.strip():
        return None, None, ""
    tests = reader.tests(clause.allowed, kind)
    if tests is None or not tests.tests:
        return None, None, ""
    return values_of(tests), compile_unary_tests(tests, kind, reader.parameters), clause.allowed.text


def _rank(priority: Sequence[Any] | None, value: Any) -> int:
    """The place of a value in a list of priorities; after its end where it is not in it."""
    for place, known in enumerate(priority or ()):
        if feel_equal(known, value) is True:
            return place
    return len(priority or ())


def _constant_ranks(table: DecisionTable, outputs: Sequence[_Output]) -> list[tuple[int, ...]] | None:
    if table.hit_policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        return None
    if any(cell.function is not None for column in outputs for cell in column.cells):
        return None
    places: list[dict[Any, int]] = [{} for _ in outputs]
    ranks = []
    for row in range(len(table.rules)):
        rank = []
        for column, known in zip(outputs, places, strict=True):
            cell = column.cells[row]
            if cell.key not in known:
                known[cell.key] = _rank(column.priority, cell.value)
            rank.append(known[cell.key])
        ranks.append(tuple(rank))
    return ranks


def _outcome(table: DecisionTable, outputs: Sequence[_Output], ranks: Sequence[Any] | None) -> Outcome:
    """What the rows give, constants joined to whole results beforehand."""
    names = tuple(output.clause.name for output in outputs) if len(outputs) > 1 else ()
    cells = [[column.cells[row] for column in outputs] for row in range(len(table.rules))]
    constant = all(cell.function is None for row in cells for cell in row)
    shared: dict[Any, Any] = {}
    results = [
        shared.setdefault(tuple(cell.key for cell in row), _join(names, [cell.value for cell in row]))
        for row in (cells if constant else ())
    ]

    def result(row: int, parameters: Parameters) -> Any:
        return results[row] if constant else _join(names, _values(table, outputs, cells[row], parameters))

    def rank(row: int, parameters: Parameters) -> Any:
        if ranks is not None:
            return ranks[row]
        values = _values(table, outputs, cells[row], parameters)
        return tuple(_rank(column.priority, value) for column, value in zip(outputs, values, strict=True))

    defaults = [column.default or NULL_OUTPUT for column in outputs]
    has_default = any(column.default is not None for column in outputs)

    def default(parameters: Parameters) -> Any:
        return _join(names, _values(table, outputs, defaults, parameters)) if has_default else None

    return Outcome(table.name, tuple(rule.id for rule in table.rules), result, rank, default, names)


def _join(names: Sequence[str], values: Sequence[Any]) -> Any:
    return dict(zip(names, values, strict=True)) if names else values[0]


def _values(
    table: DecisionTable, outputs: Sequence[_Output], cells: Sequence[Output], parameters: Parameters
) -> list[Any]:
    """The outputs of a row; one of the wrong type, or not allowed, is null."""
    values = []
    for column, cell in zip(outputs, cells, strict=True):
        if cell.function is None:
            values.append(cell.value)
            continue
        found = cell.function(*parameters)
        value = coerce(found, column.type)
        if value is None and found is not None:
            warn(f"the output {column.clause.name or table.name} is no {bare(column.type)}")
        elif value is not None and column.allows is not None and not column.allows(value, *parameters):
            warn(f"the output {column.clause.name or table.name} is not among its allowed values")
            value = None
        values.append(value)
    return values
