"""What is kept of pages, and the totals that the worker looks after."""

import logging
import re
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.kept import forget_kept, kept
from audit.models import Line
from audit.record import record
from knowledge.actions.moderation import hide_post
from knowledge.actions.searches import forget_search
from knowledge.models import Post
from members.actions import change_member
from portal.management.commands.worker import go_round
from portal.totals import NETWORK_TOTALS_KEY, look_after_totals, network_totals
from tests.conftest import client_of, make_roster, make_training, mark_all
from tests.knowledge.test_posts import write
from tests.portal.search_things import found, titles
from trainings.actions.figures import submit_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(settings):
    settings.KEPT_SECONDS = 60


@pytest.fixture
def built():
    """Counts how often a page is built."""
    times = []

    def build():
        times.append(1)
        return f"built {len(times)}"

    return build


def test_kept_until_somebody_writes(keeping, built, recorder_me):
    assert [kept("page", built) for _n in range(3)] == ["built 1"] * 3
    record("change", recorder_me, by=recorder_me)
    assert [kept("page", built) for _n in range(2)] == ["built 2"] * 2


def test_kept_for_its_seconds_at_most(settings, built, db):
    settings.KEPT_SECONDS = 0
    assert [kept("page", built) for _n in range(2)] == ["built 1", "built 2"]


def test_kept_for_the_day(keeping, built, monkeypatch, db):
    kept("page", built)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("audit.kept.timezone.localdate", lambda: tomorrow)
    assert kept("page", built) == "built 2"


def test_what_waits_is_each_members_own(keeping, sheet, recorder_me, recorder_rs):
    reference = sheet.reference
    own = client_of(recorder_me).get("/").content.decode()
    other = client_of(recorder_rs).get("/").content.decode()
    assert (reference in own, reference in other) == (True, False)


def test_new_training_shows_at_once_on_kept_pages(keeping, recorder_me):
    client = client_of(recorder_me)
    client.get("/trainings/")
    assert make_training(recorder_me).reference in client.get("/trainings/").content.decode()


def test_search_while_it_is_kept_shows_each_change_at_once(keeping, trainer_me, trainer_rs, admin):
    own = write(trainer_me, "Listopad tajni", reach="ministry")
    shared = write(trainer_me, "Listopad")
    assert [titles(member, "listopad") for member in (trainer_me, trainer_rs)] == [
        ["post Listopad", "post Listopad tajni"], ["post Listopad"],
    ]  # fmt: skip
    hide_post(post=shared, reason="Dvaput", by=admin)
    assert [titles(member, "listopad") for member in (trainer_me, trainer_rs)] == [["post Listopad tajni"], []]
    home, trainer_rs.organisation = trainer_rs.organisation, own.organisation
    change_member(member=trainer_rs, by=admin)
    assert (titles(trainer_rs, "listopad"), found(trainer_rs, "listopad").total) == (["post Listopad tajni"], 1)
    # Without a line, as no action leaves it: what is shown is asked of its app each time.
    assert titles(trainer_me, "listopad") == ["post Listopad tajni"]
    Post.objects.filter(pk=own.pk).update(hidden_at=timezone.now(), hidden_by=admin, hidden_reason="x")
    assert titles(trainer_me, "listopad") == []
    Post.objects.filter(pk=own.pk).update(hidden_at=None, hidden_by=None, hidden_reason="")
    assert titles(trainer_rs, "listopad") == ["post Listopad tajni"]
    trainer_rs.organisation = home
    assert (titles(trainer_rs, "listopad"), found(trainer_rs, "listopad").total) == ([], 0)
    assert titles(trainer_me, "listopad") == ["post Listopad tajni"]
    trainer_me.is_active = False
    assert titles(trainer_me, "listopad") == []


def test_library_while_its_number_is_kept_counts_each_change_at_once(keeping, client, trainer_me, trainer_rs, admin):
    def counts() -> list[str]:
        pages = [
            one.get("/knowledge/").content.decode() for one in (client, client_of(trainer_me), client_of(trainer_rs))
        ]
        return [found[1] if (found := re.search(r">(\d+) posts?<", page)) else "" for page in pages]

    assert counts() == ["", "", ""]
    own = write(trainer_me, "Listopad tajni", reach="ministry")
    write(trainer_me, "Listopad", reach="public")
    assert [counts(), counts()] == [["1", "2", "1"]] * 2
    trainer_rs.organisation = own.organisation
    change_member(member=trainer_rs, by=admin)
    hide_post(post=own, reason="Dvaput", by=admin)
    assert [counts(), counts()] == [["1", "1", "1"]] * 2


def test_saved_search_is_known_at_once(keeping, trainer_me):
    client = client_of(trainer_me)
    told = "You have saved this search"
    pages = [client.get("/search/?q=listopad").content.decode()]
    client.post("/search/save/", {"name": "Listopad", "query": "q=listopad"})
    pages.append(client.get("/search/?q=listopad").content.decode())
    forget_search(saved=trainer_me.saved_searches.get(), by=trainer_me)
    pages.append(client.get("/search/?q=listopad").content.decode())
    assert [told in page for page in pages] == [False, True, False]


def test_search_asks_less_while_nobody_writes(keeping, trainer_me):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/?q=listopad")
        return len(asked)

    write(trainer_me, "Listopad")
    client = client_of(trainer_me)
    client.get("/search/?q=listopad")
    kept_by_now = queries()
    forget_kept()
    # The choices, which groups this member finds, and what they have saved; the frame of the index is read along.
    assert queries() == kept_by_now + 3


def test_submitting_moves_the_totals_at_home(keeping, sheet, recorder_me, django_capture_on_commit_callbacks):
    make_roster(sheet, 12, recorder_me)
    mark_all(sheet, recorder_me)
    before = network_totals()
    with django_capture_on_commit_callbacks(execute=True):
        submit_figures(training=sheet, by=recorder_me)
    assert (before.trainings, network_totals().trainings) == (0, 1)
    assert cache.get(NETWORK_TOTALS_KEY)["trainings"]["all"] == 1


def test_worker_counts_again_only_after_a_line(recorder_me, monkeypatch):
    counted = []
    monkeypatch.setattr("portal.totals.recount", lambda: counted.append(1))
    look_after_totals()
    assert len(counted) == 1
    monkeypatch.undo()
    look_after_totals()
    old = cache.get(NETWORK_TOTALS_KEY)
    monkeypatch.setattr("portal.totals.recount", lambda: counted.append(1))
    look_after_totals()
    assert (len(counted), cache.get(NETWORK_TOTALS_KEY)["as_of"] > old["as_of"]) == (1, True)
    record("change", recorder_me, by=recorder_me)
    look_after_totals()
    assert len(counted) == 2


def test_totals_nobody_looks_after_are_counted_by_the_page(recorder_me):
    look_after_totals()
    held = cache.get(NETWORK_TOTALS_KEY)
    stale = timezone.now() - timedelta(seconds=61)
    cache.set(NETWORK_TOTALS_KEY, {**held, "as_of": stale}, None)
    assert network_totals().as_of > stale


def test_failing_round_is_logged_and_done_again(caplog, monkeypatch):
    over, times = threading.Event(), []
    # The test's own connection stays open.
    monkeypatch.setattr("portal.management.commands.worker.close_old_connections", lambda: None)
    monkeypatch.setattr("portal.management.commands.worker.connection.close", lambda: None)

    def fails_once():
        times.append(1)
        if len(times) == 2:
            over.set()
        else:
            raise RuntimeError("no database")

    with caplog.at_level(logging.ERROR):
        go_round(fails_once, 0.01, over)
    assert (len(times), "fails_once failed" in caplog.text) == (2, True)
    assert Line.objects.count() == 0
