"""A question answered for one reader, as shown by page, workbook, chart and command line."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from common.actions import collection_paused
from reports.labels import DIMENSION_NAMES, in_order, labels_of, together, written
from reports.lookups import Things
from reports.people.forms import ReportQuery
from trainings.counting import Question
from trainings.counting.gathering import gather
from trainings.counting.parts import Gathering
from trainings.disclosure.tables import Line, ShownCell, show_whole, suppress_table


@dataclass(frozen=True)
class Row:
    """One line or column: its label, its values as written in a URL, and the cell shown.

    Several values combined into one line have `is_together`; `members` are their labels.
    """

    label: str
    keys: tuple[str, ...]
    cell: ShownCell
    members: tuple[str, ...] = ()

    @property
    def is_together(self) -> bool:
        return len(self.keys) > 1


@dataclass
class Report:
    """The report shown to one reader. `rows` and `columns` are the first and second breakdown, `blocks` by row and column."""

    query: ReportQuery
    total: ShownCell
    sexes: tuple[tuple[str, ...], ...]
    total_sexes: tuple[tuple[str, ...], ...]
    verified_share: float | None
    headcounted: int | None
    unknown_completed: int | None
    rows: list[Row] = field(default_factory=list)
    columns: list[Row] = field(default_factory=list)
    blocks: list[list[ShownCell | None]] = field(default_factory=list)

    @property
    def counted_by(self) -> tuple[str, ...]:
        """The breakdowns used as lines and columns."""
        return counted_by(self.query.dimensions)

    @property
    def is_hidden(self) -> bool:
        return self.total.seats is None

    @property
    def put_together(self) -> int:
        """The number of lines combined with others."""
        return sum(len(row.keys) for row in (*self.rows, *self.columns) if row.is_together)


@collection_paused()
def answer(query: ReportQuery, things: Things) -> Report:
    """Answer a query for its reader. Three to five queries; see `trainings.counting.gathering` for the cost."""
    return report_of(gather(query.question, counted_by(query.dimensions)), query, things)


def report_of(gathered: Gathering, query: ReportQuery, things: Things) -> Report:
    """Build the report for a reader from data gathered by the breakdowns of their question. No query."""
    dimensions = counted_by(query.dimensions)
    table = (show_whole if query.whole else suppress_table)(gathered, len(dimensions))
    report = Report(
        query,
        table.total,
        table.split,
        table.total_split,
        table.verified_share,
        table.headcounted,
        table.unknown_completed,
    )
    if dimensions:
        order, report.rows = _rows(dimensions[0], table.lines, things)
    if len(dimensions) > 1:
        order_across, report.columns = _rows(dimensions[1], table.columns, things)
        report.blocks = [[table.blocks.get((line, across)) for across in order_across] for line in order]
    return report


def counted_by(dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the breakdowns used as lines: sex as a second breakdown is shown in columns, alone it is shown in lines."""
    return tuple(name for name in dimensions if name != "sex") or dimensions


def _rows(dimension: str, lines: dict[Line, ShownCell], things: Things) -> tuple[list[Line], list[Row]]:
    label = labels_of(dimension, things)
    single = {line[0]: line for line in lines if len(line) == 1}
    ordered: list[Line] = [single[key] for key in in_order(dimension, single, label)]
    ordered += [line for line in lines if len(line) > 1]
    return ordered, [_row(dimension, line, lines[line], label) for line in ordered]


def _row(dimension: str, line: Line, cell: ShownCell, label: Any) -> Row:
    keys = in_order(dimension, line, label) if len(line) > 1 else list(line)
    words = tuple(label(key) for key in keys)
    if len(line) == 1:
        return Row(words[0], (written(line[0]),), cell)
    return Row(together(len(line)), tuple(map(written, keys)), cell, words)


def number_of(cell: ShownCell | None, measure: str) -> float | int | None:
    """Return a cell's number for the chosen measure (default people): None if hidden, 0 if there is no cell."""
    if cell is None:
        return 0
    return {"people": cell.people_at_least, "seats": cell.seats, "hours": cell.hours}[measure or "people"]


def sex_words(sexes: tuple[tuple[str, ...], ...]) -> list[str]:
    """Return the heading of each column of sexes; sexes shown combined share one."""
    words = {"women": _("Women"), "men": _("Men"), "other": _("Other"), "not_recorded": _("Not recorded")}
    return [" + ".join(words[sex] for sex in block) for block in sexes]


def definition(query: ReportQuery) -> str:
    """Describe in one or two sentences what is counted, by which rule."""
    rules = {
        "attended": _("Attended: at least one mark present or late."),
        "completed": _(
            "Completed: attended, and at least as many minutes as the course asks for, 80 % unless it says otherwise."
        ),
        "once": _(
            "Completed, each person once in a course. Persons counted by head stand beside: nobody knows who they are."
        ),
    }
    counted = _(
        "People are counted once however often they came, seats every time; the lines of people need not add up."
    )
    if query.question.rule == "once":
        counted = _(
            "People are counted once however often they came, seats once in each course; the lines of neither need add up."
        )
    return " ".join(
        [
            rules[query.question.rule],
            _("A training counts from the submission of its figures, in the period of its last session."),
            counted,
        ]
    )


def as_plain(report: Report) -> dict[str, Any]:
    """Return a report as plain values for programs; hidden numbers are null."""

    def cell(shown_cell: ShownCell, sexes: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
        return {
            "seats": shown_cell.seats, "people_at_least": shown_cell.people_at_least, "people_at_most": shown_cell.people_at_most,
            "by_sex": {"+".join(block): number for block, number in zip(sexes, shown_cell.by_sex, strict=False)},
            "women_share": shown_cell.women_share, "women_share_most": shown_cell.women_share_most, "hours": shown_cell.hours,
            "trainings": shown_cell.trainings,
        }  # fmt: skip

    def rows(lines: list[Row], sexes: tuple[tuple[str, ...], ...]) -> list[dict[str, Any]]:
        return [{"label": row.label, "keys": list(row.keys), **cell(row.cell, sexes)} for row in lines]

    question: Question = report.query.question
    return {
        "rule": question.rule, "definition": definition(report.query), "first": question.first, "last": question.last, "whole": report.query.whole,
        "by": list(report.query.dimensions), "total": cell(report.total, report.total_sexes),
        "verified_share": report.verified_share, "headcounted": report.headcounted,
        "unknown_completed": report.unknown_completed, "rows": rows(report.rows, report.sexes),
        "columns": rows(report.columns, ()),
        "blocks": [[None if block is None else cell(block, ()) for block in line] for line in report.blocks],
    }  # fmt: skip


def titled(dimension: str) -> str:
    """Return the label of a breakdown, capitalised for a heading."""
    words = str(DIMENSION_NAMES[dimension])
    return words[0].upper() + words[1:]
