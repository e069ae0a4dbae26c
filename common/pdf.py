"""PDF documents: one of our typst templates plus its data as JSON. Nothing that people typed is evaluated."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst

# Archivable (with text that can be copied in order) and accessible (tagged).
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
# The Latin, Greek, Cyrillic, punctuation and currency characters in the fonts of the typst wheel.
_HELD = (
    range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x370), range(0x370, 0x485), range(0x487, 0x500),
    range(0x1E00, 0x1F00), range(0x2010, 0x2041), range(0x20A0, 0x20C0), range(0x2116, 0x2117),
)  # fmt: skip
MISSING = "□"
LONGEST_WORD, PIECE = 22, 14
# Fields of the portal's own that are not words: pictures and URLs.
AS_IS = ("_svg", "_url")
SOFT_HYPHEN = "\u00ad"


def printable(text: str) -> str:
    """Return the text as a document can show it: unsupported characters become an empty box, invisible ones are removed.

    The standards refuse a whole document for one such character. A word too long for a column may break anywhere.
    """
    chars = []
    for sign in unicodedata.normalize("NFC", text):
        if sign.isspace():
            chars.append(" ")
        elif unicodedata.category(sign)[0] != "C":
            chars.append(sign if any(ord(sign) in held for held in _HELD) else MISSING)
    words = " ".join("".join(chars).split()).split(" ")
    return " ".join(
        SOFT_HYPHEN.join(word[n : n + PIECE] for n in range(0, len(word), PIECE)) if len(word) > LONGEST_WORD else word
        for word in words
    )


def _printable_all(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: inner if key.endswith(AS_IS) else _printable_all(inner) for key, inner in value.items()}
    return [_printable_all(inner) for inner in value] if isinstance(value, list | tuple) else value


def qr_svg(text: str) -> str:
    """Return a QR code of the text as SVG, for a field whose name ends in `_svg`."""
    return str(segno.make(text, error="m", micro=False).svg_inline(border=0, omitsize=True))


def make_pdf(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the PDF of a typst template and `data`, which it reads as JSON from `sys.inputs.data`; dated `at`.

    The same words and date give the same bytes.

    Tagged PDF/A-2a and PDF/UA-1 with the bundled fonts. About 10 ms a page. Raises typst.TypstError if the
    template is wrong; words are made printable before.
    """
    made = typst.compile(
        template,
        format="pdf",
        sys_inputs={"data": json.dumps(_printable_all(data), ensure_ascii=False)},
        pdf_standards=STANDARDS,
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)  # noqa: S101 - narrows the type: one PDF, given back rather than written
    return made
