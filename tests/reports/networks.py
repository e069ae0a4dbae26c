"""Random networks in the database, and the plain rows of what is in them."""

from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any
from uuid import uuid4

from django.utils import timezone

from members.models import Country, Language, Organisation
from tests.conftest import join, profile_of
from trainings.models import (
    Assignment,
    Course,
    DuplicatePair,
    Enrolment,
    Headcount,
    Mark,
    Participant,
    Party,
    Session,
    Training,
)

SEXES = ("female", "male", "female", "male", "other", "not_recorded")
GROUPS = ("general", "senior_officer", "junior_officer", "nco", "soldier", "cadet", "civilian", "not_recorded")
BANDS = ("", "under 25", "25-34", "35-44")


def write_network(random: Random, *, people: int = 30, trainings: int = 20) -> None:
    """Write people of four homes and trainings of every state with rosters and headcounts."""
    homes = list(Organisation.objects.filter(code__in=("ME", "RS", "BA", "MK")).order_by("code"))
    maker, verifier = join("ME", "Rada", "Zapisić", "recorder"), join("ME", "Kata", "Vodić", "coordinator")
    profiles = [profile_of(join(home.code, "Trener", f"Treni{n}", "trainer")) for n, home in enumerate(homes)]
    known = Participant.objects.bulk_create(
        Participant(
            organisation=random.choice(homes),
            family_name=f"P{n}",
            given_name="X",
            spelling_key=f"p{n} x",
            loose_key="p x",
            sex=random.choice(SEXES),
        )
        for n in range(people)
    )
    alike = [(a, b) for a, b in combinations(known, 2) if a.organisation_id == b.organisation_id]
    for first, second in random.sample(alike, min(4, len(alike))):
        DuplicatePair.objects.create(first=first, second=second, state=random.choice(("open", "open", "different")))
    courses = list(Course.objects.order_by("code")[:4])
    for number in range(trainings):
        training = _training(random, number, homes, courses, maker, verifier)
        for profile in random.sample(profiles, random.randint(0, 2)):
            part = random.choice((Assignment.Part.LEAD, Assignment.Part.CO_TRAINER, Assignment.Part.OBSERVER))
            Assignment.objects.create(training=training, trainer=profile, part=part)
        _fill(random, training, homes, known)


def _training(random: Random, number: int, homes: list[Any], courses: list[Any], maker: Any, verifier: Any) -> Training:
    day, now = date(2023, 1, 1) + timedelta(days=random.randint(0, 900)), timezone.now()
    state = random.choice(("recorded", "submitted", "verified", "verified"))
    locked = {"submitted_by": maker, "submitted_at": now} if state != "recorded" else {}
    locked |= {"verified_by": verifier, "verified_at": now} if state == "verified" else {}
    minutes = [random.choice((45, 90, 360)) for _ in range(random.randint(1, 3))]
    training = Training.objects.create(
        reference=f"ME-{day.year}-{900 + number}",
        course=random.choice(courses),
        title="T",
        title_key="t",
        host=random.choice(homes),
        owner=random.choice(homes),
        country=random.choice(Country.objects.filter(code__in=("ME", "RS", "GE"))),
        language=random.choice(Language.objects.all()),
        mode=random.choice(Training.Mode.values),
        starts_on=day,
        ends_on=day,
        counts_on=day,
        scheduled_minutes=sum(minutes),
        sessions_held=len(minutes),
        completion_threshold=random.choice((1, 50, 80, 100)),
        created_by=maker,
        figures=state,
        cancelled_at=now if random.random() < 0.1 else None,
        **locked,
    )
    Session.objects.bulk_create(Session(training=training, date=day, minutes=m) for m in minutes)
    return training


def _fill(random: Random, training: Training, homes: list[Any], known: list[Participant]) -> None:
    sessions = list(training.sessions.all())
    for home in homes:
        kind = random.choice(("roster", "roster", "headcount", "nobody"))
        if kind == "nobody":
            continue
        key = {"roster_key": uuid4()} if kind == "roster" else {"headcount_key": uuid4()}
        party = Party.objects.create(training=training, organisation=home, **key)
        if kind == "headcount":
            for sex in random.sample(("female", "male", "other", "not_recorded"), random.randint(1, 3)):
                attended = random.randint(0, 9)
                Headcount.objects.create(
                    party=party,
                    sex=sex,
                    rank_group=random.choice(GROUPS),
                    attended=attended,
                    completed=random.choice((None, attended, attended // 2)),
                )
            continue
        there = [person for person in known if person.organisation_id == home.pk and random.random() < 0.6]
        for line, person in enumerate(there):
            marks = [random.choice(("present", "present", "late", "absent", "")) for _ in sessions]
            came = [s.minutes for s, mark in zip(sessions, marks, strict=True) if mark in ("present", "late")]
            enrolment = Enrolment.objects.create(
                training=training,
                participant=person,
                organisation=home,
                party=party,
                line=line,
                rank_group=random.choice(GROUPS),
                age_band=random.choice(BANDS),
                minutes=sum(came),
                attended_sessions=len(came),
                recorded_sessions=sum(bool(mark) for mark in marks),
            )
            Mark.objects.bulk_create(
                Mark(enrolment=enrolment, session=s, value=mark)
                for s, mark in zip(sessions, marks, strict=True)
                if mark
            )


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that a question can be about, as plain rows: what an export of the whole network would hold."""
    trainings = {
        t["pk"]: t
        for t in Training.objects.values(
            "pk",
            "host",
            "owner",
            "country",
            "course",
            "language",
            "mode",
            "counts_on",
            "figures",
            "scheduled_minutes",
            "completion_threshold",
            "cancelled_at",
        )
    }
    for row in trainings.values():
        row["topics"] = set(Course.objects.filter(pk=row["course"]).values_list("topics", flat=True))
        taught = Assignment.objects.filter(training=row["pk"]).exclude(part="observer")
        row["trainers"] = set(taught.values_list("trainer", flat=True))
    named = [
        {**row, "training": trainings[row["training"]]}
        for row in Enrolment.objects.filter(removed_at=None).values(
            "training", "participant", "participant__sex", "organisation", "rank_group", "age_band", "minutes"
        )
    ]
    marked = set(
        Mark.objects.filter(value__in=("present", "late")).values_list("enrolment__training", "enrolment__participant")
    )
    for row in named:
        row["came"] = (row["training"]["pk"], row["participant"]) in marked
    counted = [
        {**row, "training": trainings[row["party__training"]], "organisation": row["party__organisation"]}
        for row in Headcount.objects.values(
            "party__training", "party__organisation", "sex", "rank_group", "attended", "completed"
        )
    ]
    pairs = list(DuplicatePair.objects.filter(state="open").values_list("first", "second"))
    return {"named": named, "counted": counted, "pairs": pairs}
