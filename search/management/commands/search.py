"""`manage.py search "words" --as EMAIL --json`: the results of the search page, as one member sees them."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from common.folding import spelling
from knowledge.posts.filters import owners
from members.models import Member
from search.find import find
from search.forms import NAMES, SearchForm
from search.full_text import index_scans
from search.results import PAGE, Result, results
from trainers.models import Topic

# Options that accept a name instead of a number, with the fields that may contain it.
NAMED: dict[str, tuple[Callable[[], QuerySet[Any]], tuple[str, ...]]] = {
    "ministry": (owners, ("code", "short_name", "name", "local_name")),
    "topic": (Topic.objects.all, ("name",)),
}


class Command(BaseCommand):
    help = "Search over everything, as one member sees it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", help="what to search for; phrases in quotation marks")
        parser.add_argument("--as", dest="member", required=True, help="address of the member whose view it is")
        for name in NAMES[1:]:
            help_text = f"as “{name}” of the page's address{', or its name' if name in NAMED else ''}"
            parser.add_argument(f"--{name}", default="", help=help_text)
        parser.add_argument("--page", type=int, default=1, help="which page of twenty results")
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one page of results and the counts; for an invalid query, print a sentence and exit with code 1."""
        member = Member.objects.filter(email__iexact=options["member"], is_active=True).first()
        if member is None:
            raise CommandError(f"No active member has the address {options['member']}.")
        narrowed = {name: _number(name, options[name]) for name in NAMES[1:]}
        form = SearchForm({"q": options["words"], **narrowed})
        query = form.search_query()
        if not form.is_valid() or not query:
            raise CommandError(" ".join(form.error_sentences()) or "Say what you look for.")
        with index_scans():
            hits = find(member, query)
            rows = results(hits, max(0, options["page"] - 1) * PAGE, form.languages())
        counts = {kind.value: n for kind, n in hits.by_kind.items()}
        if options["json"]:
            answer = {"total": hits.total, "counts": counts, "results": [_plain(row) for row in rows]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{hits.total} found: " + ", ".join(f"{kind} {n}" for kind, n in counts.items() if n))
        for row in rows:
            where = f" [{row.excerpt.place}]" if row.excerpt.place else ""
            self.stdout.write(f"{row.label}: {row.title}{where}\n  {row.url}\n  {row.excerpt.text}")


def _number(name: str, value: str) -> str:
    """Return the value for the page's URL: the primary key of a named ministry or topic, otherwise the value itself."""
    if name not in NAMED or not value or value.isdecimal():
        return value
    rows, fields = NAMED[name]
    called = {spelling(getattr(row, field)): str(row.pk) for row in rows() for field in fields}
    return called.get(spelling(value), value)


def _plain(row: Result) -> dict[str, Any]:
    return {
        "kind": row.kind.value, "title": row.title, "url": row.url, "excerpt": row.excerpt.text, "place": row.excerpt.place,
        "score": row.score,
    }  # fmt: skip
