"""Values of a document against a schema model: every mistake becomes a finding at its place."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.diagnostics import Code, Findings, did_you_mean
from engine.document import Document, Path

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of names to values",
    "decimal_type": "a number",
    "string_too_short": "text that is not empty",
    "too_short": "a list that is not empty",
}


def validate(model: type[Model], document: Document, path: Path, value: Any, findings: Findings) -> Model | None:
    """`value`, which stands at `path` of the document, as a `model`; None where it is not one."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        seen: set[tuple[Path, Code]] = set()
        for details in error.errors(include_url=False):
            _add(details, model, document, path, findings, seen)
        return None


def _add(
    details: ErrorDetails,
    model: type[BaseModel],
    document: Document,
    base: Path,
    findings: Findings,
    seen: set[tuple[Path, Code]],
) -> None:
    path = base + _document_path(details["loc"], document, base)
    kind, found = details["type"], details["input"]
    shown = _shown(found)
    field_name = str(path[-1]) if path else "the file"
    if kind == "extra_forbidden":
        name = str(details["loc"][-1])
        known = _fields_at(model, details["loc"][:-1])
        finding = (
            Code.UNKNOWN_FIELD,
            f"there is no field {name!r} here; expected one of {', '.join(known)}",
            did_you_mean(name, known),
        )
        span = document.key_span((*base, *details["loc"]))
    elif kind == "missing":
        name = str(details["loc"][-1])
        path = path[:-1] if path and path[-1] == name else path
        finding = (Code.MISSING_FIELD, f"the field {name!r} is missing", "")
        span = document.key_span(path)
    elif kind in ("enum", "literal_error"):
        context = details.get("ctx") or {}
        expected = str(context.get("expected", "one of the known words"))
        choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
        finding = (
            Code.WRONG_VALUE,
            f"{field_name}: expected {expected}, found {shown}",
            did_you_mean(found, choices) if isinstance(found, str) else "",
        )
        span = document.span(path)
    elif kind in _EXPECTED:
        finding = (Code.WRONG_TYPE, f"{field_name}: expected {_EXPECTED[kind]}, found {shown}", "")
        span = document.span(path)
    else:
        message = details["msg"].removeprefix("Value error, ")
        own_words = kind == "value_error"
        finding = (Code.WRONG_VALUE, message if own_words else f"{field_name}: {message}, found {shown}", "")
        span = document.span(path)
    code, message, hint = finding
    # A union reports once for each of its members; the first says enough.
    key = (path, code if code is Code.UNKNOWN_FIELD or code is Code.MISSING_FIELD else Code.WRONG_VALUE)
    if code is Code.UNKNOWN_FIELD:
        key = ((*base, *details["loc"]), code)
    elif code is Code.MISSING_FIELD:
        key = ((*path, str(details["loc"][-1])), code)
    if key not in seen:
        seen.add(key)
        findings.add(code, message, span, hint=hint)


def _document_path(location: tuple[int | str, ...], document: Document, base: Path) -> Path:
    """The part of a location that exists in the document: union members add words of their own to it."""
    path: Path = ()
    for step in location:
        if (*base, *path, step) in document.spans:
            path = (*path, step)
    return path


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The field names of the model that stands at a location inside `model`."""
    current: type[BaseModel] = model
    for step in location:
        if not isinstance(step, str):
            continue
        for name, info in current.model_fields.items():
            if step in (name, info.alias):
                inner = _model_in(info.annotation)
                current = inner or current
    return [info.alias or name for name, info in current.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping of names to values"
    if isinstance(value, list):
        return "a list"
    text = repr(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
