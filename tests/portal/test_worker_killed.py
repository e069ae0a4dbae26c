"""Real workers, killed at the worst moment: mail is repeated at most with its number, a task is taken up again or given up.

On PostgreSQL in the tests' own database; on SQLite in a file, as a database in memory has one process.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tests import services
from tests.smtp_server import MailServer

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True), pytest.mark.outbox]
KEYS = {
    name: f"a-key-of-a-portal-that-lives-as-long-as-its-tests-{name}"
    for name in ("SECRET_KEY", "FACTOR_KEYS", "AUDIT_KEY", "PERSON_KEY")
}
NAMES = ["m1", "m2", "m3", "m4", "m5"]
PUT = "from mail.outbox import put_mail\nfor n in range(1, 6): put_mail(to=f'm{n}@mod.example', subject='A', body='B')"
QUEUE = "from tests.deadly_tasks import send_from_task\nfor n in range(1, 6): send_from_task.enqueue(f'm{n}@mod.example', 'A', 'B')"
DIE = "from tests.deadly_tasks import die_at\ndie_at.enqueue({path!r}, {times})"
# Minutes later: what a worker held is no longer its own.
LATER = """
from datetime import timedelta
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from mail.models import Mail
Mail.objects.filter(state='waiting').update(not_before=timezone.now())
DBTaskResult.objects.running().update(started_at=timezone.now() - timedelta(minutes=1))
"""
TASKS = "from django_tasks_db.models import DBTaskResult\nprint(*sorted(DBTaskResult.objects.values_list('status', flat=True)))"
MAILS = "from mail.models import Mail\nprint(*sorted(Mail.objects.values_list('state', flat=True)))"


class Portal:
    """A portal of which only the worker runs."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def run(self, code: str) -> str:
        """Run some lines in a process of this portal; return the words it printed."""
        whole = f"import django; django.setup()\n{code}"
        ran = subprocess.run(
            [sys.executable, "-c", whole],
            env=self.environment,
            cwd=services.PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def manage(self, *words: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self.environment,
            cwd=services.PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        command = [sys.executable, "manage.py", "worker", "--interval", "0.1"]
        process = subprocess.Popen(
            command, env=self.environment, cwd=services.PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()
                process.wait()


def database_url() -> str:
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory):
    """A migrated database of SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("portal")
    url = f"sqlite:///{folder / 'portal.sqlite3'}"
    if connection.vendor == "sqlite":
        Portal(environment_of(folder, url, 25)).manage("migrate", "--verbosity=0")
    return folder


def environment_of(folder, url: str, port: int) -> dict[str, str]:
    dropped = {"TESTING", "BENCH", "DEMO"}
    stored = {name: value for name, value in os.environ.items() if name not in dropped}
    return {
        **stored, **KEYS, "DEMO": "0", "TESTING": "0", "VAR_DIR": str(folder), "DATABASE_URL": url,
        "MAIL_URL": f"smtp://127.0.0.1:{port}", "SITE_URL": "http://localhost:8000", "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def portal(empty_file, tmp_path, server):
    url = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    if connection.vendor == "sqlite":
        shutil.copytree(empty_file, tmp_path, dirs_exist_ok=True)
    else:
        url = database_url()
    portal = Portal(environment_of(tmp_path, url, server.port))
    portal.manage("createcachetable", "--verbosity=0")
    return portal


def kill_at_third(portal: Portal, server: MailServer, answer: str | None) -> None:
    """Let a worker send, and kill it when the server has the whole third mail and before it has the answer."""
    with portal.worker() as worker:

        def on_data(mail):
            if len(server.taken) == 2 and worker.poll() is None:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()
                return answer
            return "250 OK"

        server.on_data = on_data
        assert worker.wait(30) == -signal.SIGKILL
    with server.changed:
        server.changed.wait_for(lambda: len(server.taken) >= (3 if answer else 2), 5)


def test_worker_killed_after_the_servers_yes_repeats_one_mail_with_its_number(portal, server):
    portal.run(PUT)
    kill_at_third(portal, server, "250 OK")
    assert portal.run(MAILS) == "sent sent waiting waiting waiting"
    if connection.vendor == "sqlite":  # PostgreSQL lets a dead worker's lock go by itself
        portal.run(LATER)
    with portal.worker():
        server.wait_for(6)
    assert portal.run(MAILS) == "sent sent sent sent sent"
    assert server.addressees() == {**dict.fromkeys((f"{name}@mod.example" for name in NAMES), 1), "m3@mod.example": 2}
    assert len({mail["Message-ID"] for mail in server.taken}) == 5


@pytest.mark.parametrize(("answer", "copies"), [("250 OK", 2), (None, 0)])
def test_control_sending_from_a_task_doubles_or_loses_that_mail(answer, copies, portal, server):
    """As mail was sent before the outbox. Doubled, because tasks of killed workers are put back; else lost."""
    portal.run(QUEUE)
    kill_at_third(portal, server, answer)
    if answer:
        portal.run(LATER)
    with portal.worker():
        server.wait_for(6 if answer else 4)
    assert sorted(server.addressees().values()) == [1] * 4 + [copies] * bool(copies)
    assert len({mail["Message-ID"] for mail in server.taken}) == (6 if answer else 4)


def test_task_of_a_killed_worker_is_taken_up_again(portal, tmp_path):
    portal.run(DIE.format(path=str(tmp_path / "begun"), times=1))
    with portal.worker() as worker:
        assert worker.wait(30) == -signal.SIGKILL
    portal.manage("db_worker", "--batch", "--no-reload")
    assert portal.run(TASKS) == "RUNNING"  # control: the library alone leaves it so for ever
    portal.run(LATER)
    with portal.worker():
        wait_for_tasks(portal, "SUCCESSFUL")
    assert (tmp_path / "begun").read_text() == "begun\n" * 2


def test_task_that_kills_every_worker_is_given_up_after_three(portal, tmp_path):
    portal.run(DIE.format(path=str(tmp_path / "begun"), times=9))
    for _worker in range(3):
        with portal.worker() as worker:
            assert worker.wait(30) == -signal.SIGKILL
        portal.run(LATER)
    with portal.worker() as worker:
        wait_for_tasks(portal, "FAILED")
        assert worker.poll() is None
    assert (tmp_path / "begun").read_text() == "begun\n" * 3


def wait_for_tasks(portal: Portal, states: str) -> None:
    """Return when the queue is so; each look takes a second by itself."""
    for _look in range(30):
        if portal.run(TASKS) == states:
            return
    raise AssertionError(portal.run(TASKS))
