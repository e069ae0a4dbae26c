"""Signing in with a second factor: asked of every role that sees names, set up once, used once, reset by others."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks import default_task_backend

from audit.models import AuditEntry
from members.models import Member
from members.second_factor.rules import SHOWN_KEY, has_second_factor
from tests.conftest import client_of, join

pytestmark = pytest.mark.django_db
PASSWORD = "plavi most preko reke"
SETUP = "/account/second-factor/"


@pytest.fixture
def noon(monkeypatch):
    """A clock that stands until it is set."""

    class Clock:
        now = 1_800_000_000.0

        def sets(self, seconds: float) -> None:
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


def code_of(secret: str) -> str:
    """The six digits an app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def sign_in(client: Client, member: Member, password: str = PASSWORD):
    return client.post("/account/login/", {"login": member.email, "password": password})


@pytest.fixture
def recorder(recorder_me):
    recorder_me.set_password(PASSWORD)
    recorder_me.save()
    return recorder_me


def set_up_app(client: Client) -> str:
    """Make an authenticator app the second factor as a person does; return its secret."""
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.url == "/account/2fa/recovery-codes/"
    return secret


@pytest.fixture
def secret(recorder, noon):
    """A recorder with an authenticator app."""
    client = Client()
    sign_in(client, recorder)
    made = set_up_app(client)
    noon.sets(60)
    mail.outbox.clear()
    return made


@pytest.mark.parametrize("role", ["trainer", "recorder", "coordinator", "admin"])
def test_role_that_sees_names_is_led_to_the_second_factor(role, reference):
    client = client_of(join("ME", "Neko", "Nov", role), pending=True)
    for path in ("/", "/trainings/", "/trainers/", "/account/2fa/", "/account/sessions/"):
        assert client.get(path).url.startswith(SETUP), path
    assert client.get(SETUP).status_code == 200


def test_observer_needs_none(observer):
    assert client_of(observer, pending=True).get("/trainings/").status_code == 200


@pytest.mark.parametrize("header", [{"X-Requested-With": "fetch"}, {"HX-Request": "true"}])
def test_background_request_without_second_factor_gets_403(header, recorder_me):
    answer = client_of(recorder_me, pending=True).get("/trainings/", headers=header)
    assert (answer.status_code, answer.json()) == (403, {"error": "second_factor", "go_on": SETUP})


def test_set_up_app_opens_the_portal_and_is_told(recorder, noon):
    client = Client()
    assert sign_in(client, recorder).url == "/"
    assert client.get("/trainings/?q=a").url == f"{SETUP}?next=%2Ftrainings%2F%3Fq%3Da"
    client.get(f"{SETUP}?next=/trainings/%3Fq%3Da")
    set_up_app(client)
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    assert client.get(SETUP).url == "/trainings/?q=a"
    assert client.get("/trainings/").status_code == 200
    assert list(AuditEntry.objects.filter(action="add_factor").values_list("by", "object_id")) == [
        (recorder.pk, str(recorder.pk))
    ]
    (texts,) = mail.outbox
    assert texts.to == [recorder.email]
    assert "second factor was added" in texts.body


def test_secret_is_encrypted_in_the_database_and_while_it_is_offered(recorder, noon, settings):
    client = Client()
    sign_in(client, recorder)
    offered = client.get("/account/2fa/totp/activate/").context["form"].secret
    assert offered not in str(dict(client.session))
    set_up_app(client)
    authenticator = Authenticator.objects.get(type="totp").data["secret"]
    assert offered not in authenticator
    settings.FACTOR_KEYS = ["a new key first, forty letters and some more", *settings.FACTOR_KEYS]
    noon.sets(60)
    assert sign_in(fresh := Client(), recorder).url == "/account/2fa/authenticate/"
    assert fresh.post("/account/2fa/authenticate/", {"code": code_of(offered)}).url == "/"


def test_code_that_set_the_app_up_does_not_also_sign_in(recorder, noon):
    client, other = Client(), Client()
    sign_in(client, recorder)
    secret = set_up_app(client)
    sign_in(other, recorder)
    assert other.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200
    noon.sets(30)
    assert other.post("/account/2fa/authenticate/", {"code": code_of(secret)}).url == "/"


def test_code_works_once(secret, recorder):
    clients = [Client(), Client()]
    for client in clients:
        assert sign_in(client, recorder).url == "/account/2fa/authenticate/"
    answers = [client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code for client in clients]
    assert answers == [302, 200]
    assert [client.get("/trainings/").status_code for client in clients] == [200, 302]


def test_password_alone_opens_nothing(secret, recorder):
    client = Client()
    sign_in(client, recorder)
    assert client.get("/trainings/").url.startswith("/account/login/")


def test_session_of_before_the_factor_stays_pending(recorder, noon):
    early, client = client_of(recorder, pending=True), Client()
    sign_in(client, recorder)
    set_up_app(client)
    assert early.get("/trainings/").url.startswith(SETUP)
    assert early.get(SETUP).url == f"/account/2fa/reauthenticate/?next={SETUP}"


def test_five_wrong_codes_close_the_door_for_five_minutes(secret, recorder, noon):
    client = Client()
    sign_in(client, recorder)
    for _n in range(5):
        assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200
    assert client.get("/trainings/").status_code == 302
    noon.sets(301)
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302


def test_control_without_the_limit_a_right_code_after_many_wrong_ones_opens(secret, recorder, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    client = Client()
    sign_in(client, recorder)
    for _n in range(6):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302


def test_recovery_code_works_once(secret, recorder, noon):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    answers = []
    for _n in range(2):
        sign_in(client := Client(), recorder)
        answers.append(client.post("/account/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_last_factor_cannot_be_removed(secret, recorder, noon):
    sign_in(client := Client(), recorder)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    answer = client.post("/account/2fa/totp/deactivate/")
    assert answer.status_code == 200
    assert "last second factor" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()
    passkey = Authenticator.objects.create(user=recorder, type="webauthn", data={"name": "Key", "credential": {}})
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()
    assert client.post(f"/account/2fa/webauthn/keys/{passkey.pk}/remove/").url == "/account/2fa/"
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_passkey_of_another_member_is_not_found(recorder_me, recorder_rs):
    passkey = Authenticator.objects.create(user=recorder_rs, type="webauthn", data={"name": "Key", "credential": {}})
    client = client_of(recorder_me)
    for verb in ("remove", "edit"):
        assert client.post(f"/account/2fa/webauthn/keys/{passkey.pk}/{verb}/").status_code == 404


def test_signing_in_asks_again_after_ten_minutes(secret, recorder, noon):
    sign_in(client := Client(), recorder)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/account/2fa/recovery-codes/generate/").status_code == 200
    noon.sets(601)
    answer = client.get("/account/2fa/recovery-codes/generate/")
    assert answer.url.startswith("/account/reauthenticate/")
    assert client.post(answer.url, {"password": PASSWORD}).url == "/account/2fa/recovery-codes/generate/"
    assert client.post("/account/2fa/recovery-codes/generate/").status_code == 302
    assert AuditEntry.objects.filter(action="renew_recovery_codes").count() == 1


def test_same_answer_whether_an_address_has_an_account(recorder, stranger):
    def response_time(path, body):
        cache.clear()
        answer = stranger.post(path, body)
        return answer.status_code, answer.get("Location"), answer.content.decode().replace(body.get("login", "-"), "X")

    known, unknown = (
        {"login": email, "password": "wrong wrong wrong"} for email in (recorder.email, "no.body@mod.example")
    )
    blank = lambda page: page.split("csrfmiddlewaretoken")[0]  # noqa: E731 - the tokens differ each time
    first, second = response_time("/account/login/", known), response_time("/account/login/", unknown)
    assert (first[:2], blank(first[2])) == (second[:2], blank(second[2]))
    assert "not correct" in first[2]
    known, unknown = ({"email": email} for email in (recorder.email, "no.body@mod.example"))
    assert (
        response_time("/account/password/reset/", known)[:2] == response_time("/account/password/reset/", unknown)[:2]
    )
    assert [len(mail.outbox), {m.to[0] for m in mail.outbox}] == [2, {recorder.email, "no.body@mod.example"}]


WORK = {
    "/account/login/": lambda email: {"login": email, "password": "wrong wrong wrong"},
    "/account/password/reset/": lambda email: {"email": email},
    "/members/join/": lambda email: {"email": email, "given_name": "A", "family_name": "B"},
}


@pytest.fixture
def work_for(recorder, organisation, monkeypatch, settings):
    """Count what can be timed of one request about an address: queries, passwords hashed, tasks queued.

    What the worker does afterwards is not waited for.
    """
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default"]}}
    hashed: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, *args, **words: hashed.append("") or encode(self, *args, **words)
    )

    def work(path: str, email: str) -> tuple[int, int, int]:
        cache.clear()
        hashed.clear()
        default_task_backend.clear()
        body = WORK[path](email) | ({"organisation": organisation("ME").pk} if "join" in path else {})
        client = Client()
        client.get(path)
        with CaptureQueriesContext(connection) as made:
            client.post(path, body)
        return len(made), len(hashed), len(default_task_backend.results)

    for path in WORK:
        work(path, "first@mod.example")  # what is looked up once in a process, such as content types
    return work


@pytest.mark.parametrize("path", sorted(WORK))
def test_same_work_whether_an_address_has_an_account(path, work_for, recorder):
    known, unknown = work_for(path, recorder.email), work_for(path, "no.body@mod.example")
    assert known == unknown
    assert sum(known) > 0


def test_control_a_form_that_looks_the_address_up_works_longer_for_a_known_one(work_for, recorder, settings):
    settings.ACCOUNT_FORMS = {}
    path = "/account/password/reset/"
    assert work_for(path, recorder.email)[0] > work_for(path, "no.body@mod.example")[0]


def test_reset_link_opens_once_for_an_hour(recorder, stranger):
    stranger.post("/account/password/reset/", {"email": recorder.email}, headers={"Host": "testserver"})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    assert link.startswith("http://localhost:8000/account/password/reset/key/")
    form = stranger.get(link.removeprefix("http://localhost:8000")).url
    new = {"password1": "novi zeleni most", "password2": "novi zeleni most"}
    assert stranger.post(form, new).url == "/account/password/reset/key/done/"
    assert Member.objects.get(pk=recorder.pk).check_password("novi zeleni most")
    assert AuditEntry.objects.filter(action="reset_password", by=recorder).count() == 1
    again = Client().get(link.removeprefix("http://localhost:8000"))
    assert "no longer valid" in again.content.decode()


def test_reset_link_is_gone_after_an_hour(recorder, stranger, monkeypatch):
    from django.contrib.auth.tokens import PasswordResetTokenGenerator as Maker

    stranger.post("/account/password/reset/", {"email": recorder.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    present = Maker._now
    monkeypatch.setattr(Maker, "_now", lambda self: present(self) + timedelta(hours=1, seconds=1))
    answer = stranger.get(link.removeprefix("http://localhost:8000"))
    assert "no longer valid" in answer.content.decode()


def test_short_and_common_passwords_are_refused(recorder):
    client = client_of(recorder)
    for wrong in ("kratka123", "qwertyuiop123456"[:10], "password1234"):
        body = {"oldpassword": PASSWORD, "password1": wrong, "password2": wrong}
        assert client.post("/account/password/change/", body).status_code == 200, wrong
    body = {"oldpassword": PASSWORD, "password1": "siva vrana na krovu", "password2": "siva vrana na krovu"}
    assert client.post("/account/password/change/", body).status_code == 302
    assert AuditEntry.objects.filter(action="change_password").count() == 1


def test_own_sessions_are_listed_and_ended(recorder, noon, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    here, there = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    sign_in(here, recorder)
    sign_in(there, recorder)
    page = here.get("/account/sessions/")
    assert "Firefox, Windows" in page.content.decode()
    other = next(session for session in page.context["sessions"] if session.session_key != here.session.session_key)
    assert here.post(f"/account/sessions/{other.pk}/end/").url == "/account/sessions/"
    assert (here.get("/trainings/").status_code, there.get("/trainings/").status_code) == (200, 302)


def test_session_of_another_member_is_not_found(recorder_me, recorder_rs):
    foreign = UserSession.objects.create(user=recorder_rs, ip="127.0.0.1", session_key="x", user_agent="y")
    assert client_of(recorder_me).post(f"/account/sessions/{foreign.pk}/end/").status_code == 404
    assert UserSession.objects.filter(pk=foreign.pk).exists()


def test_who_has_a_second_factor_is_told_by_one_query(recorder, secret, django_assert_num_queries):
    with django_assert_num_queries(1):
        results = dict(Member.objects.annotate(has=has_second_factor()).values_list("email", "has"))
    assert results == {recorder.email: True}


def test_flag_of_another_member_does_not_open(recorder_me, recorder_rs):
    client = client_of(recorder_me, pending=True)
    session = client.session
    session[SHOWN_KEY] = recorder_rs.pk
    session.save()
    assert client.get("/trainings/").url.startswith(SETUP)


def test_coordinator_resets_a_lost_factor(secret, recorder, coordinator_me, noon):
    theirs = Client()
    sign_in(theirs, recorder)
    theirs.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert theirs.get("/trainings/").status_code == 200
    client = client_of(coordinator_me)
    assert "Reset the second factor" in client.get(f"/members/{recorder.pk}/second-factor/reset/").content.decode()
    assert client.post(f"/members/{recorder.pk}/second-factor/reset/").status_code == 302
    assert not Authenticator.objects.filter(user=recorder).exists()
    assert theirs.get("/trainings/").url.startswith("/account/login/")
    (texts,) = mail.outbox
    assert (texts.to, coordinator_me.full_name in texts.body) == ([recorder.email], True)
    assert AuditEntry.objects.get(action="reset_second_factor").by == coordinator_me
    sign_in(theirs, recorder)
    assert theirs.get("/trainings/").url.startswith(SETUP)


def test_reset_asks_who_it_is_after_ten_minutes(secret, recorder, coordinator_me, noon):
    coordinator_me.set_password(PASSWORD)
    coordinator_me.save()
    client = client_of(coordinator_me)
    session = client.session
    session[SHOWN_KEY] = coordinator_me.pk
    session.save()
    noon.sets(601)
    page = f"/members/{recorder.pk}/second-factor/reset/"
    answer = client.post(page)
    assert answer.url == f"/account/reauthenticate/?next={page.replace('/', '%2F')}"
    assert Authenticator.objects.filter(user=recorder).exists()
    assert client.post(answer.url, {"password": PASSWORD, "next": page}).status_code == 302
    assert not Authenticator.objects.filter(user=recorder).exists()


def test_who_asks_too_often_sees_a_page_of_the_portal(stranger):
    answers = [stranger.post("/account/password/reset/", {"email": f"x{n}@mod.example"}) for n in range(21)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert answers[-1].templates[0].name == "429.html"


def test_account_forms_speak_the_portals_words(stranger, observer):
    results = []
    for client, page in ((stranger, "login"), (stranger, "password/reset"), (client_of(observer), "password/change")):
        form = client.get(f"/account/{page}/").context["form"]
        results.append([field.label for field in form])
        assert [field.field.widget.attrs.get("placeholder") for field in form] == [None] * len(results[-1])
    assert results == [["E-mail", "Password"], ["E-mail"], ["Present password", "New password", "Once more"]]
