"""Notifying members, in the transaction of what they are notified of. Called by actions alone."""

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
    """The mail of one event: `words` makes subject and text, called in each reader's language.

    `key`, with the member's number in the place of {member}, keeps it from being written twice.
    """

    key: str
    words: Callable[[], tuple[str, str]]


def notifications_about(target: Model) -> QuerySet[Notification]:
    """Return the notifications about one row, whosever they are."""
    return Notification.objects.filter(content_type=ContentType.objects.get_for_model(target), object_id=target.pk)


def notify(kind: NotificationKind, readers: QuerySet[Member], target: Model, mail: MailText) -> list[Notification]:
    """Notify each of these readers who wants it, by mail those who want it at once; return what was written.

    The caller leaves out who may not open `target`. Four queries whatever the number of readers, and up to four a mail.
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
        except ValidationError:  # what they are notified of is somebody else's writing, which goes on
            logger.warning("A notice to member %s was not mailed: their address is none.", member.pk)
