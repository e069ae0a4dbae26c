"""A member's one-click reactions: thanks, saved for later, followed; and when they have seen a post."""

from typing import Any

from django.utils import timezone

from audit.record import record
from common.actions import action
from knowledge.models import Comment, Follow, Post, Saved, Seen, Thanks
from members.models import Member
from trainers.models import Topic


@action
def thank(*, post: Post, comment: Comment | None = None, on: bool, by: Member) -> None:
    """Thank for a post or for a comment on it, or undo that. Without a change, there is no audit entry."""
    if _switch(Thanks, on, member=by, comment=comment, post=None if comment else post):
        record("thank" if on else "take_thanks_back", comment or post, root=post, by=by)


@action
def save_post(*, post: Post, on: bool, by: Member) -> None:
    """Save a post for later, or undo that. The audit entry does not say which post, which is private."""
    if _switch(Saved, on, member=by, post=post):
        record("save_post" if on else "unsave_post", by, by=by)


@action
def follow(*, thing: Topic | Member, on: bool, by: Member) -> None:
    """Follow a topic or person's new posts, or stop. The audit entry does not say which, as it is private."""
    topic, person = (thing, None) if isinstance(thing, Topic) else (None, thing)
    if _switch(Follow, on, member=by, topic=topic, person=person):
        record("follow" if on else "unfollow", by, by=by)


def _switch(model: type[Thanks] | type[Saved] | type[Follow], on: bool, **row: Any) -> bool:
    """Create or delete one row; return whether this was a change. Safe against concurrent requests."""
    rows = model._default_manager
    return bool(rows.get_or_create(**row)[1] if on else rows.filter(**row).delete()[0])


def mark_seen(post: Post, member: Member) -> None:
    """Save that a member has seen a post now: one of the writes a GET may do. One query."""
    Seen.objects.bulk_create(
        [Seen(member=member, post=post, at=timezone.now())],
        update_conflicts=True,
        update_fields=["at"],
        unique_fields=["member", "post"],
    )
