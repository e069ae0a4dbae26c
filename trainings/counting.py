"""How every figure is counted: one module for pages, reports, exports and the command line.

The rules are those of the design, "How a figure is counted". Seats are sums; people are an interval: headcounts have no
names and open duplicates may be one person, so the truth lies between *at least* and *at most*, both of them counts of
persons. Minutes are whole minutes, hours are minutes / 60.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractYear

from trainings.models import DuplicatePair, Enrolment, Headcount, Sex, Training

Rule = Literal["attended", "completed"]
KNOWN_SEXES = (Sex.FEMALE, Sex.MALE, Sex.OTHER)
COUNTING = (Training.Figures.SUBMITTED, Training.Figures.VERIFIED)

# Each breakdown: where it stands for an enrolment and for a headcount.
DIMENSIONS: dict[str, tuple[Any, Any]] = {
    "organisation": (F("organisation"), F("party__organisation")),
    "host": (F("training__host"), F("party__training__host")),
    "country": (F("training__country"), F("party__training__country")),
    "course": (F("training__course"), F("party__training__course")),
    "training": (F("training"), F("party__training")),
    "year": (ExtractYear("training__counts_on"), ExtractYear("party__training__counts_on")),
    "sex": (F("participant__sex"), F("sex")),
    "rank_group": (F("rank_group"), F("rank_group")),
}


@dataclass(frozen=True)
class Question:
    """What is asked. Ids are primary keys; an empty field asks for everything.

    `training` asks for one training; with `whatever_state` it is counted before submission too, but never if cancelled.
    """

    rule: Rule = "attended"
    first: date | None = None
    last: date | None = None
    training: int | None = None
    host: int | None = None
    organisation: int | None = None
    country: str | None = None
    course: int | None = None
    sex: str | None = None
    rank_group: str | None = None
    verified_only: bool = False
    whatever_state: bool = False


@dataclass(frozen=True)
class Figures:
    """One answer. All are numbers of persons or seats, except `minutes` (of attendance) and `trainings`.

    `unknown_completed` are headcounted persons of whom it is not known whether they completed; `perhaps_twice` are how many
    fewer the named are if each open pair of records is one person.
    """

    seats: int = 0
    women: int = 0
    men: int = 0
    other: int = 0
    not_recorded: int = 0
    named_seats: int = 0
    headcounted: int = 0
    unknown_completed: int = 0
    people_at_least: int = 0
    people_at_most: int = 0
    perhaps_twice: int = 0
    minutes: int = 0
    trainings: int = 0
    verified_seats: int = 0

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def women_share(self) -> float | None:
        """Women / (women + men + other) of seats; None where nobody's sex is recorded."""
        known = self.women + self.men + self.other
        return self.women / known if known else None

    @property
    def verified_share(self) -> float | None:
        return self.verified_seats / self.seats if self.seats else None

    @property
    def is_interval(self) -> bool:
        return self.people_at_least != self.people_at_most


def _training_filter(question: Question, path: str) -> Q:
    """The part of a question that speaks of trainings, for rows that reach the training by `path`."""
    wanted = Q(**{f"{path}cancelled_at": None})
    if not question.whatever_state:
        states = [Training.Figures.VERIFIED] if question.verified_only else list(COUNTING)
        wanted &= Q(**{f"{path}figures__in": states})
    if question.first:
        wanted &= Q(**{f"{path}counts_on__gte": question.first})
    if question.last:
        wanted &= Q(**{f"{path}counts_on__lte": question.last})
    for name in ("host", "country", "course"):
        if (value := getattr(question, name)) is not None:
            wanted &= Q(**{f"{path}{name}": value})
    if question.training is not None:
        wanted &= Q(**{f"{path.removesuffix('__') if path else 'pk'}": question.training})
    return wanted


def counted_enrolments(question: Question) -> QuerySet[Enrolment]:
    """Return the enrolments that meet the rule in the trainings asked for: the named seats."""
    found = Enrolment.objects.filter(_training_filter(question, "training__"), removed_at=None, attended_sessions__gt=0)
    if question.rule == "completed":
        found = found.alias(
            reached=100 * F("minutes") - F("training__completion_threshold") * F("training__scheduled_minutes")
        ).filter(reached__gte=0)
    if question.organisation is not None:
        found = found.filter(organisation=question.organisation)
    if question.sex is not None:
        found = found.filter(participant__sex=question.sex)
    if question.rank_group is not None:
        found = found.filter(rank_group=question.rank_group)
    return found.order_by()


def counted_headcounts(question: Question) -> QuerySet[Headcount]:
    """Return the headcounts in the trainings asked for, whatever the rule."""
    found = Headcount.objects.filter(_training_filter(question, "party__training__"))
    if question.organisation is not None:
        found = found.filter(party__organisation=question.organisation)
    if question.sex is not None:
        found = found.filter(sex=question.sex)
    if question.rank_group is not None:
        found = found.filter(rank_group=question.rank_group)
    return found.order_by()


@dataclass
class _Cell:
    """What is gathered for one cell before the interval is worked out."""

    seats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    named: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    distinct: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sure_headcount: int = 0
    possible_headcount: int = 0
    unknown_completed: int = 0
    minutes: int = 0
    verified: int = 0
    trainings: set[int] = field(default_factory=set)
    # Persons for sure in one training, by (training, sex): the named and the sure headcount.
    in_training: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    # How many records fewer there are if every open pair is one person: of all, by sex, by training, by both.
    merged: int = 0
    merged_by_sex: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    merged_in_training: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    merged_in_training_by_sex: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))


def _surplus(people: set[int], pairs: Iterable[tuple[int, int]]) -> int:
    """Return how many fewer persons there are if each pair within `people` is one person."""
    parent: dict[int, int] = {}

    def root(person: int) -> int:
        while parent.get(person, person) != person:
            person = parent[person]
        return person

    joined = 0
    for first, second in pairs:
        if first in people and second in people:
            a, b = root(first), root(second)
            if a != b:
                parent[a] = b
                joined += 1
    return joined


def _gather_named(cells: dict[Hashable, _Cell], rows: QuerySet[Any]) -> None:
    for row in rows.values("cell", "participant__sex", "training", "training__figures").annotate(
        n=Count("pk"), minutes_sum=Sum("minutes")
    ):
        cell, sex = cells[row["cell"]], row["participant__sex"]
        cell.seats[sex] += row["n"]
        cell.named[sex] += row["n"]
        cell.minutes += row["minutes_sum"] or 0
        cell.trainings.add(row["training"])
        cell.in_training[row["training"], sex] += row["n"]
        if row["training__figures"] == Training.Figures.VERIFIED:
            cell.verified += row["n"]
    for row in rows.values("cell", "participant__sex").annotate(n=Count("participant", distinct=True)):
        cells[row["cell"]].distinct[row["participant__sex"]] = row["n"]


def _add_headcount(cell: _Cell, training: int, sex: str, attended: int, known: int | None) -> None:
    """Add one headcount; `known` are the persons who meet the rule, None where that is not known."""
    if known is None:
        cell.unknown_completed += attended
    cell.possible_headcount += attended if known is None else known
    cell.seats[sex] += known or 0
    cell.sure_headcount += known or 0
    cell.in_training[training, sex] += known or 0


def _gather_headcounts(cells: dict[Hashable, _Cell], rows: QuerySet[Any], rule: Rule) -> None:
    for row in rows.values(
        "cell", "sex", "attended", "completed", "party__training", "party__training__figures",
        scheduled=F("party__training__scheduled_minutes"),
    ):  # fmt: skip
        cell, training = cells[row["cell"]], row["party__training"]
        known = row["attended"] if rule == "attended" else row["completed"]
        _add_headcount(cell, training, row["sex"], row["attended"], known)
        if not known:
            continue
        cell.minutes += known * row["scheduled"]
        cell.trainings.add(training)
        if row["party__training__figures"] == Training.Figures.VERIFIED:
            cell.verified += known


def _gather_duplicates(cells: dict[Hashable, _Cell], rows: QuerySet[Any]) -> None:
    """Note for each cell how much smaller it is if open pairs are one person. Two queries; pairs are few."""
    pairs = list(DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN).values_list("first", "second"))
    if not pairs:
        return
    suspects = {person for pair in pairs for person in pair}
    seen: dict[tuple[Hashable, str | None, int | None], set[int]] = defaultdict(set)
    for cell, sex, training, person in rows.filter(participant__in=suspects).values_list(
        "cell", "participant__sex", "training", "participant"
    ):
        for key in ((cell, None, None), (cell, sex, None), (cell, None, training), (cell, sex, training)):
            seen[key].add(person)
    for (cell_key, sex_key, training_key), people in seen.items():
        surplus, cell_ = _surplus(people, pairs), cells[cell_key]
        if sex_key is None and training_key is None:
            cell_.merged = surplus
        elif training_key is None:
            cell_.merged_by_sex[str(sex_key)] = surplus
        elif sex_key is None:
            cell_.merged_in_training[training_key] = surplus
        else:
            cell_.merged_in_training_by_sex[training_key, sex_key] = surplus


def _at_least(cell: _Cell) -> int:
    """The largest of the lower bounds (a), (b) and (c) of the design."""
    by_training: dict[int, int] = defaultdict(int)
    best_of_sex: dict[str, int] = defaultdict(int)
    for (training, sex), persons in cell.in_training.items():
        by_training[training] += persons
        sure = persons - cell.merged_in_training_by_sex[training, sex]
        best_of_sex[sex] = max(best_of_sex[sex], sure)
    distinct = sum(cell.distinct.values()) - cell.merged
    one_training = max((n - cell.merged_in_training[t] for t, n in by_training.items()), default=0)
    sexes = sum(max(best_of_sex[sex], cell.distinct[sex] - cell.merged_by_sex[sex]) for sex in KNOWN_SEXES)
    return max(distinct, one_training, sexes)


def _answer(cell: _Cell) -> Figures:
    return Figures(
        seats=sum(cell.seats.values()),
        women=cell.seats[Sex.FEMALE],
        men=cell.seats[Sex.MALE],
        other=cell.seats[Sex.OTHER],
        not_recorded=cell.seats[Sex.NOT_RECORDED],
        named_seats=sum(cell.named.values()),
        headcounted=cell.sure_headcount,
        unknown_completed=cell.unknown_completed,
        people_at_least=_at_least(cell),
        people_at_most=sum(cell.distinct.values()) + cell.possible_headcount,
        perhaps_twice=cell.merged,
        minutes=cell.minutes,
        trainings=len(cell.trainings),
        verified_seats=cell.verified,
    )


def figures_by(question: Question, dimension: str) -> dict[Hashable, Figures]:
    """Answer the question broken down by one of DIMENSIONS; keys are ids, codes or years. Five queries at most.

    The parts of an interval need not add up to the whole: one person may stand in several parts.
    """
    of_enrolment, of_headcount = DIMENSIONS[dimension]
    return _figures(question, of_enrolment, of_headcount)


def figures(question: Question) -> Figures:
    """Answer the question as one total. Five queries at most."""
    everything = Case(When(pk__isnull=False, then=0), output_field=IntegerField())
    return _figures(question, everything, everything).get(0, Figures())


def _figures(question: Question, of_enrolment: Any, of_headcount: Any) -> dict[Hashable, Figures]:
    cells: dict[Hashable, _Cell] = defaultdict(_Cell)
    named = counted_enrolments(question).annotate(cell=of_enrolment)
    _gather_named(cells, named)
    _gather_headcounts(cells, counted_headcounts(question).annotate(cell=of_headcount), question.rule)
    _gather_duplicates(cells, named)
    return {key: _answer(cell) for key, cell in cells.items()}


def once_per_course(question: Question) -> int:
    """Return the number of distinct (participant, course) among the named who completed. One query."""
    completed = counted_enrolments(replace(question, rule="completed"))
    return completed.values("participant", "training__course").distinct().count()


def first_timers(question: Question) -> int:
    """Return how many of the named are here in their earliest counting training, whatever the question's filters.

    Earlier means an earlier last day, or the same day and the lower reference number of rows. One query.
    """
    earlier = Enrolment.objects.filter(
        _training_filter(Question(), "training__"),
        participant=OuterRef("participant"),
        removed_at=None,
        attended_sessions__gt=0,
    ).filter(
        Q(training__counts_on__lt=OuterRef("training__counts_on"))
        | Q(training__counts_on=OuterRef("training__counts_on"), training__lt=OuterRef("training"))
    )
    return counted_enrolments(question).filter(~Exists(earlier)).values("participant").distinct().count()


def with_seats(rows: QuerySet[Training]) -> QuerySet[Training]:
    """Give each training its `seats` by the attended rule. Subqueries, no query of their own."""
    named = (
        Enrolment.objects.filter(training=OuterRef("pk"), removed_at=None, attended_sessions__gt=0)
        .order_by()
        .values("training")
        .values(n=Count("pk"))
    )
    headcounted = (
        Headcount.objects.filter(party__training=OuterRef("pk"))
        .order_by()
        .values("party__training")
        .values(n=Sum("attended"))
    )
    return rows.annotate(seats=Coalesce(Subquery(named), 0) + Coalesce(Subquery(headcounted), 0))


def training_totals(training: Training) -> dict[str, Any]:
    """Return the figures of one training as plain numbers, by both rules, whether submitted or not. Two queries.

    `unmarked` are the marks not recorded: enrolled people times sessions held, less the marks there are.
    """
    enrolled = list(
        Enrolment.objects.filter(training=training, removed_at=None)
        .order_by()
        .values_list("participant", "participant__sex", "minutes", "attended_sessions", "recorded_sessions")
    )
    headcounts, pairs = _headcounts_and_pairs(training)
    return {
        "enrolled": len(enrolled),
        "unmarked": sum(max(training.sessions_held - recorded, 0) for *_rest, recorded in enrolled),
        "attended": asdict(_of_one_training(training, "attended", enrolled, headcounts, pairs)),
        "completed": asdict(_of_one_training(training, "completed", enrolled, headcounts, pairs)),
        "scheduled_minutes": training.scheduled_minutes,
        "completion_threshold": training.completion_threshold,
    }


def _headcounts_and_pairs(
    training: Training,
) -> tuple[list[tuple[str, int, int | None]], list[tuple[int, int]]]:
    """Return (sex, attended, completed) of each headcount, and the open pairs with one among its people. One query."""
    here = Enrolment.objects.filter(training=training, removed_at=None).order_by().values("participant")
    pair = "pair"
    pairs = DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN, first__in=here, second__in=here)
    counts = Headcount.objects.filter(party__training=training).order_by()
    rows = counts.values_list("sex", "attended", "completed").union(
        pairs.order_by().annotate(kind=Value(pair)).values_list("kind", "first", "second"), all=True
    )
    found: list[tuple[Any, Any, Any]] = list(rows)
    return (
        [(sex, attended, completed) for sex, attended, completed in found if sex != pair],
        [(first, second) for kind, first, second in found if kind == pair],
    )


def _of_one_training(
    training: Training,
    rule: Rule,
    enrolled: list[tuple[Any, ...]],
    headcounts: list[tuple[str, int, int | None]],
    pairs: list[tuple[int, int]],
) -> Figures:
    """Count one training from its rows, by the same cell as every other figure."""
    cell, people = _Cell(), defaultdict(set)
    needed = training.completion_threshold * training.scheduled_minutes
    if training.is_cancelled:
        return Figures()
    for person, sex, minutes, sessions, _recorded in enrolled:
        if sessions and (rule == "attended" or 100 * minutes >= needed):
            people[sex].add(person)
            cell.minutes += minutes
    for sex, there in people.items():
        cell.seats[sex] = cell.named[sex] = cell.distinct[sex] = cell.in_training[training.pk, sex] = len(there)
        cell.merged_by_sex[sex] = cell.merged_in_training_by_sex[training.pk, sex] = _surplus(there, pairs)
    everybody = set().union(*people.values())
    cell.merged = cell.merged_in_training[training.pk] = _surplus(everybody, pairs)
    for sex, attended, completed in headcounts:
        _add_headcount(cell, training.pk, sex, attended, completed if rule == "completed" else attended)
    known = [(c if rule == "completed" else a) or 0 for _sex, a, c in headcounts]
    cell.minutes += sum(known) * training.scheduled_minutes
    if everybody or any(known):
        cell.trainings.add(training.pk)
    if training.is_verified:
        cell.verified = sum(cell.seats.values())
    return _answer(cell)
