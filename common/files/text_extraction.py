"""Text extraction from office documents and texts, place by place. Runs in the sandbox; must not import Django.

Reads the parts that `office_checks` lets through, element by element, so that memory holds little but the words found.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from common.files.markup import walk
from common.files.parts import find_part, listed_parts, main_part, named_part, relations
from common.sandbox.jobs import RefusedError
from common.uploads.delimited import decoded

MAX_TEXT_LENGTH = 2_000_000
MAX_TEXT_BYTES = 8_000_000
MAX_SHEETS = 200
PAGE, SLIDE, SHEET, NONE = "page", "slide", "sheet", ""
# Elements that show nothing of their own: deleted text, fallbacks for drawings, comments.
_PASSED_OVER = frozenset(
    {"Fallback", "delText", "instrText", "annotation", "tracked-changes", "deletion", "moveFrom", "rPh"}
)
_GAPS = {"tab": "\t", "br": "\n", "cr": "\n", "s": " ", "line-break": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True)
class Place:
    """Where words are: `kind` is page, slide, sheet or empty for a document without places; numbers begin at 1."""

    kind: str
    number: int
    text: str
    name: str = ""


def tidy(text: str) -> str:
    """Return the text with single spaces, without empty lines and NULs."""
    lines = (" ".join(line.split()) for line in text.replace("\x00", "").split("\n"))
    return "\n".join(line for line in lines if line)


def _marked_words(part: IO[bytes]) -> str:
    """Return the words of a DOCX or PPTX part, or of a sheet's text boxes and comments: in `t` elements of paragraphs."""
    out: list[str] = []
    length, inside = 0, False
    for event, name, _told in walk(part, _PASSED_OVER):
        if event == "text":
            if inside:
                out.append(name)
                length += len(name)
        elif name == "t":
            inside = event == "start"
        elif event == "start" and name in _GAPS:
            out.append(_GAPS[name])
        elif event == "end" and name in ("p", "comment"):
            out.append("\n")
        if length > MAX_TEXT_LENGTH:
            break
    return tidy("".join(out))


def _part_words(box: zipfile.ZipFile, names: list[str]) -> str:
    out = []
    for name in filter(None, (find_part(box, name) for name in names)):
        with box.open(name) as part:
            out.append(_marked_words(part))
    return "\n".join(text for text in out if text)


def read_docx(file: IO[bytes]) -> Iterator[Place]:
    """Yield the words of a text document as one place: its text, then notes, headers and footers."""
    with zipfile.ZipFile(file) as box:
        main = main_part(box, "word/document.xml")
        extra = [
            target
            for kind, target in relations(box, main).values()
            if kind in ("footnotes", "endnotes", "header", "footer", "diagramData", "chart")
        ]
        with box.open(main) as part:
            text = _marked_words(part)
        yield Place(NONE, 0, "\n".join([text, _part_words(box, sorted(set(extra)))]).strip())


def read_pptx(file: IO[bytes]) -> Iterator[Place]:
    """Yield the words of each slide with its drawings and speaker's notes, in presentation order."""
    with zipfile.ZipFile(file) as box:
        for number, (_name, target) in enumerate(listed_parts(box, main_part(box, "ppt/presentation.xml"), "sldId"), 1):
            beside = [
                other
                for kind, other in relations(box, target).values()
                if kind in ("notesSlide", "diagramData", "chart")
            ]
            yield Place(SLIDE, number, _part_words(box, [target, *beside]))


def _shared_words(box: zipfile.ZipFile, main: str) -> list[str]:
    """Return the shared strings of a workbook, which cells refer to by number."""
    words: list[str] = []
    pieces: list[str] = []
    length, inside = 0, False
    name = named_part(box, main, "sharedStrings", "xl/sharedStrings.xml")
    if name not in box.namelist():
        return words
    with box.open(name) as part:
        for event, name, _told in walk(part, _PASSED_OVER):
            if event == "text" and inside:
                pieces.append(name)
            elif name == "t":
                inside = event == "start"
            elif event == "end" and name == "si":
                words.append("".join(pieces))
                pieces.clear()
                length += len(words[-1]) + 8
                if length > 2 * MAX_TEXT_LENGTH:
                    break
    return words


def _sheet_words(part: IO[bytes], shared: list[str]) -> str:
    out: list[str] = []
    value: list[str] = []
    kind, inside, length = "", False, 0
    for event, name, attributes in walk(part, _PASSED_OVER):
        if event == "text":
            if inside:
                value.append(name)
        elif name in ("v", "t"):
            inside = event == "start"
        elif name == "c" and event == "start":
            kind = attributes.get("t", "")
        elif name == "c":
            cell = "".join(value)
            value.clear()
            if kind == "s":
                cell = shared[int(cell)] if cell.isdecimal() and len(cell) < 9 and int(cell) < len(shared) else ""
            out.append(cell + "\t" if cell else "")
            length += len(cell)
        elif name == "row" and event == "end":
            out.append("\n")
        if length > MAX_TEXT_LENGTH:
            break
    return tidy("".join(out))


def read_xlsx(file: IO[bytes]) -> Iterator[Place]:
    """Yield the words and numbers of each sheet, a line per row, then its boxes and comments; dates stay numbers."""
    with zipfile.ZipFile(file) as box:
        main = main_part(box, "xl/workbook.xml")
        shared = _shared_words(box, main)
        for number, (name, target) in enumerate(listed_parts(box, main, "sheet"), 1):
            if number > MAX_SHEETS:
                return
            with box.open(target) as part:
                cells = _sheet_words(part, shared)
            beside = [other for kind, other in relations(box, target).values() if kind in ("drawing", "comments")]
            yield Place(SHEET, number, "\n".join(filter(None, [cells, _part_words(box, beside)])), name[:100])


def read_open(file: IO[bytes], place: str) -> Iterator[Place]:
    """Yield the words of an OpenDocument file: a place for each slide or sheet, one (`place` is NONE) for a text."""
    wanted = {SLIDE: "page", SHEET: "table"}.get(place, "text")
    out: list[str] = []
    number = depth = paragraphs = length = 0
    title = ""
    with zipfile.ZipFile(file) as box, box.open("content.xml") as part:
        for event, name, attributes in walk(part, _PASSED_OVER):
            if event == "text":
                if depth and paragraphs:
                    out.append(name)
                    length += len(name)
            elif name == wanted:
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    number, title, out = number + 1, attributes.get("name", ""), []
                elif event == "end" and depth == 0:
                    yield Place(
                        place, number if place else 0, tidy("".join(out)), title[:100] if place == SHEET else ""
                    )
            elif name in ("p", "h"):
                paragraphs += 1 if event == "start" else -1
                out.append("\n" if event == "end" else "")
            elif event == "start" and name in _GAPS:
                out.append(_GAPS[name])
            if length > MAX_TEXT_LENGTH:
                yield Place(place, number if place else 0, tidy("".join(out)), title[:100] if place == SHEET else "")
                return


def read_plain(file: IO[bytes]) -> Iterator[Place]:
    """Yield a text as one place; nothing if it is not written by people."""
    content = file.read(MAX_TEXT_BYTES)
    try:
        yield Place(NONE, 0, tidy(decoded(content).replace("\r", "\n")))
    except RefusedError:
        return
