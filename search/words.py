"""How texts become words for the index, and when one word is found for another."""

import re
from functools import lru_cache

from common.folding import loose, words_alone

MAX_WORD_LENGTH = 40
# In shorter words an ending is the word, and a beginning is too many words.
MIN_STEM_LENGTH = 4
MIN_PREFIX_LENGTH = 3
MIN_LENGTH_FOR_AN_ERROR = 4  # as trainings.duplicates has it
# The second letter of a sound written with two, and the first ones.
_FIRST_LETTERS = {"j": "dgk", "h": "zscx"}
# Endings by which the region's languages decline and English counts, longest first. Folded words have no marks.
_ENDINGS = (
    "ovima", "evima", "ama", "ima", "oga", "ega", "omu", "emu", "ovi", "evi", "ove", "eve", "ova", "eva", "ata", "ite", "oto",
    "ot", "ih", "im", "om", "em", "og", "eg", "oj", "a", "e", "i", "o", "u", "s",
)  # fmt: skip


# Invisible signs inside a word: where it may break, where it joins, which way it runs.
_SIGNS = "\u00ad\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_INVISIBLE = re.compile(f"[{_SIGNS}]")
# Where figures follow letters, or letters figures.
_BETWEEN = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")

# A word of a text that is not folded yet.
WORD = re.compile(rf"[^\W\d_]+(?:[{_SIGNS}]+[^\W\d_]+)*|\d+(?:[{_SIGNS}]+\d+)*")


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order; of very long ones the beginning. Invisible signs do not split a word.

    Letters and figures are separate words, so that UNSCR1325 is UNSCR 1325 and GA1 is GA-1. Latin and Cyrillic come out alike, other
    scripts as themselves. A word holds letters or figures and nothing else, which both databases keep whole.
    """
    return [word[:MAX_WORD_LENGTH] for word in _BETWEEN.sub(" ", words_alone(_without_signs(text))).split()]


@lru_cache(maxsize=20_000)
def folded_word(word: str) -> str:
    """Return one word of a text as `words_of` has it; cached, because an excerpt asks for the same ones often."""
    return words_alone(_without_signs(word))[:MAX_WORD_LENGTH]


def _without_signs(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", text)


def has_figures(word: str) -> bool:
    """Return whether a word is a number: it is meant exactly as it is, and no other is near it."""
    return not word.isalpha()


def near(word: str) -> str:
    """Return the loose key of a folded word; what is neither Latin nor Cyrillic is its own."""
    return loose(word) if word.isascii() else word


def stem(word: str) -> str:
    """Return a word without its ending: obuka, obuke, obukom are one; trainings and training too.

    The longest ending is taken that leaves four letters; what is short is itself. It finds more, never less: a word is always
    found as it is. By rule alone, so the same on every database.

    >>> stem("obukama") == stem("obuka") == "obuk"
    True
    """
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return next((cut for cut in stems if len(cut) >= MIN_STEM_LENGTH), word)


@lru_cache(maxsize=100_000)
def keys_of(word: str) -> frozenset[str]:
    """Return the keys under which a word is near others: two words that share one are spelt alike or have the same stem.

    Mostly one; two where the spelling decides what the ending is (djeca and djece share `~dek`, djeca and deca `~deka`). A number has none.
    """
    return frozenset() if has_figures(word) else frozenset({f"~{stem(near(word))}", f"~{near(stem(word))}"})


def is_near(word: str, other: str) -> bool:
    """Return whether a word of a query finds another: the same one, one that begins so, or one that shares a key with it."""
    return word == other or is_beginning(word, other) or not keys_of(word).isdisjoint(keys_of(other))


def is_beginning(word: str, other: str) -> bool:
    """Return whether the other word begins with a word of a query. Of figures nothing but the whole number is meant."""
    return can_begin(word) and other.startswith(word)


def can_begin(word: str) -> bool:
    """Return whether the words that begin so are found for a word of a query."""
    return len(word) >= MIN_PREFIX_LENGTH and not has_figures(word)


def can_hold_an_error(word: str) -> bool:
    """Return whether a name may be meant that has one letter wrong."""
    return len(word) >= MIN_LENGTH_FOR_AN_ERROR and not has_figures(word)


def mistyped(word: str) -> set[str]:
    """Return the loose keys of what may have been meant where the error fell into a sound written with two letters.

    Djodrjevic for Djordjevic: there two neighbours swapped, or the first of the two wrong, is more than one error of the key.
    """
    if not can_hold_an_error(word):
        return set()
    swapped = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
    replaced = {
        word[:n] + first + word[n + 1 :] for n in range(len(word) - 1) for first in _FIRST_LETTERS.get(word[n + 1], "")
    }
    return {near(candidate) for candidate in swapped | replaced}
