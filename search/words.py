"""How texts are split into words for the index, and when one word matches another."""

import re
from functools import lru_cache

from common.folding import loose, words_alone

MAX_WORD_LENGTH = 40
# In shorter words, an ending would be most of the word, and a prefix would match too many.
MIN_STEM_LENGTH = 4
MIN_PREFIX_LENGTH = 3
MIN_LENGTH_FOR_AN_ERROR = 4  # the same as in trainings.duplicates.detection
# For the second letter of a sound written with two letters, its possible first letters.
_FIRST_LETTERS = {"j": "dgk", "h": "zscx"}
# Endings of declensions in the region's languages and of English plurals, longest first. Folded words have no marks.
_ENDINGS = (
    "ovima", "evima", "ama", "ima", "oga", "ega", "omu", "emu", "ovi", "evi", "ove", "eve", "ova", "eva", "ata", "ite", "oto",
    "ot", "ih", "im", "om", "em", "og", "eg", "oj", "a", "e", "i", "o", "u", "s",
)  # fmt: skip


# Invisible characters inside a word: soft hyphens, joiners and marks of text direction.
_SIGNS = "\u00ad\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_INVISIBLE = re.compile(f"[{_SIGNS}]")
# The boundary between letters and digits.
_BETWEEN = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")

# A word of a text before folding.
WORD = re.compile(rf"[^\W\d_]+(?:[{_SIGNS}]+[^\W\d_]+)*|\d+(?:[{_SIGNS}]+\d+)*")


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order, truncated to MAX_WORD_LENGTH. Invisible characters do not split a word.

    Letters and digits are separate words, so that UNSCR1325 equals UNSCR 1325 and GA1 equals GA-1. Latin and Cyrillic give the same words; other
    scripts stay unchanged. A word holds only letters or only digits, which both databases keep whole.
    """
    return [word[:MAX_WORD_LENGTH] for word in _BETWEEN.sub(" ", words_alone(_without_signs(text))).split()]


@lru_cache(maxsize=20_000)
def folded_word(word: str) -> str:
    """Return one word of a text as in `words_of`; cached, because excerpts ask for the same words often."""
    return words_alone(_without_signs(word))[:MAX_WORD_LENGTH]


def _without_signs(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", text)


def has_figures(word: str) -> bool:
    """Return whether a word is a number, which only matches itself."""
    return not word.isalpha()


def near(word: str) -> str:
    """Return the loose key of a folded word; words neither Latin nor Cyrillic are their own key."""
    return loose(word) if word.isascii() else word


def stem(word: str) -> str:
    """Return the stem of a word: obuka, obuke and obukom share one, and so do trainings and training.

    Removes the longest ending that leaves four letters; short words stay whole. Finds more, never less: a word always matches itself. A fixed rule,
    so the same on every database.

    >>> stem("obukama") == stem("obuka") == "obuk"
    True
    """
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return next((cut for cut in stems if len(cut) >= MIN_STEM_LENGTH), word)


@lru_cache(maxsize=100_000)
def keys_of(word: str) -> frozenset[str]:
    """Return the keys of similar words: two words that share one are spelt alike or have the same stem.

    Mostly one; two if the ending depends on the spelling (djeca and djece share `~dek`, djeca and deca `~deka`). A number has none.
    """
    return frozenset() if has_figures(word) else frozenset({f"~{stem(near(word))}", f"~{near(stem(word))}"})


def is_near(word: str, other: str) -> bool:
    """Return whether a query word matches another: the same, one that starts with it, or one that shares a key."""
    return word == other or is_beginning(word, other) or not keys_of(word).isdisjoint(keys_of(other))


def is_beginning(word: str, other: str) -> bool:
    """Return whether the other word starts with this query word. Numbers must match as a whole."""
    return can_begin(word) and other.startswith(word)


def can_begin(word: str) -> bool:
    """Return whether a query word also matches words that start with it."""
    return len(word) >= MIN_PREFIX_LENGTH and not has_figures(word)


def can_hold_an_error(word: str) -> bool:
    """Return whether the word may be a name with one wrong letter."""
    return len(word) >= MIN_LENGTH_FOR_AN_ERROR and not has_figures(word)


def mistyped(word: str) -> set[str]:
    """Return the loose keys of the words that may be meant if the error is in a sound written with two letters.

    Djodrjevic for Djordjevic: swapping two neighbours, or a wrong first letter of the two, changes the key by more than one error.
    """
    if not can_hold_an_error(word):
        return set()
    swapped = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
    replaced = {
        word[:n] + first + word[n + 1 :] for n in range(len(word) - 1) for first in _FIRST_LETTERS.get(word[n + 1], "")
    }
    return {near(candidate) for candidate in swapped | replaced}
