"""Scans and photographs of paper: taken by what they hold, not by what they are called."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.pictures import whole_picture

BYTES_MOST = 15 * 1024 * 1024
UNPACKED_MOST = 64 * 1024 * 1024
PICTURES = {"image/jpeg", "image/png", "image/webp"}
PDF, JPEG = "application/pdf", "image/jpeg"
# What a PDF can do beside being read: run a script, start a program, carry files, forms that fetch.
_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|GoToE|ImportData|SubmitForm)(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
# How far before a stream its description is looked for.
NEAR = 16 * 1024
STREAMS_MOST = 20_000
_FILTER = re.compile(rb"/[A-Za-z0-9]+Decode(?![A-Za-z])")
FIRST_OF_OTHERS = 1024 * 1024


@dataclass(frozen=True)
class Scan:
    """A file that may be kept: its bytes, kind and the ending of its name."""

    content: bytes
    kind: str

    @property
    def ending(self) -> str:
        return "pdf" if self.kind == PDF else "jpg"


def _refuse_active() -> ValidationError:
    return ValidationError(
        _(
            "This PDF can do more than be read: it holds a script, a program or another file. Print it to a new PDF, or scan the paper."
        )
    )


def _unescaped(content: bytes) -> bytes:
    """Names with their #xx written out, as readers of PDFs take them."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _inflated(content: bytes, at: int, most: int) -> bytes:
    """Return what a packed stream holds, up to so many bytes. Raises ValidationError for a damaged one."""
    try:
        return zlib.decompressobj().decompress(content[at:], most)
    except zlib.error as wrong:
        raise ValidationError(_("This PDF is damaged. Scan the paper again.")) from wrong


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """Yield the unpacked objects of a PDF: of every stream that is said to hold some, and of those close behind.

    Raises ValidationError for objects that are packed so that they cannot be looked at, or unpack to too much.
    """
    room = UNPACKED_MOST
    for n, found in enumerate(_STREAM.finditer(content)):
        if n > 2 * STREAMS_MOST:  # each begins and ends
            raise ValidationError(
                _("This PDF has too many parts to be looked at. Print it to a new PDF, or scan the paper.")
            )
        if content[found.start() - 3 : found.start()] == b"end":
            continue
        near = _unescaped(content[max(0, found.start() - NEAR) : found.start()])
        if b"/ObjStm" not in near:
            continue
        described = near[near.rfind(b"obj") :]
        holds_objects = b"/ObjStm" in described
        if len(_FILTER.findall(described)) != 1 or b"/FlateDecode" not in described:
            if holds_objects:
                raise _refuse_active()
            continue
        inside = _inflated(content, found.end(), room if holds_objects else FIRST_OF_OTHERS)
        room -= len(inside) if holds_objects else 0
        if room <= 0:
            raise _refuse_active()
        yield inside


def check_pdf(content: bytes) -> None:
    """Raise ValidationError for what is no whole PDF, is encrypted, or could do more than be read."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:] or b"startxref" not in content[-2048:]:
        raise ValidationError(_("This PDF is damaged or not complete. Scan the paper again."))
    outer = _unescaped(content)
    if _ENCRYPTED.search(outer):
        raise ValidationError(_("This PDF is protected by a password. Save it without one, or scan the paper."))
    if _ACTIVE.search(outer) or any(_ACTIVE.search(_unescaped(inside)) for inside in _packed_objects(content)):
        raise _refuse_active()


def read_scan(upload: IO[bytes], size: int) -> Scan:
    """Return an uploaded scan as it may be kept; a picture is written anew, without what the camera put into it.

    `size` in bytes. Raises ValidationError for what is too large, no PDF or picture, or a PDF that does more than be read.
    """
    if size > BYTES_MOST:
        raise ValidationError(_("The file is larger than 15 MB. Scan it with fewer dots per inch, or in parts."))
    content = upload.read(BYTES_MOST + 1)
    found = filetype.guess(content[:8192])
    kind = found.mime if found else ""
    if kind == PDF:
        check_pdf(content)
        return Scan(content, PDF)
    if kind in PICTURES:
        return Scan(whole_picture(io.BytesIO(content)), JPEG)
    raise ValidationError(_("This is neither a PDF nor a photograph. Choose a PDF, JPEG, PNG or WebP file."))
