"""What is searched for, and what may match each of its words."""

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
# A phrase stands between two of these, whichever two: "…", „…“, “…”, «…».
_QUOTATION_MARKS = '"„“”«»'
_PHRASE = re.compile(f"[{_QUOTATION_MARKS}]([^{_QUOTATION_MARKS}]*)[{_QUOTATION_MARKS}]")

COLUMNS = ("title", "names", "words")
# For each column what may stand in it for one word or phrase of a query.
Term = dict[str, tuple[Alternative, ...]]


@dataclass(frozen=True)
class SearchQuery:
    """What is looked for: folded words, each once, phrases, and the marks that narrow it, as `topic=3`."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    kind: str = ""
    filters: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, kind: str = "", filters: Iterable[str] = ()) -> "SearchQuery":
        """Read what somebody typed. A quotation mark without another one is none."""
        phrases = [tuple(words_of(phrase)) for phrase in _PHRASE.findall(text)]
        words = words_of(_PHRASE.sub(" ", text))
        return cls(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(filter(None, phrases))), kind, tuple(filters))

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def size(self) -> int:
        """How many words it has."""
        return len(self.words) + sum(map(len, self.phrases))


def exact_terms_of(query: SearchQuery) -> list[Term]:
    return [
        dict.fromkeys(COLUMNS, (Alternative(words),)) for words in [*((word,) for word in query.words), *query.phrases]
    ]


def terms_of(query: SearchQuery, similar: SimilarNames) -> list[Term]:
    """Return for each word what may stand for it: words that begin so, words with its keys, names with one letter wrong."""
    phrases: list[Term] = [dict.fromkeys(COLUMNS, (Alternative(phrase),)) for phrase in query.phrases]
    return [_term(word, sorted(similar.get(word, ()))) for word in query.words] + phrases


def _term(word: str, similar: Sequence[str]) -> Term:
    near = (Alternative((word,), is_beginning=can_begin(word)), *(Alternative((key,)) for key in sorted(keys_of(word))))
    names, marks = ([Alternative((f"{mark}{name}",)) for name in similar] for mark in ("", "@"))
    return {"title": (*near, *marks), "names": (*near, *names), "words": near}


def in_column(column: str, terms: Iterable[Term]) -> Q:
    return Q(**{f"{column}__holds": Expression(tuple(term[column] for term in terms))})


def in_any(columns: Iterable[str], terms: Iterable[Term]) -> Q:
    """Return the condition that each term is in one of these columns."""
    return reduce(and_, (reduce(or_, (in_column(column, [term]) for column in columns)) for term in terms))
