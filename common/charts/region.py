"""A map of the region without borders: the sea, the two rivers, and a circle for each country with its number.

Borders are left out on purpose: the map shows where trainings were, not which land is whose.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts.svg import NARROW, WIDE, Chart, drawing, label, shape, written

# Degrees east and north of the visible corners.
WEST, EAST, SOUTH, NORTH = 12.6, 24.4, 39.9, 46.4
SHRINK = math.cos(math.radians(43.4))  # a degree of longitude is this much shorter than one of latitude
# The shores of the Adriatic, the Sava and the Danube, in degrees: enough for orientation.
ADRIATIC = (
    (12.2, 46.6), (12.6, 45.6), (13.1, 45.6), (13.8, 45.6), (13.5, 45.2), (13.9, 44.8), (14.4, 45.3), (14.9, 44.9), (15.2, 44.1),
    (16.0, 43.5), (16.9, 43.4), (17.6, 42.9), (18.5, 42.4), (19.2, 41.9), (19.6, 41.6), (19.4, 41.0), (19.4, 40.4),
    (20.0, 39.7), (20.2, 39.2), (18.6, 39.2), (18.4, 40.2), (17.9, 40.7), (16.9, 41.1), (16.0, 41.6), (16.1, 41.9),
    (15.3, 41.9), (14.2, 42.5), (13.6, 43.5), (12.5, 44.2), (12.3, 44.9), (12.2, 45.2),
)  # fmt: skip
SAVA = ((14.5, 46.1), (15.7, 45.9), (16.4, 45.5), (16.9, 45.2), (18.0, 45.1), (19.0, 44.9), (19.6, 44.9), (20.4, 44.8))
DANUBE = (
    (18.9, 46.6), (18.8, 45.9), (19.0, 45.4), (19.9, 45.2), (20.4, 44.8), (21.3, 44.8), (21.7, 44.6), (22.4, 44.7),
    (22.7, 44.2), (23.0, 43.8), (24.8, 43.7),
)  # fmt: skip
# The centre of each country's circle.
CENTRES = {
    "BA": (17.7, 44.2), "ME": (19.2, 42.7), "MK": (21.7, 41.6), "RS": (20.9, 43.9), "HR": (15.6, 45.3), "SI": (14.7, 46.0),
    "AL": (20.1, 40.8), "XK": (20.9, 42.6),
}  # fmt: skip
# Names are below their circle, but above it for these: circles of neighbours are below.
NAMED_ABOVE = {"BA", "RS", "HR", "SI", "XK"}
LARGEST = 44.0  # units of radius in a wide drawing
IN_CIRCLE = 17.0  # the radius from which a number fits inside its circle


@dataclass(frozen=True)
class Place:
    """A country: its two-letter code, its name, its number (None is hidden, and drawn as an empty circle)."""

    code: str
    label: str
    number: float | None


def region_map(*, name: str, title: str, description: str, places: Sequence[Place]) -> Chart:
    """Draw circles whose area is the number; other countries are beside the map. `name` is unique on its page."""
    wide, narrow = (_drawn(name, title, description, places, width) for width in (WIDE, NARROW))
    return Chart(title, description, wide, narrow)


def _drawn(name: str, title: str, description: str, places: Sequence[Place], width: int) -> SafeString:
    is_wide = width == WIDE
    across = 520.0 if is_wide else float(width)
    unit = across / ((EAST - WEST) * SHRINK)
    height = (NORTH - SOUTH) * unit

    def at(east: float, north: float) -> tuple[float, float]:
        return (east - WEST) * SHRINK * unit, (NORTH - north) * unit

    def path(points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*point) for point in points))

    frame = shape("rect", class_="land", x=0, y=0, width=across, height=height, rx=8)
    clip = shape("clipPath", frame, id=f"{name}-{width}-frame")
    ground = [
        clip,
        frame,
        shape("path", class_="sea", d=path(ADRIATIC) + "z", clip_path=f"url(#{name}-{width}-frame)"),
        *(
            shape("path", class_="river", d=path(river), clip_path=f"url(#{name}-{width}-frame)")
            for river in (SAVA, DANUBE)
        ),
    ]
    most = max((place.number or 0 for place in places), default=0)
    largest = LARGEST if is_wide else LARGEST * 0.6
    here = sorted((place for place in places if place.code in CENTRES), key=lambda place: -(place.number or 0))
    away = [place for place in places if place.code not in CENTRES]
    circles = [part for place in here for part in _circle(place, *at(*CENTRES[place.code]), most, largest)]
    below, beside = _elsewhere(away, is_wide, across, height, most, largest)
    return drawing(name, title, description, width, max(height, below) + 2, [*ground, *circles, *beside])


def _radius(number: float | None, most: float, largest: float) -> float:
    return max(5.0, largest * math.sqrt(number / most)) if number and most else 5.0


def _circle(place: Place, x: float, y: float, most: float, largest: float) -> list[SafeString]:
    radius = _radius(place.number, most, largest)
    style = "bubble" if place.number is not None else "bubble empty"
    number = "–" if place.number is None else written(place.number)
    shapes = [shape("circle", class_=style, cx=x, cy=y, r=radius)]
    if place.number is not None and radius >= IN_CIRCLE:
        shapes.append(shape("text", number, class_="in-bubble", x=x, y=y + 4, text_anchor="middle"))
        words = place.label
    else:
        words = f"{place.label} {number}"
    beyond = y - radius - 6 if place.code in NAMED_ABOVE else y + radius + 13
    return [*shapes, shape("text", words, class_="value halo", x=x, y=beyond, text_anchor="middle")]


def _elsewhere(
    away: Sequence[Place], is_wide: bool, across: float, height: float, most: float, largest: float
) -> tuple[float, list[SafeString]]:
    """Draw the countries that are not on the map, and return their lower edge."""
    if not away:
        return 0, []
    x, y = (across + 24, 16.0) if is_wide else (0.0, height + 22)
    room = WIDE - x if is_wide else NARROW
    shapes = [shape("text", _("Elsewhere"), class_="value", x=x, y=y)]
    for place in sorted(away, key=lambda place: -(place.number or 0)):
        radius = min(_radius(place.number, most, largest), 14.0)
        y += 30
        number = "–" if place.number is None else written(place.number)
        style = "bubble" if place.number is not None else "bubble empty"
        shapes.append(shape("circle", class_=style, cx=x + 14, cy=y - 4, r=radius))
        shapes.append(label(f"{place.label} · {number}", room - 36, x=x + 36, y=y))
    return y + 16, shapes
