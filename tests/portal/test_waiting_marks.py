"""What the server gives to marks that wait in a browser: whose they are, a fresh token, the worker, and a line of what is kept."""

from uuid import uuid4

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from members.encryption import browser_name
from tests.conftest import client_of, make_roster
from trainings.models import Mark, MarkChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(training, recorder_me):
    (enrolment,) = make_roster(training, 1, recorder_me)
    return {
        "enrolment": enrolment.pk, "session": training.sessions.first().pk, "value": "late", "base": 0, "key": str(uuid4()),
    }  # fmt: skip


def send(member, training, body):
    return client_of(member).post(reverse("trainings:mark", args=[training.reference]), body)


def test_mark_that_waited_for_another_member_is_not_written(training, recorder_me, coordinator_me, body):
    theirs = {**body, "member": browser_name(recorder_me.pk)}
    answer = send(coordinator_me, training, theirs)
    assert (answer.status_code, answer.json()) == (401, {"error": "other_member"})
    assert (Mark.objects.count(), MarkChange.objects.count()) == (0, 0)
    assert send(recorder_me, training, theirs).json()["outcome"] == "applied"
    assert MarkChange.objects.get().by == recorder_me


def test_mark_that_says_no_member_is_taken_as_before(training, coordinator_me, body):
    assert send(coordinator_me, training, body).status_code == 200


def test_what_stands_for_a_member_tells_nothing_and_outlives_the_secret_key(recorder_me, coordinator_me, settings):
    name = browser_name(recorder_me.pk)
    assert (len(name), int(name, 16) > 0) == (32, True)
    assert name != browser_name(coordinator_me.pk)
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough-for-a-test"
    assert browser_name(recorder_me.pk) == name
    settings.PERSON_KEY = "another person key"
    assert browser_name(recorder_me.pk) != name


def test_token_says_who_is_signed_in_and_is_good_for_a_mark(training, recorder_me, body):
    client = client_of(recorder_me)
    client.handler.enforce_csrf_checks = True
    url = reverse("trainings:mark", args=[training.reference])
    assert client.post(url, body, headers={"X-CSRFToken": "of-before"}).status_code == 403
    data = client.get("/waiting/token/").json()
    assert data["member"] == browser_name(recorder_me.pk)
    assert client.post(url, body, headers={"X-CSRFToken": data["token"]}).status_code == 200


def test_page_carries_what_stands_for_its_member_and_no_other_name(training, recorder_me, stranger):
    page = client_of(recorder_me).get("/trainings/").content.decode()
    assert f'data-member="{browser_name(recorder_me.pk)}"' in page
    assert "waiting/line" in page
    assert "waiting/" not in stranger.get("/").content.decode()


def test_worker_is_a_script_for_the_whole_portal(stranger):
    answer = stranger.get("/waiting/worker.js")
    assert (answer["Content-Type"], answer["Service-Worker-Allowed"], answer["Cache-Control"]) == (
        "text/javascript; charset=utf-8",
        "/",
        "no-cache",
    )
    assert "worker-src 'self'" in stranger.get("/")["Content-Security-Policy"]


def test_page_for_everything_else_names_nobody(stranger):
    answer = stranger.get("/waiting/offline/")
    assert "The portal cannot be reached" in answer.content.decode()
    assert "no-store" not in answer.get("Cache-Control", "")


def test_what_a_browser_keeps_leaves_a_line(training, recorder_me, body):
    answer = client_of(recorder_me).post(reverse("trainings:keep", args=[training.reference]))
    assert answer.json() == {"kept": "recorded"}
    line = AuditEntry.objects.get(action="keep_names")
    assert (line.by, line.is_reading, line.root_id) == (recorder_me, True, str(training.pk))
