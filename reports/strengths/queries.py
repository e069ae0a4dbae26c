"""The strength of one ministry, for comparison with the people trained."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import BooleanField, Case, Sum, Value, When

from reports.models import Strength, StrengthCell


@dataclass
class Strengths:
    """Numbers by year and (rank group, sex). Years without a table of the whole ministry have the sum of its units."""

    by_year: dict[int, dict[tuple[str, str], int]] = field(default_factory=dict)
    with_units: set[int] = field(default_factory=set)
    from_units: set[int] = field(default_factory=set)

    def total(self, year: int) -> int | None:
        """Return the strength of a year; None if none was given."""
        cells = self.by_year.get(year)
        return sum(cells.values()) if cells else None


def read_strengths(ministry: int) -> Strengths:
    """Return a ministry's strengths of all years. One query."""
    is_whole = Case(When(strength__unit_key="", then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = (
        StrengthCell.objects.filter(strength__organisation=ministry)
        .values("strength__year", "rank_group", "sex", is_whole=is_whole)
        .annotate(persons=Sum("number"))
        .order_by("strength__year")
    )
    kinds: dict[bool, dict[int, dict[tuple[str, str], int]]] = {True: defaultdict(dict), False: defaultdict(dict)}
    for row in rows:
        kinds[row["is_whole"]][row["strength__year"]][row["rank_group"], row["sex"]] = row["persons"]
    strengths = Strengths(with_units=set(kinds[False]), from_units=set(kinds[False]) - set(kinds[True]))
    for year in sorted({*kinds[True], *kinds[False]}):
        strengths.by_year[year] = kinds[True].get(year) or kinds[False][year]
    return strengths


def unit_strengths(ministry: int, year: int) -> dict[str, tuple[str, int]]:
    """Return (name, strength) of each unit in a year by unit key, sorted by name. One query."""
    rows = (
        StrengthCell.objects.filter(strength__organisation=ministry, strength__year=year)
        .exclude(strength__unit_key="")
        .values("strength__unit_key", "strength__unit")
        .annotate(persons=Sum("number"))
        .order_by("strength__unit_key")
    )
    return {row["strength__unit_key"]: (row["strength__unit"], row["persons"]) for row in rows}


@dataclass(frozen=True)
class Source:
    """The source of a strength and its date."""

    source: str
    as_on: date


def sources_of(ministry: int, year: int, *, of_units: bool) -> list[Source]:
    """Return the sources of one year's strength: of the whole ministry, or of its units. One query."""
    rows = Strength.objects.filter(organisation=ministry, year=year)
    rows = rows.exclude(unit_key="") if of_units else rows.filter(unit_key="")
    return [Source(*pair) for pair in rows.order_by("as_on", "source").values_list("source", "as_on").distinct()]
