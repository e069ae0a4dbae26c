"""Scans are taken by what they hold; each refusal has a control that the same without it is taken."""

import io
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from common.pictures import PAPER_EDGE
from common.scans import JPEG, MAX_BYTES, PDF, read_scan


def pdf_of(objects: bytes = b"", header: bytes = b"%PDF-1.7\n", end: bytes = b"startxref\n9\n%%EOF\n") -> bytes:
    return (
        header
        + b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        + objects
        + b"\ntrailer << /Root 1 0 R >>\n"
        + end
    )


def packed(inside: bytes, filters: bytes = b"/Filter /FlateDecode") -> bytes:
    stream = zlib.compress(inside)
    return b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        filters,
        len(stream),
        stream,
    )


def picture(kind: str, size: tuple[int, int] = (60, 40), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **options)
    return out.getvalue()


def read(content: bytes):
    return read_scan(io.BytesIO(content), len(content))


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        read(content)
    return " ".join(refused.value.messages)


def test_plain_pdf_is_kept_as_it_is():
    scan = read(pdf_of())
    assert (scan.content, scan.kind, scan.ending) == (pdf_of(), PDF, "pdf")


ACTIVE = [
    b"/S /JavaScript /JS (x)", b"/S /Launch /F (x)", b"/Type /EmbeddedFile", b"/EmbeddedFiles 3 0 R", b"/XFA 3 0 R",
    b"/Subtype /RichMedia", b"/S /SubmitForm", b"/S /GoToE", b"/S /#4aavaScript", b"/S /Java#53cript", b"/S/Launch/F(x)",
]  # fmt: skip


@pytest.mark.parametrize("part", ACTIVE)
@pytest.mark.parametrize("place", ["plain", "packed"])
def test_pdf_that_does_more_than_be_read_is_refused(part, place):
    written = b"4 0 obj << " + part + b" >> endobj"
    assert "can do more than be read" in refusal(pdf_of(written if place == "plain" else packed(written)))


def test_control_the_same_place_with_harmless_words_is_taken():
    written = b"4 0 obj << /S /GoTo /Title (JavaScript Launch) /LaunchPad 1 >> endobj"
    assert [read(pdf_of(part)).kind for part in (written, packed(written))] == [PDF, PDF]


@pytest.mark.parametrize("filters", [b"/Filter /LZWDecode", b"/Filter [/ASCIIHexDecode /FlateDecode]", b""])
def test_pdf_packed_so_that_nobody_can_look_is_refused(filters):
    assert "can do more than be read" in refusal(pdf_of(packed(b"x", filters)))


def test_packed_bomb_is_refused_without_unpacking_it_all():
    assert "can do more than be read" in refusal(pdf_of(packed(b"\x00" * 70 * 1024 * 1024)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (pdf_of(b"4 0 obj << /Encrypt 5 0 R >> endobj"), "protected by a password"),
        (pdf_of(end=b""), "damaged or not complete"),
        (pdf_of()[:60], "damaged or not complete"),
        (pdf_of(packed(b"x").replace(zlib.compress(b"x"), b"\x01\x02\x03\x04")), "damaged"),
        (b" " + pdf_of(), "neither a PDF nor a photograph"),
        (b"MZ" + b"\x00" * 100, "neither a PDF nor a photograph"),
        (b"<html><script>alert(1)</script>", "neither a PDF nor a photograph"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a PDF nor a photograph"),
        (b"", "neither a PDF nor a photograph"),
        (picture("GIF"), "neither a PDF nor a photograph"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "no picture that can be read"),
        (picture("JPEG")[:200], "no picture that can be read"),
    ],
)
def test_what_is_no_scan_is_refused_with_a_sentence(content, sentence):
    assert sentence in refusal(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_written_anew_as_jpeg(kind):
    scan = read(picture(kind))
    with Image.open(io.BytesIO(scan.content)) as image:
        assert (scan.kind, scan.ending, image.format, image.size) == (JPEG, "jpg", "JPEG", (60, 40))


def test_picture_loses_where_and_when_it_was_taken_and_stands_upright():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    exif[0x0112] = 6  # turned by a quarter
    taken = picture("JPEG", exif=exif)
    assert b"Camera of Ana" in taken  # control: it was there
    text = read(taken).content
    with Image.open(io.BytesIO(text)) as image:
        assert (b"Camera of Ana" in text, dict(image.getexif()), image.size) == (False, {}, (40, 60))


def test_program_behind_a_picture_is_not_kept():
    text = read(picture("JPEG") + b"<script>alert(1)</script>")
    assert b"<script>" not in text.content


def test_large_picture_is_made_smaller_and_a_huge_file_refused():
    with Image.open(io.BytesIO(read(picture("JPEG", (4000, 1000))).content)) as image:
        assert image.size == (PAPER_EDGE, 650)
    with pytest.raises(ValidationError, match="larger than 15 MB"):
        read_scan(io.BytesIO(b""), MAX_BYTES + 1)


def test_many_streams_are_read_in_reasonable_time():
    began = time.monotonic()
    read(pdf_of(b"4 0 obj\n<< /Length 9 << /A << /B 1 >> >> >>\nstream\n123456789\nendstream\nendobj\n" * 20_000))
    read(pdf_of(packed(b"4 0 obj << /S /GoTo >>") * 3000))
    assert time.monotonic() - began < 10


def test_pdf_of_endless_parts_is_refused():
    assert "too many parts" in refusal(pdf_of(b"stream\n" * 1_500_000))
