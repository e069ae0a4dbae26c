"""Full text on SQLite: text columns with an FTS5 table that triggers keep up to date.

SQLite recreates a table to change it and drops its triggers: a migration that changes one of these tables must create the index again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.full_text import Alternative, Expression, IndexedWords

COLUMN = "text"
# Marks the end of a text; a mark is not a word.
_BREAK = "="


def stored(value: IndexedWords) -> str:
    """Return the words in order, then the marks."""
    return " ".join(chain((word or _BREAK for word in value.words), [_BREAK], value.marks))


def query_text(expression: Expression) -> str:
    return " AND ".join(f"({' OR '.join(map(_alternative, term))})" for term in expression.terms)


def _alternative(alternative: Alternative) -> str:
    return f'"{" ".join(alternative.words)}"{" *" if alternative.is_beginning else ""}'


def condition(lhs: Any, column: str) -> str:
    """Return the condition that the row's id is among those FTS5 finds."""
    meta = lhs.target.model._meta
    table, name = f'"{meta.db_table}_fts"', lhs.target.column
    row = column.rpartition(".")[0] + f'."{meta.pk.column}"'
    return f"{row} IN (SELECT rowid FROM {table} WHERE {table} MATCH '{name} : (' || %s || ')')"  # noqa: S608 - our own names


def index_statements(table: str, columns: Sequence[str]) -> list[str]:
    """Return the FTS5 table and its triggers. The tokenizer `ascii` only splits at spaces here: non-ASCII is part of a word."""
    names, fts = ", ".join(columns), f"{table}_fts"
    old, new = (", ".join(f"{row}.{name}" for name in ("id", *columns)) for row in ("old", "new"))
    take_out = f"INSERT INTO {fts} ({fts}, rowid, {names}) VALUES ('delete', {old});"  # noqa: S608 - our own names
    put_in = f"INSERT INTO {fts} (rowid, {names}) VALUES ({new});"  # noqa: S608 - our own names
    return [
        f"CREATE VIRTUAL TABLE {fts} USING fts5 "
        f"({names}, content = '{table}', content_rowid = 'id', tokenize = \"ascii tokenchars '~@='\")",
        f"CREATE TRIGGER {fts}_insert AFTER INSERT ON {table} BEGIN {put_in} END",
        f"CREATE TRIGGER {fts}_delete AFTER DELETE ON {table} BEGIN {take_out} END",
        f"CREATE TRIGGER {fts}_update AFTER UPDATE ON {table} BEGIN {take_out} {put_in} END",
    ]


def lock(names: Sequence[str], *, wait: bool) -> bool:
    """Do nothing: a writing transaction already has the whole database to itself."""
    return True


def index_scans() -> AbstractContextManager[None]:
    return nullcontext()
