"""Participants of each training: invented people who return, are promoted, and are counted once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from common.folding import spelling
from common.scripts import is_cyrillic
from members.models import Rank, RankGroup
from portal.demo.cast import Cast
from portal.demo.deliveries import Delivery, Known
from portal.demo.names import Name, Names
from portal.demo.places import UNITS

WOMEN = {"BA": 0.34, "ME": 0.29, "MK": 0.36, "RS": 0.27}
WOMEN_ELSEWHERE = 0.3
COMES_AGAIN = 0.16
MOST_COURSES = 3
YEARS_TO_RISE = 4

_EVERYBODY = {"soldier": 32, "nco": 30, "junior_officer": 17, "senior_officer": 8, "civilian": 9, "cadet": 4}
_AUDIENCES: dict[str, dict[str, int]] = {
    "GA-2": {"nco": 55, "junior_officer": 33, "senior_officer": 12},
    "GPO": {"junior_officer": 48, "senior_officer": 45, "civilian": 7},
    "GFP": {"nco": 28, "junior_officer": 30, "senior_officer": 22, "civilian": 20},
    "GAD": {"junior_officer": 40, "senior_officer": 48, "civilian": 12},
    "GTOT": {"nco": 25, "junior_officer": 40, "senior_officer": 25, "civilian": 10},
    "PDT": {"soldier": 45, "nco": 33, "junior_officer": 17, "senior_officer": 5},
    "GCP": {"senior_officer": 75, "general": 17, "civilian": 8},
}
# Ranks of guests, for whose countries the portal keeps no table, from the lowest up.
_ELSEWHERE = (
    ("OR-5", "Sergeant", "nco"), ("OR-6", "Staff Sergeant", "nco"), ("OR-8", "Warrant Officer", "nco"),
    ("OF-1", "Lieutenant", "junior_officer"), ("OF-2", "Captain", "junior_officer"),
    ("OF-3", "Major", "senior_officer"), ("OF-4", "Lieutenant Colonel", "senior_officer"),
    ("OF-5", "Colonel", "senior_officer"),
)  # fmt: skip
# For each group: the age on the lowest step of its ladder, and years that a step takes.
_AGES = {
    "cadet": (19, 0), "soldier": (19, 1), "nco": (18, 2), "junior_officer": (23, 2), "senior_officer": (26, 3),
    "general": (30, 3),
}  # fmt: skip
_AGE_BANDS = ((25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a roster shows beside a name: the rank, in either script, and its group."""

    group: str
    rank: Rank | None = None
    words: str = ""
    other_words: str = ""
    nato: str = ""


CIVILIAN, CADET = Standing("civilian"), Standing("cadet", words="kadet", other_words="кадет")


@dataclass(slots=True)
class Person:
    """A future participant, and a career that rises one step in YEARS_TO_RISE years."""

    organisation: str
    name: Name
    sex: str
    career: list[Standing]
    step: int
    first_day: date
    unit: str
    born: int
    trainer: str = ""
    courses: list[str] = field(default_factory=list)
    always_comes: bool = False
    pk: int = 0

    def standing(self, day: date) -> Standing:
        """Return the rank on that day."""
        risen = max(0, day.year - self.first_day.year) // YEARS_TO_RISE
        return self.career[min(self.step + risen, len(self.career) - 1)]

    def age_band(self, day: date) -> str:
        age = day.year - self.born
        return next((band for limit, band in _AGE_BANDS if age < limit), "55+")


class Careers:
    """The ladders of each country, from the lowest rank up."""

    def __init__(self) -> None:
        self._ladders: dict[tuple[str, str], list[Standing]] = defaultdict(list)
        for rank in Rank.objects.order_by("-pk"):
            ladder = "officer" if rank.nato.startswith("OF") else "enlisted"
            self._ladders[rank.country_id, ladder].append(
                Standing(rank.group, rank, rank.name, rank.other_script, rank.nato)
            )
        for nato, words, group in _ELSEWHERE:
            ladder = "officer" if nato.startswith("OF") else "enlisted"
            self._ladders["", ladder].append(Standing(group, None, words, words, nato))

    def of(self, country: str, ladder: str) -> list[Standing]:
        return self._ladders.get((country, ladder)) or self._ladders["", ladder]

    def begin(self, rng: Random, country: str, group: str) -> tuple[list[Standing], int]:
        """Return a career for somebody who is now in that group, and the step they stand on."""
        if group == RankGroup.CIVILIAN:
            return [CIVILIAN], 0
        if group == RankGroup.CADET:
            return [CADET, *self.of(country, "officer")[:3]], 0
        ladder = self.of(country, "officer" if "officer" in group or group == "general" else "enlisted")
        steps = [n for n, standing in enumerate(ladder) if standing.group == group] or [0]
        top = steps[-1] + 1 if group in ("senior_officer", "general") else len(ladder) - 4
        return ladder[: max(top, steps[-1] + 1)], rng.choice(steps)

    def known(self, known: Known) -> tuple[list[Standing], int]:
        """Return the career of somebody whom the story gives a rank code."""
        ladder = self.of(known.organisation, "officer" if known.nato.startswith("OF") else "enlisted")
        return ladder, next((n for n, standing in enumerate(ladder) if standing.nato == known.nato), 0)

    def trainee(self, rank: Rank | None) -> tuple[list[Standing], int]:
        """Return the career of a trainer: when they were trained they stood two steps below today's rank."""
        if rank is None:
            return [CIVILIAN], 0
        ladder = [
            standing
            for standing in self.of(rank.country_id, "officer" if rank.nato.startswith("OF") else "enlisted")
            if standing.group != RankGroup.SOLDIER
        ]
        today = next(n for n, standing in enumerate(ladder) if standing.rank == rank)
        return ladder, max(0, today - 2)


class Rosters:
    """Fills trainings with people in the order in which the story tells them."""

    def __init__(self, cast: Cast) -> None:
        self.rng = Random("mreza people")
        self.people: list[Person] = []
        self.pairs: list[tuple[Person, Person]] = []
        self._cast = cast
        self._careers = Careers()
        self.names = Names(self.rng)
        self._of: dict[str, list[Person]] = defaultdict(list)
        self._women: Counter[str] = Counter()

    def fill(self, deliveries: Iterable[Delivery]) -> list[list[Person]]:
        """Return the people of each training, in roster order."""
        deliveries = list(deliveries)
        for delivery in deliveries:
            for known in delivery.known:
                self.names.reserve(known.organisation, Name(known.given_name, known.family_name))
        filled = [self._sit(delivery) for delivery in deliveries]
        self._meet_twice(deliveries, filled)
        return filled

    def _sit(self, delivery: Delivery) -> list[Person]:
        people = [self._named(known, delivery) for known in delivery.known]
        seated = set(map(id, people))
        for organisation, number in delivery.rosters.items():
            for _seat in range(number):
                person = self._comes_again(organisation, delivery, seated) or self._new(organisation, delivery)
                person.courses.append(delivery.course)
                seated.add(id(person))
                people.append(person)
        return people

    def _comes_again(self, organisation: str, delivery: Delivery, seated: set[int]) -> Person | None:
        """Return, for some seats, somebody of that organisation who has not yet had this course and still fits."""
        earlier = self._of[organisation]
        if len(earlier) < 10 or self.rng.random() > COMES_AGAIN:
            return None
        audience = _AUDIENCES.get(delivery.course, _EVERYBODY)
        for person in self.rng.choices(earlier, k=6):
            fits = person.standing(delivery.starts_on).group in audience and person.first_day <= delivery.starts_on
            fresh = delivery.course not in person.courses and len(person.courses) < MOST_COURSES
            if fits and fresh and id(person) not in seated:
                return person
        return None

    def _new(self, organisation: str, delivery: Delivery) -> Person:
        audience = _AUDIENCES.get(delivery.course, _EVERYBODY)
        group = self.rng.choices(list(audience), list(audience.values()))[0]
        career, step = self._careers.begin(self.rng, organisation, group)
        sex = self._next_sex(organisation)
        person = Person(
            organisation=organisation,
            name=self.names.draw(organisation, "female" if sex == "female" else "male"),
            sex=self._as_recorded(sex),
            career=career,
            step=step,
            first_day=delivery.starts_on,
            unit=self.rng.choice(UNITS[organisation]),
            born=delivery.starts_on.year - self._age(group, step),
        )
        self.people.append(person)
        self._of[organisation].append(person)
        return person

    def _next_sex(self, organisation: str) -> str:
        """Draw a sex so that the share of women stays close to the organisation's."""
        share, number = WOMEN.get(organisation, WOMEN_ELSEWHERE), len(self._of[organisation])
        lacking = share * number - self._women[organisation]
        is_woman = self.rng.random() < share + lacking / 6
        self._women[organisation] += is_woman
        return "female" if is_woman else "male"

    def _as_recorded(self, sex: str) -> str:
        draw = self.rng.random()
        return "not_recorded" if draw < 0.011 else "other" if draw < 0.012 else sex

    def _age(self, group: str, step: int) -> int:
        if group == RankGroup.CIVILIAN:
            return self.rng.randint(26, 58)
        youngest, years_a_step = _AGES[group]
        return youngest + years_a_step * step + self.rng.randint(0, 6)

    def _named(self, known: Known, delivery: Delivery) -> Person:
        if known.trainer:
            career, step = self._careers.trainee(self._cast.trainers[known.trainer].rank)
        else:
            career, step = self._careers.known(known)
        person = Person(
            organisation=known.organisation,
            name=Name(known.given_name, known.family_name),
            sex=known.sex,
            career=career,
            step=step,
            first_day=delivery.starts_on,
            unit=self.rng.choice(UNITS[known.organisation]),
            born=delivery.starts_on.year - self.rng.randint(27, 44),
            trainer=known.trainer,
            courses=[delivery.course],
        )
        self.people.append(person)
        return person

    def _meet_twice(self, deliveries: list[Delivery], filled: list[list[Person]]) -> None:
        """Let five people stand on two rosters in two scripts, as two records: the open pairs of duplicates."""
        once: dict[str, list[Person]] = defaultdict(list)
        for delivery, people in zip(deliveries, filled, strict=True):
            if delivery.state == "verified" and len(people) < 60:
                for person in people:
                    if len(person.courses) == 1 and not person.trainer and person.sex in WOMEN_AND_MEN:
                        once[person.organisation].append(person)
        for organisation, number in (("BA", 1), ("ME", 1), ("MK", 1), ("RS", 2)):
            candidates = once[organisation]
            for n in range(number):
                first = _with_two_spellings(candidates[20 + 40 * n :])
                second = next(p for p in candidates[120 + 40 * n :] if p.sex == first.sex)
                second.name = first.name.in_other_script()
                first.always_comes = second.always_comes = True
                self.pairs.append((first, second))


WOMEN_AND_MEN = ("female", "male")


def _with_two_spellings(people: list[Person]) -> Person:
    """Return the first whose name has one spelling key in both scripts, so that the portal itself finds the pair."""
    for person in people:
        here, there = person.name, person.name.in_other_script()
        is_whole = is_cyrillic(there.family_name) != is_cyrillic(here.family_name) and not _is_mixed(
            there.family_name + there.given_name
        )
        if is_whole and spelling(f"{here.family_name} {here.given_name}") == spelling(
            f"{there.family_name} {there.given_name}"
        ):
            return person
    raise LookupError("Nobody's name has one spelling key in both scripts.")


def _is_mixed(text: str) -> bool:
    return len({is_cyrillic(letter) for letter in text if letter.isalpha()}) > 1
