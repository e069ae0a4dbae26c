"""Random small networks of trainers as plain values, the same in the database, and slow counts of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from members.models import Country, Language, Member, Organisation
from tests.conftest import join
from trainers.models import TrainerProfile
from trainings.models import Assignment, Course, Enrolment, Participant, Party, Training

HOMES = ("ME", "RS")
LANDS = ("ME", "RS", "GE")
FIRST = date(2019, 1, 7)


@dataclass(frozen=True)
class Trainer:
    number: int
    home: str
    certified: date | None
    active: bool


@dataclass(frozen=True)
class Person:
    """`trainer` is the number of the trainer they became."""

    number: int
    home: str
    trainer: int | None


@dataclass(frozen=True)
class Event:
    """One training. `parts` by trainer; `seats` says of each person on the roster whether they attended and completed."""

    number: int
    makes_trainers: bool
    day: date
    state: str
    cancelled: bool
    online: bool
    land: str
    minutes: int
    parts: dict[int, str]
    seats: dict[int, tuple[bool, bool]]

    @property
    def counts(self) -> bool:
        return self.state != "recorded" and not self.cancelled

    def taught_by(self, trainer: int) -> bool:
        return self.parts.get(trainer) in ("lead", "co_trainer")


@dataclass(frozen=True)
class Network:
    trainers: tuple[Trainer, ...]
    people: tuple[Person, ...]
    events: tuple[Event, ...]


def random_network(rng: Random, *, people: int = 8, events: int = 9) -> Network:
    trainers = tuple(
        Trainer(n, rng.choice(HOMES), rng.choice((None, _day(rng))), rng.random() < 0.8)
        for n in range(rng.randint(0, 6))
    )
    became = [t.number if rng.random() < 0.85 else None for t in trainers] + [None] * (people - len(trainers))
    persons = tuple(
        Person(n, trainers[t].home if t is not None else rng.choice(HOMES), t) for n, t in enumerate(became)
    )
    return Network(trainers, persons, tuple(_event(rng, n, trainers, persons) for n in range(rng.randint(0, events))))


def _day(rng: Random) -> date:
    # Few days, so that some trainings end on the same one, and some exactly a year or two after another.
    return date(FIRST.year + rng.randint(0, 4), 1, 7 * rng.randint(1, 4))


def _event(rng: Random, number: int, trainers: tuple[Trainer, ...], people: tuple[Person, ...]) -> Event:
    parts = {t.number: rng.choice(("co_trainer", "co_trainer", "observer")) for t in trainers if rng.random() < 0.4}
    if parts and rng.random() < 0.7:
        parts[rng.choice(list(parts))] = "lead"
    seats = {}
    for person in people:
        if rng.random() < 0.5:
            attended = rng.random() < 0.85
            seats[person.number] = (attended, attended and rng.random() < 0.7)
    return Event(
        number,
        rng.random() < 0.4,
        _day(rng),
        rng.choice(("recorded", "submitted", "verified", "verified")),
        rng.random() < 0.15,
        rng.random() < 0.2,
        rng.choice(LANDS),
        rng.choice((60, 90, 360)),
        parts,
        seats,
    )


# --- the same in the database ---


@dataclass(frozen=True)
class Places:
    homes: dict[str, Organisation]
    recorder: Member
    coordinator: Member


def places() -> Places:
    homes = {o.code: o for o in Organisation.objects.filter(code__in=HOMES)}
    return Places(homes, join("ME", "Rada", "Zapisić", "recorder"), join("ME", "Kata", "Vodić", "coordinator"))


@dataclass(frozen=True)
class Written:
    """Numbers of the network by primary keys of the rows."""

    trainers: dict[int, int]
    events: dict[int, int]
    people: dict[int, int]


@contextmanager
def written(network: Network, here: Places) -> Iterator[Written]:
    """Write a network and take it back."""
    with transaction.atomic():
        profiles = [_profile(trainer, here) for trainer in network.trainers]
        people = Participant.objects.bulk_create(
            [
                Participant(
                    organisation=here.homes[p.home],
                    family_name=f"P{p.number}",
                    given_name="X",
                    spelling_key=f"p{p.number}",
                    loose_key="p",
                    member=profiles[p.trainer].member if p.trainer is not None else None,
                )
                for p in network.people
            ]
        )
        courses = {code: Course.objects.get(code=code) for code in ("GTOT", "GA-1")}
        trainings = [_training(event, courses, profiles, people, here) for event in network.events]
        yield Written(
            {profile.pk: n for n, profile in enumerate(profiles)},
            {t.pk: n for n, t in enumerate(trainings)},
            {person.pk: n for n, person in enumerate(people)},
        )
        transaction.set_rollback(True)


def _profile(trainer: Trainer, here: Places) -> TrainerProfile:
    member = Member.objects.create(
        email=f"t{trainer.number}@mod.example",
        given_name="T",
        family_name=str(trainer.number),
        is_active=trainer.active,
        organisation=here.homes[trainer.home],
    )
    return TrainerProfile.objects.create(
        member=member,
        slug=f"t-{trainer.number}",
        name_key=f"t {trainer.number}",
        loose_key="t",
        certified_on=trainer.certified,
    )


def _training(
    event: Event, courses: dict[str, Course], profiles: list[TrainerProfile], people: list[Participant], here: Places
) -> Training:
    now = timezone.now()
    locked = {"submitted_by": here.recorder} if event.state != "recorded" else {}
    if event.state == "verified":
        locked |= {"verified_by": here.coordinator, "verified_at": now}
    training = Training.objects.create(
        reference=f"ME-{event.day.year}-{900 + event.number}",
        course=courses["GTOT" if event.makes_trainers else "GA-1"],
        title="T",
        title_key="t",
        host=here.homes["ME"],
        owner=here.homes["ME"],
        country=Country.objects.get(code=event.land),
        language=Language.objects.first(),
        mode="online" if event.online else "classroom",
        starts_on=event.day,
        ends_on=event.day,
        counts_on=event.day,
        scheduled_minutes=event.minutes,
        sessions_held=1,
        completion_threshold=80,
        figures=event.state,
        cancelled_at=now if event.cancelled else None,
        created_by=here.recorder,
        **locked,
    )
    Assignment.objects.bulk_create(
        [Assignment(training=training, trainer=profiles[n], part=part) for n, part in event.parts.items()]
    )
    homes = sorted({people[n].organisation_id for n in event.seats})
    parties = {
        home: Party.objects.create(training=training, organisation_id=home, roster_key=uuid4()) for home in homes
    }
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                training=training,
                participant=people[n],
                organisation_id=people[n].organisation_id,
                party=parties[people[n].organisation_id],
                attended_sessions=int(attended),
                minutes=event.minutes if completed else event.minutes // 2 if attended else 0,
            )
            for n, (attended, completed) in event.seats.items()
        ]
    )
    return training


# --- the slow counts ---


def years_on(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def slow_taught(network: Network, trainer: Trainer, first: date | None, last: date | None) -> dict:
    """What one trainer delivered, counted event by event."""
    counting = [event for event in network.events if event.counts]
    there = [e for e in counting if (first is None or e.day >= first) and (last is None or e.day <= last)]
    mine = [event for event in there if event.taught_by(trainer.number)]
    in_a_room = [event for event in mine if not event.online]
    return {
        "lead": sum(e.parts[trainer.number] == "lead" for e in mine),
        "co_trainer": sum(e.parts[trainer.number] == "co_trainer" for e in mine),
        "observer": sum(e.parts.get(trainer.number) == "observer" for e in there),
        "": len(mine),
        "abroad": sum(e.land != trainer.home for e in in_a_room),
        "minutes": sum(e.minutes for e in mine),
        "lands": {e.land for e in in_a_room},
        "events": {e.number for e in mine},
        "last": max((e.day for e in counting if e.taught_by(trainer.number)), default=None),
    }


@dataclass
class SlowCohort:
    event: int
    graduates: int
    generations: list[tuple[dict[int, date], set[int]]]

    @property
    def events(self) -> set[int]:
        return set().union(*(events for _trainers, events in self.generations))


def slow_cascade(network: Network) -> list[SlowCohort]:
    """The cohorts by the words of the report: trainers since when, and the events of each generation."""
    counting = {event.number: event for event in network.events if event.counts}
    makers = sorted((e for e in counting.values() if e.makes_trainers), key=lambda e: (e.day, e.number))
    first_course: dict[int, Event] = {}
    for person in network.people:
        done = [maker for maker in makers if maker.seats.get(person.number, (False, False))[1]]
        if done:
            first_course[person.number] = done[0]
    self_of = {person.trainer: person.number for person in network.people if person.trainer is not None}

    def became(trainer: int) -> date | None:
        person = self_of.get(trainer)
        return first_course[person].day if person in first_course else network.trainers[trainer].certified

    slow_cascade = []
    for maker in makers:
        alumni = [person for person, course in first_course.items() if course is maker]
        level = {t: maker.day for t, person in self_of.items() if person in alumni}
        cohort, old, used = SlowCohort(maker.number, len(alumni), []), set(level), set()
        while level:
            values = {n for n, e in counting.items() if any(e.taught_by(t) and e.day > day for t, day in level.items())}
            fresh = values - used
            used |= fresh
            cohort.generations.append((level, fresh))
            level = {}
            for trainer, person in self_of.items():
                since = became(trainer)
                days = [counting[n].day for n in fresh if counting[n].seats.get(person, (False, False))[0]]
                days = [day for day in days if since is None or day <= since]
                if days and trainer not in old:
                    level[trainer] = since or min(days)
            old |= set(level)
        slow_cascade.append(cohort)
    return slow_cascade


def reached(network: Network, events: set[int], home: str | None = None) -> int:
    """The distinct people who attended any of these events."""
    return len(
        {
            person
            for n in events
            for person, (attended, _completed) in network.events[n].seats.items()
            if attended and home in (None, network.people[person].home)
        }
    )
