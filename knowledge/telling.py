"""Notices: who hears of what, written in the transaction of what it tells. Called by actions alone."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from knowledge import access
from knowledge.models import Comment, Digest, Follow, Notice, NoticeChoice, Pace, Post, Told
from knowledge.models.coming_back import PACES
from members.models import Member
from members.outbox import put_mail


def tell(
    notice: Notice, members: Iterable[int], *, post: Post, comment: Comment | None = None, by: Member
) -> list[Told]:
    """Write a notice for each of these members (by key), and a mail for those who want it at once; return the notices.

    Left out are `by`, who may not read the post, who wants no such notice, and who was told of the same comment (or, without
    one, of the same post) before. Six queries whatever their number, and up to four for each mail.
    """
    wanted = set(members) - {by.pk}
    if not wanted:
        return []
    told = Told.objects.filter(post=post, comment=comment, member__in=wanted).values("member")
    readers = access.readers_of(post).filter(pk__in=wanted).exclude(pk__in=told).order_by("pk")
    chosen = dict(
        NoticeChoice.objects.filter(member__in=wanted, notice=notice).values_list("member", "pace")
    )  # fmt: skip
    paces = {member: chosen.get(member.pk, PACES[notice]) for member in readers}
    at_once = [member for member, pace in paces.items() if pace == Pace.AT_ONCE]
    rows = [
        Told(member=member, notice=notice, post=post, comment=comment)
        for member, pace in paces.items()
        if pace != Pace.OFF
    ]
    for row in rows:
        row.mailed_at = row.at if row.member in at_once else None
    made = Told.objects.bulk_create(rows)
    _mail(notice, at_once, post=post, comment=comment, by=by)
    return made


def tell_of_comment(comment: Comment, *, mentioned: Sequence[Member], by: Member) -> None:
    """Tell whom a comment mentions, then the author of the post and of the comment it answers: each once."""
    post, answered = comment.post, comment.answers
    tell(Notice.MENTIONED, [member.pk for member in mentioned], post=post, comment=comment, by=by)
    concerned = [post.author_id, *([answered.author_id] if answered else [])]
    tell(Notice.COMMENTED, concerned, post=post, comment=comment, by=by)


def tell_all(post: Post, *, by: Member) -> None:
    """Tell every reader of a post that the secretariat has pinned."""
    tell(Notice.PINNED, access.readers_of(post).values_list("pk", flat=True), post=post, by=by)


def tell_followers(post: Post, *, by: Member) -> None:
    """Tell who follows the author or a topic of a post that has just been published."""
    following = Follow.objects.filter(Q(person=post.author_id) | Q(topic__in=post.topics.all()))
    tell(Notice.FOLLOWED, following.values_list("member", flat=True), post=post, by=by)


def _mail(notice: Notice, members: Sequence[Member], *, post: Post, comment: Comment | None, by: Member) -> None:
    """Put a mail for each into the outbox; once for each member and thing, whatever it was told by."""
    if not members:
        return
    languages = dict(Digest.objects.filter(member__in=members).values_list("member", "language"))
    path = (
        reverse("knowledge:comment", args=[post.slug, comment.pk])
        if comment
        else reverse("knowledge:detail", args=[post.slug])
    )
    for member in members:
        with override(languages.get(member.pk, settings.LANGUAGE_CODE)):
            subject, first = _words(notice, post, by)
            body = "\n\n".join(
                [first, *([comment.body] if comment else []), f"{settings.SITE_URL}{path}",
                 _("All your notices: %(address)s") % {"address": f"{settings.SITE_URL}{reverse('knowledge:notices')}"}]
            )  # fmt: skip
        put_mail(
            to=member.email, subject=subject, body=f"{body}\n",
            key=f"told {member.pk} {post.pk} {comment.pk if comment else 0}",
        )  # fmt: skip


def _words(notice: Notice, post: Post, by: Member) -> tuple[str, str]:
    """The subject and the first sentence of a mail."""
    told = {"name": by.full_name, "title": post.title}
    if notice == Notice.MENTIONED:
        return _("%(name)s mentions you: %(title)s") % told, _("%(name)s mentions you in “%(title)s”.") % told
    if notice == Notice.COMMENTED:
        return _("%(name)s commented: %(title)s") % told, _("%(name)s commented on “%(title)s”.") % told
    return _("New: %(title)s") % told, _("%(name)s published “%(title)s”.") % told
