"""Office documents, which are zip files: checks of their content before anything large in them is unpacked."""

import copy
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.files.markup import DamagedError, walk

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 2_000_000
MAX_UNPACKED_BYTES = 600_000_000
# Lists of parts and of relations, each and in total: they are read whole.
MAX_LIST_BYTES = 4_000_000
MAX_LISTS_BYTES = 10_000_000
# Per list; this many take 0.3 s.
MAX_ELEMENTS = 150_000
MAX_EMBEDDED_BYTES = 40_000_000
# A part this large and this tightly packed was not written by people.
TIGHT_FROM = 20_000_000
TIGHTEST = 400
_END = struct.Struct("<4s4H2LH")
_OFFICE = "application/vnd.openxmlformats-officedocument."
# The main part determines the document type.
OFFICE_KINDS = {
    "wordprocessingml.document.main+xml": "wordprocessingml.document",
    "presentationml.presentation.main+xml": "presentationml.presentation",
    "presentationml.slideshow.main+xml": "presentationml.presentation",
    "spreadsheetml.sheet.main+xml": "spreadsheetml.sheet",
}
OPEN_KINDS = ("text", "presentation", "spreadsheet")
_MACROS = re.compile(
    r"macroenabled|vbaproject|vbadata|activex|ms-office\.vba|intlmacrosheet|\.macrosheet", re.IGNORECASE
)
_OBJECTS = re.compile(r"oleobject|/embeddings/[^/]*\.(?!xlsx$|docx$|pptx$)[^/]*$", re.IGNORECASE)
_EMBEDDED = re.compile(r"/embeddings/[^/]*\.(xlsx|docx|pptx)$", re.IGNORECASE)
# Another computer: a URL, or a Windows share. A path on the reader's own disk fetches nothing.
_REMOTE = re.compile(r"(?i)^\s*(?!file:)[a-z][a-z0-9+.-]+:|^\s*(file:)?[\\/]{2}(?![\\/])|^\s*file:[\\/]{4,}")
_OPEN_SCRIPTS = re.compile(
    rb"vnd\.sun\.star\.script|<script:|macro:///|<[a-z]*:?(dde-source|office-dde-source|applet|plugin)[\s>]",
    re.IGNORECASE,
)
_OPEN_HINTS = (b"vnd.sun.star.script", b"<script:", b"macro:///", b"dde-source", b"applet", b"plugin")
_DDE = re.compile(rb"<([a-z]+:)?ddeLink[\s>]", re.IGNORECASE)
# A field instruction of a text, written in one run or in several, and where a field begins or ends.
_FIELD = re.compile(
    rb"""<(?:[a-zA-Z0-9]+:)?instrText[^>]*>([^<]*)|[: ]instr=["']([^"'>]*)|fldCharType=["'](?:begin|separate|end)"""
)
_FIELD_DDE = re.compile(rb"""[\s"']*DDE(AUTO)?([\s"'&]|$)""", re.IGNORECASE)
_FIELD_HINTS = (b"instrText", b"fldSimple")
PIECE = 256 * 1024


def _damaged() -> ValidationError:
    return ValidationError(_("This document is damaged. Open it in its own program, save it again and choose that."))


def _too_large() -> ValidationError:
    return ValidationError(
        _("This document unpacks to more than is taken. Save it with smaller pictures, or as a PDF.")
    )


def _refuse_macros() -> ValidationError:
    return ValidationError(
        _(
            "This document holds macros or scripts, which are not taken. Save it without them (.docx, .pptx, .xlsx) or as a PDF."
        )
    )


def _refuse_objects() -> ValidationError:
    return ValidationError(
        _("This document holds objects of other programs. Turn them into pictures, or save the document as a PDF.")
    )


def _check_end(file: IO[bytes]) -> None:
    """Refuse a zip whose directory is not at its very end, or is unreasonably large, before reading it."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise _damaged()
    file.seek(size - _END.size)
    signature, disk, disk_of, here, entries, length, offset, comment = _END.unpack(file.read(_END.size))
    if signature != b"PK\x05\x06" or disk or disk_of or comment or here != entries:
        raise _damaged()
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY_BYTES:
        raise _too_large()
    if offset + length != size - _END.size:
        raise _damaged()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip by its directory: too much, duplicate names, names that lead elsewhere, passwords."""
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names) or any(
        "\\" in name or name.startswith("/") or ".." in name.split("/") for name in names
    ):
        raise _damaged()
    if min((entry.header_offset for entry in entries), default=1):
        raise _damaged()
    if any(entry.flag_bits & 1 for entry in entries):
        raise refuse_password()
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise _too_large()
    xml = (e for e in entries if e.filename.lower().endswith((".xml", ".rels")))
    if any(e.file_size > TIGHT_FROM and e.file_size > TIGHTEST * max(1, e.compress_size) for e in xml):
        raise _too_large()


def _check_unpacked(box: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack each entry once without storing it: refuse one that is damaged, of another size than stated, or has a document type.

    Reads no byte more than the directory stated. About 0.3 s for 100 MB.
    """
    for entry in entries:
        probe, size = copy.copy(entry), 0
        probe.file_size += 1  # else zipfile would stop there and never see that there is more
        with box.open(probe) as part:
            while piece := part.read(PIECE):
                if not size and entry.filename.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in piece[:4096]:
                    raise _damaged()
                size += len(piece)
        if size != entry.file_size:
            raise _damaged()


def refuse_password() -> ValidationError:
    """Return the refusal of a password-protected document."""
    return ValidationError(_("This document is protected by a password. Save it without one and choose that."))


def _elements(box: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of every element of a small part, without their namespaces."""
    if box.getinfo(name).file_size > MAX_LIST_BYTES:
        raise _too_large()
    with box.open(name) as part:
        count = 0
        for event, _name, attributes in walk(part):
            if event == "start":
                count += 1
                if count > MAX_ELEMENTS:
                    raise _too_large()
                yield attributes


def _check_relations(box: zipfile.ZipFile, names: list[str]) -> None:
    """Refuse whatever would be fetched from another computer when the document is opened; clickable links stay."""
    room = MAX_LISTS_BYTES
    for name in names:
        room -= box.getinfo(name).file_size
        if room < 0:
            raise _too_large()
        for relation in _elements(box, name):
            kind, target = relation.get("Type", "").rpartition("/")[2].lower(), relation.get("Target", "")
            if _MACROS.search(kind) or kind in ("oleobject", "attachedtoolbars", "control", "subdocument", "frame"):
                raise _refuse_macros() if _MACROS.search(kind) else _refuse_objects()
            if relation.get("TargetMode", "").lower() != "external" or kind == "hyperlink":
                continue
            if kind in ("video", "media") and target.lower().startswith("https://"):
                continue  # fetched when somebody plays it
            if _REMOTE.search(target):
                raise ValidationError(
                    _(
                        "This document fetches a part of itself from another computer. Put its pictures and template into it, "
                        "or save it as a PDF."
                    )
                )


def _check_embedded(box: zipfile.ZipFile, names: list[str], depth: int) -> None:
    """Check the workbooks behind charts as documents of their own; they may embed none themselves."""
    for name in names:
        if depth or box.getinfo(name).file_size > MAX_EMBEDDED_BYTES:
            raise _refuse_objects()
        with box.open(name) as part, SpooledTemporaryFile(max_size=2_000_000) as inner:
            while piece := part.read(256 * 1024):
                inner.write(piece)
            check_package(inner, depth=1)


def _office_kind(box: zipfile.ZipFile, names: list[str], depth: int) -> str:
    """Return the type of an Office Open XML document by its list of parts, or refuse it."""
    if any(_MACROS.search(name) for name in names):
        raise _refuse_macros()
    if any(_OBJECTS.search(name) for name in names):
        raise _refuse_objects()
    kinds: set[str] = set()
    for part in _elements(box, "[Content_Types].xml"):
        content_type = part.get("ContentType", "")
        if _MACROS.search(content_type):
            raise _refuse_macros()
        if "oleobject" in content_type.lower():
            raise _refuse_objects()
        if content_type.startswith(_OFFICE) and content_type.removeprefix(_OFFICE) in OFFICE_KINDS:
            kinds.add(_OFFICE + OFFICE_KINDS[content_type.removeprefix(_OFFICE)])
        elif content_type.endswith("template.main+xml"):
            raise ValidationError(_("This is a template. Save it as a document and choose that."))
        elif content_type.endswith(".main") and "sheet.binary" in content_type:
            raise ValidationError(_("This is a binary Excel workbook (.xlsb). Save it as .xlsx and choose that."))
    if len(kinds) != 1:
        raise _damaged()
    _check_relations(box, [name for name in names if name.endswith(".rels")])
    for name in names:
        if "externallinks/" in name.lower() and name.endswith(".xml") and _holds(box, name, _DDE):
            raise _refuse_macros()
    texts = [name for name in names if name.endswith(".xml")] if "wordprocessing" in min(kinds) else []
    if any(_starts_program(box, name) for name in texts):
        raise _refuse_macros()
    _check_embedded(box, [name for name in names if _EMBEDDED.search(name)], depth)
    return kinds.pop()


def _starts_program(box: zipfile.ZipFile, name: str) -> bool:
    """Return whether a field of this part calls another program (DDE) when the text is opened; read in chunks."""
    field = before = b""
    with box.open(name) as part:
        while piece := part.read(PIECE):
            looked_at, end = before + piece, 0
            if not any(hint in looked_at for hint in _FIELD_HINTS):
                before = piece[-100:]
                continue
            for match in _FIELD.finditer(looked_at):
                if match.end() == len(looked_at):
                    break  # it may continue in the next chunk
                end, instruction = match.end(), match[1] if match[1] is not None else match[2]
                field = field + instruction if match[1] is not None else instruction or b""
                if _FIELD_DDE.match(field):
                    return True
            before = looked_at[end:][-4_000:]
    return False


def _holds(box: zipfile.ZipFile, name: str, words: re.Pattern[bytes], hints: tuple[bytes, ...] = (b"",)) -> bool:
    """Return whether a part contains any of these words; read in chunks.

    One of the `hints`, in lower case, occurs wherever the words do: searching for those is ten times as fast.
    """
    before = b""
    with box.open(name) as part:
        while piece := part.read(256 * 1024):
            looked_at = before + piece
            lowered = looked_at.lower()
            if any(hint in lowered for hint in hints) and words.search(looked_at):
                return True
            before = piece[-100:]
    return False


def _open_kind(box: zipfile.ZipFile, names: list[str]) -> str:
    """Return the type of an OpenDocument file, or refuse it."""
    if box.getinfo("mimetype").file_size > 200:
        raise _damaged()
    mimetype = box.read("mimetype").decode("ascii", errors="replace").strip()
    if mimetype.endswith("-template"):
        raise ValidationError(_("This is a template. Save it as a document and choose that."))
    if (
        mimetype not in {f"application/vnd.oasis.opendocument.{kind}" for kind in OPEN_KINDS}
        or "content.xml" not in names
    ):
        raise not_taken()
    if any(name.split("/")[0] in ("Basic", "Scripts", "Dialogs") for name in names):
        raise _refuse_macros()
    if "META-INF/manifest.xml" in names:
        if _holds(box, "META-INF/manifest.xml", re.compile(rb"encryption-data")):
            raise refuse_password()
        for entry in _elements(box, "META-INF/manifest.xml"):
            if "oleobject" in entry.get("media-type", "").lower():
                raise _refuse_objects()
    for name in names:
        if name.endswith(("content.xml", "styles.xml", "settings.xml")) and _holds(
            box, name, _OPEN_SCRIPTS, _OPEN_HINTS
        ):
            raise _refuse_macros()
    return mimetype


def not_taken() -> ValidationError:
    """Return the refusal of an unlisted file type."""
    return ValidationError(
        _(
            "This kind of file is not taken. Choose a PDF, a document (.docx, .pptx, .xlsx, .odt, .odp, .ods), a picture, a text, "
            "an MP4 video or MP3 sound."
        )
    )


def check_package(file: IO[bytes], depth: int = 0) -> str:
    """Return the media type of an office document by its content; raise ValidationError for any other zip.

    `depth` counts how many documents it is embedded in. Each entry is unpacked once; memory does not grow with the file.
    """
    _check_end(file)
    try:
        with zipfile.ZipFile(file) as box:
            entries = box.infolist()
            _check_entries(entries)
            _check_unpacked(box, entries)
            names = [entry.filename for entry in entries]
            if "[Content_Types].xml" in names:
                return _office_kind(box, names, depth)
            if "mimetype" in names:
                return _open_kind(box, names)
            if any(name.endswith(".iwa") for name in names):
                raise ValidationError(
                    _("This is a Pages, Keynote or Numbers document. Export it as a PDF or Office file.")
                )
            raise ValidationError(_("This is an archive. Unpack it and choose the files in it."))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        UnicodeDecodeError,
        DamagedError,
        struct.error,
        RuntimeError,
        OverflowError,
        LookupError,
    ) as wrong:
        raise _damaged() from wrong
