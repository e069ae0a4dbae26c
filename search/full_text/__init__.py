"""A field and a lookup for both databases: `IndexedWordsField`, queried with `Document.objects.filter(words__holds=…)`.

The differences are in `postgresql` (a `tsvector` with a GIN index) and `sqlite` (text with FTS5). Both receive words that are already folded, and
neither splits, stems or drops any, so that both find the same rows.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from search.full_text import postgresql, sqlite

# Separates two texts in one column, so that no phrase spans both.
BREAK = ""


@dataclass(frozen=True)
class IndexedWords:
    """A column's content: `words` in order, for phrase search, and `marks`, which have no position."""

    words: Sequence[str] = ()
    marks: Iterable[str] = ()


@dataclass(frozen=True)
class Alternative:
    """Consecutive words, or a single word of which only the beginning may be given."""

    words: tuple[str, ...]
    is_beginning: bool = False


@dataclass(frozen=True)
class Expression:
    """A condition on a row: it must contain at least one alternative of each term."""

    terms: tuple[tuple[Alternative, ...], ...]


def _engine(vendor: str) -> Any:
    return postgresql if vendor == "postgresql" else sqlite


class IndexedWordsField(models.Field):
    """A column of searchable words. It is written and queried, never read."""

    def db_type(self, connection: Any) -> str:
        column: str = _engine(connection.vendor).COLUMN
        return column

    def get_db_prep_value(self, value: IndexedWords, connection: Any, prepared: bool = False) -> str:
        stored: str = _engine(connection.vendor).stored(value)
        return stored


@IndexedWordsField.register_lookup
class Holds(models.Lookup):
    """Whether the column satisfies an expression."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        engine = _engine(connection.vendor)
        return engine.condition(self.lhs, column), (*params, engine.query_text(self.rhs))


def index_statements(table: str, columns: Sequence[str], vendor: str) -> list[str]:
    """Return the SQL statements with which a migration creates the full-text index on columns of a table."""
    statements: list[str] = _engine(vendor).index_statements(table, columns)
    return statements


def lock(names: Iterable[str], *, wait: bool = True) -> bool:
    """Acquire locks by name until the transaction ends; return whether all were acquired.

    Prevents two processes from indexing one object at the same time. Locks are always acquired in the same order, to prevent deadlocks.
    """
    is_locked: bool = _engine(connection.vendor).lock(sorted(set(names)), wait=wait)
    return is_locked


def index_scans() -> AbstractContextManager[None]:
    """Make the queries within use the indexes; see `postgresql.index_scans`."""
    context: AbstractContextManager[None] = _engine(connection.vendor).index_scans()
    return context
