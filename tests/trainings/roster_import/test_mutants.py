"""Damaged rosters: each is read or refused with one sentence, whatever is wrong with it."""

import io
import random
import re
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from common.uploads.reading import read_upload
from tests.common.sheet_files import rezipped
from tests.trainings.roster_import.reading import tables
from trainings.roster_import.parsing.reading import read_roster

ROSTERS = Path(__file__).parent / "rosters"
FILES = sorted(file for file in ROSTERS.iterdir() if file.suffix in {".xlsx", ".xls", ".ods", ".csv"})
BOOKS = [file for file in FILES if file.suffix in {".xlsx", ".ods"}]


def flip(content, chance):
    """Change some bytes anywhere."""
    body = bytearray(content)
    for _n in range(chance.randint(1, 40)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)


def cut(content, chance):
    start = chance.choice([0, 0, chance.randrange(40)])
    return content[start : chance.randrange(start, len(content))]


def swap_entries(content, chance):
    """Give two entries each other's content, or take one out."""
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        first, other = chance.sample(box.namelist(), 2)
        changes = {first: box.read(other), other: chance.choice([box.read(first), None])}
    return rezipped(content, changes)


def _in_xml(content, chance, change):
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        name = chance.choice([n for n in box.namelist() if n.endswith((".xml", ".rels"))])
        return rezipped(content, {name: change(box.read(name))})


def break_xml(content, chance):
    """Put, take or repeat a piece of one part, in a zip that is whole."""

    def change(xml):
        at, length = chance.randrange(len(xml)), chance.randrange(60)
        piece = chance.choice([b"", b"<", b"&x;", b"\x00", b"]]>", b"<!--", xml[at : at + length] * 3, b"\xff\xfe"])
        return xml[:at] + piece + xml[at + length :]

    return _in_xml(content, chance, change)


def change_values(content, chance):
    """Put other numbers and words into the attributes of one part, which stays well formed."""
    words = [
        b"-1",
        b"99999999999999999999",
        b"XFD1048576",
        b"",
        b"NaN",
        b"1e400",
        b"A0",
        b"inlineStr",
        b"d",
        b"b",
        b"e",
        b"s",
        b"0",
    ]

    def change(xml):
        results = list(re.finditer(rb'="([^"]*)"', xml))
        for place in sorted(chance.sample(results, min(len(results), 4)), key=lambda m: -m.start()):
            xml = xml[: place.start(1)] + chance.choice(words) + xml[place.end(1) :]
        return xml

    return _in_xml(content, chance, change)


def change_texts(content, chance):
    """Put other texts between the tags of one part."""
    words = [b"", b"-7", b"9" * 400, b"1e999", b"not a number", "Đ".encode() * 3000, b"2958466", b"TRUE"]

    def change(xml):
        results = list(re.finditer(rb">([^<>]+)<", xml))
        for place in sorted(chance.sample(results, min(len(results), 4)), key=lambda m: -m.start()):
            xml = xml[: place.start(1)] + chance.choice(words) + xml[place.end(1) :]
        return xml

    return _in_xml(content, chance, change)


WAYS = [flip, cut, swap_entries, break_xml, change_values, change_texts]


def mutant(seed):
    """Return the damaged file of that number and its name; the same for the same number."""
    chance = random.Random(seed)
    way = WAYS[seed % len(WAYS)]
    file = chance.choice(FILES if way in {flip, cut} else BOOKS)
    return way(file.read_bytes(), chance), file.name


def understood(seed):
    """Return how a damaged file ends: "read" or the code of its one sentence."""
    content, name = mutant(seed)
    try:
        roster = read_roster(read_upload(content, name), tables())
    except ValidationError as refused:
        (sentence,) = refused.messages
        assert sentence.endswith(".")
        return refused.code
    assert all(row.state in {"ok", "unclear", "wrong"} for row in roster.rows)
    return "read"


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.drill) for n in range(30, 300, 30))])
def test_damaged_roster_is_read_or_one_sentence(first):
    ends = [understood(seed) for seed in range(first, first + 30)]
    # Damage that no file noticed, or that no file outlived, would test nothing.
    assert 0 < ends.count("read") < 30


def test_naive_reading_of_damaged_rosters_breaks():
    """The control: a plain read of the same files by the library ends in errors that are no sentence."""
    broken = set()
    for seed in range(60):
        content, name = mutant(seed)
        if name.endswith(".xlsx"):
            try:
                for row in (
                    load_workbook(io.BytesIO(content), read_only=True, data_only=True)
                    .worksheets[0]
                    .iter_rows(max_row=50)
                ):
                    list(row)
            except ValidationError:
                pass
            except (
                ValueError,
                LookupError,
                TypeError,
                AttributeError,
                OSError,
                SyntaxError,
                EOFError,
                zipfile.BadZipFile,
                NotImplementedError,
                OverflowError,
                zlib.error,
                UserWarning,
            ) as error:
                broken.add(type(error).__name__)
    assert len(broken) >= 4
