"""Each list and detail page takes the same number of queries with one row and with many, and at most ten."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.conftest import client_of, join, make_roster, make_training, mark_all
from trainings.actions.roster import set_headcounts
from trainings.models import Headcount

pytestmark = pytest.mark.django_db
MOST = 10
# Its trainers, sessions, partners and every list to choose from.
MORE = {"trainings:edit": 12}

# The page and who opens it.
PAGES = [
    ("home", "stranger"), ("home", "recorder_me"), ("home", "coordinator_me"), ("home", "trainer_me"), ("home", "admin"),
    ("trainers:list", "observer"), ("trainers:detail", "observer"), ("trainers:edit", "trainer_me"),
    ("trainings:list", "observer"), ("trainings:create", "recorder_me"), ("trainings:detail", "recorder_me"),
    ("trainings:detail", "coordinator_me"), ("trainings:detail", "observer"), ("trainings:edit", "recorder_me"),
    ("trainings:attendance", "recorder_me"), ("trainings:attendance", "trainer_me"), ("trainings:roster", "recorder_me"),
    ("trainings:roster_paste", "recorder_me"), ("trainings:headcounts", "recorder_me"), ("trainings:history", "observer"),
    ("members:list", "admin"), ("members:list", "coordinator_me"), ("members:invite", "admin"),
    ("members:organisations", "admin"),
]  # fmt: skip


def queries_of(client, url: str) -> list[str]:
    client.get(url)
    with CaptureQueriesContext(connection) as taken:
        answer = client.get(url)
    assert answer.status_code == 200
    return [query["sql"] for query in taken if "SAVEPOINT" not in query["sql"]]


@pytest.fixture
def grow(training, recorder_me, trainer_me, organisation):
    """Make much of everything."""

    def more() -> None:
        make_roster(training, 20, recorder_me)
        make_roster(training, 5, recorder_me, home=organisation("RS"))
        mark_all(training, recorder_me)
        for code in ("NCGM", "BA"):
            counts = [Headcount(sex=sex, rank_group="nco", attended=5) for sex in ("male", "female")]
            set_headcounts(training=training, organisation=organisation(code), counts=counts, by=recorder_me)
        for _n in range(6):
            mark_all(other := make_training(recorder_me, trainers=(trainer_me,)), recorder_me)
            make_roster(other, 3, recorder_me)
            join("ME", "Još", "Jedna", "trainer")

    return more


@pytest.mark.parametrize(("route", "name"), PAGES)
def test_queries_do_not_grow_with_the_rows(route, name, cast, training, recorder_me, organisation, grow):
    make_roster(training, 1, recorder_me)
    mark_all(training, recorder_me)
    set_headcounts(
        training=training, organisation=organisation("NCGM"),
        counts=[Headcount(sex="male", rank_group="nco", attended=5)], by=recorder_me,
    )  # fmt: skip
    app, _colon, page = route.partition(":")
    arguments = []
    if app == "trainings" and page not in ("list", "create"):
        arguments = [training.reference]
    if app == "trainers" and page != "list":
        arguments = [cast["trainer_me"].profile.slug]
    client, url = client_of(cast[name]), reverse(route, args=arguments)
    with_one = queries_of(client, url)
    grow()
    with_many = queries_of(client, url)
    assert len(with_many) == len(with_one), "\n".join(with_many)
    assert len(with_many) <= MORE.get(route, MOST), "\n".join(with_many)
