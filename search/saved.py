"""Saved searches with the number of new results in each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, Q, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import pgettext

from knowledge.access import own_searches
from knowledge.models import SavedSearch
from knowledge.subscriptions.kinds import SAVED_SEARCH
from members.models import Member
from notifications.digest import DigestItem, DigestSection
from notifications.models import DeliveryMode, NotificationSetting
from search.find import find_all
from search.forms import query_of
from search.full_text import index_scans


@dataclass(frozen=True)
class SavedCounts:
    """A saved search with its number of results, and how many of them are newer than the last look."""

    saved: SavedSearch
    total: int
    new: int


def new_in_digest(member: Member, since: datetime, until: datetime) -> Iterator[DigestSection]:
    """Yield the saved searches with results newer than both the last digest and the last look, with their number.

    Two queries, at most three more if there are saved searches; one query and nothing if the member turned these
    notifications off.
    """
    settings_of = NotificationSetting.objects.filter(member=member, kind=SAVED_SEARCH.code, mode=DeliveryMode.OFF)
    searches = [] if settings_of.exists() else saved_searches(member, since)
    items = [
        DigestItem(f"{row.saved.name}: +{row.new}", f"{reverse('search:page')}?{row.saved.query}")
        for row in searches
        if row.new
    ]
    yield DigestSection(pgettext("digest", "Your saved searches"), items)


def saved_searches(member: Member, after: datetime | None = None) -> list[SavedCounts]:
    """Return a member's saved searches with their counts; new means newer than the last look, and than `after`.

    One query if there are none, otherwise at most four, however many.
    """
    searches = list(own_searches(member))
    if not searches:
        return []
    counts = []
    queries = [query_of(QueryDict(saved.query).dict()) for saved in searches]
    for number, (saved, hits) in enumerate(zip(searches, find_all(member, queries), strict=True)):
        since = max(saved.seen_until, after) if after else saved.seen_until
        documents = hits.documents.filter(kind=hits.query.kind) if hits.query.kind else hits.documents
        rows = documents.order_by().annotate(number=Value(number, IntegerField())).values_list("number")
        counts.append(rows.annotate(total=Count("pk"), new=Count("pk", filter=Q(at__gt=since))))
    with index_scans():
        by_number = {number: (total, new) for number, total, new in counts[0].union(*counts[1:], all=True)}
    return [SavedCounts(saved, *by_number.get(number, (0, 0))) for number, saved in enumerate(searches)]
