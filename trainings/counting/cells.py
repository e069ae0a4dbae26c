"""One cell of a figure: the data gathered for it, and the resulting interval of people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from trainings.models import Sex

KNOWN_SEXES = (Sex.FEMALE, Sex.MALE, Sex.OTHER)
Pair = tuple[int, int]


@dataclass(frozen=True)
class Figures:
    """One answer. All are numbers of persons or seats, except `minutes` (of attendance) and `trainings`.

    `unknown_completed` are headcounted persons whose completion is unknown; `perhaps_twice` is how many fewer the named are
    if each open pair is one person. With the rule "once" a seat is a person in a course, and `headcounted` is not included
    in the seats.
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
        """Women / (women + men + other) of seats; None if nobody's sex is recorded."""
        known = self.women + self.men + self.other
        return self.women / known if known else None

    @property
    def verified_share(self) -> float | None:
        return self.verified_seats / self.seats if self.seats else None

    @property
    def is_interval(self) -> bool:
        return self.people_at_least != self.people_at_most


@dataclass
class Cell:
    """The data of one cell before the interval is calculated."""

    seats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    named: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    distinct: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sure_headcount: int = 0
    possible_headcount: int = 0
    unknown_completed: int = 0
    minutes: int = 0
    verified: int = 0
    trainings: set[int] = field(default_factory=set)
    # Certain persons in one training, by (training, sex): the named and the known headcount. Only for trainings with a
    # headcount or an open duplicate: for others it is never more than all the distinct.
    in_training: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    # How many fewer people there are if every open pair is one person: in total, by sex, by training, by both.
    merged: int = 0
    merged_by_sex: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    merged_in_training: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    merged_in_training_by_sex: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))

    def add_headcount(self, training: int, sex: str, attended: int, known: int | None) -> None:
        """Add one headcount; `known` are the persons who meet the rule, None if unknown."""
        if known is None:
            self.unknown_completed += attended
        self.possible_headcount += attended if known is None else known
        self.seats[sex] += known or 0
        self.sure_headcount += known or 0
        self.in_training[training, sex] += known or 0

    def at_least(self) -> int:
        """Return the largest of the lower bounds (a), (b) and (c) of the design."""
        by_training: dict[int, int] = defaultdict(int)
        best_of_sex: dict[str, int] = defaultdict(int)
        for (training, sex), persons in self.in_training.items():
            by_training[training] += persons
            sure = persons - self.merged_in_training_by_sex[training, sex]
            best_of_sex[sex] = max(best_of_sex[sex], sure)
        distinct = sum(self.distinct.values()) - self.merged
        one_training = max((n - self.merged_in_training[t] for t, n in by_training.items()), default=0)
        sexes = sum(max(best_of_sex[sex], self.distinct[sex] - self.merged_by_sex[sex]) for sex in KNOWN_SEXES)
        return max(distinct, one_training, sexes)

    def figures(self) -> Figures:
        return Figures(
            seats=sum(self.seats.values()),
            women=self.seats[Sex.FEMALE],
            men=self.seats[Sex.MALE],
            other=self.seats[Sex.OTHER],
            not_recorded=self.seats[Sex.NOT_RECORDED],
            named_seats=sum(self.named.values()),
            headcounted=self.sure_headcount,
            unknown_completed=self.unknown_completed,
            people_at_least=self.at_least(),
            people_at_most=sum(self.distinct.values()) + self.possible_headcount,
            perhaps_twice=self.merged,
            minutes=self.minutes,
            trainings=len(self.trainings),
            verified_seats=self.verified,
        )


def surplus(people: set[int], pairs: Iterable[Pair]) -> int:
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
