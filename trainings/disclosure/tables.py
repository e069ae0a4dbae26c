"""Tables for readers who may not see names: small lines are combined until no number shown is 1 to 4.

A table is cut into whole lines and whole columns, so that each number shown is the sum of a block of hidden numbers, and
blocks do not overlap. Each block is empty or at least 5, and of several numbers in it each could be anything from 1 to 5:
that is the rule of the design, and docs/small-cells.md says why it is safe.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trainings.counting import Figures
from trainings.counting.parts import Gathering
from trainings.disclosure.small_cells import SMALLEST_SHOWN, differ_by_few, is_small

# The possible groupings of sexes, from the finest to none; sexes in one group share a column.
W, M, O, N = "women", "men", "other", "not_recorded"  # noqa: E741 - the four columns of the table
SPLITS: tuple[tuple[tuple[str, ...], ...], ...] = (
    ((W,), (M,), (O,), (N,)), ((W,), (M,), (O, N)), ((W,), (M, O, N)), ((W, M, O, N),),
)  # fmt: skip
# A finer split is worth combining a quarter of the lines.
WORTH = 4
TOGETHER = "together"

Line = tuple[Hashable, ...]  # the keys that are shown as one row


@dataclass(frozen=True)
class ShownCell:
    """One line as shown; None is hidden. `by_sex` has a number for each block of `ShownTable.split`.

    The share of women is between `women_share` and `women_share_most`, None if not shown: see `_safe_share`.
    """

    seats: int | None
    people_at_least: int | None
    people_at_most: int | None
    by_sex: tuple[int, ...]
    women_share: float | None
    women_share_most: float | None
    minutes: int | None
    trainings: int | None
    is_gap_small: bool = False

    @property
    def hours(self) -> float | None:
        return None if self.minutes is None else self.minutes / 60

    @property
    def is_interval(self) -> bool:
        return self.people_at_least is not None and self.people_at_least != self.people_at_most


NOTHING = ShownCell(None, None, None, (), None, None, None, None)


@dataclass(frozen=True)
class ShownTable:
    """What one reader sees of an answer: the total, the lines, and for two dimensions the columns and each block.

    A line or column is a tuple of keys: several if they were combined. Without a split `by_sex` is empty.
    """

    total: ShownCell
    split: tuple[tuple[str, ...], ...]
    total_split: tuple[tuple[str, ...], ...]
    lines: dict[Line, ShownCell]
    columns: dict[Line, ShownCell]
    blocks: dict[tuple[Line, Line], ShownCell]
    verified_share: float | None
    headcounted: int | None
    unknown_completed: int | None
    is_whole: bool = False


def _numbers(figures: Figures, split: Sequence[Sequence[str]]) -> tuple[int, ...]:
    return tuple(sum(int(getattr(figures, sex)) for sex in block) for block in split)


def needs_suppression(figures: Figures, split: Sequence[Sequence[str]] = ()) -> bool:
    """Return whether showing these figures would reveal 1 to 4: seats, people, whole hours, or seats by sex."""
    numbers = (figures.seats, figures.people_at_least, figures.people_at_most, *_numbers(figures, split))
    return any(is_small(n) for n in numbers) or 0 < figures.minutes < SMALLEST_SHOWN * 60


def _safe_share(figures: Figures, split: Sequence[Sequence[str]]) -> tuple[float | None, float | None]:
    """Return the bounds of the share of women, as far as the shown numbers determine them.

    With all sexes shown it is exact. If other and not recorded are combined, it is between the share with all of them
    recorded and the share with none; if men are combined with them, the upper bound is not shown.
    """
    known = figures.women + figures.men + figures.other
    if split == SPLITS[0]:
        return (figures.women / known,) * 2 if known else (None, None)
    if not split or split == SPLITS[3] or not figures.seats:
        return None, None
    most = figures.women / (figures.women + figures.men) if split == SPLITS[1] and figures.women + figures.men else None
    return figures.women / figures.seats, most


def _shown(figures: Figures, split: Sequence[Sequence[str]]) -> ShownCell:
    if needs_suppression(figures):
        return NOTHING
    gap = figures.people_at_most - figures.people_at_least
    share, share_most = _safe_share(figures, split)
    return ShownCell(
        seats=figures.seats,
        people_at_least=figures.people_at_least,
        people_at_most=None if is_small(gap) else figures.people_at_most,
        is_gap_small=is_small(gap),
        by_sex=_numbers(figures, split),
        women_share=share,
        women_share_most=share_most,
        minutes=figures.minutes,
        trainings=figures.trainings,
    )


def _whole(figures: Figures) -> ShownCell:
    return ShownCell(
        seats=figures.seats,
        people_at_least=figures.people_at_least,
        people_at_most=figures.people_at_most,
        by_sex=_numbers(figures, SPLITS[0]),
        women_share=figures.women_share,
        women_share_most=figures.women_share,
        minutes=figures.minutes,
        trainings=figures.trainings,
    )


def show_whole(gathered: Gathering, dimensions: int) -> ShownTable:
    """Return the table with every number, for readers who may see the names behind it."""
    total = gathered.figures()
    is_simple = dimensions == 1
    return ShownTable(
        total=_whole(total),
        split=SPLITS[0] if is_simple else (),
        total_split=SPLITS[0],
        lines={key: _whole(found) for key, found in gathered.by(place=0).items()} if dimensions else {},
        columns={key: _whole(found) for key, found in gathered.by(place=1).items()} if dimensions == 2 else {},
        blocks={((a,), (b,)): _whole(found) for (a, b), found in gathered.by().items()} if dimensions == 2 else {},
        verified_share=total.verified_share,
        headcounted=total.headcounted,
        unknown_completed=total.unknown_completed,
        is_whole=True,
    )


def suppress_table(gathered: Gathering, dimensions: int) -> ShownTable:
    """Return the table for readers who may not see names. Recounts at each try: about ten times one count."""
    total = gathered.figures()
    total_split = next((split for split in SPLITS[:3] if not needs_suppression(total, split)), ())
    if needs_suppression(total) or not dimensions:
        return _table(total, total_split, (), {}, {}, {})
    if dimensions == 1:
        split, lines = _best_split(gathered, total, total_split)
        return _table(total, split or total_split, split, lines, {}, {})
    return _matrix(gathered, total, total_split)


def _table(
    total: Figures,
    total_split: Sequence[Sequence[str]],
    split: Sequence[Sequence[str]],
    lines: Mapping[Line, Figures],
    columns: Mapping[Line, Figures],
    blocks: Mapping[tuple[Line, Line], Figures],
) -> ShownTable:
    def apart(n: int, total: int) -> bool:
        return not is_small(n) and not is_small(total - n)

    verified = apart(total.verified_seats, total.seats) and not needs_suppression(total)
    counted = (
        apart(total.headcounted, total.seats) and not is_small(total.unknown_completed) and not needs_suppression(total)
    )
    return ShownTable(
        total=_shown(total, total_split),
        total_split=tuple(map(tuple, total_split)),
        split=tuple(map(tuple, split)),
        lines={line: _shown(found, split) for line, found in lines.items()},
        columns={line: _shown(found, ()) for line, found in columns.items()},
        blocks={place: _shown(found, ()) for place, found in blocks.items()},
        verified_share=total.verified_share if verified else None,
        headcounted=total.headcounted if counted else None,
        unknown_completed=total.unknown_completed if counted else None,
    )


def _put_together(
    lines: Sequence[Hashable], count: Callable[[Line], Iterable[Figures]], bad: Callable[[Figures], bool]
) -> list[Line]:
    """Combine the lines that hold a bad number, together with as many of the smallest as needed.

    `count` returns the blocks of a line.
    """
    sizes = {line: (sum(block.seats for block in count((line,))), str(line)) for line in lines}
    rest = [line for line in lines if any(bad(block) for block in count((line,)))]
    if not rest:
        return [(line,) for line in lines]
    others = sorted((line for line in lines if line not in rest), key=sizes.__getitem__)
    while others and (len(rest) < 2 or any(bad(block) for block in count(tuple(rest)))):
        rest.append(others.pop(0))
    order = {line: n for n, line in enumerate(lines)}
    return [*((line,) for line in sorted(others, key=order.__getitem__)), tuple(sorted(rest, key=order.__getitem__))]


def _best_split(
    gathered: Gathering, total: Figures, finest: Sequence[Sequence[str]]
) -> tuple[tuple[tuple[str, ...], ...], dict[Line, Figures]]:
    """Return the sexes shown separately and the lines: the finest split that combines at most a quarter of the lines."""
    keys = list(dict.fromkeys(key[0] for key in gathered.all_keys()))
    known: dict[Line, Figures] = {}

    def count(line: Line) -> list[Figures]:
        if line not in known:
            known[line] = gathered.figures((key,) for key in line)
        return [known[line]]

    best: tuple[tuple[tuple[str, ...], ...], list[Line]] | None = None
    for split in SPLITS[SPLITS.index(tuple(map(tuple, finest))) if finest else 3 :]:
        lines = _put_together(keys, count, lambda block, split=split: needs_suppression(block, split))  # type: ignore[misc]  # bound now
        if any(needs_suppression(count(line)[0], split) for line in lines):
            continue
        if best is None or len(lines) > len(best[1]):
            best = (split, lines)
        if len(keys) - len(lines) <= max(1, len(keys) // WORTH):
            break
    if best is None:
        return (), {}
    split, lines = best
    return (() if split == SPLITS[3] else split), {line: count(line)[0] for line in lines}


def _cut_both(
    rows: Sequence[Hashable], columns: Sequence[Hashable], block: Callable[[Line, Line], Figures]
) -> tuple[list[Line], list[Line]]:
    """Combine lines and columns that hold bad blocks: the smallest of either first."""
    together: tuple[list[Hashable], list[Hashable]] = ([], [])
    whole: tuple[Line, Line] = (tuple(rows), tuple(columns))

    def size(place: int, key: Hashable) -> tuple[int, str]:
        single = block((key,), whole[1]) if place == 0 else block(whole[0], (key,))
        return single.seats, str(key)

    def cut(place: int) -> list[Line]:
        single: list[Line] = [(key,) for key in whole[place] if key not in together[place]]
        some = tuple(key for key in whole[place] if key in together[place])
        return [*single, some] if some else single

    while True:
        lines, across = cut(0), cut(1)
        bad = [(a, b) for a in lines for b in across if needs_suppression(block(a, b))]
        # What may still be combined: the lines and columns of bad blocks; with the combined ones, the smallest of the others.
        some = {(0, a[0]) for a, _b in bad} | {(1, b[0]) for _a, b in bad}
        some = {(place, key) for place, key in some if key not in together[place]}
        if bad and not some:
            some = {(place, key) for place in (0, 1) for key in whole[place] if key not in together[place]}
        if not some:
            return lines, across
        place, key = min(some, key=lambda place_and_key: size(*place_and_key))
        together[place].append(key)


def _matrix(gathered: Gathering, total: Figures, total_split: Sequence[Sequence[str]]) -> ShownTable:
    """Cut a table of two dimensions into lines and columns whose blocks may be shown."""
    rows, columns = (
        list(dict.fromkeys(key[place] for key in sorted(gathered.all_keys(), key=lambda key: str(key[place]))))
        for place in (0, 1)
    )
    known: dict[tuple[Line, Line], Figures] = {}

    def block(some: Line, others: Line) -> Figures:
        if (some, others) not in known:
            known[some, others] = gathered.figures((a, b) for a in some for b in others)
        return known[some, others]

    lines, across = _cut_both(rows, columns, block)
    if any(needs_suppression(block(line, column)) for line in lines for column in across):
        return _table(total, total_split, (), {}, {}, {})
    whole_rows, whole_columns = tuple(rows), tuple(columns)
    return _table(
        total,
        total_split,
        (),
        {line: block(line, whole_columns) for line in lines},
        {column: block(whole_rows, column) for column in across},
        {(line, column): block(line, column) for line in lines for column in across},
    )


def total_beside(was: ShownCell, now: ShownCell) -> ShownCell | None:
    """Return today's total beside the frozen one for readers without names: None if the difference would be small.

    Two totals that differ by one to four reveal that many people. Hours are that many people's for an hour.
    """
    pairs = [
        (was.seats, now.seats),
        (was.people_at_least, now.people_at_least),
        (was.people_at_most, now.people_at_most),
        *zip(was.by_sex, now.by_sex, strict=False),
    ]
    if was.minutes is not None and now.minutes is not None and 0 < abs(was.minutes - now.minutes) < SMALLEST_SHOWN * 60:
        return None
    if any(differ_by_few(a, b) for a, b in pairs):
        return None
    return now if len(was.by_sex) == len(now.by_sex) else None
