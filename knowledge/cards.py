"""Posts as cards in lists, with what is new for the reader."""

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

# Older posts are not marked as new, even if the reader has never opened them.
NEW_DAYS = 30
COLUMNS = (
    "pk", "kind", "title", "slug", "language", "language__name", "minutes", "reach", "author", "author__given_name",
    "author__family_name", "organisation__short_name", "published_at", "accepted",
)  # fmt: skip


class Card(TypedDict):
    """The text of a card as plain values, because a page has twenty and templates render those fastest.

    `news` is what is new for the reader, `about` is shown above the title and `facts` below it.
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
    """Numbers of one post: comments, others' comments since the reader's last look, thanks, and when that look was."""

    said: int = 0
    new: int = 0
    thanked: int = 0
    seen_at: datetime | None = None


def rows_for_cards(posts: QuerySet[Post]) -> QuerySet[Post, dict[str, Any]]:
    """Read only the columns that cards need. Count posts beforehand, because counting would repeat these joins."""
    return posts.values(*COLUMNS)


def posts_of(page: Page) -> QuerySet[Post]:
    """Return the queryset of a page of posts. No query of its own."""
    return page.object_list  # type: ignore[return-value]  # a page of a query is a query


def cards(rows: Iterable[dict[str, Any]], reader: Member | None) -> list[Card]:
    """Return a card for each row of `rows_for_cards`. Two queries; one without a reader (nothing is new); none without rows."""
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
    """A post's language, reading time and, unless it is for the whole network, its readers."""
    parts = [row["language__name"]]
    if minutes := row["minutes"]:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    if row["reach"] == Post.Reach.MINISTRY:
        parts.append(_("only %(name)s") % {"name": row["organisation__short_name"]})
    elif row["reach"] == Post.Reach.PUBLIC:
        parts.append(_("public"))
    return parts


def _facts(row: dict[str, Any], news: News) -> list[str]:
    """A post's author, organisation, date, and numbers of reactions."""
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
    """Return title, slug and last change of a member's drafts, newest first."""
    drafts = Post.objects.filter(author=author, published_at=None).order_by("-changed_at")
    return drafts.only("title", "slug", "changed_at")


def _news(keys: Sequence[int], reader: Member) -> dict[int, News]:
    """Return what is new in these posts for this reader. One query."""
    seen = Seen.objects.filter(member=reader).order_by()
    looked = Subquery(seen.filter(post=OuterRef("post")).values("at"))
    said = Comment.objects.filter(post__in=keys, removed_at=None, hidden_at=None).order_by()
    thanks = Thanks.objects.filter(post__in=keys).order_by()
    newer = Count("pk", filter=~Q(author=reader) & Q(at__gt=looked))
    none, never = Value(0), Value(None, DateTimeField())
    # The subquery with datetimes comes first, so that PostgreSQL infers the type of the column.
    rows = (
        seen.filter(post__in=keys)
        .values_list("post", none, none, none, "at")
        .union(
            said.values_list("post").annotate(said=Count("pk"), new=newer, thanked=none, seen_at=never),
            thanks.values_list("post").annotate(said=none, new=none, thanked=Count("pk"), seen_at=never),
            all=True,
        )
    )
    news: dict[int, News] = {}
    for pk, comments, new, thanked, seen_at in rows:
        before = news.get(pk, News())
        news[pk] = News(before.said + comments, before.new + new, before.thanked + thanked, before.seen_at or seen_at)
    return news
