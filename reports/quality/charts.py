"""The last twelve months of a number, small beside it and large on its own page."""

from datetime import date

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts import Chart, Series, lines, small_columns
from reports.quality.counts import Found
from reports.quality.kinds import months_of


def month_words(month: date) -> str:
    return date_format(month, "M Y")


def _described(found: Found, today: date) -> str:
    pairs = zip(months_of(today), found.months, strict=True)
    return ", ".join(f"{month_words(month)}: {number}" for month, number in pairs)


def _title(found: Found) -> str:
    if found.kind.is_of_moments:
        return _("%(what)s at the end of each month") % {"what": found.kind.title}
    return _("%(what)s by month") % {"what": found.kind.title}


def small_chart(found: Found, today: date) -> SafeString | str:
    """Return the twelve months as small columns; nothing where there were none. No query."""
    if not any(found.months):
        return ""
    return small_columns(
        name=f"small-{found.kind.code}", title=_title(found), description=_described(found, today), numbers=found.months
    )


def large_chart(found: Found, today: date) -> Chart | None:
    """Return the twelve months as a line, or None where there were none. No query."""
    if not any(found.months):
        return None
    axis = [date_format(month, "M") for month in months_of(today)]
    series = Series(_title(found), tuple(map(float, found.months)))
    return lines(name="quality", title=_title(found), description=_described(found, today), axis=axis, series=[series])
