"""Notifying members, in the transaction of the event itself. Called by actions only."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import override

from mail.outbox import put_mail
from members.models import Member
from notifications.kinds import NotificationKind
from notifications.models import DeliveryMode, Digest, Notification, NotificationSetting

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MailText:
    """The email of one event: `words` returns subject and text, called in each reader's language.

    `key`, with {member} replaced by the member's number, prevents duplicates.
    """

    key: str
    words: Callable[[], tuple[str, str]]


def notifications_about(target: Model) -> QuerySet[Notification]:
    """Return all members' notifications about one row."""
    return Notification.objects.filter(content_type=ContentType.objects.get_for_model(target), object_id=target.pk)


def notify(kind: NotificationKind, readers: QuerySet[Member], target: Model, mail: MailText) -> list[Notification]:
    """Notify each of these readers who wants it, by email if they want it at once; return the new notifications.

    The caller excludes readers who may not open `target`. Four queries for any number of readers, up to four per email.
    """
    settings_of = NotificationSetting.objects.filter(member__in=readers, kind=kind.code)
    chosen = dict(settings_of.values_list("member", "mode"))
    modes = {member: chosen.get(member.pk, kind.default) for member in readers.order_by("pk")}
    at_once, now = [member for member, mode in modes.items() if mode == DeliveryMode.AT_ONCE], timezone.now()
    notifications = Notification.objects.bulk_create(
        [
            Notification(
                member=member, kind=kind.code, target=target, at=now, mailed_at=now if member in at_once else None
            )
            for member, mode in modes.items()
            if mode != DeliveryMode.OFF
        ]
    )
    _mail(at_once, mail)
    return notifications


def _mail(members: list[Member], mail: MailText) -> None:
    languages = dict(Digest.objects.filter(member__in=members).values_list("member", "language")) if members else {}
    for member in members:
        with override(languages.get(member.pk, settings.LANGUAGE_CODE)):
            subject, body = mail.words()
        try:
            put_mail(to=member.email, subject=subject, body=body, key=mail.key.format(member=member.pk))
        except ValidationError:  # the event is somebody else's writing, which must go on
            logger.warning("A notice to member %s was not mailed: their address is none.", member.pk)
