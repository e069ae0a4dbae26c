"""Pages that are the same for every member, kept for a minute: until then, or until the next line of the record."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from audit.models import Line

T = TypeVar("T")
# Each process keeps its own: what is kept is right as long as the database's newest line is the one it was made after.
_kept: dict[tuple[str, str], tuple[tuple[int, date], float, Any]] = {}


def latest_line() -> int:
    """Return the number of the newest line of the record, 0 where there is none. One query, by the primary key.

    Every write leaves a line in its own transaction, so what was read after this number was asked is not older than it.
    """
    return Line.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def kept(name: str, build: Callable[[], T]) -> T:
    """Return what `build` makes, made anew at most once a minute while nobody writes. One query when it is at hand.

    Only for what every signed-in member may see alike, rendered: the key knows no member. `name` is one of a few words
    in the code, never anything a request brings, so that the memory stays small. Of two writes that overlap the one
    that began first may stay unseen for a minute.
    """
    stamp = (latest_line(), timezone.localdate())
    key = (name, get_language() or "")
    held = _kept.get(key)
    if held and held[0] == stamp and time.monotonic() < held[1]:
        made: T = held[2]
        return made
    made = build()
    _kept[key] = (stamp, time.monotonic() + settings.KEPT_SECONDS, made)
    return made


def forget_kept() -> None:
    """Forget what this process keeps: for tests, whose databases change without lines."""
    _kept.clear()
