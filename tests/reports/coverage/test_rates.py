"""What coverage reckons, against fractions; and its tables for who may not see names, attacked by linear programming."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from members.models import Organisation
from reports.coverage.rates import Covered, Target
from reports.coverage.report import Coverage, CoverageQuery, answer
from reports.coverage.views import _rows
from reports.strengths.queries import Strengths
from trainings.counting.parts import Counted, Gathering, Part
from trainings.disclosure.coverage import needs_suppression

SEXES = ("female", "male")
GROUPS = ("general", "senior_officer", "nco", "soldier")
YEARS = (2021, 2022, 2023)
QUERY = CoverageQuery(
    Organisation(pk=1, short_name="Montenegro"), 2023, "rank_group", "attended", Target(80, 2030), whole=False
)
few = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 40))


# --- the reckoning ---


@given(st.integers(0, 30_000), st.integers(0, 40_000), st.integers(1, 100), st.integers(2024, 2040))
def test_share_gap_and_need_are_those_of_fractions(strength, trained, percent, until):
    covered, years = Covered(strength, trained), until - 2023
    share = Fraction(trained, strength) if strength else None
    assert covered.share == (None if share is None else float(share))
    assert covered.gap == max(0, strength - trained)
    need = covered.need(Target(percent, until), 2023)
    wanted = Fraction(strength * percent, 100)
    missing = max(0, ceil(wanted - trained))
    assert (need.missing, need.per_year) == (missing, ceil(Fraction(missing, years)))
    # So many more reach the target, one fewer does not; and in whole people a year it is reached in time, with one fewer not.
    assert trained + need.missing >= wanted
    assert need.missing == 0 or trained + need.missing - 1 < wanted
    assert need.per_year * years >= need.missing
    assert need.per_year == 0 or (need.per_year - 1) * years < need.missing


@pytest.mark.parametrize(("until", "per_year"), [(2022, None), (2023, None), (2024, 75), (2025, 38)])
def test_need_of_a_year_that_is_not_ahead_has_no_yearly_part(until, per_year):
    assert Covered(100, 5).need(Target(80, until), 2023).per_year == per_year


@pytest.mark.parametrize("covered", [Covered(None, 5), Covered(10, None), Covered(10, 5, is_partial=True)])
def test_nothing_is_reckoned_where_a_number_is_missing(covered):
    assert (covered.share, covered.gap, covered.need(Target(80, 2030), 2023)) == (None, None, None)


# --- what is shown to who may not see names ---


@st.composite
def situations(draw: st.DrawFn) -> tuple[Strengths, Gathering]:
    """Random strengths and people by year and rank group; everybody is in one training."""
    strengths = Strengths()
    for year in YEARS:
        cells = {
            (group, sex): draw(few) * 3 + draw(few) for group in GROUPS[draw(st.integers(0, 1)) :] for sex in SEXES
        }
        strengths.by_year[year] = cells
    parts, counted, person = [], [], 0
    for year, group, sex in product(YEARS, GROUPS, SEXES):
        named, by_head = draw(few), draw(st.sampled_from((0, 0, 0, 0, 1, 7)))
        if named:
            parts.append(Part((year, group), sex, list(range(person, person + named)), [1] * named, 360 * named, 0))
            person += named
        if by_head:
            counted.append(Counted((year, group), sex, 1, by_head, by_head, 360, True))
    return strengths, Gathering(parts, counted)


def truth_of(strengths: Strengths, gathered: Gathering) -> dict[tuple, int]:
    """People trained by ("t", year, group), strengths by ("s", year, group)."""
    truth: dict[tuple, int] = {(kind, year, group): 0 for kind in "ts" for year in YEARS for group in GROUPS}
    for part in gathered.parts:
        truth["t", *part.key] += len(part.people)
    for row in gathered.headcounts:
        truth["t", *row.key] += row.known
    for year, cells in strengths.by_year.items():
        for (group, _sex), number in cells.items():
            truth["s", year, group] += number
    return truth


def lines_of(expected: Coverage) -> list[tuple[str, ...]]:
    words = {"General": "general", "Senior officer": "senior_officer", "NCO": "nco", "Soldier": "soldier"}
    return [tuple(words[word] for word in (row.members or (row.label,))) for row in expected.rows]


def facts_of(expected: Coverage) -> list[tuple[dict[tuple, int], int]]:
    """Everything the page says: sums of cells, each with its factor, and what they come to."""
    facts: list[tuple[dict[tuple, int], int | None]] = []

    def say(covered: Covered, year: int, groups: tuple[str, ...]) -> None:
        until = [one for one in YEARS if one <= year]
        facts.append(({("t", one, group): 1 for one in until for group in groups}, covered.trained))
        facts.append(({("s", year, group): 1 for group in groups}, covered.strength))

    say(expected.total, expected.query.year, GROUPS)
    for row, groups in zip(expected.rows, lines_of(expected), strict=True):
        say(row.covered, expected.query.year, groups)
    for year, covered in expected.years.items():
        say(covered, year, GROUPS)
    return [(cells, number) for cells, number in facts if number is not None]


def bounds(facts: list, cells: list[tuple], wanted: dict[tuple, int]) -> tuple[float, float]:
    place = {cell: n for n, cell in enumerate(cells)}
    rows, aim = np.zeros((len(facts), len(cells))), np.zeros(len(cells))
    for n, (inside, _number) in enumerate(facts):
        for cell, factor in inside.items():
            rows[n, place[cell]] = factor
    for cell, factor in wanted.items():
        aim[place[cell]] = factor
    ends = []
    for sign in (1, -1):
        solution = linprog(sign * aim, A_eq=rows, b_eq=[number for _inside, number in facts], bounds=(0, None))
        assert solution.status in (0, 3), "The page contradicts itself."  # 3: there is no bound
        ends.append(sign * solution.fun if solution.status == 0 else sign * float("-inf"))
    return ends[0], ends[1]


def questions() -> list[dict[tuple, int]]:
    """Small numbers somebody would want: trained and there by group, those not trained, and who was first in each year."""
    wanted = []
    for group in GROUPS:
        trained = {("t", year, group): 1 for year in YEARS}
        there = {("s", 2023, group): 1}
        wanted += [trained, there, {**there, **dict.fromkeys(trained, -1)}]
    everybody = {("t", year, group): 1 for year in YEARS for group in GROUPS}
    wanted += [{("s", 2023, group): 1 for group in GROUPS} | dict.fromkeys(everybody, -1), everybody]
    return wanted + [{("t", year, group): 1 for group in GROUPS} for year in YEARS]


def told_apart(expected: Coverage, truth: dict[tuple, int]) -> list:
    """Numbers of 1 to 4 people that the page tells, or that cannot be everything from 1 to 5."""
    cells, facts, learnt = sorted(truth), facts_of(expected), []
    for wanted in questions():
        number = sum(factor * truth[cell] for cell, factor in wanted.items())
        if 0 < abs(number) < 5:
            least, most = bounds(facts, cells, wanted)
            low, high = (1, 5) if number > 0 else (-5, -1)
            if least > low + 1e-6 or most < high - 1e-6:
                learnt.append((wanted, number, least, most))
    return learnt


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(situations())
def test_no_small_number_can_be_told_from_the_page(situation):
    strengths, gathered = situation
    assert told_apart(answer(QUERY, strengths, gathered), truth_of(strengths, gathered)) == []


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(situations(), st.sampled_from(("rank_group", "sex", "both")))
def test_no_shown_number_is_1_to_4_in_page_or_sheet(situation, by):
    strengths, gathered = situation
    # The parts know no sex as a key: it is asked of them by what they are.
    keyed = Gathering(
        [replace(part, key=_key(part.key, part.sex, by)) for part in gathered.parts],
        [replace(row, key=_key(row.key, row.sex, by)) for row in gathered.headcounts],
    )
    results = answer(replace(QUERY, by=by), strengths, keyed)
    visible = [results.total, *(row.covered for row in results.rows), *results.years.values()]
    numbers = [n for covered in visible for n in (covered.strength, covered.trained, covered.gap) if n is not None]
    numbers += [results.at_most or 0]
    # The years and the columns of needs are no numbers of people.
    numbers += [
        cell for row in _rows(results) if len(row) > 3 for cell in (row[3], row[4], row[6]) if isinstance(cell, int)
    ]
    assert [n for n in numbers if 0 < n < 5] == []


def _key(key: tuple, sex: str, by: str) -> tuple:
    return {"rank_group": key, "sex": (key[0], sex), "both": (*key, sex)}[by]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(situations(), st.lists(st.tuples(st.integers(0, 60), st.sampled_from(GROUPS)), max_size=8))
def test_how_many_stand_in_two_lines_is_never_1_to_4(situation, again):
    strengths, gathered = situation
    # Some come again with another rank.
    people = sorted({person for part in gathered.parts for person in part.people})
    parts = list(gathered.parts)
    for n, group in again:
        if people:
            parts.append(Part((2023, group), "male", [people[n % len(people)]], [2], 360, 0))
    results = answer(QUERY, strengths, Gathering(parts, []))
    if len(results.rows) > 1:
        twice = sum(row.covered.trained for row in results.rows) - results.total.trained
        assert not 0 < abs(twice) < 5


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(situations())
def test_lines_put_together_hold_every_group_once(situation):
    strengths, gathered = situation
    results = answer(QUERY, strengths, gathered)
    groups = [group for line in lines_of(results) for group in line]
    there = {key[1] for key in gathered.all_keys()} | {group for group, _sex in strengths.by_year[2023]}
    assert results.is_hidden or sorted(groups) == sorted(there)
    assert [row.label for row in results.rows if needs_suppression(row.covered)] == []


def test_control_the_whole_page_is_told_apart():
    strengths = Strengths({2023: {("nco", "female"): 3, ("soldier", "male"): 60}})
    gathered = Gathering([Part((2023, "nco"), "female", [1, 2], [1, 1], 720, 0)], [])
    whole = answer(replace(QUERY, whole=True), strengths, gathered)
    truth = {("s", year, group): 0 for year in YEARS for group in GROUPS} | {
        ("t", y, g): 0 for y in YEARS for g in GROUPS
    }
    truth |= {("s", 2023, "nco"): 3, ("s", 2023, "soldier"): 60, ("t", 2023, "nco"): 2}
    assert len(told_apart(whole, truth)) >= 3
    safe = answer(QUERY, strengths, gathered)
    assert (safe.is_hidden, safe.rows, told_apart(safe, truth)) == (True, [], [])
