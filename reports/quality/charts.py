"""Charts of a number's last twelve months, small next to it and large on its own page."""

from datetime import date

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts import Chart, Series, lines, small_columns
from reports.quality.counts import GapCount
from reports.quality.kinds import months_of


def month_words(month: date) -> str:
    return date_format(month, "M Y")


def _described(gap_count: GapCount, today: date) -> str:
    pairs = zip(months_of(today), gap_count.months, strict=True)
    return ", ".join(f"{month_words(month)}: {number}" for month, number in pairs)


def _title(gap_count: GapCount) -> str:
    if gap_count.kind.is_of_moments:
        return _("%(what)s at the end of each month") % {"what": gap_count.kind.title}
    return _("%(what)s by month") % {"what": gap_count.kind.title}


def small_chart(gap_count: GapCount, today: date) -> SafeString | str:
    """Draw the twelve months as small columns; empty if all are zero. No query."""
    if not any(gap_count.months):
        return ""
    return small_columns(
        name=f"small-{gap_count.kind.code}",
        title=_title(gap_count),
        description=_described(gap_count, today),
        numbers=gap_count.months,
    )


def large_chart(gap_count: GapCount, today: date) -> Chart | None:
    """Draw the twelve months as a line, or None if all are zero. No query."""
    if not any(gap_count.months):
        return None
    axis = [date_format(month, "M") for month in months_of(today)]
    series = Series(_title(gap_count), tuple(map(float, gap_count.months)))
    return lines(
        name="quality", title=_title(gap_count), description=_described(gap_count, today), axis=axis, series=[series]
    )
