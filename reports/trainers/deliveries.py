"""What each trainer delivered: trainings, hours, countries and latest date, with deployments and shared materials.

Data about trainings, profiles and posts only; nothing here is about the people trained.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _

from knowledge.access import readable_posts
from knowledge.models import Material, MaterialVersion
from members.models import Member
from trainers.models import TrainerProfile
from trainings.counting.question import Question, training_filter
from trainings.models import Assignment, Training

CURRENT_MONTHS = 12
Part = Assignment.Part


def months_before(day: date, months: int) -> date:
    """Return the same day a number of months earlier (later if negative); in shorter months, the last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in (day.day, 30, 29):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, 28)


def is_current(last: date | None, today: date) -> bool:
    """Whether the last delivery is within twelve months, excluding the same day a year ago."""
    return last is not None and last > months_before(today, CURRENT_MONTHS)


class OfTrainer:
    """A line about one trainer."""

    profile: TrainerProfile

    @property
    def name(self) -> str:
        return self.profile.member.full_name

    @property
    def ministry(self) -> str:
        return self.profile.member.organisation.short_name

    @property
    def is_active(self) -> bool:
        return self.profile.member.is_active


class Delivered:
    """Counts of trainings by part, and scheduled minutes."""

    lead: int
    co_trainer: int
    minutes: int

    @property
    def delivered(self) -> int:
        return self.lead + self.co_trainer

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass
class Taught(OfTrainer, Delivered):
    """One trainer and their deliveries in a period. `last` is the latest delivery ever; minutes are scheduled ones.

    `materials` counts the files they shared in the period that the reader may open: see `note_materials`. `countries` are names by code; online
    trainings have no country. Observers deliver nothing.
    """

    profile: TrainerProfile
    lead: int = 0
    co_trainer: int = 0
    observed: int = 0
    minutes: int = 0
    abroad: int = 0
    countries: dict[str, str] = field(default_factory=dict)
    trainings: set[int] = field(default_factory=set)
    last: date | None = None
    materials: int = 0

    @property
    def deployments(self) -> list[str]:
        """Deployments at any time, as written by the trainer."""
        return self.profile.deployment_lines

    @property
    def home(self) -> str:
        return self.profile.member.organisation.country_id

    @property
    def country_names(self) -> list[str]:
        return sorted(self.countries.values())

    @property
    def served_in(self) -> list[str]:
        """Names of the countries other than their own where they taught."""
        return sorted(name for code, name in self.countries.items() if code != self.home)

    def add(self, row: tuple[str, int, int, str, str, str]) -> None:
        """Add one assignment of the period: part, training, minutes, country, country name and mode."""
        part, training, minutes, country, country_name, mode = row
        if part == Part.OBSERVER:
            self.observed += 1
            return
        self.lead += part == Part.LEAD
        self.co_trainer += part == Part.CO_TRAINER
        self.trainings.add(training)
        self.minutes += minutes
        if mode != Training.Mode.ONLINE:
            self.countries[country] = country_name
            self.abroad += country != self.home


@dataclass(frozen=True)
class Totals(Delivered):
    """The sums of the lines, with distinct counts of what lines share: trainings and countries."""

    trainers: int
    current: int
    lead: int
    co_trainer: int
    observed: int
    minutes: int
    abroad: int
    deployments: int
    materials: int
    different_trainings: int
    countries: tuple[str, ...]
    served_in: tuple[str, ...]


def taught_by(profiles: QuerySet[TrainerProfile], first: date | None, last: date | None) -> list[Taught]:
    """Return a line for each of these trainers, in the order of the profiles. Two queries."""
    lines = {profile.pk: Taught(profile) for profile in profiles.select_related("member__organisation")}
    of_period = Case(
        When(training_filter(Question(first=first, last=last), "training__"), then=True),
        default=Value(False),
        output_field=BooleanField(),
    )
    columns = (
        "part",
        "training",
        "training__scheduled_minutes",
        "training__country",
        "training__country__name",
        "training__mode",
    )
    counting = Assignment.objects.filter(training_filter(Question(), "training__")).order_by()
    rows = counting.annotate(of_period=of_period).values_list("trainer", "of_period", "training__counts_on", *columns)
    for trainer, is_of_period, day, part, *facts in rows:
        line = lines.get(trainer)
        if line is None:
            continue
        if part != Part.OBSERVER and (line.last is None or day > line.last):
            line.last = day
        if is_of_period:
            line.add((part, *facts))
    return list(lines.values())


def shared_materials(reader: Member, first: date | None, last: date | None) -> QuerySet[Material]:
    """Return the files of published posts this reader may open, shared in a period; each language is its own file.

    A file counts as shared once both it and its post are published. Hidden posts, removed files and those without a version left are excluded.
    """
    offered = MaterialVersion.objects.filter(material=OuterRef("pk"), withdrawn_at=None)
    materials = Material.objects.filter(Exists(offered), post__in=readable_posts(reader), removed_at=None)
    if first:
        materials = materials.exclude(post__published_at__date__lt=first, added_at__date__lt=first)
    if last:
        materials = materials.filter(post__published_at__date__lte=last, added_at__date__lte=last)
    return materials.order_by()


def note_materials(lines: Sequence[Taught], reader: Member, first: date | None, last: date | None) -> None:
    """Set on each line the number of files its trainer shared in a period. One query."""
    counted = shared_materials(reader, first, last).values_list("added_by").annotate(n=Count("pk"))
    shared = dict(counted)
    for line in lines:
        line.materials = shared.get(line.profile.member_id, 0)


def total_of(lines: Sequence[Taught], today: date) -> Totals:
    """Return the sums of the lines. No query."""

    def together(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
        return tuple(sorted({name for some in names for name in some}))

    return Totals(
        trainers=len(lines),
        current=sum(is_current(line.last, today) for line in lines),
        lead=sum(line.lead for line in lines),
        co_trainer=sum(line.co_trainer for line in lines),
        observed=sum(line.observed for line in lines),
        minutes=sum(line.minutes for line in lines),
        abroad=sum(line.abroad for line in lines),
        deployments=sum(len(line.deployments) for line in lines),
        materials=sum(line.materials for line in lines),
        different_trainings=len({training for line in lines for training in line.trainings}),
        countries=together(line.country_names for line in lines),
        served_in=together(line.served_in for line in lines),
    )


SORTS: dict[str, Callable[[Taught], Any]] = {
    "name": lambda line: line.profile.name_key,
    "ministry": lambda line: line.ministry.casefold(),
    "delivered": lambda line: line.delivered,
    "lead": lambda line: line.lead,
    "co_trainer": lambda line: line.co_trainer,
    "observed": lambda line: line.observed,
    "hours": lambda line: line.minutes,
    "countries": lambda line: len(line.countries),
    "abroad": lambda line: line.abroad,
    "deployments": lambda line: len(line.deployments),
    "materials": lambda line: line.materials,
    "last": lambda line: line.last or date.min,
}  # fmt: skip


def sorted_lines(lines: Iterable[Taught], by: str) -> list[Taught]:
    """Sort lines by a key of SORTS, descending with a "-" prefix; ties by name."""
    named = sorted(lines, key=SORTS["name"])
    return sorted(named, key=SORTS[by.removeprefix("-")], reverse=by.startswith("-"))


# Filters of a trainer's assignments: all delivered, one part, or abroad; EVERYTHING includes observed ones.
DELIVERIES = ("", *Part.values, "abroad")
EVERYTHING = "everything"


def deliveries_of(
    profile: TrainerProfile, first: date | None, last: date | None, what: str = ""
) -> QuerySet[Assignment]:
    """Return a trainer's assignments in a period filtered by one of DELIVERIES or EVERYTHING, newest first.

    Includes their trainings. Abroad means on site in a country other than that of the trainer's organisation.
    """
    assignments = profile.assignments.filter(training_filter(Question(first=first, last=last), "training__"))
    if what in Part.values:
        assignments = assignments.filter(part=what)
    elif what != EVERYTHING:
        assignments = assignments.exclude(part=Part.OBSERVER)
    if what == "abroad":
        home = profile.member.organisation.country_id
        assignments = assignments.exclude(training__mode=Training.Mode.ONLINE).exclude(training__country=home)
    rows = assignments.select_related("training__course", "training__country", "training__host")
    return rows.order_by("-training__counts_on", "-training")


def sheet_header() -> list[str]:
    """Return the column headings of the exported report."""
    return [_("Trainer"), _("Ministry"), _("Trainings delivered"), _("As lead"), _("As co-trainer"), _("Observed"),
            _("Hours delivered"), _("Countries"), _("Taught in"), _("Trainings abroad"), _("Served in"), _("Deployments"),
            _("Materials shared"), _("Last delivered"), _("Not in the last 12 months")]  # fmt: skip


def sheet_rows(lines: Sequence[Taught], today: date) -> Iterator[list[object]]:
    """Yield the lines of the report, then the totals. No query."""
    for line in lines:
        yield [
            line.name, line.ministry, line.delivered, line.lead, line.co_trainer, line.observed, round(line.hours, 2),
            len(line.countries), ", ".join(line.country_names), line.abroad, ", ".join(line.served_in),
            "; ".join(line.deployments), line.materials,
            line.last.isoformat() if line.last else "", "" if is_current(line.last, today) else _("yes"),
        ]  # fmt: skip
    total = total_of(lines, today)
    yield [
        _("Total"), "", total.delivered, total.lead, total.co_trainer, total.observed, round(total.hours, 2),
        len(total.countries), ", ".join(total.countries), total.abroad, ", ".join(total.served_in),
        total.deployments, total.materials, "", total.trainers - total.current,
    ]  # fmt: skip
