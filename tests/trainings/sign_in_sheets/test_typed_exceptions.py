"""The grammar of exceptions typed from a printed sheet."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.scripts import in_cyrillic
from trainings.sign_in_sheets.typed_exceptions import LETTERS, LONGEST, mark_of, read_exceptions

LINES = range(1, 41)


@pytest.mark.parametrize(
    ("typed", "marks"),
    [
        ("3a 7l 12e", {3: "absent", 7: "late", 12: "excused"}),
        ("3a,7l;12e", {3: "absent", 7: "late", 12: "excused"}),
        ("3 a\n7 l\n\n12 e.", {3: "absent", 7: "late", 12: "excused"}),
        ("3-5a", {3: "absent", 4: "absent", 5: "absent"}),
        ("3 – 5 l", {3: "late", 4: "late", 5: "late"}),
        ("3O 4о 5а 6л 7к 8е", {3: "absent", 4: "absent", 5: "absent", 6: "late", 7: "late", 8: "excused"}),
        ("3 odsutna, 4 касни, 5 opravdano, 6 оправдано", {3: "absent", 4: "late", 5: "excused", 6: "excused"}),
        ("3 otsuten 4 доцни 5 mungon 6 vonesë", {3: "absent", 4: "late", 5: "absent", 6: "late"}),
        ("3a 3a", {3: "absent"}),
        ("3p", {3: "present"}),
        ("", {}),
        (" ,;\n", {}),
    ],
)
def test_what_people_type_is_read(typed, marks):
    read = read_exceptions(typed, LINES)
    assert (read.marks, read.wrong) == (marks, [])


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ("47a", ["Line 47 is not on this sheet."]),
        ("39-47a", ["Line 47 is not on this sheet."]),
        ("0a", ["Line 0 is not on this sheet."]),
        ("1-999999999a", ["Line 999999999 is not on this sheet."]),
        ("5-3a", ["“5-3a” runs backwards."]),
        ("3", ["Say of line 3 whether it is a (absent), l (late) or e (excused)."]),
        ("3,5a", ["Say of line 3 whether it is a (absent), l (late) or e (excused)."]),
        ("3x", ["Nobody knows “x” of line 3. Write a, l or e."]),
        ("a3", ["“a3” was not understood. Write the line and a letter, such as 3a."]),
        ("3a 3l", ["Line 3 stands there twice with different letters."]),
        ("-3a", ["“-3a” was not understood. Write the line and a letter, such as 3a."]),
        ("3a" * (LONGEST // 2 + 1), ["These are more exceptions than a sheet has lines. Mark them in the attendance sheet."]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_line(typed, sentences):
    assert read_exceptions(typed, LINES).wrong == sentences


def test_each_letter_means_the_same_in_both_scripts():
    assert {letter: mark_of(in_cyrillic(letter)) for letter in LETTERS} == LETTERS


one_entry = st.tuples(st.integers(1, 40), st.integers(0, 3), st.sampled_from(sorted(LETTERS)), st.booleans())
between = st.sampled_from([" ", ", ", ";", "\n", "  ,\n"])


@given(st.lists(st.tuples(one_entry, between), max_size=12))
def test_reading_is_what_was_meant(pieces):
    """Whatever lines, letters, ranges, scripts and separators: the marks are those of a plain dictionary."""
    text, meant = "", {}
    for (first, more, letter, cyrillic), apart in pieces:
        numbers = range(first, min(first + more, 40) + 1)
        if set(numbers) & set(meant):
            continue
        span = f"{first}" if len(numbers) == 1 else f"{first}-{numbers[-1]}"
        text += f"{span}{in_cyrillic(letter) if cyrillic else letter}{apart}"
        meant |= dict.fromkeys(numbers, LETTERS[letter])
    read = read_exceptions(text, LINES)
    assert (read.marks, read.wrong) == (meant, [])


@given(st.text(max_size=80))
def test_any_text_gives_marks_of_the_sheet_or_a_sentence(text):
    read = read_exceptions(text, LINES)
    assert set(read.marks) <= set(LINES)
    assert set(read.marks.values()) <= set(LETTERS.values())
    nothing_typed = not re.sub(r"[\s,;]", "", text)
    assert (not read.marks and not read.wrong) == nothing_typed
