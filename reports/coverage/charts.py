"""Charts of coverage: the share over the years with the path to the target, and the share by line."""

from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.charts import Bar, Chart, Part, Series, bars, lines
from reports.coverage.report import HEADINGS, Coverage

MOST_BARS = 30


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _in_words(share: float | None) -> str:
    return "–" if share is None else f"{number_format(100 * share, 1, force_grouping=True)}\N{NO-BREAK SPACE}%"


def share_over_years(coverage: Coverage) -> Chart | None:
    """Draw the share at the end of each year, and a straight line from the selected year to the target."""
    target, year = coverage.query.target, coverage.query.year
    years = {one: covered.share for one, covered in coverage.years.items() if covered.share is not None}
    if len(years) < 2:
        return None
    axis = list(range(min(years), max(*years, target.year) + 1))
    start = coverage.total.share
    way: tuple[float | None, ...] = ()
    if start is not None and target.year > year:
        step = (target.percent / 100 - start) / (target.year - year)
        way = tuple(_percent(start + step * (one - year)) if year <= one <= target.year else None for one in axis)
    shares = tuple(_percent(years.get(one)) for one in axis)
    series = [Series(_("Share trained"), _joined(shares))]
    if way:
        series.append(Series(_("Way to the target"), way))
    last = max(years)
    return lines(
        name="coverage-years", title=_("Share trained over the years"), axis=[str(one) for one in axis], series=series, unit="%",
        description=_(
            "%(ministry)s: from %(first_share)s at the end of %(first)d to %(last_share)s at the end of %(last)d; "
            "the target is %(target)d %% by %(until)d."
        )
        % {
            "ministry": coverage.query.ministry.short_name, "first": min(years), "first_share": _in_words(years[min(years)]),
            "last": last, "last_share": _in_words(years[last]), "target": target.percent, "until": target.year,
        },
    )  # fmt: skip


def _joined(numbers: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """Interpolate gaps between known numbers linearly, so that the line continues over years without one."""
    known = [n for n, value in enumerate(numbers) if value is not None]
    filled = list(numbers)
    for left, right in pairwise(known):
        low, high = numbers[left] or 0, numbers[right] or 0
        for n in range(left + 1, right):
            filled[n] = low + (high - low) * (n - left) / (right - left)
    return tuple(filled)


def share_by_line(coverage: Coverage) -> Chart | None:
    """Draw the share of each line that has a strength."""
    rows = [(row, share) for row in coverage.rows if (share := row.covered.share) is not None][:MOST_BARS]
    if not rows:
        return None
    most, least = max(rows, key=lambda pair: pair[1]), min(rows, key=lambda pair: pair[1])
    return bars(
        name="coverage-lines",
        title=_("Share trained by %(what)s") % {"what": HEADINGS[coverage.query.by]().lower()},
        unit="%",
        rows=[Bar(row.label, (Part("accent", 100 * share),), _in_words(share)) for row, share in rows],
        description=_("Most: %(most)s, %(most_share)s. Least: %(least)s, %(least_share)s.")
        % {
            "most": most[0].label,
            "most_share": _in_words(most[1]),
            "least": least[0].label,
            "least_share": _in_words(least[1]),
        },
    )
