"""The small-cell rule: readers who may not see names see no figure of 1 to 4, nor one that reveals it by subtraction.

Within one answer each hidden number could still be anything from 1 to 5. What subtracting two answers can reveal is
described in docs/small-cells.md.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from trainings.counting import Figures

K = TypeVar("K", bound=Hashable)

SMALLEST_SHOWN = 5
# From here on a total with a hidden split leaves each part of it free to be 1 to 5.
SMALLEST_WITH_SPLIT = 2 * SMALLEST_SHOWN


def is_small(number: int) -> bool:
    """Return whether a number of people must be hidden from readers who may not see their names: 1 to 4."""
    return 0 < number < SMALLEST_SHOWN


def differ_by_few(first: int | None, second: int | None) -> bool:
    """Whether two shown numbers would reveal 1 to 4 people by subtraction; never if one is hidden (None)."""
    return first is not None and second is not None and is_small(abs(first - second))


def suppress_number(number: int) -> int | None:
    """Return the number, None for 1 to 4."""
    return None if is_small(number) else number


def suppress_beside_named(number: int, named: int) -> int | None:
    """Return a number of people of whom some are named anyway: None if all, or the others, are 1 to 4."""
    return None if is_small(number) or is_small(number - named) else number


def suppress_with_total(numbers: Mapping[K, int]) -> tuple[dict[K, int | None], int | None]:
    """Return the numbers with 1 to 4 hidden, and their total, which is hidden as soon as one of them is."""
    suppressed = {key: suppress_number(number) for key, number in numbers.items()}
    return suppressed, None if None in suppressed.values() else sum(numbers.values())


@dataclass(frozen=True)
class ShownFigures:
    """Figures for a reader who may not see names: None is hidden."""

    seats: int | None
    people_at_least: int | None
    people_at_most: int | None
    women: int | None
    men: int | None
    other: int | None
    not_recorded: int | None
    women_share: float | None
    verified_share: float | None
    hours: float | None
    trainings: int | None
    # Whether open pairs contribute to the interval of people; their number is never shown.
    has_pairs: bool | None = None

    @property
    def is_hidden(self) -> bool:
        return self.seats is None

    @property
    def has_split(self) -> bool:
        return self.women is not None

    @property
    def women_percent(self) -> int | None:
        """The share of women in whole percent, for bars."""
        return None if self.women_share is None else round(100 * self.women_share)

    @property
    def rest_percent(self) -> int | None:
        return None if self.women_percent is None else 100 - self.women_percent

    @property
    def is_interval(self) -> bool:
        return self.people_at_least is not None and self.people_at_least != self.people_at_most


def show_all(figures: Figures) -> ShownFigures:
    """Return the complete figures, for readers who may see the names behind them."""
    return ShownFigures(
        seats=figures.seats,
        people_at_least=figures.people_at_least,
        people_at_most=figures.people_at_most,
        women=figures.women,
        men=figures.men,
        other=figures.other,
        not_recorded=figures.not_recorded,
        women_share=figures.women_share,
        verified_share=figures.verified_share,
        hours=figures.hours,
        trainings=figures.trainings,
        has_pairs=figures.perhaps_twice > 0,
    )


def _safe_share(figures: Figures) -> float | None:
    """Return the share of women in whole percent, if neither side of it is small; it leaves every other part free."""
    known = figures.women + figures.men + figures.other
    if min(figures.women, known - figures.women) < SMALLEST_WITH_SPLIT:
        return None
    return round(figures.women / known, 2)


def suppress(figures: Figures) -> ShownFigures:
    """Return the figures with small cells hidden.

    A total of 1 to 4 hides everything; below 10 the split by sex is always hidden; above, it is hidden when any part of
    it is small. The share of women is then shown in whole percent, and only where women and all others are ten or more.
    """
    suppressed = show_all(figures)
    if any(is_small(n) for n in (figures.seats, figures.people_at_least, figures.people_at_most)):
        return ShownFigures(*[None] * 11)
    parts = (figures.women, figures.men, figures.other, figures.not_recorded)
    hide_split = 0 < figures.seats < SMALLEST_WITH_SPLIT or any(is_small(part) for part in parts)
    unverified = figures.seats - figures.verified_seats
    hide_verified = is_small(figures.verified_seats) or is_small(unverified)
    return ShownFigures(
        seats=suppressed.seats,
        people_at_least=suppressed.people_at_least,
        people_at_most=suppressed.people_at_most,
        women=None if hide_split else suppressed.women,
        men=None if hide_split else suppressed.men,
        other=None if hide_split else suppressed.other,
        not_recorded=None if hide_split else suppressed.not_recorded,
        women_share=_safe_share(figures) if hide_split else suppressed.women_share,
        verified_share=None if hide_verified else suppressed.verified_share,
        hours=suppressed.hours,
        trainings=suppressed.trainings,
        has_pairs=suppressed.has_pairs,
    )


def suppress_rows(rows: dict[K, Figures]) -> dict[K, ShownFigures]:
    """Suppress the rows of one table under a shown total: one hidden row would follow by subtraction, so then all are."""
    suppressed = {key: suppress(figures) for key, figures in rows.items()}
    if all(cells.has_split or not rows[key].seats for key, cells in suppressed.items()):
        return suppressed
    nothing = ShownFigures(*[None] * 11)
    return {key: replace(nothing, women_share=_safe_share(figures)) for key, figures in rows.items()}
