"""Runs the suite in parts and adds them up: `make test`, with --all `make test-all`, with --rest what the first leaves of
the second (on PostgreSQL where both engines could), with --attacks `make drill-attacks`.

The last line of a run is `N passed, N failed, N skipped`, summed over the parts. A part whose programs are not on this
machine is skipped in one loud line; with CI=true that is a failure.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import services

NONE_COLLECTED = 5
SECONDS_A_PART = 40 * 60
SECONDS_TO_END = 20
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Whoever is done takes from the other: the long tests stand together.
TWO_WORKERS = ("-n", "2", "--dist", "worksteal")
WITHOUT_BROWSER = ("tests", "--ignore=tests/e2e")


@dataclass
class Sum:
    """What the parts came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: bool = False

    def add_report(self, report: Path) -> None:
        """Add the counts of one part's JUnit report; errors count as failures."""
        if not report.exists():
            self.broken = True
            return
        suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest has just written it
        for suite in suites:
            tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.passed += tests - failed - skipped
            self.failed += failed
            self.skipped += skipped


def run_group(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command as a group of processes of its own and return its exit code; nothing of the group outlives it."""
    process = subprocess.Popen(command, cwd=services.PROJECT, env=environment, start_new_session=True)
    try:
        return process.wait(timeout=SECONDS_A_PART)
    except subprocess.TimeoutExpired:
        print(f"!! This part took longer than {SECONDS_A_PART} s and is ended.", flush=True)
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


def run_part(name: str, total: Sum, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mreza-tests-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "--durations=20", *arguments, f"--junitxml={report}"]
        ended = run_group(command, {**os.environ, **environment})
        total.add_report(report)
    if ended == NONE_COLLECTED:
        print(f"!! {name}: no test belongs to this part")
    # Also an error outside any test, such as a warning while collecting, which no count shows.
    total.broken = total.broken or ended != 0
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)


def skip_part(name: str, total: Sum, how_to_get_it: str) -> None:
    """Say loudly that a part cannot be had here. In the last line it counts as one skipped, with CI=true as failed."""
    print(f"\n!! SKIPPED: {name}: {how_to_get_it}", flush=True)
    if IN_CI:
        print("!! CI=true: a skipped part is a failure", flush=True)
        total.failed += 1
    else:
        total.skipped += 1


@dataclass(frozen=True)
class Extent:
    """Which tests of each part belong to a run, as pytest's `-m` says it (None: none of it), and how many examples a property
    is tried with.
    """

    profile: str
    sqlite: str
    postgresql: str
    chromium: str | None


QUICK = Extent("quick", "not slow", "postgres and not slow", "main_job and not slow")
ALL = Extent("thorough", "", "", "")
# Each test of ALL that QUICK does not run, or runs with fewer examples; of those that run on both engines on PostgreSQL alone.
REST = Extent(
    "thorough", "(slow or examples) and one_engine", "slow or examples or not postgres", "slow or not main_job"
)
ATTACKS = Extent("thorough", "drill", "drill", None)


def run_all_parts(extent: Extent) -> Sum:
    total = Sum()
    profile = {"HYPOTHESIS_PROFILE": extent.profile}
    without_browser = (*WITHOUT_BROWSER, *TWO_WORKERS)
    sqlite = (*without_browser, "-m", extent.sqlite)
    run_part("SQLite", total, sqlite, {**profile, "DATABASE_URL": "sqlite://:memory:"})

    try:
        with services.postgresql() as url:
            postgresql = (*without_browser, "-m", extent.postgresql)
            run_part("PostgreSQL", total, postgresql, {**profile, "DATABASE_URL": url})
    except services.ServiceMissingError as missing:
        skip_part("PostgreSQL part", total, str(missing))

    if extent.chromium is None:
        return total
    if services.chromium_path() is None:
        skip_part("Chromium part", total, services.HOW_TO_GET_CHROMIUM)
    else:
        run_part("Chromium", total, ("tests/e2e", *TWO_WORKERS, "-m", extent.chromium), profile)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--all", dest="extent", action="store_const", const=ALL, default=QUICK,
        help="every test, on both databases what asks one, and every page in Chromium",
    )  # fmt: skip
    which.add_argument(
        "--rest", dest="extent", action="store_const", const=REST, help="what --all runs beyond a run without it, once"
    )
    which.add_argument(
        "--attacks", dest="extent", action="store_const", const=ATTACKS, help="the attacks too long for --all"
    )
    options = parser.parse_args()
    services.end_cleanly_on_signals()
    began = time.monotonic()
    try:
        total = run_all_parts(options.extent)
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130
    print(f"\nAll parts: {time.monotonic() - began:.0f} s")
    if total.broken and not total.failed:
        print("!! A part could not be run or ended with an error outside any test; see above.")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed or total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
