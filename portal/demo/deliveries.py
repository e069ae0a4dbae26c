"""What the story says of one training, before any row is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal, NamedTuple

State = Literal["verified", "submitted", "recorded", "cancelled"]
DAY = (time(9), time(15))


class Block(NamedTuple):
    """A planned session. Online modules have minutes and no clock times."""

    day: date
    title: str
    starts: time | None = None
    ends: time | None = None
    minutes: int = 0
    is_cancelled: bool = False


class Known(NamedTuple):
    """A person named in the story: their home and their career."""

    organisation: str
    family_name: str
    given_name: str
    sex: str
    nato: str
    trainer: str = ""


@dataclass
class Delivery:
    """One training of the story: where, when, who teaches, and how many of which organisation sit in it.

    `team` lists slugs of trainers, the lead first. `rosters` and `headcounts` count persons by organisation. `present`
    says how many attended each session, None for a session not yet marked; left empty, most people attend all of it.
    """

    course: str
    title: str
    host: str
    owner: str
    country: str
    place: str
    language: str
    blocks: list[Block]
    team: list[str] = field(default_factory=list)
    rosters: dict[str, int] = field(default_factory=dict)
    headcounts: dict[str, int] = field(default_factory=dict)
    known: list[Known] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    observers: list[str] = field(default_factory=list)
    state: State = "verified"
    mode: str = "classroom"
    present: list[int | None] = field(default_factory=list)
    everybody_completes: bool = False
    is_marked: bool = True
    completed_is_known: bool = True
    # What the data-quality desk finds: figures submitted so many days after the end, and lines without a rank.
    submitted_after: int | None = None
    lines_without_rank: int = 0
    cancelled_reason: str = ""
    notes: str = ""

    @property
    def starts_on(self) -> date:
        return min(block.day for block in self.blocks)

    @property
    def ends_on(self) -> date:
        return max(block.day for block in self.blocks)

    @property
    def counts_on(self) -> date:
        """The last day that was not cancelled."""
        return max((block.day for block in self.blocks if not block.is_cancelled), default=self.ends_on)


def working_days(first: date, number: int, *, saturdays: bool = False) -> list[date]:
    """Return that many working days from the first on."""
    days: list[date] = []
    while len(days) < number:
        if first.weekday() < (6 if saturdays else 5):
            days.append(first)
        first += timedelta(days=1)
    return days


def days_of_one_week(first: date, number: int) -> list[date]:
    """Return that many consecutive days of one working week, at most five, of which none is before `first`."""
    while first.weekday() + number > 5:
        first += timedelta(days=1)
    return [first + timedelta(days=n) for n in range(number)]


def working_days_until(last: date, number: int) -> list[date]:
    """Return that many consecutive days of one working week, of which none is after `last`."""
    while last.weekday() > 4 or last.weekday() < number - 1:
        last -= timedelta(days=1)
    return [last - timedelta(days=number - 1 - n) for n in range(number)]


def whole_days(days: list[date]) -> list[Block]:
    return [Block(day, f"Day {n}", *DAY) for n, day in enumerate(days, start=1)]


def monthly(first: date, number: int) -> list[Block]:
    """Return one afternoon every four weeks."""
    return [Block(first + timedelta(weeks=4 * n), f"Session {n + 1}", time(13), time(16)) for n in range(number)]


def modules(first: date) -> list[Block]:
    """Return the three online modules, a week apart, with minutes and no clock times."""
    titles = ("Terms and concepts", "Discrimination, harassment and abuse", "Legal framework")
    return [
        Block(first + timedelta(weeks=n), f"Module {n + 1}: {title}", minutes=minutes)
        for n, (title, minutes) in enumerate(zip(titles, (90, 120, 90), strict=True))
    ]
