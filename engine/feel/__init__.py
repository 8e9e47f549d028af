"""FEEL, the expression language of DMN 1.5: parser, types, interpreter, compiler and built-in functions."""

from engine.feel.builtins import BUILTINS
from engine.feel.check import check, check_unary_tests
from engine.feel.compiler import compile_condition, compile_expression, compile_unary_tests
from engine.feel.errors import FeelSyntaxError, NullReason, Problem
from engine.feel.interpreter import apply_function, interpret, interpret_unary_tests
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.values import (
    Function,
    Range,
    coerce,
    defined_function,
    feel_equal,
    from_python,
    is_instance,
    to_python,
    to_string,
    type_of,
)

__all__ = [
    "BUILTINS",
    "FeelSyntaxError",
    "Function",
    "NullReason",
    "Problem",
    "Range",
    "apply_function",
    "check",
    "check_unary_tests",
    "coerce",
    "compile_condition",
    "compile_expression",
    "compile_unary_tests",
    "defined_function",
    "feel_equal",
    "from_python",
    "interpret",
    "interpret_unary_tests",
    "is_instance",
    "parse_expression",
    "parse_unary_tests",
    "to_python",
    "to_string",
    "type_of",
]
