"""An XML element of a DMN file as its readers see it: children of the DMN namespace, attributes, texts, the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.diagnostics import Code, Findings
from engine.source import Span

_FEEL_NAMESPACE_ENDS = ("/FEEL/", "/feel.xsd")


@dataclass(frozen=True, slots=True)
class FileContext:
    """What the readers of one file share.

    Attributes:
        file: name as shown to the user.
        findings: receives what is wrong.
        own_namespace: the namespace that the file gives its own nodes and types.
        imports: name of an import by its namespace, for type names that DMN 1.1 qualifies by prefix.
    """

    file: str
    findings: Findings
    own_namespace: str = ""
    imports: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Element:
    """An element with what its readers ask of it."""

    node: etree._Element
    context: FileContext

    @property
    def name(self) -> str:
        """The local name."""
        return str(etree.QName(self.node).localname)

    @property
    def span(self) -> Span:
        """The line on which the element starts."""
        line = self.node.sourceline
        return Span(self.context.file, line if isinstance(line, int) else 0)

    def get(self, attribute: str) -> str:
        """An attribute's text without spaces around it; "" where it is missing."""
        return (self.node.get(attribute) or "").strip()

    def flag(self, attribute: str) -> bool:
        """Whether a boolean attribute is set."""
        return self.get(attribute) in ("true", "1")

    def children(self, *names: str) -> Iterator[Element]:
        """Child elements of the same namespace, of these local names or (without names) all."""
        namespace = _namespace(self.node)
        if names:
            for node in self.node.iterchildren(*(namespace + name for name in names)):
                yield Element(node, self.context)
            return
        for node in self.node.iterchildren(tag=etree.Element):
            if _namespace(node) == namespace:
                yield Element(node, self.context)

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next(self.children(name), None)

    def text_of(self, child: str) -> str:
        """The text of a child without spaces around it; "" where it is missing."""
        found = self.child(child)
        return found.text if found else ""

    @property
    def text(self) -> str:
        """All text inside, without spaces around it."""
        return "".join(str(part) for part in self.node.itertext()).strip()

    @property
    def type_ref(self) -> str:
        """The type named by the attribute or child `typeRef`, as FEEL names it: a prefix is resolved to an import."""
        written = self.get("typeRef") or self.text_of("typeRef")
        prefix, colon, local = written.partition(":")
        if not colon:
            return written
        namespace = self.node.nsmap.get(prefix)
        if namespace is None:
            return local if prefix == "feel" else written
        if namespace == self.context.own_namespace or namespace.endswith(_FEEL_NAMESPACE_ENDS):
            return local
        imported = self.context.imports.get(namespace, "")
        return f"{imported}.{local}" if imported else local

    def require(self, attribute: str) -> str:
        """An attribute that must be there; a finding and "" where it is not."""
        value = self.get(attribute)
        if not value:
            self.report(Code.MISSING_FIELD, f"<{self.name}> has no {attribute}")
        return value

    def report(self, code: Code, message: str, hint: str = "") -> None:
        """Add an error at this element's place."""
        self.context.findings.add(code, message, self.span, hint=hint)


def _namespace(node: etree._Element) -> str:
    """The namespace of an element's tag with its braces; "" where it has none."""
    tag = str(node.tag)
    return tag[: tag.rfind("}") + 1]
