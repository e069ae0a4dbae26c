"""Words and pages of kept files: right for whole ones, and for any other an empty answer with a reason, never an exception."""

import io
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from PIL import Image

from common.files import reading
from common.files import storage as keeping
from common.files.file_types import detect_type
from common.files.reading import DAMAGED, IN_PART, TOO_MUCH, Reading, page_count, page_picture, read_words
from common.files.text_extraction import MAX_TEXT_LENGTH, Place
from common.sandbox import documents
from common.sandbox.jobs import JOBS
from common.sandbox.run import Result
from tests.common import shared_files as make
from tests.common.sheet_files import rezipped, workbook

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are those of Linux")
OUTSIDE = '<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]><w><p><t>&f;</t></p></w>'
PDF, TEXT = "application/pdf", "text/plain"
DOCX, PPTX, XLSX = (make.WHOLE[ending][0] for ending in ("docx", "pptx", "xlsx"))


@contextmanager
def opened(content: bytes) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        yield file


def words(content: bytes, mime: str) -> Reading:
    with opened(content) as file:
        return read_words(file, mime)


def places_of(content: bytes, mime: str) -> list[tuple[str, int, str, str]]:
    reading = words(content, mime)
    assert reading.reason == ""
    return [(place.kind, place.number, place.text, place.name) for place in reading.places]


EXPECTED_WORDS = {
    "pdf": [("page", 1, "Родна равноправност", ""), ("page", 2, "Druga strana: Đorđević", "")],
    "docx": [("", 0, "Вежба о родној равноправности", "")],
    "pptx": [("slide", 1, "Prvi slajd\nBeleška", ""), ("slide", 2, "Drugi slajd", "")],
    "xlsx": [("sheet", 1, "Ђорђевић 1 Živko", "Spisak")],
    "odt": [("", 0, "Prvi red teksta\nДруги ред", "")],
    "odp": [("slide", 1, "Slajd", ""), ("slide", 2, "Слајд", "")],
    "ods": [("sheet", 1, "Đorđević", "Spisak")],
    "txt": [("", 0, "Вежба; čas\n1;2", "")],
    "jpg": [], "png": [], "webp": [], "mp4": [], "mp3": [],
}  # fmt: skip


@pytest.mark.parametrize("ending", make.WHOLE)
def test_words_stand_at_their_places(ending):
    mime, made = make.WHOLE[ending]
    assert places_of(made(), mime) == EXPECTED_WORDS[ending]


def test_file_in_memory_is_read_too():
    assert read_words(io.BytesIO(make.docx("x")), DOCX).places == (Place("", 0, "x"),)


def test_words_in_parts_are_one_and_what_was_deleted_is_none():
    body = (
        "<w:p><w:r><w:t>Ravno</w:t></w:r><w:r><w:t>pravnost</w:t><w:tab/><w:t>da</w:t><w:br/><w:t>ne</w:t></w:r>"
        "<w:del><w:r><w:delText>nekad</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<mc:AlternateContent xmlns:mc='x'><mc:Choice><w:p><w:t>okvir</w:t></w:p></mc:Choice>"
        "<mc:Fallback><w:p><w:t>okvir</w:t></w:p></mc:Fallback></mc:AlternateContent>"
    )
    xml = f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
    assert places_of(make.with_part("word/document.xml", xml), DOCX) == [("", 0, "Ravnopravnost da\nne\nokvir", "")]


def test_main_part_is_the_one_that_the_package_names():
    """Word writes document2.xml where documents are edited in the browser."""
    for whole, kind, usual, other in (
        (make.docx("Ђурђевдан"), DOCX, "word/document.xml", "word/document2.xml"),
        (make.zipped(make.pptx_parts("Ђурђевдан", "Dva")), PPTX, "ppt/presentation.xml", "ppt/show.xml"),
        (workbook(["Ђурђевдан"]), XLSX, "xl/workbook.xml", "xl/book.xml"),
    ):
        moved = make.renamed(whole, usual, other)
        assert places_of(moved, kind) == places_of(whole, kind) != []


def test_notes_and_headers_of_a_text_come_behind_it():
    parts = {
        **make.docx_parts("Tekst"),
        "word/_rels/document.xml.rels": make.relations(("footnotes", "footnotes.xml"), ("header", "header1.xml")),
        "word/footnotes.xml": '<w:f xmlns:w="w"><w:p><w:t>Napomena</w:t></w:p></w:f>',
        "word/header1.xml": '<w:h xmlns:w="w"><w:p><w:t>Zaglavlje</w:t></w:p></w:h>',
    }
    assert places_of(make.zipped(parts), DOCX) == [("", 0, "Tekst\nNapomena\nZaglavlje", "")]


def test_word_broken_at_the_end_of_a_line_is_whole():
    page = '#set page(width: 60pt, margin: 5pt)\n#set text(hyphenate: true, lang: "en", size: 10pt)\nresponsibilities'
    results = "".join(place.text for place in words(make.pdf(page), PDF).places)
    assert "responsibilities" in results.replace("\n", "")
    assert [sign in results for sign in ("\x02", "\ufffe", "\u00ad")] == [False] * 3


def test_repeated_and_hidden_parts_of_open_documents_are_passed_over():
    body = (
        "<text:tracked-changes><text:p>nekad</text:p></text:tracked-changes><text:p>a<text:s/>b<text:tab/>c"
        "<office:annotation><text:p>Ana</text:p></office:annotation></text:p>"
    )
    assert places_of(make.opened(body=body), make.OPEN + "text") == [("", 0, "a b c", "")]


HOSTILE = {
    "cut pdf": (lambda: make.pdf()[: len(make.pdf()) // 2], PDF),
    "no pdf": (lambda: b"%PDF-1.7\n" + bytes(200), PDF),
    "encrypted pdf": (lambda: make.pdf_with(b"").replace(b"/Root", b"/Encrypt << /Filter /Standard /V 9 >> /Root"), PDF),
    "pages in a circle": (
        lambda: b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\n"
        b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF", PDF,
    ),
    "no document": (lambda: make.zipped({"a": "x"}), DOCX),
    "broken xml": (lambda: make.with_part("word/document.xml", "<w><p>x"), DOCX),
    "entities": (lambda: make.with_part("word/document.xml", OUTSIDE), DOCX),
    "laughs": (
        lambda: make.with_part("word/document.xml", '<!DOCTYPE w [<!ENTITY a "ha">' + "".join(
            f'<!ENTITY {chr(n + 1)} "{"&" + chr(n) + ";" * 1}&{chr(n)};">' for n in range(97, 115)) + "]><w><p><t>&s;</t></p></w>"), DOCX,
    ),
    "lying size": (make.lying_size, DOCX),
    "no zip": (lambda: b"PK\x03\x04" + bytes(100), XLSX),
    "broken sheet": (lambda: rezipped(workbook(["x"]), {"xl/worksheets/sheet1.xml": b"<a><b></a>"}), XLSX),
    "empty": (lambda: b"", PDF),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_damaged_file_has_no_words_and_a_reason(case):
    made, mime = HOSTILE[case]
    assert words(made(), mime) == Reading((), DAMAGED)


def test_what_can_be_read_before_the_damage_is_given_with_a_reason():
    parts = make.pptx_parts("Prvi", "Drugi")
    parts["ppt/slides/slide1.xml"] = "<broken"
    reading = words(make.zipped(parts), PPTX)
    assert ([place.text for place in reading.places], reading.reason) == (["Prvi"], DAMAGED)


def test_words_of_a_workbook_with_odd_references():
    sheet = (
        b'<worksheet><row><c t="s"><v>9999</v></c><c t="s"><v>-1</v></c><c t="s"><v>0</v></c>'
        b'<c t="inlineStr"><is><t>u</t></is></c></row></worksheet>'
    )
    assert places_of(rezipped(workbook(["x"]), {"xl/worksheets/sheet1.xml": sheet}), XLSX) == [
        ("sheet", 1, "x u", "Spisak")
    ]


def test_boxes_and_remarks_of_a_sheet_come_behind_its_cells():
    whole = rezipped(
        workbook(["Ћелија"]),
        {
            "xl/worksheets/_rels/sheet1.xml.rels": make.relations(
                ("drawing", "../drawings/drawing1.xml"), ("comments", "../comments1.xml")
            ).encode(),
            "xl/drawings/drawing1.xml": b"<d><a:p xmlns:a='a'><a:r><a:t>Okvir</a:t></a:r></a:p></d>",
            "xl/comments1.xml": "<c><comment><text><r><t>Прва </t></r><r><t>напомена</t></r></text></comment>"
            "<comment><text><t>Druga</t></text></comment></c>".encode(),
        },
    )
    (place,) = places_of(whole, XLSX)
    assert place[2] == "Ћелија\nOkvir\nПрва напомена\nDruga"


def test_endless_text_is_read_in_part():
    reading = words(("Родна равноправност. " * 120_000).encode(), TEXT)
    assert (len(reading.places[0].text), reading.reason) == (MAX_TEXT_LENGTH, IN_PART)


@pytest.mark.slow
def test_many_places_end_at_the_limit_too():
    slide = "x" * 300_000
    reading = words(make.zipped(make.pptx_parts(*[slide] * 9)), PPTX)
    assert (sum(len(place.text) for place in reading.places), reading.reason) == (MAX_TEXT_LENGTH, IN_PART)


@on_linux
@pytest.mark.slow
def test_bomb_is_read_within_memory_and_time():
    began = time.monotonic()
    reading = words(make.tight_xml(400), DOCX)
    assert (reading.places, time.monotonic() - began < JOBS["read-words"].seconds) == ((), True)


@pytest.mark.parametrize("failure", ["time", "busy", "memory"])
def test_file_that_takes_too_much_has_no_words_and_a_reason(failure, monkeypatch):
    monkeypatch.setattr(reading, "run_job", lambda *job: Result(failure=failure))
    assert words(make.docx(), DOCX) == Reading((), TOO_MUCH)


def test_time_that_is_up_gives_what_was_read(monkeypatch):
    monkeypatch.setattr(documents, "CPU_SECONDS_ENOUGH", -1)
    answer = documents.words_of(io.BytesIO(make.zipped(make.pptx_parts("Prvi", "Drugi"))), "pptx")
    assert ([place["text"] for place in answer["places"]], answer["complete"]) == (["Prvi"], False)
    monkeypatch.setattr(documents, "CPU_SECONDS_ENOUGH", 1_000)  # control
    assert len(documents.words_of(io.BytesIO(make.zipped(make.pptx_parts("Prvi", "Drugi"))), "pptx")["places"]) == 2


def drawn(content: bytes, mime: str, page: int = 1, width: int = 800) -> Image.Image | None:
    with opened(content) as file:
        made = page_picture(file, mime, page, width)
    if not made:
        return None
    with Image.open(io.BytesIO(made)) as image:
        image.load()
        assert image.format == "WEBP"
        return image.copy()


def test_pages_are_counted_and_drawn():
    content = make.pdf("#rect(width: 100%, height: 50%, fill: black)", "Druga", "Treća")
    with opened(content) as file:
        assert page_count(file, PDF) == 3
    first, second = drawn(content, PDF, 1, 400), drawn(content, PDF, 2, 400)
    assert first is not None
    assert second is not None
    assert (first.width, second.width) == (400, 400)
    dark = [
        sum(value < 60 for value in picture.convert("L").tobytes()) / (picture.width * picture.height)
        for picture in (first, second)
    ]
    assert dark[0] > 0.2
    assert dark[1] < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("page", "width"), [(0, 400), (4, 400), (-1, 400), (10**9, 400)])
def test_page_that_is_not_there_has_no_picture(page, width):
    assert drawn(make.pdf("a", "b", "c"), PDF, page, width) is None


@pytest.mark.slow
@pytest.mark.parametrize(("query", "expected"), [(1, 40), (100_000, 2_000)])
def test_width_of_a_picture_is_bounded(query, expected):
    visible = drawn(make.pdf("a"), PDF, 1, query)
    assert visible is not None
    assert abs(visible.width - expected) <= expected * 0.2


@pytest.mark.slow
@pytest.mark.parametrize("size", ["200in * 1, height: 1in", "1in, height: 200in", "1pt, height: 1pt"])
def test_page_of_an_odd_size_stays_within_the_pixels(size):
    visible = drawn(make.pdf(f"#set page(width: {size}, margin: 0pt)\n#rect()"), PDF, 1, 2_000)
    assert visible is None or visible.width * visible.height <= documents.MAX_DRAWN * 1.01


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_drawn_small(kind):
    content = make.picture(kind, (2000, 1000))
    visible = drawn(content, f"image/{kind.lower()}", 1, 400)
    assert visible is not None
    assert visible.size == (400, 200)
    with opened(content) as file:
        assert page_count(file, f"image/{kind.lower()}") == 1


@pytest.mark.slow
@pytest.mark.parametrize("case", HOSTILE)
def test_damaged_file_has_no_pages(case):
    made, mime = HOSTILE[case]
    with opened(made()) as file:
        # Pages in a circle are as many as they say; none of them can be drawn.
        assert (page_count(file, mime), page_picture(file, mime)) == (9 if case == "pages in a circle" else 0, b"")


@pytest.mark.slow
@pytest.mark.parametrize("mime", [DOCX, TEXT, "video/mp4", "text/html", ""])
def test_what_has_no_pages_is_not_looked_at(mime):
    with opened(b"x") as file:
        assert (page_count(file, mime), page_picture(file, mime)) == (0, b"")


def test_stored_file_is_read_by_its_name(places):
    stored_file = keeping.keep(make.upload(make.pdf()))
    assert [place.number for place in reading.words_of_stored(stored_file.name, stored_file.kind).places] == [1, 2]
    assert reading.picture_of_stored(stored_file.name, stored_file.kind)[8:12] == b"WEBP"
    default_storage.delete(stored_file.name)
    assert (
        reading.words_of_stored(stored_file.name, stored_file.kind).reason,
        reading.picture_of_stored(stored_file.name, stored_file.kind),
    ) == (
        DAMAGED,
        b"",
    )


def mutant(content: bytes, chance: random.Random) -> bytes:
    """Return the file with one of the things that befall files: bits turned, a part lost, doubled, moved or made up."""
    wrong = bytearray(content)
    kind = chance.randrange(6)
    at, length = chance.randrange(len(wrong)), chance.randrange(1, max(2, len(wrong) // 8))
    if kind == 0:
        for _n in range(chance.randrange(1, 40)):
            wrong[chance.randrange(len(wrong))] = chance.randrange(256)
    elif kind == 1:
        del wrong[at : at + length]
    elif kind == 2:
        wrong[at:at] = wrong[at : at + length]
    elif kind == 3:
        wrong = wrong[:at]
    elif kind == 4:
        wrong[at : at + length] = chance.randbytes(length)
    else:
        for old, new in (
            (b"1", b"999999999"),
            (b"/Count", b"/Kids "),
            (b"<w:", b"<w:p><w:"),
            (b"PK\x01\x02", b"PK\x03\x04"),
        ):
            wrong = bytearray(bytes(wrong).replace(old, new, chance.randrange(1, 5)))
    return bytes(wrong)


def fate(content: bytes) -> str:
    """Take in a file whatever it is: what became of it. Any exception but a refusal goes through."""
    with opened(content) as file:
        try:
            kind = detect_type(file)
        except ValidationError as refused:
            return "refused" if len(" ".join(refused.messages)) > 20 else "without a sentence"
        reading = read_words(file, kind.mime)
        page_picture(file, kind.mime, 1, 200)
        return "read" if not reading.reason else "reason"


@pytest.mark.slow
@pytest.mark.parametrize("variants", [100, pytest.param(1_000, marks=pytest.mark.drill)])
def test_no_damage_breaks_anything(variants, places):
    chance = random.Random(20261125)
    whole = [made() for ending, (_mime, made) in make.WHOLE.items() if ending not in ("mp4", "mp3")]
    fates = [fate(mutant(whole[n % len(whole)], chance)) for n in range(variants)]
    counts = {kind: fates.count(kind) for kind in ("refused", "reason", "read")}
    print(counts)
    assert sum(counts.values()) == variants
    assert min(counts.values()) > 0  # control: the damage is of every degree
    assert make.on_disk(places) == []


@pytest.mark.slow
@pytest.mark.parametrize("variants", [20, pytest.param(200, marks=pytest.mark.drill)])
def test_no_damaged_picture_breaks_anything_or_stays(variants, places):
    chance = random.Random(20261126)
    whole = [make.picture("JPEG", (300, 200)), make.picture("PNG", (300, 200)), make.picture("WEBP", (300, 200))]
    stored = 0
    for n in range(variants):
        try:
            keeping.forget(keeping.keep(make.upload(mutant(whole[n % 3], chance))).name)
            stored += 1
        except ValidationError:
            pass
    assert 0 < stored < variants  # control: some are whole enough, some are not
    assert make.on_disk(places) == []


@pytest.mark.slow
def test_control_a_whole_file_comes_through_the_same_way():
    assert [fate(made()) for _mime, made in make.WHOLE.values()] == ["read"] * len(make.WHOLE)
