"""Charts as inline SVG: bars whose widths are shares of the page, so that they fit a telephone, a wall and paper.

Coordinates are floats, amounts never are: a chart is told figures and their texts apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.money import ONE, ZERO
from engine.simulate.html import Html, element

ROW = 44
"""Height of a row: a line of text and a bar below it, in pixels."""
BAR = 14
COLUMNS_HEIGHT = 170
MIN_SHARE = Decimal("0.15")
"""Where all of a waterfall happens in less than this share of its totals, the scale does not begin at zero."""


class Bar(NamedTuple):
    """A row of a waterfall: a total, or a step from where the last one ended."""

    label: str
    amount: Decimal
    text: str
    is_total: bool = False


class Pair(NamedTuple):
    """A row that compares two amounts."""

    label: str
    before: Decimal
    after: Decimal
    text: str


def waterfall(title: str, bars: Sequence[Bar], from_text: str) -> Html:
    """Bars that lead from one total to another.

    Args:
        title: for those who cannot see it.
        bars: a total, steps, a total.
        from_text: what to say where the scale does not begin at zero, with "{}" for where it begins.
    """
    spans = _spans(bars)
    low, high = min(min(span) for span in spans), max(max(span) for span in spans)
    steps = [span for bar, span in zip(bars, spans, strict=True) if not bar.is_total] or spans
    near, far = min(min(span) for span in steps), max(max(span) for span in steps)
    start = ZERO
    if near > 0 and far - near < far * MIN_SHARE:
        # The steps would be slivers: show the part of the scale in which they lie.
        start = _round_down(near - (far - near) / 2, far - near)
        low = start
    width = float(high - low) or 1.0
    rows: list[Html] = []
    for index, (bar, (begin, end)) in enumerate(zip(bars, spans, strict=True)):
        left = float(max(min(begin, end), low) - low) / width * 100
        size = max(float(max(begin, end) - low) / width * 100 - left, 0.3)
        kind = "total" if bar.is_total else "rise" if end >= begin else "fall"
        rows += _labels(index, bar.label, bar.text)
        rows.append(_rect(left, size, index * ROW + 22, BAR, kind))
    note = element("p", from_text.format(f"{start:,f}"), class_="note") if start else Html()
    return Html(_svg(title, len(bars) * ROW, rows) + note)


def _spans(bars: Sequence[Bar]) -> list[tuple[Decimal, Decimal]]:
    """Where each bar begins and ends."""
    spans: list[tuple[Decimal, Decimal]] = []
    running = ZERO
    for bar in bars:
        begin = ZERO if bar.is_total else running
        running = bar.amount if bar.is_total else running + bar.amount
        spans.append((begin, running))
    return spans


def _round_down(value: Decimal, room: Decimal) -> Decimal:
    """A round number not above `value`: a multiple of the power of ten below `room`."""
    unit = Decimal(1).scaleb(room.adjusted()) if room else ONE
    return max(value // unit * unit, ZERO)


def pairs(title: str, rows: Sequence[Pair]) -> Html:
    """For every row a bar of what was and one of what is."""
    largest = float(max((abs(amount) for row in rows for amount in (row.before, row.after)), default=ONE)) or 1.0
    height = ROW + 12
    drawn: list[Html] = []
    for index, row in enumerate(rows):
        drawn += _labels(index, row.label, row.text, height)
        for offset, amount, kind in ((22, row.before, "before"), (35, row.after, "after")):
            if amount:
                size = max(abs(float(amount)) / largest * 100, 0.3)
                drawn.append(_rect(0, size, index * height + offset, 11, kind))
    return _svg(title, len(rows) * height, drawn)


def columns(title: str, counts: Sequence[int], bounds: Sequence[str], middle: int) -> Html:
    """How many fall into each class, as columns with the bounds between them.

    Args:
        title: for those who cannot see it.
        counts: of each class; the middle one is left out.
        bounds: texts of the bounds between the others; one less than there are columns.
        middle: class that is not drawn.
    """
    shown = [count for index, count in enumerate(counts) if index != middle]
    largest = max([*shown, 1])
    width = 100 / len(shown)
    drawn: list[Html] = []
    for index, count in enumerate(shown):
        height = round(count / largest * COLUMNS_HEIGHT, 1)
        kind = "fall" if index < middle else "rise"
        left, top = index * width, COLUMNS_HEIGHT + 18 - height
        if count:
            drawn.append(_rect(left + width * 0.08, width * 0.84, top, max(height, 1.5), kind))
            place = f"{left + width / 2:.3f}%"
            drawn.append(
                element("text", _short(count), x=place, y=f"{top - 5:.1f}", text_anchor="middle", class_="small")
            )
    base = COLUMNS_HEIGHT + 18
    drawn.append(element("line", x1="0", x2="100%", y1=base, y2=base, class_="axis"))
    for index, bound in enumerate(bounds, 1):
        place = f"{index * width:.3f}%"
        drawn.append(element("line", x1=place, x2=place, y1=base, y2=base + 4, class_="axis"))
        drawn.append(element("text", bound, x=place, y=base + 17, text_anchor="middle", class_="small"))
    return _svg(title, base + 24, drawn)


def _short(count: int) -> str:
    """A count that fits over a narrow column: 12.3k."""
    return f"{count:,}" if count < 10_000 else f"{count / 1000:,.1f}k" if count < 100_000 else f"{count // 1000:,}k"


def _labels(index: int, label: str, text: str, height: int = ROW) -> list[Html]:
    y = index * height + 15
    cut = label if len(label) <= 40 else label[:39] + "…"
    name = (
        element("text", cut, element("title", label), x="0", y=y) if cut != label else element("text", cut, x="0", y=y)
    )
    return [name, element("text", text, x="100%", y=y, text_anchor="end", class_="figure")]


def _rect(left: float, width: float, top: float, height: float, kind: str) -> Html:
    return element(
        "rect", x=f"{left:.3f}%", y=f"{top:.1f}", width=f"{width:.3f}%", height=f"{height:.1f}", rx=2, class_=kind
    )


def _svg(title: str, height: float, drawn: Sequence[Html]) -> Html:
    return element("svg", element("title", title), *drawn, role="img", width="100%", height=height)
