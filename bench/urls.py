"""Pages to measure against: a plain Django page of any size, behind the portal's own middleware. Only with BENCH=1.

`/bench/plain/<bytes>/` is one block of text in a template, the least that Django can do for that many bytes;
`/bench/rows/<bytes>/` writes as many by a loop over rows in memory, as a page with a list does. Neither queries the
database itself; session and member are looked up by the middleware, as on every page.
`/bench/rights/<reference>/` evaluates every rule about one training, as its page does in part, and sets `X-Rights-Ms` to
the time, including what every page needs for its navigation.
"""

import time
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Template
from django.urls import path

from members.models import Member
from portal.context import chrome
from trainings import access

MAX_BYTES = 5_000_000
HEAD = "<!DOCTYPE html><html lang=en><title>Plain</title><table>"
WORDS = [
    "Podgorica",
    "Sarajevo",
    "Skopje",
    "Beograd",
    "Mostar",
    "Niš",
    "Bitola",
    "Kotor",
    "Tuzla",
    "Ohrid",
    "Zenica",
    "Bar",
]
ROWS = Template(
    "{% for row in rows %}<tr class='row'><th scope='row'><a href='/bench/{{ row.number }}/'>{{ row.name }}</a></th>"
    "<td class='cell'>{{ row.place }}</td><td class='cell number'>{{ row.number }}</td></tr>\n{% endfor %}"
)


def rows(number: int) -> list[dict[str, object]]:
    """Varied rows, so that they compress like a real list."""
    many = len(WORDS)
    return [
        {"number": n * 7919 % 100_003, "name": f"{WORDS[n % many]} {n * 31 % 997}", "place": WORDS[n * n % many]}
        for n in range(number)
    ]


@lru_cache(maxsize=64)
def row_count(size: int) -> int:
    """The largest number of rows within this many bytes."""
    sample = len(ROWS.render(Context({"rows": rows(200)})).encode()) / 200
    return max(0, int((size - len(HEAD)) / sample) - 1)


def padded(body: str, size: int) -> str:
    """The body padded with a comment to exactly this many bytes."""
    return body + "<!--" + "." * max(0, size - len(body.encode()) - len("<!---->")) + "-->"


@lru_cache(maxsize=64)
def text_template(size: int) -> Template:
    written = HEAD + ROWS.render(Context({"rows": rows(row_count(size))}))
    return Template(padded(written, size))


def plain(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(text_template(min(size, MAX_BYTES)).render(Context()))


def plain_rows(request: HttpRequest, size: int) -> HttpResponse:
    size = min(size, MAX_BYTES)
    return HttpResponse(padded(HEAD + ROWS.render(Context({"rows": rows(row_count(size))})), size))


RULES = (
    access.can_see_all_names, access.can_see_some_names, access.can_edit, access.can_record, access.can_submit,
    access.can_verify, access.can_change_owner,
)  # fmt: skip


def rights(request: HttpRequest, reference: str) -> HttpResponse:
    member = request.user
    assert isinstance(member, Member)  # noqa: S101 - narrows the type; sign-in is required
    training = get_object_or_404(access.visible_trainings(member), reference=reference)
    began = time.perf_counter()
    chrome(request)
    granted = [rule.__name__ for rule in RULES if rule(member, training)]
    spent = time.perf_counter() - began
    return HttpResponse(", ".join(granted), headers={"X-Rights-Ms": f"{spent * 1000:.3f}"})


urlpatterns = [
    path("rights/<str:reference>/", rights, name="bench_rights"),
    path("plain/<int:size>/", plain, name="bench_plain"),
    path("rows/<int:size>/", plain_rows, name="bench_rows"),
]
