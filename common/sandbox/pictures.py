"""The sandbox job that validates and re-encodes a picture. Must not import Django."""

import io
import struct
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from common.sandbox.jobs import RefusedError

# This many take about 550 MB; WebP takes twice as much per pixel.
MAX_PIXELS = 60_000_000
MAX_PIXELS_WEBP = 30_000_000
ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_MODES = {
    "JPEG": ("L", "RGB"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("RGB", "RGBA"),
}
QUALITY = 92
QUALITY_SCALED = 85
COMPRESS_LEVEL = 3  # of PNG: twice as fast as the default


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """Return the rotation that makes the picture upright. Of the metadata only the orientation is read; damaged means none."""
    try:
        return _TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except (SyntaxError, struct.error, ValueError, TypeError, LookupError, ArithmeticError, OSError):
        return None


def _in_common_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB if it has its own colour profile, which may name the device."""
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if picture.mode in ("CMYK", "L") else picture.mode
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return changed if changed is not None else picture


def _scaled(picture: Image.Image, size: tuple[int, int], is_filled: bool) -> Image.Image:
    if is_filled:
        return ImageOps.fit(picture, size)
    picture.thumbnail(size)
    return picture


def _write_clean(opened: Image.Image, out: IO[bytes], kind: str, size: tuple[int, int] | None, is_filled: bool) -> None:
    # Phones append further pictures (MPO): of those, as of an animation, the first is used.
    own_kind = "JPEG" if opened.format == "MPO" else str(opened.format)
    kind = kind or own_kind
    if opened.width * opened.height > (MAX_PIXELS_WEBP if own_kind == "WEBP" else MAX_PIXELS):
        raise RefusedError("pixels")
    if size:
        opened.draft("RGB", (2 * max(size), 2 * max(size)))  # a large photograph is not decoded in full
    profile, transparency = opened.info.get("icc_profile"), opened.info.get("transparency")
    opened.load()
    turn = _turn(opened)
    is_unchanged = opened.format == kind == "JPEG" and not (turn or size or profile) and opened.mode in _MODES[kind]
    picture = opened if turn is None else opened.transpose(turn)
    picture = _in_common_colours(picture, profile)
    if picture.mode not in _MODES[kind]:
        picture = picture.convert("RGBA" if picture.has_transparency_data and kind != "JPEG" else "RGB")
    if size:
        picture = _scaled(picture, size, is_filled)
    picture.info = {"transparency": transparency} if transparency is not None and kind == "PNG" else {}
    quality = "keep" if is_unchanged else QUALITY_SCALED if size else QUALITY
    picture.save(out, kind, quality=quality, compress_level=COMPRESS_LEVEL)


def clean_picture(
    file: IO[bytes], out: IO[bytes], kind: str = "", width: str = "", height: str = "", shape: str = ""
) -> None:
    """Re-encode a JPEG, PNG or WebP picture: upright, without anything a camera or program wrote besides the pixels.

    `kind` is the output format, else its own; `width` and `height` the maximum in pixels, else its own; with `shape`
    "filled" it is cropped to exactly these. Refuses by "pixels" (more than 60 million, of WebP 30) and "damaged".
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    size = (int(width), int(height)) if width else None
    try:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as opened:
            _write_clean(opened, out, kind, size, shape == "filled")
    except Image.DecompressionBombError as wrong:
        raise RefusedError("pixels") from wrong
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as wrong:
        raise RefusedError("damaged") from wrong
