"""Open work of a leaving member, as reported by the apps above, and its handover to somebody else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from members.models import Member


@dataclass(frozen=True)
class OpenWork:
    """One unfinished item: its name, its URL, and what is open about it."""

    name: str
    url: str
    matter: str


@dataclass(frozen=True)
class Work:
    """How one app finds a member's open work, and hands it from one member to another on behalf of a third."""

    find: Callable[[Member], Sequence[OpenWork]]
    hand_over: Callable[[Member, Member, Member], None]


_kinds: dict[str, Work] = {}


def register_open_work(app: str, work: Work) -> None:
    """Register how an app finds and hands over open work; called once, when the app is ready."""
    _kinds[app] = work


def open_work(member: Member) -> list[OpenWork]:
    """Return the open work a member would leave behind. A few queries for each app."""
    return [found for work in _kinds.values() for found in work.find(member)]


def hand_over(member: Member, to: Member, by: Member) -> None:
    """Hand a member's open work to another, in the caller's transaction."""
    for work in _kinds.values():
        work.hand_over(member, to, by)
