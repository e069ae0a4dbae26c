"""The chart of a report, by its breakdown: bars stacked by sex, a line over time, or a map of the region."""

from django.utils.translation import gettext as _

from common.charts import Bar, Chart, Part, Place, Series, bars, lines, region_map
from common.charts.svg import written as number_words
from reports.labels import DIMENSION_NAMES, PERIODS, RULE_NAMES
from reports.people.report import Report, Row, number_of, sex_words
from trainings.disclosure.tables import ShownCell

MOST_BARS = 30
MOST_YEARS = 60
STYLES = {"women": "women", "men": "men", "other": "other", "not_recorded": "unknown"}


def chart_of(report: Report) -> Chart | None:
    """Draw the answer; None without a breakdown, or where too little of it may be shown. No query."""
    rows = [row for row in report.rows if row.cell.seats is not None]
    if not rows:
        return None
    if len(report.counted_by) == 2:
        return _several_lines(report) if set(report.counted_by) & set(PERIODS) else _plain_bars(report)
    if report.counted_by[0] in PERIODS:
        return _line(report)
    if report.counted_by[0] == "country":
        return _map(report)
    return _bars_by_sex(report) if report.query.measure in ("", "seats") and report.sexes else _plain_bars(report)


def _title(report: Report) -> str:
    names = [str(DIMENSION_NAMES[name]) for name in report.counted_by]
    what = MEASURE_TITLES[_measure(report)]()
    if len(names) == 2:
        return _("%(what)s by %(one)s and %(two)s") % {"what": what, "one": names[0], "two": names[1]}
    return _("%(what)s by %(one)s") % {"what": what, "one": names[0]}


MEASURE_TITLES = {
    "people": lambda: _("People, at least,"),
    "seats": lambda: _("Seats"),
    "hours": lambda: _("Person-hours"),
}


def _measure(report: Report) -> str:
    return report.query.measure or "people"


def _described(report: Report, rows: list[Row], measure: str) -> str:
    """Describe the largest and smallest values in words, for people who cannot see the chart."""
    numbers = [(row, number_of(row.cell, measure)) for row in rows]
    known = [(row.label, number) for row, number in numbers if number is not None]
    if not known:
        return _("No number of it may be shown.")
    most, least = max(known, key=lambda pair: pair[1]), min(known, key=lambda pair: pair[1])
    return _("%(n)d lines by the rule “%(rule)s”. Most: %(most)s, %(most_n)s. Least: %(least)s, %(least_n)s.") % {
        "n": len(rows), "rule": RULE_NAMES[report.query.question.rule],
        "most": most[0], "most_n": number_words(round(most[1])), "least": least[0], "least_n": number_words(round(least[1])),
    }  # fmt: skip


def _bars_by_sex(report: Report) -> Chart:
    rows = _largest(report.rows)
    words = sex_words(report.sexes)
    styles = [STYLES[block[0]] for block in report.sexes]
    drawn = [
        Bar(row.label, tuple(Part(style, n) for style, n in zip(styles, row.cell.by_sex, strict=True)))
        if row.cell.by_sex
        else Bar(row.label, (), _("hidden"))
        for row in rows
    ]
    by_sex_alone = report.counted_by == ("sex",)
    title = (
        _("Seats by sex")
        if by_sex_alone
        else _("Seats by %(one)s and sex") % {"one": DIMENSION_NAMES[report.counted_by[0]]}
    )
    used = [n for n in range(len(styles)) if any(row.cell.by_sex and row.cell.by_sex[n] for row in rows)]
    legend = [(styles[n], words[n]) for n in used]
    return bars(name="report", title=title, description=_described(report, rows, "seats"), rows=drawn, legend=legend)


def _largest(rows: list[Row]) -> list[Row]:
    """Return the largest rows, at most MOST_BARS, in their original order."""
    if len(rows) <= MOST_BARS:
        return rows
    largest = {id(row) for row in sorted(rows, key=lambda row: -(row.cell.seats or 0))[:MOST_BARS]}
    return [row for row in rows if id(row) in largest]


def _plain_bars(report: Report) -> Chart:
    measure = _measure(report)
    rows = _largest(report.rows)
    return bars(
        name="report",
        title=_title(report),
        description=_described(report, rows, measure),
        rows=[_bar(row, measure) for row in rows],
    )


def _bar(row: Row, measure: str) -> Bar:
    number = number_of(row.cell, measure)
    if number is None:
        return Bar(row.label, (), _("hidden"))
    most = row.cell.people_at_most if measure == "people" else None
    value = f"{number_words(number)}–{number_words(most)}" if most and most != number else number_words(round(number))
    return Bar(row.label, (Part("accent", number),), value, most or 0)


def _axis(report: Report, rows: list[Row]) -> list[tuple[str, Row | None]]:
    """Return (label, row) of each period from first to last, including years in between that have no row."""
    single = [row for row in rows if not row.is_together]
    if report.counted_by[0] != "year" or not single:
        return [(row.label, row) for row in single]
    by_year = {int(row.keys[0]): row for row in single}
    first, last = min(by_year), max(by_year)
    if last - first > MOST_YEARS:
        return [(row.label, row) for row in single]
    return [(str(year), by_year.get(year)) for year in range(first, last + 1)]


def _line(report: Report) -> Chart | None:
    measure = _measure(report)
    axis = _axis(report, report.rows)
    has_hidden = any(row.is_together for row in report.rows)

    def number(row: Row | None) -> float | None:
        if row is None:
            return None if has_hidden else 0
        return number_of(row.cell, measure)

    if not axis:
        return None
    most = tuple(row.cell.people_at_most if row else number(row) for _words, row in axis) if measure == "people" else ()
    series = Series(_title(report), tuple(number(row) for _words, row in axis), most)
    return lines(
        name="report",
        title=_title(report),
        description=_described(report, report.rows, measure),
        axis=[words for words, _row in axis],
        series=[series],
    )


def _several_lines(report: Report) -> Chart | None:
    """Draw one line for each of the largest values of the other breakdown, over the periods in rows or columns."""
    measure = _measure(report)
    down = report.counted_by[0] in PERIODS
    places, others = (report.rows, report.columns) if down else (report.columns, report.rows)

    def block(other: int, place: int) -> ShownCell | None:
        return report.blocks[place][other] if down else report.blocks[other][place]

    axis = [n for n, row in enumerate(places) if not row.is_together]
    largest = sorted(range(len(others)), key=lambda n: -(others[n].cell.seats or 0))[:6]
    if not axis:
        return None
    series = [
        Series(others[n].label, tuple(number_of(block(n, place), measure) for place in axis)) for n in sorted(largest)
    ]
    return lines(
        name="report",
        title=_title(report),
        description=_described(report, others, measure),
        axis=[places[n].label for n in axis],
        series=series,
    )


def _map(report: Report) -> Chart:
    measure = _measure(report)
    places = [
        Place(row.keys[0] if not row.is_together else "", row.label, number_of(row.cell, measure))
        for row in report.rows
    ]
    return region_map(
        name="report", title=_title(report), description=_described(report, report.rows, measure), places=places
    )
