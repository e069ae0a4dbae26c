"""Checks of a PDF before it is accepted: read in chunks, so that its size costs time and no memory."""

import re
import zlib
from collections.abc import Iterator
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
# Of streams right after objects, in total: 1 s per gigabyte.
MAX_OTHERS_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
# Names rarely contain any; each costs 0.6 µs.
MAX_ESCAPES = 2_000_000
# What a PDF can do besides being read: run a script, start a program, carry files, forms that fetch.
_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|GoToE|ImportData|SubmitForm)(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/[A-Za-z0-9]+Decode(?![A-Za-z])")
PIECE = 1024 * 1024
# The longest of the words above with each letter escaped, and what may follow it.
_LONGEST_WORD = 256
# How far before a stream its dictionary is searched.
NEAR = 16 * 1024
MAX_STREAMS = 20_000
FIRST_OF_OTHERS = 1024 * 1024
_TAIL = 2048


def _refuse_active() -> ValidationError:
    return ValidationError(
        _(
            "This PDF can do more than be read: it holds a script, a program or another file. Print it to a new PDF, or scan the paper."
        )
    )


def _refuse_damaged() -> ValidationError:
    return ValidationError(_("This PDF is damaged or not complete. Save it again, or scan the paper."))


def _refuse_parts() -> ValidationError:
    return ValidationError(_("This PDF has too many parts to be looked at. Print it to a new PDF, or scan the paper."))


def _pieces(file: IO[bytes]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield, for each chunk of a file, its offset, up to NEAR bytes before it, and the chunk.

    A chunk overlaps the next by a few bytes, so that no keyword is cut; what begins there belongs to the next.
    """
    at = 0
    while True:
        begin = max(0, at - NEAR)
        file.seek(begin)
        read = file.read(at - begin + PIECE + _LONGEST_WORD)
        if len(read) <= at - begin:
            return
        yield at, read[: at - begin], read[at - begin :]
        at += PIECE


def _unpacked(file: IO[bytes], at: int, most: int) -> Iterator[bytes]:
    """Yield the unpacked stream at this offset, up to `most` bytes. Raises ValidationError for a damaged one."""
    unpacking = zlib.decompressobj()
    file.seek(at)
    left, waiting = most, b""
    while left > 0 and not unpacking.eof:
        packed = waiting or file.read(64 * 1024)
        if not packed:
            return
        try:
            out = unpacking.decompress(packed, min(left, PIECE))
        except zlib.error as wrong:
            raise _refuse_damaged() from wrong
        waiting = unpacking.unconsumed_tail
        left -= len(out)
        yield out


class _Look:
    """One check of a PDF, with a budget: a file made to be expensive is refused before it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.room, self.room_of_others = MAX_UNPACKED_BYTES, MAX_OTHERS_UNPACKED_BYTES
        self.streams = self.escapes = 0

    def unescaped(self, content: bytes) -> bytes:
        """Names with their #xx escapes decoded, as PDF readers do."""
        written, count = _ESCAPED.subn(lambda match: bytes([int(match[1], 16)]), content)
        self.escapes += count
        if self.escapes > MAX_ESCAPES:
            raise _refuse_parts()
        return written

    def check_piece(self, at: int, before: bytes, piece: bytes) -> None:
        """Check a chunk of the file and the streams that begin in it."""
        outer = self.unescaped(piece)
        if _ENCRYPTED.search(outer):
            raise ValidationError(_("This PDF is protected by a password. Save it without one, or scan the paper."))
        if _ACTIVE.search(outer):
            raise _refuse_active()
        whole = before + piece
        for match in _STREAM.finditer(whole, len(before)):
            if match.start() >= len(before) + PIECE:
                return  # the next chunk's
            self.streams += 1
            if self.streams > 2 * MAX_STREAMS:  # each has a begin and an end
                raise _refuse_parts()
            if whole[max(0, match.start() - 3) : match.start()] != b"end":
                self.check_stream(at - len(before) + match.end(), whole[max(0, match.start() - NEAR) : match.start()])

    def check_stream(self, at: int, before: bytes) -> None:
        """Check the stream at this offset if it holds packed objects, or directly follows one.

        Raises ValidationError for objects that do more than be read, cannot be checked, or unpack beyond the budget.
        """
        near = self.unescaped(before)
        if b"/ObjStm" not in near:
            return
        described = near[near.rfind(b"obj") :]
        holds_objects = b"/ObjStm" in described
        if len(_FILTER.findall(described)) != 1 or b"/FlateDecode" not in described:
            if holds_objects:
                raise _refuse_active()
            return
        last = b""
        for out in _unpacked(self.file, at, self.room if holds_objects else FIRST_OF_OTHERS):
            if _ACTIVE.search(self.unescaped(last + out)):
                raise _refuse_active()
            last = out[-_LONGEST_WORD:]
            self.room -= len(out) if holds_objects else 0
            self.room_of_others -= 0 if holds_objects else len(out)
        if self.room <= 0:
            raise _refuse_active()
        if self.room_of_others <= 0:
            raise _refuse_parts()


def check_pdf(file: IO[bytes]) -> None:
    """Raise ValidationError for an incomplete or encrypted PDF, or one that could do more than be read.

    The file must be seekable. About 0.2 s for 100 MB, 3 s for one made to be expensive, and 5 MB of memory.
    """
    size = file.seek(0, 2)
    file.seek(0)
    begins = file.read(5) == b"%PDF-"
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    if not begins or b"%%EOF" not in tail or b"startxref" not in tail:
        raise _refuse_damaged()
    look = _Look(file)
    for at, before, piece in _pieces(file):
        look.check_piece(at, before, piece)
