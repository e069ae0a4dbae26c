"""Access rules for notifications."""

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Q, QuerySet

from members.models import Member
from notifications.kinds import TARGETS
from notifications.models import Notification


def visible_notifications(member: Member) -> QuerySet[Notification]:
    """A member's own notifications about objects they may open now, with these objects.

    One query, and one more for each kind of target among the rows.
    """
    rows, about_visible = Notification.objects.filter(member=member), Q(pk__in=[])
    for target in TARGETS:
        content_type = ContentType.objects.get_for_model(target.model)
        about_visible |= Q(content_type=content_type, object_id__in=target.visible(member).order_by().values("pk"))
    joined = [target.model._default_manager.select_related(*target.related) for target in TARGETS]
    return rows.filter(about_visible).prefetch_related(GenericPrefetch("target", joined))
