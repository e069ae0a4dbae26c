"""A report as rows of a worksheet, with only the numbers that the page shows."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from reports.people.report import Report, Row, definition, sex_words, titled
from trainings.disclosure.tables import ShownCell


def report_sheet(report: Report) -> tuple[list[str], Iterator[list[object]]]:
    """Return header and rows: lines, total, then the definition; with two breakdowns, one row per block."""
    return report_header(report), _told(report)


def report_header(report: Report) -> list[str]:
    """Return the column headings of `report_rows`."""
    return [*_lines(report), _("People, at least"), _("People, at most"), _("Seats"), *_sexes(report),
            _("Share of women, at least"), _("Share of women, at most"), _("Person-hours"), _("Trainings")]  # fmt: skip


def share_columns(report: Report) -> tuple[int, int]:
    """Return the indexes of the two columns that hold shares as fractions of 1."""
    first = len(_lines(report)) + 3 + len(_sexes(report))
    return first, first + 1


def report_rows(report: Report) -> Iterator[list[Any]]:
    """Yield the lines of the table, then the total; a cell is a number, text, or None where hidden."""
    sexes = len(_sexes(report))
    for n, row in enumerate(report.rows):
        if report.blocks:
            for column, block in zip(report.columns, report.blocks[n], strict=True):
                if block is not None:
                    yield [_words(row), _words(column), *_cells(block, 0)]
        else:
            yield [_words(row), *_cells(row.cell, sexes)]
    yield [*[_("Total")] * len(_lines(report)), *_cells(report.total, sexes)]


def _told(report: Report) -> Iterator[list[object]]:
    for row in report_rows(report):
        yield [_("hidden") if cell is None else cell for cell in row]
    yield [definition(report.query)]


def _lines(report: Report) -> list[str]:
    return [titled(name) for name in report.counted_by] or [_("Figures")]


def _sexes(report: Report) -> list[str]:
    return [] if report.blocks else sex_words(report.sexes)


def _cells(cell: ShownCell, sexes: int) -> list[Any]:
    if cell.seats is None:
        return [None] * (7 + sexes)
    numbers: list[Any] = list(cell.by_sex) if len(cell.by_sex) == sexes else [None] * sexes
    shares = [None if share is None else round(share, 4) for share in (cell.women_share, cell.women_share_most)]
    hours = round(cell.hours or 0, 2)
    return [cell.people_at_least, cell.people_at_most, cell.seats, *numbers, *shares, hours, cell.trainings]


def _words(row: Row) -> str:
    return f"{row.label}: {', '.join(row.members)}" if row.is_together else row.label
