"""Ranking: title before names before text, exact words before similar ones, then the newest; read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from search.models import Document, Kind
from search.names import SimilarNames
from search.query import SearchQuery, Term, in_any, in_column

# Up to this many documents are sorted to find the first twenty.
MAX_SORTED = 500


def match_levels(terms: Sequence[Term], exact_terms: Sequence[Term]) -> list[Q]:
    """Return the conditions of good matches, best first: all words in the title, or in title and names; exact, then similar."""
    in_title = [in_column("title", every) for every in (exact_terms, terms)]
    return in_title + [in_any(("title", "names"), every) for every in (exact_terms, terms)]


@dataclass
class SearchHits:
    """The results of a query for one member: counted, and read by page, sorted by level and then newest first."""

    query: SearchQuery
    similar: SimilarNames
    # `readable` is what the member may find under the filters; `documents` are those of them that match the words.
    readable: QuerySet[Document]
    documents: QuerySet[Document]
    levels: list[Q]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def by_kind(self) -> dict[Kind, int]:
        """The number of results of each kind, regardless of the chosen kind."""
        return {kind: sum(n for (of, _number), n in self.counts.items() if of == kind) for kind in Kind}

    def _in_level(self, level: int) -> int:
        return sum(n for (kind, of), n in self.counts.items() if of == level and self.query.kind in ("", kind))

    @property
    def total(self) -> int:
        return sum(map(self._in_level, range(len(self.levels) + 1)))

    def page(self, first: int, size: int) -> dict[int, int]:
        """Return {primary key: level} of `size` documents from `first` on: best level first, then newest."""
        if not self.total:
            return {}
        rows = self._sorted(first, size) if self.total <= MAX_SORTED else self._by_level(first, size)
        return {pk: level for level, _at, pk in sorted(rows, key=lambda row: (-row[0], row[1], row[2]), reverse=True)}

    def _sorted(self, first: int, size: int) -> QuerySet[Document, Any]:
        rows = self.documents.filter(kind=self.query.kind) if self.query.kind else self.documents
        rows = rows.annotate(level=level_number(self.levels)).order_by("level", "-at", "-pk")
        return rows.values_list("level", "at", "pk")[first : first + size]

    def _by_level(self, first: int, size: int) -> QuerySet[Document, Any]:
        """Like `_sorted`, for many documents: an index gives the newest of one level, but not of several."""
        slices = []
        for level in range(len(self.levels) + 1):
            count = self._in_level(level)
            if size > 0 and first < count:
                slices.append(self._slice(level, first, first + size))
                size -= count - first
            first = max(0, first - count)
        return slices[0].union(*slices[1:], all=True) if slices else Document.objects.none()

    def _slice(self, level: int, first: int, last: int) -> QuerySet[Document, Any]:
        """A match in title or names is also a match overall, so only the last level queries `documents`."""
        rows = self.readable.filter(self.levels[level]) if level < len(self.levels) else self.documents
        rows = rows.exclude(reduce(or_, self.levels[:level], Q(pk__in=[])))
        rows = rows.filter(kind=self.query.kind) if self.query.kind else rows
        newest = rows.order_by("-at", "-pk").values("pk")[first:last]
        return Document.objects.filter(pk__in=newest).values_list(Value(level, IntegerField()), "at", "pk")


def level_number(levels: Sequence[Q]) -> Case:
    """Return the number of a document's first level. Most documents match only the last, so it is tested first."""
    best_first = [When(condition, then=Value(n)) for n, condition in enumerate(levels)]
    by_text_alone = When(~levels[-1], then=Value(len(levels)))
    return Case(by_text_alone, *best_first, output_field=IntegerField())
