"""What a member keeps for themselves: saved posts, what they follow, and their notices."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.views import page_of, safe_next
from knowledge import access
from knowledge.cards import cards, posts_of, rows_for_cards
from knowledge.models import Follow, Notification
from knowledge.subscriptions import reactions
from members.models import Member
from members.request import member_of
from trainers.models import Topic

PAGE = 20


@require_GET
def saved(request: HttpRequest) -> HttpResponse:
    """Posts kept for later, the last saved first. One that can no longer be read is left out."""
    by = member_of(request)
    rows = access.readable_posts(by).filter(saved_by__member=by).order_by("-saved_by__at")
    page = page_of(request, rows, PAGE)
    return render(
        request,
        "knowledge/subscriptions/saved.html",
        {"page": page, "cards": cards(rows_for_cards(posts_of(page)), by)},
    )


@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """What a member was told, newest first, and what they follow. A POST marks all as read."""
    by = member_of(request)
    if request.method == "POST":
        reactions.read_notices(by=by)
        return redirect("knowledge:notices")
    notifications = Notification.objects.filter(member=by, post__in=access.readable_posts(by))
    page = page_of(request, notifications.select_related("post", "post__author", "comment__author"), PAGE)
    following = Follow.objects.filter(member=by).select_related("topic", "person").order_by("pk")
    context = {"page": page, "following": following, "unread": any(row.read_at is None for row in page)}
    return render(request, "knowledge/subscriptions/notices.html", context)


def _follow(request: HttpRequest, thing: Any, name: str) -> HttpResponse:
    on = "off" not in request.POST
    reactions.follow(thing=thing, on=on, by=member_of(request))
    said = _("You follow %(name)s.") if on else _("You no longer follow %(name)s.")
    messages.success(request, said % {"name": name})
    return redirect(safe_next(request, request.POST.get("next", ""), "knowledge:notices"))


@require_POST
def follow_topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear of new posts about a topic, or no longer."""
    topic = get_object_or_404(Topic, pk=pk)
    return _follow(request, topic, topic.name)


@require_POST
def follow_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear of new posts of a member, or no longer."""
    by = member_of(request)
    people = (
        access.followable_people(by) if "off" not in request.POST else Member.objects.filter(followed_by__member=by)
    )
    person = get_object_or_404(people, pk=pk)
    return _follow(request, person, person.full_name)
