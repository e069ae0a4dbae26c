"""CSV files and pasted cells: detecting the encoding and the delimiter."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from itertools import pairwise

from common.sandbox.jobs import RefusedError
from common.uploads.cells import MAX_CELL_LENGTH, MAX_COLUMNS, MAX_ROWS, Cell, Sheet

MARKS = "\t;|,"
LOOKED_AT = 200
MAX_LINES = 3 * MAX_ROWS
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# The non-ASCII letters in names and sheets of the region, and the symbols of such sheets.
_LATIN_LETTERS = frozenset("čćžšđČĆŽŠĐëçËÇéáöüäßÉÁÖÜÄñôêíóúý")
_CYRILLIC_LETTERS = frozenset("абвгдђѓежзѕијкќлљмнњопрстћуфхцчџшАБВГДЂЃЕЖЗЅИЈКЌЛЉМНЊОПРСТЋУФХЦЧЏШѐѝЀЍ")
_SIGNS = frozenset("–—„“”‚‘’…•«»°§№€")
_ENCODINGS = ("cp1250", "cp1251", "iso8859_2", "iso8859_5")


def _plausibility(text: str) -> float:
    """Return how much the non-ASCII letters look like words of the region; mixed scripts in one word do not."""
    score = 0.0
    for word in _WORD.findall(text):
        cyrillic = len(_CYRILLIC.findall(word))
        latin = [c for c in word if not _CYRILLIC.match(c)]
        beyond = [c for c in latin if c > "\x7f"]
        if cyrillic and latin:
            score -= 2 * len(word)
        elif cyrillic:
            weight = 1.0 if len(word) > 1 else 0.4
            score += weight * sum(1 if c in _CYRILLIC_LETTERS else -1 for c in word)
            # A capital after a small letter is a sign of the wrong encoding.
            score -= 2 * sum(a.islower() and b.isupper() for a, b in pairwise(word))
        elif beyond:
            # Latin words of the region are mostly ASCII letters; a word without any was Cyrillic.
            weight = 1.0 if len(beyond) * 2 <= len(word) + 1 else -0.5 if len(word) > 2 else 0.5
            score += sum(weight if c in _LATIN_LETTERS else -2 for c in beyond)
            score -= 2 * sum(a.islower() and b.isupper() for a, b in pairwise(word))
    signs = [c for c in text if c > "\x7f" and not c.isalpha() and not c.isspace()]
    return score + sum(0.2 if c in _SIGNS else -1.5 for c in signs)


def utf16_without_mark(content: bytes) -> str | None:
    """Return the encoding if every other byte is (nearly always) the same small value, as in UTF-16 text."""
    sample = content[: LOOKED_AT * 20]
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 4:
        return None
    for name, high in (("utf-16-le", odd), ("utf-16-be", even)):
        if sum(byte in (0, 1, 4) for byte in high) > 0.9 * len(high) and b"\x00" in sample:
            return name
    return None


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, Windows-1250, Windows-1251 or their ISO twins; refuse anything else."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(content.decode("utf-16", errors="replace"))
    content = content.removeprefix(codecs.BOM_UTF8)
    if name := utf16_without_mark(content):
        return _checked(content.decode(name, errors="replace"))
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError:
        loosely = content.decode("utf-8", errors="replace")
        broken = loosely.count("\N{REPLACEMENT CHARACTER}")
        if sum(c > "\x7f" for c in loosely) > 3 * broken:
            raise RefusedError("damaged_text") from None
    sample = content[:200_000]
    scores = [(_plausibility(sample.decode(name, errors="replace")), -n) for n, name in enumerate(_ENCODINGS)]
    _score, best = max(scores)
    return _checked(content.decode(_ENCODINGS[-best], errors="replace"))


def _checked(text: str) -> str:
    """Return the text without NULs and byte order marks; refuse it if it is not text written by people."""
    text = text.replace("\x00", "").removeprefix("\N{BYTE ORDER MARK}")
    strange = sum(
        unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\t\r\n\x0b\x0c\x1a" for c in text[:50_000]
    )
    strange += text[:50_000].count("\N{REPLACEMENT CHARACTER}")
    if strange > 3 + len(text[:50_000]) // 200:
        raise RefusedError("no_text")
    return text


def _records(text: str, mark: str) -> list[tuple[int, list[str]]]:
    """Return the records of a text with each one's first line number; a quote that never closes is a literal."""
    records: list[tuple[int, list[str]]] = []
    before = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for cells in reader:
            records.append((before + 1, cells))
            before = reader.line_num
            if len(records) > MAX_LINES:
                raise RefusedError("too_many_rows")
        swallowed = records and text.count('"') % 2 and any("\n" in cell for cell in records[-1][1])
        if not swallowed and not any(cell.count("\n") > 20 for _number, cells in records for cell in cells):
            return records
    except csv.Error:
        pass  # A cell over the length limit: parsed by lines, where a quote closes or does not.
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise RefusedError("too_many_rows")
    return [(n, _line_cells(line, mark)) for n, line in enumerate(lines, 1)]


def _line_cells(line: str, mark: str) -> list[str]:
    if line.count('"') % 2:
        return [cell.strip().strip('"') for cell in line.split(mark)]
    return next(csv.reader([line], delimiter=mark), [])


def _best_mark(text: str) -> str:
    """Return the delimiter: the one that splits most lines into equally many cells."""
    sample = "\n".join(text.splitlines()[:LOOKED_AT])
    best, most = MARKS[0], 0
    for mark in MARKS:
        if mark not in sample:
            continue
        widths = Counter(len(cells) for _number, cells in _records(sample, mark) if len(cells) > 1)
        alike = max(widths.values(), default=0)
        if alike > most:
            best, most = mark, alike
    return best


def split_text(text: str, name: str = "") -> Sheet:
    """Return a text as one sheet, its cells separated by tabs, semicolons, bars or commas. Empty lines are left out."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    mark = None
    if (match := re.match(r"(?i)\ufeff?sep=(.)[ \t;,]*\n", text)) and match[1] in MARKS:
        mark, text = match[1], "\n" + text[match.end() :]
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    for number, cells in _records(text, mark or _best_mark(text)):
        row: list[Cell] = [" ".join(cell[:MAX_CELL_LENGTH].split()) or None for cell in cells]
        while row and row[-1] is None:
            row.pop()
        if not row:
            continue
        if len(row) > MAX_COLUMNS:
            raise RefusedError("too_many_columns")
        rows.append(row)
        numbers.append(number)
        if len(rows) > MAX_ROWS:
            raise RefusedError("too_many_rows")
    return Sheet(name=name, rows=rows, numbers=numbers)
