"""Marks written together with new enrolments: nobody can have marked one made in the same transaction.

So no edit is judged: each is applied as version 1, and the database derives the changes from the marks.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import connection
from django.db.models import CharField, DateTimeField, TextField, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, LPad
from django.utils import timezone

from members.models import Member
from trainings.models import Enrolment, Mark, MarkChange, Training
from trainings.models.attendance import ATTENDED

# Marks by session, of one enrolment.
Marks = Mapping[int, str]


def count_first_marks(enrolments: Iterable[Enrolment], marks: Mapping[int, Marks], training: Training) -> None:
    """Set the stored minutes and numbers of enrolments about to be written, by the `marks` of each participant.

    The result is what `recount_enrolments` would compute afterwards. One query.
    """
    minutes = dict(training.sessions.filter(cancelled_at=None).values_list("pk", "minutes"))
    for enrolment in enrolments:
        held = {session: value for session, value in marks[enrolment.participant_id].items() if session in minutes}
        there = [minutes[session] for session, value in held.items() if value in ATTENDED]
        enrolment.minutes, enrolment.attended_sessions = sum(there), len(there)
        enrolment.recorded_sessions = sum(map(bool, held.values()))


def write_first_marks(marks: Mapping[int, Marks], *, by: Member, batch: UUID) -> int:
    """Write the marks of new enrolments, by their keys, and a change for each; return how many. Two inserts.

    The caller has counted them, has locked the training, and has checked sessions and values.
    """
    made = Mark.objects.bulk_create(
        [
            Mark(enrolment_id=enrolment, session_id=session, value=value)
            for enrolment, one in marks.items()
            for session, value in one.items()
        ]
    )
    if made:
        _write_changes(marks.keys(), by, batch)
    return len(made)


def _write_changes(enrolments: Collection[int], by: Member, batch: UUID) -> None:
    """Write the changes that made all marks of these enrolments, without fetching 10,000 rows and sending them back.

    The key of each is half the batch and the id of the mark, which nothing else generates.
    """
    key = Concat(Value(batch.hex[:16]), LPad(Cast("pk", CharField()), 16, Value("0")), output_field=TextField())
    values: dict[str, str | Combinable] = {
        "key": Cast(key, UUIDField()), "batch": Value(batch, UUIDField()), "enrolment_id": "enrolment", "session_id": "session",
        "base_version": Value(0), "old_value": Value(""), "new_value": "value", "outcome": Value(MarkChange.Outcome.APPLIED),
        "answer_value": "value", "answer_version": "version", "by_id": Value(by.pk), "at": Value(timezone.now(), DateTimeField()),
    }  # fmt: skip
    marks = Mark.objects.filter(enrolment__in=enrolments).order_by("pk").values_list(*values.values())
    select, parameters = marks.query.sql_with_params()
    with connection.cursor() as cursor:
        table = MarkChange._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({', '.join(values)}) {select}", parameters)
