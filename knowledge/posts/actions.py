"""Write actions for posts: text with versions, publishing, deleting drafts and pinning."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit.record import changed_row, record
from common.actions import action
from common.folding import spelling
from knowledge.conflicts import ChangedMeanwhileError, locked
from knowledge.models import Post, PostAudience, PostVersion
from knowledge.subscriptions.notify import notify_followers, notify_readers
from members.models import Member
from trainers.models import Topic

MAX_SLUG_LENGTH = 100
# Slugs reserved for the library's own URLs.
TAKEN_SLUGS = {
    "new", "notes", "saved", "preview", "reported", "revision", "feed", "searches", "follow",
}  # fmt: skip
# The fields whose changes are recorded.
WRITTEN = ("kind", "title", "body", "language_id", "minutes", "reach")


@dataclass(frozen=True)
class Choices:
    """The topics and audience of a post."""

    topics: Iterable[Topic] = ()
    audience: Iterable[str] = field(default=())


def _slug_for(title: str) -> str:
    """Return an unused slug for a title: letters folded to Latin, with a number if it is taken. One query."""
    base = slugify(spelling(title))[:MAX_SLUG_LENGTH].strip("-") or "post"
    taken = {*Post.objects.filter(slug__startswith=base).values_list("slug", flat=True), *TAKEN_SLUGS}
    return next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)


def _keep_choices(post: Post, choices: Choices) -> None:
    post.topics.set(choices.topics)
    wanted = set(choices.audience)
    post.audience.exclude(rank_group__in=wanted).delete()
    known = set(post.audience.values_list("rank_group", flat=True))
    PostAudience.objects.bulk_create(PostAudience(post=post, rank_group=group) for group in sorted(wanted - known))


def _keep_version(post: Post, by: Member) -> None:
    PostVersion.objects.create(
        post=post, number=post.version, title=post.title, body=post.body, by=by, at=post.changed_at
    )


@action
def write_post(*, post: Post, choices: Choices, publish: bool, by: Member) -> Post:
    """Save a new post by `by`, as a draft or published at once."""
    now = timezone.now()
    post.author, post.organisation, post.slug = by, by.organisation, _slug_for(post.title)
    post.created_at = post.changed_at = now
    post.published_at = now if publish else None
    post.save()
    _keep_choices(post, choices)
    _keep_version(post, by)
    if publish:
        notify_followers(post, by=by)
    record("publish_post" if publish else "draft_post", post, by=by, free_text={"title": post.title})
    return post


@action
def change_post(*, post: Post, choices: Choices, version_seen: int, by: Member) -> Post:
    """Save a changed post as its next version.

    `post` has the new values; `version_seen` is the version the editor opened. Raises ChangedMeanwhileError if it is no longer current.
    """
    now = locked(post)
    if now.version != version_seen:
        raise ChangedMeanwhileError(
            now,
            _("Somebody else changed this post while you were writing. Nothing is lost: both texts are shown below."),
        )
    changes = changed_row(post, WRITTEN)
    changes.pop("body", None)  # stored in PostVersion
    written = (post.title, post.body) != (now.title, now.body)
    post.version = now.version + written
    post.changed_at = timezone.now() if written else now.changed_at
    post.save(update_fields=["kind", "title", "body", "language", "minutes", "reach", "version", "changed_at"])
    _keep_choices(post, choices)
    if written:
        _keep_version(post, by)
    record("change_post", post, by=by, fields=changes, free_text={"title": post.title, **changes}, version=post.version)
    return post


@action
def publish_post(*, post: Post, by: Member) -> Post:
    """Publish a draft to its readers. Raises ValidationError if it is already published."""
    now = locked(post)
    if not now.is_draft:
        raise ValidationError(_("This post is published already."))
    post.published_at = timezone.now()
    post.save(update_fields=["published_at"])
    notify_followers(post, by=by)
    record("publish_post", post, by=by, free_text={"title": post.title})
    return post


@action
def delete_draft(*, post: Post, by: Member) -> None:
    """Delete a draft. Raises ValidationError for published posts, and for drafts with files."""
    now = locked(post)
    if not now.is_draft:
        raise ValidationError(_("This post is published: it can be hidden by a moderator, but not thrown away."))
    if now.materials.exists():
        raise ValidationError(_("This draft has files. Remove them first."))
    record("delete_draft", post, by=by, free_text={"title": post.title})
    post.topics.clear()
    post.delete()


@action
def pin_post(*, post: Post, is_pinned: bool, by: Member) -> Post:
    """Pin a post to the top of the library, or unpin it."""
    post.pinned_at = timezone.now() if is_pinned else None
    post.save(update_fields=["pinned_at"])
    if is_pinned:
        notify_readers(post, by=by)
    record("pin_post" if is_pinned else "unpin_post", post, by=by)
    return post
