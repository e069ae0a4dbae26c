"""The small-cell rule for people counted over sets of trainings that may contain each other."""

from collections.abc import Iterable
from dataclasses import dataclass

from trainings.counting.parts import Gathering
from trainings.disclosure.small_cells import differ_by_few, is_small
from trainings.disclosure.tables import needs_suppression

Trainings = frozenset[int]


@dataclass(frozen=True)
class People:
    """People reached, as an interval; None is hidden. Without `most` the interval is open by fewer than five."""

    least: int | None
    most: int | None

    @property
    def is_interval(self) -> bool:
        return self.most is not None and self.least != self.most


HIDDEN = People(None, None)


def count_people(gathered: Gathering, trainings: Trainings) -> People:
    """Count the people of one set of trainings. No query."""
    figures = gathered.figures((training,) for training in trainings)
    return People(figures.people_at_least, figures.people_at_most)


def people_of_sets(gathered: Gathering, sets: Iterable[Trainings]) -> dict[Trainings, People]:
    """Count the people of each set of trainings, for readers who may see the names behind every number."""
    return {trainings: count_people(gathered, trainings) for trainings in set(sets)}


def suppressed_people_of_sets(gathered: Gathering, sets: Iterable[Trainings]) -> dict[Trainings, People]:
    """Count the people of each set of trainings, for readers who may not see names.

    A number is hidden if it is small, or if subtracting it from that of a larger set with all of the same trainings would
    reveal a small number. Sets that only overlap reveal nothing: their people are not sums of each other's.
    """
    people_by_set: dict[Trainings, People] = {}
    for trainings in sorted(set(sets), key=lambda some: (-len(some), sorted(some))):
        figures = gathered.figures((training,) for training in trainings)
        people = People(figures.people_at_least, figures.people_at_most)
        around = [other for some, other in people_by_set.items() if trainings < some and other != HIDDEN]
        if needs_suppression(figures) or any(_tells(other, people) for other in around):
            people_by_set[trainings] = HIDDEN
            continue
        gap = figures.people_at_most - figures.people_at_least
        people_by_set[trainings] = People(people.least, None if is_small(gap) else people.most)
    return people_by_set


def _tells(larger: People, smaller: People) -> bool:
    """Whether subtracting the two gives 1 to 4 people."""
    return differ_by_few(larger.least, smaller.least) or differ_by_few(larger.most, smaller.most)
