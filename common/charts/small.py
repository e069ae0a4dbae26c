"""Twelve months beside a number: columns too small for labels; their table has the rest."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from common.charts.svg import joined, shape

STEP, WIDE, HEIGHT = 12, 9, 36


def small_columns(*, name: str, title: str, description: str, numbers: Sequence[int]) -> SafeString:
    """Draw one column for each number, the last one strongest. `name` is unique on its page."""
    most = max([*numbers, 1])
    width = STEP * len(numbers)
    shapes = [
        shape("title", title, id=f"{name}-title"),
        shape("desc", description, id=f"{name}-desc"),
        shape("line", class_="grid", x1=0, x2=width, y1=HEIGHT - 0.5, y2=HEIGHT - 0.5),
    ]
    for n, number in enumerate(numbers):
        tall = max(number / most * (HEIGHT - 2), 1.5 if number else 0)
        style = "accent" if n == len(numbers) - 1 else "possible"
        if number:
            shapes.append(shape("rect", class_=style, x=STEP * n, y=HEIGHT - 1 - tall, width=WIDE, height=tall, rx=1))
    return shape(
        "svg",
        joined(shapes),
        class_="chart small",
        viewBox=f"0 0 {width} {HEIGHT}",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
    )
