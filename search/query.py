"""A query to the index: which documents hold all its words, of those a member may see, the best ones first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from members.models import Member
from search.full_text import Alternative, Expression
from search.models import Document, Kind, TextPart
from search.names import SimilarNames, similar_names
from search.visibility import visible
from search.words import can_begin, keys_of, words_of

MAX_WORDS, MAX_LETTERS = 10, 200
# So many documents are sorted to find the first twenty.
MAX_SORTED = 500
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


def _exact_terms(query: SearchQuery) -> list[Term]:
    return [
        dict.fromkeys(COLUMNS, (Alternative(words),)) for words in [*((word,) for word in query.words), *query.phrases]
    ]


def _terms(query: SearchQuery, similar: SimilarNames) -> list[Term]:
    """Return for each word what may stand for it: words that begin so, words with its keys, names with one letter wrong."""
    phrases: list[Term] = [dict.fromkeys(COLUMNS, (Alternative(phrase),)) for phrase in query.phrases]
    return [_term(word, sorted(similar.get(word, ()))) for word in query.words] + phrases


def _term(word: str, similar: Sequence[str]) -> Term:
    near = (Alternative((word,), is_beginning=can_begin(word)), *(Alternative((key,)) for key in sorted(keys_of(word))))
    names, marks = ([Alternative((f"{mark}{name}",)) for name in similar] for mark in ("", "@"))
    return {"title": (*near, *marks), "names": (*near, *names), "words": near}


def _in_column(column: str, terms: Iterable[Term]) -> Q:
    return Q(**{f"{column}__holds": Expression(tuple(term[column] for term in terms))})


def _in_any(columns: Iterable[str], terms: Iterable[Term]) -> Q:
    """Return the condition that each term is in one of these columns."""
    return reduce(and_, (reduce(or_, (_in_column(column, [term]) for column in columns)) for term in terms))


def _under_filters(query: SearchQuery) -> Q:
    return (
        Q(words__holds=Expression(tuple((Alternative((mark,)),) for mark in query.filters))) if query.filters else Q()
    )


def _long_texts(queries: Sequence[Sequence[Term]]) -> list[list[int]]:
    """Return for each query the documents in parts that hold all its terms, whichever part each of them is in. One query for all.

    They are asked for apart: with an OR to them in one query, PostgreSQL would unpack the words of all that it finds.
    """
    rows = []
    for number, terms in enumerate(queries):
        documents = Document.objects.filter(has_parts=True).order_by()
        for term in terms:
            in_parts = TextPart.objects.filter(_in_column("words", [term]), document=OuterRef("pk"))
            documents = documents.filter(_in_any(COLUMNS, [term]) | Q(Exists(in_parts)))
        rows.append(documents.values_list(Value(number, IntegerField()), "pk"))
    documents_of: list[list[int]] = [[] for _query in queries]
    for number, pk in rows[0].union(*rows[1:], all=True):
        documents_of[number].append(pk)
    return documents_of


def _levels(terms: Sequence[Term], exact_terms: Sequence[Term]) -> list[Q]:
    """Return the conditions of good matches, the best first: all words in the title, or with the names; exactly, or near ones."""
    in_title = [_in_column("title", every) for every in (exact_terms, terms)]
    return in_title + [_in_any(("title", "names"), every) for every in (exact_terms, terms)]


@dataclass
class SearchHits:
    """What one member finds by one query: counted, and read a page at a time, by level, the newest first."""

    query: SearchQuery
    similar: SimilarNames
    # What this member finds under the filters, whatever its words; of these, what the words find.
    readable: QuerySet[Document]
    documents: QuerySet[Document]
    levels: list[Q]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def by_kind(self) -> dict[Kind, int]:
        """How many of each kind, whichever kind is chosen."""
        return {kind: sum(n for (of, _level), n in self.counts.items() if of == kind) for kind in Kind}

    def _in_level(self, level: int) -> int:
        return sum(n for (kind, of), n in self.counts.items() if of == level and self.query.kind in ("", kind))

    @property
    def total(self) -> int:
        return sum(map(self._in_level, range(len(self.levels) + 1)))

    def page(self, first: int, size: int) -> dict[int, int]:
        """Return the numbers of so many documents from `first` on with their levels: the best first, of equal ones the newest."""
        if not self.total:
            return {}
        rows = self._sorted(first, size) if self.total <= MAX_SORTED else self._by_level(first, size)
        return {pk: level for level, _at, pk in sorted(rows, key=lambda row: (-row[0], row[1], row[2]), reverse=True)}

    def _sorted(self, first: int, size: int) -> QuerySet[Document, Any]:
        rows = self.documents.filter(kind=self.query.kind) if self.query.kind else self.documents
        rows = rows.annotate(level=_level(self.levels)).order_by("level", "-at", "-pk")
        return rows.values_list("level", "at", "pk")[first : first + size]

    def _by_level(self, first: int, size: int) -> QuerySet[Document, Any]:
        """The same of many documents: an index gives the newest of one level, but not of several."""
        slices = []
        for level in range(len(self.levels) + 1):
            count = self._in_level(level)
            if size > 0 and first < count:
                slices.append(self._slice(level, first, first + size))
                size -= count - first
            first = max(0, first - count)
        return slices[0].union(*slices[1:], all=True) if slices else Document.objects.none()

    def _slice(self, level: int, first: int, last: int) -> QuerySet[Document, Any]:
        """What a title or the names hold, all the words hold: they are asked for in the last level alone."""
        rows = self.readable.filter(self.levels[level]) if level < len(self.levels) else self.documents
        rows = rows.exclude(reduce(or_, self.levels[:level], Q(pk__in=[])))
        rows = rows.filter(kind=self.query.kind) if self.query.kind else rows
        newest = rows.order_by("-at", "-pk").values("pk")[first:last]
        return Document.objects.filter(pk__in=newest).values_list(Value(level, IntegerField()), "at", "pk")


def _level(levels: Sequence[Q]) -> Case:
    """Return the number of the first level that a document is in. Most are in none but the last, which is looked for first."""
    best_first = [When(condition, then=Value(n)) for n, condition in enumerate(levels)]
    by_text_alone = When(~levels[-1], then=Value(len(levels)))
    return Case(by_text_alone, *best_first, output_field=IntegerField())


def find_all(member: Member, queries: Sequence[SearchQuery]) -> list[SearchHits]:
    """Return what a member finds by each of some queries, not counted yet. Two queries, however many."""
    similar = similar_names({word for query in queries for word in query.words})
    readable = Document.objects.filter(visible(member))
    terms = [_terms(query, similar) for query in queries]
    hits = []
    for query, needed, long_texts in zip(queries, terms, _long_texts(terms), strict=True):
        matches = _in_any(COLUMNS, needed)
        filtered = readable.filter(_under_filters(query))
        documents = filtered.filter(matches | Q(pk__in=long_texts) if long_texts else matches)
        hits.append(SearchHits(query, similar, filtered, documents, _levels(needed, _exact_terms(query))))
    return hits


def find(member: Member, query: SearchQuery) -> SearchHits:
    """Return what a member finds, counted by kind and level. Three queries at most."""
    (hits,) = find_all(member, [query])
    rows = hits.documents.order_by().annotate(level=_level(hits.levels)).values("kind", "level").annotate(n=Count("*"))
    hits.counts = {(row["kind"], row["level"]): row["n"] for row in rows}
    return hits
