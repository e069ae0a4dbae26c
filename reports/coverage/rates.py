"""How much of a ministry was trained: share, gap, and what a target still needs. Nothing is read here.

Numbers of people trained are "at least" and come from `trainings.counting`. Who left the ministry is among them, so a share
can be above 100 %. Needs are reckoned from the two numbers shown, with the strength taken to stay as it is: they count nobody.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trainings.disclosure.small_cells import is_small

Key = Hashable
Line = tuple[Key, ...]  # the keys that are shown as one line


@dataclass(frozen=True)
class Target:
    """So many percent of the strength, by the end of that year."""

    percent: int
    year: int


@dataclass(frozen=True)
class Need:
    """People still to be trained for a target; `per_year` is None where its year is not ahead."""

    missing: int
    per_year: int | None


@dataclass(frozen=True)
class Covered:
    """One line: people there are (None: not given) and people trained, at least (None: hidden).

    Where the strength is that of some of these people only (`is_partial`), nothing is reckoned with it.
    """

    strength: int | None
    trained: int | None
    is_partial: bool = False

    @property
    def share(self) -> float | None:
        """Return trained / strength; None where either is missing or there is nobody."""
        if not self.strength or self.trained is None or self.is_partial:
            return None
        return self.trained / self.strength

    @property
    def gap(self) -> int | None:
        """Return how many were not trained, at most; nobody where more were trained than there are."""
        if self.strength is None or self.trained is None or self.is_partial:
            return None
        return max(0, self.strength - self.trained)

    def need(self, target: Target, year: int) -> Need | None:
        """Return what is missing at the end of `year` to the target, in whole people; a part of one counts as one."""
        if self.strength is None or self.trained is None or self.is_partial:
            return None
        wanted = -(-self.strength * target.percent // 100)
        missing = max(0, wanted - self.trained)
        years = target.year - year
        return Need(missing, -(-missing // years) if years > 0 else None)


def needs_suppression(covered: Covered) -> bool:
    """Return whether showing both numbers would show 1 to 4 people: trained, there, or the difference between the two."""
    trained, strength = covered.trained or 0, covered.strength
    if is_small(trained):
        return True
    return strength is not None and (is_small(strength) or is_small(abs(strength - trained)))


def safe_lines(keys: Sequence[Key], count: Callable[[Line], Covered], total: Covered) -> list[Line]:
    """Return the lines for who may not see names: the small ones put together until none is bad; none under a bad total.

    How many people stand in two lines at once follows from the total, so that number is kept from being 1 to 4 as well.
    """
    if needs_suppression(total) or not keys:
        return []
    order = {key: n for n, key in enumerate(keys)}
    known: dict[Line, Covered] = {}

    def counted(line: Iterable[Key]) -> Covered:
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
        together = sum(one.trained or 0 for one in lines)
        # With a single line there is nothing to subtract.
        return len(lines) > 1 and is_small(abs(together - (total.trained or 0)))

    while others and is_unsafe():
        rest.append(others.pop(0))
    result: list[Line] = [(key,) for key in sorted(others, key=order.__getitem__)]
    return [*result, tuple(sorted(rest, key=order.__getitem__))] if rest else result


def safe_years(totals: dict[int, Covered], from_year: int) -> dict[int, Covered]:
    """Return the totals at the end of each year for who may not see names, the trained of some of them hidden.

    The difference of two years is who was trained first in between: none of those differences is 1 to 4. The year asked for
    is kept first, then the others by how near they are.
    """
    visible: list[int] = []
    for year in sorted(totals, key=lambda year: (abs(year - from_year), year)):
        trial = sorted([*visible, year])
        numbers = [totals[one].trained or 0 for one in trial]
        if not needs_suppression(totals[year]) and not any(is_small(abs(a - b)) for a, b in pairwise(numbers)):
            visible = trial
    return {
        year: covered
        if year in visible
        else Covered(None if is_small(covered.strength or 0) else covered.strength, None)
        for year, covered in totals.items()
    }
