"""The small-cell rule: what is hidden could still be any number from 1 to 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainings.counting import Figures
from trainings.disclosure.small_cells import is_small, show_all, suppress, suppress_rows

parts = st.one_of(st.integers(0, 12), st.integers(0, 200))


@st.composite
def answers(draw):
    women, men, other, unknown = draw(parts), draw(parts), draw(parts), draw(parts)
    seats = women + men + other + unknown
    least = draw(st.integers(0 if not seats else 1, seats)) if seats else 0
    return Figures(
        seats=seats,
        women=women,
        men=men,
        other=other,
        not_recorded=unknown,
        named_seats=seats,
        people_at_least=least,
        people_at_most=draw(st.integers(least, seats)),
        minutes=60 * seats,
        trainings=bool(seats),
        verified_seats=draw(st.integers(0, seats)),
    )


@pytest.mark.parametrize(("number", "small"), [(0, False), (1, True), (4, True), (5, False)])
def test_small_is_one_to_four(number, small):
    assert is_small(number) is small


@given(answers())
def test_no_small_number_of_persons_is_shown(answer):
    suppressed = suppress(answer)
    for number in (
        suppressed.seats,
        suppressed.people_at_least,
        suppressed.people_at_most,
        suppressed.women,
        suppressed.men,
        suppressed.other,
        suppressed.not_recorded,
    ):
        assert number is None or not is_small(number)


@given(answers())
def test_split_with_a_small_part_is_hidden_whole(answer):
    suppressed = suppress(answer)
    split = [suppressed.women, suppressed.men, suppressed.other, suppressed.not_recorded]
    assert split in ([None] * 4, [answer.women, answer.men, answer.other, answer.not_recorded])
    if any(map(is_small, (answer.women, answer.men, answer.other, answer.not_recorded))):
        assert split == [None] * 4


@given(answers())
def test_share_of_verified_gives_no_small_number_away(answer):
    suppressed = suppress(answer)
    if is_small(answer.verified_seats) or is_small(answer.seats - answer.verified_seats):
        assert suppressed.verified_share is None


@given(answers())
def test_share_beside_a_hidden_split_leaves_both_sides_open(answer):
    suppressed = suppress(answer)
    if suppressed.women is None and suppressed.women_share is not None:
        known = answer.women + answer.men + answer.other
        assert min(answer.women, known - answer.women) >= 10
        assert suppressed.women_share == round(answer.women / known, 2)


@given(st.dictionaries(st.sampled_from("abcd"), answers()))
def test_table_shows_all_its_rows_whole_or_none(rows):
    suppressed = suppress_rows(rows)
    assert list(suppressed) == list(rows)
    whole = all(shown.has_split or not rows[key].seats for key, shown in suppressed.items())
    assert whole or all(shown.seats is None and shown.women is None for shown in suppressed.values())


def test_total_of_one_to_four_hides_hours_and_trainings_too():
    suppressed = suppress(Figures(seats=3, women=3, people_at_least=3, people_at_most=3, minutes=180, trainings=1))
    assert set(vars(suppressed).values()) == {None}
    assert suppressed.is_hidden


def test_nothing_is_hidden_where_nobody_was():
    assert suppress(Figures()) == show_all(Figures())


def test_who_may_see_names_sees_small_cells():
    answer = Figures(seats=3, women=2, men=1, people_at_least=3, people_at_most=3)
    assert (show_all(answer).women, show_all(answer).women_percent, show_all(answer).rest_percent) == (2, 67, 33)
