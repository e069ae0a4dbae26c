"""A report as its page shows it: tiles, chart and table, live or frozen."""

from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reports.charts import chart_of
from reports.labels import DIMENSION_NAMES
from reports.report import Report, Row, definition, number_of, sex_words, titled


def shown(report: Report) -> dict[str, Any]:
    """Return what the templates of a report show. No query."""
    measure = report.asked.measure
    return {
        "report": report, "asked": report.asked, "definition": definition(report.asked), "chart": chart_of(report),
        "heading": _heading(report), "line_heading": " · ".join(titled(name) for name in report.counted_by[:1]),
        "sexes": sex_words(report.sexes), "shares": _meter(report), "rows": _table_rows(report),
        "columns": [_column(row, measure) for row in report.columns],
        "total_number": number_of(report.total, measure), "total_by_sex": _total_by_sex(report),
    }  # fmt: skip


def _meter(report: Report) -> dict[str, int] | None:
    """Return the seats of each sex for the bar of a tile, where every one is shown."""
    if len(report.total_sexes) != 4 or not report.total.by_sex:
        return None
    return dict(zip(("women", "men", "other", "not_recorded"), report.total.by_sex, strict=True))


def _total_by_sex(report: Report) -> list[int | None]:
    """Return the numbers of the last line under the columns of sexes."""
    if report.sexes == report.total_sexes:
        return list(report.total.by_sex)
    return [sum(row.cell.by_sex[n] for row in report.rows) for n in range(len(report.sexes))]


def _heading(report: Report) -> str:
    names = [str(DIMENSION_NAMES[name]) for name in report.counted_by]
    if len(names) > 1:
        return _("By %(one)s and %(two)s") % {"one": names[0], "two": names[1]}
    return _("By %(one)s") % {"one": names[0]} if names else ""


def _column(row: Row, measure: str) -> dict[str, Any]:
    return {"label": row.label, "title": ", ".join(row.members), "number": number_of(row.cell, measure)}


def _table_rows(report: Report) -> list[dict[str, Any]]:
    """Return the lines of the table as the page shows them, with what the address of each cell adds."""
    measure = report.asked.measure
    return [
        {
            "row": row, "cell": row.cell, "at": "" if row.is_together else urlencode({"at": row.keys[0]}),
            "members": ", ".join(row.members), "number": number_of(row.cell, measure),
            "blocks": [
                {"number": number_of(block, measure), "at": _at(row, column)}
                for block, column in zip(report.blocks[n], report.columns, strict=True)
            ] if report.blocks else [],
        }
        for n, row in enumerate(report.rows)
    ]  # fmt: skip


def _at(row: Row, column: Row) -> str:
    if row.is_together or column.is_together:
        return ""
    return urlencode([("at", row.keys[0]), ("at", column.keys[0])])
