"""The data of an answer: for each smallest part who was where, so that any sum of parts can be counted without another
query.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np

from trainings.counting.cells import Cell, Figures, Pair, surplus
from trainings.counting.columns import (
    EMPTY,
    Column,
    column,
    count_distinct,
    each_once,
    joined,
    looked_up,
    table,
    value_counts,
)

Key = tuple[Hashable, ...]


@dataclass
class Part:
    """The named of one key and sex. `people` and `trainings` are parallel, with an entry per enrolment."""

    key: Key
    sex: str
    people: Column
    trainings: Column
    minutes: int
    verified: int

    def __post_init__(self) -> None:
        self.people, self.trainings = column(self.people), column(self.trainings)

    @cached_property
    def seats_in(self) -> dict[int, int]:
        """How many of them were in each training: cached, because every sum with this part needs it."""
        return value_counts(self.trainings)


def put_together(pieces: Iterable[Part]) -> list[Part]:
    """Merge pieces into one part for each key and sex."""
    by_key_and_sex: dict[tuple[Key, str], list[Part]] = defaultdict(list)
    for piece in pieces:
        by_key_and_sex[piece.key, piece.sex].append(piece)
    return [
        Part(
            key,
            sex,
            joined([piece.people for piece in some]),
            joined([piece.trainings for piece in some]),
            sum(piece.minutes for piece in some),
            sum(piece.verified for piece in some),
        )
        for (key, sex), some in by_key_and_sex.items()
    ]


@dataclass(slots=True)
class Counted:
    """One headcount; `known` are those who meet the rule, None if unknown."""

    key: Key
    sex: str
    training: int
    attended: int
    known: int | None
    minutes: int
    verified: bool


@dataclass
class Gathering:
    """All data of a question, in parts by key. `courses` only if persons count once per course; `verified` are then the
    trainings with verified figures.

    `total` are the figures of everything if already known.
    """

    parts: list[Part]
    headcounts: list[Counted]
    pairs: list[Pair] = field(default_factory=list)
    courses: dict[int, int] | None = None
    total: Figures | None = None
    verified: Column = field(default_factory=lambda: EMPTY)

    @cached_property
    def by_key(self) -> dict[Key, tuple[list[Part], list[Counted]]]:
        grouped: dict[Key, tuple[list[Part], list[Counted]]] = defaultdict(lambda: ([], []))
        for part in self.parts:
            grouped[part.key][0].append(part)
        for row in self.headcounts:
            grouped[row.key][1].append(row)
        return dict(grouped)

    @cached_property
    def suspects(self) -> frozenset[int]:
        """Everybody in an open pair."""
        return frozenset(person for pair in self.pairs for person in pair)

    @cached_property
    def _rows(self) -> tuple[Column, Column, list[int]]:
        """The people and the trainings of all parts, concatenated, and where each part ends."""
        people, trainings = [part.people for part in self.parts], [part.trainings for part in self.parts]
        return joined(people), joined(trainings), list(accumulate(map(len, people)))

    @cached_property
    def _suspects_in(self) -> dict[int, dict[int, set[int]]]:
        """The people of a part in an open pair, by training; of parts with any, by the id of the part."""
        suspects: dict[int, dict[int, set[int]]] = {}
        if not self.suspects:
            return suspects
        people, trainings, ends = self._rows
        met = np.flatnonzero(np.isin(people, column(self.suspects)))
        places = np.searchsorted(ends, met, side="right")
        for n, training, person in zip(places.tolist(), trainings[met].tolist(), people[met].tolist(), strict=True):
            suspects.setdefault(id(self.parts[n]), defaultdict(set))[training].add(person)
        return suspects

    @cached_property
    def _in_courses(self) -> dict[int, tuple[Column, Column]]:
        """A number for each person in a course, per enrolment of a part, by the id of the part: all, the verified."""
        courses = self.courses or {}
        places = 1 + max(courses.values(), default=0)
        people, trainings, ends = self._rows
        seats, sure = people * places + looked_up(trainings, table(courses)), np.isin(trainings, self.verified)
        by_course = {}
        for part, (first, last) in zip(self.parts, pairwise([0, *ends]), strict=True):
            there = seats[first:last]
            by_course[id(part)] = (there, there[sure[first:last]])
        return by_course

    def all_keys(self) -> list[Key]:
        """Return the keys, sorted."""
        return sorted(self.by_key, key=str)

    def figures(self, keys: Iterable[Key] | None = None) -> Figures:
        """Count the parts of these keys as one cell; by default all. No query; 3 ms for 200,000 enrolments."""
        if keys is None:
            if self.total is None:
                self.total = self._count(self.parts, self.headcounts)
            return self.total
        there = [self.by_key[key] for key in keys if key in self.by_key]
        return self._count(
            [part for parts, _rows in there for part in parts], [row for _parts, rows in there for row in rows]
        )

    def by(self, place: int | None = None) -> dict[Key, Figures]:
        """Count each key, or each value at `place` of the keys."""
        groups: dict[Key, list[Key]] = defaultdict(list)
        for key in self.all_keys():
            groups[key if place is None else (key[place],)].append(key)
        return {group: self.figures(keys) for group, keys in groups.items()}

    def along(self, place: int) -> "Gathering":
        """Return the same rows broken down by the dimension at `place` alone, without another query."""
        parts = put_together(replace(part, key=(part.key[place],)) for part in self.parts)
        headcounts = [replace(row, key=(row.key[place],)) for row in self.headcounts]
        return Gathering(parts, headcounts, self.pairs, self.courses, self.figures(), self.verified)

    def _count(self, parts: Sequence[Part], headcounts: Sequence[Counted]) -> Figures:
        cell = Cell()
        for part in parts:
            cell.named[part.sex] += len(part.people)
            cell.minutes += part.minutes
            cell.verified += part.verified
        cell.seats = defaultdict(int, cell.named)
        for sex, people in _by_sex(parts, [part.people for part in parts]).items():
            cell.distinct[sex] = count_distinct(people)
        cell.trainings.update(each_once([part.trainings for part in parts]))
        self._look_at_trainings(cell, parts, {row.training for row in headcounts if row.known})
        self._merge(cell, parts)
        for row in headcounts:
            cell.add_headcount(row.training, row.sex, row.attended, row.known)
            if row.known:
                cell.minutes += row.known * row.minutes
                cell.trainings.add(row.training)
                cell.verified += row.known if row.verified else 0
        return cell.figures() if self.courses is None else self._once(cell.figures(), parts)

    def _look_at_trainings(self, cell: Cell, parts: Sequence[Part], headcounted: set[int]) -> None:
        """Add who was in each training that has a headcount here: they and the headcounted are different persons."""
        for part in parts if headcounted else ():
            for training in headcounted & part.seats_in.keys():
                cell.in_training[training, part.sex] += part.seats_in[training]

    def _merge(self, cell: Cell, parts: Sequence[Part]) -> None:
        """Add how much smaller the cell is if open pairs are one person."""
        met = [(part, self._suspects_in[id(part)]) for part in parts if id(part) in self._suspects_in]
        if not met:
            return
        suspects: dict[str, set[int]] = defaultdict(set)
        for part, inside in met:
            suspects[part.sex].update(*inside.values())
        cell.merged = surplus(set().union(*suspects.values()), self.pairs)
        for sex, people in suspects.items():
            cell.merged_by_sex[sex] = surplus(people, self.pairs)
        rows: dict[int, Counter[str]] = defaultdict(Counter)
        there: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for part, inside in met:
            for training, people in inside.items():
                there[training][part.sex] |= people
        for part in parts:
            for training in there.keys() & part.seats_in.keys():
                rows[training][part.sex] += part.seats_in[training]
        for training, sexes in there.items():
            cell.merged_in_training[training] = surplus({p for people in sexes.values() for p in people}, self.pairs)
            for sex, people in sexes.items():
                cell.merged_in_training_by_sex[training, sex] = surplus(people, self.pairs)
            for sex, n in rows[training].items():
                cell.in_training[training, sex] = n

    def _once(self, figures: Figures, parts: Sequence[Part]) -> Figures:
        """Count each person once per course; anonymous headcounts are counted separately.

        For a seat given by several trainings, one verified training is enough.
        """
        seats, sure = (_by_sex(parts, [self._in_courses[id(part)][n] for part in parts]) for n in (0, 1))
        numbers = Counter({sex: count_distinct(there) for sex, there in seats.items()})
        return replace(
            figures,
            seats=numbers.total(),
            named_seats=numbers.total(),
            women=numbers["female"],
            men=numbers["male"],
            other=numbers["other"],
            not_recorded=numbers["not_recorded"],
            verified_seats=sum(map(count_distinct, sure.values())),
        )


def _by_sex(parts: Sequence[Part], columns: Sequence[Column]) -> dict[str, list[Column]]:
    """Return the columns by sex; there is one column per part."""
    by_sex: dict[str, list[Column]] = defaultdict(list)
    for part, there in zip(parts, columns, strict=True):
        by_sex[part.sex].append(there)
    return dict(by_sex)
