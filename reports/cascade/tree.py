"""Builds the tree of the cascade: from each train-the-trainer course, generation by generation. No query."""

from dataclasses import dataclass, field
from datetime import date

from reports.cascade.data import Graduate, Traces
from reports.trainers.deliveries import months_before


@dataclass(frozen=True)
class Grown:
    """A trainer in the tree: since when, through which training, and which trainings they have delivered since."""

    profile: int
    since: date
    through: int
    delivered: frozenset[int]


@dataclass(frozen=True)
class Generation:
    """Trainers, and the trainings delivered by them but by no earlier generation."""

    trainers: tuple[Grown, ...]
    trainings: frozenset[int]


@dataclass(frozen=True)
class Cohort:
    """One train-the-trainer course and its results. `graduates` excludes people who had already completed an earlier one."""

    training: int
    ended: date
    graduates: frozenset[Graduate] = frozenset()
    unnamed: int = 0
    generations: tuple[Generation, ...] = ()
    ends: dict[int, date] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """The number of graduates here, by name and by headcount."""
        return len(self.graduates) + self.unnamed

    @property
    def trainings(self) -> frozenset[int]:
        """The trainings of all generations, each once."""
        return frozenset().union(*(generation.trainings for generation in self.generations))

    def limit(self, months: int) -> date:
        """The last day within this number of months after the course's end."""
        return months_before(self.ended, -months)

    def within(self, months: int) -> frozenset[int]:
        """The trainings of all generations within this number of months after the course's end."""
        return frozenset(training for training in self.trainings if self.ends[training] <= self.limit(months))


def grow(traces: Traces) -> list[Cohort]:
    """Return the cohorts, earliest first."""
    graduated: dict[Graduate, int] = {}
    for maker in traces.makers:
        for graduate in traces.completed[maker]:
            graduated.setdefault(graduate, maker)
    became = {
        profile: traces.ends[graduated["trainer", profile]] if ("trainer", profile) in graduated else day
        for profile, day in traces.certified.items()
    }
    cohorts = []
    for maker in traces.makers:
        graduates = frozenset(graduate for graduate, course in graduated.items() if course == maker)
        first = {key: (traces.ends[maker], maker) for kind, key in graduates if kind == "trainer"}
        generations = tuple(_generations(traces, became, first))
        cohorts.append(
            Cohort(maker, traces.ends[maker], graduates, traces.unnamed.get(maker, 0), generations, traces.ends)
        )
    return cohorts


def _generations(
    traces: Traces, became: dict[int, date | None], trainers: dict[int, tuple[date, int]]
) -> list[Generation]:
    """Return the generations that start with these trainers, who are given with their start day and training."""
    generations: list[Generation] = []
    known, seen = set(trainers), set[int]()
    while trainers:
        grown = tuple(
            Grown(
                profile,
                since,
                through,
                frozenset(training for training in traces.taught[profile] if traces.ends[training] > since),
            )
            for profile, (since, through) in sorted(trainers.items())
        )
        fresh = frozenset().union(*(trainer.delivered for trainer in grown)) - seen
        generations.append(Generation(grown, fresh))
        seen |= fresh
        trainers = _became_trainers(traces, became, fresh, known)
        known |= set(trainers)
    return generations


def _became_trainers(
    traces: Traces, became: dict[int, date | None], trainings: frozenset[int], known: set[int]
) -> dict[int, tuple[date, int]]:
    """Return who became a trainer after attending one of these trainings: by profile, since when and through which.

    That is the last of the trainings before they became a trainer, or the first where that day is not known.
    """
    new_trainers: dict[int, tuple[date, int]] = {}
    for profile, attended in traces.attended.items():
        day = became.get(profile)
        there = [
            (traces.ends[training], training)
            for training in attended & trainings
            if day is None or traces.ends[training] <= day
        ]
        if there and profile not in known:
            new_trainers[profile] = (day, max(there)[1]) if day else min(there)
    return new_trainers
