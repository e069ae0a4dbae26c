"""Lines over time: one with its interval, or several with names at their ends."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.svg import LETTER, NARROW, WIDE, Chart, drawing, label, shape, steps, written

TOP, HEIGHT = 24, 200
LINE_HEIGHT = 14
MARKS_APART = 12  # at least, so that they do not overlap
# The marker of each series, drawn around 0,0; the same number is in the class that colours and dashes it.
MARKS = ("circle", "square", "diamond", "triangle", "circle", "square")
MOST_SERIES = len(MARKS)


@dataclass(frozen=True)
class Series:
    """One line: a number per place on the axis, None for a gap; `at_most` is the upper bound of an interval."""

    label: str
    numbers: tuple[float | None, ...]
    at_most: tuple[float | None, ...] = ()


def lines(
    *, name: str, title: str, description: str, axis: Sequence[str], series: Sequence[Series], unit: str = ""
) -> Chart:
    """Draw lines over an axis; at most MOST_SERIES of them, the rest are left out. `name` is unique on its page."""
    drawn_series = series[:MOST_SERIES]
    wide, narrow = (_drawn(name, title, description, axis, drawn_series, width, unit) for width in (WIDE, NARROW))
    legend = (
        [(f"series-{n + 1} {MARKS[n]}", one.label) for n, one in enumerate(drawn_series)]
        if len(drawn_series) > 1
        else []
    )
    return Chart(title, description, wide, narrow, tuple(legend))


def _drawn(
    name: str, title: str, description: str, axis: Sequence[str], series: Sequence[Series], width: int, unit: str
) -> SafeString:
    numbers = [n for entry in series for n in (*entry.numbers, *entry.at_most) if n is not None]
    marks = steps(max(numbers, default=0))
    left = 12 + LETTER * max(len(written(mark, unit)) for mark in marks)
    right = 150 if len(series) > 1 and width == WIDE else 30
    apart = (width - left - right) / max(1, len(axis) - 1)
    scale = HEIGHT / marks[-1]
    shapes = []
    for mark in marks:
        y = TOP + HEIGHT - mark * scale
        shapes.append(shape("line", class_="grid", x1=left, x2=float(width - right), y1=y, y2=y))
        shapes.append(shape("text", written(mark, unit), x=left - 6, y=y + 4, text_anchor="end"))
    every = -(-len(axis) * _widest(axis) // int(width - left - right)) or 1
    for n, words in enumerate(axis):
        if (len(axis) - 1 - n) % every == 0:
            shapes.append(shape("text", words, x=left + n * apart, y=TOP + HEIGHT + 18.0, text_anchor="middle"))
    for n, entry in enumerate(series):
        shapes += _line(n, entry, left, apart, scale)
    if len(series) == 1:
        shapes += _values(series[0], left, apart, scale, unit)
    elif width == WIDE:
        shapes += _names(series, left, apart, scale, width - right + 10, right - 12)
    return drawing(name, title, description, width, TOP + HEIGHT + 26, shapes)


def _widest(axis: Sequence[str]) -> int:
    return int(max((len(words) for words in axis), default=1) * LETTER + 12)


def _line(number: int, series: Series, left: float, apart: float, scale: float) -> list[SafeString]:
    style = f"series-{number + 1}"
    shapes = []
    if series.at_most:
        both = [
            (left + n * apart, TOP + HEIGHT - low * scale, TOP + HEIGHT - high * scale)
            for n, (low, high) in enumerate(zip(series.numbers, series.at_most, strict=True))
            if low is not None and high is not None
        ]
        around = [(x, high) for x, _low, high in both] + [(x, low) for x, low, _high in reversed(both)]
        if around:
            shapes.append(shape("polygon", class_="band", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in around)))
    path, pen = "", "M"
    for n, value in enumerate(series.numbers):
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{left + n * apart:.1f} {TOP + HEIGHT - value * scale:.1f}"
        pen = "L"
    shapes.append(shape("path", class_=f"line {style}", d=path))
    places = [
        (left + n * apart, TOP + HEIGHT - (series.numbers[n] or 0) * scale) for n in _marked(series.numbers, apart)
    ]
    return [*shapes, *(_mark(MARKS[number], style, x, y) for x, y in places)]


def _marked(numbers: Sequence[float | None], apart: float) -> list[int]:
    """Return the places of a line that get a marker: some distance apart, plus every isolated point."""
    every = math.ceil(MARKS_APART / apart)
    known = [False, *(number is not None for number in numbers), False]
    return [n for n in range(len(numbers)) if known[n + 1] and (n % every == 0 or not (known[n] or known[n + 2]))]


def _mark(kind: str, style: str, x: float, y: float) -> SafeString:
    if kind == "circle":
        return shape("circle", class_=f"dot {style}", cx=x, cy=y, r=3.5)
    points = {"square": "M-3-3h6v6h-6z", "diamond": "M0-4.5 4.5 0 0 4.5-4.5 0z", "triangle": "M0-4.5 4 3.5h-8z"}[kind]
    return shape("path", class_=f"dot {style}", d=points, transform=f"translate({x:.1f} {y:.1f})")


def _values(series: Series, left: float, apart: float, scale: float, unit: str) -> list[SafeString]:
    """Write the numbers of a single line: each if there is room, else the largest and the last."""
    there = [(n, value) for n, value in enumerate(series.numbers) if value is not None]
    if apart < 44:
        there = sorted({max(there, key=lambda pair: pair[1]), there[-1]}) if there else []
    return [
        shape(
            "text",
            written(v, unit),
            class_="value",
            x=left + n * apart,
            y=TOP + HEIGHT - v * scale - 8,
            text_anchor="middle",
        )
        for n, v in there
    ]


def _names(
    series: Sequence[Series], left: float, apart: float, scale: float, x: float, room: float
) -> list[SafeString]:
    """Write each name at the end of its line, moved apart where lines end close together."""
    ends = []
    for entry in series:
        value = next((n for n in reversed(entry.numbers) if n is not None), None)
        if value is not None:
            ends.append((TOP + HEIGHT - value * scale + 4, entry.label))
    shapes, below = [], TOP + HEIGHT + float(LINE_HEIGHT)
    for y, words in sorted(ends, reverse=True):  # from the lowest, so that none reaches the axis
        below = min(y, below - LINE_HEIGHT)
        shapes.append(label(words, room, x=x, y=below, class_="value"))
    return shapes
