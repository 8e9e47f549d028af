"""HTML put together from elements: texts are escaped, whatever they hold."""

from __future__ import annotations

from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float | bool) -> Html:
    """An element with its children; texts are escaped.

    Args:
        name: of the element.
        children: texts and elements.
        attributes: `class_` for class, `data_v` for data-v; False leaves one out.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: str) -> Html:
    """Texts, escaped, and elements one after the other."""
    return Html("".join(child if isinstance(child, Html) else escape(child, quote=False) for child in children))


_VOID = frozenset({"meta", "br", "hr"})
