"""The reports at the size of a large network: 200,000 enrolments with 1,000,000 marks in 5,000 trainings."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.sheets import write_xlsx
from members.models import Member
from reports.models import PackKind
from reports.standard.content import PackAsked, make_pack
from reports.standard.documents import pack_pdf
from trainings.exports.rows import people_header, people_of_list
from trainings.models import Enrolment

TRAININGS, SEATS, SESSIONS = 5_000, 40, 5
ROUNDS = 5
DATABASE_MS, SERVER_MS, QUERIES = 300.0, 400.0, 11
PACK_SECONDS, SHEET_ROWS, SHEET_MB = 2.0, 100_000, 60.0
QUESTIONS = (
    "by=organisation", "by=year&rule=completed", "by=rank_group&and_by=organisation", "by=quarter&and_by=course", "by=time",
    "by=time&and_by=year", "by=sex&and_by=rank_group&rule=once", "by=age_band&and_by=country",
    "by=month&and_by=rank_group&organisation={home}", "by=year&first=2020-01-01&topic=1&verified=on", "by=host&and_by=nato",
)  # fmt: skip

# Trainings of the ministries in turn, each with 40 of their own people and five sessions, everybody present. Without the ANALYZE
# the planner assumes there are no trainings yet and scans all people for each seat.
FILL = """
WITH homes AS (SELECT id, country_id, row_number() OVER (ORDER BY id) - 1 AS n FROM members_organisation WHERE kind = 'ministry'),
courses AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM trainings_course)
INSERT INTO trainings_training (reference, course_id, title, title_key, host_id, owner_id, country_id, place, language_id, mode, notes,
  starts_on, ends_on, counts_on, scheduled_minutes, sessions_held, completion_threshold, figures, figures_version, submitted_by_id,
  submitted_at, returned_reason, cancelled_reason, created_by_id, created_at)
SELECT 'XX-1900-' || k, c.id, 'A training of many', 'a training of many', h.id, h.id, h.country_id, 'Place', 'en', 'in_person', '',
  d, d, d, 1800, 5, 80, 'submitted', 1, %(by)s, now(), '', '', %(by)s, now()
FROM generate_series(1, %(trainings)s) k
JOIN homes h ON h.n = k %% (SELECT count(*) FROM homes) JOIN courses c ON c.n = k %% (SELECT count(*) FROM courses),
LATERAL (SELECT date '2014-01-01' + (k * 37 %% 4600) AS d) days;
INSERT INTO trainings_session (training_id, date, title, minutes)
SELECT t.id, t.starts_on, 'S', 360 FROM trainings_training t, generate_series(1, 5) WHERE t.reference LIKE 'XX-1900-%%';
INSERT INTO trainings_party (training_id, organisation_id, roster_key)
SELECT id, owner_id, gen_random_uuid() FROM trainings_training WHERE reference LIKE 'XX-1900-%%';
ANALYZE trainings_training, trainings_party, trainings_participant;
WITH people AS (SELECT id, organisation_id, row_number() OVER (PARTITION BY organisation_id ORDER BY id) - 1 AS n FROM trainings_participant
  WHERE merged_into_id IS NULL), many AS (SELECT organisation_id, count(*) AS n FROM people GROUP BY 1)
INSERT INTO trainings_enrolment (training_id, participant_id, organisation_id, party_id, rank_words, rank_group, unit, age_band, line,
  minutes, attended_sessions, recorded_sessions)
SELECT t.id, p.id, t.owner_id, a.roster_key, '',
  (ARRAY['senior_officer', 'junior_officer', 'nco', 'soldier', 'civilian'])[1 + (t.id + i) %% 5], '',
  (ARRAY['', '25-34', '35-44'])[1 + i %% 3], i, 1800, 5, 5
FROM trainings_training t JOIN trainings_party a ON a.training_id = t.id JOIN many m ON m.organisation_id = t.owner_id,
generate_series(1, 40) i, LATERAL (SELECT (t.id::bigint * 7919 + i * 101) %% m.n AS n) place
JOIN people p ON true
WHERE t.reference LIKE 'XX-1900-%%' AND p.organisation_id = t.owner_id AND p.n = place.n;
INSERT INTO trainings_mark (enrolment_id, session_id, value, version)
SELECT e.id, s.id, 'present', 1 FROM trainings_enrolment e JOIN trainings_training t ON t.id = e.training_id
JOIN trainings_session s ON s.training_id = t.id WHERE t.reference LIKE 'XX-1900-%%'"""


@dataclass(frozen=True)
class Timing:
    database_ms: float
    server_ms: float
    queries: int
    slowest: tuple[float, str, Any]


def fill_up(by: Member, trainings: int) -> None:
    """Add this many trainings of 40 people, in SQL: about a minute for 5,000."""
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(statement, {"by": by.pk, "trainings": trainings})
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def timed_queries() -> Iterator[list[tuple[float, str, Any]]]:
    """Yield a list that collects (seconds, statement, parameters) per query, including reading the rows if streamed."""
    seen: list[tuple[float, str, Any]] = []

    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seen.append((time.perf_counter() - began, sql, params))

    with connection.execute_wrapper(run):
        yield seen


def timing_of(client: Client, address: str) -> Timing:
    """Return the median of several requests to one page."""
    rounds = []
    for _round in range(ROUNDS):
        with timed_queries() as seen:
            began = time.perf_counter()
            answer = client.get(address)
            took = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        slow = max(seen, key=lambda query: query[0])
        rounds.append(Timing(sum(query[0] for query in seen) * 1000, took * 1000, len(seen), slow))
    return Timing(
        statistics.median(one.database_ms for one in rounds),
        statistics.median(one.server_ms for one in rounds),
        rounds[-1].queries,
        max((one.slowest for one in rounds), key=lambda query: query[0]),
    )


def measure_figures(
    coordinator: Member,
    observer: Member,
    session_of: Callable[[str], str],
    report: Callable[[str, float, float, str], None],
) -> None:
    """Print each query for a reader who sees every number and for one who does not, the slowest plan, sheets and packs."""
    print(f"{'question':<64}{'database ms':>12}{'server ms':>11}{'queries':>9}")
    slowest: tuple[float, str, Any] = (0, "", None)
    for member in (observer, coordinator):
        client = Client(headers={"host": urlsplit(settings.SITE_URL).netloc})
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(member.email)
        for question in QUESTIONS:
            if member is observer and "month" in question:
                continue
            home = coordinator.organisation_id
            query_string = question.format(home=home)
            if member is coordinator and "organisation=" not in query_string:
                query_string += f"&organisation={home}"
            timing = timing_of(client, f"{reverse('reports:people')}?{query_string}")
            over = [words for words, bad in (("database", timing.database_ms >= DATABASE_MS), ("server", timing.server_ms >= SERVER_MS),
                                             ("queries", timing.queries > QUERIES)) if bad]  # fmt: skip
            verdict = f"OVER: {', '.join(over)}" if over else "OK"
            print(
                f"{query_string:<64}{timing.database_ms:>12.0f}{timing.server_ms:>11.0f}{timing.queries:>9}  {verdict}",
                flush=True,
            )
            slowest = max(slowest, timing.slowest, key=lambda query: query[0])
    _print_plan(slowest)
    _measure_pack(observer, report)


def _print_plan(slowest: tuple[float, str, Any]) -> None:
    seconds, sql, params = slowest
    print(f"The slowest query took {seconds * 1000:.0f} ms:")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", params)
        for (line,) in cursor.fetchall():
            print(f"  {line}")


def measure_sheet(report: Callable[[str, float, float, str], None]) -> None:
    """Print the memory of exporting a long list, in a separate process: here, memory freed before would hide it."""
    code = "import django; django.setup(); from bench.figures import sheet_memory_mb; print(sheet_memory_mb())"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    report(f"Memory that {SHEET_ROWS:,} people as XLSX took more", float(output), SHEET_MB, "MB")


def sheet_memory_mb() -> float:
    """Return how much this process's peak memory grows by exporting a long list, after a short one."""

    def write(rows: int) -> None:
        with tempfile.TemporaryFile() as file:
            write_xlsx(file, people_header(), islice(people_of_list(Enrolment.objects.order_by("pk")), rows))

    write(100)
    before = _memory_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    write(SHEET_ROWS)
    return _memory_mb("VmHWM") - before


def _memory_mb(what: str) -> float:
    """Return this process's memory as reported by Linux: "VmRSS" now, "VmHWM" at its peak, in megabytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


def _measure_pack(observer: Member, report: Callable[[str, float, float, str], None]) -> None:
    query = PackAsked(PackKind.DONOR, date(2014, 1, 1), date(2026, 12, 31), None)
    began = time.perf_counter()
    pack_pdf(make_pack(query, by=observer))
    report("A donor sheet of everything as a PDF", time.perf_counter() - began, PACK_SECONDS, "s")
