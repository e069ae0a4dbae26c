"""Parsing a search query, and the alternatives that match each of its words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from search.full_text import Alternative, Expression
from search.names import SimilarNames
from search.words import can_begin, keys_of, words_of

MAX_WORDS, MAX_LETTERS = 10, 200
# A phrase is enclosed by any two of these: "…", „…“, “…”, «…».
_QUOTATION_MARKS = '"„“”«»'
_PHRASE = re.compile(f"[{_QUOTATION_MARKS}]([^{_QUOTATION_MARKS}]*)[{_QUOTATION_MARKS}]")

COLUMNS = ("title", "names", "words")
# For each column, the alternatives that match one word or phrase of a query.
Term = dict[str, tuple[Alternative, ...]]


@dataclass(frozen=True)
class SearchQuery:
    """A parsed query: unique folded words, phrases, and filter marks such as `topic=3`."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    kind: str = ""
    filters: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, kind: str = "", filters: Iterable[str] = ()) -> "SearchQuery":
        """Parse what a user typed. An unpaired quotation mark is ignored."""
        phrases = [tuple(words_of(phrase)) for phrase in _PHRASE.findall(text)]
        words = words_of(_PHRASE.sub(" ", text))
        return cls(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(filter(None, phrases))), kind, tuple(filters))

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def size(self) -> int:
        """The number of words."""
        return len(self.words) + sum(map(len, self.phrases))


def exact_terms_of(query: SearchQuery) -> list[Term]:
    return [
        dict.fromkeys(COLUMNS, (Alternative(words),)) for words in [*((word,) for word in query.words), *query.phrases]
    ]


def terms_of(query: SearchQuery, similar: SimilarNames) -> list[Term]:
    """Return the term for each word and phrase: words with this beginning, with its keys, or names with one wrong letter."""
    phrases: list[Term] = [dict.fromkeys(COLUMNS, (Alternative(phrase),)) for phrase in query.phrases]
    return [_term(word, sorted(similar.get(word, ()))) for word in query.words] + phrases


def _term(word: str, similar: Sequence[str]) -> Term:
    near = (Alternative((word,), is_beginning=can_begin(word)), *(Alternative((key,)) for key in sorted(keys_of(word))))
    names, marks = ([Alternative((f"{mark}{name}",)) for name in similar] for mark in ("", "@"))
    return {"title": (*near, *marks), "names": (*near, *names), "words": near}


def in_column(column: str, terms: Iterable[Term]) -> Q:
    return Q(**{f"{column}__holds": Expression(tuple(term[column] for term in terms))})


def in_any(columns: Iterable[str], terms: Iterable[Term]) -> Q:
    """Return the condition that each term matches in one of these columns."""
    return reduce(and_, (reduce(or_, (in_column(column, [term]) for column in columns)) for term in terms))
