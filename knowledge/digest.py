"""The digest: what is new for one member since the last one, as a plain mail; written to the outbox when it is due."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import pgettext

from knowledge.access import readable_posts
from knowledge.models import Digest, Notice, NoticeChoice, Notification, Pace, Post
from mail.outbox import put_mail
from members.models import Member

logger = logging.getLogger(__name__)

HOUR = time(7)
MONDAY = 0
MAX_POSTS = 15
MAX_NOTICES = 30
AT_ONCE = 50


@dataclass(frozen=True)
class DigestItem:
    """Something that an app above tells in a digest: its words and the address that opens it."""

    title: str
    address: str


# What apps above tell of saved searches: a member and the moment of their last digest in. Registered when they are ready.
SEARCHES: list[Callable[[Member, datetime], list[DigestItem]]] = []


@dataclass
class News:
    """What a digest tells: notices for the member alone, new posts of what they follow, other new posts, and how many more."""

    notices: list[Notification] = field(default_factory=list)
    followed: list[Post] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    more: int = 0
    searches: list[DigestItem] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.notices or self.followed or self.posts or self.searches)


def next_digest(digest: Digest) -> datetime | None:
    """Return when a digest is due next: the first seven o'clock after the last one, or the first of a Monday; None if never."""
    if digest.every == Digest.Every.OFF:
        return None
    local = timezone.localtime(digest.told_until)
    day = local.date() + timedelta(days=local.time() >= HOUR)
    if digest.every == Digest.Every.WEEK:
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    return timezone.make_aware(datetime.combine(day, HOUR))


def new_digest(member: int) -> Digest:
    """Return a digest for a member (by key) who has none: weekly, from now on, unsaved."""
    return Digest(member_id=member, leave_token=secrets.token_hex(32))


def ensure_digests() -> None:
    """Give every active member a digest who has none: weekly, from now on. One query, and one insert for those who lack it."""
    without = Member.objects.filter(is_active=True, digest=None).values_list("pk", flat=True)
    rows = [new_digest(pk) for pk in without]
    if rows:
        Digest.objects.bulk_create(rows, ignore_conflicts=True)


def send_due_digests(now: datetime | None = None) -> int:
    """Write the digests that are due to the outbox and return how many; nothing new writes no mail. The worker's round.

    Each in a transaction of its own with its row locked: two workers write one, a killed one loses none.
    """
    ensure_digests()
    now = now or timezone.now()
    sent = 0
    waiting = Digest.objects.exclude(every=Digest.Every.OFF).filter(
        told_until__lt=now - timedelta(minutes=1), member__is_active=True
    )
    for digest in waiting.order_by("pk").iterator(chunk_size=500):
        due = next_digest(digest)
        if due is not None and due <= now:
            sent += _send_one(digest.pk, now)
    return sent


def _send_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        locking = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
        digests = (
            Digest.objects.select_for_update(of=("self",), **locking)
            .filter(pk=pk)
            .select_related("member__organisation")
        )
        digest = digests.first()
        due = next_digest(digest) if digest else None
        if digest is None or due is None or due > now:
            return False  # another worker was faster, or it was switched off meanwhile
        news = news_for(digest.member, digest.told_until, now)
        is_written = bool(news) and _put(digest, news)
        if is_written:
            Notification.objects.filter(pk__in=[told.pk for told in news.notices]).update(mailed_at=now)
        digest.told_until = now
        digest.save(update_fields=["told_until"])
        return is_written


def news_for(member: Member, since: datetime, until: datetime) -> News:
    """Return what is new for a member between two moments, of what they may read now. Six queries, and those of saved searches."""
    waiting = Notification.objects.filter(member=member, mailed_at=None, read_at=None, at__lte=until)
    readable = readable_posts(member)
    waiting = waiting.filter(post__in=readable).select_related("post", "comment__author", "post__author")
    notices = [
        told
        for told in waiting.exclude(notice=Notice.FOLLOWED).order_by("at")[:MAX_NOTICES]
        if told.comment is None or (told.comment.hidden_at is None and told.comment.removed_at is None)
    ]
    new = readable.filter(published_at__gt=since, published_at__lte=until).exclude(author=member)
    follows = Q(author__followed_by__member=member) | Q(topics__followed_by__member=member)
    by_key = new.filter(pk__in=new.filter(follows).values("pk"))
    followed = list(by_key.select_related("author").order_by("-published_at")[:MAX_POSTS])
    rest = new.exclude(pk__in=[post.pk for post in followed]).select_related("author")
    posts = list(rest.order_by("-published_at")[: MAX_POSTS + 1])
    more = rest.count() - MAX_POSTS if len(posts) > MAX_POSTS else 0
    off = NoticeChoice.objects.filter(member=member, notice=Notice.SEARCH, pace=Pace.OFF).exists()
    searches = [] if off else [found for told in SEARCHES for found in told(member, since)]
    return News(notices, followed, posts[:MAX_POSTS], more, searches)


def _line(title: str, address: str) -> str:
    return f"- {' '.join(title.split())}\n  {settings.SITE_URL}{address}"


def _of_notice(notification: Notification) -> str:
    patterns = {
        Notice.MENTIONED: pgettext("digest", "%(name)s mentions you: %(title)s"),
        Notice.COMMENTED: pgettext("digest", "%(name)s commented: %(title)s"),
        Notice.NEW_VERSION: pgettext("digest", "New version: %(title)s"),
    }
    name = notification.comment.author.full_name if notification.comment else notification.post.author.full_name
    pattern = patterns.get(Notice(notification.notice), "%(title)s")
    return _line(pattern % {"name": name, "title": notification.post.title}, notification.post.get_absolute_url())


def _of_post(post: Post) -> str:
    return _line(f"{post.title} ({post.author.full_name})", post.get_absolute_url())


def compose(digest: Digest, news: News) -> tuple[str, str, dict[str, str]]:
    """Return subject, body and headers of a digest in its language. No query beside its rows.

    Its texts have a context of their own: nothing else that says the same becomes half translated.
    """
    with translation.override(digest.language):
        return _composed(digest, news)


def _composed(digest: Digest, news: News) -> tuple[str, str, dict[str, str]]:
    parts = [pgettext("digest", "Hello %(name)s,") % {"name": digest.member.given_name}]
    for heading, lines in (
        (pgettext("digest", "For you"), [_of_notice(told) for told in news.notices]),
        (pgettext("digest", "Topics and people you follow"), [_of_post(post) for post in news.followed]),
        (pgettext("digest", "New in the network"), [_of_post(post) for post in news.posts]),
        (pgettext("digest", "Your saved searches"), [_line(found.title, found.address) for found in news.searches]),
    ):
        if lines:
            parts.append("\n".join([f"{heading}:", "", *lines]))
    if news.more:
        more = pgettext("digest", "and %(n)s more in the library:") % {"n": news.more}
        parts.append(f"{more} {settings.SITE_URL}{reverse('knowledge:list')}")
    leave = f"{settings.SITE_URL}{reverse('knowledge:leave', args=[digest.leave_token])}"
    choose = f"{settings.SITE_URL}{reverse('knowledge:choices')}"
    leave_words, choose_words = (
        pgettext("digest", "No more digests, by one click:"),
        pgettext("digest", "How often and of what you get mail:"),
    )
    parts.append(f"--\n{leave_words} {leave}\n{choose_words} {choose}")
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return (
        pgettext("digest", "What is new on %(site)s") % {"site": settings.SITE_NAME},
        "\n\n".join(parts) + "\n",
        headers,
    )


def _put(digest: Digest, news: News) -> bool:
    """Write the digest to the outbox; False, said in the log, where the member's address is none: tried again when the next is due."""
    subject, body, headers = compose(digest, news)
    try:
        put_mail(
            to=digest.member.email, subject=subject, body=body, headers=headers,
            key=f"digest {digest.pk} {digest.told_until.isoformat()}",
        )  # fmt: skip
    except ValidationError:
        logger.warning("The digest of member %s was not written: their address is none.", digest.pk)
        return False
    return True
