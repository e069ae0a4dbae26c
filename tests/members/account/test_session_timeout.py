"""A sign-in ends after half an hour without a click and after twelve hours; what was typed is held, not lost."""

import time

import pytest

from members.models import Member
from tests.conftest import client_of
from trainings.models import Training

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        def __init__(self) -> None:
            self.now = time.time()

    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


def signed_in(client) -> bool:
    return client.get("/trainings/").status_code == 200


@pytest.mark.parametrize(("who", "minutes"), [("coordinator_me", 30), ("trainer_me", 30), ("recorder_me", 60)])
def test_idle_limit(who, minutes, request, clock):
    client = client_of(request.getfixturevalue(who))
    for _n in range(3):
        clock.now += minutes * 60 - 1
        assert signed_in(client)
    clock.now += minutes * 60
    assert not signed_in(client)
    clock.now += 1
    assert not signed_in(client)


@pytest.mark.slow
def test_twelve_hours_in_all(recorder_me, clock):
    client = client_of(recorder_me)
    for _n in range(23):
        clock.now += 30 * 60
        assert signed_in(client)
    clock.now += 30 * 60
    assert not signed_in(client)


def test_last_seen_is_kept_once_in_five_minutes(recorder_me, clock, django_assert_num_queries):
    client = client_of(recorder_me)
    clock.now += 61
    client.get("/healthz/")
    seen = Member.objects.get(pk=recorder_me.pk).last_seen_at
    assert seen is not None
    with django_assert_num_queries(2):  # the session and the member
        client.get("/healthz/")
    clock.now += 61
    client.get("/healthz/")
    assert Member.objects.get(pk=recorder_me.pk).last_seen_at == seen


def late_form(client, clock, path, body):
    """Send a form an hour too late; return where it leads."""
    clock.now += 61 * 60
    return client.post(path, body)


@pytest.fixture
def late(training, recorder_me, clock):
    """A recorder who sent a form too late."""
    client = client_of(recorder_me)
    body = {"family_name": "Kanarinka", "given_name": "Žuta\nš", "sex": "female", "organisation": training.owner_id}
    answer = late_form(client, clock, f"{training.get_absolute_url()}roster/", body)
    assert answer.url == "/account/login/?next=%2Faccount%2Fheld%2F"
    return client


def again(client, member):
    """Sign the member in again in the same browser, with the second factor."""
    member.set_password("plavi most preko reke")
    member.roles.set(["recorder"])
    member.save()
    client.post("/account/login/", {"login": member.email, "password": "plavi most preko reke"})
    session = client.session
    session["second_factor_of"] = member.pk
    session.save()


def test_form_sent_too_late_is_held_for_its_member(late, recorder_me, training):
    assert "Kanarinka" not in str(dict(late.session))
    assert not training.enrolments.exists()
    again(late, recorder_me)
    page = late.get("/account/held/")
    assert page.context["held"].path == f"{training.get_absolute_url()}roster/"
    sent = dict(page.context["held"].fields)
    assert sent["family_name"] == "Kanarinka"
    assert late.post(page.context["held"].path, sent).status_code == 302
    assert training.enrolments.get().participant.family_name == "Kanarinka"


def test_held_form_is_not_shown_to_another_member(late, recorder_rs):
    again(late, recorder_rs)
    assert late.get("/account/held/").url == "/"
    assert "held_form" not in late.session


def test_held_form_is_thrown_away(late, recorder_me):
    again(late, recorder_me)
    assert late.post("/account/held/").url == "/"
    assert late.get("/account/held/").url == "/"


def test_held_form_is_gone_after_an_hour(late, recorder_me, clock):
    clock.now += 3601
    again(late, recorder_me)
    assert late.get("/account/held/").url == "/"


def test_password_typed_too_late_is_never_held(recorder_me, clock):
    client = client_of(recorder_me)
    answer = late_form(client, clock, "/account/password/change/", {"oldpassword": "secret-old", "password1": "x"})
    assert answer.url.startswith("/account/login/?next=/account/password/change/")
    assert "held_form" not in client.session


def test_background_request_too_late_gets_401(recorder_me, training, clock):
    client = client_of(recorder_me)
    clock.now += 61 * 60
    answer = client.post(f"{training.get_absolute_url()}attendance/", headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401
    assert Training.objects.get().figures == "recorded"
