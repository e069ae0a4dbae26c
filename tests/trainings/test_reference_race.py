"""Two people creating at once never get the same reference; two tabs with one key create once."""

from threading import Barrier
from uuid import uuid4

import pytest
from django.db import transaction

from members.models import Country
from tests.conftest import new_training, plans
from tests.threads import at_once, needs_two_connections
from trainings.actions import create_training, take_reference
from trainings.models import ReferenceCounter, Training

pytestmark = [*needs_two_connections, pytest.mark.slow]
ROUNDS = 5


def test_two_at_once_get_two_references(recorder_me, coordinator_me):
    for _n in range(ROUNDS):
        acts = [
            lambda by=by: create_training(training=new_training(by), sessions=plans(), by=by)
            for by in (recorder_me, coordinator_me)
        ]
        made = at_once(*acts)
        assert [type(one) for one in made] == [Training, Training]
    assert sorted(Training.objects.values_list("reference", flat=True)) == [
        f"ME-2025-{n:03}" for n in range(1, 2 * ROUNDS + 1)
    ]


def test_one_key_at_once_creates_once(recorder_me):
    for n in range(ROUNDS):
        key = uuid4()
        acts = [
            lambda key=key: create_training(
                training=new_training(recorder_me), sessions=plans(), key=key, by=recorder_me
            )
        ] * 2
        first, second = at_once(*acts)
        assert first == second
        assert Training.objects.count() == n + 1


def test_control_without_the_lock_two_get_the_same(reference):
    country = Country.objects.get(code="ME")
    with transaction.atomic():
        take_reference(country, 2025)
    both_read = Barrier(2)

    def careless():
        with transaction.atomic():
            last = ReferenceCounter.objects.get(country=country, year=2025).last
            both_read.wait(10)
            ReferenceCounter.objects.filter(country=country, year=2025).update(last=last + 1)
            return last + 1

    assert at_once(careless, careless) == [2, 2]
