"""The cascade as one reader may see it.

Trainers are members, and any member may see their names; graduates and participants without a trainer profile are only counted. The number of
people reached follows the small-cell rule: see `trainings.disclosure.training_sets`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from members.models import Member
from reports.cascade.data import all_profiles, makers_of_trainers, read_traces
from reports.cascade.tree import Cohort, Generation, Grown, grow
from reports.trainers.deliveries import OfTrainer, is_current
from trainers.models import TrainerProfile
from trainings.access import keeps
from trainings.counting import Question
from trainings.counting.gathering import gather
from trainings.counting.parts import Gathering
from trainings.disclosure.small_cells import suppress_beside_named
from trainings.disclosure.training_sets import (
    HIDDEN,
    People,
    Trainings,
    count_people,
    people_of_sets,
    suppressed_people_of_sets,
)
from trainings.models import Training

AFTER = (12, 24)


@dataclass(frozen=True)
class ShownTrainer(OfTrainer):
    """A trainer in the tree. `people` only for readers who see every number; `url` is empty for former trainers."""

    grown: Grown
    profile: TrainerProfile
    last: date | None
    people: People | None

    @property
    def delivered(self) -> int:
        return len(self.grown.delivered)

    @property
    def first_day(self) -> date:
        """The first day whose trainings count for this trainer here."""
        return self.grown.since + timedelta(days=1)


@dataclass(frozen=True)
class ShownGeneration:
    """One generation: its trainers by the training they came through, their own deliveries, and the next generation."""

    number: int
    through: tuple[tuple[Training, tuple[ShownTrainer, ...]], ...]
    trainers: int
    trainings: int
    people: People | None
    # Its trainings that made trainers in turn, each with its number of graduates; None is hidden.
    makers: tuple[tuple[Training, int | None], ...]
    after: "ShownGeneration | None"


@dataclass(frozen=True)
class After:
    """Reach a number of months after the end, if that day has passed: people, and people per graduate (None is hidden)."""

    months: int
    has_passed: bool
    people: People = HIDDEN
    for_each: float | None = None


@dataclass(frozen=True)
class ShownCohort:
    """One train-the-trainer course as a reader sees it; `graduates` is None where hidden."""

    training: Training
    graduates: int | None
    trainers: int
    trainings: int
    people: People
    after: tuple[After, ...]
    first: ShownGeneration | None

    @property
    def is_followed(self) -> bool:
        """Whether any of its graduates is linked to a trainer of the portal."""
        return self.trainers > 0


@dataclass(frozen=True)
class ShownCascade:
    """All cohorts, and the active trainers without a delivery for twelve months, most recent delivery first."""

    cohorts: tuple[ShownCohort, ...]
    not_current: tuple[tuple[TrainerProfile, date | None], ...]
    # The largest number of trainings that one trainer has delivered since becoming one.
    most_of_one: int


def graduates_shown(cohort: Cohort, *, whole: bool) -> int | None:
    """Return the number of graduates, or None if it or the remainder next to the named trainers is small."""
    named = sum(kind == "trainer" for kind, _key in cohort.graduates)
    return cohort.size if whole else suppress_beside_named(cohort.size, named)


def show_cascade(reader: Member, *, own: bool, today: date) -> ShownCascade:
    """Return the cascade for a reader; with `own`, for people of their organisation only, with every number.

    The caller checks that they may see it: see access.sees_whole. Eight queries.
    """
    makers, profiles = list(makers_of_trainers()), list(all_profiles())
    traces = read_traces(makers, profiles)
    cohorts = grow(traces)
    gathered = gather(Question(organisation=reader.organisation_id if own else None), ("training",))
    wanted = [
        trainings
        for cohort in cohorts
        for trainings in (
            cohort.trainings,
            *(cohort.within(months) for months in AFTER if today > cohort.limit(months)),
        )
    ]
    people = (people_of_sets if own else suppressed_people_of_sets)(gathered, wanted)
    last = {pk: max((traces.ends[t] for t in taught), default=None) for pk, taught in traces.taught.items()}
    through = {trainer.through for c in cohorts for generation in c.generations for trainer in generation.trainers}
    making = _Making(
        people,
        gathered if own else None,
        {profile.pk: profile for profile in profiles},
        last,
        today,
        Training.objects.select_related("country").in_bulk(through),
        {t.pk: (t, graduates_shown(c, whole=keeps(reader, t))) for c, t in zip(cohorts, makers, strict=True)},
    )
    shown_cohorts = tuple(making.cohort(cohort) for cohort in cohorts)
    idle = [(p, last.get(p.pk)) for p in profiles if p.member.is_active and not is_current(last.get(p.pk), today)]
    idle.sort(key=lambda entry: entry[1] or date.min, reverse=True)
    most = max((len(t.delivered) for c in cohorts for g in c.generations for t in g.trainers), default=0)
    return ShownCascade(shown_cohorts, tuple(idle), most)


@dataclass(frozen=True)
class _Making:
    """Builds `ShownCohort` objects. `whole` is set only for readers who see every number."""

    people: dict[Trainings, People]
    whole: Gathering | None
    profiles: dict[int, TrainerProfile]
    last: dict[int, date | None]
    today: date
    trainings: dict[int, Training]
    graduates: dict[int, tuple[Training, int | None]]

    def cohort(self, cohort: Cohort) -> ShownCohort:
        training, graduates = self.graduates[cohort.training]
        return ShownCohort(
            training=training,
            graduates=graduates,
            trainings=len(cohort.trainings),
            people=self.people[cohort.trainings],
            trainers=len(cohort.generations[0].trainers) if cohort.generations else 0,
            after=tuple(self._after(cohort, months, graduates) for months in AFTER),
            first=self._generation(cohort.generations, 0),
        )

    def _after(self, cohort: Cohort, months: int, graduates: int | None) -> After:
        if self.today <= cohort.limit(months):
            return After(months, has_passed=False)
        people = self.people[cohort.within(months)]
        # With one ministry's people there is no divisor: graduates are not known by ministry.
        known = people.least is not None and graduates and self.whole is None
        return After(months, True, people, people.least / graduates if known else None)  # type: ignore[operator]  # known

    def _generation(self, generations: tuple[Generation, ...], place: int) -> ShownGeneration | None:
        """Return a generation with all its descendants, recursively; there are few."""
        if place == len(generations):
            return None
        generation = generations[place]
        trainers = [self._trainer(grown) for grown in generation.trainers]
        ways = sorted({trainer.grown.through for trainer in trainers}, key=lambda way: self.trainings[way].counts_on)
        through = tuple(
            (self.trainings[way], _by_deliveries(trainer for trainer in trainers if trainer.grown.through == way))
            for way in ways
        )
        return ShownGeneration(
            place + 1,
            through,
            len(trainers),
            len(generation.trainings),
            self._count(generation.trainings),
            tuple(made for maker, made in self.graduates.items() if maker in generation.trainings),
            self._generation(generations, place + 1),
        )

    def _trainer(self, grown: Grown) -> ShownTrainer:
        return ShownTrainer(
            grown, self.profiles[grown.profile], self.last.get(grown.profile), self._count(grown.delivered)
        )

    def _count(self, trainings: Trainings) -> People | None:
        return count_people(self.whole, trainings) if self.whole else None


def _by_deliveries(trainers: Iterable[ShownTrainer]) -> tuple[ShownTrainer, ...]:
    """Return trainers with the most deliveries first."""
    return tuple(sorted(trainers, key=lambda trainer: (-trainer.delivered, trainer.profile.name_key)))
