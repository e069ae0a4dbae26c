"""Names in one cell or two: which word is the family name, decided over a whole column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.folding import loose, spelling
from trainings.roster_import.parsing.given_names import GIVEN_NAMES

MAX_NAME_LENGTH = 80
# The vote of a comma or of capitals, which decide for their own cell.
DECIDES = 3
_NUMBERED = re.compile(r"^\s*\d{1,4}\s*[.):-]\s*|^\s*\d{1,4}\s+(?=[^\W\d])")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\"“”„«»]")
_TITLES_WORDS = """
dr mr mrs ms msc phd bsc mba prof doc dipl ing inz mag spec sci sc med iur oec ecc gda gdin gospoda gospodin
gospodica mast univ bacc akademik drsc mrsc eng esq zgt
"""
_TITLES = frozenset(_TITLES_WORDS.split())
_STRANGE = re.compile(r"[<>{}\[\]=|\\@#$%^*_~\x00\d!;:+§°/]")
_LOST = re.compile(r"[?\N{REPLACEMENT CHARACTER}]|Ä[‡\u0080-\u00ff]|Å[¡\u0080-\u00ff]|Ð[\u0080-\u00bf]")
_FAMILY_ENDINGS = (
    "ic", "ski", "ska", "ov", "ova", "ev", "eva", "aj", "iqi", "oli", "eri", "ari", "ani", "aku", "iku", "oska", "oski", "vic", "cic",
    "enko", "uk", "ak", "ek", "ar",
)  # fmt: skip
_STRONG_ENDINGS = ("ic", "ski", "ska", "ova", "eva", "ov", "ev")


@dataclass(frozen=True)
class SplitName:
    """A name in its parts. `is_open`: it has more words than the order of the column can separate."""

    family_name: str
    given_name: str
    is_open: bool = False


def told_case(word: str) -> str:
    """Return a word in capitals as names are written: ĐURIĆ-PERIĆ becomes Đurić-Perić."""
    if len(word) < 2 or not word.isupper():
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)


def is_strange(name: str) -> bool:
    """Return whether a name contains signs or digits that names do not have."""
    return bool(_STRANGE.search(name)) or not any(c.isalpha() for c in name)


def has_lost_letters(name: str) -> bool:
    """Return whether letters of a name were lost in conversion: "Petrovi?"."""
    return bool(_LOST.search(name))


def _is_title(word: str) -> bool:
    parts = spelling(word).split()
    return bool(parts) and all(part in _TITLES for part in parts)


def bare_words(cell: str) -> tuple[list[str], int | None]:
    """Return the words of a name without numbering, brackets and titles, and the index of the word after a comma."""
    text = _BRACKETS.sub(" ", _NUMBERED.sub("", cell)).replace("’", "'")
    before, comma, after = text.partition(",")
    front = [word for word in _apart(before) if not _is_title(word)]
    back = [word for word in _apart(after.replace(",", " ")) if not _is_title(word)]
    return [*front, *back], (len(front) if comma and front and back else None)


def _apart(text: str) -> list[str]:
    """Split words; a title's dot ends it: "Prof.dr" is two, an initial keeps its dot."""
    return re.sub(r"(?<=[^\W\d_]{2}\.)(?=\w)", " ", text).replace(" -", "-").replace("- ", "-").split()


def _is_caps(word: str) -> bool:
    return len(word) > 1 and word.isupper() and not word.endswith(".")


def _familiness(word: str) -> float:
    """Return how likely a word is a family name (above 0) or a given one (below)."""
    score = 0.0
    if any(loose(part) in GIVEN_NAMES for part in word.split("-")):
        score -= 2
    key = spelling(word).split()[-1:] or [""]
    if len(key[0]) >= 5:
        score += 2 if key[0].endswith(_STRONG_ENDINGS) else 0.5 if key[0].endswith(_FAMILY_ENDINGS) else 0
    return score


def order_vote(cell: str) -> int:
    """Return one cell's vote on the order: 1 family name first, -1 last, 0 none; capitals and commas count more."""
    words, comma = bare_words(cell)
    if len(words) < 2:
        return 0
    if comma is not None:
        return DECIDES
    first, last = words[0], words[-1]
    if _is_caps(first) != _is_caps(last):
        return DECIDES if _is_caps(first) else -DECIDES
    difference = _familiness(first) - _familiness(last)
    return 1 if difference > 0 else -1 if difference < 0 else 0


def pair_vote(first: str, second: str) -> int:
    """Return the vote of two cells of one row: 1 if the first is the family name, -1 if the second is."""
    difference = _familiness(first) - _familiness(second)
    if _is_caps(first) != _is_caps(second):
        return DECIDES if _is_caps(first) else -DECIDES
    return 1 if difference > 0 else -1 if difference < 0 else 0


def column_order(votes: Sequence[int]) -> int:
    """Return the order most votes agree on: 1, -1, or 0 if they do not."""
    first, last = sum(v for v in votes if v > 0), -sum(v for v in votes if v < 0)
    if first + last == 0:
        return 0
    share = first / (first + last)
    return 1 if share >= 0.75 else -1 if share <= 0.25 else 0


def split_name(cell: str, *, family_first: bool) -> SplitName:
    """Return the parts of a name in the order of its column; a comma or capitals decide for their own cell."""
    words, comma = bare_words(cell)
    if comma is not None:
        return SplitName(_joined(words[:comma]), _joined(words[comma:]))
    if len(words) < 2:
        return SplitName(_joined(words), "") if family_first else SplitName("", _joined(words))
    caps = [_is_caps(word) for word in words]
    if any(caps) and not all(caps):
        end = caps.index(False)
        if caps[0] and not any(caps[end:]):
            return SplitName(_joined(words[:end]), _joined(words[end:]))
        start = caps.index(True)
        if all(caps[start:]):
            return SplitName(_joined(words[start:]), _joined(words[:start]))
    middle = words[1:-1]
    sides = [_familiness(word) for word in middle]
    is_open = any(side == 0 and not _is_initial(word) for side, word in zip(sides, middle, strict=True))
    if family_first:
        end = 1
        while end < len(words) - 1 and sides[end - 1] >= 2:
            end += 1
        return SplitName(_joined(words[:end]), _joined(words[end:]), is_open)
    start = len(words) - 1
    while start > 1 and sides[start - 2] >= 2:
        start -= 1
    return SplitName(_joined(words[start:]), _joined(words[:start]), is_open)


def _is_initial(word: str) -> bool:
    return len(word.rstrip(".")) <= 2


def _joined(words: Sequence[str]) -> str:
    return " ".join(told_case(word) for word in words)


def without_rank(cell: str, is_rank: Callable[[str], bool], *, capital: bool) -> tuple[str, str]:
    """Split the rank in front of a name from the rest; a capitalised one only with `capital`."""
    words = _NUMBERED.sub("", cell).split()
    if len(words) < 3 or not (capital or words[0][:1].islower() or words[0].endswith(".")):
        return "", cell
    for end in range(min(4, len(words) - 2), 0, -1):
        if is_rank(" ".join(words[:end])):
            return " ".join(words[:end]), " ".join(words[end:])
    return "", cell
