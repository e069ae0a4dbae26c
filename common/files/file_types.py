"""The accepted file types, and how each is detected: by content, never by file name."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from zipfile import is_zipfile

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.files.beginnings import BAD_BYTES, OLE, family_of
from common.files.media import BRANDS, is_mp3, is_mp4
from common.files.office_checks import check_package, not_taken, refuse_password
from common.files.pdfs import check_pdf
from common.sandbox.jobs import RefusedError
from common.uploads.delimited import decoded, utf16_without_mark

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
PDF, TEXT, MP4, MP3 = "application/pdf", "text/plain", "video/mp4", "audio/mpeg"
DOCX, PPTX, XLSX = (
    _OFFICE + name for name in ("wordprocessingml.document", "presentationml.presentation", "spreadsheetml.sheet")
)
ODT, ODP, ODS = (_OPEN + name for name in ("text", "presentation", "spreadsheet"))
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


@dataclass(frozen=True)
class Kind:
    """An accepted file type: its media type, its common name, and its allowed extensions, the usual one first."""

    mime: str
    label: "str | _StrPromise"
    endings: tuple[str, ...]
    is_picture: bool = False
    has_pages: bool = False
    has_words: bool = False


KINDS: dict[str, Kind] = {
    kind.mime: kind
    for kind in (
        Kind(PDF, gettext_lazy("PDF"), ("pdf",), has_pages=True, has_words=True),
        Kind(DOCX, gettext_lazy("Word document"), ("docx",), has_words=True),
        Kind(PPTX, gettext_lazy("PowerPoint presentation"), ("pptx", "ppsx"), has_words=True),
        Kind(XLSX, gettext_lazy("Excel workbook"), ("xlsx",), has_words=True),
        Kind(ODT, gettext_lazy("OpenDocument text"), ("odt",), has_words=True),
        Kind(ODP, gettext_lazy("OpenDocument presentation"), ("odp",), has_words=True),
        Kind(ODS, gettext_lazy("OpenDocument sheet"), ("ods",), has_words=True),
        Kind(JPEG, gettext_lazy("JPEG picture"), ("jpg", "jpeg"), is_picture=True, has_pages=True),
        Kind(PNG, gettext_lazy("PNG picture"), ("png",), is_picture=True, has_pages=True),
        Kind(WEBP, gettext_lazy("WebP picture"), ("webp",), is_picture=True, has_pages=True),
        Kind(TEXT, gettext_lazy("text"), ("txt", "csv", "md", "srt", "vtt"), has_words=True),
        Kind(MP4, gettext_lazy("MP4 video"), ("mp4",)),
        Kind(MP3, gettext_lazy("MP3 sound"), ("mp3",)),
    )
}

MAX_TEXT_BYTES = 20_000_000
_LOOKED_AT = 64 * 1024
_SPACE = b"\xef\xbb\xbf \t\r\n\x0c"
# What browsers take for the beginning of a web page (whatwg.org, MIME Sniffing), and any other markup that they run.
_MARKUP = re.compile(r"<(!doctype|!--|\?xml|\?php|[a-z][a-z0-9]*[\s>/:])", re.IGNORECASE)
_BEYOND_ASCII = bytes(range(0x80, 0x100))

OLD_OFFICE = gettext_lazy(
    "This is a document of an old Office (.doc, .xls, .ppt). Save it as .docx, .xlsx, .pptx or PDF."
)
PROGRAM = gettext_lazy("This is a program. Programs are not taken.")
ARCHIVE = gettext_lazy("This is an archive. Unpack it and choose the files in it.")
PICTURE = gettext_lazy("Pictures of this kind are not taken. Save it as JPEG, PNG or WebP.")
VIDEO = gettext_lazy("Videos of this kind are not taken. Save it as MP4.")
SOUND = gettext_lazy("Sounds of this kind are not taken. Save it as MP3.")
WEB_PAGE = gettext_lazy("This is a web page or XML. Print it to a PDF, or choose a text without markup.")
DRAWING = gettext_lazy("This is an SVG drawing, which can hold scripts. Save it as PNG or PDF.")
RICH_TEXT = gettext_lazy("This is an RTF document. Save it as .docx, .odt or PDF.")
DAMAGED = gettext_lazy("This file is damaged or not complete. Choose it again, or save it anew.")
_FAMILIES: "dict[str, str | _StrPromise]" = {
    "rich text": RICH_TEXT, "program": PROGRAM, "archive": ARCHIVE, "picture": PICTURE, "video": VIDEO, "sound": SOUND,
}  # fmt: skip


def _refuse_two_kinds() -> ValidationError:
    return ValidationError(
        _("This file is two kinds of file in one. Save it again in its own program and choose that.")
    )


def _is_locked_office(file: IO[bytes], start: bytes) -> bool:
    """Return whether an OLE file holds a password-protected Office document: its directory, anywhere in the file, says so."""
    if len(start) < 512:
        return False
    sector = 1 << min(int.from_bytes(start[30:32], "little"), 12)
    file.seek((int.from_bytes(start[48:52], "little") + 1) * sector)
    return "EncryptedPackage".encode("utf-16-le") in start + file.read(sector)


def _by_beginning(file: IO[bytes], start: bytes) -> ValidationError | None:
    """Return the refusal of a recognised type that is not accepted."""
    if family := family_of(start):
        return ValidationError(_FAMILIES[family])
    if start.startswith(OLE):
        return refuse_password() if _is_locked_office(file, start) else ValidationError(OLD_OFFICE)
    if b"%PDF-" in start[:1024]:
        return ValidationError(_("Something stands before the beginning of this PDF. Print it to a new PDF."))
    guessed = filetype.guess(start[:8192]) if BAD_BYTES.search(start) else None
    if not guessed:
        return None
    kinds = {"image": PICTURE, "video": VIDEO, "audio": SOUND}
    family = guessed.mime.partition("/")[0]
    return ValidationError(kinds[family]) if family in kinds else not_taken()


def _check_letters(file: IO[bytes], wide: str | None) -> None:
    """Refuse a text with bytes that no text has, or invalid UTF-16 (`wide`). Raises ValidationError, UnicodeDecodeError."""
    decoder = codecs.getincrementaldecoder(wide)() if wide else None
    while piece := file.read(256 * 1024):
        if decoder:
            decoder.decode(piece)
        elif BAD_BYTES.search(piece):
            raise not_taken()


def _check_text(file: IO[bytes], size: int) -> None:
    """Refuse anything but text written by people, and any markup. About 0.1 s and 5 MB of memory for 20 MB."""
    if size > MAX_TEXT_BYTES:
        raise ValidationError(_("This text is larger than 20 MB. Choose it in parts."))
    file.seek(0)
    start = file.read(_LOOKED_AT)
    wide = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else utf16_without_mark(start)
    try:
        # No character is cut in two when only the beginning is looked at.
        text = decoded(
            start if size <= _LOOKED_AT else start[: len(start) // 4 * 4] if wide else start.rstrip(_BEYOND_ASCII)
        )
        file.seek(0)
        _check_letters(file, wide)
    except (RefusedError, UnicodeDecodeError) as refused:
        raise not_taken() from refused
    visible = "".join(c for c in text[:4096] if unicodedata.category(c) != "Cf").lstrip()
    if _MARKUP.match(visible):
        raise ValidationError(DRAWING if "<svg" in text[:4096].lower() else WEB_PAGE)


def picture_kind(start: bytes) -> Kind | None:
    """Return the type of a picture by its first bytes: the rest is validated when it is re-encoded."""
    for beginning, mime in ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG)):
        if start.startswith(beginning):
            return KINDS[mime]
    return KINDS[WEBP] if start[:4] == b"RIFF" and start[8:12] == b"WEBP" else None


def detect_type(file: IO[bytes]) -> Kind:
    """Return the type of an accepted file; raise ValidationError with a sentence for anything else.

    Pictures are detected here and validated when re-encoded. The file must be seekable; memory does not grow with it.
    About 0.3 s for 100 MB.
    """
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(_LOOKED_AT)
    if not start.strip(b"\x00" + _SPACE):
        raise ValidationError(_("This file is empty. Choose another."))
    if start.startswith(b"PK\x03\x04"):
        return KINDS[check_package(file)]
    if start.startswith(b"%PDF-"):
        check_pdf(file)
        return _alone(file, PDF)
    if picture := picture_kind(start):
        return picture
    if start[4:8] == b"ftyp":
        return _media(file, size, start)
    if start.startswith(b"ID3") or (start[0] == 0xFF and start[1:2] and start[1] & 0xE0 == 0xE0 and start[1] != 0xFE):
        if not is_mp3(file, size):
            raise ValidationError(DAMAGED if start.startswith((b"ID3", b"\xff\xfb", b"\xff\xfa")) else SOUND)
        return _alone(file, MP3)
    if refused := _by_beginning(file, start):
        raise refused
    _check_text(file, size)
    return _alone(file, TEXT)


def _media(file: IO[bytes], size: int, start: bytes) -> Kind:
    brand = start[8:12]
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"hevc"):
        raise ValidationError(PICTURE)
    if brand in (b"qt  ", b"M4A ", b"M4B "):
        raise ValidationError(VIDEO if brand == b"qt  " else SOUND)
    if not is_mp4(file, size):
        raise ValidationError(DAMAGED if brand in BRANDS else VIDEO)
    return _alone(file, MP4)


def _alone(file: IO[bytes], mime: str) -> Kind:
    """Return the type, unless an archive is appended to the file: some programs would read that instead."""
    if is_zipfile(file):
        raise _refuse_two_kinds()
    return KINDS[mime]


MAX_NAME_LENGTH = 120
# Extensions that say something about a file; any other dot is part of the name.
_ENDINGS = {ending for kind in KINDS.values() for ending in kind.endings} | {
    "doc", "xls", "ppt", "docm", "xlsm", "pptm", "dot", "dotx", "rtf", "htm", "html", "xhtml", "svg", "xml", "js", "php", "zip",
    "rar", "7z", "exe", "scr", "bat", "cmd", "com", "msi", "lnk", "vbs", "ps1", "jar", "jfif", "tif", "tiff", "gif", "bmp",
    "heic", "mov", "avi", "mkv", "webm", "wav", "ogg", "m4a", "log", "tsv",
}  # fmt: skip
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('<>:"|?*%;', "-"))


def clean_name(name: str, kind: Kind) -> str:
    """Return the download name of a file: no folders, no invisible characters, with an extension that fits its type.

    >>> clean_name("C:/Users/Ana/Вежба 1.PDF.exe", KINDS[PDF])
    'Вежба 1.pdf'
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    base = "".join(c for c in base if c.isspace() or unicodedata.category(c)[0] != "C")
    base = " ".join(base.translate(_NOT_IN_NAMES).split()).rstrip(" .")
    ending = kind.endings[0]
    while (suffix := base.rpartition(".")[2].lower()) in _ENDINGS and "." in base:
        ending = suffix if suffix in kind.endings else ending
        base = base[: -len(suffix)].rstrip(" .")
    base = base[:MAX_NAME_LENGTH].strip(" .") or "file"
    return f"{base}.{ending}"
