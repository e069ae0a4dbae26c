"""Template context of a report, live or from a snapshot: tiles, chart and table."""

from collections.abc import Sequence
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reports.labels import DIMENSION_NAMES
from reports.people.charts import chart_of
from reports.people.drill_down import ANY, BETWEEN
from reports.people.report import Report, Row, definition, number_of, sex_words, titled
from trainings.models import Sex

SEXES: dict[str, str] = {"women": Sex.FEMALE, "men": Sex.MALE, "other": Sex.OTHER, "not_recorded": Sex.NOT_RECORDED}


def report_context(report: Report) -> dict[str, Any]:
    """Return the template context of a report. No query."""
    measure = report.query.measure
    return {
        "report": report, "asked": report.query, "definition": definition(report.query), "chart": chart_of(report),
        "heading": _heading(report), "line_heading": " · ".join(titled(name) for name in report.counted_by[:1]),
        "sexes": sex_words(report.sexes), "shares": _meter(report), "rows": _table_rows(report),
        "columns": [_column(report, row, measure) for row in report.columns],
        "total_number": number_of(report.total, measure), "total_by_sex": _sexes(report, _total_by_sex(report), None),
        "total_at": _at(report),
    }  # fmt: skip


def _meter(report: Report) -> dict[str, int] | None:
    """Return the seats by sex for the bar in a tile, or None unless all of them are shown."""
    if len(report.total_sexes) != 4 or not report.total.by_sex:
        return None
    return dict(zip(("women", "men", "other", "not_recorded"), report.total.by_sex, strict=True))


def _total_by_sex(report: Report) -> list[int | None]:
    """Return the numbers of the total line in the columns of sexes."""
    if report.sexes == report.total_sexes:
        return list(report.total.by_sex)
    return [sum(row.cell.by_sex[n] for row in report.rows) for n in range(len(report.sexes))]


def _heading(report: Report) -> str:
    names = [str(DIMENSION_NAMES[name]) for name in report.counted_by]
    if len(names) > 1:
        return _("By %(one)s and %(two)s") % {"one": names[0], "two": names[1]}
    return _("By %(one)s") % {"one": names[0]} if names else ""


def _column(report: Report, row: Row, measure: str) -> dict[str, Any]:
    return {
        "label": row.label,
        "title": ", ".join(row.members),
        "number": number_of(row.cell, measure),
        "at": _at(report, None, row),
    }


def _table_rows(report: Report) -> list[dict[str, Any]]:
    """Return the lines of the table for the template, with the URL parameters of each cell."""
    measure = report.query.measure
    return [
        {
            "row": row, "cell": row.cell, "at": _at(report, row), "members": ", ".join(row.members),
            "number": number_of(row.cell, measure), "by_sex": _sexes(report, row.cell.by_sex, row),
            "blocks": [
                _block(report, row, column, number_of(block, measure))
                for block, column in zip(report.blocks[n], report.columns, strict=True)
            ] if report.blocks else [],
        }
        for n, row in enumerate(report.rows)
    ]  # fmt: skip


def _block(report: Report, row: Row, column: Row, number: int | float | None) -> dict[str, Any] | None:
    """Return one cell of a table with two breakdowns, or None if it counts nobody, as most of thousands of cells do."""
    return None if number == 0 else {"number": number, "at": _at(report, row, column)}


def _at(report: Report, row: Row | None = None, column: Row | None = None, sex: str = "") -> str:
    """Return the URL parameters that lead to the trainings behind a cell; without a line or column, any value matches.

    For readers who see every number, a sex that is no breakdown of the question becomes its second breakdown.
    """
    lines = dict(zip(report.counted_by, (row, column), strict=False))
    meant = {name: BETWEEN.join(line.keys) if line else ANY for name, line in lines.items()}
    dimensions = report.query.dimensions
    if sex and report.query.whole:
        meant["sex"] = sex
    more = [("and_by", "sex")] if "sex" in meant and "sex" not in dimensions else []
    order = (*dimensions, "sex") if more else dimensions
    return urlencode([*more, *(("at", meant.get(name, ANY)) for name in order)])


def _sexes(report: Report, numbers: Sequence[int | None], row: Row | None) -> list[dict[str, Any]]:
    """Return the numbers in the columns of sexes, each with its URL parameters."""
    blocks = [block[0] if len(block) == 1 else "" for block in report.sexes]
    return [
        {"number": number, "at": _at(report, row, sex=SEXES.get(block, ""))}
        for block, number in zip(blocks, numbers, strict=False)
    ]
