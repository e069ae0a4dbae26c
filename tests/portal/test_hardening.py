"""Headers, forwarded headers, logs, the page of a database that is away, and what refuses to start."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, OperationalError
from django.test import Client

from members.models import Member
from portal import checks, views
from portal.log_redaction import DiscreetFormatter, without_secrets
from tests import services
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
CANARY = "Kanarinka"


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(recorder_me):
    for client, path in ((Client(), "/"), (Client(), "/account/login/"), (client_of(recorder_me), "/trainings/")):
        policy = client.get(path)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert not [word for word in policy.split() if "://" in word or word in ("*", "https:", "http:")]
        assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= {
            p.strip() for p in policy.split(";")
        }


def test_signed_in_pages_are_kept_nowhere(recorder_me, training):
    client = client_of(recorder_me)
    for path in ("/", "/trainings/", f"{training.get_absolute_url()}attendance/", "/account/sessions/", "/no-such/"):
        assert client.get(path)["Cache-Control"] == "no-store, private", path
    for path in ("/account/login/", "/members/join/", "/members/welcome/x/"):
        assert Client().get(path)["Cache-Control"] == "no-store, private", path


def test_every_answer_names_what_it_may_use(stranger):
    answer = stranger.get("/")
    assert answer["Permissions-Policy"].startswith("camera=()")
    stored = {
        name: answer[name]
        for name in (
            "X-Content-Type-Options",
            "Referrer-Policy",
            "X-Frame-Options",
            "Cross-Origin-Opener-Policy",
            "Cross-Origin-Resource-Policy",
        )
    }
    assert stored == {
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip


def test_forged_host_is_refused_and_never_mailed(recorder_me, stranger):
    for header in ({"Host": "evil.example"}, {"Host": "testserver:80@evil.example"}, {"Host": "evil.example\\x"}):
        answer = stranger.post("/account/password/reset/", {"email": recorder_me.email}, headers=header)
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()
    stranger.post(
        "/account/password/reset/", {"email": recorder_me.email}, headers={"X-Forwarded-Host": "evil.example"}
    )
    (sent,) = mail.outbox
    assert "http://localhost:8000/account/password/reset/key/" in sent.body
    assert "evil" not in sent.body


@pytest.mark.parametrize(
    ("proxies", "expected", "seen"),
    [(0, "6.6.6.6", "127.0.0.1"), (1, "6.6.6.6", "6.6.6.6"), (1, "9.9.9.9, 6.6.6.6", "6.6.6.6"),
     (2, "9.9.9.9, 6.6.6.6, 10.0.0.1", "6.6.6.6"), (1, "", "127.0.0.1")],
)  # fmt: skip
def test_visitors_address_is_believed_from_the_proxies_alone(proxies, expected, seen, settings, rf):
    from allauth.account.adapter import get_adapter

    from portal.headers import ForwardedHeadersMiddleware

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", headers={"X-Forwarded-For": expected} if expected else {})
    ForwardedHeadersMiddleware(lambda query: query)(request)
    assert get_adapter().get_client_ip(request) == seen


def test_invented_addresses_do_not_get_round_a_limit(recorder_me):
    answers = [
        Client()
        .post(
            "/members/join/",
            {
                "given_name": "A",
                "family_name": "B",
                "email": f"a{n}@mod.example",
                "organisation": recorder_me.organisation_id,
            },
            headers={"X-Forwarded-For": f"6.6.6.{n}"},
        )
        .status_code
        for n in range(12)
    ]
    assert answers == [200] * 10 + [429] * 2


def test_security_txt_follows_its_standard(stranger, settings):
    answer = stranger.get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert (answer["Content-Type"], set(lines)) == (
        "text/plain; charset=utf-8",
        {"Contact", "Expires", "Preferred-Languages", "Canonical"},
    )
    assert lines["Contact"].startswith(("mailto:", "https:"))
    assert "Disallow: /" in stranger.get("/robots.txt").content.decode()


# Logs


@pytest.fixture
def logged():
    """What the portal's own handler writes while a test runs."""
    lines: list[str] = []

    class Catch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(DiscreetFormatter("{levelname} {name} {message}", style="{").format(record))

    handler = Catch()
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def break_home(monkeypatch, error):
    def broken(*args):
        raise error

    monkeypatch.setattr(views, "network_totals", broken)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid: {CANARY}"),
        IntegrityError(f"Key (email)=({CANARY}) exists"),
        KeyError(CANARY),
        OperationalError(CANARY),
    ],
)
def test_error_is_logged_with_its_place_and_without_words(error, monkeypatch, logged):
    break_home(monkeypatch, error)
    client = Client(raise_request_exception=False, headers={"User-Agent": CANARY})
    client.cookies["x"] = CANARY
    assert client.get(f"/?q={CANARY}").status_code in (500, 503)
    texts = "\n".join(logged)
    assert CANARY not in texts
    assert type(error).__name__ in texts
    assert "portal/views.py" in texts


def test_control_an_ordinary_formatter_would_quote_it():
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "x", None, sys.exc_info())
    assert CANARY in logging.Formatter().format(record)
    assert CANARY not in DiscreetFormatter().format(record)


def test_refused_requests_are_logged_without_what_was_sent(logged):
    Client().get("/", headers={"Host": f"{CANARY}.example"})
    Client().post("/account/login/", {"login": f"{CANARY}@mod.example", "password": CANARY})
    Client().post("/account/login/", {"login": "x"}, headers={"Referer": f"https://{CANARY}.example"})
    assert CANARY.lower() not in "\n".join(logged).lower()


def test_links_that_work_once_are_not_logged():
    texts = without_secrets(
        "Internal Server Error: /members/welcome/abcDEF_1/ /account/password/reset/key/1-abc/ ana@mod.example /x/?q=1"
    )
    assert texts == "Internal Server Error: /members/welcome/…/ /account/password/reset/key/…/ …@… /x/?…"


def test_trainers_are_not_named_in_logged_addresses():
    texts = without_secrets(
        "/trainers/ana-petrovic/ /trainers/ana-petrovic/photo.jpg https://x.example/trainers/ana-petrovic?q=1 "
        "/trainers/Ana%20Petrović/ /trainers/ /trainers/topics/3/"
    )
    assert texts == (
        "/trainers/…/ /trainers/…/photo.jpg https://x.example/trainers/…?… /trainers/…/ /trainers/ /trainers/topics/3/"
    )
    places = 'File "/srv/trainers/views.py", line 5, File "/srv/trainers/migrations/0001_initial.py"'
    assert without_secrets(places) == places


def test_error_on_a_trainers_page_is_logged_without_their_name(monkeypatch, recorder_me, trainer_me, logged):
    def broken(*args):
        raise ValueError(CANARY)

    monkeypatch.setattr("trainers.access.visible_profiles", broken)
    client = client_of(recorder_me)
    client.raise_request_exception = False
    assert client.get(f"/trainers/{trainer_me.profile.slug}/").status_code == 500
    texts = "\n".join(logged)
    assert trainer_me.profile.slug == "tanja-treneric"
    assert (texts.count("/trainers/…/"), "treneric" in texts, "trainers/views.py" in texts) == (1, False, True)


@pytest.mark.parametrize("path", ["portal/management/commands/serve.py", "deploy/mreza-web.service"])
def test_web_server_writes_no_access_log(path):
    # Its lines would hold whole addresses; said, so that no variable of the environment turns it on.
    assert re.findall(r"--(?:no-)?access-log\b", (services.PROJECT / path).read_text()) == ["--no-access-log"]


# The database away


def test_proxy_waits_longer_than_a_statement_may_take():
    """Else it answers 504 where the portal would have offered what was typed."""
    proxy = (services.PROJECT / "deploy/nginx.conf.example").read_text()
    web_server = (services.PROJECT / "portal/wsgi.py").read_text()
    statement = int(re.findall(r'"STATEMENT_SECONDS", "(\d+)"', web_server)[0])
    assert min(int(seconds) for seconds in re.findall(r"proxy_read_timeout (\d+)s", proxy)) > statement


def test_typed_form_is_offered_again_when_the_database_is_away(monkeypatch, recorder_me, training):
    client = client_of(recorder_me)
    client.raise_request_exception = False
    monkeypatch.setattr(
        "trainings.roster.actions.locked", lambda training: (_ for _ in ()).throw(OperationalError("gone"))
    )
    body = {"family_name": f"{CANARY} <b>", "given_name": "A", "sex": "female", "organisation": training.owner_id}
    answer = client.post(f"{training.get_absolute_url()}roster/", {**body, "password": "geheim"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert f"{CANARY} &lt;b&gt;</textarea>" in page
    assert "geheim" not in page
    assert f'action="{training.get_absolute_url()}roster/"' in page
    background = client.post(f"{training.get_absolute_url()}roster/", body, headers={"X-Requested-With": "fetch"})
    assert (background.status_code, json.loads(background.content)["error"]) == (503, "database_away")


def test_words_of_a_strangers_page_are_not_offered_to_be_sent(monkeypatch, recorder_me, training):
    client = client_of(recorder_me)
    client.raise_request_exception, client.handler.enforce_csrf_checks = False, True
    roster = f"{training.get_absolute_url()}roster/"
    client.get(roster)
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    # Before the origin of a form is checked.
    monkeypatch.setattr(
        "members.account.session_timeout.is_over", lambda *args: (_ for _ in ()).throw(OperationalError("gone"))
    )
    body = {"family_name": CANARY}
    ours = client.post(roster, {**body, "csrfmiddlewaretoken": token})
    forged = [
        client.post(roster, body),
        client.post(roster, {**body, "csrfmiddlewaretoken": "x" * 64}),
        client.post(roster, {**body, "csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example"}),
    ]
    assert [(answer.status_code, CANARY in answer.content.decode()) for answer in (ours, *forged)] == [
        (503, True), (503, False), (503, False), (503, False)
    ]  # fmt: skip


def test_password_is_never_offered_again(monkeypatch):
    monkeypatch.setattr(
        "members.account.sign_in.MemberBackend._authenticate",
        lambda *a, **k: (_ for _ in ()).throw(OperationalError("x")),
    )
    client = Client(raise_request_exception=False)
    answer = client.post("/account/login/", {"login": "ana@mod.example", "password": "geheim"})
    assert (answer.status_code, "geheim" in answer.content.decode(), "ana@" in answer.content.decode()) == (
        503,
        False,
        False,
    )


# What refuses to start


def environment(**changes: str) -> dict[str, str]:
    long = "an-own-long-secret-of-more-than-fifty-letters-and-digits-"
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "SECRET_KEY": long + "1", "FACTOR_KEYS": long + "2", "AUDIT_KEY": long + "3", "PERSON_KEY": long + "4", "SITE_URL": "https://portal.example",
        "MAIL_URL": "smtp+tls://u:p@mail.example:587", "DATABASE_URL": "postgres://x@127.0.0.1:1/x", "TRUSTED_PROXIES": "1",
        **changes,
    }  # fmt: skip


def start(*command: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    words = command or ("-c", "import portal.wsgi")
    return subprocess.run(
        [sys.executable, *words], cwd=services.PROJECT, env=environment(**changes), capture_output=True, text=True
    )


UNSAFE = {
    "a cache of each process": ({"CACHE_URL": "locmemcache://"}, "one of each process alone"),
    "a dummy cache": ({"CACHE_URL": "dummycache://"}, "one of each process alone"),
    "a short secret": ({"SECRET_KEY": "short"}, "shorter than 50 letters"),
    "one secret for all": ({"SECRET_KEY": "s" * 60, "AUDIT_KEY": "s" * 60}, "must differ"),
    "no secret": ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    "no factor key": ({"FACTOR_KEYS": ""}, "FACTOR_KEYS is missing"),
    "no audit key": ({"AUDIT_KEY": ""}, "AUDIT_KEY is missing"),
    "no key for numbers": ({"PERSON_KEY": ""}, "PERSON_KEY is missing"),
    "any host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS takes any host"),
    "plain http": ({"SITE_URL": "http://portal.example"}, "plain http is only for this machine"),
    "a demo for others": ({"DEMO": "1", "DATABASE_URL": "sqlite:////tmp/x.sqlite3"}, "runs on this machine alone"),
    "a demo with their database": ({"DEMO": "1"}, "refused together with DATABASE_URL"),
    "no mail": ({"MAIL_URL": ""}, "MAIL_URL is missing"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted(UNSAFE))
def test_unsafe_configuration_does_not_start(case):
    changes, sentence = UNSAFE[case]
    ran = start(**changes)
    assert ran.returncode != 0
    assert sentence in ran.stderr


@pytest.mark.slow
def test_safe_configuration_starts_and_one_with_a_cache_of_each_process_does_not():
    assert start().returncode == 0
    ran = start(CACHE_URL="locmemcache://")
    assert (ran.returncode, "one of each process alone" in ran.stderr) == (1, True)


@pytest.mark.slow
@pytest.mark.both_engines
def test_check_deploy_is_clean_where_people_work():
    try:
        with services.postgresql() as url:
            for command in ("migrate", "createcachetable"):
                assert start("manage.py", command, DATABASE_URL=url).returncode == 0
            ran = start(
                "manage.py", "check", "--deploy", "--database", "default", "--fail-level", "WARNING", DATABASE_URL=url
            )
    except services.ServiceMissingError as missing:
        pytest.skip(str(missing))
    # The test's role owns the tables, which is said; nothing else is (see tests/audit/test_roles.py for the portal's own role).
    assert [line for line in ran.stderr.splitlines() if "(audit.E001)" not in line and line.startswith("?:")] == []
    assert "audit.E001" in ran.stderr


@pytest.mark.slow
def test_check_deploy_refuses_an_sqlite_file(tmp_path):
    ran = start("manage.py", "check", "--deploy", DATABASE_URL=f"sqlite:///{tmp_path / 'x.sqlite3'}")
    assert "The database is an SQLite file" in ran.stderr


def test_missing_table_of_the_cache_is_said(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_such_table"}
    }
    assert [problem.id for problem in checks.unsafe_database(databases=["default"])] == ["portal.E008"]
    call_command("check")
    assert Member is not None


def test_cookies_are_bound_to_the_host_with_https():
    code = "import portal.settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    assert start("-c", code).stdout.split() == ["__Host-mreza_session", "__Host-mreza_csrf", "True", "31536000"]
