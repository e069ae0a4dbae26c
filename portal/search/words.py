"""Words as the search compares them: folded, of one script, and the keys under which others are near."""

from collections.abc import Iterable

from common.folding import loose, spelling

WORD_MOST = 40
# In shorter words an ending is the word, and a beginning is too many words.
STEM_LEAST = 4
PREFIX_LEAST = 3
LETTERS_FOR_AN_ERROR = 4  # as trainings.duplicates has it
# Endings by which the region's languages decline and English counts, longest first. Folded words have no marks.
_ENDINGS = (
    "ovima", "evima", "ama", "ima", "oga", "ega", "omu", "emu", "ovi", "evi", "ove", "eve", "ova", "eva", "ata", "ite", "oto",
    "ot", "ih", "im", "om", "em", "og", "eg", "oj", "a", "e", "i", "o", "u", "s",
)  # fmt: skip


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order; of very long ones the beginning.

    Not by the remembered `spelling`: texts are long, and asked for once.
    """
    return [word[:WORD_MOST] for word in spelling.__wrapped__(text).split()]


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
    whole = {word, loose(word)}
    return whole | {one[:n] + one[n + 1 :] for one in whole for n in range(len(one))}


def folded(texts: Iterable[str]) -> set[str]:
    """Return the words of several texts."""
    return {word for text in texts for word in words_of(text)}
