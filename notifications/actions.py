"""A member's notification settings, and marking notifications as read. Both affect only that member."""

from collections.abc import Mapping

from django.utils import timezone

from audit.record import record
from common.actions import action
from members.models import Member
from notifications.digest import new_digest
from notifications.models import Digest, Notification, NotificationSetting


def digest_settings(member: Member) -> Digest:
    """Return the member's digest row; unsaved and weekly if there is none yet. One query."""
    return Digest.objects.filter(member=member).first() or new_digest(member.pk)


@action
def choose_notifications(*, member: Member, modes: Mapping[str, str], every: str, language: str, by: Member) -> None:
    """Save how soon a member is notified of each kind of event (by its code), and their digest settings."""
    for kind, mode in modes.items():
        NotificationSetting.objects.update_or_create(member=member, kind=kind, defaults={"mode": mode})
    digest = digest_settings(member)
    if digest.every == Digest.Every.OFF != every:
        digest.covers_until = timezone.now()  # switched on again: skip the time between
    digest.every, digest.language = every, language
    digest.save()
    record("choose_notifications", member, by=by)


@action
def leave_digest(*, digest: Digest, by: Member) -> None:
    """Turn off a member's digest, through the link in it, without signing in."""
    digest.every = Digest.Every.OFF
    digest.save(update_fields=["every"])
    record("leave_digest", digest.member, by=by)


@action
def read_notifications(*, by: Member) -> int:
    """Mark a member's notifications as read; return how many. If none was unread, no audit entry is written."""
    read = Notification.objects.filter(member=by, read_at=None).update(read_at=timezone.now())
    if read:
        record("read_notifications", by, by=by, notices=read)
    return read
