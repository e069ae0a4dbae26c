"""The content of a stored file: its words by place, its pages as pictures. Read in the sandbox.

No file content raises an exception: an unreadable file has no words, and a reason.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeVar

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy

from common.files.file_types import KINDS, PDF
from common.files.text_extraction import Place
from common.sandbox.documents import MAX_DRAWN, MAX_PAGES
from common.sandbox.run import run_job

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

R = TypeVar("R")

DAMAGED = gettext_lazy("The file is damaged: its words cannot be found by the search.")
TOO_MUCH = gettext_lazy("The file takes too long to read: its words cannot be found by the search.")
IN_PART = gettext_lazy("The file is so long that only its beginning can be found by the search.")


@dataclass(frozen=True)
class Reading:
    """The words of a file by place; `reason` is a sentence if they are incomplete, else empty."""

    places: tuple[Place, ...] = ()
    reason: "str | _StrPromise" = ""


def read_words(file: IO[bytes], mime: str) -> Reading:
    """Return the words of a stored file, place by place, at most two million letters; empty if it has or shows none.

    Starts a process: 0.15 s for a letter, 5 s for a PDF of 1,000 pages, 30 s at most.
    """
    kind = KINDS.get(mime)
    if kind is None or not kind.has_words:
        return Reading()
    result = run_job("read-words", file, kind.endings[0])
    if result.failure:
        return Reading(reason=TOO_MUCH if result.failure in ("busy", "time", "memory") else DAMAGED)
    answer = json.loads(result.answer)
    places = tuple(Place(**place) for place in answer["places"])
    if answer.get("damaged"):
        return Reading(places, DAMAGED)
    return Reading(places, "" if answer["complete"] else IN_PART)


def page_count(file: IO[bytes], mime: str) -> int:
    """Return the number of pages of a PDF, 1 for a picture, 0 if there are none or it cannot be read."""
    if mime != PDF:
        return int(mime in KINDS and KINDS[mime].has_pages)
    return int(run_job("count-pages", file).answer or 0)


def page_picture(file: IO[bytes], mime: str, page: int = 1, width: int = 800) -> bytes:
    """Return a page of a PDF (from 1), or a picture, as WebP `width` pixels wide (40–2,000); empty if it cannot be drawn."""
    if mime not in KINDS or not KINDS[mime].has_pages or not 1 <= page <= MAX_PAGES:
        return b""
    width = min(max(width, 40), 2_000)
    if mime == PDF:
        result = run_job("draw-page", file, str(page), str(width))
    else:
        result = run_job("clean-picture", file, "WEBP", str(width), str(MAX_DRAWN // width))
    return b"" if result.failure else result.answer


def _of_stored(name: str, read: Callable[[IO[bytes]], R], otherwise: R) -> R:
    """Read a file in the storage; return `otherwise` if it is gone."""
    try:
        with default_storage.open(name) as file:
            return read(file)
    except OSError:
        return otherwise


def words_of_stored(name: str, mime: str) -> Reading:
    """Return the words of a file in the storage."""
    return _of_stored(name, lambda file: read_words(file, mime), Reading(reason=DAMAGED))


def page_count_of_stored(name: str, mime: str) -> int:
    """Return the number of pages of a file in the storage, as `page_count` does; 0 if it is gone."""
    return _of_stored(name, lambda file: page_count(file, mime), 0)


def picture_of_stored(name: str, mime: str, page: int = 1, width: int = 800) -> bytes:
    """Return a page of a file in the storage as a picture; empty if there is none."""
    return _of_stored(name, lambda file: page_picture(file, mime, page, width), b"")
