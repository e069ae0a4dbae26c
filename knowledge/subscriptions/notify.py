"""Sending notifications about knowledge, in the transaction of the write. Called only by actions."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge import access
from knowledge.models import Comment, Follow, MaterialUse, MaterialVersion, Post
from knowledge.subscriptions.kinds import COMMENTED, FOLLOWED, MENTIONED, NEW_VERSION, PINNED
from members.models import Member
from notifications.kinds import NotificationKind
from notifications.notify import MailText, notifications_about, notify


def notify_members(kind: NotificationKind, members: Iterable[int], target: Post | Comment, *, by: Member) -> None:
    """Notify these members (by primary key) about a post, or a comment on it.

    Skips `by`, members who may not read the post, and those already notified about the same. Six queries for any number
    of members, and up to four per email.
    """
    wanted = set(members) - {by.pk}
    if not wanted:
        return
    comment = target if isinstance(target, Comment) else None
    post = comment.post if comment else target
    assert isinstance(post, Post)  # noqa: S101 - narrows the type
    notified = notifications_about(target).filter(member__in=wanted).values("member")
    readers = access.readers_of(post).filter(pk__in=wanted).exclude(pk__in=notified)
    key = f"told {{member}} {post.pk} {comment.pk if comment else 0}"
    notify(kind, readers, target, MailText(key, lambda: _words(kind, post, comment, by)))


def notify_mentioned(comment: Comment, mentioned: Sequence[Member], *, by: Member) -> None:
    """Notify the members mentioned in a comment."""
    notify_members(MENTIONED, [member.pk for member in mentioned], comment, by=by)


def notify_of_comment(comment: Comment, *, mentioned: Sequence[Member], by: Member) -> None:
    """Notify members a comment mentions, the author of the post and that of the comment it answers: each once."""
    notify_mentioned(comment, mentioned, by=by)
    answered = comment.answers
    concerned = [comment.post.author_id, *([answered.author_id] if answered else [])]
    notify_members(COMMENTED, concerned, comment, by=by)


def notify_readers(post: Post, *, by: Member) -> None:
    """Notify all readers of a post that the secretariat has pinned."""
    notify_members(PINNED, access.readers_of(post).values_list("pk", flat=True), post, by=by)


def notify_followers(post: Post, *, by: Member) -> None:
    """Notify members who follow the author or a topic of a newly published post."""
    following = Follow.objects.filter(Q(person=post.author_id) | Q(topic__in=post.topics.all()))
    notify_members(FOLLOWED, following.values_list("member", flat=True), post, by=by)


def notify_of_version(version: MaterialVersion, *, by: Member) -> None:
    """Notify trainers of future trainings that a file version they chose is outdated or withdrawn.

    Each version counts separately: members already notified about another version are notified again.
    """
    material = version.material
    uses = MaterialUse.objects.filter(
        version__material=material,
        training__cancelled_at=None,
        training__ends_on__gte=timezone.localdate(),
    )
    is_withdrawn = version.withdrawn_at is not None
    uses = uses.filter(version=version) if is_withdrawn else uses.exclude(version=version)
    readers = access.readers_of(material.post).filter(profile__assignments__training__in=uses.values("training"))
    mail = MailText(f"version {version.pk} {version.withdrawn_at or 0} {{member}}", lambda: _words_of_version(version))
    notify(NEW_VERSION, readers.exclude(pk=by.pk).distinct(), material.post, mail)


def _words(kind: NotificationKind, post: Post, comment: Comment | None, by: Member) -> tuple[str, str]:
    """Return the subject and text of an email about a post, or a comment on it."""
    params = {"name": by.full_name, "title": post.title}
    if kind == MENTIONED:
        subject = _("%(name)s mentions you: %(title)s") % params
        first = _("%(name)s mentions you in “%(title)s”.") % params
    elif kind == COMMENTED:
        subject = _("%(name)s commented: %(title)s") % params
        first = _("%(name)s commented on “%(title)s”.") % params
    else:
        subject, first = _("New: %(title)s") % params, _("%(name)s published “%(title)s”.") % params
    path = (comment or post).get_absolute_url()
    every = _("All your notices: %(address)s") % {"address": f"{settings.SITE_URL}{reverse('notifications:list')}"}
    said = [comment.body] if comment else []
    return subject, "\n\n".join([first, *said, f"{settings.SITE_URL}{path}", every]) + "\n"


def _words_of_version(version: MaterialVersion) -> tuple[str, str]:
    """Return the subject and text of an email about a new or withdrawn version."""
    params = {"title": version.material.title, "n": version.number}
    if version.withdrawn_at is None:
        subject = _("New version of %(title)s") % params
        said = _("Version %(n)d of “%(title)s” is out. A planned training of yours names an older one.") % params
    else:
        subject = _("%(title)s is withdrawn") % params
        said = _("Version %(n)d of “%(title)s” was withdrawn. A planned training of yours names it.") % params
    return subject, f"{said}\n\n{settings.SITE_URL}{version.material.get_absolute_url()}\n"
