"""Full text on PostgreSQL: a `tsvector` with a GIN index.

The vectors are written as such rather than made by `to_tsvector`: its parser would take ME-2026-011 apart into a number below
zero, and what it takes for a letter depends on the locale of the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from search.full_text import Alternative, Expression, IndexedWords

COLUMN = "tsvector"


def stored(value: IndexedWords) -> str:
    """Return the words with their places, the marks without. Words hold letters and figures alone, so nothing is to be escaped."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(value.words, 1):
        if word:
            places.setdefault(word, []).append(str(place))
    lexemes = [f"'{word}':{','.join(where)}" for word, where in places.items()]
    return " ".join([*lexemes, *(f"'{mark}'" for mark in value.marks)])


def query_text(expression: Expression) -> str:
    return " & ".join(f"({' | '.join(map(_alternative, term))})" for term in expression.terms)


def _alternative(alternative: Alternative) -> str:
    text = " <-> ".join(f"'{word}'" for word in alternative.words)
    return f"{text}:*" if alternative.is_beginning else f"({text})"


def condition(lhs: Any, column: str) -> str:
    return f"{column} @@ %s::tsquery"


def index_statements(table: str, columns: Sequence[str]) -> list[str]:
    # What is not merged yet is looked through by each search: little of it, so that neither is slow.
    return [
        f"CREATE INDEX {table}_{column}_gin ON {table} USING gin ({column}) WITH (gin_pending_list_limit = 1024)"
        for column in columns
    ]


def lock(names: Sequence[str], *, wait: bool) -> bool:
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(name, 0)) FROM unnest(%s) AS name", [list(names)])  # noqa: S608 - our own names
        return all(row[0] is not False for row in cursor.fetchall())


@contextmanager
def index_scans() -> Iterator[None]:
    """Have the planner prefer indexes to reading whole tables, for the queries within.

    For a word of most documents it takes reading the table for as dear as asking the index, because it does not know how long it
    takes to unpack each vector: twice as long in fact for 62,000 of 80,000 documents.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield
