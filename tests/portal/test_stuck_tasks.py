"""Tasks whose worker is gone, and who waits for them. Real killed workers: test_worker_killed.py."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from common.uploads.cells import packed
from common.uploads.reading import read_pasted
from portal.stuck_tasks import GONE_AFTER, MOST_TRIES, look_after_tasks
from tests.conftest import client_of
from trainings.models import RosterImport
from trainings.roster_import import background as long

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
GONE = GONE_AFTER + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def queue_in_the_database(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


def running(path="tests.deadly_tasks.die_at", args=(), workers=("gone",), ago=GONE, signed=None):
    """A task that a worker took so long ago, and signed so long ago."""
    now = timezone.now()
    return DBTaskResult.objects.create(
        status="RUNNING",
        started_at=now - ago,
        run_after=get_date_max() if signed is None else now - signed,
        task_path=path,
        args_kwargs={"args": list(args), "kwargs": {}},
        worker_ids=list(workers),
        backend_name="default",
        exception_class_path="",
        traceback="",
    )


def state_of(task):
    task.refresh_from_db()
    return task.status


def test_worker_signs_its_own_tasks_and_leaves_those_of_the_living(settings):
    mine, new, signed = (
        running(workers=["gone", "me"]),
        running(ago=timedelta(0)),
        running(signed=timedelta(seconds=20)),
    )
    look_after_tasks("me")
    assert [state_of(task) for task in (mine, new, signed)] == ["RUNNING"] * 3
    assert timezone.now() - mine.run_after < timedelta(seconds=5)
    look_after_tasks("another")
    assert state_of(mine) == "RUNNING"


def test_task_of_a_worker_that_is_gone_is_ready_again():
    never_signed, no_longer = running(), running(signed=GONE)
    look_after_tasks("me")
    assert [state_of(task) for task in (never_signed, no_longer)] == ["READY", "READY"]
    assert set(DBTaskResult.objects.ready()) == {never_signed, no_longer}


def test_task_that_is_done_meanwhile_is_left(monkeypatch):
    task = running()
    real = DBTaskResult.objects.running
    monkeypatch.setattr(
        "portal.stuck_tasks._seen",
        lambda row: DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL") and row.started_at,
    )
    look_after_tasks("me")
    assert (state_of(task), list(real())) == ("SUCCESSFUL", [])


def test_task_that_ends_workers_is_given_up_though_it_is_of_no_kind_any_more():
    task = running("no.longer.there", workers=["a"] * MOST_TRIES)
    look_after_tasks("me")
    assert (state_of(task), task.exception_class_path) == ("FAILED", "portal.stuck_tasks.WorkerGoneError")


LIST = "Prezime\tIme\nAnic\tAna"


def imported(training, by, state):
    return RosterImport.objects.create(
        training=training,
        organisation=training.owner,
        state=state,
        by=by,
        work_began=timezone.now(),
        work_seconds=3,
        sheets=[] if state == "reading" else packed(read_pasted(LIST)),
        upload_name=long.PASTED,
        upload=LIST.encode() if state == "reading" else None,
    )


@pytest.mark.parametrize(
    ("state", "after", "expected"),
    [("reading", "refused", "Reading this list broke off"), ("taking", "preview", "Taking the list in broke off")],
)
def test_page_of_a_long_list_leads_on_when_its_task_is_given_up(state, after, expected, training, recorder_me):
    of = imported(training, recorder_me, state)
    name, args = ("read_kept_list", [of.pk]) if state == "reading" else ("take_list_in", [of.pk, recorder_me.pk])
    path = f"/trainings/{training.reference}/roster/import/{of.pk}/"
    client = client_of(recorder_me)
    assert "<progress" in client.get(path).content.decode()
    running(f"trainings.roster_import.background.{name}", args, workers=["a"] * MOST_TRIES)
    look_after_tasks("me")
    of.refresh_from_db()
    assert (of.state, of.upload, of.work_began) == (after, None, None)
    page = client.get(path, follow=True).content.decode()
    assert ("<progress" in page, expected in page) == (False, True)
    if after == "preview":
        client.post(path, {"commit": "1"})
        assert RosterImport.objects.get().state == "committed"


def test_list_that_is_further_than_its_failed_task_is_left(training, recorder_me):
    of = imported(training, recorder_me, "preview")
    for name, args in (("read_kept_list", [of.pk]), ("take_list_in", [of.pk, recorder_me.pk])):
        running(f"trainings.roster_import.background.{name}", args, workers=["a"] * MOST_TRIES)
    look_after_tasks("me")
    of.refresh_from_db()
    assert (of.state, of.refusal) == ("preview", "")


def test_task_that_fails_by_itself_leads_on_too(training, recorder_me, settings, monkeypatch):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}
    monkeypatch.setattr(long, "read_pasted", lambda text: 1 / 0)
    of = imported(training, recorder_me, "reading")
    long.read_kept_list.enqueue(of.pk)
    of.refresh_from_db()
    assert (of.state, of.refusal.startswith("Reading this list broke off")) == ("refused", True)
