"""Notices: who hears of what, written in the transaction of what it tells. Called by actions alone."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from knowledge import access
from knowledge.models import (
    Comment,
    Digest,
    Follow,
    MaterialUse,
    MaterialVersion,
    Notice,
    NoticeChoice,
    Notification,
    Pace,
    Post,
)  # fmt: skip
from knowledge.models.coming_back import PACES
from mail.outbox import put_mail
from members.models import Member

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Letter:
    """A mail about one thing: `words` are subject and text, asked for in each reader's language.

    `key`, with the member's number in the place of {member}, keeps it from being written twice.
    """

    key: str
    words: Callable[[], tuple[str, str]]


def notify(
    notice: Notice, members: Iterable[int], *, post: Post, comment: Comment | None = None, by: Member
) -> list[Notification]:
    """Write a notice for each of these members (by key), and a mail for those who want it at once; return the notices.

    Left out are `by`, who may not read the post, who wants no such notice, and who was told of the same comment (or, without
    one, of the same post) before. Six queries whatever their number, and up to four for each mail.
    """
    wanted = set(members) - {by.pk}
    if not wanted:
        return []
    notified = Notification.objects.filter(post=post, comment=comment, member__in=wanted).values("member")
    readers = access.readers_of(post).filter(pk__in=wanted).exclude(pk__in=notified)
    letter = _Letter(
        f"told {{member}} {post.pk} {comment.pk if comment else 0}", lambda: _words(notice, post, comment, by)
    )
    return _write(notice, readers, letter, post=post, comment=comment)


def _write(
    notice: Notice, readers: QuerySet[Member], letter: _Letter, *, post: Post, comment: Comment | None = None
) -> list[Notification]:
    """Write the notice for each of these readers who wants it, and the letter to those who want it at once."""
    chosen = dict(NoticeChoice.objects.filter(member__in=readers, notice=notice).values_list("member", "pace"))
    paces = {member: chosen.get(member.pk, PACES[notice]) for member in readers.order_by("pk")}
    at_once = [member for member, pace in paces.items() if pace == Pace.AT_ONCE]
    rows = [
        Notification(member=member, notice=notice, post=post, comment=comment)
        for member, pace in paces.items()
        if pace != Pace.OFF
    ]
    for row in rows:
        row.mailed_at = row.at if row.member in at_once else None
    made = Notification.objects.bulk_create(rows)
    languages = dict(Digest.objects.filter(member__in=at_once).values_list("member", "language")) if at_once else {}
    for member in at_once:
        with override(languages.get(member.pk, settings.LANGUAGE_CODE)):
            subject, body = letter.words()
        try:
            put_mail(to=member.email, subject=subject, body=body, key=letter.key.format(member=member.pk))
        except ValidationError:  # what they are told of is somebody else's writing, which goes on
            logger.warning("A notice to member %s was not mailed: their address is none.", member.pk)
    return made


def notify_of_comment(comment: Comment, *, mentioned: Sequence[Member], by: Member) -> None:
    """Tell whom a comment mentions, then the author of the post and of the comment it answers: each once."""
    post, answered = comment.post, comment.answers
    notify(Notice.MENTIONED, [member.pk for member in mentioned], post=post, comment=comment, by=by)
    concerned = [post.author_id, *([answered.author_id] if answered else [])]
    notify(Notice.COMMENTED, concerned, post=post, comment=comment, by=by)


def notify_readers(post: Post, *, by: Member) -> None:
    """Tell every reader of a post that the secretariat has pinned."""
    notify(Notice.PINNED, access.readers_of(post).values_list("pk", flat=True), post=post, by=by)


def notify_followers(post: Post, *, by: Member) -> None:
    """Tell who follows the author or a topic of a post that has just been published."""
    following = Follow.objects.filter(Q(person=post.author_id) | Q(topic__in=post.topics.all()))
    notify(Notice.FOLLOWED, following.values_list("member", flat=True), post=post, by=by)


def notify_of_version(version: MaterialVersion, *, by: Member) -> None:
    """Tell the trainers of trainings to come that what they named is no longer the newest, or is withdrawn.

    Every version is told of, so nobody is left out who was told of another before.
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
    letter = _Letter(f"version {version.pk} {version.withdrawn_at or 0} {{member}}", lambda: _words_of_version(version))
    _write(Notice.NEW_VERSION, readers.exclude(pk=by.pk).distinct(), letter, post=material.post)


def _words(notice: Notice, post: Post, comment: Comment | None, by: Member) -> tuple[str, str]:
    """The subject and the text of a mail about a post, or a comment on it."""
    params = {"name": by.full_name, "title": post.title}
    if notice == Notice.MENTIONED:
        subject = _("%(name)s mentions you: %(title)s") % params
        first = _("%(name)s mentions you in “%(title)s”.") % params
    elif notice == Notice.COMMENTED:
        subject = _("%(name)s commented: %(title)s") % params
        first = _("%(name)s commented on “%(title)s”.") % params
    else:
        subject, first = _("New: %(title)s") % params, _("%(name)s published “%(title)s”.") % params
    path = reverse("knowledge:comment", args=[post.slug, comment.pk]) if comment else post.get_absolute_url()
    every = _("All your notices: %(address)s") % {"address": f"{settings.SITE_URL}{reverse('knowledge:notices')}"}
    said = [comment.body] if comment else []
    return subject, "\n\n".join([first, *said, f"{settings.SITE_URL}{path}", every]) + "\n"


def _words_of_version(version: MaterialVersion) -> tuple[str, str]:
    """The subject and the text of a mail about a version that is out, or was withdrawn."""
    params = {"title": version.material.title, "n": version.number}
    if version.withdrawn_at is None:
        subject = _("New version of %(title)s") % params
        said = _("Version %(n)d of “%(title)s” is out. A planned training of yours names an older one.") % params
    else:
        subject = _("%(title)s is withdrawn") % params
        said = _("Version %(n)d of “%(title)s” was withdrawn. A planned training of yours names it.") % params
    return subject, f"{said}\n\n{settings.SITE_URL}{version.material.get_absolute_url()}\n"
