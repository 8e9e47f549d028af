"""FEEL compiled to Python functions: tree, types, Python syntax tree, code; made once, run often."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import limits, tree
from engine.feel.check import Analysis, TypeScope
from engine.feel.codegen import HELPERS, Generator, Names, load
from engine.feel.codegen_truth import TruthGenerator
from engine.feel.errors import note
from engine.feel.types import ANY, Type
from engine.feel.values import Value

Run = Callable[..., Any]
_BROKEN_PROMISES = (KeyError, TypeError, AttributeError)
"""What typed code raises where values are not of their types."""


def compile_expression(node: tree.Node, parameters: Mapping[str, Type]) -> Callable[..., Value]:
    """A function that computes the expression; errors and limits give null.

    Args:
        node: its tree.
        parameters: the names it may use, with their types. The function takes their values by position in this
            order. A type is a promise about the values; where it is not kept, the result is still that of the
            interpreter as long as the value is of another kind altogether, but it takes longer. One mix-up is not
            noticed: a boolean where a number was promised counts as 0 or 1, as it does for Python.
    """
    return _compiled(node, parameters, Generator.value, null=None)


def compile_condition(node: tree.Node, parameters: Mapping[str, Type]) -> Callable[..., bool]:
    """A function that is True where the condition is true, and False where it is false or null.

    Arguments as for `compile_expression`.
    """
    return _compiled(node, parameters, TruthGenerator.truth, null=False)


def compile_unary_tests(
    tests: tree.UnaryTests, input_type: Type, parameters: Mapping[str, Type]
) -> Callable[..., bool]:
    """A function of the input and the parameters that is True where the input passes the tests.

    Args:
        tests: the tests of a decision table's cell.
        input_type: type of the input, which tests call `?`.
        parameters: the other names the tests may use, with their types.
    """
    return _compiled(tests, {"?": input_type, **parameters}, _unary_tests, null=False)


def _unary_tests(generator: TruthGenerator, tests: tree.UnaryTests, names: Names) -> ast.expr:
    return generator.unary_tests(tests, names)


def _compiled(
    node: Any, parameters: Mapping[str, Type], generate: Callable[..., ast.expr], *, null: bool | None
) -> Run:
    """The typed function, with the untyped one to fall back on where there is anything typed."""
    untyped = dict.fromkeys(parameters, ANY)
    if all(kind == ANY for kind in parameters.values()):
        return _function(node, untyped, generate, None, null=null)
    made: list[Run] = []

    def general(*arguments: Value) -> Any:
        if not made:  # seldom needed, so it is compiled when it first is; two threads that do so make the same
            made.append(_function(node, untyped, generate, None, null=null))
        return made[0](*arguments)

    return _function(node, parameters, generate, general, null=null)


def _function(
    node: Any,
    parameters: Mapping[str, Type],
    generate: Callable[..., ast.expr],
    general: Run | None,
    *,
    null: bool | None,
) -> Run:
    analysis = Analysis()
    scope = TypeScope(parameters)
    generator = TruthGenerator(analysis, trusting=general is not None)
    taken = {name: f"p{i}" for i, name in enumerate(parameters)}
    names = Names({name: load(variable) for name, variable in taken.items()})
    if isinstance(node, tree.UnaryTests):
        analysis.unary_tests(node, parameters["?"], scope)
        generator.input = tree.Name("?", node.start, node.end)
        analysis.types[id(generator.input)] = parameters["?"]
    else:
        analysis.type(node, scope)
    body = generate(generator, node, names)
    run = _run(list(taken.values()), body, generator.constants, general)
    return _metered(run, null) if generator.metered else run


def _run(parameters: list[str], body: ast.expr, constants: Mapping[str, Value], general: Run | None) -> Run:
    """Python's function of the code; where the values do not keep the types' promises it calls `general` instead."""
    arguments = ast.arguments([], [ast.arg(name) for name in parameters], None, [], [], None, [])
    statement: ast.stmt = ast.Return(body)
    if general is not None:
        again = ast.Return(ast.Call(load("general"), [load(name) for name in parameters], []))
        broken = ast.Tuple([load(broken.__name__) for broken in _BROKEN_PROMISES], ast.Load())
        statement = ast.Try([statement], [ast.ExceptHandler(broken, None, [again])], [], [])
    definition = ast.FunctionDef("run", arguments, [statement], [], None)
    module = _located(ast.Module([definition], []))
    namespace: dict[str, Any] = {
        "__builtins__": {},
        **{broken.__name__: broken for broken in _BROKEN_PROMISES},
        "general": general,
        **HELPERS,
        **constants,
    }
    exec(compile(module, "<FEEL>", "exec"), namespace)  # noqa: S102  (our own tree; no text of a user becomes code)
    return namespace["run"]  # type: ignore[no-any-return]


_PLACE = {"lineno": 1, "end_lineno": 1, "col_offset": 0, "end_col_offset": 0}


def _located(module: ast.Module) -> ast.Module:
    """The module with a place for each node, as Python's compiler wants; several times as fast as `ast` does it."""
    waiting: list[ast.AST] = [module]
    for node in waiting:
        fields = vars(node)
        if "lineno" in fields:
            continue
        for part in fields.values():
            if isinstance(part, ast.AST):
                waiting.append(part)
            elif type(part) is list:
                waiting += part
        fields.update(_PLACE)
    return module


def _metered(run: Run, null: bool | None) -> Run:
    """The function with its iterations counted; over a limit it gives null, or ends the evaluation around it."""

    def metered(*arguments: Value) -> Any:
        if limits.inside_evaluation():
            return run(*arguments)
        with limits.evaluation():
            try:
                return run(*arguments)
            except limits.LimitError as error:
                note(str(error))
            except RecursionError:
                note("functions call each other too deeply")
        return null

    return metered
