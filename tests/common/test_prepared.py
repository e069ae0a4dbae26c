"""A question whose SQL is kept answers as the query that is put together anew each time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Q, QuerySet
from hypothesis import given
from hypothesis import strategies as st

from common import prepared
from common.prepared import Prepared, rounded
from members.models import Member

NAMES = ("a%b", "a_b", "a\\b", "Ђорђе", "ab", "AB", "x" * 30, "\ue0000\ue001", "%s", "%(x)s", "'")


def _asked(words: list[str], numbers: list[int], begins: list[str], order: str) -> QuerySet[Member, Any]:
    wanted = Q(family_name__in=words) | Q(pk__in=numbers)
    for begin in begins:
        wanted |= Q(family_name__startswith=begin)
    columns = ("pk", "family_name", "is_active", "last_seen_at")
    return Member.objects.filter(wanted).order_by(order).values_list(*columns)


@pytest.fixture
def people(trainer_me) -> list[int]:
    seen = datetime(2026, 11, 12, 9, tzinfo=UTC)
    made = Member.objects.bulk_create(
        Member(email=f"{n}@example.org", family_name=name, organisation=trainer_me.organisation, is_active=n % 2, last_seen_at=seen)
        for n, name in enumerate(NAMES)
    )  # fmt: skip
    return [member.pk for member in made]


def test_answers_as_the_query_does(people):
    question = Prepared(_asked)

    @given(
        st.lists(st.sampled_from(NAMES), max_size=4), st.lists(st.sampled_from([*people, 0, 2**31 - 1]), max_size=3),
        st.lists(st.sampled_from(["a", "a%", "a_", "\\", "x", "Ђ", "%", "\ue000", "'"]), max_size=2), st.sampled_from(["pk", "-pk"]),
    )  # fmt: skip
    def same(words: list[str], numbers: list[int], begins: list[str], order: str) -> None:
        rows = question.rows(words, numbers, begins, order)
        assert rows == list(_asked(words, numbers, begins, order))
        assert {row[0] for row in rows} == {
            row[0] for row in question.rows(rounded(words), rounded(numbers), begins, order)
        }

    same()


def test_is_put_together_once_for_each_shape(people, monkeypatch, django_assert_num_queries):
    built: list[str] = []

    def build(words: list[str], numbers: list[int], begins: list[str], order: str) -> QuerySet[Member, Any]:
        built.append(order)
        return _asked(words, numbers, begins, order)

    question = Prepared(build)
    with django_assert_num_queries(3):
        for word in ("ab", "AB", "Ђорђе"):
            assert [row[1] for row in question.rows([word], [], [], "pk")] == [word]
    assert built == ["pk"]
    question.rows(["ab", "AB"], [], [], "pk")
    question.rows(["ab"], [], [], "-pk")
    assert built == ["pk", "pk", "-pk"]
    monkeypatch.setattr(prepared, "SHAPES_MOST", 3)
    question.rows(["ab", "AB", "x"], [], [], "pk")
    question.rows(["ab"], [], [], "pk")
    assert len(built) == 5


def test_asks_nothing_where_there_can_be_no_row(people, django_assert_num_queries):
    question = Prepared(_asked)
    with django_assert_num_queries(0):
        assert question.rows([], [], [], "pk") == []
        assert question.rows([], [], [], "pk") == []


def test_values_are_no_sql_and_no_stand_ins(people):
    """What is given goes in as a value once, whatever it looks like."""
    question = Prepared(_asked)
    for name in NAMES:
        assert [row[1] for row in question.rows([name], [], [], "pk")] == [name]
    assert question.rows(["\ue0001\ue001", "ab"], [], [], "pk") == list(_asked(["ab"], [], [], "pk"))
    assert question.rows([], [2_147_000_000], [], "pk") == []


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 64, 65, 128, 129])
def test_rounded_repeats_the_last(n):
    told = list(range(n))
    assert set(rounded(told)) == set(told)
    assert len(rounded(told)) % (8 if n <= 64 else 64) == 0
    assert len(rounded(told)) - n < (8 if n <= 64 else 64)
