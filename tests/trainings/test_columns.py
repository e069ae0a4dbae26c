import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainings.counting.columns import LONGEST_LIST, SHORT_LIST, column, different, joined, looked_up

NUMBERS = st.lists(st.one_of(st.integers(0, 50), st.integers(0, 2**62)))


@given(NUMBERS)
def test_different_numbers_are_those_of_a_set(numbers):
    assert different(column(numbers)).tolist() == sorted(set(numbers))


@pytest.mark.parametrize("largest", [SHORT_LIST, SHORT_LIST + 2 * LONGEST_LIST, SHORT_LIST + 2 * LONGEST_LIST + 1])
def test_different_numbers_are_the_same_at_the_longest_list(largest):
    assert different(column([largest, 3, largest])[:2]).tolist() == [3, largest]


@given(st.lists(st.integers(0, 50)), st.dictionaries(st.integers(0, 60), st.integers(0, 9)))
def test_each_number_is_looked_up(numbers, values):
    assert looked_up(column(numbers), values).tolist() == [values.get(number, -1) for number in numbers]


@given(st.lists(NUMBERS))
def test_columns_are_joined_in_order(columns):
    assert joined([column(one) for one in columns]).tolist() == [n for one in columns for n in one]
