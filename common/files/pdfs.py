"""What a PDF may hold to be taken: looked at piece by piece, so that its size costs time and no memory."""

import re
import zlib
from collections.abc import Iterator
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
# Of streams close behind objects, all together: 1 s for each gigabyte.
MAX_OTHERS_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
# Names are seldom written with any; each costs 0.6 µs.
MAX_ESCAPES = 2_000_000
# What a PDF can do beside being read: run a script, start a program, carry files, forms that fetch.
_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|GoToE|ImportData|SubmitForm)(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(rb"/[A-Za-z0-9]+Decode(?![A-Za-z])")
PIECE = 1024 * 1024
# The longest of the words above with each letter escaped, and what may stand behind it.
_LONGEST_WORD = 256
# How far before a stream its description is looked for.
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
    """Yield, for each piece of a file, where it begins, up to NEAR bytes that stand before it, and the piece.

    A piece runs on by a few bytes into the next, so that no word of ours is cut; what begins there is the next one's.
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
    """Yield what the packed stream at this place holds, up to so many bytes. Raises ValidationError for a damaged one."""
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
    """One look at a PDF, which counts what it costs: a file made to be dear is refused before it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.room, self.room_of_others = MAX_UNPACKED_BYTES, MAX_OTHERS_UNPACKED_BYTES
        self.streams = self.escapes = 0

    def unescaped(self, content: bytes) -> bytes:
        """Names with their #xx written out, as readers of PDFs take them."""
        written, count = _ESCAPED.subn(lambda match: bytes([int(match[1], 16)]), content)
        self.escapes += count
        if self.escapes > MAX_ESCAPES:
            raise _refuse_parts()
        return written

    def check_piece(self, at: int, before: bytes, piece: bytes) -> None:
        """Look at a piece of the file and at the streams that begin in it."""
        outer = self.unescaped(piece)
        if _ENCRYPTED.search(outer):
            raise ValidationError(_("This PDF is protected by a password. Save it without one, or scan the paper."))
        if _ACTIVE.search(outer):
            raise _refuse_active()
        whole = before + piece
        for match in _STREAM.finditer(whole, len(before)):
            if match.start() >= len(before) + PIECE:
                return  # the next piece's
            self.streams += 1
            if self.streams > 2 * MAX_STREAMS:  # each begins and ends
                raise _refuse_parts()
            if whole[max(0, match.start() - 3) : match.start()] != b"end":
                self.check_stream(at - len(before) + match.end(), whole[max(0, match.start() - NEAR) : match.start()])

    def check_stream(self, at: int, before: bytes) -> None:
        """Look into the stream at this place if it holds packed objects, or stands close behind one.

        Raises ValidationError for objects that do more than be read, cannot be looked at, or unpack to more than the room.
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
    """Raise ValidationError for what is no whole PDF, is encrypted, or could do more than be read.

    The file is one that can be sought in. About 0.2 s for 100 MB, 3 s for one made to be dear, and 5 MB of memory.
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
