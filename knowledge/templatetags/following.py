"""Template tags with which pages of the apps below show features of knowledge."""

from typing import Any

from django import template
from django.template import Context

from knowledge import access
from knowledge.models import Follow
from members.models import Member
from trainings.models import Training

register = template.Library()


def _reader(context: Context) -> Member | None:
    user = context.get("user")
    return user if isinstance(user, Member) else None


@register.inclusion_tag("knowledge/subscriptions/_follow.html", takes_context=True)
def follow_topic(context: Context, pk: str, name: str) -> dict[str, Any]:
    """A button to follow or unfollow a topic. One query."""
    reader = _reader(context)
    is_followed = Follow.objects.filter(member=reader, topic=int(pk)).exists() if reader else False
    return _button(context, "knowledge:follow_topic", int(pk), name, is_followed, bool(reader))


@register.inclusion_tag("knowledge/subscriptions/_follow.html", takes_context=True)
def follow_person(context: Context, person: Member) -> dict[str, Any]:
    """A button to follow or unfollow another member. One query."""
    reader = _reader(context)
    can = bool(reader and reader.pk != person.pk and person.is_active)
    is_followed = Follow.objects.filter(member=reader, person=person).exists() if can else False
    return _button(context, "knowledge:follow_person", person.pk, person.full_name, is_followed, can)


def _button(context: Context, route: str, pk: int, name: str, is_followed: bool, can: bool) -> dict[str, Any]:
    return {
        "route": route, "pk": pk, "name": name, "is_followed": is_followed, "can_follow": can, "is_whole": True,
        "request": context["request"], "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.inclusion_tag("knowledge/field_notes/_note_link.html", takes_context=True)
def note_link(context: Context, training: Training) -> dict[str, Any]:
    """A link to write or change the reader's field note of a training. No query on its page."""
    reader = _reader(context)
    return {"can_note": bool(reader and access.can_note(reader, training)), "training": training}
