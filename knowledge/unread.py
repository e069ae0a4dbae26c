"""What is new for a member since they looked last."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from knowledge.models import Comment, Post, Seen, Thanks
from members.models import Member

# A post that is older is not called new, though somebody never opened it.
NEW_DAYS = 30


def _number(rows: QuerySet) -> Coalesce:
    """A subquery that counts rows of one post: no join, which would multiply."""
    counted = rows.order_by().values("post").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def mark_new(posts: Sequence[Post], reader: Member) -> None:
    """Say of posts in a list what is new in them for this reader: one query for all.

    `is_new`: published by another in the last thirty days, and not opened yet. `new_comments`: how many comments of others
    are newer than what they have seen. `said` and `thanked`: how many comments and thanks there are.
    """
    there = Comment.objects.filter(post=OuterRef("pk"), removed_at=None, hidden_at=None)
    newer = there.exclude(author=reader).filter(at__gt=OuterRef("seen_at"))
    rows = (
        Post.objects.filter(pk__in=[post.pk for post in posts])
        .annotate(seen_at=Subquery(Seen.objects.filter(post=OuterRef("pk"), member=reader).values("at")[:1]))
        .annotate(said=_number(there), new=_number(newer), thanked=_number(Thanks.objects.filter(post=OuterRef("pk"))))
        .values_list("pk", "seen_at", "said", "new", "thanked")
    )
    since = timezone.now() - timedelta(days=NEW_DAYS)
    found = {pk: rest for pk, *rest in rows}
    for post in posts:
        seen_at, said, new, thanked = found[post.pk]
        fresh = seen_at is None and post.author_id != reader.pk and post.published_at and post.published_at > since
        post.__dict__.update(is_new=bool(fresh), new_comments=new, said=said, thanked=thanked)
