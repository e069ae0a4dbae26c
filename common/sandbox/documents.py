"""Sandbox jobs for the words of a document and the pages of a PDF. Must not import Django."""

import json
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from common.files import text_extraction
from common.files.markup import DamagedError
from common.files.text_extraction import Place

# What is read until then is returned; the limit of the process is a little later.
CPU_SECONDS_ENOUGH = 14
MAX_PAGES = 5_000
MAX_DRAWN = 4_000_000

_READERS: dict[str, Callable[[IO[bytes]], Iterator[Place]]] = {
    "docx": text_extraction.read_docx,
    "pptx": text_extraction.read_pptx,
    "xlsx": text_extraction.read_xlsx,
    "odt": lambda file: text_extraction.read_open(file, text_extraction.NONE),
    "odp": lambda file: text_extraction.read_open(file, text_extraction.SLIDE),
    "ods": lambda file: text_extraction.read_open(file, text_extraction.SHEET),
    "txt": text_extraction.read_plain,
}
# How a PDF marks a word that continues on the next line.
_BROKEN_WORD = re.compile("[\x02\ufffe\u00ad]\\s*")


def _pdf(file: IO[bytes]) -> Any:
    import pypdfium2

    return pypdfium2.PdfDocument(file)


def read_pdf(file: IO[bytes]) -> Iterator[Place]:
    """Yield the words of each page; an unreadable page has none. Raises DamagedError if every page is unreadable."""
    from pypdfium2 import PdfiumError

    document = _pdf(file)
    pages = min(len(document), MAX_PAGES)
    unreadable = 0
    for n in range(pages):
        try:
            page = document[n]
            text = page.get_textpage().get_text_range()
        except PdfiumError:
            unreadable += 1
            continue
        yield Place(text_extraction.PAGE, n + 1, text_extraction.tidy(_BROKEN_WORD.sub("", text.replace("\r", ""))))
        page.close()
    if unreadable and unreadable == pages:
        raise DamagedError


def words_of(file: IO[bytes], kind: str) -> dict[str, object]:
    """Return the places with words, up to two million letters and within the time limit; `complete` says whether all."""
    reader = read_pdf if kind == "pdf" else _READERS[kind]
    places: list[dict[str, object]] = []
    length = 0
    try:
        for place in reader(file):
            text = place.text[: text_extraction.MAX_TEXT_LENGTH - length]
            length += len(text)
            if text:
                places.append({"kind": place.kind, "number": place.number, "text": text, "name": place.name})
            if length >= text_extraction.MAX_TEXT_LENGTH or time.process_time() > CPU_SECONDS_ENOUGH:
                return {"places": places, "complete": False}
    except MemoryError:
        return {"places": places, "complete": False}
    except (DamagedError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, struct.error, NotImplementedError):
        return {"places": places, "complete": False, "damaged": True}
    return {"places": places, "complete": True}


def write_words(file: IO[bytes], out: IO[bytes], kind: str) -> None:
    """Write the words of a file of this type (an extension) by place, as JSON."""
    out.write(json.dumps(words_of(file, kind)).encode())


def write_page_count(file: IO[bytes], out: IO[bytes]) -> None:
    """Write the number of pages of a PDF."""
    out.write(b"%d" % len(_pdf(file)))


def draw_page(file: IO[bytes], out: IO[bytes], number: str, width: str) -> None:
    """Write a page of a PDF, from 1, as WebP `width` pixels wide, at most four million pixels in all."""
    page = _pdf(file)[int(number) - 1]
    across, down = page.get_size()
    scale = min(int(width) / across, (MAX_DRAWN / (across * down)) ** 0.5)
    page.render(scale=scale, draw_annots=True).to_pil().save(out, "WEBP", quality=80)
