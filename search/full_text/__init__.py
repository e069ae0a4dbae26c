"""One column type and one lookup for both databases: `IndexedWordsField`, asked by `Document.objects.filter(words__holds=…)`.

What differs is in `postgresql` (a `tsvector`, searched by GIN) and `sqlite` (text, searched by FTS5). Both get words that are folded
already, and neither splits, stems or drops any of them, so that both find the same rows.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from search.full_text import postgresql, sqlite

# Between two texts of one column, so that no phrase runs from one into the other.
BREAK = ""


@dataclass(frozen=True)
class IndexedWords:
    """What a column holds: `words` in their order, by which phrases are found, and `marks`, which have no place."""

    words: Sequence[str] = ()
    marks: Iterable[str] = ()


@dataclass(frozen=True)
class Alternative:
    """Words that follow each other; of a single one perhaps only its beginning is given."""

    words: tuple[str, ...]
    is_beginning: bool = False


@dataclass(frozen=True)
class Expression:
    """What a row must hold: of each term at least one alternative."""

    terms: tuple[tuple[Alternative, ...], ...]


def _engine(vendor: str) -> Any:
    return postgresql if vendor == "postgresql" else sqlite


class IndexedWordsField(models.Field):
    """A column of words to be searched. It is written and asked, never read."""

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
    """Return the statements by which a migration makes the full-text index over columns of a table."""
    statements: list[str] = _engine(vendor).index_statements(table, columns)
    return statements


def lock(names: Iterable[str], *, wait: bool = True) -> bool:
    """Take the locks of these names until the transaction ends, and return whether they were free or became so.

    Two processes never index one thing at the same time. The locks are taken in one order everywhere, so that no two wait for each other.
    """
    is_locked: bool = _engine(connection.vendor).lock(sorted(set(names)), wait=wait)
    return is_locked


def index_scans() -> AbstractContextManager[None]:
    """Have the queries within answered from the indexes; see `postgresql.index_scans`."""
    context: AbstractContextManager[None] = _engine(connection.vendor).index_scans()
    return context
