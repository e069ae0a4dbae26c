"""The numbers of a desk: how many gaps of each kind there are now, and how that has changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from members.models import Organisation
from reports.quality.history import pair_history, training_histories
from reports.quality.kinds import KINDS, PEOPLE_KINDS, TRAINING_KINDS, Kind, months_of, training_rule
from reports.quality.scope import Desk
from trainings.access import can_decide_duplicates, visible_pairs
from trainings.disclosure.small_cells import suppress_number, suppress_with_total
from trainings.models import DuplicatePair

DUPLICATES = Kind(
    "duplicates",
    _("Probably one person"),
    _(
        "Pairs of records of your own people that may be one person. Until you decide, people are counted as “at least” and “at most”."
    ),
    "pairs",
    is_of_moments=True,
)
QUARTER = 3


@dataclass(frozen=True)
class GapCount:
    """The number of gaps of a kind; None is hidden. `months` are twelve numbers, the last for this month so far.

    For kinds with `is_of_moments`, how many there were at the end of each month, the last one being now. For others, how many of the current gaps
    belong to each month; `elsewhere` belong to an earlier month, or to a planned training.
    """

    kind: Kind
    number: int | None
    months: tuple[int, ...] = ()

    @property
    def elsewhere(self) -> int:
        return (self.number or 0) - sum(self.months)

    @property
    def of_year(self) -> int:
        return sum(self.months)

    @property
    def of_quarter(self) -> int:
        return sum(self.months[-QUARTER:])

    @property
    def earlier(self) -> int:
        """The number about three months ago."""
        return self.months[-1 - QUARTER]

    @property
    def change(self) -> int:
        return (self.number or 0) - self.earlier

    @property
    def fewer(self) -> int:
        return -self.change


def count_own(desk: Desk) -> list[GapCount]:
    """Count every kind of a reader's own desk, in the order of KINDS. Eight queries at most, however many rows."""
    counts = _of_trainings(desk) | _of_people(desk) | {"headcounts": _by_month(_headcounts(desk), desk.today)}
    made = [GapCount(kind, *counts[kind.code]) for kind in KINDS.values()]
    if can_decide_duplicates(desk.member):
        number = desk.pairs.count()
        made.append(GapCount(DUPLICATES, number, (*pair_history(visible_pairs(desk.member), desk.today), number)))
    return made


def count_one(desk: Desk, kind: Kind, number: int) -> GapCount:
    """Return the twelve months of one kind whose number is known. Two queries at most."""
    if kind.rows == "trainings":
        return GapCount(kind, *_with_history(desk, {kind.code: number})[kind.code])
    if kind.rows == "people":
        return GapCount(kind, *_of_people(desk)[kind.code])
    return GapCount(kind, *_by_month(_headcounts(desk), desk.today))


Counted = tuple[int, tuple[int, ...]]


def _of_trainings(desk: Desk) -> dict[str, Counted]:
    rules = {code: Count("pk", filter=training_rule(code, desk.today)) for code in TRAINING_KINDS}
    return _with_history(desk, desk.trainings.order_by().aggregate(**rules))


def _with_history(desk: Desk, numbers: dict[str, int]) -> dict[str, Counted]:
    histories = training_histories(desk.trainings, desk.today)
    return {
        code: (number, (*histories[code], number) if KINDS[code].is_of_moments else histories[code])
        for code, number in numbers.items()
    }


def _of_people(desk: Desk) -> dict[str, Counted]:
    counts = _people_by(desk, TruncMonth("training__counts_on"))
    return {code: _by_month(counts[code], desk.today) for code in PEOPLE_KINDS}


def _people_by(desk: Desk, part: Combinable) -> dict[str, list[tuple[Any, int]]]:
    """Count the enrolments of each of PEOPLE_KINDS by a field of their training. One query.

    Each kind uses its own index: a single condition for both would read every enrolment.
    """
    each = [
        desk.of_people(code).order_by().values(part=part).annotate(n=Count("pk"), code=Value(code))
        for code in PEOPLE_KINDS
    ]
    counts: dict[str, list[tuple[Any, int]]] = {code: [] for code in PEOPLE_KINDS}
    for row in each[0].union(*each[1:], all=True):
        counts[row["code"]].append((row["part"], row["n"]))
    return counts


def _headcounts(desk: Desk) -> Iterable[tuple[date, int]]:
    by_month = desk.of_headcounts().order_by().values(month=TruncMonth("training__counts_on"))
    return by_month.annotate(n=Count("pk")).values_list("month", "n")


def _by_month(rows: Iterable[tuple[date, int]], today: date) -> Counted:
    numbers: Counter[date] = Counter()
    for month, number in rows:
        numbers[month] += number
    return sum(numbers.values()), tuple(numbers[month] for month in months_of(today))


@dataclass(frozen=True)
class Line:
    """The gaps of one owner by kind; None is hidden. `pairs` only says whether there are possible duplicates."""

    owner: Organisation
    numbers: dict[str, int | None]
    pairs: bool

    @property
    def is_clean(self) -> bool:
        return not self.pairs and not any(number != 0 for number in self.numbers.values())

    @cached_property
    def cells(self) -> list[tuple[Kind, int | None]]:
        return [(kind, self.numbers[kind.code]) for kind in KINDS.values()]


def count_network(desk: Desk) -> tuple[list[GapCount], list[Line]]:
    """Count gaps for the whole network and by owner, for readers who see no names. Seven queries.

    Numbers of people from 1 to 4 are hidden, and so is the total next to one. The number of pairs is shown to nobody.
    """
    counts = _by_owner(desk)
    twice = DuplicatePair.objects.filter(
        state=DuplicatePair.State.OPEN, first__merged_into=None, second__merged_into=None
    )
    with_pairs = set(twice.order_by().values_list("first__organisation", flat=True).distinct())
    may_keep = (Organisation.Kind.MINISTRY, Organisation.Kind.SECRETARIAT)
    lines = []
    for owner in Organisation.objects.filter(kind__in=may_keep):
        numbers = {code: counts[code][owner.pk] for code in KINDS}
        visible = {code: suppress_number(n) if code in PEOPLE_KINDS else n for code, n in numbers.items()}
        lines.append(Line(owner, visible, owner.pk in with_pairs))
    totals = {code: sum(counts[code].values()) for code in KINDS}
    counted = _with_history(desk, {code: totals[code] for code in TRAINING_KINDS})
    counted["headcounts"] = _by_month(_headcounts(desk), desk.today)
    made = [
        GapCount(kind, suppress_with_total(counts[code])[1]) if code in PEOPLE_KINDS else GapCount(kind, *counted[code])
        for code, kind in KINDS.items()
    ]
    return made, lines


def _by_owner(desk: Desk) -> dict[str, Counter[int]]:
    rules = {code: Count("pk", filter=training_rule(code, desk.today)) for code in TRAINING_KINDS}
    counts: dict[str, Counter[int]] = {code: Counter() for code in KINDS}
    for code, numbers in _people_by(desk, F("training__owner")).items():
        counts[code].update(dict(numbers))
    counted = desk.of_headcounts().order_by().values_list("training__owner").annotate(n=Count("pk"))
    counts["headcounts"].update(dict(counted))
    for owner, *numbers in desk.trainings.order_by().values("owner").annotate(**rules).values_list("owner", *rules):
        for code, number in zip(rules, numbers, strict=True):
            counts[code][owner] += number
    return counts
