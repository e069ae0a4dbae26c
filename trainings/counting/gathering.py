"""The rows behind an answer, read in one pass: for each smallest part who was where, so that every sum of parts can be
counted without asking again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from typing import Any

from django.db.models import Aggregate, Case, Count, F, Field, IntegerField, Q, Sum, TextField, When

from trainings.counting.cells import Cell, Figures, Pair, surplus
from trainings.counting.dimensions import AGAIN, DIMENSIONS, FIRST, Dimension
from trainings.counting.question import Question, counted_enrolments, counted_headcounts
from trainings.models import DuplicatePair, Training

Key = tuple[Hashable, ...]


class Gathered(Aggregate):
    """The whole numbers of a group as a list, in the order of its rows: two of one query belong together."""

    function = "ARRAY_AGG"
    output_field: Field[Any, Any] = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **options)

    def convert_value(self, value: Any, expression: Any, connection: Any) -> list[int]:
        return value if isinstance(value, list) else [int(number) for number in str(value).split(",")]


@dataclass(slots=True)
class Part:
    """The named of one key and sex. `people` and `trainings` stand side by side, an entry for each enrolment."""

    key: Key
    sex: str
    people: list[int]
    trainings: list[int]
    minutes: int
    verified: int


@dataclass(slots=True)
class Counted:
    """One headcount; `known` are those who meet the rule, None where that is not known."""

    key: Key
    sex: str
    training: int
    attended: int
    known: int | None
    minutes: int
    verified: bool


@dataclass
class Gathering:
    """Everything a question is about, in parts by key. `courses` only where persons count once per course."""

    parts: list[Part]
    headcounts: list[Counted]
    pairs: list[Pair] = field(default_factory=list)
    courses: dict[int, int] | None = None

    @cached_property
    def by_key(self) -> dict[Key, tuple[list[Part], list[Counted]]]:
        found: dict[Key, tuple[list[Part], list[Counted]]] = defaultdict(lambda: ([], []))
        for part in self.parts:
            found[part.key][0].append(part)
        for row in self.headcounts:
            found[row.key][1].append(row)
        return dict(found)

    @cached_property
    def suspects(self) -> frozenset[int]:
        """Everybody who stands in an open pair."""
        return frozenset(person for pair in self.pairs for person in pair)

    def all_keys(self) -> list[Key]:
        """Return the keys there are, sorted."""
        return sorted(self.by_key, key=str)

    def figures(self, keys: Iterable[Key] | None = None) -> Figures:
        """Count the parts of these keys as one cell; all of them without. No query; 0.1 s for 200,000 enrolments."""
        if keys is None:
            return self._count(self.parts, self.headcounts)
        there = [self.by_key[key] for key in keys if key in self.by_key]
        return self._count(
            [part for parts, _rows in there for part in parts], [row for _parts, rows in there for row in rows]
        )

    def by(self, place: int | None = None) -> dict[Key, Figures]:
        """Count each key, or each part of them at `place`."""
        groups: dict[Key, list[Key]] = defaultdict(list)
        for key in self.all_keys():
            groups[key if place is None else (key[place],)].append(key)
        return {group: self.figures(keys) for group, keys in groups.items()}

    def along(self, place: int) -> "Gathering":
        """Return the same rows by the breakdown at `place` alone, without asking again."""
        parts = [replace(part, key=(part.key[place],)) for part in self.parts]
        return Gathering(
            parts, [replace(row, key=(row.key[place],)) for row in self.headcounts], self.pairs, self.courses
        )

    def _count(self, parts: Sequence[Part], headcounts: Sequence[Counted]) -> Figures:
        cell = Cell()
        by_sex: dict[str, set[int]] = defaultdict(set)
        for part in parts:
            by_sex[part.sex].update(part.people)
            cell.trainings.update(part.trainings)
            cell.named[part.sex] += len(part.people)
            cell.minutes += part.minutes
            cell.verified += part.verified
        cell.seats = defaultdict(int, cell.named)
        for sex, people in by_sex.items():
            cell.distinct[sex] = len(people)
        self._look_at_trainings(cell, parts, {row.training for row in headcounts if row.known})
        self._merge(cell, parts, by_sex)
        for row in headcounts:
            cell.add_headcount(row.training, row.sex, row.attended, row.known)
            if row.known:
                cell.minutes += row.known * row.minutes
                cell.trainings.add(row.training)
                cell.verified += row.known if row.verified else 0
        return cell.figures() if self.courses is None else self._once(cell.figures(), parts)

    def _look_at_trainings(self, cell: Cell, parts: Sequence[Part], headcounted: set[int]) -> None:
        """Note who was in each training that has a headcount here: they and the headcounted are persons apart."""
        for part in parts if headcounted else ():
            there = Counter(part.trainings)
            for training in headcounted & there.keys():
                cell.in_training[training, part.sex] += there[training]

    def _merge(self, cell: Cell, parts: Sequence[Part], by_sex: dict[str, set[int]]) -> None:
        """Note how much smaller the cell is if open pairs are one person."""
        suspects = self.suspects
        if all(suspects.isdisjoint(people) for people in by_sex.values()):
            return
        cell.merged = surplus({person for people in by_sex.values() for person in people & suspects}, self.pairs)
        for sex, people in by_sex.items():
            cell.merged_by_sex[sex] = surplus(people & suspects, self.pairs)
        rows: dict[int, Counter[str]] = defaultdict(Counter)
        there: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for part in parts:
            if suspects.isdisjoint(part.people):
                continue
            for person, training in zip(part.people, part.trainings, strict=True):
                if person in suspects:
                    there[training][part.sex].add(person)
        for part in parts:
            inside = Counter(filter(there.__contains__, part.trainings))
            for training, n in inside.items():
                rows[training][part.sex] += n
        for training, sexes in there.items():
            cell.merged_in_training[training] = surplus({p for people in sexes.values() for p in people}, self.pairs)
            for sex, people in sexes.items():
                cell.merged_in_training_by_sex[training, sex] = surplus(people, self.pairs)
            for sex, n in rows[training].items():
                cell.in_training[training, sex] = n

    def _once(self, found: Figures, parts: Sequence[Part]) -> Figures:
        """Count each person once in a course; headcounts, of whom nobody knows who they are, stand beside."""
        assert self.courses is not None  # noqa: S101 - narrows the type
        seen: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for part in parts:
            seen[part.sex].update(
                (person, self.courses[training]) for person, training in zip(part.people, part.trainings, strict=True)
            )
        numbers = {sex: len(pairs) for sex, pairs in seen.items()}
        return replace(
            found, seats=sum(numbers.values()), named_seats=sum(numbers.values()), women=numbers.get("female", 0),
            men=numbers.get("male", 0), other=numbers.get("other", 0), not_recorded=numbers.get("not_recorded", 0),
            verified_seats=0,
        )  # fmt: skip


def gather(question: Question, dimensions: Sequence[str] = ()) -> Gathering:
    """Read what a question is about, with the keys of these DIMENSIONS. Three to five queries, whatever is asked.

    200,000 enrolments take about 0.15 s of the database's time, those of "time" twice as long.
    """
    timed = [n for n, name in enumerate(dimensions) if name == "time"]
    parts: dict[tuple[Key, str], Part] = {}
    rows: Iterable[tuple[Key, dict[str, Any]]] = _named_rows(question, dimensions, apart=bool(timed))
    first: dict[int, int] = {}
    if timed:
        folded = _folded(rows)
        first = _first_of(folded) if question == Question() else first_trainings()
        rows = folded
    for key, row in rows:
        for piece_key, piece in _split_by_time(key, row, first, timed) if timed else [(key, row)]:
            _add(parts, piece_key, piece)
    courses = dict(Training.objects.order_by().values_list("pk", "course")) if question.rule == "once" else None
    pairs = DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN).order_by("pk").values_list("first", "second")
    return Gathering(list(parts.values()), _headcounts(question, dimensions), list(pairs), courses)


def _columns(dimensions: Sequence[str], of: str) -> dict[str, F]:
    """Return the columns that hold the dimensions, by alias; none for one that is not known there."""
    paths = {f"d{n}": getattr(DIMENSIONS[name], of) for n, name in enumerate(dimensions)}
    return {alias: F(path) for alias, path in paths.items() if path}


def _key_reader(dimensions: Sequence[str], of: str) -> Callable[[dict[str, Any]], Key]:
    """Return what reads the key of a row; each value is looked up once, as many rows share it."""
    read = [(f"d{n}" if getattr(DIMENSIONS[name], of) else "", DIMENSIONS[name]) for n, name in enumerate(dimensions)]
    known: dict[tuple[str, Any], Hashable] = {}

    def part(alias: str, dimension: Dimension, row: dict[str, Any]) -> Hashable:
        if not alias:
            return dimension.unknown
        value = row[alias]
        if (alias, value) not in known:
            known[alias, value] = dimension.key(value)
        return known[alias, value]

    return lambda row: tuple([part(alias, dimension, row) for alias, dimension in read])


def _named_rows(question: Question, dimensions: Sequence[str], *, apart: bool) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Yield the named by key and sex; with `apart` the minutes of each, too, and figures by their state."""
    is_verified = Q(training__figures=Training.Figures.VERIFIED)
    columns: dict[str, Any] = {"sex": F("participant__sex"), **_columns(dimensions, "of_enrolment")}
    what: dict[str, Any] = {"minutes_sum": Sum("minutes"), "verified": Count("pk", filter=is_verified)}
    if apart:
        columns["is_verified"] = Case(When(is_verified, then=1), default=0, output_field=IntegerField())
        what["each"] = Gathered("minutes")
    rows = counted_enrolments(question).values(**columns)
    key = _key_reader(dimensions, "of_enrolment")
    for row in rows.annotate(people=Gathered("participant"), trainings=Gathered("training"), **what):
        yield key(row), row


def _add(parts: dict[tuple[Key, str], Part], key: Key, row: dict[str, Any]) -> None:
    """Add a row to the part it belongs to; a period is made of many days."""
    part = parts.get((key, row["sex"]))
    if part is None:
        parts[key, row["sex"]] = Part(
            key, row["sex"], row["people"], row["trainings"], row["minutes_sum"], row["verified"]
        )
        return
    part.people += row["people"]
    part.trainings += row["trainings"]
    part.minutes += row["minutes_sum"]
    part.verified += row["verified"]


def _headcounts(question: Question, dimensions: Sequence[str]) -> list[Counted]:
    rows: Any = counted_headcounts(question).values(
        "sex", "attended", "completed", "party__training", "party__training__figures",
        "party__training__scheduled_minutes", **_columns(dimensions, "of_headcount"),
    )  # fmt: skip
    key = _key_reader(dimensions, "of_headcount")
    return [
        Counted(
            key=key(row), sex=row["sex"], training=row["party__training"], attended=row["attended"],
            known=row["attended"] if question.rule == "attended" else row["completed"],
            minutes=row["party__training__scheduled_minutes"],
            verified=row["party__training__figures"] == Training.Figures.VERIFIED,
        )
        for row in rows
    ]  # fmt: skip


def first_trainings() -> dict[int, int]:
    """Return each participant's earliest counting training, whatever the question: by its last day, then its number. One query."""
    rows = (
        counted_enrolments(Question())
        .values("training", "training__counts_on")
        .annotate(people=Gathered("participant"))
    )
    first: dict[int, int] = {}
    for row in rows.order_by("training__counts_on", "training"):
        for person in row["people"]:
            first.setdefault(person, row["training"])
    return first


def _folded(rows: Iterable[tuple[Key, dict[str, Any]]]) -> list[tuple[Key, dict[str, Any]]]:
    """Put rows of one key, sex and state of the figures together: a period is made of many days."""
    found: dict[tuple[Key, str, int], tuple[Key, dict[str, Any]]] = {}
    for key, row in rows:
        there = found.setdefault((key, row["sex"], row["is_verified"]), (key, row))[1]
        if there is not row:
            for name in ("people", "trainings", "each"):
                there[name] += row[name]
    return list(found.values())


def _first_of(rows: list[tuple[Key, dict[str, Any]]]) -> dict[int, int]:
    """Return the same as `first_trainings` from rows that hold every counting enrolment. One query, of trainings alone."""
    order = {pk: n for n, pk in enumerate(Training.objects.order_by("counts_on", "pk").values_list("pk", flat=True))}
    first: dict[int, int] = {}
    for _key, row in rows:
        for person, training in zip(row["people"], row["trainings"], strict=True):
            known = first.get(person)
            if known is None or order[training] < order[known]:
                first[person] = training
    return first


def _split_by_time(
    key: Key, row: dict[str, Any], first: dict[int, int], at: Sequence[int]
) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Yield the row in two: who is here for the first time, and who comes again."""
    people, trainings, each = row["people"], row["trainings"], row["each"]
    is_first = [first[person] == training for person, training in zip(people, trainings, strict=True)]
    for word, chosen in ((FIRST, is_first), (AGAIN, [not there for there in is_first])):
        some = list(compress(people, chosen))
        if not some:
            continue
        told = tuple(word if n in at else value for n, value in enumerate(key))
        yield told, {
            "sex": row["sex"], "people": some, "trainings": list(compress(trainings, chosen)),
            "minutes_sum": sum(compress(each, chosen)), "verified": len(some) if row["is_verified"] else 0,
        }  # fmt: skip
