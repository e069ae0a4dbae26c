"""What stands in a kept file: its words by place, its pages as pictures. Read in a process of its own, then gone.

Nothing a file holds comes through as an exception: what cannot be read has no words, and a reason.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy

from common.files.kinds import KINDS, PDF
from common.files.words import Place
from common.uploads.reading import PROJECT, surroundings

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

R = TypeVar("R")

# Locks of files are there on Unix alone.
fcntl = import_module("fcntl") if find_spec("fcntl") else None
SECONDS_MOST = 30
# So many reading processes at once, of all workers of a machine: each may take up to 700 MB.
AT_ONCE = 4
WAIT_MOST = 20
ANSWER_MOST = 25_000_000
DAMAGED = gettext_lazy("The file is damaged: its words cannot be found by the search.")
TOO_MUCH = gettext_lazy("The file takes too long to read: its words cannot be found by the search.")
IN_PART = gettext_lazy("The file is so long that only its beginning can be found by the search.")


@dataclass(frozen=True)
class Reading:
    """The words of a file by place; `reason` is a sentence where they are not all there, else empty."""

    places: tuple[Place, ...] = ()
    reason: "str | _StrPromise" = ""


@dataclass(frozen=True)
class Ended:
    """How the reading process ended: its answer, its exit code (None: its time was up), what it complained of."""

    answer: bytes
    code: int | None
    complaint: str = ""


@contextmanager
def _turn() -> Iterator[bool]:
    """Wait until fewer than AT_ONCE reading processes of this machine's portal run; yields False where that takes too long.

    Whoever dies gives its turn back. On systems without such locks everybody's turn is at once.
    """
    if fcntl is None:
        yield True
        return
    folder = Path(settings.VAR_DIR) / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + WAIT_MOST
    with ExitStack() as opened:
        turns = [opened.enter_context((folder / str(n)).open("ab")) for n in range(AT_ONCE)]
        while True:
            for turn in turns:
                try:
                    fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield True
                return
            if time.monotonic() > until:
                yield False
                return
            time.sleep(0.05)


@contextmanager
def _real(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give the file as one of the operating system's, that another process can read: itself, or a copy that vanishes."""
    try:
        file.fileno()
    except (AttributeError, OSError):
        with tempfile.TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy, 256 * 1024)
            copy.flush()
            yield copy
    else:
        file.flush()
        yield file


def run(file: IO[bytes], *arguments: str, out: IO[bytes] | None = None) -> Ended:
    """Run the reading process over a file, for at most 30 seconds; its answer is written to `out` where that is given.

    `out` is a file of the operating system. About 0.1 s beside the reading itself.
    """
    command = [sys.executable, "-W", "ignore", "-m", "common.files.child", *arguments]
    with (
        _turn() as is_mine,
        _real(file) as body,
        tempfile.TemporaryFile() as kept,
        tempfile.TemporaryFile() as complaints,
    ):
        if not is_mine:
            return Ended(b"", None)
        target = out or kept
        try:
            ended = subprocess.run(  # noqa: S603 - this very Python, with a fixed module
                command, stdin=body, stdout=target, stderr=complaints, cwd=PROJECT, env=surroundings(), timeout=SECONDS_MOST,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Ended(b"", None)
        kept.seek(0)
        complaints.seek(0)
        answer = kept.read(ANSWER_MOST) if out is None else b""
        return Ended(answer, ended.returncode, complaints.read(200).decode(errors="replace"))


def read_words(file: IO[bytes], mime: str) -> Reading:
    """Return the words of a kept file, place by place, two million letters at most; no words where it has or shows none.

    Takes the time of a process: 0.15 s for a letter, 5 s for a PDF of 1,000 pages, 30 s at most.
    """
    kind = KINDS.get(mime)
    if kind is None or not kind.has_words:
        return Reading()
    ended = run(file, "words", kind.endings[0])
    if ended.code is None or ended.code < 0:
        return Reading(reason=TOO_MUCH)
    try:
        answer = json.loads(ended.answer)
    except ValueError:
        return Reading(reason=DAMAGED)
    places = tuple(Place(**place) for place in answer["places"])
    if answer.get("damaged"):
        return Reading(places, DAMAGED)
    return Reading(places, "" if answer["complete"] else IN_PART)


def page_count(file: IO[bytes], mime: str) -> int:
    """Return the number of pages of a PDF, 1 for a picture, 0 for what has none or cannot be read."""
    if mime != PDF:
        return int(mime in KINDS and KINDS[mime].has_pages)
    answer = run(file, "pages").answer
    return int(answer) if answer.isdigit() else 0


def page_picture(file: IO[bytes], mime: str, page: int = 1, width: int = 800) -> bytes:
    """Return a page of a PDF (from 1), or a picture, as WebP `width` pixels across (40–2,000); empty where it cannot be drawn."""
    if mime not in KINDS or not KINDS[mime].has_pages or not 1 <= page <= 5_000:
        return b""
    ended = run(file, "page", KINDS[mime].endings[0], str(page), str(min(max(width, 40), 2_000)))
    return ended.answer if ended.code == 0 else b""


def _of_stored(name: str, read: Callable[[IO[bytes]], R], otherwise: R) -> R:
    """Read a file in the storage; `otherwise` where it is gone."""
    try:
        with default_storage.open(name) as file:
            return read(file)
    except OSError:
        return otherwise


def words_of_stored(name: str, mime: str) -> Reading:
    """Return the words of a file in the storage."""
    return _of_stored(name, lambda file: read_words(file, mime), Reading(reason=DAMAGED))


def page_count_of_stored(name: str, mime: str) -> int:
    """Return the number of pages of a file in the storage, as `page_count` does; 0 where it is gone."""
    return _of_stored(name, lambda file: page_count(file, mime), 0)


def picture_of_stored(name: str, mime: str, page: int = 1, width: int = 800) -> bytes:
    """Return a page of a file in the storage as a picture; empty where there is none."""
    return _of_stored(name, lambda file: page_picture(file, mime, page, width), b"")
