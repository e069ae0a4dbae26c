"""Full text on PostgreSQL: a `tsvector` with a GIN index.

The vectors are written directly, not by `to_tsvector`: its parser would read the end of ME-2026-011 as a negative number, and what it accepts as a
letter depends on the locale of the database.
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
    """Return the words with positions and the marks without. Words hold only letters and digits, so no escaping is needed."""
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
    # Each search scans the pending list; a small one keeps searches and writes fast.
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
    """Make the planner prefer indexes to sequential scans for the queries within.

    For a word in most documents it rates a sequential scan as expensive as an index scan, because it ignores the time to unpack each vector: the
    scan in fact takes twice as long for 62,000 of 80,000 documents.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield
