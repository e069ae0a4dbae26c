"""The small-cell rule for how much of a ministry was trained: personnel, people trained, and their difference."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from trainings.disclosure.small_cells import is_small

Key = Hashable
Line = tuple[Key, ...]  # the keys that are shown as one row


class Numbers(Protocol):
    """Personnel (None: not given) and people trained, at least (None: hidden)."""

    @property
    def strength(self) -> int | None: ...

    @property
    def trained(self) -> int | None: ...


def needs_suppression(covered: Numbers) -> bool:
    """Return whether showing both numbers would reveal 1 to 4 people: trained, personnel, or their difference."""
    trained, strength = covered.trained or 0, covered.strength
    if is_small(trained):
        return True
    return strength is not None and (is_small(strength) or is_small(abs(strength - trained)))


def combine_small_lines(keys: Sequence[Key], count: Callable[[Line], Numbers], total: Numbers) -> list[Line]:
    """Return the lines for readers without names: small ones combined until none needs suppression; none if the total does.

    How many people are in two lines at once follows from the total, so that number must not be 1 to 4 either.
    """
    if needs_suppression(total) or not keys:
        return []
    order = {key: n for n, key in enumerate(keys)}
    known: dict[Line, Numbers] = {}

    def counted(line: Iterable[Key]) -> Numbers:
        whole = tuple(sorted(line, key=order.__getitem__))
        if whole not in known:
            known[whole] = count(whole)
        return known[whole]

    def size(key: Key) -> tuple[int, int]:
        covered = counted([key])
        return (covered.trained or 0) + (covered.strength or 0), order[key]

    rest = [key for key in keys if needs_suppression(counted([key]))]
    others = sorted((key for key in keys if key not in rest), key=size)

    def is_unsafe() -> bool:
        if len(rest) == 1 or (rest and needs_suppression(counted(rest))):
            return True
        lines = [counted([key]) for key in others] + ([counted(rest)] if rest else [])
        together = sum(line.trained or 0 for line in lines)
        # With a single line there is nothing to subtract.
        return len(lines) > 1 and is_small(abs(together - (total.trained or 0)))

    while others and is_unsafe():
        rest.append(others.pop(0))
    result: list[Line] = [(key,) for key in sorted(others, key=order.__getitem__)]
    return [*result, tuple(sorted(rest, key=order.__getitem__))] if rest else result


def visible_years(totals: Mapping[int, Numbers], from_year: int) -> list[int]:
    """Return the years whose number of people trained may be shown to readers who may not see names, in order.

    The difference of two years is the people first trained in between: none of those differences is 1 to 4. The requested
    year is kept first, then the others by how near they are.
    """
    visible: list[int] = []
    for year in sorted(totals, key=lambda year: (abs(year - from_year), year)):
        trial = sorted([*visible, year])
        numbers = [totals[tried].trained or 0 for tried in trial]
        if not needs_suppression(totals[year]) and not any(is_small(abs(a - b)) for a, b in pairwise(numbers)):
            visible = trial
    return visible


def hides_at_most(total: Numbers, at_most: int) -> bool:
    """Whether "at most" must be hidden next to a total: it, or its difference to either number, is 1 to 4."""
    differences = (at_most - (total.trained or 0), abs(at_most - (total.strength or 0)), at_most)
    return any(is_small(number) for number in differences)
