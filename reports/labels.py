"""Labels of the breakdowns of figures and of each of their values."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.models import RankGroup
from reports.lookups import Things
from trainings.counting.dimensions import AGAIN, FIRST, NATO_BANDS, NOT_KNOWN
from trainings.models import Sex

DIMENSION_NAMES = {
    "organisation": gettext_lazy("ministry"), "host": gettext_lazy("host"), "course": gettext_lazy("course"),
    "year": gettext_lazy("year"), "quarter": gettext_lazy("quarter"), "month": gettext_lazy("month"), "sex": gettext_lazy("sex"),
    "rank_group": gettext_lazy("rank group"), "nato": gettext_lazy("NATO band"), "age_band": gettext_lazy("age band"),
    "time": gettext_lazy("first time or again"), "country": gettext_lazy("country of delivery"),
}  # fmt: skip
RULE_NAMES = {
    "attended": gettext_lazy("attended"),
    "completed": gettext_lazy("completed"),
    "once": gettext_lazy("completed, once per course"),
}
PERIODS = ("year", "quarter", "month")
NATO_NAMES = {
    "cadet": gettext_lazy("Cadet"),
    "civilian": gettext_lazy("Civilian"),
    "not_recorded": gettext_lazy("Not recorded"),
}
TIME_NAMES = {
    FIRST: gettext_lazy("First time"),
    AGAIN: gettext_lazy("Again"),
    NOT_KNOWN: gettext_lazy("Not known (counted by head)"),
}
# These breakdowns have a fixed order of values; others are sorted by label.
ORDERS: dict[str, list[str]] = {
    "sex": list(Sex.values),
    "rank_group": list(RankGroup.values),
    "nato": list(NATO_BANDS.values()),
    "time": list(TIME_NAMES),
}


def labels_of(dimension: str, things: Things) -> Callable[[Any], str]:
    """Return a function that gives the label of each value of a breakdown. No query: names were read with the form."""
    if dimension in ("organisation", "host", "course", "country"):
        names = things.names.get("organisation" if dimension == "host" else dimension, {})
        return lambda key: names.get(str(key), str(key))
    fixed: dict[str, dict[Any, Any]] = {
        "sex": dict(Sex.choices),
        "rank_group": dict(RankGroup.choices),
        "nato": NATO_NAMES,
        "time": TIME_NAMES,
    }
    if dimension == "month":
        return lambda key: f"{MONTHS[key[1]]} {key[0]}"
    if dimension == "quarter":
        return lambda key: _("Q%(quarter)d %(year)d") % {"quarter": key[1], "year": key[0]}
    if dimension == "age_band":
        return lambda key: str(key) or _("Not recorded")
    return lambda key: str(fixed.get(dimension, {}).get(key, key))


def in_order(dimension: str, keys: Iterable[Hashable], label: Callable[[Any], str]) -> list[Any]:
    """Sort the values of a breakdown for display: periods by date, ranks from the top, others by label."""
    if dimension in ORDERS:
        return sorted(keys, key=lambda key: ORDERS[dimension].index(str(key)))
    if dimension in PERIODS:
        return sorted(keys)
    return sorted(keys, key=lambda key: (label(key) == _("Not recorded"), label(key)))


def together(lines: int) -> str:
    """Return the label of a number of lines that are combined into one."""
    return ngettext("%(n)d line together", "%(n)d lines together", lines) % {"n": lines}


def written(key: Hashable) -> str:
    """Return a value as written in a URL: 2026-3 for a quarter, 7 for an organisation."""
    return "-".join(map(str, key)) if isinstance(key, tuple) else str(key)
