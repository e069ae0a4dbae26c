"""The library and the search at the requested size: 20,000 posts, 60,000 files, 1,000,000 words read from them."""

import argparse
import gc
import itertools
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import services
from tests.pace import pace

POSTS, FILES_A_POST, WORDS = 20_000, 3, 1_000_000
ROUNDS, SERVER_MS, QUERIES = 15, 100.0, 12
REBUILD_SECONDS = 90.0
AFTER_A_WRITE = ", after a write"
SYLLABLES = [
    a + b
    for a in ("b", "d", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "š", "č", "nj", "st", "pr")
    for b in "aeiou"
]


def vocabulary(size: int, rng: random.Random) -> list[str]:
    """Words of two to five syllables, each once, the most frequent first."""
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(rng.choice(SYLLABLES) for _n in range(rng.choice((2, 2, 3, 3, 4, 5))))] = None
    return list(words)


class Writer:
    """Texts with word frequencies like those of a language (Zipf), a third of them in Cyrillic."""

    def __init__(self, seed: int) -> None:
        from common.scripts import in_cyrillic

        self.rng = random.Random(seed)  # noqa: S311 - invented texts, the same each time
        self.words = vocabulary(60_000, self.rng)
        self.weights = list(itertools.accumulate(1 / (n + 2) for n in range(len(self.words))))
        self.in_cyrillic = in_cyrillic

    def text(self, words: int) -> str:
        sentence = " ".join(self.rng.choices(self.words, cum_weights=self.weights, k=words))
        return self.in_cyrillic(sentence) if self.rng.random() < 1 / 3 else sentence


def fill_library(posts: int, words: int) -> None:
    """Create this many published posts by the demo's members, three files each, with `words` words in all files."""
    from django.utils import timezone

    from knowledge.models import Material, MaterialText, MaterialVersion, Post
    from members.models import Member
    from trainers.models import Topic

    writer, now = Writer(7), timezone.now()
    authors = list(Member.objects.filter(roles__code="trainer").select_related("organisation").order_by("pk"))
    languages, topics = ("en", "sr", "bs", "mk"), list(Topic.objects.values_list("pk", flat=True))
    kinds, reaches = Post.Kind.values, ("network", "network", "network", "ministry", "public")
    each = max(1, words // (posts * FILES_A_POST))
    for begin in range(0, posts, 1_000):
        numbers = range(begin, min(posts, begin + 1_000))
        made = Post.objects.bulk_create(
            Post(
                kind=kinds[n % 4],
                title=writer.text(6)[:160],
                slug=f"bench-{n}",
                body=writer.text(60),
                language_id=languages[n % 4],
                reach=reaches[n % 5],
                author=authors[n % len(authors)],
                organisation=authors[n % len(authors)].organisation,
                published_at=(at := now - timedelta(hours=posts - n)),
                created_at=at,
                changed_at=at,
            )
            for n in numbers
        )
        Post.topics.through.objects.bulk_create(
            Post.topics.through(post_id=post.pk, topic_id=topics[post.pk % len(topics)]) for post in made
        )
        files = Material.objects.bulk_create(
            Material(post=post, title=writer.text(4)[:160], language_id=languages[n % 4], added_by=post.author)
            for post in made
            for n in range(FILES_A_POST)
        )
        versions = MaterialVersion.objects.bulk_create(
            MaterialVersion(
                material=file,
                number=1,
                stored=f"bench/{file.pk}",
                name=f"bench-{file.pk}.pdf",
                kind="application/pdf",
                size=1,
                checksum="0" * 64,
                added_by=file.added_by,
                added_at=file.post.created_at,
                text_state="read",
            )
            for file in files
        )
        MaterialText.objects.bulk_create(
            MaterialText(version=version, places=[["page", 1, writer.text(each), ""]]) for version in versions
        )


def questions(author: str) -> list[tuple[str, str]]:
    """The measured searches: (label, query string)."""
    from common.scripts import in_cyrillic

    words = Writer(7).words
    common, usual, rare = words[0], words[400], words[30_000]
    slip = author[:-2] + ("x" if author[-2] != "x" else "y") + author[-1]
    texts = {
        "the most common word": common, "a usual word": usual, "a rare word": rare, "two common words": f"{words[0]} {words[1]}",
        "four words": " ".join(words[n] for n in (0, 3, 9, 20)), "a beginning of three letters": usual[:3],
        "a common beginning": common[:3] + " " + words[5][:3],
        "Cyrillic": in_cyrillic(usual), "a name with one typing error": slip, "found by nobody": "zzqqxwv",
        "a phrase": f'"{words[3]} {words[40]}"', "a phrase of the two most common words": f'"{words[0]} {words[1]}"',
    }  # fmt: skip
    queries = [(what, f"q={quote(text)}") for what, text in texts.items()]
    queries += [("the most common word, page 200", f"q={quote(common)}&page=200")]
    return [
        *queries,
        ("under all filters", f"q={quote(common)}&kind=material&topic=1&language=sr&ministry=1&year=2026"),
    ]


def measure_search(client: Any, trainer: Any, print_plan: Callable[[tuple[float, str, Any]], None]) -> None:
    """Print the median server time of each search, and the plan of the slowest query; one searches for this trainer.

    Nobody writes meanwhile unless stated: then somebody did before each request, and the worker has processed it.
    """
    from audit.record import record
    from bench.figures import timed_queries
    from knowledge.models import Post
    from search.indexer import sync_index

    print("`pace`: how many times slower than usual the machine is just then, see tests/pace.py.")
    print(f"{'page':<40}{'server ms':>11}{'fastest':>9}{'pace':>7}{'queries':>9}{'found':>9}", flush=True)
    slowest: tuple[float, str, Any] = (0, "", None)
    lessons = Post.objects.filter(kind=Post.Kind.LESSON, language="sr", slug__startswith="bench")
    topic = lessons.values_list("topics", flat=True)[0]
    pages = [
        ("the library", "/knowledge/"), ("the library, page 3", "/knowledge/?page=3"),
        ("the library, filtered", f"/knowledge/?kind=lesson&topic={topic}&language=sr"),
        ("the library, by language alone", "/knowledge/?language=sr"),
    ]  # fmt: skip
    pages += [(what, f"/search/?{query}") for what, query in questions(trainer.family_name)]
    again = dict(pages)
    pages += [(f"{what}{AFTER_A_WRITE}", again[what]) for what in ("the library", "a usual word")]
    for what, address in pages:
        times: list[float] = []
        for _round in range(ROUNDS + 2):
            if what.endswith(AFTER_A_WRITE):
                record("change", trainer, by=trainer)
                sync_index()
            with timed_queries() as seen:
                began = time.perf_counter()
                answer = client.get(address)
                times.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answers {answer.status_code}")
            if address.startswith("/search"):
                slowest = max([slowest, *seen], key=lambda query: query[0])
        match = re.search(r">([\d,]+) (?:results?|posts?)</p>", answer.content.decode())
        count = match[1] if match else "0"
        took = statistics.median(times[2:])
        now = pace()
        verdict = "OK" if took < SERVER_MS else "OK at the usual pace" if took < SERVER_MS * now else "OVER"
        verdict = verdict if len(seen) <= QUERIES else "OVER"
        print(f"{what:<40}{took:>11.1f}{min(times):>9.1f}{now:>7.1f}{len(seen):>9}{count:>9}  {verdict}", flush=True)
    print_plan(slowest)


def bench_search(posts: int, words: int, session_of: Callable[[str], str]) -> None:
    """Fill the library, index it and search. In a process with the demo's data."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from bench.figures import _print_plan
    from members.models import Member
    from search.index import rebuild
    from search.models import Document, NameWord, TextPart

    began = time.monotonic()
    fill_library(posts, words)
    print(f"Writing {posts:,} posts with {posts * FILES_A_POST:,} files: {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    documents, now = rebuild(), pace()
    took = time.monotonic() - began
    verdict = "OK" if took < REBUILD_SECONDS else "OK at the usual pace" if took < REBUILD_SECONDS * now else "OVER"
    print(f"Indexing {documents:,} documents: {took:.0f} s (pace {now:.1f})  {verdict}", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for model in (Document, TextPart, NameWord):
            cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
            print(f"  {model._meta.db_table}: {cursor.fetchone()[0] / 1e6:.0f} MB")
    member = Member.objects.get(email="recorder.rs@demo.example")
    trainer = Member.objects.filter(roles__code="trainer").order_by("pk")[0]
    client = Client(headers={"host": urlsplit(settings.SITE_URL).netloc})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(member.email)
    gc.collect()
    gc.freeze()  # as the web server does when it starts
    measure_search(client, trainer, _print_plan)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--words", type=int, default=WORDS, help="words in all files")
    options = parser.parse_args(arguments)
    services.end_cleanly_on_signals()
    with services.postgresql(shared_buffers="256MB") as url, tempfile.TemporaryDirectory() as folder:
        os.environ.update(services.demo_environment(Path(folder), services.free_port()))
        os.environ.update(DATABASE_URL=url, BENCH="1", SECOND_FACTOR="1")
        import django

        django.setup()
        from django.core.management import call_command

        from bench.run import cookie_of

        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("demo", verbosity=0)
        bench_search(options.posts, options.words, lambda email: cookie_of(email).partition("=")[2])


if __name__ == "__main__":
    main()
