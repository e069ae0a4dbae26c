"""Runs the suite, one pytest session per engine, and adds the sessions up: `make test`, `make test-all` (--all), and the
drills that are too long for either: `make drill-attacks` (--attacks) and `make drill-faults` (--faults).

PostgreSQL runs everything once, SQLite what can differ between the engines, Chromium the pages. The run ends with its slowest
tests, the time of each file, and `N passed, N failed, N skipped`. A session whose programs are not on this machine is
skipped in one loud line; with CI=true that is a failure.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import services

NONE_COLLECTED = 5
MAX_SECONDS_A_SESSION = 40 * 60
SECONDS_TO_END = 20
SLOWEST_SHOWN = 20
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Whoever is done takes from the other: the long tests stand together.
TWO_WORKERS = ("-n", "2", "--dist", "worksteal")
UNIT_FOLDERS = (
    "audit",
    "common",
    "knowledge",
    "mail",
    "members",
    "notifications",
    "portal",
    "reports",
    "search",
    "trainers",
    "trainings",
)


@dataclass
class Totals:
    """What the sessions came to. `times` holds (seconds, engine, file, test) of each test, its fixtures included."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: bool = False
    times: list[tuple[float, str, str, str]] = field(default_factory=list)

    def add_report(self, engine: str, report: Path) -> None:
        """Add one session's JUnit report; errors count as failures."""
        if not report.exists():
            self.broken = True
            return
        root = ElementTree.parse(report).getroot()  # noqa: S314 - pytest has just written it
        for suite in root.iter("testsuite"):
            tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.passed += tests - failed - skipped
            self.failed += failed
            self.skipped += skipped
        for case in root.iter("testcase"):
            name = f"{case.get('classname', '').removeprefix('tests.')}"
            self.times.append((float(case.get("time", 0)), engine, name, case.get("name", "")))

    def print_times(self) -> None:
        """Print the slowest tests and the seconds of each file that takes a hundredth of the whole."""
        print(f"\nSlowest {SLOWEST_SHOWN}:")
        for seconds, engine, name, test in sorted(self.times, reverse=True)[:SLOWEST_SHOWN]:
            print(f"{seconds:7.1f} s  {engine:<10} {name}::{test[:90]}")
        files: dict[tuple[str, str], list[float]] = defaultdict(list)
        for seconds, engine, name, _test in self.times:
            files[engine, name].append(seconds)
        whole = sum(seconds for seconds, _engine, _name, _test in self.times)
        print(f"\nBy file, of {whole:.0f} s in two processes:")
        for (engine, name), each in sorted(files.items(), key=lambda item: -sum(item[1])):
            if sum(each) * 100 >= whole:
                print(f"{sum(each):7.1f} s  {engine:<10} {name} ({len(each)})")


def run_group(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command as a group of processes of its own and return its exit code; nothing of the group outlives it."""
    process = subprocess.Popen(command, cwd=services.PROJECT, env=environment, start_new_session=True)
    try:
        return process.wait(timeout=MAX_SECONDS_A_SESSION)
    except subprocess.TimeoutExpired:
        print(f"!! This session took longer than {MAX_SECONDS_A_SESSION} s and is ended.", flush=True)
        return 1
    except BaseException:
        # Ctrl-C and orders to end reach only us: pass them on, so that pytest closes what it opened.
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=SECONDS_TO_END)
        raise
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_session(engine: str, totals: Totals, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
    print(f"\n== {engine}", flush=True)
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mreza-tests-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", *arguments, f"--junitxml={report}"]
        exit_code = run_group(command, {**os.environ, **environment})
        totals.add_report(engine, report)
    if exit_code == NONE_COLLECTED:
        print(f"!! {engine}: no test belongs to this session")
    # Also an error outside any test, such as a warning while collecting, which no count shows.
    totals.broken = totals.broken or exit_code != 0
    print(f"== {engine}: {time.monotonic() - started_at:.0f} s", flush=True)


def skip_session(engine: str, totals: Totals, how_to_get_it: str) -> None:
    """Say loudly that a session cannot be had here. In the last line it counts as one skipped, with CI=true as failed."""
    print(f"\n!! SKIPPED: {engine}: {how_to_get_it}", flush=True)
    if IN_CI:
        print("!! CI=true: a skipped session is a failure", flush=True)
        totals.failed += 1
    else:
        totals.skipped += 1


@dataclass(frozen=True)
class Extent:
    """Which tests of each session belong to a run, as pytest's `-m` has it (None: no session), and where they are.

    `profile` says how many examples a property is tried with; see conftest.py.
    """

    postgresql: str
    sqlite: str | None
    chromium: str | None
    folders: tuple[str, ...] = ("tests",)
    profile: str = "quick"


QUICK = Extent("not slow", "both_engines and not slow", "main_job and not slow")
ALL = Extent("", "both_engines", "")
ATTACKS = Extent("drill", None, "drill", folders=("tests/suites",))
FAULTS = Extent(
    "drill", "drill and both_engines", None, folders=tuple(f"tests/{name}" for name in UNIT_FOLDERS), profile="thorough"
)


def run_all_sessions(extent: Extent) -> Totals:
    totals = Totals()
    profile = {"HYPOTHESIS_PROFILE": extent.profile}
    without_browser = (*extent.folders, "--ignore=tests/e2e", *TWO_WORKERS)
    try:
        with services.postgresql() as url:
            run_session(
                "PostgreSQL", totals, (*without_browser, "-m", extent.postgresql), {**profile, "DATABASE_URL": url}
            )
    except services.ServiceMissingError as missing:
        skip_session("PostgreSQL", totals, str(missing))

    if extent.sqlite is not None:
        run_session(
            "SQLite", totals, (*without_browser, "-m", extent.sqlite), {**profile, "DATABASE_URL": "sqlite://:memory:"}
        )

    if extent.chromium is None:
        return totals
    if services.chromium_path() is None:
        skip_session("Chromium", totals, services.HOW_TO_GET_CHROMIUM)
    else:
        run_session("Chromium", totals, ("tests/e2e", *TWO_WORKERS, "-m", extent.chromium), {})
    return totals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--all", dest="extent", action="store_const", const=ALL, default=QUICK, help="every test but the drills"
    )
    which.add_argument("--attacks", dest="extent", action="store_const", const=ATTACKS, help="the attacks in full")
    which.add_argument(
        "--faults",
        dest="extent",
        action="store_const",
        const=FAULTS,
        help="killed processes, damaged and huge files, races of sign-in, large networks",
    )
    options = parser.parse_args()
    services.end_cleanly_on_signals()
    started_at = time.monotonic()
    try:
        totals = run_all_sessions(options.extent)
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130
    totals.print_times()
    print(f"\nAll sessions: {time.monotonic() - started_at:.0f} s")
    if totals.broken and not totals.failed:
        print("!! A session could not be run or ended with an error outside any test; see above.")
    print(f"{totals.passed} passed, {totals.failed} failed, {totals.skipped} skipped")
    return 1 if totals.failed or totals.broken else 0


if __name__ == "__main__":
    sys.exit(main())
