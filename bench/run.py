"""`make bench`: response times of the pages on PostgreSQL with many people, beside a plain Django page of equal bytes.

One client, one server process, a temporary PostgreSQL. The times are the client's, over one persistent connection on
this machine, so they include the web server, the middleware and the compression of both pages alike.
"""

import argparse
import http.client
import os
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import services

WARM_UPS = 5
REQUESTS = 60
RATIO = 2.0
PAGE_MS = 40.0
SHEET_MS = 200.0
QUERIES = 10
FIRST_LOAD_KB = 60.0
MIGRATION_SECONDS = 5.0
SIGN_IN_MS = 3.0
RECORDER = "recorder.rs@demo.example"
COORDINATOR = "coordinator.rs@demo.example"
TRAINER = "trainer.rs@demo.example"
HEADING = f"""
{"":<50}{"plain page":>18}{"rows in a loop":>17}
{"page":<26}{"first":>8}{"ms":>8}{"kB html":>8}{"ms":>10}{"ratio":>8}{"ms":>9}{"ratio":>8}{"queries":>9}{"kB all":>8}"""
EXPLANATION = f"""
ms: median of {REQUESTS} requests after {WARM_UPS}, one client, nobody writing. first: the first request of all, \
with nothing kept; its queries are counted. plain page: as many bytes of text in a template.
rows in a loop: as many bytes written row by row. kB all: a first load over the wire, compressed.
Asked: pages below {PAGE_MS:g} ms, the sheet below {SHEET_MS:g} ms, at most {RATIO:g} times the plain page, \
at most {QUERIES} queries, below {FIRST_LOAD_KB:g} kB."""
LINKED = re.compile(rb"""<(?:link|script|img)\b[^>]*?\b(?:href|src)=["']?([^"'\s>]+)""")
IMPORTED = re.compile(rb"""(?:@import\s+|url\()\s*["']?([^"')\s;]+)""")


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    wire: int
    queries: int
    sign_in_ms: float
    rights_ms: float


class Client:
    """One browser: one persistent connection, one session, compressed responses."""

    def __init__(self, url: str, cookie: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
        self.headers = {"Host": parts.netloc, "Cookie": cookie, "Accept-Encoding": "gzip, br", "Accept": "text/html"}

    def get(self, path: str, *, plain: bool = False) -> Answer:
        """Request one path. `plain` asks for an uncompressed response."""
        headers = {**self.headers, "Accept-Encoding": "identity"} if plain else self.headers
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        body = response.read()
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        timings = {name: float(response.getheader(name) or 0) for name in ("X-Queries", "X-Sign-In-Ms", "X-Rights-Ms")}
        return Answer(response.status, body, len(body) + head, int(timings["X-Queries"]), *list(timings.values())[1:])

    def median_ms(self, path: str) -> float:
        times = []
        for number in range(WARM_UPS + REQUESTS):
            began = time.perf_counter()
            answer = self.get(path)
            spent = time.perf_counter() - began
            if answer.status != 200:
                raise SystemExit(f"{path} answers {answer.status}")
            if number >= WARM_UPS:
                times.append(spent * 1000)
        return statistics.median(times)

    def first_load_kb(self, path: str) -> float:
        """The bytes transferred for a page and all its assets, with an empty browser cache."""
        wire = self.get(path).wire
        waiting = {urljoin(path, found.decode()) for found in LINKED.findall(self.get(path, plain=True).body)}
        seen: set[str] = set()
        while waiting - seen:
            address = min(waiting - seen)
            seen.add(address)
            # Links to other pages carry href too, but <link> and <script> on our pages name static files only.
            if not address.startswith("/static/"):
                continue
            wire += self.get(address).wire
            if urlsplit(address).path.endswith(".css"):
                imported = IMPORTED.findall(self.get(address, plain=True).body)
                waiting |= {urljoin(address, found.decode()) for found in imported if not found.startswith(b"data:")}
        return wire / 1000


def cookie_of(email: str) -> str:
    """A session of this member, created in the portal's own session store."""
    from django.conf import settings
    from django.test import Client as DjangoClient

    from members.models import Member
    from members.second_factor.rules import SHOWN_KEY

    client, member = DjangoClient(), Member.objects.get(email=email)
    client.force_login(member, "members.account.sign_in.MemberBackend")
    session = client.session
    session[SHOWN_KEY] = member.pk
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def measure_sign_in(url: str, reference: str) -> None:
    """How long a signed-in page takes to find the member and their rights: the median of each role, and the slowest."""
    slowest = 0.0
    for email in (RECORDER, COORDINATOR, TRAINER):
        client = Client(url, cookie_of(email))
        answers = [client.get(f"/bench/rights/{reference}/") for _n in range(WARM_UPS + REQUESTS)][WARM_UPS:]
        if {answer.status for answer in answers} != {200}:
            raise SystemExit(f"/bench/rights/ answers {answers[0].status}")
        sign_in = statistics.median(answer.sign_in_ms for answer in answers)
        rights = statistics.median(answer.rights_ms for answer in answers)
        together = statistics.median(answer.sign_in_ms + answer.rights_ms for answer in answers)
        print(f"  {email}: session to second factor {sign_in:.2f} ms, rights {rights:.2f} ms")
        slowest = max(slowest, together)
    report("Session, sign-in, second factor and rights of a page", slowest, SIGN_IN_MS, "ms")


def migrate_from_zero() -> None:
    from django.core.management import call_command

    began = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    report("Migrating from zero", time.monotonic() - began, MIGRATION_SECONDS, "s")


def report(what: str, value: float, most: float, unit: str) -> None:
    print(f"{what}: {value:.1f} {unit} (at most {most:g}: {verdict(value <= most)})", flush=True)


def verdict(good: bool) -> str:
    return "OK" if good else "OVER"


def measure(client: Client, name: str, path: str, most_ms: float) -> None:
    began = time.perf_counter()
    answer = client.get(path, plain=True)
    first = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise SystemExit(f"{name} ({path}) answers {answer.status}")
    size = len(answer.body)
    page = client.median_ms(path)
    plain = client.median_ms(f"/bench/plain/{size}/")
    rows = client.median_ms(f"/bench/rows/{size}/")
    kilobytes = client.first_load_kb(path)
    over = [
        words
        for words, bad in (
            ("ms", page >= most_ms),
            ("ratio", page > RATIO * plain),
            ("queries", answer.queries > QUERIES),
            ("kB", kilobytes >= FIRST_LOAD_KB),
        )
        if bad
    ]
    print(
        f"{name:<26}{first:>8.0f}{page:>8.1f}{size / 1000:>8.1f}{plain:>10.1f}{page / plain:>8.2f}{rows:>9.1f}{page / rows:>8.2f}"
        f"{answer.queries:>9}{kilobytes:>8.1f}  {'OVER: ' + ', '.join(over) if over else 'OK'}",
        flush=True,
    )


def bench(people: int) -> None:
    # Import Django only after the environment is set.
    import django

    django.setup()
    migrate_from_zero()
    from django.core.management import call_command
    from django.db import connection, connections

    from bench.long_list import COMMIT_SECONDS, PREVIEW_SECONDS, measure_long_list
    from bench.sheet import large_sheet
    from members.models import Member
    from portal.totals import look_after_totals
    from trainings.models import Enrolment, Mark, Participant, Training

    call_command("createcachetable", verbosity=0)
    began = time.monotonic()
    call_command("demo", *(["--people", str(people)] if people else []), verbosity=0)
    counts = (
        f"{model.objects.count():,} {model._meta.verbose_name_plural}"
        for model in (Participant, Training, Enrolment, Mark)
    )
    print(f"Loading {', '.join(counts)}: {time.monotonic() - began:.0f} s", flush=True)
    large = large_sheet(Member.objects.get(email=RECORDER))
    sheet = large.get_absolute_url() + "attendance/"
    recorder, coordinator = cookie_of(RECORDER), cookie_of(COORDINATOR)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    began = time.monotonic()
    look_after_totals()  # as the worker does when it starts and every 20 seconds
    print(f"Counting the network's totals in the worker: {time.monotonic() - began:.2f} s", flush=True)
    connections.close_all()
    with services.running_portal(dict(os.environ)) as url:
        print(HEADING)
        reader = Client(url, coordinator)
        for name, path in (("home", "/"), ("directory", "/trainers/"), ("training list", "/trainings/")):
            measure(reader, name, path, PAGE_MS)
        writer = Client(url, recorder)
        measure(writer, "sheet of 200, one session", sheet, SHEET_MS)
        measure(writer, "sheet of 200 x 5", f"{sheet}?view=all", SHEET_MS)
        print(EXPLANATION)
        measure_sign_in(url, large.reference)
    long = measure_long_list(Member.objects.get(email=RECORDER))
    print(f"A list of {long.rows:,} people with {long.marks:,} marks, {long.known:,} known people of that ministry:")
    report("  reading the workbook and planning it", long.preview, PREVIEW_SECONDS, "s")
    report("  taking it in", long.commit, COMMIT_SECONDS, "s")
    bench_figures(people)


def bench_figures(people: int) -> None:
    """The reports, at the size of a large network if the demo is scaled at all."""
    from bench.figures import TRAININGS, fill_up, measure_figures, measure_sheet
    from members.models import Member
    from trainings.models import Enrolment, Mark, Participant, Training

    if people:
        fill_up(Member.objects.get(email=RECORDER), max(0, TRAININGS - Training.objects.count()))
    models = (Participant, Training, Enrolment, Mark)
    print(
        "Reports of",
        ", ".join(f"{model.objects.count():,} {model._meta.verbose_name_plural}" for model in models),
        flush=True,
    )
    measure_sheet(report)
    measure_figures(
        Member.objects.get(email=COORDINATOR),
        Member.objects.get(email="observer@demo.example"),
        lambda email: cookie_of(email).partition("=")[2],
        report,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="participants to measure with; 0: the usual demo")
    options = parser.parse_args()
    services.end_cleanly_on_signals()
    try:
        with services.postgresql(shared_buffers="256MB") as url, tempfile.TemporaryDirectory() as folder:
            os.environ.update(services.demo_environment(Path(folder), services.free_port()))
            os.environ.update(DATABASE_URL=url, BENCH="1", SECOND_FACTOR="1")
            bench(options.people)
    except services.ServiceMissingError as missing:
        raise SystemExit(f"make bench needs PostgreSQL: {missing}") from missing


if __name__ == "__main__":
    main()
