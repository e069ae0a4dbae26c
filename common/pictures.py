"""Photographs: checked by decoding them, scaled, and freed of what the camera wrote into them."""

import io
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

BYTES_MOST = 5 * 1024 * 1024
PIXELS_MOST = 40_000_000
EDGE = 480
PAPER_EDGE = 2600


def _upright(upload: IO[bytes]) -> Image.Image:
    """Return an uploaded JPEG, PNG or WebP as pixels, the right way up. Raises ValidationError for anything else."""
    try:
        with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as opened:
            if opened.width * opened.height > PIXELS_MOST:
                raise ValidationError(_("The photograph has more than 40 million pixels. Choose a smaller one."))
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as wrong:
        raise ValidationError(_("This is no photograph that can be read. Choose a JPEG, PNG or WebP file.")) from wrong


def _as_jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def whole_picture(upload: IO[bytes]) -> bytes:
    """Return a photograph of paper as a JPEG without metadata, at most 2,600 pixels wide or high: an A4 page stays readable.

    Raises ValidationError for what is no JPEG, PNG or WebP picture.
    """
    picture = _upright(upload)
    picture.thumbnail((PAPER_EDGE, PAPER_EDGE))
    return _as_jpeg(picture)


def portrait(upload: IO[bytes], size: int) -> ContentFile:
    """Return the upload as a square JPEG of 480 pixels without metadata. `size` in bytes.

    Raises ValidationError for what is too large or no JPEG, PNG or WebP picture.
    """
    if size > BYTES_MOST:
        raise ValidationError(_("The photograph is larger than 5 MB. Choose a smaller one."))
    return ContentFile(_as_jpeg(ImageOps.fit(_upright(upload), (EDGE, EDGE))))
