"""Horizontal bars, single or stacked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.svg import NARROW, WIDE, Chart, drawing, hatched, label, shape, steps, written

LABELS = 200  # units left of the bars of a wide chart
VALUES = 70  # units to their right, for the numbers
GAP = 2  # units between parts


@dataclass(frozen=True)
class Part:
    """One part of a bar: its colour class ("women", "men", "other", "unknown", "accent") and its number."""

    style: str
    number: float


@dataclass(frozen=True)
class Bar:
    """One bar. `at_most` is its upper bound (drawn hatched); `value` is written at its end, whatever the parts say.

    Without parts no bar is drawn, and `value` says why.
    """

    label: str
    parts: tuple[Part, ...]
    value: str = ""
    at_most: float = 0

    @property
    def number(self) -> float:
        return sum(part.number for part in self.parts)


def bars(
    *,
    name: str,
    title: str,
    description: str,
    rows: Sequence[Bar],
    legend: Sequence[tuple[str, str]] = (),
    unit: str = "",
) -> Chart:
    """Draw bars from top to bottom. `name` is unique on its page."""
    wide, narrow = (_drawn(name, title, description, rows, width, unit) for width in (WIDE, NARROW))
    return Chart(title, description, wide, narrow, tuple(legend))


def _drawn(name: str, title: str, description: str, rows: Sequence[Bar], width: int, unit: str) -> SafeString:
    is_wide = width == WIDE
    left, thick, apart = (LABELS, 22, 36) if is_wide else (0, 16, 44)
    top = 8 if is_wide else 4
    bottom = top + apart * len(rows)
    marks = steps(max([row.number for row in rows] + [row.at_most for row in rows], default=0), 4 if is_wide else 3)
    scale = (width - left - VALUES) / marks[-1]
    shapes: list[SafeString] = []
    for mark in marks:
        x = left + mark * scale
        shapes.append(shape("line", class_="grid", x1=x, x2=x, y1=float(top), y2=float(bottom)))
        anchor = "middle" if is_wide or mark else "start"
        shapes.append(shape("text", written(mark, unit), x=x, y=bottom + 16.0, text_anchor=anchor))
    for n, row in enumerate(rows):
        y = top + apart * n + ((apart - thick) / 2 if is_wide else 18)
        if is_wide:
            shapes.append(label(row.label, left - 12, x=left - 10, y=y + thick / 2 + 4, text_anchor="end"))
        else:
            shapes.append(label(row.label, width, x=0, y=y - 5))
        shapes += _bar(name, width, row, left, y, thick, scale, unit)
    return drawing(name, title, description, width, bottom + 24, shapes)


def _bar(
    name: str, width: int, row: Bar, left: float, y: float, thick: float, scale: float, unit: str
) -> list[SafeString]:
    x, shapes = float(left), []
    for part in row.parts:
        if part.number > 0:
            wide = max(part.number * scale - GAP, 0.75)
            shapes.append(shape("rect", class_=part.style, x=x, y=y, width=wide, height=thick, rx=2))
            if part.style == "unknown":
                shapes.append(hatched(name, of=width, x=x, y=y, width=wide, height=thick, rx=2))
            x += part.number * scale
    if row.at_most > row.number and row.parts:
        more = max((row.at_most - row.number) * scale - GAP, 0.75)
        shapes.append(shape("rect", class_="possible", x=x, y=y, width=more, height=thick, rx=2))
        shapes.append(hatched(name, of=width, x=x, y=y, width=more, height=thick, rx=2))
        x += (row.at_most - row.number) * scale
    words = row.value or written(row.number, unit)
    return [*shapes, shape("text", words, class_="value", x=x + 6, y=y + thick / 2 + 4)]
