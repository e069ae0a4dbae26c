"""Finding the documents that match a query, among those a member may see."""

from collections.abc import Sequence

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Value

from members.models import Member
from search.full_text import Alternative, Expression
from search.models import Document, TextPart
from search.names import similar_names
from search.query import COLUMNS, SearchQuery, Term, exact_terms_of, in_any, in_column, terms_of
from search.ranking import SearchHits, level_number, match_levels
from search.visibility import visible


def _under_filters(query: SearchQuery) -> Q:
    return (
        Q(words__holds=Expression(tuple((Alternative((mark,)),) for mark in query.filters))) if query.filters else Q()
    )


def _long_texts(queries: Sequence[Sequence[Term]]) -> list[list[int]]:
    """Return for each query the documents with parts that match all its terms, in whichever part. One query for all.

    This is a separate query: with an OR in one query, PostgreSQL would unpack the words of all matches.
    """
    rows = []
    for number, terms in enumerate(queries):
        documents = Document.objects.filter(has_parts=True).order_by()
        for term in terms:
            in_parts = TextPart.objects.filter(in_column("words", [term]), document=OuterRef("pk"))
            documents = documents.filter(in_any(COLUMNS, [term]) | Q(Exists(in_parts)))
        rows.append(documents.values_list(Value(number, IntegerField()), "pk"))
    documents_of: list[list[int]] = [[] for _query in queries]
    for number, pk in rows[0].union(*rows[1:], all=True):
        documents_of[number].append(pk)
    return documents_of


def find_all(member: Member, queries: Sequence[SearchQuery]) -> list[SearchHits]:
    """Return a member's results for each query, not counted yet. Two queries, however many."""
    similar = similar_names({word for query in queries for word in query.words})
    readable = Document.objects.filter(visible(member))
    terms = [terms_of(query, similar) for query in queries]
    hits = []
    for query, needed, long_texts in zip(queries, terms, _long_texts(terms), strict=True):
        matches = in_any(COLUMNS, needed)
        filtered = readable.filter(_under_filters(query))
        documents = filtered.filter(matches | Q(pk__in=long_texts) if long_texts else matches)
        hits.append(SearchHits(query, similar, filtered, documents, match_levels(needed, exact_terms_of(query))))
    return hits


def find(member: Member, query: SearchQuery) -> SearchHits:
    """Return a member's results, counted by kind and level. Three queries at most."""
    (hits,) = find_all(member, [query])
    rows = (
        hits.documents.order_by()
        .annotate(level=level_number(hits.levels))
        .values("kind", "level")
        .annotate(n=Count("*"))
    )
    hits.counts = {(row["kind"], row["level"]): row["n"] for row in rows}
    return hits
