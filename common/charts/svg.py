"""Building blocks of all charts: shapes as text, a scale with round steps, text cut to a width."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

WIDE, NARROW = 720, 340
# Approximate width of a letter at 11 units, the font size of a chart.
LETTER = 5.9


@dataclass(frozen=True)
class Chart:
    """A rendered chart. `legend` holds (class, words) pairs, for the template components/chart.html."""

    title: str
    description: str
    wide: SafeString
    narrow: SafeString
    legend: tuple[tuple[str, str], ...] = ()


def shape(name: str, words: Any = "", **attributes: Any) -> SafeString:
    """Return one element; `class_` becomes class, an underscore a hyphen, numbers have at most two decimals."""
    said = [
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return mark_safe(f"<{name}{''.join(said)}>{conditional_escape(words)}</{name}>")  # noqa: S308 - names are our own


def _value(value: Any) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else conditional_escape(value)


def joined(shapes: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(shapes))  # noqa: S308 - each was escaped as it was made


def drawing(
    name: str, title: str, description: str, width: int, height: float, shapes: Iterable[SafeString]
) -> SafeString:
    """Return a whole drawing with title and description for screen readers. `name` is unique on its page."""
    size = "wide" if width == WIDE else "narrow"
    spoken = [shape("title", title, id=f"{name}-{size}-title"), shape("desc", description, id=f"{name}-{size}-desc")]
    hatch = shape(
        "pattern",
        shape("path", d="M0 6 6 0M-1 1 1-1M5 7 7 5", class_="hatch-line"),
        id=f"{name}-{size}-hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    return shape(
        "svg",
        joined([*spoken, shape("defs", hatch), *shapes]),
        class_=f"chart {'wide-only' if size == 'wide' else 'phone-only'}",
        viewBox=f"0 0 {width} {math.ceil(height)}",
        role="img",
        aria_labelledby=f"{name}-{size}-title",
        aria_describedby=f"{name}-{size}-desc",
    )


def hatched(name: str, *, of: int, **attributes: object) -> SafeString:
    """Return a hatched rectangle in a drawing of width `of`, for uncertain values."""
    size = "wide" if of == WIDE else "narrow"
    return shape("rect", fill=f"url(#{name}-{size}-hatch)", **attributes)


def steps(most: float, wanted: int = 4) -> list[float]:
    """Return the ticks of an axis from 0 to at least `most`, 1, 2 or 5 times a power of ten apart."""
    if most <= 0:
        return [0, 1]
    rough = most / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    step = max(step, 1) if most > 1 else step
    return [round(n * step, 6) for n in range(math.ceil(round(most / step, 6)) + 1)]


def cut(words: str, width: float) -> str:
    """Return words that fit into about `width` units, shortened with an ellipsis."""
    room = max(4, int(width / LETTER))
    return words if len(words) <= room else f"{words[: room - 1].rstrip()}…"


def label(words: str, width: float, **attributes: object) -> SafeString:
    """Return words cut to a width; the full text is shown on hover."""
    short = cut(words, width)
    return shape(
        "text", short if short == words else joined([format_html("{}", short), shape("title", words)]), **attributes
    )


def written(number: float, unit: str = "") -> str:
    """Return a number formatted for the reader: 1,234 or 9.75 %."""
    whole = float(number).is_integer()
    said = number_format(
        int(number) if whole else number, None if whole else 2 if unit == "%" else 1, force_grouping=True
    )
    return f"{said}\N{NO-BREAK SPACE}{unit}" if unit else said
