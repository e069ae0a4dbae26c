"""The digest: what is new for one member since the last one, as a plain-text email; written to the outbox when due."""

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import pgettext

from mail.outbox import put_mail
from members.models import Member
from notifications import access
from notifications.kinds import KINDS
from notifications.models import Digest, Notification

logger = logging.getLogger(__name__)

HOUR = time(7)
MONDAY = 0
MAX_NOTIFICATIONS = 30


@dataclass(frozen=True)
class DigestItem:
    """One item of a digest: its text and the path that opens it."""

    title: str
    path: str


@dataclass(frozen=True)
class DigestSection:
    """Digest items under one heading; `more` is a line about the rest, placed below all sections."""

    heading: str
    items: list[DigestItem]
    more: str = ""


@dataclass(frozen=True)
class News:
    """The content of one digest: notifications for the member, and the sections of the apps above."""

    notifications: list[Notification]
    sections: list[DigestSection]

    def __bool__(self) -> bool:
        return bool(self.notifications) or any(section.items for section in self.sections)


# Takes a member and the time since their last digest, returns their sections in the active language.
SectionSource = Callable[[Member, datetime, datetime], Iterable[DigestSection]]
_sources: dict[int, SectionSource] = {}


def register_sections(position: int, source: SectionSource) -> None:
    """Let an app above add sections to every digest, below those of a lower position."""
    _sources[position] = source


def next_digest(digest: Digest) -> datetime | None:
    """Return when a digest is due next: the first seven o'clock after the last one, or a Monday's; None if never."""
    if digest.every == Digest.Every.OFF:
        return None
    local = timezone.localtime(digest.covers_until)
    day = local.date() + timedelta(days=local.time() >= HOUR)
    if digest.every == Digest.Every.WEEK:
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    return timezone.make_aware(datetime.combine(day, HOUR))


def new_digest(member: int) -> Digest:
    """Return an unsaved digest for a member (by key) who has none: weekly, from now on."""
    return Digest(member_id=member, leave_token=secrets.token_hex(32))


def ensure_digests() -> None:
    """Create a weekly digest from now on for active members without one. One query, and one insert if any are missing."""
    without = Member.objects.filter(is_active=True, digest=None).values_list("pk", flat=True)
    rows = [new_digest(pk) for pk in without]
    if rows:
        Digest.objects.bulk_create(rows, ignore_conflicts=True)


def send_due_digests(now: datetime | None = None) -> int:
    """Write due digests to the outbox and return how many; no news, no email. Run regularly by the worker.

    Each in its own transaction with its row locked: two workers write one, a killed one loses none.
    """
    ensure_digests()
    now = now or timezone.now()
    sent = 0
    waiting = Digest.objects.exclude(every=Digest.Every.OFF).filter(
        covers_until__lt=now - timedelta(minutes=1), member__is_active=True
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
            return False  # another worker was faster, or it has been switched off
        news = news_for(digest, now)
        is_written = bool(news) and _put(digest, news)
        if is_written:
            Notification.objects.filter(pk__in=[row.pk for row in news.notifications]).update(mailed_at=now)
        digest.covers_until = now
        digest.save(update_fields=["covers_until"])
        return is_written


def news_for(digest: Digest, until: datetime) -> News:
    """Return the news since the last digest that its member may read now, in the digest's language.

    One query, one for each kind of target, and those of the sections.
    """
    waiting = access.visible_notifications(digest.member).filter(
        kind__in=[kind.code for kind in KINDS.values() if kind.is_in_digest],
        mailed_at=None,
        read_at=None,
        at__lte=until,
    )
    notifications = list(waiting.order_by("at")[:MAX_NOTIFICATIONS])
    with translation.override(digest.language):
        sources = [_sources[position] for position in sorted(_sources)]
        sections = [section for source in sources for section in source(digest.member, digest.covers_until, until)]
    return News(notifications, sections)


def _line(item: DigestItem) -> str:
    return f"- {' '.join(item.title.split())}\n  {settings.SITE_URL}{item.path}"


def _item(notification: Notification) -> DigestItem:
    target: Any = notification.target
    return DigestItem(KINDS[notification.kind].digest_sentence(target), target.get_absolute_url())


def compose(digest: Digest, news: News) -> tuple[str, str, dict[str, str]]:
    """Return subject, body and headers of a digest in its language. No query besides its rows.

    Its texts have their own translation context, so that the same words elsewhere do not become half translated.
    """
    with translation.override(digest.language):
        return _composed(digest, news)


def _composed(digest: Digest, news: News) -> tuple[str, str, dict[str, str]]:
    for_member = DigestSection(pgettext("digest", "For you"), [_item(row) for row in news.notifications])
    sections = [section for section in (for_member, *news.sections) if section.items]
    parts = [pgettext("digest", "Hello %(name)s,") % {"name": digest.member.given_name}]
    parts += ["\n".join([f"{section.heading}:", "", *map(_line, section.items)]) for section in sections]
    parts += [section.more for section in sections if section.more]
    leave = f"{settings.SITE_URL}{reverse('notifications:leave', args=[digest.leave_token])}"
    choose = f"{settings.SITE_URL}{reverse('notifications:settings')}"
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
    """Write the digest to the outbox; on an invalid address log it and return False: retried when the next is due."""
    subject, body, headers = compose(digest, news)
    try:
        put_mail(
            to=digest.member.email,
            subject=subject,
            body=body,
            headers=headers,
            key=f"digest {digest.pk} {digest.covers_until.isoformat()}",
        )
    except ValidationError:
        logger.warning("The digest of member %s was not written: their address is none.", digest.pk)
        return False
    return True
