"""Counting against a slow plain-Python count on random networks, and the interval against hidden identities."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from random import Random
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.models import Country, Language, Organisation
from tests.conftest import join
from trainings.counting import Question, figures, figures_by, first_timers, once_per_course
from trainings.models import (
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

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

SEXES = ("female", "male", "other", "not_recorded")
GROUPS = ("senior_officer", "nco", "not_recorded")
HOMES = ("ME", "RS", "MK")
RULES = ("attended", "completed")
BREAKDOWNS = ("organisation", "sex", "course", "year", "rank_group", "training")


# --- what happened, as plain values ---


@dataclass(frozen=True)
class Person:
    number: int
    home: str
    sex: str


@dataclass(frozen=True)
class Seat:
    """One enrolment: who, of which rank group on that day, and the mark in each session."""

    person: Person
    group: str
    marks: tuple[str, ...]
    removed: bool


@dataclass(frozen=True)
class Count:
    home: str
    sex: str
    group: str
    attended: int
    completed: int | None


@dataclass(frozen=True)
class Event:
    """One training as it was: sessions are (minutes, held)."""

    number: int
    course: str
    year: int
    state: str
    cancelled: bool
    threshold: int
    sessions: tuple[tuple[int, bool], ...]
    seats: tuple[Seat, ...]
    counts: tuple[Count, ...]

    @property
    def scheduled(self) -> int:
        return sum(minutes for minutes, held in self.sessions if held)

    def minutes(self, seat: Seat) -> int:
        return sum(
            m for (m, held), mark in zip(self.sessions, seat.marks, strict=True) if held and mark in ("present", "late")
        )

    def attended(self, seat: Seat) -> int:
        return sum(
            held and mark in ("present", "late") for (_m, held), mark in zip(self.sessions, seat.marks, strict=True)
        )

    def meets(self, seat: Seat, rule: str) -> bool:
        if seat.removed or not self.attended(seat):
            return False
        return rule == "attended" or 100 * self.minutes(seat) >= self.threshold * self.scheduled

    @property
    def counts_in_figures(self) -> bool:
        return self.state != "recorded" and not self.cancelled


@dataclass(frozen=True)
class Network:
    people: tuple[Person, ...]
    events: tuple[Event, ...]
    pairs: tuple[tuple[int, int], ...]
    settled: tuple[tuple[int, int], ...] = field(default=())


@st.composite
def networks(draw: st.DrawFn) -> Network:
    people = tuple(
        Person(n, draw(st.sampled_from(HOMES)), draw(st.sampled_from(SEXES))) for n in range(draw(st.integers(0, 6)))
    )
    marks = st.sampled_from(("present", "present", "late", "excused", "absent", ""))
    events = []
    for number in range(draw(st.integers(0, 5))):
        sessions = tuple(
            draw(
                st.lists(
                    st.tuples(st.sampled_from((0, 45, 60, 90, 360)), st.sampled_from((True, True, False))),
                    min_size=1,
                    max_size=3,
                )
            )
        )
        by_names = {home: draw(st.booleans()) for home in HOMES}
        seats = tuple(
            Seat(
                person,
                draw(st.sampled_from(GROUPS)),
                tuple(draw(marks) for _ in sessions),
                draw(st.sampled_from((False, False, False, True))),
            )
            for person in people
            if by_names[person.home] and draw(st.booleans())
        )
        counts = []
        for home in HOMES:
            if by_names[home]:
                continue
            cells = draw(st.lists(st.tuples(st.sampled_from(SEXES), st.sampled_from(GROUPS)), unique=True, max_size=2))
            for sex, group in cells:
                attended = draw(st.integers(0, 4))
                counts.append(Count(home, sex, group, attended, draw(st.none() | st.integers(0, attended))))
        events.append(
            Event(
                number,
                draw(st.sampled_from(("GA-1", "GPO"))),
                draw(st.sampled_from((2023, 2024))),
                draw(st.sampled_from(("recorded", "submitted", "verified", "verified"))),
                draw(st.sampled_from((False, False, False, True))),
                draw(st.sampled_from((1, 50, 80, 100))),
                sessions,
                seats,
                tuple(counts),
            )
        )
    alike = [
        (a.number, b.number)
        for a, b in combinations(people, 2)
        if a.home == b.home and (a.sex == b.sex or "not_recorded" in (a.sex, b.sex))
    ]
    chosen = {pair: draw(st.sampled_from(("open", "open", "settled", "none"))) for pair in alike}
    return Network(
        people,
        tuple(events),
        tuple(pair for pair, state in chosen.items() if state == "open"),
        tuple(pair for pair, state in chosen.items() if state == "settled"),
    )


# --- the slow count ---


def slow_persons(numbers: set[int], pairs: tuple[tuple[int, int], ...]) -> int:
    """The fewest persons these records can be: connected groups of open pairs."""
    left, groups = set(numbers), 0
    while left:
        groups, edge = groups + 1, {left.pop()}
        while edge:
            edge = {b for a, b in [*pairs, *((b, a) for a, b in pairs)] if a in edge and b in left}
            left -= edge
    return groups


def slow_figures(network: Network, rule: str, named: list, counted: list) -> dict[str, int]:
    """Count all of Figures from the lists of (event, seat) and (event, count) of one cell."""
    named = [(event, seat) for event, seat in named if event.meets(seat, rule)]
    known = [(e, c, c.attended if rule == "attended" else c.completed) for e, c in counted]
    sure = [(e, c, n) for e, c, n in known if n]
    unknown = sum(c.attended for _e, c, n in known if n is None)
    by_sex = dict.fromkeys(SEXES, 0)
    for _event, seat in named:
        by_sex[seat.person.sex] += 1
    for _event, count, n in sure:
        by_sex[count.sex] += n

    def least(sexes: tuple[str, ...]) -> int:
        rows = [(e, s.person.number) for e, s in named if s.person.sex in sexes]
        best = slow_persons({number for _e, number in rows}, network.pairs)
        for event in network.events:
            inside = slow_persons({number for e, number in rows if e is event}, network.pairs)
            best = max(best, inside + sum(n for e, c, n in sure if e is event and c.sex in sexes))
        return best

    headcounted = sum(n for _e, _c, n in sure)
    return {
        "seats": len(named) + headcounted,
        "women": by_sex["female"], "men": by_sex["male"], "other": by_sex["other"], "not_recorded": by_sex["not_recorded"],
        "named_seats": len(named), "headcounted": headcounted, "unknown_completed": unknown,
        "people_at_least": max(least(SEXES), sum(least((sex,)) for sex in SEXES[:3])),
        "people_at_most": len({s.person.number for _e, s in named}) + headcounted + unknown,
        "perhaps_twice": len({s.person.number for _e, s in named})
        - slow_persons({s.person.number for _e, s in named}, network.pairs),
        "minutes": sum(e.minutes(s) for e, s in named) + sum(n * e.scheduled for e, _c, n in sure),
        "trainings": len({e.number for e, _s in named} | {e.number for e, _c, _n in sure}),
        "verified_seats": sum(e.state == "verified" for e, _s in named) + sum(n for e, _c, n in sure if e.state == "verified"),
    }  # fmt: skip


def slow_cells(network: Network, rule: str, dimension: str) -> dict:
    """The slow count of each cell of a breakdown; "" is the total."""

    def cell(event: Event, row: Seat | Count) -> object:
        home, sex = (row.person.home, row.person.sex) if isinstance(row, Seat) else (row.home, row.sex)
        return {
            "": 0, "organisation": home, "sex": sex, "rank_group": row.group, "course": event.course,
            "year": event.year, "training": event.number,
        }[dimension]  # fmt: skip

    named, counted = defaultdict(list), defaultdict(list)
    for event in network.events:
        if not event.counts_in_figures:
            continue
        for seat in event.seats:
            named[cell(event, seat)].append((event, seat))
        for count in event.counts:
            counted[cell(event, count)].append((event, count))
    cells = {key: slow_figures(network, rule, named[key], counted[key]) for key in {*named, *counted}}
    return {key: row for key, row in cells.items() if any(row.values())}


# --- the same in the database ---


@dataclass(frozen=True)
class Places:
    homes: dict[str, Organisation]
    courses: dict[str, Course]
    keys: dict[str, dict]
    maker: object
    verifier: object
    language: Language
    country: Country


@pytest.fixture
def places(reference: None) -> Places:
    homes = {o.code: o for o in Organisation.objects.filter(code__in=HOMES)}
    courses = {c.code: c for c in Course.objects.filter(code__in=("GA-1", "GPO"))}
    keys = {
        "organisation": {o.pk: code for code, o in homes.items()},
        "course": {c.pk: code for code, c in courses.items()},
    }
    return Places(
        homes,
        courses,
        keys,
        join("ME", "Rada", "Zapisić", "recorder"),
        join("ME", "Kata", "Vodić", "coordinator"),
        Language.objects.first(),
        Country.objects.get(code="ME"),
    )


@contextmanager
def written(network: Network, places: Places) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
    """Write a network and take it back; yield the numbers of people and of trainings by their primary keys."""
    with transaction.atomic():
        people = Participant.objects.bulk_create(
            [
                Participant(
                    organisation=places.homes[p.home],
                    family_name=f"P{p.number}",
                    given_name="X",
                    spelling_key=f"p{p.number} x",
                    loose_key="p x",
                    sex=p.sex,
                )
                for p in network.people
            ]
        )
        for pairs, state in ((network.pairs, "open"), (network.settled, "different")):
            DuplicatePair.objects.bulk_create(
                [DuplicatePair(first=people[a], second=people[b], state=state) for a, b in pairs]
            )
        trainings = Training.objects.bulk_create([_training(event, places) for event in network.events])
        for event, training in zip(network.events, trainings, strict=True):
            _write_event(event, training, people, places)
        yield {row.pk: n for n, row in enumerate(people)}, {row.pk: n for n, row in enumerate(trainings)}
        transaction.set_rollback(True)


def _training(event: Event, places: Places) -> Training:
    day, now = date(event.year, 5, 1 + event.number), timezone.now()
    locked = {"submitted_by": places.maker, "submitted_at": now} if event.state != "recorded" else {}
    if event.state == "verified":
        locked |= {"verified_by": places.verifier, "verified_at": now}
    return Training(
        reference=f"ME-{event.year}-{900 + event.number}",
        course=places.courses[event.course],
        title="T",
        title_key="t",
        host=places.homes["ME"],
        owner=places.homes["ME"],
        country=places.country,
        language=places.language,
        starts_on=day,
        ends_on=day,
        counts_on=day,
        scheduled_minutes=event.scheduled,
        created_by=places.maker,
        sessions_held=sum(held for _m, held in event.sessions),
        completion_threshold=event.threshold,
        figures=event.state,
        cancelled_at=now if event.cancelled else None,
        **locked,
    )


def _write_event(event: Event, training: Training, people: list[Participant], places: Places) -> None:
    sessions = Session.objects.bulk_create(
        [
            Session(
                training=training, date=training.starts_on, minutes=m, cancelled_at=None if held else timezone.now()
            )
            for m, held in event.sessions
        ]
    )
    rostered, headcounted = {s.person.home for s in event.seats}, {c.home for c in event.counts}
    parties = {
        party.organisation_id: party
        for party in Party.objects.bulk_create(
            [
                Party(
                    training=training,
                    organisation=places.homes[home],
                    roster_key=uuid4() if home in rostered else None,
                    headcount_key=uuid4() if home in headcounted else None,
                )
                for home in sorted(rostered | headcounted)
            ]
        )
    }
    enrolments = Enrolment.objects.bulk_create(
        [
            Enrolment(
                training=training,
                participant=people[seat.person.number],
                organisation=places.homes[seat.person.home],
                party=None if seat.removed else parties[places.homes[seat.person.home].pk],
                removed_at=timezone.now() if seat.removed else None,
                rank_group=seat.group,
                minutes=event.minutes(seat),
                attended_sessions=event.attended(seat),
            )
            for seat in event.seats
        ]
    )
    Mark.objects.bulk_create(
        [
            Mark(enrolment=enrolment, session=session, value=mark)
            for enrolment, seat in zip(enrolments, event.seats, strict=True)
            for session, mark in zip(sessions, seat.marks, strict=True)
            if mark
        ]
    )
    Headcount.objects.bulk_create(
        [
            Headcount(
                party=parties[places.homes[c.home].pk],
                sex=c.sex,
                rank_group=c.group,
                attended=c.attended,
                completed=c.completed,
            )
            for c in event.counts
        ]
    )


def quick(answer: object) -> dict[str, int]:
    return dict(vars(answer).items())


# --- the properties ---

# Each example takes back what it wrote; the reference rows of the fixture stay.
per_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.slow
@per_example
@given(network=networks())
def test_every_figure_is_what_a_slow_count_says(places, network):
    with written(network, places) as (_people, trainings):
        for rule in RULES:
            empty = slow_figures(network, rule, [], [])
            assert quick(figures(Question(rule=rule))) == slow_cells(network, rule, "").get(0, empty)
            for dimension in BREAKDOWNS:
                names = {**places.keys, "training": trainings}.get(dimension, {})
                results = {
                    names.get(key, key): quick(row) for key, row in figures_by(Question(rule=rule), dimension).items()
                }
                visible = {key: row for key, row in results.items() if any(row.values())}
                assert visible == slow_cells(network, rule, dimension), dimension


@pytest.mark.slow
@per_example
@given(network=networks())
def test_once_per_course_and_first_time_are_what_a_slow_count_says(places, network):
    counting = sorted((e for e in network.events if e.counts_in_figures), key=lambda e: (e.year, e.number))
    completed = {(s.person.number, e.course) for e in counting for s in e.seats if e.meets(s, "completed")}
    first: dict[int, Event] = {}
    for event in counting:
        for seat in event.seats:
            if event.meets(seat, "attended"):
                first.setdefault(seat.person.number, event)
    with written(network, places):
        assert once_per_course(Question()) == len(completed)
        assert first_timers(Question()) == len(first)
        for code, course in places.courses.items():
            assert once_per_course(Question(course=course.pk)) == sum(c == code for _p, c in completed)
            assert first_timers(Question(course=course.pk)) == sum(event.course == code for event in first.values())
        assert first_timers(Question(first=date(2024, 1, 1))) == sum(event.year == 2024 for event in first.values())


def hidden_truth(network: Network, rule: str, random: Random) -> int:
    """One way it can really have been: the number of persons when every headcounted one gets an identity.

    Each is somebody new, somebody headcounted elsewhere or a named participant, of that home and sex and not
    already in that training. An open pair is randomly one person or two.
    """
    same = {p.number: p.number for p in network.people}
    sex_of = {p.number: p.sex for p in network.people}
    for a, b in network.pairs:
        group = [n for n in same if same[n] in (same[a], same[b])]
        if random.random() < 0.5 and len({sex_of[n] for n in group} - {"not_recorded"}) <= 1:
            for n in group:
                same[n] = same[a]
    # An identity: a named record's, or a new one beyond every number; its true home and sex.
    home = {same[p.number]: p.home for p in network.people}
    sex = {}
    for person in network.people:
        if person.sex != "not_recorded" or same[person.number] not in sex:
            sex[same[person.number]] = person.sex
    for identity, said in sex.items():
        if said == "not_recorded":
            sex[identity] = random.choice(SEXES[:3])
    there: set[int] = set()
    for event in network.events:
        if not event.counts_in_figures:
            continue
        inside = {same[s.person.number] for s in event.seats if not s.removed}
        there |= {same[s.person.number] for s in event.seats if event.meets(s, rule)}
        for count in event.counts:
            known = count.attended if rule == "attended" else count.completed
            persons = random.randint(0, count.attended) if known is None else known
            for _n in range(persons):
                true_sex = random.choice(SEXES[:3]) if count.sex == "not_recorded" else count.sex
                fits = [i for i in home if home[i] == count.home and sex[i] == true_sex and i not in inside]
                identity = random.choice(fits) if fits and random.random() < 0.8 else 1000 + len(home)
                home[identity], sex[identity] = count.home, true_sex
                inside.add(identity)
                there.add(identity)
    return len(there)


@pytest.mark.slow
@per_example
@given(network=networks(), seed=st.integers(0, 10_000))
def test_interval_holds_the_truth_whoever_the_headcounted_are(places, network, seed):
    with written(network, places):
        for rule in RULES:
            answer = figures(Question(rule=rule))
            for n in range(5):
                truth = hidden_truth(network, rule, Random(seed + n))
                assert answer.people_at_least <= truth <= answer.people_at_most


def test_control_slow_count_sees_a_wrong_figure(places):
    person = Person(0, "ME", "female")
    event = Event(
        0, "GA-1", 2024, "verified", False, 80, ((60, True),), (Seat(person, "nco", ("present",), False),), ()
    )
    network = Network((person,), (event,), ())
    with written(network, places):
        Enrolment.objects.update(attended_sessions=0)
        assert quick(figures(Question())) != slow_cells(network, "attended", "")[0]


def test_completion_is_reached_exactly_at_the_threshold(places):
    people = tuple(Person(n, "ME", "male") for n in range(3))
    sessions = tuple((minutes, True) for minutes in (480, 119, 1))
    seats = tuple(
        Seat(person, "nco", marks, False)
        for person, marks in zip(
            people, (("present", "", ""), ("", "late", "late"), ("late", "absent", "present")), strict=True
        )
    )
    network = Network(people, (Event(0, "GA-1", 2024, "verified", False, 80, sessions, seats, ()),), ())
    with written(network, places):
        completed = figures(Question(rule="completed"))
    assert (completed.seats, completed.minutes) == (2, 480 + 481)


def test_filters_narrow_what_is_counted(places):
    woman, man = Person(0, "ME", "female"), Person(1, "RS", "male")
    seats = (Seat(woman, "nco", ("present",), False), Seat(man, "senior_officer", ("present",), False))
    events = tuple(
        Event(n, course, year, state, False, 80, ((60, True),), seats, (Count("MK", "female", "nco", 4, None),))
        for n, (course, year, state) in enumerate(
            [("GA-1", 2023, "verified"), ("GPO", 2024, "submitted"), ("GPO", 2024, "recorded")]
        )
    )
    with written(Network((woman, man), events, ()), places) as (_people, trainings):
        pk = {n: pk for pk, n in trainings.items()}
        query = {
            Question(): 12, Question(verified_only=True): 6, Question(sex="female"): 10, Question(rank_group="nco"): 10,
            Question(organisation=places.homes["RS"].pk): 2, Question(course=places.courses["GPO"].pk): 6,
            Question(first=date(2024, 1, 1)): 6, Question(last=date(2023, 12, 31)): 6, Question(country="RS"): 0,
            Question(host=places.homes["ME"].pk): 12, Question(training=pk[2]): 0,
            Question(training=pk[2], whatever_state=True): 6, Question(rule="completed"): 4,
        }  # fmt: skip
        assert {question: figures(question).seats for question in query} == query
