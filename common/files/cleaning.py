"""Pictures written anew: upright, at their size, with nothing of what the camera or a program wrote beside the pixels.

Runs in the reading process; knows nothing of Django.
"""

import io
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

# So many take about 550 MB; WebP takes twice as much for each.
PIXELS_MOST = 60_000_000
PIXELS_MOST_WEBP = 30_000_000
_MODES = {
    "JPEG": ("L", "RGB"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("RGB", "RGBA"),
}


class RefusedPictureError(Exception):
    """A picture that is not taken: `code` is "pixels" for too many, "damaged" for one that cannot be read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _in_common_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB where it came with a profile of its own, which may name the device."""
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if picture.mode in ("CMYK", "L") else picture.mode
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return changed if changed is not None else picture


def write_clean(file: IO[bytes], out: IO[bytes]) -> None:
    """Write a JPEG, PNG or WebP picture anew in its own format; of an animation, or of several pictures in one, the first.

    At most 60 million pixels, of WebP 30. Raises RefusedPictureError.
    """
    Image.MAX_IMAGE_PIXELS = PIXELS_MOST
    try:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as opened:
            # Telephones put further pictures behind the first (MPO): of those too the first is kept.
            kind = "JPEG" if opened.format == "MPO" else str(opened.format)
            if opened.width * opened.height > (PIXELS_MOST_WEBP if kind == "WEBP" else PIXELS_MOST):
                raise RefusedPictureError("pixels")
            profile, transparency = opened.info.get("icc_profile"), opened.info.get("transparency")
            turned = opened.getexif().get(0x0112, 1) in range(2, 9)
            picture = ImageOps.exif_transpose(opened) if turned else opened
            picture.load()
            as_it_was = opened.format == "JPEG" and not turned and not profile and opened.mode in _MODES["JPEG"]
            picture = _in_common_colours(picture, profile)
            if picture.mode not in _MODES[kind]:
                picture = picture.convert("RGBA" if picture.has_transparency_data and kind != "JPEG" else "RGB")
            picture.info = {} if transparency is None or kind != "PNG" else {"transparency": transparency}
            if as_it_was:
                picture.save(out, kind, quality="keep")
            else:
                picture.save(out, kind, quality=92, compress_level=3)  # the level is of PNG: twice as fast as usual
    except (Image.DecompressionBombError, MemoryError) as wrong:
        raise RefusedPictureError("pixels") from wrong
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as wrong:
        raise RefusedPictureError("damaged") from wrong
