"""Signatures of files that are neither accepted nor text, so that the refusal can name them. Must not import Django."""

import re

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BAD_BYTES = re.compile(rb"[\x00-\x06\x0e-\x19\x7f]")
_FAMILIES = {
    "pdf": (b"%PDF-",),
    "rich text": (b"{\\rtf",),
    "program": (
        b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!", b"L\x00\x00\x00\x01\x14\x02",
    ),
    "archive": (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
    "picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"8BPS"),
    "video": (b"\x1aE\xdf\xa3",),
    "sound": (b"OggS", b"fLaC"),
}  # fmt: skip
# These consist of letters throughout, and no text written by people begins so.
_IN_LETTERS = (b"%PDF-", b"{\\rtf", b"#!")


def family_of(start: bytes) -> str:
    """Return the family of a file by its first bytes: pdf, rich text, program, archive, picture, video, sound, or ""."""
    is_binary = bool(BAD_BYTES.search(start))
    for family, beginnings in _FAMILIES.items():
        for beginning in beginnings:
            if start.startswith(beginning) and (is_binary or beginning in _IN_LETTERS):
                return family
    return ""
