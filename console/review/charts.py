"""Charts as SVG, drawn here: colours and type stand in the picture itself, so that it can be saved as it is.

Lengths are in the picture's own units, which are CSS pixels at its natural width.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import NamedTuple

INK, SOFT, LINE = "#1b2420", "#55625b", "#dfe3db"
MAIN, PALE, BAD, GHOST = "#0b5d4e", "#9cc9b8", "#c4553f", "#c9d0c8"
_FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
_STEPS = (1, 2, 5)
_TINY = 1e-9


@dataclass(frozen=True)
class Bar:
    """One thing that is counted: its parts from the bottom up as (amount, colour), what it is, where it leads."""

    name: str
    parts: Sequence[tuple[float, str]]
    said: str
    url: str = ""

    @property
    def total(self) -> float:
        """All its parts."""
        return sum(amount for amount, _ in self.parts)


@dataclass(frozen=True)
class Grid:
    """Counts by row and column; `said` and `urls` belong to the cells in the same order."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Sequence[Sequence[int]]
    said: Sequence[Sequence[str]]
    urls: Sequence[Sequence[str]] = field(default_factory=tuple)


def columns(bars: Sequence[Bar], label: str, width: int, height: int = 220, line: Sequence[float] = ()) -> str:
    """Upright bars with a scale; `line` is what stood there in the period before."""
    top = _round_up(max([bar.total for bar in bars] + [*line, 1]))
    left, right, above, below = 44, 8, 10, 26
    room, high = width - left - right, height - above - below
    step = room / max(len(bars), 1)
    thick = min(step * 0.72, 34)

    def y(amount: float) -> float:
        return above + high * (1 - amount / top)

    drawn = [_scale(amount, y(amount), left, width - right) for amount in (0, top / 2, top)]
    every = max(1, round(len(bars) / max(1, room // 62)))
    for place, bar in enumerate(bars):
        middle = left + step * (place + 0.5)
        drawn.append(_link(bar.url, _column(bar, _Place(middle, thick, step, above, high), y)))
        if place % every == 0:
            drawn.append(_text(middle, height - 8, bar.name, "middle"))
    if line:
        points = " ".join(f"{left + step * (n + 0.5):.1f},{y(amount):.1f}" for n, amount in enumerate(line))
        dashes = 'stroke-dasharray="4 4"'
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{SOFT}" stroke-width="1.5" {dashes}/>')
    return _svg(width, height, label, drawn)


class _Place(NamedTuple):
    """Where a column stands: its middle, its own and its whole width, and how far down it may reach."""

    middle: float
    thick: float
    step: float
    above: float
    high: float


def _column(bar: Bar, place: _Place, y: Callable[[float], float]) -> str:
    at: float = 0
    pieces = [f"<title>{escape(bar.said)}</title>"]
    pieces.append(_rect(place.middle - place.step / 2, place.above, place.step, place.high, "transparent", 0))
    for amount, colour in bar.parts:
        if amount > _TINY:
            upper, lower = y(at + amount), y(at)
            pieces.append(_rect(place.middle - place.thick / 2, upper, place.thick, max(lower - upper, 1), colour, 2))
        at += amount
    return "".join(pieces)


def bars(found: Sequence[Bar], label: str, width: int, names: int = 200, note: Sequence[str] = ()) -> str:
    """Lying bars, the names at the left, `note` at the right of each."""
    row, most = 32, max([bar.total for bar in found] + [1])
    names = min(names, width // 2)
    aside = 12 + max((_wide(words) for words in note), default=30)
    room = width - names - aside - 8
    drawn = []
    for place, bar in enumerate(found):
        middle = row * place + row / 2
        pieces = [f"<title>{escape(bar.said)}</title>", _rect(0, row * place, width, row, "transparent", 0)]
        pieces.append(_text(names - 10, middle + 4.5, _cut(bar.name, names - 14), "end", INK, 13))
        at = float(names)
        for amount, colour in bar.parts:
            if amount > _TINY:
                long = max(room * amount / most, 1.5)
                pieces.append(_rect(at, middle - 8, long, 16, colour, 3))
                at += long
        shown = note[place] if note else f"{bar.total:g}"
        pieces.append(_text(at + 8, middle + 4.5, shown, "start", SOFT, 12))
        drawn.append(_link(bar.url, "".join(pieces)))
    return _svg(width, max(row * len(found), row), label, drawn)


def heat(grid: Grid, label: str, width: int) -> str:
    """A table whose cells are the darker the more they count."""
    names = min(108, width // 4)
    cell, row, head = (width - names) / max(len(grid.columns), 1), 30, 28
    most = max([n for counts in grid.counts for n in counts] + [1])
    drawn = [_text(names + cell * (n + 0.5), 18, _cut(name, cell - 4), "middle") for n, name in enumerate(grid.columns)]
    for at, (name, counts) in enumerate(zip(grid.rows, grid.counts, strict=True)):
        top = head + row * at
        drawn.append(_text(names - 10, top + 19, _cut(name, names - 12), "end", INK, 13))
        for n, count in enumerate(counts):
            share = (count / most) ** 0.6
            square = _rect(names + cell * n + 1, top + 1, cell - 2, row - 2, _shade(share), 4)
            said = f"<title>{escape(grid.said[at][n])}</title>"
            number = _text(names + cell * (n + 0.5), top + 19, str(count) if count else "", "middle", _on(share), 12)
            drawn.append(_link(grid.urls[at][n] if grid.urls and count else "", said + square + number))
    return _svg(width, head + row * len(grid.rows), label, drawn)


def _shade(share: float) -> str:
    light, dark = (238, 241, 235), (11, 93, 78)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(light, dark, strict=True))


def _on(share: float) -> str:
    return "#ffffff" if share > 0.5 else INK


def _round_up(amount: float) -> float:
    """The next amount that a scale may end with."""
    unit = 1.0
    while unit * 10 < amount:
        unit *= 10
    ends = [unit * step for step in _STEPS] + [unit * 10]
    found = next(end for end in ends if end >= amount)
    for low, high in pairwise(ends):
        # Half of a step where that leaves less empty.
        if low < amount <= (low + high) / 2 and (low + high) / 2 % 2 == 0:
            found = (low + high) / 2
    return max(found, 2)


def _scale(amount: float, y: float, left: float, right: float) -> str:
    line = f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>'
    return line + _text(left - 8, y + 4, f"{amount:,.0f}", "end")


def _rect(  # noqa: PLR0917 - the order of SVG
    x: float, y: float, width: float, height: float, colour: str, round_by: float
) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_by:g}" fill="{colour}"/>'
    )


def _text(  # noqa: PLR0917 - the order of SVG
    x: float, y: float, words: str, anchor: str, colour: str = SOFT, size: int = 12
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}" font-size="{size}">{escape(words)}</text>'


def _link(url: str, content: str) -> str:
    return f'<a href="{escape(url)}">{content}</a>' if url else f"<g>{content}</g>"


def _svg(width: float, height: float, label: str, drawn: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}" '
        f'font-family="{_FONT}" preserveAspectRatio="xMinYMin meet">{"".join(drawn)}</svg>'
    )


def _wide(words: str) -> float:
    """About how wide words are at 12 units: Chinese is square, the rest a bit more than half of that."""
    return sum(12 if ord(c) > 0x2E80 else 7 for c in words)


def _cut(words: str, room: float) -> str:
    while words and _wide(words) * 13 / 12 > room:
        words = words.rstrip("…")[:-1] + "…" if len(words) > 2 else ""
    return words
