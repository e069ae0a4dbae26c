"""Run a sandbox job over a file and wait for its answer."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from django.conf import settings

from common.sandbox.jobs import JOBS, REFUSED

# File locks exist on Unix only.
fcntl = import_module("fcntl") if find_spec("fcntl") else None
PROJECT = Path(__file__).resolve().parent.parent.parent
# Concurrent jobs of all processes on this machine: each may take up to 700 MB.
MAX_AT_ONCE = 4
MAX_WAIT = 20
MAX_ANSWER = 50_000_000


@dataclass(frozen=True)
class Result:
    """The answer of a job. `failure` is empty, or says why there is none.

    It is "busy" (no slot in time), "time", "memory", "damaged" (the file broke a library) or the job's refusal code.
    """

    answer: bytes = b""
    failure: str = ""


@contextmanager
def _turn() -> Iterator[bool]:
    """Wait until fewer than MAX_AT_ONCE jobs of this machine's portal run; yields False if that takes too long.

    A process that dies releases its slot. On systems without such locks there is no waiting.
    """
    if fcntl is None:
        yield True
        return
    folder = Path(settings.VAR_DIR) / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + MAX_WAIT
    with ExitStack() as opened:
        turns = [opened.enter_context((folder / str(n)).open("ab")) for n in range(MAX_AT_ONCE)]
        while True:
            for turn in turns:
                try:
                    fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield True
                return
            if time.monotonic() > until:
                yield False
                return
            time.sleep(0.05)


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield an operating-system file that another process can read: the file itself, or a temporary copy."""
    try:
        file.fileno()
    except (AttributeError, OSError):
        with tempfile.TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy, 256 * 1024)
            copy.flush()
            yield copy
    else:
        file.flush()
        yield file


def environment() -> dict[str, str]:
    """Return the environment variables passed to the process: nothing secret."""
    names = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
    plain = {name: os.environ[name] for name in names if name in os.environ}
    return {**plain, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}


def _failure(code: int, complaint: str) -> str:
    """Return why a process ended with this exit code."""
    if code == 0:
        return ""
    if code == REFUSED:
        return complaint.rpartition("\n")[2]  # a library may have complained before
    # Native libraries abort when out of memory.
    if code == -signal.SIGABRT or complaint.rstrip().endswith("MemoryError"):
        return "memory"
    return "time" if code < 0 else "damaged"


def run_job(name: str, file: IO[bytes], *arguments: str, out: IO[bytes] | None = None) -> Result:
    """Run a job of JOBS over the whole file; its answer is written to `out` if given.

    `out` is an operating-system file. About 0.1 s on top of the work itself.
    """
    command = [sys.executable, "-W", "ignore", "-m", "common.sandbox", name, *arguments]
    with (
        _turn() as is_mine,
        _on_disk(file) as body,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaints,
    ):
        if not is_mine:
            return Result(failure="busy")
        try:
            ended = subprocess.run(  # noqa: S603 - this very Python, with a fixed module
                command,
                stdin=body,
                stdout=out or answer,
                stderr=complaints,
                cwd=PROJECT,
                env=environment(),
                timeout=JOBS[name].seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Result(failure="time")
        length = complaints.seek(0, 2)
        complaints.seek(max(0, length - 200))
        failure = _failure(ended.returncode, complaints.read().decode(errors="replace"))
        if failure or out is not None:
            return Result(failure=failure)
        if answer.seek(0, 2) > MAX_ANSWER:
            return Result(failure="memory")
        answer.seek(0)
        return Result(answer.read())
