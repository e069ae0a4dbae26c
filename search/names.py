"""Typing errors in names: which words of names a word with one wrong letter may mean."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q

from search.models import NameWord
from search.words import can_hold_an_error, mistyped, near
from trainings.duplicates.detection import is_one_error

SimilarNames = Mapping[str, frozenset[str]]


def name_words(words: Iterable[str]) -> set[str]:
    """Return the words of a name that can be found with one wrong letter."""
    return {word for word in words if can_hold_an_error(word)}


def new_name_word(word: str) -> NameWord:
    key = near(word)
    return NameWord(word=word, loose=key, word_reversed=word[::-1], loose_reversed=key[::-1])


def similar_names(words: Collection[str]) -> SimilarNames:
    """Return for each word the words of names that are one typing error away. One query at most.

    Called for the words of twenty saved searches: SQLite allows no more than 500.
    """
    words = [word for word in words if can_hold_an_error(word)]
    if not words:
        return {}
    rows = [NameWord.objects.filter(_candidates(word)).values_list("word", "loose") for word in words]
    candidates = list(rows[0].union(*rows[1:]))
    return {
        word: frozenset(name for name, key in candidates if _is_similar(word, near(word), meant, name, key))
        for word, meant in ((word, mistyped(word)) for word in words)
    }


def _candidates(word: str) -> Q:
    """Return a condition true for all words with one error and few others: they share a beginning or an end.

    An error in the first half leaves the end unchanged, a later one the beginning; swapped letters affect one more.
    """
    key = near(word)
    begin, end = (len(word) - 1) // 2, len(word) - 1 - (len(word) - 1) // 2
    key_begin = (len(key) - 1) // 2
    key_end = len(key) - 1 - key_begin
    return (
        Q(loose__in=mistyped(word))
        | Q(word__startswith=word[:begin])
        | Q(word_reversed__startswith=word[::-1][:end])
        | Q(loose__startswith=key[:key_begin])
        | Q(loose_reversed__startswith=key[::-1][:key_end])
    )


def _is_similar(word: str, key: str, meant: set[str], name: str, name_key: str) -> bool:
    return name_key in meant or is_one_error(word, name) or is_one_error(key, name_key)
