"""Parts of the notification pages about knowledge: what a member follows, and their feed URL."""

from typing import Any

from django import template
from django.urls import reverse

from knowledge.models import Follow, SecretAddress
from knowledge.subscriptions.secret_addresses import SESSION_KEY
from members.request import member_of

register = template.Library()


@register.inclusion_tag("knowledge/subscriptions/_followed.html", takes_context=True)
def followed(context: dict[str, Any]) -> dict[str, Any]:
    """What the reader follows, each with a button to unfollow it. One query."""
    request = context["request"]
    following = Follow.objects.filter(member=member_of(request)).select_related("topic", "person").order_by("pk")
    return {"following": following, "request": request, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("knowledge/subscriptions/_feed_address.html", takes_context=True)
def feed_address(context: dict[str, Any]) -> dict[str, Any]:
    """The reader's secret feed URL, shown only on the page after its creation. One query."""
    request = context["request"]
    secret = request.session.pop(SESSION_KEY, "")
    return {
        "address": request.build_absolute_uri(reverse("knowledge:feed", args=[secret])) if secret else "",
        "has_address": SecretAddress.objects.filter(member=member_of(request), revoked_at=None).exists(),
        "csrf_token": context.get("csrf_token"),
    }
