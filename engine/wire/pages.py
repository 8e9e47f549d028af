"""Pages of a list: sizes, and tokens that name the version they belong to and where to go on."""

from __future__ import annotations

import base64
import binascii

from engine.wire.violations import Reason, Violations

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1_000


class StalePageError(Exception):
    """The token is of a version that serves no longer: the caller starts again with the first page."""


def read_page_size(size: int, violations: Violations) -> int:
    """Items a page; 0 asks for the default."""
    if not 0 <= size <= MAX_PAGE_SIZE:
        told = f"a page has 1 to {MAX_PAGE_SIZE:,} items, 0 for the default of {DEFAULT_PAGE_SIZE}; found {size}"
        violations.add("page_size", Reason.OUT_OF_RANGE, told)
    return size or DEFAULT_PAGE_SIZE


def page_token(version: str, query: str, start: int) -> str:
    """The token of the page that starts with item `start` of what `query` gives in `version`."""
    return base64.urlsafe_b64encode(f"{version}\n{start}\n{query}".encode()).decode()


def read_page_token(token: str, version: str, query: str, violations: Violations) -> int:
    """The item that a page starts with; 0 without a token.

    Raises:
        StalePageError: the token was made by another version.
    """
    if not token:
        return 0
    try:
        of_version, start, of_query = base64.urlsafe_b64decode(token.encode()).decode().split("\n", 2)
        position = int(start)
    except (binascii.Error, ValueError):
        violations.add("page_token", Reason.BAD_PAGE_TOKEN, "this is no token that a page came with")
        return 0
    if of_version != version:
        raise StalePageError(f"the pages changed: the token is of version {of_version}, {version} is serving")
    if of_query != query or position < 0:
        violations.add("page_token", Reason.BAD_PAGE_TOKEN, "the token belongs to another query")
        return 0
    return position
