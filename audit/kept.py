"""Rendered parts of pages, kept until the next line of the record and a minute at most."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from audit.record import latest_line

T = TypeVar("T")
MOST_KEPT = 512
# Each process keeps its own: what is kept is right as long as the database's newest line is the one it was made after.
_kept: dict[tuple[str, str], tuple[tuple[object, date], float, Any]] = {}


def at_hand(name: str, line: object) -> Any:
    """Return what is kept by this name since `line`, the newest one or whatever changes with it; None where nothing is. No query."""
    held = _kept.get((name, get_language() or ""))
    return held[2] if held and held[0] == (line, timezone.localdate()) and time.monotonic() < held[1] else None


def keep(name: str, made: T, line: object) -> T:
    """Keep what was made after `line` was asked for, as `kept` does, and return it."""
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    stamp = line, timezone.localdate()
    _kept[name, get_language() or ""] = (stamp, time.monotonic() + settings.KEPT_SECONDS, made)
    return made


def kept(name: str, build: Callable[[], T], line: object = None) -> T:
    """Return what `build` makes, made anew at most once a minute while nobody writes. One query when it is at hand, none where
    the caller has asked for the newest line already: `line` is whatever changes with it.

    For what every signed-in member may see alike, and with the member's key in the name for what is theirs alone; never
    for participants' names. Nothing a request brings goes into the name. Of two writes that overlap, the one that began
    first may stay unseen for a minute.
    """
    line = latest_line() if line is None else line
    held: T | None = at_hand(name, line)
    return keep(name, build(), line) if held is None else held


def forget_kept() -> None:
    """Forget what this process keeps: for tests, whose databases change without lines."""
    _kept.clear()
