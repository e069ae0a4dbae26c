"""More of the same for measuring: the ordinary trainings of the story are copied with everything below them and new people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import connection, models

from audit.models import AuditEntry
from common.folding import loose, spelling
from portal.demo.names import Names
from portal.demo.story import LAST_FIXED_DAY
from trainings.models import (
    Assignment,
    Enrolment,
    FiguresVersion,
    Mark,
    Participant,
    Party,
    ReferenceCounter,
    Session,
    Training,
)

ROWS_AT_ONCE = 5_000
WEEKS = 8
LINES = ("create_training", "submit_figures", "verify_figures")

Row = TypeVar("Row", bound=models.Model)


def _insert(rows: list[Row]) -> list[Row]:
    return type(rows[0])._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE) if rows else []


def _copies(rows: Iterable[Row], **new: dict[Any, Any]) -> dict[Any, Row]:
    """Insert a copy of each row, its columns `new` replaced by what they map the old values to; return them by the old keys."""
    old, made = list(rows), []
    for row in old:
        twin = copy(row)
        twin.pk, twin._state = None, models.base.ModelState()
        for name, values in new.items():
            setattr(twin, name, values[getattr(row, name)])
        made.append(twin)
    return dict(zip((row.pk for row in old), _insert(made), strict=True))


class _Originals:
    """The rows that are copied, read once."""

    def __init__(self) -> None:
        ordinary = Training.objects.filter(figures=Training.Figures.VERIFIED, ends_on__lt=LAST_FIXED_DAY)
        ordinary = ordinary.exclude(parties__headcount_key__isnull=False).exclude(course__makes_trainers=True)
        self.trainings = list(ordinary.order_by("starts_on", "pk"))
        of_trainings = {"training__in": self.trainings}
        self.sessions = list(Session.objects.filter(**of_trainings))
        self.parties = list(Party.objects.filter(**of_trainings))
        self.enrolments = list(Enrolment.objects.filter(**of_trainings).order_by("pk"))
        self.assignments = list(Assignment.objects.filter(**of_trainings))
        self.versions = list(FiguresVersion.objects.filter(**of_trainings))
        self.marks = list(Mark.objects.filter(enrolment__in=self.enrolments))
        self.people = list(
            Participant.objects.filter(enrolments__in=self.enrolments).select_related("organisation").distinct()
        )
        roots = [str(training.pk) for training in self.trainings]
        self.lines = list(
            AuditEntry.objects.filter(root_kind="trainings.training", root_id__in=roots, action__in=LINES)
        )


def multiply(people: int, names: Names) -> None:
    """Copy the ordinary trainings until there are about so many people. Some thirty inserts for each 1,700 people."""
    originals = _Originals()
    numbers: Counter[tuple[str, int]] = Counter()
    for counter in ReferenceCounter.objects.all():
        numbers[counter.country_id, counter.year] = counter.last
    left = people - Participant.objects.count()
    for number in range(max(0, round(left / len(originals.people)))):
        _copy_all(originals, names, numbers, timedelta(weeks=1 + number % WEEKS))
    ReferenceCounter.objects.bulk_create(
        [ReferenceCounter(country_id=country, year=year, last=last) for (country, year), last in numbers.items()],
        update_conflicts=True,
        unique_fields=["country", "year"],
        update_fields=["last"],
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # without statistics reports are slow on a large load


def _copy_all(originals: _Originals, names: Names, numbers: Counter[tuple[str, int]], later: timedelta) -> None:
    keys: defaultdict[UUID, UUID] = defaultdict(uuid4)
    new_people = {person.pk: _another(person, names) for person in originals.people}
    people = dict(zip(new_people, (person.pk for person in _insert(list(new_people.values()))), strict=True))
    trainings = _trainings(originals.trainings, numbers, later)
    moved = {day: day + later for day in {session.date for session in originals.sessions}}
    sessions = _copies(originals.sessions, training_id=trainings, date=moved)
    _copies(originals.parties, training_id=trainings, roster_key=keys)
    enrolments = _copies(originals.enrolments, training_id=trainings, party_id=keys, participant_id=people)
    _copies(
        originals.marks,
        enrolment_id={old: row.pk for old, row in enrolments.items()},
        session_id={old: row.pk for old, row in sessions.items()},
    )
    _copies(originals.assignments, training_id=trainings)
    _copies(originals.versions, training_id=trainings)
    roots = {str(old): str(new) for old, new in trainings.items()}
    lines = _copies(originals.lines, object_id=roots, root_id=roots)
    for line in originals.lines:
        lines[line.pk].at = line.at + later
    AuditEntry.objects.bulk_update(lines.values(), ["at"], batch_size=400)


def _another(person: Participant, names: Names) -> Participant:
    """Return somebody else of the same home and sex."""
    twin, name = copy(person), names.draw(person.organisation.code, person.sex)
    words = f"{name.family_name} {name.given_name}"
    twin.pk, twin._state, twin.member_id = None, models.base.ModelState(), None
    twin.family_name, twin.given_name, twin.spelling_key, twin.loose_key = (
        name.family_name,
        name.given_name,
        spelling(words),
        loose(words),
    )
    return twin


def _trainings(originals: list[Training], numbers: Counter[tuple[str, int]], later: timedelta) -> dict[int, int]:
    """Insert copies of these trainings, some weeks later, under references of their own; return the new keys by the old."""
    made = []
    for training in originals:
        twin = copy(training)
        twin.pk, twin._state = None, models.base.ModelState()
        for name in ("starts_on", "ends_on", "counts_on", "created_at", "submitted_at", "verified_at"):
            setattr(twin, name, getattr(training, name) + later)
        place = (training.country_id, twin.starts_on.year)
        numbers[place] += 1
        twin.reference = f"{place[0]}-{place[1]}-{numbers[place]:03}"
        twin.title_key = spelling(f"{twin.title} {twin.place} {twin.reference}")[:420]
        made.append(twin)
    return dict(zip((training.pk for training in originals), (row.pk for row in _insert(made)), strict=True))
