"""Decision tables compared cell by cell: rows are found again by their ids, their inputs or what is left of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from engine.compare.change import Action, Change, FieldChange
from engine.compare.parts import out_of_order
from engine.compare.values import scalar
from engine.money import to_decimal
from engine.schema.table import Cell, DecisionTable, HitPolicy, Rule

ORDER_MATTERS = (HitPolicy.FIRST, HitPolicy.RULE_ORDER)
MAX_GUESSED_PAIRS = 250_000
"""Rows that nothing names are paired by likeness up to so many comparisons; beyond, they count as gone and new."""

KIND = "table"


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table and what rules call it: "folder/file.csv", or "folder/file.xlsx#Sheet"."""

    id: str
    table: DecisionTable


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as cells by column, each with what it means."""

    rule: Rule
    id: str
    inputs: dict[str, Cell]
    outputs: dict[str, Cell]

    @property
    def cells(self) -> dict[str, Cell]:
        return self.inputs | self.outputs

    def meaning(self, columns: Sequence[str]) -> tuple[str, ...]:
        cells = self.cells
        return tuple(cell_meaning(cells[column]) if column in cells else "" for column in columns)

    def __str__(self) -> str:
        """What a person knows the row by: its id, and the inputs that it tests."""
        tested = [f"{name} {cell.text}" for name, cell in self.inputs.items() if cell.text not in ("-", "")]
        return " ".join(part for part in (self.id, f"({', '.join(tested)})" if tested else "") if part) or "(any)"


def compare_tables(old: Sequence[NamedTable], new: Sequence[NamedTable]) -> list[Change]:
    """What changed between the tables of two versions."""
    before, after = {item.id: item for item in old}, {item.id: item for item in new}
    gone = [item for item in old if item.id not in after]
    changes: list[Change] = []
    for item in new:
        former = before.get(item.id)
        if former is None:
            same = next((other for other in gone if _content(other.table) == _content(item.table)), None)
            if same is None:
                changes.append(Change(Action.ADDED, KIND, item.id, None, item.table.span, "", _rows_told(item, True)))
            else:
                gone.remove(same)
                changes.append(Change(Action.MOVED, KIND, item.id, same.table.span, item.table.span, same.id))
            continue
        fields = tuple(_compare(former.table, item.table))
        if fields:
            changes.append(Change(Action.CHANGED, KIND, item.id, former.table.span, item.table.span, "", fields))
    changes += [
        Change(Action.REMOVED, KIND, item.id, item.table.span, None, "", _rows_told(item, False)) for item in gone
    ]
    return changes


def cell_meaning(cell: Cell | None) -> str:
    """Equal for cells that mean the same: 5 and 5.0, "a","b" and "a", "b"."""
    if cell is None:
        return ""
    text = cell.text.strip()
    try:
        return scalar(to_decimal(text))[0]
    except ValueError:
        return scalar(text, feel=True)[0]


def _rows_told(item: NamedTable, added: bool) -> tuple[FieldChange, ...]:
    count = f"{len(item.table.rules):,}"
    return (FieldChange("rows", None, count) if added else FieldChange("rows", count, None),)


def _content(table: DecisionTable) -> Hashable:
    return _head(table), tuple(_row(table, rule).meaning(_columns(table)) for rule in table.rules)


def _head(table: DecisionTable) -> tuple[tuple[str, str, str], ...]:
    """What a table says of itself: name of the field, its meaning, as shown."""
    policy = table.hit_policy.value + (table.aggregation.value if table.aggregation else "")
    told = [("hit policy", policy, policy)]
    for name, clause in zip(_input_names(table), table.inputs, strict=True):
        told += [(f"type of {name}", clause.type_name, clause.type_name)]
        told += [(f"values of {name}", cell_meaning(clause.allowed), clause.allowed.text if clause.allowed else "")]
    for name, output in zip(_output_names(table), table.outputs, strict=True):
        told += [(f"type of {name}", output.type_name, output.type_name)]
        told += [(f"values of {name}", cell_meaning(output.allowed), output.allowed.text if output.allowed else "")]
        told += [(f"default of {name}", cell_meaning(output.default), output.default.text if output.default else "")]
    return tuple(told)


def _input_names(table: DecisionTable) -> list[str]:
    return _unique(cell_meaning(clause.expression) for clause in table.inputs)


def _output_names(table: DecisionTable) -> list[str]:
    return _unique(clause.name or clause.label or "value" for clause in table.outputs)


def _unique(names: Iterator[str]) -> list[str]:
    """Names of columns, numbered where one stands twice."""
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered


def _columns(table: DecisionTable) -> list[str]:
    return [*_input_names(table), *(f"= {name}" for name in _output_names(table))]


def _row(table: DecisionTable, rule: Rule) -> _Row:
    # A row that gives no id of its own is called by its place, which says nothing of which row it is.
    own = "" if rule.id.startswith("rule ") and rule.id[5:].isdigit() else rule.id
    inputs = dict(zip(_input_names(table), rule.inputs, strict=False))
    outputs = dict(zip((f"= {name}" for name in _output_names(table)), rule.outputs, strict=False))
    return _Row(rule, own, inputs, outputs)


def _compare(old: DecisionTable, new: DecisionTable) -> Iterator[FieldChange]:
    heads = {name: (meaning, shown) for name, meaning, shown in _head(old)}
    old_columns, new_columns = _columns(old), _columns(new)
    for column in new_columns:
        if column not in old_columns:
            yield FieldChange("column", None, _column_words(column), None, new.span)
    for column in old_columns:
        if column not in new_columns:
            yield FieldChange("column", _column_words(column), None, old.span, None)
    for name, meaning, shown in _head(new):
        before = heads.get(name)
        if before is not None and before[0] != meaning:
            yield FieldChange(name, before[1], shown, old.span, new.span)
    shared = [column for column in new_columns if column in old_columns]
    before_rows = [_row(old, rule) for rule in old.rules]
    after_rows = [_row(new, rule) for rule in new.rules]
    yield from _compare_rows(before_rows, after_rows, shared, new.hit_policy in ORDER_MATTERS)


def _column_words(column: str) -> str:
    return f"output {column[2:]}" if column.startswith("= ") else f"input {column}"


def _compare_rows(old: list[_Row], new: list[_Row], columns: list[str], ordered: bool) -> Iterator[FieldChange]:
    pairs = _pair_rows(old, new, columns)
    for after, row in enumerate(new):
        former = old[pairs[after]] if after in pairs else None
        if former is None:
            yield FieldChange("", None, _outputs(row), None, row.rule.span, str(row))
            continue
        # A row whose inputs changed is called as it was: that is how people know it.
        for column in columns:
            before_cell, after_cell = former.cells.get(column), row.cells.get(column)
            if cell_meaning(before_cell) != cell_meaning(after_cell):
                assert before_cell is not None
                assert after_cell is not None
                name = column.removeprefix("= ")
                yield FieldChange(
                    name, before_cell.text, after_cell.text, before_cell.span, after_cell.span, str(former)
                )
    kept = set(pairs.values())
    for before, row in enumerate(old):
        if before not in kept:
            yield FieldChange("", _outputs(row), None, row.rule.span, None, str(row))
    if ordered:
        after_places = sorted(pairs)
        for index in out_of_order([pairs[after] for after in after_places]):
            after = after_places[index]
            former, row = old[pairs[after]], new[after]
            places = f"{pairs[after] + 1}", f"{after + 1}"
            yield FieldChange("place among the rows", *places, former.rule.span, row.rule.span, str(former))


def _outputs(row: _Row) -> str:
    return ", ".join(f"{name[2:]} {cell.text}" for name, cell in row.outputs.items())


def _pair_rows(old: list[_Row], new: list[_Row], columns: list[str]) -> dict[int, int]:
    """For rows of the new table the row of the old one that they were, by place."""
    inputs = [column for column in columns if not column.startswith("= ")]
    pairs: dict[int, int] = {}
    free_old, free_new = list(range(len(old))), list(range(len(new)))
    ways: list[Callable[[_Row], Hashable]] = [
        lambda row: row.id,
        lambda row: (row.id, row.meaning(columns)),
        lambda row: row.meaning(columns),
        lambda row: row.meaning(inputs),
    ]
    for key in ways:
        known: dict[Hashable, list[int]] = defaultdict(list)
        for place in free_old:
            known[key(old[place])].append(place)
        by_id = key is ways[0]
        for place in free_new:
            name = key(new[place])
            same = known.get(name)
            # An id that several rows carry, or none, tells nothing.
            if same and not (by_id and (not name or len(same) > 1)):
                pairs[place] = same.pop(0)
        taken = set(pairs.values())
        free_old = [place for place in free_old if place not in taken]
        free_new = [place for place in free_new if place not in pairs]
    if free_old and free_new and len(free_old) * len(free_new) <= MAX_GUESSED_PAIRS:
        pairs |= _pair_alike(old, new, free_old, free_new, columns)
    return pairs


def _pair_alike(
    old: list[_Row], new: list[_Row], free_old: list[int], free_new: list[int], columns: list[str]
) -> dict[int, int]:
    """Pairs of rows that have at least half of their cells in common, the most alike first."""
    old_cells = {place: old[place].meaning(columns) for place in free_old}
    alike = []
    for after in free_new:
        cells = new[after].meaning(columns)
        for before, others in old_cells.items():
            common = sum(cell == other for cell, other in zip(cells, others, strict=True))
            if common * 2 >= len(columns):
                alike.append((-common, abs(after - before), after, before))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, after, before in sorted(alike):
        if after not in pairs and before not in taken:
            pairs[after] = before
            taken.add(before)
    return pairs
