import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainings.counting.columns import (
    FEW,
    LONGEST_LIST,
    SHORT_LIST,
    column,
    count_distinct,
    each_once,
    joined,
    looked_up,
    table,
)

NUMBERS = st.lists(st.integers(0, 2**62))


# From none to several thousand, close together and far apart: each way of counting has its turn.
@pytest.mark.parametrize("largest", [50, 5000, LONGEST_LIST * 3000, SHORT_LIST, SHORT_LIST + 1, 2**62])
@pytest.mark.parametrize("many", [0, 1, FEW // 2, FEW, 3000])
def test_each_number_stands_once_and_is_counted_once(many, largest):
    drawn = random.Random(many)
    numbers = [drawn.randrange(largest + 1) for _n in range(many)]
    numbers += numbers[:3] + [largest] * bool(many)
    columns = [column(numbers[: many // 3]), column(numbers[many // 3 :])]
    assert sorted(each_once(columns)) == sorted(set(numbers))
    assert count_distinct(columns) == len(set(numbers))
    assert all(type(number) is int for number in (count_distinct(columns), *each_once(columns)))


@given(st.lists(st.integers(0, 50)), st.dictionaries(st.integers(0, 60), st.integers(0, 9)))
def test_each_number_is_looked_up(numbers, values):
    assert looked_up(column(numbers), table(values)).tolist() == [values.get(number, -1) for number in numbers]


@given(st.lists(NUMBERS))
def test_columns_are_joined_in_order(columns):
    assert joined([column(one) for one in columns]).tolist() == [n for one in columns for n in one]
