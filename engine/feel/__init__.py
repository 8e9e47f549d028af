"""FEEL, the expression language of DMN 1.5: parser, types, interpreter, compiler and built-in functions."""

from engine.feel.errors import FeelSyntaxError, NullReason, Problem
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.values import feel_equal, from_python, to_python, to_string, type_of

__all__ = [
    "FeelSyntaxError",
    "NullReason",
    "Problem",
    "feel_equal",
    "from_python",
    "parse_expression",
    "parse_unary_tests",
    "to_python",
    "to_string",
    "type_of",
]
