"""The process in which a kept file is read or drawn: the file on standard input, little memory and time.

`words KIND` answers with JSON: the places with words. `pages` answers with their number. `page KIND NUMBER WIDTH` answers
with a picture of a page. `clean` answers with a picture written anew, without what the camera put into it. What breaks a
library ends the process with an error, and the portal goes on. Knows nothing of Django: it starts in a tenth of a second.
"""

import json
import re
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any

from common.files import words
from common.files.markup import DamagedError
from common.files.words import Place
from common.uploads.child import limit_memory_and_time

CPU_SECONDS = 20
# What is read until then is given back.
CPU_SECONDS_ENOUGH = 14
MEMORY = 300_000_000
MEMORY_FOR_PICTURES = 700_000_000
WRITTEN_MOST = 300_000_000
PAGES_MOST = 5_000
DRAWN_MOST = 4_000_000
WIDTHS = range(40, 2_001)
REFUSED = 3

_READERS: dict[str, Callable[[IO[bytes]], Iterator[Place]]] = {
    "docx": words.read_docx,
    "pptx": words.read_pptx,
    "xlsx": words.read_xlsx,
    "odt": lambda file: words.read_open(file, words.NONE),
    "odp": lambda file: words.read_open(file, words.SLIDE),
    "ods": lambda file: words.read_open(file, words.SHEET),
    "txt": words.read_plain,
}
# How a PDF says that a word goes on in the next line.
_BROKEN_WORD = re.compile("[\x02\ufffe\u00ad]\\s*")


def _pdf(file: IO[bytes]) -> Any:
    import pypdfium2

    return pypdfium2.PdfDocument(file)


def read_pdf(file: IO[bytes]) -> Iterator[Place]:
    """Yield the words of each page; a page that cannot be read has none. Raises DamagedError where that is every page."""
    from pypdfium2 import PdfiumError

    document = _pdf(file)
    pages = min(len(document), PAGES_MOST)
    unreadable = 0
    for n in range(pages):
        try:
            page = document[n]
            text = page.get_textpage().get_text_range()
        except PdfiumError:
            unreadable += 1
            continue
        yield Place(words.PAGE, n + 1, words.tidy(_BROKEN_WORD.sub("", text.replace("\r", ""))))
        page.close()
    if unreadable and unreadable == pages:
        raise DamagedError


def words_of(file: IO[bytes], kind: str) -> dict[str, object]:
    """Return the places with words, up to two million letters and as far as the time goes; `complete` says whether all."""
    reader = read_pdf if kind == "pdf" else _READERS[kind]
    places: list[dict[str, object]] = []
    length = 0
    try:
        for place in reader(file):
            text = place.text[: words.TEXT_MOST - length]
            length += len(text)
            if text:
                places.append({"kind": place.kind, "number": place.number, "text": text, "name": place.name})
            if length >= words.TEXT_MOST or time.process_time() > CPU_SECONDS_ENOUGH:
                return {"places": places, "complete": False}
    except MemoryError:
        return {"places": places, "complete": False}
    except (DamagedError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, struct.error, NotImplementedError):
        return {"places": places, "complete": False, "damaged": True}
    return {"places": places, "complete": True}


def page_picture(file: IO[bytes], kind: str, number: int, width: int, out: IO[bytes]) -> None:
    """Write a page of a PDF, or a picture, as WebP of so many pixels across, at most four million in all."""
    from PIL import Image, ImageOps

    if kind == "pdf":
        page = _pdf(file)[number - 1]
        across, down = page.get_size()
        scale = min(width / across, (DRAWN_MOST / (across * down)) ** 0.5)
        drawn = page.render(scale=scale, draw_annots=True).to_pil()
    else:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as opened:
            opened.draft("RGB", (2 * width, 2 * width))  # a large photograph is not decoded in full
            drawn = ImageOps.exif_transpose(opened).convert("RGBA" if opened.has_transparency_data else "RGB")
        drawn.thumbnail((width, DRAWN_MOST // width))
    drawn.save(out, "WEBP", quality=80)


def limit_writing() -> None:
    """Bound what this process may write; on systems without such limits the portal's clock remains."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_MOST, WRITTEN_MOST))


def main() -> None:
    # pypdfium2 and Pillow take numpy along where it happens to be installed, which fills the memory.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # a module of None cannot be imported: its documented use
    what, arguments = sys.argv[1], sys.argv[2:]
    limit_writing()
    limit_memory_and_time(MEMORY if what == "words" else MEMORY_FOR_PICTURES, CPU_SECONDS)
    file, out = sys.stdin.buffer, sys.stdout.buffer
    file.seek(0)
    if what == "words":
        out.write(json.dumps(words_of(file, arguments[0])).encode())
    elif what == "pages":
        out.write(b"%d" % len(_pdf(file)))
    elif what == "page":
        page_picture(file, arguments[0], int(arguments[1]), int(arguments[2]), out)
    elif what == "clean":
        from common.files.cleaning import RefusedPictureError, write_clean

        try:
            write_clean(file, out)
        except RefusedPictureError as refused:
            sys.stderr.write(refused.code)
            raise SystemExit(REFUSED) from None


if __name__ == "__main__":
    main()
