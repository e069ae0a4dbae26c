"""Writes the story: every row as the portal's own actions would have left it, in few and large inserts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import Count
from django.utils import timezone

from audit.models import Line, LineText
from audit.record import digest_of_text
from common.folding import loose, spelling
from members.models import Language, Organisation, RankGroup
from portal.demo.attendance import headcount_rows, marks_of
from portal.demo.cast import Cast, load_cast
from portal.demo.deliveries import Delivery, block_minutes
from portal.demo.discussion import write_discussion
from portal.demo.handouts import write_handouts
from portal.demo.measures import write_measures
from portal.demo.paper import attach_paper
from portal.demo.posts import write_posts
from portal.demo.recent import recent
from portal.demo.rosters import Person, Rosters
from portal.demo.story import history, scaled
from trainings.counting import Figures, Question, figures_by
from trainings.models import (
    Assignment,
    Course,
    DuplicatePair,
    Enrolment,
    Evidence,
    FiguresVersion,
    Headcount,
    Mark,
    Participant,
    Party,
    ReferenceCounter,
    Session,
    Training,
)

ROWS_AT_ONCE = 5_000
TRAININGS_AT_ONCE = 200
# People of the story itself, and people that one training more adds when it is scaled.
PEOPLE_OF_STORY = 2_100
PEOPLE_PER_TRAINING = 34.5

Row = TypeVar("Row", bound=models.Model)


@dataclass
class Written:
    """What was loaded, for the summary."""

    trainers: int = 0
    trainings: int = 0
    people: int = 0
    enrolments: int = 0
    marks: int = 0


@dataclass
class _Rows:
    """The rows of some trainings on their way into the database."""

    sessions: list[Session] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    headcounts: list[Headcount] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    partners: list[Any] = field(default_factory=list)
    # Each enrolment's marks beside the sessions they belong to.
    marks: list[tuple[Enrolment, list[Session], list[str]]] = field(default_factory=list)


def build(today: date, people: int | None) -> Written:
    """Write the whole demo network into an empty database, as of `today`. Call it in a transaction."""
    organisations = {organisation.code: organisation for organisation in Organisation.objects.all()}
    cast = load_cast(organisations)
    more = round(max(0, (people or 0) - PEOPLE_OF_STORY) / PEOPLE_PER_TRAINING)
    deliveries = [*history(cast), *recent(cast, today), *scaled(cast, more, today)]
    rosters = Rosters(cast)
    told = list(zip(deliveries, rosters.fill(deliveries), strict=True))
    told.sort(key=lambda entry: (entry[0].starts_on, entry[0].keeper, entry[0].title))
    _write_participants(rosters, organisations, cast, today)
    _write_pairs(rosters)
    written = Written(trainers=len(cast.trainers), trainings=len(told), people=len(rosters.people))
    _Trainings(cast, organisations, today, written).write(told)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # without statistics the totals below are slow on a large load
    _write_versions()
    attach_paper()
    _write_lines()
    write_measures(organisations, cast, today)
    write_posts(cast, today)
    write_handouts()
    write_discussion(cast, at(today, 7))
    return written


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _insert(rows: list[Row]) -> list[Row]:
    return type(rows[0])._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE) if rows else []


def _in_parts(rows: list[Any], size: int) -> Iterator[list[Any]]:
    found = iter(rows)
    while part := list(islice(found, size)):
        yield part


def _write_participants(rosters: Rosters, organisations: dict[str, Organisation], cast: Cast, today: date) -> None:
    for people in _in_parts(rosters.people, ROWS_AT_ONCE):
        rows = _insert([_participant(person, organisations, cast, today) for person in people])
        for person, row in zip(people, rows, strict=True):
            person.pk = row.pk


def _participant(person: Person, organisations: dict[str, Organisation], cast: Cast, today: date) -> Participant:
    words = f"{person.name.family} {person.name.given}"
    return Participant(
        organisation=organisations[person.organisation],
        family_name=person.name.family,
        given_name=person.name.given,
        spelling_key=spelling(words),
        loose_key=loose(words),
        sex=person.sex,
        member_id=cast.trainers[person.trainer].member_id if person.trainer else None,
        created_at=at(min(person.first_day, today) - timedelta(days=3)),
    )


def _write_pairs(rosters: Rosters) -> None:
    for pair in rosters.pairs:
        first, second = sorted(person.pk for person in pair)
        opened = at(max(person.first_day for person in pair))
        DuplicatePair.objects.create(first_id=first, second_id=second, created_at=opened)


class _Trainings:
    """Writes trainings with everything below them, some at a time, so that memory stays small."""

    def __init__(self, cast: Cast, organisations: dict[str, Organisation], today: date, written: Written) -> None:
        self.cast, self.organisations, self.today, self.written = cast, organisations, today, written
        self.rng = Random("mreza rows")
        self.courses = {course.code: course for course in Course.objects.all()}
        self.languages = {language.code: language for language in Language.objects.all()}
        self.numbers: Counter[tuple[str, int]] = Counter()

    def write(self, told: list[tuple[Delivery, list[Person]]]) -> None:
        for part in _in_parts(told, TRAININGS_AT_ONCE):
            trainings = _insert([self._training(delivery) for delivery, _people in part])
            rows = _Rows()
            for training, (delivery, people) in zip(trainings, part, strict=True):
                self._below(rows, training, delivery, people)
            self._insert_rows(rows)
        _insert([
            ReferenceCounter(country_id=country, year=year, last=last) for (country, year), last in self.numbers.items()
        ])  # fmt: skip

    def _insert_rows(self, rows: _Rows) -> None:
        for few in (rows.sessions, rows.assignments, rows.partners, rows.parties, rows.headcounts):
            _insert(few)
        _insert(rows.enrolments)
        marks = [
            Mark(enrolment_id=enrolment.pk, session_id=session.pk, value=value)
            for enrolment, sessions, values in rows.marks
            for session, value in zip(sessions, values, strict=True)
            if value
        ]
        _insert(marks)
        self.written.enrolments += len(rows.enrolments)
        self.written.marks += len(marks)

    def _reference(self, delivery: Delivery) -> str:
        key = (delivery.country, delivery.starts_on.year)
        self.numbers[key] += 1
        return f"{key[0]}-{key[1]}-{self.numbers[key]:03}"

    def _training(self, delivery: Delivery) -> Training:
        reference, course = self._reference(delivery), self.courses[delivery.course]
        created = min(delivery.starts_on, self.today) - timedelta(days=21)
        training = Training(
            reference=reference,
            course=course,
            title=delivery.title,
            title_key=spelling(f"{delivery.title} {delivery.place} {reference}")[:420],
            host=self.organisations[delivery.host],
            keeper=self.organisations[delivery.keeper],
            country_id=delivery.country,
            place=delivery.place,
            language=self.languages[delivery.language],
            mode=delivery.mode,
            notes=delivery.notes,
            starts_on=delivery.starts_on,
            ends_on=delivery.ends_on,
            counts_on=delivery.counts_on,
            scheduled_minutes=delivery.scheduled_minutes,
            sessions_held=sum(not block.is_cancelled for block in delivery.blocks),
            completion_threshold=course.completion_threshold,
            created_by=self.cast.recorder(delivery.keeper),
            created_at=at(created, 10, self.rng.randrange(60)),
        )
        self._set_state(training, delivery)
        return training

    def _set_state(self, training: Training, delivery: Delivery) -> None:
        """Submitted by the keeper's recorder, verified by its coordinator, each on a later day."""
        if delivery.state == "cancelled":
            cancelled = min(delivery.starts_on - timedelta(days=6), self.today - timedelta(days=4))
            training.cancelled_at, training.cancelled_reason = at(cancelled, 12), delivery.cancelled_reason
        elif delivery.state in ("submitted", "verified"):
            training.figures, training.figures_version = delivery.state, 1
            usual = self.rng.randint(2, 9)
            submitted = delivery.ends_on + timedelta(days=delivery.submitted_after or usual)
            training.submitted_at = at(submitted, 11, self.rng.randrange(60))
            training.submitted_by = self.cast.recorder(delivery.keeper)
            if delivery.state == "verified":
                verified = submitted + timedelta(days=self.rng.randint(1, 12))
                training.verified_at = at(verified, 14, self.rng.randrange(60))
                training.verified_by = self.cast.coordinator(delivery.keeper)

    def _below(self, rows: _Rows, training: Training, delivery: Delivery, people: list[Person]) -> None:
        sessions = [_session(training, block) for block in delivery.blocks]
        rows.sessions += sessions
        self._add_trainers(rows, training, delivery)
        parties = {code: self._party(training, code) for code in dict.fromkeys(p.organisation for p in people)}
        rows.parties += parties.values()
        is_age_known = self.rng.random() < 0.6
        marks = marks_of(self.rng, delivery, people)
        for line, (person, values) in enumerate(zip(people, marks, strict=True), start=1):
            enrolment = _enrolment(training, parties[person.organisation], person, delivery.starts_on, line)
            enrolment.age_band = person.age_band(delivery.starts_on) if is_age_known else ""
            if line <= delivery.lines_without_rank:
                enrolment.rank, enrolment.rank_words, enrolment.rank_group = None, "", RankGroup.NOT_RECORDED
            _count(enrolment, sessions, values)
            rows.enrolments.append(enrolment)
            rows.marks.append((enrolment, sessions, values))
        for code, persons in delivery.headcounts.items():
            party = Party(training=training, organisation=self.organisations[code], headcount_key=self._uuid())
            rows.parties.append(party)
            rows.headcounts += _headcounts(party, code, persons, delivery)

    def _add_trainers(self, rows: _Rows, training: Training, delivery: Delivery) -> None:
        parts = [(slug, "lead" if n == 0 else "co_trainer") for n, slug in enumerate(delivery.team)]
        parts += [(slug, "observer") for slug in delivery.observers]
        rows.assignments += [
            Assignment(training=training, trainer_id=self.cast.trainers[slug].profile_id, part=part)
            for slug, part in parts
        ]
        partner: Any = Training.partners.through
        rows.partners += [
            partner(training_id=training.pk, organisation_id=self.organisations[code].pk) for code in delivery.partners
        ]

    def _party(self, training: Training, code: str) -> Party:
        return Party(training=training, organisation=self.organisations[code], roster_key=self._uuid())

    def _uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)


def _session(training: Training, block: Any) -> Session:
    return Session(
        training=training,
        date=block.day,
        starts=block.starts,
        ends=block.ends,
        title=block.title,
        minutes=block_minutes(block),
        cancelled_at=at(block.day, 7) if block.is_cancelled else None,
    )


def _enrolment(training: Training, party: Party, person: Person, day: date, line: int) -> Enrolment:
    standing = person.standing(day)
    is_in_other_script = standing.rank is not None and person.name.in_cyrillic != (party.organisation.code == "MK")
    return Enrolment(
        training=training,
        party=party,
        participant_id=person.pk,
        organisation=party.organisation,
        rank=standing.rank,
        rank_words=standing.other_words if is_in_other_script else standing.words,
        rank_group=standing.group,
        unit=person.unit,
        line=line,
    )


def _count(enrolment: Enrolment, sessions: list[Session], values: list[str]) -> None:
    """Keep on the enrolment what its marks amount to; cancelled sessions amount to nothing."""
    for session, value in zip(sessions, values, strict=True):
        if value and session.cancelled_at is None:
            enrolment.recorded_sessions += 1
            if value in ("present", "late"):
                enrolment.attended_sessions += 1
                enrolment.minutes += session.minutes


def _headcounts(party: Party, code: str, persons: int, delivery: Delivery) -> list[Headcount]:
    is_unit = delivery.country == code and delivery.course in ("PDT", "GA-1", "GBD")
    split = headcount_rows(code, persons, is_unit=is_unit, is_known=delivery.completed_is_known)
    return [
        Headcount(party=party, sex=sex, rank_group=group, attended=attended, completed=completed)
        for sex, group, attended, completed in split
    ]


def _write_versions() -> None:
    """Freeze the figures of every submitted training, in ten queries whatever their number."""
    asked = Question(whatever_state=True)
    attended = figures_by(asked, "training")
    completed = figures_by(replace(asked, rule="completed"), "training")
    enrolled = dict(
        Enrolment.objects.filter(removed_at=None).values_list("training").annotate(n=Count("pk")).order_by()
    )
    trainings = Training.objects.exclude(submitted_by=None).select_related("submitted_by").order_by("pk")
    _insert([
        FiguresVersion(
            training=training,
            number=1,
            totals={
                "enrolled": enrolled.get(training.pk, 0),
                "unmarked": 0,  # whoever submits here recorded every mark
                "attended": _as_submitted(attended.get(training.pk)),
                "completed": _as_submitted(completed.get(training.pk)),
                "scheduled_minutes": training.scheduled_minutes,
                "completion_threshold": training.completion_threshold,
            },
            made_by=training.submitted_by,
            made_at=training.submitted_at or training.created_at,
            verified_at=training.verified_at,
        )
        for training in trainings
    ])  # fmt: skip


def _as_submitted(found: Figures | None) -> dict[str, Any]:
    """At submission nothing is verified yet."""
    return asdict(replace(found or Figures(), verified_seats=0))


def _write_lines() -> None:
    """Write the record of who created, cancelled, submitted and verified, with the dates of the story."""
    dated: list[tuple[datetime, Line]] = []
    texts: list[LineText] = []
    seats = {version.training_id: version.totals["attended"]["seats"] for version in FiguresVersion.objects.iterator()}
    sessions = dict(Session.objects.values_list("training").annotate(n=Count("pk")).order_by())
    scanned = set(Evidence.objects.values_list("training", flat=True))
    for training in Training.objects.order_by("pk"):
        facts: dict[str, Any] = {"reference": training.reference, "sessions": sessions[training.pk]}
        dated.append(_line(training, "create_training", training.created_by_id, training.created_at, **facts))
        if training.cancelled_at:
            entry = _line(training, "cancel_training", training.created_by_id, training.cancelled_at)
            salt, told = sha256(training.reference.encode()).hexdigest()[:32], {"reason": training.cancelled_reason}
            entry[1].told_digest = digest_of_text(salt, told)
            texts.append(LineText(line=entry[1], salt=salt, body=told, about_people=True))
            dated.append(entry)
        if training.submitted_at:
            facts = {"version": 1, "seats": seats[training.pk], "unmarked": 0}
            dated.append(_line(training, "submit_figures", training.submitted_by_id, training.submitted_at, **facts))
            if training.pk in scanned:
                facts = {"files": 1}
                dated.append(
                    _line(training, "attach_evidence", training.submitted_by_id, training.submitted_at, **facts)
                )
        if training.verified_at:
            dated.append(_line(training, "verify_figures", training.verified_by_id, training.verified_at, version=1))
    dated.sort(key=lambda entry: entry[0])
    lines = _insert([line for _day, line in dated])
    for line, (day, _line_of_day) in zip(lines, dated, strict=True):
        line.at = day
    Line.objects.bulk_update(lines, ["at"], batch_size=400)
    for text in texts:
        text.line_id = text.line.pk
    LineText.objects.bulk_create(texts)


def _line(training: Training, action: str, by: int | None, day: datetime, **details: Any) -> tuple[datetime, Line]:
    kind, number = Training._meta.label_lower, str(training.pk)
    return day, Line(
        by_id=by,
        action=action,
        kind=kind,
        object_id=number,
        root_kind=kind,
        root_id=number,
        details=details,
        organisation_id=training.keeper_id,
    )
