"""Questions that are asked on every page: the ORM puts each together once for each shape, later only its values change."""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Value = TypeVar("Value", str, int)
# What stands in for a value while the question is put together: a text that nobody types, a number that no row has.
_TEXT = "\ue000{}\ue001"
_TEXTS = re.compile("\ue000(\\d+)\ue001")
_FIRST_NUMBER = 2_147_000_000
SHAPES_MOST = 256


def rounded(values: Iterable[Value], to: int = 8) -> list[Value]:
    """Return a list for `IN`, its last value repeated up to a multiple of `to` (64 where they are more): for fewer shapes."""
    told = list(values)
    return told + told[-1:] * (-len(told) % (to if len(told) <= 64 else 64))


@dataclass(frozen=True)
class _Asked:
    """What the ORM made of one shape. A parameter is itself, or which value it is, with what stands before and behind it.

    `converters` are, by the place of a column, what makes of the database's value that of the ORM.
    """

    sql: str
    params: tuple[Any, ...]
    alias: str
    converters: tuple[tuple[int, tuple[Sequence[Callable[..., Any]], Any]], ...]

    def read(self, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
        if not self.converters:
            return [tuple(row) for row in rows]
        connection, told = connections[self.alias], []
        for row in map(list, rows):
            for place, (converters, expression) in self.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
            told.append(tuple(row))
        return told


@dataclass(frozen=True)
class _Slot:
    which: int
    before: str = ""
    behind: str = ""


class Prepared:
    """A question whose SQL is kept. `build` makes the query from what is given, with `values_list` of single columns.

    Of what is given, lists hold values: texts or numbers, of which the SQL tells only how many there are. All else is part
    of the shape, and must decide alike whenever it is equal. What a member may see is no such thing: a question with that in
    it is kept for the member, no longer than `audit.kept` keeps.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._made: dict[Hashable, _Asked | None] = {}

    def rows(self, *given: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values, as the query would. One query, none where the ORM sees that there is no such row."""
        values = [value for one in given if isinstance(one, list) for value in one]
        shape = tuple(self._shape(one) for one in given)
        try:
            asked = self._made[shape]
        except KeyError:
            asked = self._prepare(given)
            if len(self._made) >= SHAPES_MOST:
                self._made.clear()
            self._made[shape] = asked
        if asked is None:
            return []
        connection = connections[asked.alias]
        like = connection.ops.prep_for_like_query
        params = [
            (values[one.which] if not one.behind and not one.before else f"{one.before}{like(values[one.which])}{one.behind}")
            if isinstance(one, _Slot) else one
            for one in asked.params
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(asked.sql, params)
            return asked.read(cursor.fetchall())

    @staticmethod
    def _shape(one: Any) -> Hashable:
        return (len(one), type(one[0]) if one else None) if isinstance(one, list) else (one,)

    def _prepare(self, given: Sequence[Any]) -> _Asked | None:
        told, count = [], 0
        for one in given:
            if not isinstance(one, list):
                told.append(one)
                continue
            places = range(count, count + len(one))
            told.append([_FIRST_NUMBER + n if isinstance(one[0], int) else _TEXT.format(n) for n in places])
            count += len(one)
        query = self._build(*told)
        compiler = query.query.get_compiler(query.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        return _Asked(sql, tuple(_slot(param, count) for param in params), query.db, tuple(converters.items()))


def _slot(param: Any, count: int) -> Any:
    """Return where a parameter's value stands among those given, the parameter itself where it is none of them."""
    if isinstance(param, str) and (found := _TEXTS.search(param)):
        return _Slot(int(found[1]), param[: found.start()], param[found.end() :])
    if isinstance(param, int) and 0 <= param - _FIRST_NUMBER < count:
        return _Slot(param - _FIRST_NUMBER)
    return param
