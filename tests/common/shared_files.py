"""Files as members share them, made here: whole ones of every kind that is taken, and the ways in which they can be hostile."""

import io
import struct
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.common.sheet_files import workbook

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_O = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "presentation", "script", "manifest")
) + ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'  # fmt: skip


def upload(content: bytes, name: str = "a.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def on_disk(folder: Path) -> list[str]:
    """Return the names of all files below the folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


Parts = dict[str, str | bytes]


def zipped(parts: Parts, *, stored: tuple[str, ...] = ()) -> bytes:
    """Return a zip of these parts in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, body in parts.items():
            box.writestr(name, body, zipfile.ZIP_STORED if name in stored else None)
    return out.getvalue()


def renamed(content: bytes, usual: str, other: str) -> bytes:
    """Return a package with its main part under another name, and what names it changed with it."""
    folder, _slash, base = usual.partition("/")
    names = {usual: other, f"{folder}/_rels/{base}.rels": f"{folder}/_rels/{other.partition('/')[2]}.rels"}
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        parts: Parts = {name: box.read(name) for name in box.namelist()}
    for name in ("[Content_Types].xml", "_rels/.rels"):
        parts[name] = bytes(parts[name]).replace(usual.encode(), other.encode())
    return zipped({names.get(name, name): body for name, body in parts.items()})


def relations(*rows: tuple[str, str], outside: bool = False) -> str:
    """Return a list of relations rId1, rId2 …: the last word of each type, and its target."""
    mode = ' TargetMode="External"' if outside else ""
    rows_xml = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATION}{kind}" Target="{target}"{mode}/>'
        for n, (kind, target) in enumerate(rows, 1)
    )
    return f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows_xml}</Relationships>'


def content_types(main: str, kind: str, *more: tuple[str, str]) -> str:
    rows = "".join(f'<Override PartName="/{part}" ContentType="{told}"/>' for part, told in ((main, kind), *more))
    return f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{rows}</Types>'


def docx_parts(text: str = "Вежба о родној равноправности", kind: str = "document.main+xml") -> Parts:
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    return {
        "[Content_Types].xml": content_types("word/document.xml", f"{OFFICE}wordprocessingml.{kind}"),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f"{_HEAD}<w:document {_W}><w:body>{paragraphs}</w:body></w:document>",
    }


def pptx_parts(*slides: str, notes: str = "") -> Parts:
    slides = slides or ("Prvi slajd", "Drugi slajd")
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, len(slides) + 1))
    # The order of showing is not that of the names.
    targets = [("slide", f"slides/slide{len(slides) - n}.xml") for n in range(len(slides))]
    parts: Parts = {
        "[Content_Types].xml": content_types("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml"),
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"{_HEAD}<p:presentation {_P} {_R}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(*targets),
    }
    for (_kind, target), text in zip(targets, slides, strict=True):
        parts[f"ppt/{target}"] = f"{_HEAD}<p:sld {_P}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"
    if notes:
        parts["ppt/notesSlides/notesSlide1.xml"] = f"{_HEAD}<p:notes {_P}><a:p><a:t>{notes}</a:t></a:p></p:notes>"
        parts[f"ppt/slides/_rels/{targets[0][1].partition('/')[2]}.rels"] = relations(
            ("notesSlide", "../notesSlides/notesSlide1.xml")
        )
    return parts


def open_parts(kind: str = "text", body: str | None = None) -> Parts:
    """The parts of an OpenDocument file; `body` is the XML inside office:text, office:presentation or office:spreadsheet."""
    usual = {
        "text": "<text:p>Prvi <text:span>red</text:span> teksta</text:p><text:p>Други ред</text:p>",
        "presentation": '<draw:page draw:name="a"><text:p>Slajd</text:p></draw:page><draw:page draw:name="b"><text:p>Слајд</text:p></draw:page>',
        "spreadsheet": '<table:table table:name="Spisak"><table:table-row><text:p>Đorđević</text:p></table:table-row></table:table>',
    }
    return {
        "mimetype": OPEN + kind,
        "content.xml": f"{_HEAD}<office:document-content {_O}><office:body><office:{kind}>{body or usual[kind]}"
        f"</office:{kind}></office:body></office:document-content>",
        "META-INF/manifest.xml": f"{_HEAD}<manifest:manifest {_O}/>",
    }


def docx(*args: Any, **more: str | bytes) -> bytes:
    return zipped({**docx_parts(*args), **more})


def with_part(name: str, body: str | bytes = b"x", parts: Parts | None = None) -> bytes:
    """Return a text document, or these parts, with one part more or another one in its place."""
    return zipped({**(parts or docx_parts()), name: body})


def opened(kind: str = "text", body: str | None = None, **more: str) -> bytes:
    return zipped({**open_parts(kind, body), **more}, stored=("mimetype",))


@cache
def pdf(*pages: str) -> bytes:
    """Return a PDF with these pages of text."""
    pages = pages or ("Родна равноправност", "Druga strana: Đorđević")
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "x.typ"
        template.write_text('#set document(title: "x")\n' + "\n#pagebreak()\n".join(pages))
        made = typst.compile(template, format="pdf", ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "white" if mode != "RGBA" else (0, 0, 0, 0)).save(out, kind, **options)
    return out.getvalue()


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">L4s", 8 + len(body), name) + body


def mp4(*more: bytes, brand: bytes = b"isom") -> bytes:
    return (
        box(b"ftyp", brand + bytes(4) + brand)
        + box(b"moov", box(b"mvhd", bytes(100)))
        + box(b"mdat", bytes(500))
        + b"".join(more)
    )


def mp3(frames: int = 20, tag: bytes = b"") -> bytes:
    """Return silence of 128 kbit/s at 44.1 kHz: frames of 417 bytes."""
    head = b"ID3\x04\x00\x00" + bytes([0, 0, len(tag) >> 7, len(tag) & 0x7F]) + tag if tag else b""
    return head + (b"\xff\xfb\x90\x00" + bytes(413)) * frames


WHOLE: dict[str, tuple[str, Any]] = {
    "pdf": ("application/pdf", pdf),
    "docx": (OFFICE + "wordprocessingml.document", docx),
    "pptx": (OFFICE + "presentationml.presentation", lambda: zipped(pptx_parts(notes="Beleška"))),
    "xlsx": (OFFICE + "spreadsheetml.sheet", lambda: workbook(["Ђорђевић", 1, "Živko"])),
    "odt": (OPEN + "text", opened),
    "odp": (OPEN + "presentation", lambda: opened("presentation")),
    "ods": (OPEN + "spreadsheet", lambda: opened("spreadsheet")),
    "jpg": ("image/jpeg", picture),
    "png": ("image/png", lambda: picture("PNG")),
    "webp": ("image/webp", lambda: picture("WEBP")),
    "txt": ("text/plain", lambda: "Вежба; čas\r\n1;2\r\n".encode()),
    "mp4": ("video/mp4", mp4),
    "mp3": ("audio/mpeg", lambda: mp3(tag=b"TIT2" + bytes(200))),
}


@cache
def zip_bomb(megabytes: int = 700) -> bytes:
    """Return a text document of less than a megabyte that unpacks to so many."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in docx_parts().items():
            new.writestr(name, body)
        with new.open("word/media/a.bin", "w") as part:
            for _n in range(megabytes):
                part.write(bytes(1_000_000))
    return out.getvalue()


@cache
def tight_xml(megabytes: int = 40) -> bytes:
    """Return a text document whose text is so many megabytes of one letter."""
    return with_part("word/document.xml", b"<w>" + b" " * megabytes * 1_000_000 + b"</w>")


def encrypted_zip() -> bytes:
    """Return a text document whose entries say that they are encrypted."""
    content = bytearray(docx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def many_entries(n: int = 10_001) -> bytes:
    return zipped({**docx_parts(), **{f"x/{number}": b"" for number in range(n)}})


def false_directory() -> bytes:
    """Return a document whose end announces a directory of 100 MB."""
    content = docx()
    return content[:-10] + struct.pack("<L", 100_000_000) + content[-6:]


def announced_bomb(size: int = 700_000_000) -> bytes:
    """Return a document that says an entry unpacks to so many bytes."""
    content = bytearray(with_part("word/media/a.bin"))
    at = content.rfind(b"word/media/a.bin")
    content[at - 46 + 24 : at - 46 + 28] = struct.pack("<L", size)
    return bytes(content)


def lying_size() -> bytes:
    """Return a document of which an entry unpacks to far more than the directory says."""
    content = bytearray(with_part("word/document.xml", b"<w>" + b" " * 1_000_000 + b"</w>"))
    at = content.rfind(b"word/document.xml")
    content[at - 46 + 24 : at - 46 + 28] = struct.pack("<L", 100)
    return bytes(content)


def lying_size_and_sum() -> bytes:
    """Return the same with the checksum of what the directory says."""
    content = bytearray(lying_size())
    at = content.rfind(b"word/document.xml")
    content[at - 46 + 16 : at - 46 + 20] = struct.pack("<L", zlib.crc32(b"<w>" + b" " * 97))
    return bytes(content)


def damaged_entry() -> bytes:
    """Return a document of which one entry is not what was packed."""
    content = bytearray(with_part("word/media/a.bin", bytes(range(250)) * 40))
    at = content.find(b"word/media/a.bin") + 60
    content[at] ^= 0xFF
    return bytes(content)


def locked_office(sectors: int = 400) -> bytes:
    """Return an OLE file whose directory stands behind so many sectors and names a document under a password."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32], head[48:52] = struct.pack("<H", 9), struct.pack("<L", sectors)
    return bytes(head) + bytes(512 * sectors) + "EncryptedPackage".encode("utf-16-le").ljust(1024, b"\x00")


def packed_object(inside: bytes) -> bytes:
    """Return an object stream of a PDF."""
    stream = zlib.compress(inside)
    return (
        b"90 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (
            len(stream),
            stream,
        )
    )


def pdf_with(part: bytes) -> bytes:
    """Return a PDF with an object more, before its end."""
    whole = pdf()
    at = whole.rfind(b"startxref")
    return whole[:at] + part + b"\n" + whole[at:]
