"""What tests and measurements need from this machine: a PostgreSQL server of their own, a Chromium, a running portal.

Everything listens on 127.0.0.1, lives in a temporary folder and is gone afterwards. Standard library only, so that
`tests/run.py` can look for programs before anything else is imported.
"""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60
SECONDS_TO_END = 10
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_POSTGRESQL = "install postgresql (Debian, Ubuntu: apt install postgresql) or set TEST_DATABASE_URL"
HOW_TO_GET_CHROMIUM = "install Chromium (Debian: apt install chromium) so that it is found in PATH"


class ServiceMissingError(Exception):
    """A program that is needed is not on this machine, or does not start."""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium_path() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres: that of PATH, else the newest that Debian keeps outside PATH."""
    results = shutil.which("initdb")
    folders = [Path(results).resolve().parent] if results else []
    stored = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(stored, key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def postgresql_can_be_had() -> bool:
    return bool(os.environ.get("TEST_DATABASE_URL") or postgresql_programs())


@contextmanager
def postgresql(**options: str) -> Iterator[str]:
    """Yield the DATABASE_URL of a PostgreSQL server: TEST_DATABASE_URL, else a temporary one, up in about a second.

    `options` are settings of the server such as `shared_buffers`. It runs without fsync, so a crash may lose data.
    """
    values = os.environ.get("TEST_DATABASE_URL")
    if values:
        yield values
        return
    with postgresql_server(**options) as server:
        yield server.url


class PostgresqlServer:
    """A temporary PostgreSQL server that can be stopped, started again with its data, and frozen."""

    def __init__(self, programs: Path, folder: Path, runs_as: int | None, options: Mapping[str, str]) -> None:
        self.folder, self.runs_as, self.port = folder, runs_as, free_port()
        self.url = f"postgres://mreza@127.0.0.1:{self.port}/mreza"
        settings = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", **options}
        self.command = [str(programs / "postgres"), "-D", str(folder / "cluster"), "-p", str(self.port)]
        self.command += ["-h", "127.0.0.1", "-k", str(folder)]
        self.command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.frozen: list[int] = []

    def start(self) -> None:
        """Start it on its port with its data, and return when it takes connections."""
        log = self.folder / "postgres.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                self.command, stdout=out, stderr=out, start_new_session=True, cwd=self.folder, user=self.runs_as
            )
        _wait_for_postgresql(self.process, self.port, log)

    def stop(self) -> None:
        """End it at once, as when its machine loses power: every connection breaks."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=SECONDS_TO_END)

    def freeze(self) -> None:
        """Let none of its processes go on: connections stay, new ones are taken by the kernel, nothing answers."""
        os.kill(self.process.pid, signal.SIGSTOP)  # first, so that it starts no more
        self.frozen = [self.process.pid, *_children_of(self.process.pid)]
        for pid in self.frozen[1:]:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in reversed(self.frozen):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.frozen = []

    def end(self) -> None:
        self.thaw()
        _end(self.process, signal.SIGINT)  # its fast shutdown: does not wait for clients


@contextmanager
def postgresql_server(**options: str) -> Iterator[PostgresqlServer]:
    """Yield a running server of our own, never TEST_DATABASE_URL: for what ends or freezes it."""
    programs = postgresql_programs()
    if programs is None:
        raise ServiceMissingError(HOW_TO_GET_POSTGRESQL)
    runs_as = _server_user()
    with _folder_of(runs_as) as folder:
        _make_cluster(programs, folder / "cluster", runs_as)
        server = PostgresqlServer(programs, folder, runs_as, options)
        try:
            server.start()
            yield server
        finally:
            server.end()


def _children_of(pid: int) -> list[int]:
    """The processes that this one started; PostgreSQL puts each into a session of its own."""
    texts = Path(f"/proc/{pid}/task/{pid}/children")
    if not texts.exists():
        raise ServiceMissingError("this system does not tell the children of a process (Linux does)")
    return [int(child) for child in texts.read_text().split()]


def _server_user() -> int | None:
    """PostgreSQL refuses to run as root: then as its own user, else as nobody. None: as who we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise ServiceMissingError("no user to run PostgreSQL as; run the tests as an ordinary user")


@contextmanager
def _folder_of(user: int | None) -> Iterator[Path]:
    """A temporary folder which that user owns and reaches, removed on leaving."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108 - mkdtemp makes it private
        folder = Path(tempfile.mkdtemp(prefix="mreza-pg-", dir=parent if Path(parent).is_dir() else None))
        try:
            if user is not None:
                os.chown(folder, user, -1)
            if subprocess.run(["test", "-w", str(folder)], user=user, check=False).returncode == 0:
                yield folder
                return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise ServiceMissingError("no temporary folder that PostgreSQL can reach")


def _make_cluster(programs: Path, cluster: Path, runs_as: int | None) -> None:
    said = ""
    for locale in ("C.UTF-8", "en_US.UTF-8"):
        command = [str(programs / "initdb"), "-D", str(cluster), "-U", "mreza", "-A", "trust", "--no-sync"]
        command += ["-E", "UTF8", f"--locale={locale}"]
        made = subprocess.run(command, user=runs_as, cwd=cluster.parent, capture_output=True, text=True, check=False)
        if made.returncode == 0:
            return
        said = made.stderr.strip()
        shutil.rmtree(cluster, ignore_errors=True)
    raise ServiceMissingError(f"initdb failed: {said}")


def _wait_for_postgresql(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return when the server takes connections and the database `mreza` is made."""
    import psycopg2  # only here: looking for programs must work without it

    last_moment = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < last_moment and server.poll() is None:
        try:
            connection = psycopg2.connect(host="127.0.0.1", port=port, user="mreza", dbname="postgres")
        except psycopg2.OperationalError:
            time.sleep(0.1)
            continue
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'mreza'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE mreza")
        connection.close()
        return
    raise ServiceMissingError(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()}")


def _end(process: "subprocess.Popen[bytes]", order: signal.Signals) -> None:
    """Ask the process to end, and end it with the group that it leads, if any, when it does not."""
    if process.poll() is None:
        process.send_signal(order)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=SECONDS_TO_END)
    if process.poll() is None:
        process.kill()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class PortalServer:
    """A running portal: its address, the folder with its data and mail, and the environment it runs in."""

    url: str
    folder: Path
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command against this portal; return what it printed."""
        command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
        ran = subprocess.run(command, env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{ran.stdout}{ran.stderr}")
        return ran.stdout


def demo_environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of a demo portal that keeps everything in this folder; nothing of ours leaks into it."""
    dropped = {"TESTING", "BENCH", "DATABASE_URL"}
    return {
        **{name: value for name, value in os.environ.items() if name not in dropped},
        "DEMO": "1",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "SITE_URL": f"http://localhost:{port}",
        "SECRET_KEY": "a-portal-that-lives-as-long-as-its-tests",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


@contextmanager
def portal_server(
    environment: Mapping[str, str] | None = None,
    *,
    demo: Sequence[str] = (),
    workers: int = 1,
    made: Path | None = None,
) -> Iterator[PortalServer]:
    """Run a demo portal as people would: the real web server in a process of its own, with its own data.

    `environment` adds to or replaces variables, such as a DATABASE_URL; `demo` are options of `manage.py demo`; for `made`
    see `prepared_portal`.
    """
    with (
        prepared_portal(environment, demo=demo, made=made) as server,
        running_portal(server.environment, workers=workers),
    ):
        yield server


@contextmanager
def prepared_portal(
    environment: Mapping[str, str] | None = None, *, demo: Sequence[str] = (), made: Path | None = None
) -> Iterator[PortalServer]:
    """A demo portal with its data that does not run yet: `running_portal` runs it, as often as wanted.

    `made` is a folder of one run of tests: what the first portal has made there, the others copy. How a
    portal is run changes nothing of its demo.
    """
    with tempfile.TemporaryDirectory(prefix="mreza-portal-") as name:
        settings = {**demo_environment(Path(name), free_port()), **(environment or {})}
        server = PortalServer(settings["SITE_URL"], Path(name), settings)
        if made is None:
            _make_portal(server, demo)
        else:
            _copy_portal(server, demo, made / f"portal {' '.join(demo)}".strip())
        yield server


def _make_portal(server: PortalServer, demo: Sequence[str]) -> None:
    commands: list[tuple[str, ...]] = [
        ("migrate",),
        ("createcachetable",),
        ("demo", *demo),
        ("collectstatic", "--noinput"),
    ]
    code = (
        f"from django.core.management import call_command\nfor words in {commands!r}: call_command(*words, verbosity=0)"
    )
    server.manage(
        "shell", "--verbosity=0", "--command", code
    )  # one process: starting one takes longer than most of them


def _copy_portal(server: PortalServer, demo: Sequence[str], made: Path) -> None:
    """Copy the portal made at `made`, or make it and leave a copy there. Two processes take turns."""
    with Path(f"{made}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            shutil.copytree(made, server.folder, dirs_exist_ok=True)
            return
        _make_portal(server, demo)
        part = Path(f"{made}.part")
        shutil.copytree(server.folder, part)
        part.rename(made)


@contextmanager
def running_portal(environment: Mapping[str, str], *, workers: int = 1) -> Iterator[str]:
    """Run the web server for a portal whose database is ready; yield its address, the SITE_URL."""
    url = environment["SITE_URL"]
    port = urlsplit(url).port or 80
    if not (Path(environment["VAR_DIR"]) / "static").exists():
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        subprocess.run(collect, env=environment, cwd=PROJECT, check=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    command += ["--no-access-log", "portal.wsgi:application"]
    # In our own group of processes: whoever ends the group, such as tests/run.py after a crash, ends the server too.
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    try:
        _wait_for_portal(process, port)
        yield url
    finally:
        _end(process, signal.SIGTERM)


def _wait_for_portal(process: "subprocess.Popen[bytes]", port: int) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    last_moment = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < last_moment and process.poll() is None:
        try:
            with opener.open(f"http://127.0.0.1:{port}/healthz/", timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise ServiceMissingError(f"the portal answers /healthz/ with {error.code}") from error
        except OSError:
            time.sleep(0.1)
    raise ServiceMissingError("the portal did not start; see the lines above")


def end_cleanly_on_signals() -> None:
    """Leave through the `finally` blocks when told to end, so that no server is left behind."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
