"""Coverage rates of a ministry: share, gap, and the number still needed for a target. Reads no data.

Numbers of people trained are "at least". They include people who have since left the ministry, so a share can exceed 100 %. Needs are computed from
the two numbers shown, assuming that the strength stays the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A target: a percentage of the strength by the end of a year."""

    percent: int
    year: int


@dataclass(frozen=True)
class Need:
    """People still to be trained for a target; `per_year` is None where its year is not in the future."""

    missing: int
    per_year: int | None


@dataclass(frozen=True)
class Covered:
    """One line: its strength (None: not given) and at least how many people were trained (None: hidden).

    Where the strength covers only some of these people (`is_partial`), nothing is computed from it.
    """

    strength: int | None
    trained: int | None
    is_partial: bool = False

    @property
    def share(self) -> float | None:
        """Return trained / strength; None where either is missing or the strength is zero."""
        if not self.strength or self.trained is None or self.is_partial:
            return None
        return self.trained / self.strength

    @property
    def gap(self) -> int | None:
        """Return the maximum number of people not trained; 0 where more were trained than the strength."""
        if self.strength is None or self.trained is None or self.is_partial:
            return None
        return max(0, self.strength - self.trained)

    def need(self, target: Target, year: int) -> Need | None:
        """Return how many people are missing at the end of `year` for the target, rounded up to whole people."""
        if self.strength is None or self.trained is None or self.is_partial:
            return None
        wanted = -(-self.strength * target.percent // 100)
        missing = max(0, wanted - self.trained)
        years = target.year - year
        return Need(missing, -(-missing // years) if years > 0 else None)
