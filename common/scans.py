"""Scans and photographs of paper: taken by what they hold, not by what they are called."""

import io
import re
import zlib
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
# A stream that holds further objects, packed; only what is found there can be looked at.
_OBJECTS = re.compile(
    rb"<<((?:(?!endobj|stream).){0,2000}?/ObjStm(?:(?!endobj|stream).){0,2000}?)stream\r?\n", re.DOTALL
)


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


def _packed_objects(content: bytes) -> bytes:
    """Return the unpacked objects of a PDF. Raises ValidationError for what is packed so that it cannot be looked at."""
    unpacked = []
    room = UNPACKED_MOST
    for found in _OBJECTS.finditer(content):
        described = _unescaped(found[1])
        if b"/FlateDecode" not in described or described.count(b"Decode") - described.count(b"/DecodeParms") != 1:
            raise _refuse_active()
        packer = zlib.decompressobj()
        try:
            unpacked.append(packer.decompress(content[found.end() :], room))
        except zlib.error as wrong:
            raise ValidationError(_("This PDF is damaged. Scan the paper again.")) from wrong
        room -= len(unpacked[-1])
        if room <= 0 or packer.unconsumed_tail:
            raise _refuse_active()
    return b"\n".join(unpacked)


def check_pdf(content: bytes) -> None:
    """Raise ValidationError for what is no whole PDF, is encrypted, or could do more than be read."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:] or b"startxref" not in content[-2048:]:
        raise ValidationError(_("This PDF is damaged or not complete. Scan the paper again."))
    outer = _unescaped(content)
    if _ENCRYPTED.search(outer):
        raise ValidationError(_("This PDF is protected by a password. Save it without one, or scan the paper."))
    inner = _unescaped(_packed_objects(content))
    if _ACTIVE.search(outer) or _ACTIVE.search(inner):
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
