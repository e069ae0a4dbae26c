"""Saving and reading the content of a snapshot, the hash of the rows behind it, and what has changed since."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Aggregate, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from reports.models import FrozenTraining, Snapshot
from reports.people.forms import ReportQuery
from reports.people.report import Report, Row
from trainings.counting import Figures, Question
from trainings.counting.gathering import gather
from trainings.counting.parts import Gathering
from trainings.counting.question import counted_enrolments, counted_headcounts
from trainings.disclosure.tables import ShownCell, show_whole, suppress_table
from trainings.models import Training

ROWS_AT_ONCE = 10_000


def freeze(report: Report) -> dict[str, Any]:
    """Return a report as plain values, as stored in a snapshot."""
    values = asdict(report)
    del values["query"]
    return dict(json.loads(json.dumps(values)))


def thaw(numbers: Mapping[str, Any], question: Mapping[str, Any], *, whole: bool) -> Report:
    """Return the report stored in a snapshot."""
    query = ReportQuery(question_of(question), tuple(question["dimensions"]), question["measure"], whole)

    def cell(values: Mapping[str, Any] | None) -> ShownCell | None:
        return None if values is None else ShownCell(**{**values, "by_sex": tuple(values["by_sex"])})

    def rows(frozen_rows: list[dict[str, Any]]) -> list[Row]:
        return [
            Row(row["label"], tuple(row["keys"]), _there(cell(row["cell"])), tuple(row["members"]))
            for row in frozen_rows
        ]

    return Report(
        query,
        _there(cell(numbers["total"])),
        _blocks(numbers["sexes"]),
        _blocks(numbers["total_sexes"]),
        numbers["verified_share"],
        numbers["headcounted"],
        numbers["unknown_completed"],
        rows(numbers["rows"]),
        rows(numbers["columns"]),
        [[cell(block) for block in line] for line in numbers["blocks"]],
    )


def _there(cell: ShownCell | None) -> ShownCell:
    assert cell is not None  # noqa: S101 - narrows the type; totals and lines always have a cell
    return cell


def _blocks(blocks: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(block) for block in blocks)


def asked_plainly(query: ReportQuery) -> dict[str, Any]:
    """Return a query as plain values, with dates as 2026-03-31."""
    said = {
        key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(query.question).items()
    }
    return {**said, "dimensions": list(query.dimensions), "measure": query.measure}


def question_of(values: Mapping[str, Any]) -> Question:
    days = {name: date.fromisoformat(values[name]) if values[name] else None for name in ("first", "last")}
    return Question(**{key: value for key, value in values.items() if key not in ("dimensions", "measure")} | days)


class Joined(Aggregate):
    """The texts of a group joined by commas, in any order."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **options)


def _counted_rows(question: Question) -> QuerySet[Any, Any]:
    """Return what a question counts, enrolments and headcounts, by training: see `hashes` for the columns."""
    marks = Joined(Concat(Cast("marks__session", TextField()), Value(" "), "marks__value", output_field=TextField()))
    seats = (
        counted_enrolments(question)
        .annotate(kind=Value("seat"), many=marks)
        .values_list(
            "training",
            "kind",
            "pk",
            "participant",
            "organisation",
            "participant__sex",
            "rank_group",
            "age_band",
            "minutes",
            "many",
        )
    )
    counts = (
        counted_headcounts(question)
        .annotate(
            kind=Value("headcount"),
            nobody=Value(0),
            no_seat=Value(0),
            no_band=Value(""),
            many=Cast("completed", TextField()),
        )
        .values_list(
            "party__training",
            "kind",
            "no_seat",
            "nobody",
            "party__organisation",
            "sex",
            "rank_group",
            "no_band",
            "attended",
            "many",
        )
    )
    return seats.union(counts, all=True).order_by(
        "training", "kind", "pk", "organisation", "participant__sex", "rank_group"
    )


def hashes(question: Question) -> dict[int, str]:
    """Return by training the hexadecimal SHA-256 of the rows that a question counts in it.

    A row is what was counted and why: the keys of enrolment and person, home, sex, rank group, age band, minutes and each mark with its session;
    for headcounts the numbers. It has no names, units or ranks, so that erasing those changes nothing. One query; about 3 s for a million marks.
    """
    rows = _counted_rows(question)
    hashes: dict[int, str] = {}
    for training, inside in groupby(rows.iterator(chunk_size=ROWS_AT_ONCE), key=lambda row: row[0]):
        seen = hashlib.sha256()
        for *row, many in inside:
            seen.update(f"{row[1:]!r} {','.join(sorted((many or '').split(',')))}\n".encode())
        hashes[training] = seen.hexdigest()
    return hashes


def parts_of(gathered: Gathering) -> dict[int, Figures]:
    """Return each training's part of figures gathered by training."""
    parts = {int(str(key[0])): figures for key, figures in gathered.by().items()}
    return {pk: figures for pk, figures in parts.items() if figures.seats or figures.unknown_completed}


def snapshot_hash(content: Mapping[str, Any], parts: Mapping[int, str]) -> str:
    """Return the hash of a snapshot: SHA-256 over its content as sorted JSON and the hash of each training."""
    lines = [json.dumps(content, sort_keys=True, ensure_ascii=False), *(f"{pk} {parts[pk]}" for pk in sorted(parts))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return all content of a snapshot covered by its hash, except the trainings."""
    names = ("signed", "reported_to", "note", "question", "chosen", "definition", "numbers", "safe_numbers")
    return {**{name: getattr(snapshot, name) for name in names}, "as_on": snapshot.as_on.isoformat()}


def is_unaltered(snapshot: Snapshot, trainings: list[FrozenTraining]) -> bool:
    """Whether a snapshot still matches its hash."""
    return (
        snapshot_hash(content_of(snapshot), {row.training_id: row.content_hash for row in trainings})
        == snapshot.content_hash
    )


@dataclass(frozen=True)
class Change:
    """How one training has changed since: "new", "gone", "figures" or, with the same figures, "rows"."""

    training: Training
    kind: str
    was: FrozenTraining | None
    now: Figures | None


@dataclass(frozen=True)
class Since:
    """All changes since, by reference, and today's total with and without the small-cell rule."""

    changes: list[Change]
    total: ShownCell
    safe_total: ShownCell


def since(question: Question, trainings: list[FrozenTraining]) -> Since:
    """Compare the trainings of a snapshot with today. Four queries, five if trainings were added; see `hashes` for the cost."""
    gathered, rows = gather(question, ("training",)), hashes(question)
    was, now = {row.training_id: row for row in trainings}, parts_of(gathered)
    known = {row.training_id: row.training for row in trainings} | Training.objects.in_bulk(now.keys() - was.keys())
    changes = []
    for pk in sorted(was.keys() | now.keys(), key=lambda pk: known[pk].reference):
        before, after = was.get(pk), now.get(pk)
        if before is None or after is None:
            changes.append(Change(known[pk], "new" if before is None else "gone", before, after))
        elif (before.seats, before.women, before.men, before.minutes) != (
            after.seats,
            after.women,
            after.men,
            after.minutes,
        ):
            changes.append(Change(known[pk], "figures", before, after))
        elif before.content_hash != rows.get(pk, ""):
            changes.append(Change(known[pk], "rows", before, after))
    return Since(changes, show_whole(gathered, 0).total, suppress_table(gathered, 0).total)
