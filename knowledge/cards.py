"""Posts as lists show them: a card each, with what is new on it for the reader."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypedDict

from django.core.paginator import Page
from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.days import written_day
from knowledge.models import Comment, Post, Seen, Thanks
from members.models import Member

# A post that is older is not called new, though somebody never opened it.
NEW_DAYS = 30
COLUMNS = (
    "pk", "kind", "title", "slug", "language", "language__name", "minutes", "reach", "author", "author__given_name",
    "author__family_name", "organisation__short_name", "published_at", "accepted",
)  # fmt: skip


class Card(TypedDict):
    """What a card tells, in words: plain values, for a page has twenty, and templates are quick with nothing else.

    `news` is what is new for the reader, `about` stands above the title and `facts` below it.
    """

    kind: str
    news: str
    about: list[str]
    url: str
    lang: str
    title: str
    facts: list[str]
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
    """Return a card for each of `rows_for_cards`. Two queries, one for a stranger, to whom nothing is new, none for no row."""
    rows = list(rows)
    keys = [row["pk"] for row in rows]
    topics: dict[int, list[str]] = {pk: [] for pk in keys}
    of_posts = Post.topics.through.objects.filter(post__in=keys).order_by("topic__name")
    for pk, name in of_posts.values_list("post", "topic__name"):
        topics[pk].append(name)
    news = _news(keys, reader) if reader and keys else {}
    since = timezone.now() - timedelta(days=NEW_DAYS)
    return [_card(row, topics[row["pk"]], news.get(row["pk"], News()), reader, since) for row in rows]


def _card(row: dict[str, Any], topics: list[str], news: News, reader: Member | None, since: datetime) -> Card:
    published = row["published_at"]
    unseen = reader is not None and news.seen_at is None and row["author"] != reader.pk
    new = _("New") if unseen and published and published > since else ""
    if news.new and not new:
        new = ngettext("%(n)d new comment", "%(n)d new comments", news.new) % {"n": news.new}
    return {
        "kind": str(Post.Kind(row["kind"]).label), "news": new, "about": _about(row),
        "url": reverse("knowledge:detail", args=[row["slug"]]), "lang": row["language"], "title": row["title"],
        "facts": _facts(row, news), "topics": topics,
    }  # fmt: skip


def _about(row: dict[str, Any]) -> list[str]:
    """Of a post: its language, how long it takes, who reads it if not the whole network and it alone."""
    parts = [row["language__name"]]
    if minutes := row["minutes"]:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    if row["reach"] == Post.Reach.MINISTRY:
        parts.append(_("only %(name)s") % {"name": row["organisation__short_name"]})
    elif row["reach"] == Post.Reach.PUBLIC:
        parts.append(_("public"))
    return parts


def _facts(row: dict[str, Any], news: News) -> list[str]:
    """Of a post: whose it is, since when, and what came of it."""
    author = f"{row['author__given_name']} {row['author__family_name']}".strip()
    facts = [author, row["organisation__short_name"], written_day(row["published_at"])]
    if news.said:
        facts.append(ngettext("%(n)d comment", "%(n)d comments", news.said) % {"n": news.said})
    if news.thanked:
        facts.append(ngettext("thanked %(n)d time", "thanked %(n)d times", news.thanked) % {"n": news.thanked})
    if row["kind"] == Post.Kind.QUESTION and row["accepted"] is not None:
        facts.append(_("answered"))
    return facts


def drafts_of(author: Member) -> QuerySet[Post]:
    """Return title, slug and last change of a member's drafts, the newest first."""
    drafts = Post.objects.filter(author=author, published_at=None).order_by("-changed_at")
    return drafts.only("title", "slug", "changed_at")


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
    news: dict[int, News] = {}
    for pk, comments, new, thanked, seen_at in rows:
        before = news.get(pk, News())
        news[pk] = News(before.said + comments, before.new + new, before.thanked + thanked, before.seen_at or seen_at)
    return news
