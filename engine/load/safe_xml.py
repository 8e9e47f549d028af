"""XML from strangers: parsed without entities, DTD, network or unbounded nesting; mistakes become findings."""

from __future__ import annotations

import re

from lxml import etree

from engine.diagnostics import Code, Findings
from engine.source import Span

MAX_BYTES = 64 * 1024 * 1024


def parse_xml(data: bytes, file: str, findings: Findings) -> etree._Element | None:
    """The root element, or None with a finding.

    A document type declaration is refused before anything in it could act, so entities (and with them
    "billion laughs" and files fetched from elsewhere) never come to bear. Nesting beyond 256 and texts
    beyond 10 MB are refused by the parser.

    Args:
        data: the file's bytes.
        file: its name as shown to the user.
        findings: receives what is wrong.
    """
    if not data.strip():
        findings.add(Code.SYNTAX, "the file is empty; an XML document was expected", Span(file))
        return None
    if len(data) > MAX_BYTES:
        findings.add(Code.LIMIT, f"the file has {len(data)} bytes; at most {MAX_BYTES} are read", Span(file))
        return None
    if _declares_doctype(data):
        _refuse_doctype(file, findings)
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position or (0, 0)
        findings.add(Code.SYNTAX, f"not well-formed XML: {_plain(error.msg)}", Span(file, line or 0, column or 0))
        return None
    except (ValueError, LookupError) as error:
        findings.add(Code.SYNTAX, f"not readable as XML: {_plain(str(error))}", Span(file))
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_doctype(file, findings)
        return None
    return root


def _declares_doctype(data: bytes) -> bool:
    """Whether a document type declaration stands between the start and the root element."""
    text = data.replace(b"\0", b"") if b"\0" in data[:4] else data  # UTF-16 and UTF-32 reduced to their ASCII part
    at = text.find(b"<")
    while at >= 0:
        if text.startswith(b"<?", at):
            at = text.find(b"?>", at)
        elif text.startswith(b"<!--", at):
            at = text.find(b"-->", at)
        else:
            return text.startswith(b"<!DOCTYPE", at)
        at = text.find(b"<", at) if at >= 0 else -1
    return False


def _refuse_doctype(file: str, findings: Findings) -> None:
    findings.add(
        Code.WRONG_VALUE,
        "the file has a document type declaration (<!DOCTYPE ...>), which DMN does not use",
        Span(file),
        hint="remove the declaration and the entities it defines",
    )


def _plain(message: str | None) -> str:
    """The parser's message without its own mention of the place, which the span gives."""
    return re.sub(r",? ?line \d+, column \d+.*$", "", message or "unknown mistake")
