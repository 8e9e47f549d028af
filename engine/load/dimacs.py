"""Feature models from DIMACS files: `p cnf`, clauses ended by 0, and names in comments such as `c 12 Name`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from engine.diagnostics import Code, Findings
from engine.schema.feature_model import Feature, FeatureConstraint, FeatureModel, Proposition
from engine.source import Span

MAX_VARIABLES = 1_000_000
_NAME = re.compile(r"c\s+(\d+)\$?\s+(\S.*?)\s*$")
_PROBLEM = re.compile(r"p\s+cnf\s+(\d+)\s+(\d+)\s*$")


def read_dimacs(text: str, file: str, findings: Findings) -> FeatureModel | None:
    """Read a DIMACS file; None with findings where it is none."""
    before = len(findings.errors)
    names: dict[int, tuple[str, Span]] = {}
    clauses: list[tuple[list[int], Span]] = []
    head: tuple[int, int] | None = None
    literals: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("c") or not line.strip():
            if named := _NAME.match(line):
                names[int(named[1])] = (named[2], Span(file, number))
        elif line.startswith("p"):
            match = _PROBLEM.match(line)
            if match is None or head is not None:
                findings.add(
                    Code.SYNTAX, f"expected one line 'p cnf VARIABLES CLAUSES', found {line!r}", Span(file, number)
                )
                return None
            head = (int(match[1]), int(match[2]))
        elif line.startswith("%"):
            break
        else:
            _read_literals(line, Span(file, number), head, literals, clauses, findings)
    if head is None:
        findings.add(Code.SYNTAX, "there is no line 'p cnf VARIABLES CLAUSES'", Span(file))
        return None
    if literals:
        findings.add(Code.SYNTAX, "the last clause is not ended by 0", Span(file))
    if head[0] > MAX_VARIABLES:
        findings.add(Code.LIMIT, f"the file has {head[0]:,} variables; at most {MAX_VARIABLES:,} are taken", Span(file))
    if len(clauses) != head[1]:
        message = f"the head tells of {head[1]:,} clauses, found {len(clauses):,}"
        findings.add(Code.WRONG_VALUE, message, Span(file))
    if len(findings.errors) > before:
        return None
    return _model(PurePosixPath(file).stem, head[0], names, clauses, file)


def _read_literals(
    line: str,
    span: Span,
    head: tuple[int, int] | None,
    literals: list[int],
    clauses: list[tuple[list[int], Span]],
    findings: Findings,
) -> None:
    """Add the literals of a line to the clause that is open, and clauses that it ends."""
    for word in line.split():
        if not re.fullmatch(r"-?\d+", word):
            findings.add(Code.SYNTAX, f"expected a whole number, found {word!r}", span)
            return
        literal = int(word)
        if literal == 0:
            clauses.append((literals[:], span))
            literals.clear()
        elif head is None or abs(literal) > head[0]:
            told = "before the line 'p cnf'" if head is None else f"beyond the {head[0]:,} variables"
            findings.add(Code.WRONG_VALUE, f"the literal {literal} is {told}", span)
            return
        else:
            literals.append(literal)


def _model(
    name: str, count: int, names: dict[int, tuple[str, Span]], clauses: list[tuple[list[int], Span]], file: str
) -> FeatureModel:
    features: list[Feature] = []
    taken: set[str] = set()
    for variable in range(1, count + 1):
        text, span = names.get(variable, (str(variable), Span(file)))
        if text in taken:
            text = f"{text} ({variable})"
        taken.add(text)
        features.append(Feature(text, span))
    constraints: list[FeatureConstraint] = []
    for literals, span in clauses:
        parts = tuple(_literal(literal) for literal in literals)
        text = " or ".join(("" if literal > 0 else "not ") + features[abs(literal) - 1].name for literal in literals)
        constraints.append(FeatureConstraint(text or "never", Proposition("or", parts), span))
    return FeatureModel(name, tuple(features), (), tuple(constraints), has_root=False)


def _literal(literal: int) -> Proposition:
    feature = Proposition("feature", feature=abs(literal) - 1)
    return feature if literal > 0 else Proposition("not", (feature,))
