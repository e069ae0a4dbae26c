"""Words as the search compares them: folded, of one script, and the keys under which others are near."""

import re
from collections.abc import Iterable
from functools import lru_cache

from common.folding import loose, words_alone

WORD_MOST = 40
# In shorter words an ending is the word, and a beginning is too many words.
STEM_LEAST = 4
PREFIX_LEAST = 3
LETTERS_FOR_AN_ERROR = 4  # as trainings.duplicates has it
# The second letter of a sound written with two, and the first ones.
_FIRSTS = {"j": "dgk", "h": "zscx"}
# Endings by which the region's languages decline and English counts, longest first. Folded words have no marks.
_ENDINGS = (
    "ovima", "evima", "ama", "ima", "oga", "ega", "omu", "emu", "ovi", "evi", "ove", "eve", "ova", "eva", "ata", "ite", "oto",
    "ot", "ih", "im", "om", "em", "og", "eg", "oj", "a", "e", "i", "o", "u", "s",
)  # fmt: skip


# Signs inside a word that nobody sees: where it may break, where it joins, which way it runs.
_SIGNS = "\u00ad\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_UNSEEN = re.compile(f"[{_SIGNS}]")
# Where figures follow letters, or letters figures.
_BETWEEN = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")

# A word of a text that is not folded yet.
WORD = re.compile(rf"[^\W\d_]+(?:[{_SIGNS}]+[^\W\d_]+)*|\d+(?:[{_SIGNS}]+\d+)*")


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order; of very long ones the beginning. Signs that nobody sees part no word.

    Letters and figures are words apart, so that UNSCR1325 is UNSCR 1325 and GA1 is GA-1. Latin and Cyrillic come out alike, other
    scripts as themselves.
    """
    return [word[:WORD_MOST] for word in _BETWEEN.sub(" ", words_alone(_seen(text))).split()]


@lru_cache(maxsize=20_000)
def folded_word(word: str) -> str:
    """Return one word of a text as `words_of` has it; remembered, for an excerpt asks for the same ones often."""
    return words_alone(_seen(word))[:WORD_MOST]


def _seen(text: str) -> str:
    return text if text.isascii() else _UNSEEN.sub("", text)


def is_frame(word: str) -> bool:
    """Return whether a facet is one that each question needs: a kind, a year, a group of readers."""
    return word.startswith(("kind=", "group=", "year="))


def has_figures(word: str) -> bool:
    """Return whether a word is a number or holds one: it is meant as it stands, and no other is near it."""
    return not word.isalpha()


def near(word: str) -> str:
    """Return the loose key of a folded word; what is neither Latin nor Cyrillic is its own."""
    return loose(word) if word.isascii() else word


def mistyped(word: str) -> set[str]:
    """Return the loose keys of what may have been meant where the error fell into a sound written with two letters.

    Djodrjevic for Djordjevic: there two neighbours swapped, or the first of the two wrong, is more than one error of the key.
    """
    if len(word) < LETTERS_FOR_AN_ERROR or has_figures(word):
        return set()
    swapped = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
    other = {word[:n] + first + word[n + 1 :] for n in range(len(word) - 1) for first in _FIRSTS.get(word[n + 1], "")}
    return {near(one) for one in swapped | other}


def stem(word: str) -> str:
    """Return a word without its ending: obuka, obuke, obukom are one; trainings and training too.

    The longest ending is taken that leaves four letters; what is short is itself. It finds more, never less: a word is always
    found as it stands. By rule alone, so the same on every database.

    >>> stem("obukama") == stem("obuka") == "obuk"
    True
    """
    ends = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return next((cut for cut in ends if len(cut) >= STEM_LEAST), word)


def lefts(word: str) -> set[str]:
    """Return what is left of a word and of its loose key with one letter taken out, and both as they are.

    Two words one typing error apart share one (deletion neighbourhoods). Nothing for words too short to err in.
    """
    if len(word) < LETTERS_FOR_AN_ERROR:
        return set()
    whole = {word, near(word)}
    return whole | {one[:n] + one[n + 1 :] for one in whole for n in range(len(one))}


def folded(texts: Iterable[str]) -> set[str]:
    """Return the words of several texts."""
    return {word for text in texts for word in words_of(text)}
