"""Tables for who may not see names, attacked by linear programming: what is hidden could still be any number from 1 to 5."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from trainings.counting.parts import Counted, Gathering, Part
from trainings.disclosure.tables import SPLITS, ShownTable, needs_suppression, show_whole, suppress_table

SEXES = ("female", "male", "other", "not_recorded")
COLUMN = dict(zip(("women", "men", "other", "not_recorded"), SEXES, strict=True))
LINES, ACROSS = ("a", "b", "c", "d"), ("x", "y", "z")
numbers = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 40))


@st.composite
def gatherings(draw: st.DrawFn, dimensions: int) -> Gathering:
    """Random parts: everybody is one person in one training, some of them counted by head."""
    keys = [tuple(key) for key in product(*(LINES, ACROSS)[:dimensions])]
    parts, counted, person = [], [], 0
    for key in keys:
        for sex in SEXES:
            named, by_head = draw(numbers), draw(st.sampled_from((0, 0, 0, 1, 7)))
            people = list(range(person, person + named))
            person += named
            if named:
                parts.append(Part(key, sex, people, [1] * named, 360 * named, 0))
            if by_head:
                counted.append(Counted(key, sex, 2, by_head, by_head, 360, True))
    return Gathering(parts, counted)


def truth_of(gathered: Gathering) -> dict[tuple, int]:
    """Seats by (key, sex)."""
    truth: dict[tuple, int] = dict.fromkeys(product({*gathered.all_keys()}, SEXES), 0)
    for part in gathered.parts:
        truth[part.key, part.sex] += len(part.people)
    for row in gathered.headcounts:
        truth[row.key, row.sex] += row.known or 0
    return truth


def sums_shown(table: ShownTable, cells: list[tuple]) -> list[tuple[set[tuple], int]]:
    """Everything a table says of seats: sets of (key, sex) and how many they are together."""
    facts: list[tuple[set[tuple], int | None]] = []

    def say(expected: object, keys: list[tuple], split: tuple) -> None:
        facts.append(({cell for cell in cells if cell[0] in keys}, expected.seats))
        for sexes, number in zip(split, expected.by_sex, strict=True) if expected.by_sex else ():
            chosen = {COLUMN[sex] for sex in sexes}
            facts.append(({cell for cell in cells if cell[0] in keys and cell[1] in chosen}, number))

    everything = [key for key, _sex in cells]
    say(table.total, everything, table.total_split)
    for line, visible in table.lines.items():
        say(visible, [key for key in everything if key[0] in line], table.split)
    for line, visible in table.columns.items():
        say(visible, [key for key in everything if key[1] in line], ())
    for (line, across), visible in table.blocks.items():
        say(visible, [key for key in everything if key[0] in line and key[1] in across], ())
    return [(inside, number) for inside, number in facts if number is not None]


def bounds(facts: list[tuple[set[tuple], int]], cells: list[tuple], wanted: set[tuple]) -> tuple[float, float]:
    """The least and the most that the wanted cells can be together, by linear programming."""
    place = {cell: n for n, cell in enumerate(cells)}
    rows = np.zeros((len(facts), len(cells)))
    for n, (inside, _number) in enumerate(facts):
        rows[n, [place[cell] for cell in inside]] = 1
    aim = np.zeros(len(cells))
    aim[[place[cell] for cell in wanted]] = 1
    ends = []
    for sign in (1, -1):
        solution = linprog(sign * aim, A_eq=rows, b_eq=[number for _inside, number in facts], bounds=(0, None))
        ends.append(sign * solution.fun if solution.status == 0 else float("inf"))
    return ends[0], ends[1]


def hidden_of(table: ShownTable, cells: list[tuple], dimensions: int) -> list[set[tuple]]:
    """The numbers of the whole table that this one does not show: each a set of cells."""
    keys = list(dict.fromkeys(key for key, _sex in cells))
    if dimensions == 1 and table.split:
        return [{(key, sex)} for key in keys for sex in SEXES]
    return [{(key, sex) for sex in SEXES} for key in keys]


def told_apart(table: ShownTable, gathered: Gathering, dimensions: int) -> list[object]:
    """What the attack learns: hidden numbers that are 1 to 4 and cannot be everything from 1 to 5."""
    truth = truth_of(gathered)
    cells = sorted(truth)
    facts = sums_shown(table, cells)
    results = []
    for wanted in hidden_of(table, cells, dimensions):
        number = sum(truth[cell] for cell in wanted)
        least, most = bounds(facts, cells, wanted)
        if 0 < number < 5 and (least > 1 + 1e-6 or most < 5 - 1e-6):
            results.append((wanted, number, least, most))
        if not any(inside == wanted for inside, _n in facts) and number and (least > 1 + 1e-6 or most < 5 - 1e-6):
            results.append((wanted, number, least, most))
    return results


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(gatherings(1))
def test_one_breakdown_gives_no_small_number_away(gathered):
    assert told_apart(suppress_table(gathered, 1), gathered, 1) == []


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(gatherings(2))
def test_two_breakdowns_give_no_small_number_away(gathered):
    assert told_apart(suppress_table(gathered, 2), gathered, 2) == []


@settings(max_examples=60, deadline=None)
@given(gatherings(1))
def test_no_number_shown_is_small(gathered):
    table = suppress_table(gathered, 1)
    for visible in (table.total, *table.lines.values()):
        shown_numbers = [visible.seats, visible.people_at_least, visible.people_at_most, *visible.by_sex]
        assert not [n for n in shown_numbers if n is not None and 0 < n < 5]


def test_control_the_whole_table_is_told_apart():
    parts = [
        Part(("a",), "female", [1, 2], [1, 1], 720, 0),
        Part(("b",), "male", list(range(9, 60)), [1] * 51, 9000, 0),
    ]
    gathered = Gathering(parts, [])
    assert told_apart(show_whole(gathered, 1), gathered, 1) != []
    # Hiding the small line alone leaves it to be subtracted.
    whole = show_whole(gathered, 1)
    half = replace(whole, lines={line: shown for line, shown in whole.lines.items() if line != ("a",)})
    assert told_apart(half, gathered, 1) != []


def test_large_lines_are_shown_each_by_sex():
    parts = [
        Part((line,), sex, list(range(1000 * n + 100 * m, 1000 * n + 100 * m + 20)), [1] * 20, 7200, 0)
        for n, line in enumerate(LINES)
        for m, sex in enumerate(SEXES[:2])
    ]
    table = suppress_table(Gathering(parts, []), 1)
    assert (table.split, sorted(table.lines)) == (SPLITS[0], [(line,) for line in LINES])
    assert {shown.by_sex for shown in table.lines.values()} == {(20, 20, 0, 0)}
    assert {shown.women_share_most for shown in table.lines.values()} == {0.5}


def test_few_others_leave_women_and_men_apart():
    """Three people of other sexes in the whole network do not hide the women of each ministry."""
    parts = [
        Part((line,), sex, list(range(1000 * n + 100 * m, 1000 * n + 100 * m + 30)), [1] * 30, 9000, 0)
        for n, line in enumerate(LINES)
        for m, sex in enumerate(SEXES[:2])
    ]
    parts.append(Part(("a",), "other", [9001, 9002, 9003], [1] * 3, 900, 0))
    table = suppress_table(Gathering(parts, []), 1)
    assert (table.split, len(table.lines)) == (SPLITS[2], 4)


def test_next_to_nobody_is_nothing():
    gathered = Gathering([Part(("a",), "female", [1, 2], [1, 1], 9000, 0)], [])
    assert needs_suppression(gathered.figures())
    assert suppress_table(gathered, 1).total.seats is None
