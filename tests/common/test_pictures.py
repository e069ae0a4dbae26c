"""Pictures written anew: whatever a camera wrote beside the pixels, a good picture is taken, upright and without it."""

import io
import random
import struct

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

from common.pictures import MAX_PORTRAIT_BYTES, portrait, whole_picture
from common.sandbox.pictures import clean_picture
from tests.common import shared_files as make

VARIANTS = 1_500
# Pillow warns of damaged metadata; the process of the sandbox has its warnings off.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def directory(*entries: tuple[int, int, int, bytes]) -> bytes:
    """Return an EXIF block with these entries: tag, type, count, four bytes of value."""
    rows = b"".join(struct.pack("<HHL", *entry[:3]) + entry[3] for entry in entries)
    return b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(entries)) + rows + bytes(4)


TURNED = (0x0112, 3, 1, b"\x06\x00\x00\x00")
ODD = {
    "letters where a number is due": directory(TURNED, (0x0128, 2, 4, b"abc\x00")),
    "letters where XMP is due": directory(TURNED, (0x02BC, 2, 4, b"abc\x00")),
    "value far outside": directory(TURNED, (0x010F, 2, 2**31, b"\xff\xff\xff\x7f")),
    "unknown type": directory(TURNED, (0x0131, 99, 1, b"\x01\x02\x03\x04")),
}


def cleaned(content: bytes, *options: str) -> Image.Image:
    out = io.BytesIO()
    clean_picture(io.BytesIO(content), out, *options)
    with Image.open(out) as picture:
        picture.load()
    return picture


def photograph(exif: bytes, kind: str = "JPEG") -> bytes:
    """Return a picture with a black top on its side, and this EXIF block."""
    picture, out = Image.new("RGB", (80, 40), "white"), io.BytesIO()
    picture.paste("black", (0, 0, 20, 40))
    picture.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("exif", ODD.values(), ids=list(ODD))
def test_sideways_photograph_with_an_odd_entry_is_taken_upright(exif):
    content = photograph(exif)
    picture = cleaned(content)
    assert (picture.size, picture.getpixel((20, 5)), dict(picture.getexif())) == ((40, 80), (0, 0, 0), {})
    scan = whole_picture(io.BytesIO(content))
    assert (b"Exif" in content, b"Exif" in scan) == (True, False)
    with Image.open(portrait(io.BytesIO(content), len(content))) as image:
        assert image.size == (480, 480)


def test_library_alone_breaks_at_such_a_photograph():
    """The control: turned by Pillow itself, which writes the metadata again, one of them is an error."""
    with (
        Image.open(io.BytesIO(photograph(ODD["letters where a number is due"]))) as opened,
        pytest.raises((AttributeError, TypeError, ValueError, struct.error)),
    ):
        ImageOps.exif_transpose(opened)


def mutant(exif: bytes, chance: random.Random) -> bytes:
    """Return the block with some of its bytes behind the first six changed, lost or repeated."""
    wrong = bytearray(exif)
    for _n in range(chance.randrange(1, 12)):
        at = chance.randrange(6, len(wrong))
        way = chance.randrange(4)
        if way == 0:
            wrong[at] = chance.randrange(256)
        elif way == 1:
            wrong[at : at + 2] = chance.choice([b"\xff\xff", b"\x00\x00", b"\x12\x01", b"\x69\x87"])
        elif way == 2 and len(wrong) > 20:
            del wrong[at : at + chance.randrange(1, 4)]
        else:
            wrong[at:at] = wrong[at : at + 12]
    return bytes(wrong)


def test_no_damage_of_the_metadata_refuses_a_good_picture():
    chance = random.Random(20261201)
    whole = Image.Exif()
    whole[0x010F], whole[0x0112], whole[0x011A], whole[0x0132] = "Camera of Ana", 6, 72.5, "2026:11:12 09:30:00"
    whole.get_ifd(0x8825)[1] = "N"
    whole.get_ifd(0x8769)[0x9286] = b"note"
    blocks = [whole.tobytes(), *ODD.values()]
    sizes = set()
    for n in range(VARIANTS):
        exif = mutant(blocks[n % len(blocks)], chance)
        content = photograph(exif, ("JPEG", "PNG", "WEBP")[n % 3])
        sizes.add(cleaned(content).size)
    assert sizes == {(80, 40), (40, 80)}  # control: in some the orientation is still there


def test_portrait_is_cut_to_a_square_and_has_a_limit():
    content = make.picture("PNG", (900, 300))
    with Image.open(portrait(io.BytesIO(content), len(content))) as image:
        assert (image.format, image.size) == ("JPEG", (480, 480))
    with pytest.raises(ValidationError, match="larger than 5 MB"):
        portrait(io.BytesIO(content), MAX_PORTRAIT_BYTES + 1)
