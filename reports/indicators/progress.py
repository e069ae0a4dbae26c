"""Indicators as shown on the page: values by kind, charts over the years, and trainings delivered in the same years."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from common.charts import Chart, Series, lines
from common.charts.svg import written
from members.models import Organisation
from reports.models import Indicator, IndicatorValue
from reports.models.indicators import POLICIES, SHARES
from trainings.counting import Question
from trainings.counting.question import training_filter
from trainings.models import Training


@dataclass
class Values:
    """The values of a page: current ones, and replaced or withdrawn ones, each in display order."""

    shares: list[IndicatorValue] = field(default_factory=list)
    mechanisms: list[IndicatorValue] = field(default_factory=list)
    policies: list[IndicatorValue] = field(default_factory=list)
    former: list[IndicatorValue] = field(default_factory=list)


def with_everything(rows: QuerySet[IndicatorValue]) -> QuerySet[IndicatorValue]:
    """Join each value's ministry, author and replacement. No query of its own."""
    return rows.select_related("organisation", "entered_by", "replaced_by", "replaced_by__entered_by")


def is_replaced(value: IndicatorValue) -> bool:
    """Whether another value has replaced this one. No query for rows from `with_everything`."""
    return hasattr(value, "replaced_by")


def read_values(rows: QuerySet[IndicatorValue], indicator: Indicator, ministry: Organisation | None) -> Values:
    """Return the values of one share and of all mechanisms and policies. One query."""
    rows = with_everything(rows.filter(indicator__in=[indicator, Indicator.MECHANISM, *POLICIES]))
    if ministry is not None:
        rows = rows.filter(organisation=ministry)
    result = Values()
    for value in rows:
        if value.is_withdrawn:
            continue
        if is_replaced(value):
            result.former.append(value)
        elif value.indicator == indicator:
            result.shares.append(value)
        else:
            (result.mechanisms if value.indicator == Indicator.MECHANISM else result.policies).append(value)
    # Newest year first; values without a year come last.
    result.shares.sort(key=lambda value: (-(value.year or 0), value.organisation.name))
    return result


def trainings_by_year(ministry: Organisation | None) -> dict[int, int]:
    """Count trainings by year by the rules of `trainings.counting`: all, or those a ministry hosted. One query."""
    question = Question(host=ministry.pk if ministry else None)
    rows = Training.objects.filter(training_filter(question, "")).order_by()
    return dict(rows.annotate(counted_in=ExtractYear("counts_on")).values_list("counted_in").annotate(n=Count("pk")))


@dataclass(frozen=True)
class Matrix:
    """Shares by year and ministry: for each year (newest first, no year last), the values of each ministry."""

    ministries: list[Organisation]
    lines: list[tuple[int | None, list[list[IndicatorValue]]]]


def matrix_of(values: Sequence[IndicatorValue]) -> Matrix:
    """Arrange values by year and ministry. No query."""
    homes = {value.organisation_id: value.organisation for value in values}
    ministries = sorted(homes.values(), key=lambda home: home.name)
    by_place: dict[tuple[int | None, int], list[IndicatorValue]] = defaultdict(list)
    for value in values:
        by_place[value.year, value.organisation_id].append(value)
    years = list(dict.fromkeys(value.year for value in values))
    return Matrix(ministries, [(year, [by_place[year, home.pk] for home in ministries]) for year in years])


def disagreeing(values: Iterable[IndicatorValue]) -> int:
    """Return for how many pairs of ministry and year the sources disagree."""
    said: dict[tuple[int, int], set[object]] = defaultdict(set)
    for value in values:
        if value.year is not None:
            said[value.organisation_id, value.year].add(value.share)
    return sum(len(shares) > 1 for shares in said.values())


def share_chart(values: Sequence[IndicatorValue], indicator: Indicator, years: Sequence[int]) -> Chart | None:
    """Draw each ministry's shares over the years; of several sources for one year, the value entered last."""
    latest: dict[str, dict[int, IndicatorValue]] = defaultdict(dict)
    for value in sorted(values, key=lambda value: (value.entered_at, value.pk)):
        if value.year is not None:
            latest[value.organisation.short_name][value.year] = value
    if not latest or len(years) < 2:
        return None
    series = [Series(name, tuple(_number(latest[name].get(year)) for year in years)) for name in sorted(latest)]
    words = [
        _("%(name)s %(share)s in %(year)d")
        % {
            "name": name,
            "share": written(float(latest[name][max(latest[name])].share or 0), "%"),
            "year": max(latest[name]),
        }
        for name in sorted(latest)
    ]
    return lines(
        name="women",
        title=str(indicator.label),
        axis=[str(year) for year in years],
        series=series,
        unit="%",
        description=_("The latest: %(words)s.") % {"words": ", ".join(words)},
    )


def _number(value: IndicatorValue | None) -> float | None:
    return None if value is None or value.share is None else float(value.share)


def trainings_chart(counts: dict[int, int], years: Sequence[int]) -> Chart | None:
    """Draw the number of trainings per year, on the same years as the shares."""
    if not counts or len(years) < 2:
        return None
    most = max(years, key=lambda year: counts.get(year, 0))
    return lines(
        name="trainings", title=_("Trainings delivered in the same years"), axis=[str(year) for year in years],
        series=[Series(_("Trainings"), tuple(float(counts.get(year, 0)) for year in years))],
        description=_("%(n)d trainings from %(first)d to %(last)d; most in %(year)d: %(most)d.") % {
            "n": sum(counts.get(year, 0) for year in years), "first": years[0], "last": years[-1], "year": most,
            "most": counts.get(most, 0),
        },
    )  # fmt: skip


def years_of(values: Iterable[IndicatorValue], counts: dict[int, int]) -> list[int]:
    """Return the years on the axis of both charts, from the first to the last of either."""
    there = [value.year for value in values if value.year is not None] + list(counts)
    return list(range(min(there), max(there) + 1)) if there else []


SHARE_CHOICES = [(indicator.value, indicator.label) for indicator in SHARES]
FACT_CHOICES = [(indicator.value, indicator.label) for indicator in (Indicator.MECHANISM, *POLICIES)]
