"""The home page: what waits for a member, and the network's totals, which the worker looks after."""

import logging
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from audit.models import AuditEntry
from audit.record import record
from portal.management.commands.worker import go_round
from portal.totals import NETWORK_TOTALS_KEY, look_after_totals, network_totals
from tests.conftest import client_of, make_roster, mark_all
from trainings.figures.actions import submit_figures

pytestmark = pytest.mark.django_db


def test_what_waits_is_each_members_own(sheet, recorder_me, recorder_rs):
    reference = sheet.reference
    own = client_of(recorder_me).get("/").content.decode()
    other = client_of(recorder_rs).get("/").content.decode()
    assert (reference in own, reference in other) == (True, False)


def test_submitting_moves_the_totals_at_home(sheet, recorder_me, django_capture_on_commit_callbacks):
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
    assert AuditEntry.objects.count() == 0
