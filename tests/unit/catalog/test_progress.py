"""The progress bar: for many rows and a terminal, and never in the way otherwise."""

import io
import sys

import pytest

from catalog.importers.progress import SHOWN_ABOVE, with_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "count", "shown"),
    [(Terminal(), SHOWN_ABOVE + 1, True), (Terminal(), SHOWN_ABOVE, False), (io.StringIO(), SHOWN_ABOVE + 1, False)],
)
def test_a_bar_is_shown_to_people_who_wait(monkeypatch, stream, count, shown):
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(with_progress(range(count), count, "products")) == list(range(count))
    assert ("products" in stream.getvalue()) is shown
