"""Page tokens: where to go on, and what they are refused for."""

import pytest

from engine.wire.pages import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    StalePageError,
    page_token,
    read_page_size,
    read_page_token,
)
from engine.wire.violations import Violations


def test_a_token_says_where_to_go_on():
    violations = Violations()
    token = page_token("v1", "hardware\nservers", 200)
    assert read_page_token(token, "v1", "hardware\nservers", violations) == 200
    assert read_page_token("", "v1", "", violations) == 0
    assert not violations.found


def test_a_token_of_another_version():
    with pytest.raises(StalePageError, match="the token is of version v1, v2 is serving"):
        read_page_token(page_token("v1", "", 1), "v2", "", Violations())


@pytest.mark.parametrize("token", ["x", "é", "AAAA", page_token("v1", "other", 1), page_token("v1", "", -1)])
def test_tokens_that_are_none(token):
    violations = Violations()
    assert read_page_token(token, "v1", "", violations) == 0
    assert [(item.field, item.reason) for item in violations.found] == [("page_token", "BAD_PAGE_TOKEN")]


@pytest.mark.parametrize(("asked", "given"), [(0, DEFAULT_PAGE_SIZE), (1, 1), (MAX_PAGE_SIZE, MAX_PAGE_SIZE)])
def test_page_sizes(asked, given):
    violations = Violations()
    assert read_page_size(asked, violations) == given
    assert not violations.found


@pytest.mark.parametrize("asked", [-1, MAX_PAGE_SIZE + 1])
def test_page_sizes_out_of_range(asked):
    violations = Violations()
    read_page_size(asked, violations)
    assert [(item.field, item.reason) for item in violations.found] == [("page_size", "OUT_OF_RANGE")]
