"""Uploaded pictures: validated, rotated upright, scaled and stripped of metadata, in the sandbox and never in the portal process."""

import tempfile
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from common.sandbox.run import run_job

MAX_PORTRAIT_BYTES = 5 * 1024 * 1024
PORTRAIT_EDGE = 480
PAPER_EDGE = 2600


def _refusal(failure: str) -> ValidationError:
    """Return the sentence for a picture that was not cleaned."""
    if failure in ("pixels", "memory"):
        return ValidationError(
            _("The picture is too large: 60 million pixels are the most, of WebP 30. Choose a smaller one.")
        )
    if failure == "busy":
        return ValidationError(_("Many files are being looked through now. Try again in a minute."))
    if failure == "time":
        return ValidationError(_("The picture takes too long to look through. Choose a smaller one."))
    return ValidationError(_("This is no picture that can be read. Choose a JPEG, PNG or WebP file."))


def clean_picture(file: IO[bytes], into: IO[bytes], *options: str) -> None:
    """Re-encode the picture into an operating-system file; the options are those of the job `clean_picture`.

    Raises ValidationError for anything but a JPEG, PNG or WebP picture, or if it is too large.
    """
    result = run_job("clean-picture", file, *options, out=into)
    if result.failure:
        raise _refusal(result.failure)
    into.seek(0)


def _jpeg(upload: IO[bytes], *options: str) -> bytes:
    with tempfile.TemporaryFile() as cleaned:
        clean_picture(upload, cleaned, "JPEG", *options)
        return cleaned.read()


def whole_picture(upload: IO[bytes]) -> bytes:
    """Return a photograph of paper as a JPEG, at most 2,600 pixels wide and high: an A4 page stays readable."""
    return _jpeg(upload, str(PAPER_EDGE), str(PAPER_EDGE))


def portrait(upload: IO[bytes], size: int) -> ContentFile:
    """Return the upload, of `size` bytes, as a square JPEG of 480 pixels. Raises ValidationError also above 5 MB."""
    if size > MAX_PORTRAIT_BYTES:
        raise ValidationError(_("The photograph is larger than 5 MB. Choose a smaller one."))
    return ContentFile(_jpeg(upload, str(PORTRAIT_EDGE), str(PORTRAIT_EDGE), "filled"))
