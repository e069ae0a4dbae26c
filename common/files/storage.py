"""Storing an upload: size check, type detection, validation, virus scan, then storage under a random name.

Memory does not grow with the file. Nothing of a refused file remains: it passes through unnamed files.
"""

import errno
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from common.files.file_types import Kind, clean_name, detect_type
from common.files.virus_scan import check_clean
from common.pictures import clean_picture

FOLDER = "files"
PIECE = 256 * 1024
# Where page pictures are stored, by the checksum of their file.
PICTURES = "previews"
ORPHAN_AFTER = timedelta(days=1)
_OWN_NAME = re.compile(rf"{FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{2}}/[0-9a-f]{{32}}\.[a-z0-9]+")
# Two requests that draw one page at once leave a second picture with a suffix.
_PICTURE = re.compile(rf"{PICTURES}/([0-9a-f]{{64}})-[0-9]+(_[A-Za-z0-9]+)?\.webp")


@dataclass(frozen=True)
class StoredFile:
    """A stored file: its name in the storage, bytes, media type, extension, SHA-256, and its original name."""

    name: str
    size: int
    kind: str
    ending: str
    checksum: str
    original: str


def file_most() -> int:
    """Return the maximum size of one file in bytes."""
    return int(settings.MAX_FILE_MB) * 1024 * 1024


def _pieces(upload: Any) -> Iterator[bytes]:
    """Yield the content of an upload, or of any file, from its beginning."""
    if hasattr(upload, "chunks"):
        yield from upload.chunks(PIECE)
        return
    while piece := upload.read(PIECE):
        yield piece


def _refuse_large(most: int) -> ValidationError:
    return ValidationError(
        _("The file is larger than %(most)s. Choose a smaller one, or share it in parts.")
        % {"most": filesizeformat(most)},
        code="too_large",
    )


def _refuse_no_room(room: int) -> ValidationError:
    return ValidationError(
        _(
            "You have room for %(room)s more, and this file is larger. Remove files you no longer need, or ask an administrator."
        )
        % {"room": filesizeformat(max(0, room))},
        code="no_room",
    )


def _take(upload: Any, into: IO[bytes], room: int | None, declared: int | None) -> None:
    """Copy the upload; raise ValidationError if it is too large or not of the declared size."""
    most, size = file_most(), 0
    known = getattr(upload, "size", None) if declared is None else declared
    for piece in _pieces(upload):
        size += len(piece)
        if size > most:
            raise _refuse_large(most)
        if room is not None and size > room:
            raise _refuse_no_room(room)
        into.write(piece)
    into.flush()
    if known is not None and known != size:
        raise ValidationError(
            _("The file changed while it was sent, or did not arrive whole. Choose it again."), code="changed"
        )


def _checksum(file: IO[bytes]) -> tuple[str, int]:
    """Return the SHA-256 of a file and its size in bytes."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _sync(name: str) -> None:
    """Flush a stored file and its directory entry to disk, if the storage is one, before its row is written."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        return
    for place in (path, path.parent):
        opened = os.open(place, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def forget(name: str) -> None:
    """Delete one of our stored files; names that are not ours, or no longer there, are ignored."""
    if _OWN_NAME.fullmatch(name):
        default_storage.delete(name)


@contextmanager
def _room_on_disk() -> Iterator[None]:
    """Turn a full disk into a sentence for the user."""
    try:
        yield
    except OSError as wrong:
        if wrong.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ValidationError(
            _("The portal has no room left for files. Nothing was kept; tell an administrator."), code="full"
        ) from wrong


def _store(file: IO[bytes], kind: Kind) -> str:
    """Store a file under a new name and return that. Nothing remains if the storage fails."""
    token = secrets.token_hex(16)
    name = f"{FOLDER}/{token[:2]}/{token[2:4]}/{token}.{kind.endings[0]}"
    with ExitStack() as half_written:
        half_written.callback(forget, name)
        file.seek(0)
        stored = default_storage.save(name, File(file))
        _sync(stored)
        half_written.pop_all()
    return str(stored)


def keep(upload: Any, *, original: str = "", room: int | None = None, declared: int | None = None) -> StoredFile:
    """Store a Django upload, or any binary file, and return the stored file; the caller is responsible for deleting it.

    `room`: bytes left to the member. `declared`: the announced size in bytes, else the upload's own.
    Raises ValidationError with a sentence; then nothing is stored. About 1 s for 100 MB, without the scanner.
    """
    with _room_on_disk(), tempfile.TemporaryFile() as taken, tempfile.TemporaryFile() as anew:
        _take(upload, taken, room, declared)
        kind = detect_type(taken)
        check_clean(taken)
        if kind.is_picture:
            clean_picture(taken, anew)
        file = anew if kind.is_picture else taken
        checksum, size = _checksum(file)
        if size > file_most():
            raise _refuse_large(file_most())
        if room is not None and size > room:
            raise _refuse_no_room(room)
        display_name = clean_name(original or getattr(upload, "name", "") or "", kind)
        return StoredFile(_store(file, kind), size, kind.mime, display_name.rpartition(".")[2], checksum, display_name)


@contextmanager
def keeping(
    upload: Any, *, original: str = "", room: int | None = None, declared: int | None = None
) -> Iterator[StoredFile]:
    """Store an upload for the block, which records it; deleted again if the block fails.

    Around the action, not in it: no transaction is open while a large file is checked, and a rolled back one
    removes the file. See `keep` for the rest.
    """
    stored_file = keep(upload, original=original, room=room, declared=declared)
    with ExitStack() as stored:
        stored.callback(forget, stored_file.name)
        yield stored_file
        stored.pop_all()


def _stored_names(folder: str) -> Iterator[str]:
    """Yield the names of all stored files below a folder."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for inner in folders:
        yield from _stored_names(f"{folder}/{inner}")


def picture_name(checksum: str, page: int) -> str:
    """Return the storage name of the picture of a page, from 1, of the file with this checksum."""
    return f"{PICTURES}/{checksum}-{page}.webp"


def _forget_old(names: Iterable[str]) -> int:
    """Delete those of these stored files that are older than a day; return how many."""
    before = timezone.now() - ORPHAN_AFTER
    gone = 0
    for name in names:
        try:
            is_young = default_storage.get_modified_time(name) > before
        except FileNotFoundError:
            continue  # somebody else deleted it meanwhile
        if not is_young:
            default_storage.delete(name)
            gone += 1
    return gone


def forget_orphans(known_names: Container[str]) -> int:
    """Delete unreferenced stored files older than a day; return how many.

    A process that was killed between storing and recording leaves them. Files that are not ours are not touched.
    """
    names = [name for name in _stored_names(FOLDER) if name not in known_names and _OWN_NAME.fullmatch(name)]
    return _forget_old(names)


def forget_pictures(known_checksums: Container[str]) -> int:
    """Delete page pictures whose file is gone, older than a day; return how many. Any can be drawn again."""
    matches = ((name, _PICTURE.fullmatch(name)) for name in _stored_names(PICTURES))
    return _forget_old([name for name, ours in matches if ours and (ours[1] not in known_checksums or ours[2])])
