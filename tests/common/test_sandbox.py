"""The process that reads what people send: it has limits and no secrets, and however it ends there is an answer."""

import io
import json
import subprocess
import sys
import tempfile

import pytest

from common.sandbox import run
from common.sandbox.jobs import JOBS, Job
from common.sandbox.run import PROJECT, Result, environment, run_job
from tests.common import shared_files as make
from tests.common.sheet_files import workbook

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are those of Linux")


def under_limits(code: str, job: str = "Job('', '', 100_000_000, 1, 5)") -> subprocess.CompletedProcess[str]:
    """Run this code under the limits of a job."""
    begin = f"from common.sandbox.jobs import *; import os, sys; limit_this_process({job}); "
    return subprocess.run(
        [sys.executable, "-c", begin + code],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environment(),
        check=False,
    )


@on_linux
@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("bytearray(110_000_000)", "memory"),
        ("any(iter(int, 1))", "time"),
        ("os.abort()", "memory"),
        ("1 / 0", "damaged"),
        ("bytearray(50_000_000)", ""),  # control
    ],
)
def test_process_has_limits_and_each_end_has_a_name(code, failure):
    ended = under_limits(code)
    assert run._failure(ended.returncode, ended.stderr[-200:]) == failure


@on_linux
def test_process_knows_no_secret_and_its_limits_are_those_of_the_job(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    code = (
        "import json, resource as r; print(json.dumps([dict(os.environ), r.getrlimit(r.RLIMIT_CPU)[0], "
        "r.getrlimit(r.RLIMIT_AS)[0] < 2**40, r.getrlimit(r.RLIMIT_FSIZE)[0], r.getrlimit(r.RLIMIT_CORE)[0]]))"
    )
    surroundings, *limits = json.loads(under_limits(code, "JOBS['read-words']").stdout)
    assert ("canary" in str(surroundings), limits) == (False, [20, True, 300_000_000, 0])


FILES = {
    "read-sheets": (lambda: workbook(["a"]), ["a.xlsx"]),
    "read-words": (make.docx, ["docx"]),
    "count-pages": (make.pdf, []),
    "draw-page": (make.pdf, ["1", "200"]),
    "clean-picture": (make.picture, []),
}


@pytest.mark.parametrize("name", JOBS)
def test_job_answers_and_imports_nothing_of_django(name):
    made, arguments = FILES[name]
    code = (
        f"import sys; sys.argv = ['', {name!r}, *{arguments!r}]; from common.sandbox.__main__ import main; main(); "
        "sys.exit('django' in sys.modules)"
    )
    with tempfile.TemporaryFile() as file:
        file.write(made())
        file.flush()
        ended = subprocess.run(
            [sys.executable, "-c", code], stdin=file, capture_output=True, cwd=PROJECT, env=environment(), check=True
        )
    assert run_job(name, io.BytesIO(made()), *arguments) == Result(answer=ended.stdout)


def test_answer_of_a_job_is_no_path_out():
    """A kind that is no reader's ends the process; there is no answer."""
    assert run_job("read-words", io.BytesIO(make.docx()), "../../etc/passwd") == Result(failure="damaged")


def test_job_that_takes_too_long_is_ended(monkeypatch):
    job = JOBS["read-words"]
    monkeypatch.setitem(JOBS, "read-words", Job(job.module, job.function, job.extra_memory, job.cpu_seconds, 0.01))
    assert run_job("read-words", io.BytesIO(make.docx()), "docx") == Result(failure="time")


def test_answer_that_is_too_long_is_none(monkeypatch):
    monkeypatch.setattr(run, "MAX_ANSWER", 10)
    assert run_job("read-words", io.BytesIO(make.docx()), "docx") == Result(failure="memory")


@on_linux
def test_only_so_many_run_at_once_and_whoever_waits_too_long_is_refused(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(run, "MAX_AT_ONCE", 2)
    monkeypatch.setattr(run, "MAX_WAIT", 0.1)
    with run._turn() as first, run._turn() as second:
        assert (first, second, run_job("count-pages", io.BytesIO(make.pdf()))) == (True, True, Result(failure="busy"))
    assert run_job("count-pages", io.BytesIO(make.pdf())) == Result(answer=b"2")
