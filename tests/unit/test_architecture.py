"""The shape of the code, held by walking the syntax trees: who may import whom, sizes, first lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "catalog", "client/quotewright_client")
FOUNDATION = frozenset(
    {"engine.money", "engine.source", "engine.diagnostics", "engine.document", "engine.native_build"}
)

# Every room may import the foundation and itself; the rest is listed. `docs/architecture.md` has the picture.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "engine.schema": frozenset({"engine.feel"}),
    "engine.feel": frozenset(),
    "engine.tables": frozenset({"engine.feel", "engine.schema"}),
    "engine.load": frozenset({"engine.schema", "engine.feel"}),
    "engine.dmn": frozenset({"engine.schema", "engine.feel", "engine.tables", "engine.load"}),
    "engine.check": frozenset(
        {
            "engine.configure",
            "engine.pricing",
            "engine.schema",
            "engine.load",
            "engine.feel",
            "engine.tables",
            "catalog",
        }
    ),
    "engine.quote": frozenset(),
    "engine.trace": frozenset(),
    "engine.pricing": frozenset({"engine.quote", "engine.trace", "engine.feel", "engine.tables", "catalog"}),
    "engine.configure": frozenset({"engine.trace", "engine.feel", "engine.tables", "catalog"}),
    "engine.approve": frozenset({"engine.quote", "engine.trace", "engine.feel", "engine.tables", "catalog"}),
    "engine.credit": frozenset({"engine.quote", "engine.trace", "engine.feel", "engine.tables", "catalog"}),
    "engine.renew": frozenset({"engine.quote", "engine.trace", "engine.feel", "engine.tables", "catalog"}),
    "engine.store": frozenset({"engine.quote", "engine.trace", "engine.feel", "engine.tables", "catalog"}),
    "engine.security": frozenset(),
    "engine.snapshot": frozenset(
        {"engine.approve", "engine.configure", "engine.credit", "engine.pricing", "engine.renew", "catalog"}
    ),
    "engine.compile": frozenset(
        {
            "engine.approve",
            "engine.check",
            "engine.configure",
            "engine.credit",
            "engine.feel",
            "engine.load",
            "engine.pricing",
            "engine.renew",
            "engine.schema",
            "engine.snapshot",
            "engine.tables",
            "engine.trace",
            "catalog",
        }
    ),
    "engine.compare": frozenset({"engine.schema", "engine.load", "engine.compile", "catalog"}),
    "engine.simulate": frozenset(
        {
            "engine.approve",
            "engine.credit",
            "engine.decision",
            "engine.load",
            "engine.pricing",
            "engine.quote",
            "engine.schema",
            "engine.snapshot",
            "engine.trace",
            "engine.wire",
        }
    ),
    "engine.decision": frozenset(
        {
            "catalog",
            "engine.approve",
            "engine.configure",
            "engine.credit",
            "engine.pricing",
            "engine.renew",
            "engine.quote",
            "engine.snapshot",
            "engine.trace",
        }
    ),
    "engine.solve": frozenset(
        {"engine.approve", "engine.credit", "engine.decision", "engine.pricing", "engine.quote", "engine.snapshot"}
    ),
    "engine.explain": frozenset(
        {
            "engine.approve",
            "engine.configure",
            "engine.credit",
            "engine.decision",
            "engine.pricing",
            "engine.renew",
            "engine.trace",
        }
    ),
    "engine.wire": frozenset(
        {
            "engine.approve",
            "engine.credit",
            "engine.renew",
            "engine.store",
            "engine.configure",
            "engine.decision",
            "engine.quote",
            "engine.trace",
            "engine.pricing",
            "engine.snapshot",
            "catalog",
            "stubs",
        }
    ),
    "engine.service": frozenset(
        {
            "engine.approve",
            "engine.credit",
            "engine.renew",
            "engine.store",
            "engine.compile",
            "engine.configure",
            "engine.decision",
            "engine.explain",
            "engine.load",
            "engine.quote",
            "engine.security",
            "engine.snapshot",
            "engine.solve",
            "engine.wire",
            "catalog",
            "stubs",
        }
    ),
    "engine.casefiles": frozenset(
        {
            "engine.approve",
            "engine.compile",
            "engine.configure",
            "engine.credit",
            "engine.decision",
            "engine.load",
            "engine.pricing",
            "engine.quote",
            "engine.renew",
            "engine.schema",
            "engine.snapshot",
            "engine.trace",
            "engine.wire",
            "stubs",
        }
    ),
    "engine.commands": frozenset(
        {
            "engine.casefiles",
            "engine.approve",
            "engine.credit",
            "engine.renew",
            "engine.store",
            "engine.compare",
            "engine.check",
            "engine.compile",
            "engine.configure",
            "engine.decision",
            "engine.dmn",
            "engine.explain",
            "engine.load",
            "engine.pricing",
            "engine.quote",
            "engine.schema",
            "engine.security",
            "engine.service",
            "engine.simulate",
            "engine.snapshot",
            "engine.solve",
            "engine.tables",
            "engine.trace",
            "engine.wire",
            "catalog",
            "client",
        }
    ),
    "catalog": frozenset(),
    "client": frozenset({"stubs"}),
}


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def room_of(module: str) -> str:
    """The room that a dotted module name belongs to."""
    parts = module.split(".")
    if parts[0] == "quotewright":
        return "stubs"
    if parts[0] == "quotewright_client":
        return "client"
    return ".".join(parts[:2]) if parts[0] == "engine" and len(parts) > 1 else parts[0]


def dotted(path: Path) -> str:
    relative = path.relative_to(ROOT).with_suffix("")
    parts = [part for part in relative.parts if part != "__init__"]
    return ".".join(parts[1:] if parts[0] == "client" else parts)


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room they come from"
            assert node.module is not None
            if node.module in ("engine", "catalog"):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, node.module


def ours(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in ("engine", "catalog", "quotewright", "quotewright_client")


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_follow_the_direction(path):
    room = room_of(dotted(path))
    if dotted(path) in FOUNDATION:
        allowed: frozenset[str] = FOUNDATION
    elif room == "engine":
        allowed = frozenset({"engine.native_build"})
    else:
        allowed = MAY_IMPORT[room] | FOUNDATION | {room}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for line, module in imports_of(path)
        if ours(module) and room_of(module) not in allowed
    ]
    assert not wrong


def test_solvers_and_chainers_have_one_importer():
    for library, owner in (("clingo", "engine.configure"), ("durable", "engine.approve")):
        importers = {
            room_of(dotted(path)) for path in modules() for _, name in imports_of(path) if name.startswith(library)
        }
        assert importers <= {owner}


def test_modules_are_small():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    too_long = {path.relative_to(ROOT).as_posix(): size for path, size in lengths.items() if size > 600}
    assert not too_long
    assert median(lengths.values()) < 200


def test_functions_fit_on_a_screen():
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 70
    ]
    assert not too_long


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_first_line_says_what_a_module_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, "a module starts with what it is for"
    first = docstring.splitlines()[0]
    assert len(first) > 20
    assert first.endswith((".", ":", ";")) or len(docstring.splitlines()) > 1
