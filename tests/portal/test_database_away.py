"""The real web server while its real database is stopped, locked or frozen: how soon it says so, and recovers.

Prints the seconds; `pytest -s` shows them.
"""

import html
import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg2
import pytest
from django.db import connection

from tests import services

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="once is enough: runs with PostgreSQL"),
]
SECONDS_TO_SAY_SO = 3.0
SECONDS_TO_RECOVER = 5.0
SECONDS_FROZEN = 4.0
STATEMENT_SECONDS = 1
ASKED_AT_ONCE = 6
TYPED = 'Kanarinka <b>"&'
# Reference rows, one recorder who has shown the second factor, one training; prints the cookie and the training's address.
SCENE = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from tests.conftest import client_of, join, make_training
call_command("load_reference", verbosity=0)
recorder = join("ME", "Rada", "Zapisic", "recorder")
session = client_of(recorder).session
session["signed_in_at"] = session["seen_at"] = int(__import__("time").time())
session.save()
print(settings.SESSION_COOKIE_NAME, session.session_key, make_training(recorder).get_absolute_url() + "roster/")
"""


def environment(database: str, folder: str, port: int) -> dict[str, str]:
    long = "a-portal-that-lives-as-long-as-its-tests-and-not-a-minute-more-"
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "SECRET_KEY": long + "1", "FACTOR_KEYS": long + "2", "AUDIT_KEY": long + "3", "PERSON_KEY": long + "4", "MAIL_URL": "consolemail://",
        "SITE_URL": f"http://localhost:{port}", "DATABASE_URL": database, "VAR_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "portal.settings", "STATEMENT_SECONDS": str(STATEMENT_SECONDS),
    }  # fmt: skip


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    page: str
    seconds: float


class Browser:
    """A signed-in browser: a connection for each request, so that any worker may answer."""

    def __init__(self, url: str, cookie: str) -> None:
        self.netloc, self.cookies = urlsplit(url).netloc, cookie

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        link = http.client.HTTPConnection(self.netloc.replace("localhost", "127.0.0.1"), timeout=20)
        headers = {"Host": self.netloc, "Cookie": self.cookies, "Origin": f"http://{self.netloc}"}
        began = time.monotonic()
        if form is None:
            link.request("GET", path, headers=headers)
        else:
            sent = {"Content-Type": "application/x-www-form-urlencoded"}
            link.request("POST", path, urlencode(form), {**headers, **sent})
        try:
            answer = link.getresponse()
            page = answer.read().decode()
        except TimeoutError:
            return Answer(0, {}, "", time.monotonic() - began)
        finally:
            link.close()
        return Answer(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, page, time.monotonic() - began
        )

    def open_form(self, path: str) -> dict[str, str]:
        """Open the page as a browser does and return what its form sends beside what is typed."""
        answer = self.ask(path)
        assert answer.status == 200
        self.cookies += f"; {answer.headers['set-cookie'].partition(';')[0]}"
        (token, *_more) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.page)
        return {"csrfmiddlewaretoken": token}


@dataclass
class Scene:
    environment: dict[str, str]
    database: services.PostgresqlServer
    browser: Browser
    path: str
    form: dict[str, str]

    def all_at_once(self) -> list[Answer]:
        """The page asked for by several at once and the form sent once, so that both workers and all their connections
        meet the database as it is."""
        answers: list[Answer] = []
        query = [None] * ASKED_AT_ONCE + [self.form]
        threads = [
            threading.Thread(target=lambda form=form: answers.append(self.browser.ask(self.path, form)))
            for form in query
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def seconds_to_recover(self) -> float:
        """How long until the page answers again, each worker several times in a row."""
        began = time.monotonic()
        while time.monotonic() - began < 4 * SECONDS_TO_RECOVER:
            if {answer.status for answer in [self.browser.ask(self.path) for _n in range(ASKED_AT_ONCE)]} == {200}:
                return time.monotonic() - began
            time.sleep(0.1)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    try:
        with services.postgresql_server() as database, tempfile.TemporaryDirectory(prefix="mreza-away-") as folder:
            around = environment(database.url, folder, services.free_port())
            for command in (["manage.py", "migrate"], ["manage.py", "createcachetable"], ["-c", SCENE]):
                ran = subprocess.run(
                    [sys.executable, *command], cwd=services.PROJECT, env=around, capture_output=True, text=True
                )
                assert ran.returncode == 0, ran.stderr
            name, key, path = ran.stdout.split()
            with services.running_portal(around, workers=2) as url:
                browser = Browser(url, f"{name}={key}")
                form = {**browser.open_form(path), "family_name": TYPED, "given_name": "Ana", "sex": "female"}
                yield Scene(around, database, browser, path, form)
    except services.ServiceMissingError as missing:
        pytest.skip(str(missing))


def check_away(answers: list[Answer]) -> float:
    """Every answer says in time that the database is away, and the form's holds what was typed; return the longest."""
    assert [(answer.status, answer.headers.get("retry-after")) for answer in answers] == [(503, "10")] * len(answers)
    held = [answer.page for answer in answers if "Send it again" in answer.page]
    assert len(held) == 1
    assert html.escape(TYPED, quote=True) in held[0].replace("&#x27;", "'")
    assert TYPED not in held[0]
    longest = max(answer.seconds for answer in answers)
    assert longest < SECONDS_TO_SAY_SO
    return longest


def test_stopped_database_is_said_in_time_and_the_portal_recovers_by_itself(scene):
    assert {answer.status for answer in scene.all_at_once()[:-1]} <= {200, 302, 422}
    scene.database.stop()
    first = check_away(scene.all_at_once())
    again = check_away(scene.all_at_once())
    scene.database.start()
    back = scene.seconds_to_recover()
    print(f"\nstopped: 503 after {first:.2f} s at first, {again:.2f} s then; 200 again after {back:.2f} s")
    assert back < SECONDS_TO_RECOVER


def test_statement_that_runs_on_is_ended_and_said_in_time(scene):
    """Somebody else's transaction holds what the page reads, for longer than a statement may take."""
    other = psycopg2.connect(scene.database.url)
    other.cursor().execute("LOCK TABLE trainings_enrolment")
    first = check_away(scene.all_at_once())
    other.close()
    back = scene.seconds_to_recover()
    print(f"\nlocked: 503 after {first:.2f} s; 200 again after {back:.2f} s")
    assert back < SECONDS_TO_RECOVER


def test_frozen_database_is_waited_for_and_the_portal_recovers_by_itself(scene):
    """The kernel of a frozen server acknowledges every packet, so nothing in the portal ends the wait on a connection that
    is there already: the proxy does. A new connection gives up by itself, and whoever waited gets the page afterwards."""
    assert {answer.status for answer in scene.all_at_once()[:-1]} <= {200, 302, 422}
    began = time.monotonic()
    scene.database.freeze()
    thaw = threading.Timer(SECONDS_FROZEN, scene.database.thaw)
    thaw.start()
    answers = scene.all_at_once()
    thaw.join()
    waited = [answer for answer in answers if answer.status != 503]
    refused = [answer.seconds for answer in answers if answer.status == 503]
    assert {answer.status for answer in waited} <= {200, 302, 422}
    assert min(answer.seconds for answer in waited) > SECONDS_FROZEN - 1
    assert max(refused, default=0) < SECONDS_TO_SAY_SO
    back = scene.seconds_to_recover()
    print(f"\nfrozen: {len(waited)} waited, {len(refused)} new connections refused; 200 again after {back:.2f} s")
    assert (back < SECONDS_TO_RECOVER, time.monotonic() - began < SECONDS_FROZEN + SECONDS_TO_RECOVER) == (True, True)


@pytest.mark.parametrize(
    ("process", "limit"),
    [("import portal.wsgi", "30s"), ("import django; django.setup()", "0")],
    ids=["web", "commands"],
)
def test_statements_are_limited_in_the_web_server_alone(scene, process, limit):
    """What the worker and commands do may take minutes."""
    show = "from django.db import connection as c; q = c.cursor(); q.execute('SHOW statement_timeout'); print(q.fetchone()[0])"
    around = {**scene.environment, "PYTHONPATH": str(services.PROJECT)}
    del around["STATEMENT_SECONDS"]
    ran = subprocess.run(
        [sys.executable, "-c", f"{process}; {show}"], env=around, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == limit


def test_where_the_database_lives_is_not_told(scene):
    scene.database.stop()
    page = scene.browser.ask(scene.path).page
    scene.database.start()
    scene.seconds_to_recover()
    assert [word for word in (str(scene.database.port), "psycopg2", str(Path.cwd())) if word in page] == []
