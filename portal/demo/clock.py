"""What happens in the demo, and when: the portal's own actions, run in the order of the story by its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


class _StoryTime(datetime):
    """Stands in for `datetime` where Django asks for the time."""

    moment: datetime

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a moment of the story, not one of this class
        return cls.moment.astimezone(tz)


@contextmanager
def story_time() -> Iterator[type[_StoryTime]]:
    """Make `timezone.now()` return `moment` of the yielded object: actions date their rows by it. In this process only."""
    with mock.patch.object(timezone, "datetime", _StoryTime):
        yield _StoryTime


class Events:
    """Future events: collected in any order, then run by time; simultaneous ones in the order added."""

    def __init__(self, today: date) -> None:
        self.now = at(today, 8, 30)
        self._events: list[tuple[datetime, Callable[[], object]]] = []

    def add(self, moment: datetime, action: Callable[..., object], *args: Any, **options: Any) -> datetime:
        """Schedule an action for that moment, at the latest now; return when."""
        moment = min(moment, self.now)
        self._events.append((moment, lambda: action(*args, **options)))
        return moment

    def run(self) -> None:
        """Run all events in chronological order."""
        with story_time() as clock:
            for moment, action in sorted(self._events, key=lambda event: event[0]):
                clock.moment = moment
                action()
            clock.moment = self.now + timedelta(seconds=1)
