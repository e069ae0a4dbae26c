"""`manage.py serve`: everything one machine needs to run the portal, in one process tree that ends together."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal import schema

HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_END = 10
SECONDS_BETWEEN_LOOKS = 0.2


class Command(BaseCommand):
    help = "Prepare the database and the static files, then serve the portal on this machine with its worker."
    # The checks look for the cache table, which is created here first.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="processes of the web server")
        parser.add_argument(
            "--end-with-parent", action="store_true", help="end when the process that started this one is gone"
        )

    def handle(self, *, port: int, workers: int, end_with_parent: bool, **options: Any) -> None:
        self.parent = os.getppid() if end_with_parent else None
        # The URL people type decides cookies and links, so it follows the port unless it was set.
        os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
        try:
            refuse_taken_port(port)
            self.prepare()
            with children(web_server(port, workers), background_worker()) as running:
                self.wait_until_ready(port, running)
                self.say_where(port)
                self.watch(running)
        except KeyboardInterrupt:
            self.stdout.write("\nMreža has ended.")

    def prepare(self) -> None:
        """Migrate the database, collect the static files and, in an empty demo, load the demo network.

        A demo database of an older version is recreated; any other is refused.
        """
        is_demo_file = settings.DEMO and connection.vendor == "sqlite"
        if is_demo_file:
            if schema.is_older_demo():
                self.stdout.write("The demo database was made by an older version, so it is made anew.")
                schema.remove_demo()
        elif differences := schema.unknown_migrations() or schema.missing_columns():
            raise CommandError(
                f"This database was made by another version: its schema differs in {differences[0]}. "
                "Nothing was changed. Use a new database, or the version that made this one."
            )
        call_command("migrate", interactive=False, verbosity=0)
        if is_demo_file:
            schema.stamp_demo()
        call_command("createcachetable", verbosity=0)
        collect_static_if_changed()
        self.check()
        if settings.DEMO and not apps.get_model("members", "Member")._default_manager.exists():
            self.stdout.write("Loading the demo network (up to half a minute, only the first time)")
            call_command("demo", stdout=self.stdout)

    def wait_until_ready(self, port: int, running: "dict[str, subprocess.Popen[bytes]]") -> None:
        """Return when the portal responds; refuse if it does not within a minute."""
        last_moment = time.monotonic() + SECONDS_TO_START
        while not answers(port):
            self.refuse_if_one_ended(running)
            if time.monotonic() > last_moment:
                raise CommandError(f"The portal did not answer within {SECONDS_TO_START} seconds; see the lines above.")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def watch(self, running: "dict[str, subprocess.Popen[bytes]]") -> None:
        """Run until somebody ends this command or one of its processes dies."""
        while self.parent is None or os.getppid() == self.parent:
            self.refuse_if_one_ended(running)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def refuse_if_one_ended(self, running: "dict[str, subprocess.Popen[bytes]]") -> None:
        for name, process in running.items():
            if process.poll() is not None:
                raise CommandError(
                    f"The {name} ended by itself (exit code {process.returncode}), so the rest ends too."
                )

    def say_where(self, port: int) -> None:
        self.stdout.write(f"\n{settings.SITE_NAME} is at http://localhost:{port} (Ctrl-C ends it)")
        if settings.DEMO:
            self.stdout.write(
                f"Demo accounts, all with the password {settings.DEMO_PASSWORD}:\n"
                "  admin@demo.example       observer@demo.example\n"
                "  coordinator.XX@demo.example, recorder.XX@demo.example, trainer.XX@demo.example\n"
                "  where XX is ba, me, mk or rs, such as recorder.me@demo.example"
            )
        self.stdout.flush()


def interrupt(number: int, frame: FrameType | None) -> None:
    """Handle SIGTERM or a closed terminal like Ctrl-C."""
    raise KeyboardInterrupt


def refuse_taken_port(port: int) -> None:
    """Fail before anything is prepared if another program listens on this port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left by ourselves is free
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(taken(port)) from error
    # A browser tries ::1 first for "localhost": a program that listens there alone would be shown instead of us.
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            listening = probe.connect_ex(("::1", port)) == 0
        except OSError:  # a machine without IPv6
            listening = False
    if listening:
        raise CommandError(taken(port))


def taken(port: int) -> str:
    return f"Port {port} cannot be had: another program listens on it. Choose another: make run PORT={port + 1}"


def collect_static_if_changed() -> None:
    """Run collectstatic only if a static file of any app was changed, added or removed since the last run."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda pair: pair[0]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_mtime_ns} {status.st_size}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(digest.hexdigest())


def web_server(port: int, workers: int) -> tuple[str, list[str]]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    command += ["--respawn-failed-workers", "--workers-kill-timeout", "5", "--no-access-log", "portal.wsgi:application"]
    return "web server", command


def background_worker() -> tuple[str, list[str]]:
    manage = str(settings.BASE_DIR / "manage.py")
    return "background worker", [sys.executable, manage, "worker"]


@contextmanager
def children(*commands: tuple[str, list[str]]) -> "Iterator[dict[str, subprocess.Popen[bytes]]]":
    """Run the commands, each in a session of its own so that Ctrl-C reaches only us, and end them all on leaving."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands:
            running[name] = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                command, cwd=settings.BASE_DIR, start_new_session=True, stdin=subprocess.DEVNULL
            )
        yield running
    finally:
        # A second Ctrl-C must not leave an orphan behind; ending is bounded anyway.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        end(running.values())


def end(processes: "Collection[subprocess.Popen[bytes]]") -> None:
    """Ask the processes to end, wait for a while, then kill what is left of their groups."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    last_moment = time.monotonic() + SECONDS_TO_END
    for process in processes:
        try:
            process.wait(timeout=max(0.1, last_moment - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)  # its own workers too, if it died before them
        except ProcessLookupError:
            pass
        process.wait()


def answers(port: int) -> bool:
    """Return whether the portal reports that it is alive."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{port}/healthz/", timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        raise CommandError(f"The portal answers /healthz/ with {error.code}; see the lines above.") from error
    except OSError:
        return False
