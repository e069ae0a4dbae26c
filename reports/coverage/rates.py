"""How much of a ministry was trained: share, gap, and what a target still needs. Nothing is read here.

Numbers of people trained are "at least" and come from `trainings.counting`. Who left the ministry is among them, so a share
can be above 100 %. Needs are reckoned from the two numbers shown, with the strength taken to stay as it is: they count nobody.
"""

from dataclasses import dataclass


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
