"""Posts as lists show them: a card each, with what is new on it for the reader."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypedDict

from django.core.paginator import Page
from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Comment, Post, Seen, Thanks
from members.models import Member

# A post that is older is not called new, though somebody never opened it.
NEW_DAYS = 30
COLUMNS = (
    "pk", "kind", "title", "slug", "language", "language__name", "minutes", "reach", "author", "author__given_name",
    "author__family_name", "organisation__short_name", "published_at", "accepted",
)  # fmt: skip


class Card(TypedDict):
    """What a card tells: plain values, for a page has twenty, and templates are quick with nothing else."""

    kind: str
    is_new: bool
    new_comments: int
    language: str
    minutes: int | None
    reach: str
    url: str
    lang: str
    title: str
    author: str
    organisation: str
    published_at: datetime | None
    said: int
    thanked: int
    is_answered: bool
    topics: list[str]


class News(NamedTuple):
    """Of one post: how many comments there are, how many of others are newer than the reader's last look, thanks, that look."""

    said: int = 0
    new: int = 0
    thanked: int = 0
    seen_at: datetime | None = None


def rows_for_cards(posts: QuerySet[Post]) -> QuerySet[Post, dict[str, Any]]:
    """Read of posts what their cards tell and no more. Count them before: what is joined here would be joined there."""
    return posts.values(*COLUMNS)


def posts_of(page: Page) -> QuerySet[Post]:
    """Return the query of a page of posts. No query of its own."""
    return page.object_list  # type: ignore[return-value]  # a page of a query is a query


def cards(rows: Iterable[dict[str, Any]], reader: Member | None) -> list[Card]:
    """Return a card for each of `rows_for_cards`. Two queries, one for a stranger, to whom nothing is new."""
    rows = list(rows)
    keys = [row["pk"] for row in rows]
    topics: dict[int, list[str]] = {pk: [] for pk in keys}
    found = Post.topics.through.objects.filter(post__in=keys).order_by("topic__name")
    for pk, name in found.values_list("post", "topic__name"):
        topics[pk].append(name)
    news = _news(keys, reader) if reader else {}
    since = timezone.now() - timedelta(days=NEW_DAYS)
    return [_card(row, topics[row["pk"]], news.get(row["pk"], News()), reader, since) for row in rows]


def _card(row: dict[str, Any], topics: list[str], news: News, reader: Member | None, since: datetime) -> Card:
    published = row["published_at"]
    unseen = reader is not None and news.seen_at is None and row["author"] != reader.pk
    return {
        "kind": str(Post.Kind(row["kind"]).label), "is_new": bool(unseen and published and published > since),
        "new_comments": news.new, "language": row["language__name"], "minutes": row["minutes"], "reach": row["reach"],
        "url": reverse("knowledge:detail", args=[row["slug"]]), "lang": row["language"], "title": row["title"],
        "author": f"{row['author__given_name']} {row['author__family_name']}".strip(),
        "organisation": row["organisation__short_name"], "published_at": published, "said": news.said,
        "thanked": news.thanked, "is_answered": row["kind"] == Post.Kind.QUESTION and row["accepted"] is not None,
        "topics": topics,
    }  # fmt: skip


def _news(keys: Sequence[int], reader: Member) -> dict[int, News]:
    """What is new in these posts for this reader. One query."""
    seen = Seen.objects.filter(member=reader).order_by()
    looked = Subquery(seen.filter(post=OuterRef("post")).values("at"))
    said = Comment.objects.filter(post__in=keys, removed_at=None, hidden_at=None).order_by()
    thanks = Thanks.objects.filter(post__in=keys).order_by()
    newer = Count("pk", filter=~Q(author=reader) & Q(at__gt=looked))
    none, never = Value(0), Value(None, DateTimeField())
    # First the one that has moments, so that PostgreSQL knows what the column holds.
    rows = seen.filter(post__in=keys).values_list("post", none, none, none, "at").union(
        said.values_list("post").annotate(said=Count("pk"), new=newer, thanked=none, seen_at=never),
        thanks.values_list("post").annotate(said=none, new=none, thanked=Count("pk"), seen_at=never), all=True,
    )  # fmt: skip
    found: dict[int, News] = {}
    for pk, said_n, new, thanked, seen_at in rows:
        before = found.get(pk, News())
        found[pk] = News(before.said + said_n, before.new + new, before.thanked + thanked, before.seen_at or seen_at)
    return found
