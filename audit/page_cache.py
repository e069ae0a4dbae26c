"""Slow page fragments that look the same for many members, stored in Django's cache `pages` until the next write.

Each kind of write has a version: a random value in the cache `default`, which all processes share. A write gives its kind a new
version after its commit. A reader fetches the versions first, then builds the part and stores it under those versions. So a
part is never older than the write that made its version: whoever reads that version reads the database after the commit.
Parts built from older data are stored under older versions, which nobody looks up again.

If a process dies or fails between a commit and the new version, or the shared cache cannot be written or loses a version, an
older part may be shown until its timeout in CACHES, a minute.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.core.cache import cache, caches
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language

from audit.models import AuditEntry

T = TypeVar("T")

# The kinds of write that parts depend on: marks, which are recorded all the time and change few pages, and every other write
# to a row of one of these apps.
KINDS = frozenset({"marks", "trainings", "trainers", "members"})
MARK_ACTIONS = frozenset({"change_marks", "mark_rest_present", "undo_marks"})


def cached_part(name: str, build: Callable[[], T], *, depends_on: tuple[str, ...]) -> T:
    """Return what `build` returns, cached until the next write of one of these kinds. One query when cached.

    Only for content that is the same for all members with the same rights, never for participants' names, and only where
    building is noticeably slow. `name` is the portal's own word, plus the key of the row, or the member's key and
    rights if the part is theirs alone.
    """
    keys = [_key(kind) for kind in depends_on]
    known = cache.get_many(keys)
    versions = [known.get(key, "none") for key in keys]
    part_key = ":".join([name, get_language() or "", timezone.localdate().isoformat(), *versions])
    part: T = caches["pages"].get_or_set(part_key, build)  # type: ignore[assignment]  # what `build` returns, as it is stored
    return part


def _key(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"No write is of the kind {kind}.")
    return f"page-version:{kind}"


def _kind_of(entry: AuditEntry) -> str:
    return "marks" if entry.action in MARK_ACTIONS else entry.kind.partition(".")[0]


def renew_version(entry: AuditEntry) -> None:
    """Renew the version of this kind of write after the commit. One write to the shared cache, none for a view of names."""
    kind = _kind_of(entry)
    if kind in KINDS and not entry.is_reading:
        transaction.on_commit(partial(cache.set, _key(kind), get_random_string(12), None), robust=True)
