"""Coverage of one ministry for one reader, as shown by both page and workbook."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from members.models import Organisation, RankGroup
from reports.coverage.rates import Covered, Need, Target
from reports.labels import together
from reports.strengths.queries import Source, Strengths, sources_of, unit_strengths
from trainings.counting import Question, Rule
from trainings.counting.gathering import gather
from trainings.counting.parts import Gathering
from trainings.disclosure.coverage import Line, combine_small_lines, hides_at_most, needs_suppression, visible_years
from trainings.disclosure.small_cells import suppress_number
from trainings.models import Sex

# The dimensions of the trained and of the strength for each breakdown; units alone need one more query.
BREAKDOWNS: dict[str, tuple[str, ...]] = {
    "rank_group": ("rank_group",),
    "sex": ("sex",),
    "both": ("rank_group", "sex"),
    "unit": ("unit",),
}
OTHER_UNITS = ""


@dataclass(frozen=True)
class CoverageQuery:
    """A coverage query as its reader may ask it."""

    ministry: Organisation
    year: int
    by: str
    rule: Rule
    target: Target
    whole: bool


@dataclass(frozen=True)
class Row:
    """One line: its label, the labels combined in it, its numbers, and its need for the target."""

    label: str
    members: tuple[str, ...]
    covered: Covered
    need: Need | None


@dataclass
class Coverage:
    """The coverage shown to one reader. `years` are the totals at the end of each year that has a strength."""

    query: CoverageQuery
    total: Covered
    at_most: int | None
    years: dict[int, Covered]
    is_from_units: bool
    sources: list[Source] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    # Lines with people trained but no strength; these people are part of the total.
    without_strength: list[str] = field(default_factory=list)

    @property
    def is_hidden(self) -> bool:
        return self.total.trained is None

    @property
    def need(self) -> Need | None:
        """The need of the whole ministry for the target."""
        return self.total.need(self.query.target, self.query.year)

    @property
    def put_together(self) -> int:
        return sum(len(row.members) for row in self.rows)

    @property
    def is_above_all(self) -> bool:
        """Whether any share is above 100 %."""
        shares = [self.total.share, *(row.covered.share for row in self.rows), *(c.share for c in self.years.values())]
        return any(share is not None and share > 1 for share in shares)


def cover(query: CoverageQuery, strengths: Strengths) -> Coverage:
    """Answer a query for one reader. Four to six queries; see `trainings.counting.gathering` for the cost."""
    last = date(max([*strengths.by_year, query.year]), 12, 31)
    question = Question(rule=query.rule, organisation=query.ministry.pk, last=last)
    gathered = gather(question, ("year", *BREAKDOWNS[query.by]))
    units = unit_strengths(query.ministry.pk, query.year) if query.by == "unit" else {}
    coverage = answer(query, strengths, gathered, units)
    of_units = coverage.is_from_units or query.by == "unit"
    coverage.sources = sources_of(query.ministry.pk, query.year, of_units=of_units)
    return coverage


def answer(
    query: CoverageQuery, strengths: Strengths, gathered: Gathering, units: dict[str, tuple[str, int]] | None = None
) -> Coverage:
    """Answer from gathered data: people by (year, dimensions of `query.by`). No query."""
    figures = gathered.figures(_until(gathered, query.year))
    total = Covered(strengths.total(query.year), figures.people_at_least)
    by_year = {
        year: Covered(strengths.total(year), gathered.figures(_until(gathered, year)).people_at_least)
        for year in strengths.by_year
    }
    coverage = Coverage(query, total, figures.people_at_most, by_year, query.year in strengths.from_units)
    table = _Table(query, strengths, gathered, units or {})
    if query.whole:
        lines: list[Line] = [(key,) for key in table.keys]
    else:
        lines = combine_small_lines(table.keys, table.count, total)
        _suppress(coverage)
    coverage.rows = [table.row(line) for line in lines]
    coverage.without_strength = table.without_strength(lines)
    return coverage


def _suppress(coverage: Coverage) -> None:
    """Hide totals from readers who may not see names; lines are combined already."""
    visible = visible_years(coverage.years, coverage.query.year)
    coverage.years = {
        year: covered if year in visible else _without_trained(covered) for year, covered in coverage.years.items()
    }
    hides = hides_at_most(coverage.total, coverage.at_most or 0)
    if needs_suppression(coverage.total):
        coverage.total = _without_trained(coverage.total)
    if coverage.total.trained is None or hides:
        coverage.at_most = None


def _without_trained(covered: Covered) -> Covered:
    return Covered(suppress_number(covered.strength or 0) if covered.strength is not None else None, None)


def _until(gathered: Gathering, year: int) -> list[tuple[Hashable, ...]]:
    return [key for key in gathered.all_keys() if int(str(key[0])) <= year]


class _Table:
    """The lines of a breakdown in display order, and the numbers of any combination of them."""

    def __init__(
        self, query: CoverageQuery, strengths: Strengths, gathered: Gathering, units: dict[str, tuple[str, int]]
    ) -> None:
        self.query, self.gathered, self.units = query, gathered, units
        self.strength = self._strengths(strengths.by_year.get(query.year, {}))
        self.trained: dict[Hashable, list[tuple[Hashable, ...]]] = defaultdict(list)
        for key in _until(gathered, query.year):
            self.trained[self._line_of(key)].append(key)
        self.keys = sorted({*self.strength, *self.trained}, key=self._order)

    def _strengths(self, cells: dict[tuple[str, str], int]) -> dict[Hashable, int]:
        if self.query.by == "unit":
            return {key: persons for key, (_name, persons) in self.units.items()}
        totals: dict[Hashable, int] = defaultdict(int)
        for (group, sex), number in cells.items():
            totals[{"rank_group": group, "sex": sex}.get(self.query.by, (group, sex))] += number
        return dict(totals)

    def _line_of(self, key: tuple[Hashable, ...]) -> Hashable:
        if self.query.by == "unit":
            return key[1] if key[1] in self.units else OTHER_UNITS
        return key[1:] if self.query.by == "both" else key[1]

    def _order(self, key: Hashable) -> tuple[object, ...]:
        if self.query.by == "unit":
            return key == OTHER_UNITS, key
        if isinstance(key, tuple):
            return RankGroup.values.index(key[0]), Sex.values.index(key[1])
        return ((RankGroup if self.query.by == "rank_group" else Sex).values.index(str(key)),)

    def _label(self, key: Hashable) -> str:
        if self.query.by == "unit":
            return self.units[str(key)][0] if key in self.units else _("Other units, or none recorded")
        if isinstance(key, tuple):
            words = RankGroup(key[0]).label, Sex(key[1]).label
            return _("%(group)s, %(sex)s") % {"group": words[0], "sex": str(words[1]).lower()}
        return str((RankGroup if self.query.by == "rank_group" else Sex)(str(key)).label)

    def count(self, line: Line) -> Covered:
        """Return the numbers of some lines combined; the strength sums the lines that have one."""
        strengths = [self.strength[key] for key in line if key in self.strength]
        keys = [inner for key in line for inner in self.trained.get(key, [])]
        trained = self.gathered.figures(keys).people_at_least
        return Covered(sum(strengths) if strengths else None, trained, is_partial=0 < len(strengths) < len(line))

    def without_strength(self, lines: list[Line]) -> list[str]:
        """Return the labels of displayed lines that have people trained but no strength."""
        return [self._label(key) for line in lines for key in line if key not in self.strength]

    def row(self, line: Line) -> Row:
        covered, words = self.count(line), tuple(self._label(key) for key in line)
        need = covered.need(self.query.target, self.query.year)
        if len(line) == 1:
            return Row(words[0], (), covered, need)
        return Row(together(len(line)), words, covered, need)


HEADINGS: dict[str, Callable[[], str]] = {
    "rank_group": lambda: _("Rank group"),
    "sex": lambda: _("Sex"),
    "both": lambda: _("Rank group and sex"),
    "unit": lambda: _("Unit"),
}
