"""A post's discussion for one reader: comments and authors, what is new, and which actions the reader may take."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.urls import reverse

from common.views import page_of
from knowledge import access
from knowledge.models import Comment, Follow, Post, Saved, Seen, Thanks
from members.models import Member
from trainers.models import Topic

THREADS = 50


@dataclass
class Said:
    """One comment on the page. `text` is None if this reader may not read it."""

    comment: Comment
    text: str | None
    is_new: bool = False
    is_accepted: bool = False
    can_change: bool = False
    can_thank: bool = False
    can_report: bool = False
    can_hide: bool = False
    can_accept: bool = False
    can_answer: bool = False
    why: str = ""
    # For the reply form: submitting it twice adds one reply.
    key: UUID = field(default_factory=uuid4)
    replies: list["Said"] = field(default_factory=list)


def _threads(post: Post, reader: Member) -> QuerySet[Comment]:
    """Top-level comments, the accepted answer first; removed ones only if they have replies."""
    answered = Comment.objects.filter(answers=OuterRef("pk"), removed_at=None)
    comments = access.visible_comments(reader, post).filter(Q(removed_at=None) | Exists(answered), answers=None)
    on_top = Case(When(pk=post.accepted_id or 0, then=Value(0)), default=Value(1))
    return comments.order_by(on_top, "at", "pk")


def _with_counts(rows: QuerySet[Comment], reader: Member) -> QuerySet[Comment]:
    mine = Thanks.objects.filter(comment=OuterRef("pk"), member=reader)
    return rows.select_related("author__organisation").annotate(thanked=Count("thanks"), is_thanked=Exists(mine))


def place_of(comment: Comment, reader: Member) -> str:
    """Return the URL of a comment, with its page of the discussion and anchor. One query."""
    order = list(_threads(comment.post, reader).values_list("pk", flat=True))
    thread = comment.answers_id or comment.pk
    number = order.index(thread) // THREADS + 1 if thread in order else 1
    page = f"?page={number}" if number > 1 else ""
    return f"{reverse('knowledge:detail', args=[comment.post.slug])}{page}#comment-{comment.pk}"


def discussion(request: HttpRequest, post: Post, reader: Member, seen_at: datetime | None) -> dict[str, Any]:
    """Return one page of a discussion for its fragment. Two queries: the order of threads, and the page's comments."""
    page = page_of(request, list(_threads(post, reader).values_list("pk", flat=True)), THREADS)
    here = list(page.object_list)
    wanted = Q(pk__in=here) | Q(answers__in=here, removed_at=None)
    rows = list(_with_counts(access.visible_comments(reader, post).filter(wanted), reader)) if here else []
    every = {row.pk: _said(post, row, reader, seen_at) for row in rows}
    said = {pk: every[pk] for pk in here if pk in every}  # what was removed in between is left out
    for row in rows:
        if row.answers_id in said:
            said[row.answers_id].replies.append(every[row.pk])
    return {
        "threads": list(said.values()),
        "page": page,
        "can_comment": access.can_comment(reader, post),
        "new_count": sum(one.is_new + sum(reply.is_new for reply in one.replies) for one in said.values()),
    }


def _said(post: Post, comment: Comment, reader: Member, seen_at: datetime | None) -> Said:
    comment.post = post  # avoids a query for each comment
    can_read = access.can_read_comment(reader, comment)
    is_top, can_take_part = comment.answers_id is None, access.can_comment(reader, post)
    is_there = comment.removed_at is None and comment.hidden_at is None
    return Said(
        comment,
        comment.body if can_read else None,
        is_new=bool(seen_at and comment.at > seen_at and comment.author_id != reader.pk and can_read),
        is_accepted=post.accepted_id == comment.pk,
        can_change=access.can_change_comment(reader, post, comment),
        can_thank=access.can_thank(reader, post, comment),
        can_report=access.can_report(reader, post, comment),
        can_hide=access.can_moderate(reader, post, comment) and comment.removed_at is None,
        can_accept=is_top and is_there and access.can_accept(reader, post),
        can_answer=is_top and is_there and can_take_part,
        why=comment.hidden_reason if can_read else "",
    )


def _is_news(post: Post, seen_at: datetime | None, newest: datetime | None) -> bool:
    """Return whether the post or a comment on it is newer than the last look."""
    return seen_at is None or post.changed_at > seen_at or bool(newest and newest > seen_at)


def around(post: Post, reader: Member) -> dict[str, Any]:
    """Return a member's state for a post: thanks, saved, followed, last seen, permissions. Two queries."""
    facts = (
        Post.objects.filter(pk=post.pk)
        .annotate(
            n=Count("thanks"),
            is_thanked=Exists(Thanks.objects.filter(post=OuterRef("pk"), member=reader)),
            is_saved=Exists(Saved.objects.filter(post=OuterRef("pk"), member=reader)),
            follows=Exists(Follow.objects.filter(person=OuterRef("author"), member=reader)),
            seen_at=Subquery(Seen.objects.filter(post=OuterRef("pk"), member=reader).values("at")[:1]),
            newest=Subquery(Comment.objects.filter(post=OuterRef("pk")).order_by("-at").values("at")[:1]),
        )
        .values("n", "is_thanked", "is_saved", "follows", "seen_at", "newest")
        .get()
    )
    followed = Follow.objects.filter(topic=OuterRef("pk"), member=reader)
    topics = Topic.objects.filter(posts=post).annotate(is_followed=Exists(followed))
    return {
        "topics": topics, "seen_at": facts["seen_at"], "is_news": _is_news(post, facts["seen_at"], facts["newest"]),
        "thanks": facts["n"], "is_thanked": facts["is_thanked"], "is_saved": facts["is_saved"],
        "follows_author": facts["follows"],
        "can_follow_author": post.author_id != reader.pk and post.author.is_active and reader.is_active,
        "can_keep": access.can_keep(reader, post),
        "can_thank": access.can_thank(reader, post),
        "can_report": access.can_report(reader, post),
        "can_hide": access.can_moderate(reader, post),
    }  # fmt: skip
