"""Trainers' totals and the cascade against slow counts on random networks, and what is shown of small numbers."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from reports.cascade import presentation as shown_module
from reports.cascade.data import all_profiles, makers_of_trainers, read_traces
from reports.cascade.presentation import show_cascade
from reports.cascade.tree import grow
from reports.trainers.deliveries import (
    DELIVERIES,
    deliveries_of,
    is_current,
    months_before,
    sheet_rows,
    taught_by,
    total_of,
)
from tests.reports.trainers.network import (
    FIRST,
    places,
    random_network,
    reached,
    slow_cascade,
    slow_taught,
    written,
    years_on,
)
from trainers.models import TrainerProfile
from trainings.counting import Question
from trainings.counting.gathering import gather
from trainings.disclosure import training_sets
from trainings.disclosure.small_cells import is_small
from trainings.disclosure.training_sets import HIDDEN, people_of_sets, suppressed_people_of_sets

pytestmark = pytest.mark.django_db

NETWORKS = 50
TODAY = date(2021, 7, 1)


@pytest.fixture
def here(reference):
    return places()


def networks(seed, number=NETWORKS, **sizes):
    rng = Random(seed)
    return [random_network(rng, **sizes) for _network in range(number)]


@pytest.mark.slow
def test_every_line_and_total_is_what_a_slow_count_says(here):
    periods = [(None, None), (date(2020, 1, 1), None), (date(2020, 1, 1), date(2021, 12, 31)), (FIRST, FIRST)]
    delivered = 0
    for n, network in enumerate(networks("taught")):
        first, last = periods[n % len(periods)]
        with written(network, here) as rows:
            lines = taught_by(TrainerProfile.objects.order_by("pk"), first, last)
            slow = [slow_taught(network, trainer, first, last) for trainer in network.trainers]
            assert [
                {"lead": line.lead, "co_trainer": line.co_trainer, "observer": line.observed, "": line.delivered,
                 "abroad": line.abroad, "minutes": line.minutes, "lands": set(line.countries),
                 "events": {rows.events[pk] for pk in line.trainings}, "last": line.last}
                for line in lines
            ] == slow  # fmt: skip
            behind = [
                {what: deliveries_of(line.profile, first, last, what).count() for what in DELIVERIES} for line in lines
            ]
            assert behind == [{what: row[what] for what in DELIVERIES} for row in slow]
            total = total_of(lines, TODAY)
            assert (
                total.delivered,
                total.lead,
                total.co_trainer,
                total.observed,
                total.minutes,
                total.abroad,
            ) == tuple(
                sum(row[name] for row in slow) for name in ("", "lead", "co_trainer", "observer", "minutes", "abroad")
            )
            assert total.different_trainings == len(set().union(*(row["events"] for row in slow)))
            assert len(total.countries) == len(set().union(*(row["lands"] for row in slow)))
            assert total.current == sum(row["last"] is not None and row["last"] > years_on(TODAY, -1) for row in slow)
            *sheet, last_row = sheet_rows(lines, TODAY)
            assert last_row[2:7] == [sum(row[n] for row in sheet) for n in range(2, 7)]
            delivered += total.delivered
    assert delivered > NETWORKS  # the networks are not empty


@pytest.mark.slow
def test_every_cohort_and_multiplier_is_what_a_slow_count_says(here, monkeypatch):
    monkeypatch.setattr(shown_module, "suppressed_people_of_sets", people_of_sets)
    monkeypatch.setattr(shown_module, "keeps", lambda reader, training: True)
    deep = with_people = 0
    for network in networks("cascade"):
        with written(network, here) as rows:
            cohorts = grow(read_traces(list(makers_of_trainers()), list(all_profiles())))
            slow = slow_cascade(network)
            assert [
                (
                    rows.events[c.training],
                    c.size,
                    [
                        (
                            {rows.trainers[t.profile]: t.since for t in g.trainers},
                            {rows.events[pk] for pk in g.trainings},
                        )
                        for g in c.generations
                    ],
                )
                for c in cohorts
            ] == [(c.event, c.graduates, c.generations) for c in slow]
            results = show_cascade(here.recorder, own=False, today=TODAY)
            for cohort, wanted in zip(results.cohorts, slow, strict=True):
                everybody = reached(network, wanted.events)
                assert (cohort.people.least, cohort.people.most) == (everybody, everybody)
                assert cohort.trainings == len(wanted.events)
                ended = network.events[wanted.event].day
                for after, years in zip(cohort.after, (1, 2), strict=True):
                    limit = years_on(ended, years)
                    inside = {n for n in wanted.events if network.events[n].day <= limit}
                    people = reached(network, inside)
                    each = people / wanted.graduates if wanted.graduates else None
                    texts = (after.has_passed, after.people.least, after.for_each)
                    assert texts == ((True, people, each) if limit < TODAY else (False, None, None))
                    with_people += bool(each)
                deep += len(wanted.generations) > 1
    assert deep > 5
    assert with_people > 15


@pytest.mark.slow
def test_of_ones_own_people_every_number_is_shown(here):
    counted = 0
    for network in networks("own", 30, events=16):
        with written(network, here) as rows:
            results = show_cascade(here.recorder, own=True, today=TODAY)
            for cohort, wanted in zip(results.cohorts, slow_cascade(network), strict=True):
                assert cohort.people.least == reached(network, wanted.events, "ME")
                generation, slow = cohort.first, iter(wanted.generations)
                while generation:
                    trainers, events = next(slow)
                    assert generation.people.least == reached(network, events, "ME")
                    for _way, some in generation.through:
                        for trainer in some:
                            number = rows.trainers[trainer.profile.pk]
                            mine = {
                                e.number
                                for e in network.events
                                if e.counts and e.taught_by(number) and e.day > trainers[number]
                            }
                            assert trainer.people.least == reached(network, mine, "ME")
                            counted += trainer.people.least
                    generation = generation.after
    assert counted > 20


def shown_values(network, here):
    """The sets of trainings with what is shown of their people, and whether any was hidden."""
    cohorts = grow(read_traces(list(makers_of_trainers()), list(all_profiles())))
    sets = [some for c in cohorts for some in (c.trainings, c.within(12), c.within(24))]
    return suppressed_people_of_sets(gather(Question(), ("training",)), sets)


@pytest.mark.slow
def test_nothing_small_is_shown_nor_follows_by_subtraction(here):
    hidden = seen = 0
    for network in networks("small", 40, people=11, events=14):
        with written(network, here):
            visible = shown_values(network, here)
            exact = people_of_sets(gather(Question(), ("training",)), visible)
            for some, people in visible.items():
                hidden += people == HIDDEN
                seen += people != HIDDEN
                assert people == HIDDEN or (people.least, people.most) == (exact[some].least, exact[some].most)
                assert not is_small(people.least or 0)
                for other, more in visible.items():
                    if some < other and HIDDEN not in (people, more):
                        assert not is_small(more.least - people.least)
    assert hidden > 10
    assert seen > 20


@pytest.mark.slow
def test_control_without_the_rule_small_differences_show(here, monkeypatch):
    monkeypatch.setattr(training_sets, "_tells", lambda larger, smaller: False)
    small = 0
    for network in networks("small", 40, people=11, events=14):
        with written(network, here):
            visible = shown_values(network, here)
            small += sum(
                is_small(more.least - people.least)
                for some, people in visible.items()
                for other, more in visible.items()
                if some < other and HIDDEN not in (people, more)
            )
    assert small > 0


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)), (date(2026, 3, 31), 1, date(2026, 2, 28)), (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2024, 1, 31), -1, date(2024, 2, 29)), (date(2026, 12, 31), -24, date(2028, 12, 31)), (date(2026, 5, 31), 6, date(2025, 11, 30)),
    ],
)  # fmt: skip
def test_months_before_end_with_shorter_months(day, months, before):
    assert months_before(day, months) == before


def test_current_is_who_delivered_within_twelve_months():
    today = date(2026, 11, 25)
    assert [is_current(day, today) for day in (None, date(2025, 11, 25), date(2025, 11, 26), today)] == [
        False,
        False,
        True,
        True,
    ]


def test_graduates_by_headcount_are_counted_too(here):
    network = next(n for n in networks("headcount") if any(c.graduates for c in slow_cascade(n)))
    with written(network, here):
        cohort = grow(read_traces(list(makers_of_trainers()), list(all_profiles())))[0]
        assert replace(cohort, unnamed=7).size == len(cohort.graduates) + 7
        assert cohort.limit(12) - cohort.ended in (timedelta(days=365), timedelta(days=366))
