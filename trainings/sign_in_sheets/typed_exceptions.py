"""Parse what a recorder types from a printed sheet: `3a 7l 12e` and the region's words for it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from common.folding import spelling

LONGEST = 2000
# Letters and words for each mark, in English, the region's Slavic languages and Albanian. They are compared
# folded, so Cyrillic ones are the same; words may be longer: "odsutna" starts with "odsut".
LETTERS = {"a": "absent", "o": "absent", "n": "absent", "l": "late", "k": "late", "z": "late", "v": "late",
           "e": "excused", "i": "excused", "p": "present"}  # fmt: skip
BEGINNINGS = {
    "absent": "absent", "ods": "absent", "ots": "absent", "nema": "absent", "neopr": "absent", "izost": "absent",
    "nij": "absent", "mung": "absent", "late": "late", "kasn": "late", "zak": "late", "zadoc": "late", "docn": "late",
    "von": "late", "exc": "excused", "opr": "excused", "izv": "excused", "ars": "excused", "just": "excused",
    "present": "present", "pris": "present", "pran": "present",
}  # fmt: skip
# Cyrillic spellings that differ from the folded beginning letter by letter; for the page's script, which folds less.
CYRILLIC_BEGINNINGS = {"кашњ": "late"}
_PIECE = re.compile(
    r"(?P<first>[0-9]+)(?:\s*[-–—]\s*(?P<last>[0-9]+))?[^\S\n]*(?P<word>[^\W\d_]+)?\.?|(?P<rest>[^\s,;]+)|[\s,;]+"
)


@dataclass
class Exceptions:
    """The marks by line number, and a sentence for each entry that was not understood."""

    marks: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def mark_of(word: str) -> str:
    """Return the mark a letter or word means, or "" if unknown."""
    key = spelling(word)
    if len(key) == 1:
        return LETTERS.get(key, "")
    return next((mark for beginning, mark in BEGINNINGS.items() if key.startswith(beginning)), "")


def _lines_of(match: re.Match[str], lines: Collection[int], wrong: list[str]) -> list[int]:
    """The lines that one entry names; each that is not on the sheet is reported once."""
    first, last = int(match["first"][:9]), int((match["last"] or match["first"])[:9])
    if last < first:
        wrong.append(_("“%(words)s” runs backwards.") % {"words": match[0].strip()})
        return []
    ends = [number for number in dict.fromkeys((first, last)) if number not in lines]
    wrong += [_("Line %(n)d is not on this sheet.") % {"n": number} for number in ends]
    return [] if ends else [number for number in sorted(lines) if first <= number <= last]


def read_exceptions(text: str, lines: Collection[int]) -> Exceptions:
    """Parse what was typed about lines of a sheet. Cost: the length of the text, which is cut at 2,000 characters.

    A number and a letter or word, also after a space, for one line or several (`3-5a`), separated by spaces, commas,
    semicolons or new lines. One line named twice with different marks is an error; with the same mark it counts once.
    """
    read = Exceptions()
    if len(text) > LONGEST:
        read.wrong.append(_("These are more exceptions than a sheet has lines. Mark them in the attendance sheet."))
        return read
    for match in _PIECE.finditer(text):
        if match["rest"]:
            read.wrong.append(
                _("“%(words)s” was not understood. Write the line and a letter, such as 3a.")
                % {"words": match["rest"][:40]}
            )
        elif match["first"]:
            mark = mark_of(match["word"] or "")
            numbers = _lines_of(match, lines, read.wrong)
            if not mark:
                read.wrong.append(
                    _("Say of line %(n)s whether it is a (absent), l (late) or e (excused).")
                    % {"n": match["first"][:9]}
                    if not match["word"]
                    else _("Nobody knows “%(word)s” of line %(n)s. Write a, l or e.")
                    % {"word": match["word"][:40], "n": match["first"][:9]}
                )
                continue
            for number in numbers:
                if read.marks.setdefault(number, mark) != mark:
                    read.wrong.append(_("Line %(n)d stands there twice with different letters.") % {"n": number})
    return read
