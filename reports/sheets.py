"""A report as the rows of a sheet: the numbers that the page shows, and no others."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports.report import Report, Row, definition, sex_words, titled
from trainings.small_tables import ShownCell


def report_sheet(report: Report) -> tuple[list[str], Iterator[list[object]]]:
    """Return the header and the rows of the table, the total and the definition last; of two breakdowns a row for each block."""
    names = [titled(name) for name in report.counted_by] or [_("Figures")]
    by_sex = [] if report.blocks else sex_words(report.sexes)
    header = [*names, _("People, at least"), _("People, at most"), _("Seats"), *by_sex, _("Share of women, at least"), _("Share of women, at most"),
              _("Person-hours"), _("Trainings")]  # fmt: skip
    return header, _rows(report, len(names), len(by_sex))


def _cells(cell: ShownCell, sexes: int) -> list[object]:
    hidden = _("hidden")
    if cell.seats is None:
        return [hidden] * (7 + sexes)
    most = cell.people_at_most if cell.people_at_most is not None else hidden
    numbers: list[object] = list(cell.by_sex) if len(cell.by_sex) == sexes else [hidden] * sexes
    shares = [hidden if share is None else round(share, 4) for share in (cell.women_share, cell.women_share_most)]
    return [cell.people_at_least, most, cell.seats, *numbers, *shares, round(cell.hours or 0, 2), cell.trainings]


def _rows(report: Report, names: int, sexes: int) -> Iterator[list[object]]:
    for n, row in enumerate(report.rows):
        if report.blocks:
            for column, block in zip(report.columns, report.blocks[n], strict=True):
                if block is not None:
                    yield [_words(row), _words(column), *_cells(block, 0)]
        else:
            yield [_words(row), *_cells(row.cell, sexes)]
    total: list[object] = [_("Total")] * names
    yield [*total, *_cells(report.total, sexes)]
    yield [definition(report.asked)]


def _words(row: Row) -> str:
    return f"{row.label}: {', '.join(row.members)}" if row.is_together else row.label
