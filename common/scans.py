"""Scans and photographs of paper: accepted by content, not by file name."""

import io
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.files.file_types import JPEG, PDF, picture_kind
from common.files.pdfs import check_pdf
from common.pictures import whole_picture

MAX_BYTES = 15 * 1024 * 1024


@dataclass(frozen=True)
class Scan:
    """A file ready to be stored: its bytes, type and extension."""

    content: bytes
    kind: str

    @property
    def ending(self) -> str:
        return "pdf" if self.kind == PDF else "jpg"


def read_scan(upload: IO[bytes], size: int) -> Scan:
    """Return an uploaded scan ready to be stored; a picture is re-encoded, without the camera's metadata.

    `size` in bytes. Raises ValidationError if too large, not a PDF or picture, or a PDF that does more than be read.
    """
    if size > MAX_BYTES:
        raise ValidationError(_("The file is larger than 15 MB. Scan it with fewer dots per inch, or in parts."))
    content = upload.read(MAX_BYTES + 1)
    file = io.BytesIO(content)
    if content.startswith(b"%PDF-"):
        check_pdf(file)
        return Scan(content, PDF)
    if picture_kind(content):
        return Scan(whole_picture(file), JPEG)
    raise ValidationError(_("This is neither a PDF nor a photograph. Choose a PDF, JPEG, PNG or WebP file."))
