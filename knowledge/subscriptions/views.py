"""Views of a member's saved posts, of what they follow, and of feeds."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.views import page_of, safe_next
from knowledge import access
from knowledge.cards import cards, posts_of, rows_for_cards
from knowledge.models import Post
from knowledge.subscriptions import reactions, secret_addresses
from knowledge.subscriptions.feeds import atom_of
from knowledge.subscriptions.secret_addresses import SESSION_KEY
from members.models import Member
from members.request import member_of
from trainers.models import Topic

PAGE = 20


@require_GET
def saved(request: HttpRequest) -> HttpResponse:
    """List posts saved for later, last saved first, without those no longer readable."""
    by = member_of(request)
    rows = access.readable_posts(by).filter(saved_by__member=by).order_by("-saved_by__at")
    page = page_of(request, rows, PAGE)
    return render(
        request,
        "knowledge/subscriptions/saved.html",
        {"page": page, "cards": cards(rows_for_cards(posts_of(page)), by)},
    )


def _follow(request: HttpRequest, thing: Any, name: str) -> HttpResponse:
    on = "off" not in request.POST
    reactions.follow(thing=thing, on=on, by=member_of(request))
    said = _("You follow %(name)s.") if on else _("You no longer follow %(name)s.")
    messages.success(request, said % {"name": name})
    return redirect(safe_next(request, request.POST.get("next", ""), "notifications:list"))


@require_POST
def follow_topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a topic's new posts, or stop."""
    topic = get_object_or_404(Topic, pk=pk)
    return _follow(request, topic, topic.name)


@require_POST
def follow_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a member's new posts, or stop."""
    by = member_of(request)
    people = (
        access.followable_people(by) if "off" not in request.POST else Member.objects.filter(followed_by__member=by)
    )
    person = get_object_or_404(people, pk=pk)
    return _follow(request, person, person.full_name)


@require_POST
def secret_make(request: HttpRequest) -> HttpResponse:
    """Create a new secret address for the member; the next page shows it, once."""
    member = member_of(request)
    request.session[SESSION_KEY] = secret_addresses.make_secret_address(member=member, by=member)
    return redirect(f"{reverse('notifications:settings')}#feeds")


@require_POST
def secret_revoke(request: HttpRequest) -> HttpResponse:
    """Revoke the member's secret address."""
    member = member_of(request)
    secret_addresses.revoke_secret_address(member=member, by=member)
    messages.success(request, _("The secret address is ended: feed readers that have it get nothing more."))
    return redirect(f"{reverse('notifications:settings')}#feeds")


@login_not_required
@require_GET
def feed(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Return the library as an Atom feed: public posts or, with a secret, the member's; filtered by `?topic=`."""
    posts: QuerySet[Post] = access.public_posts()
    if secret:
        member = secret_addresses.member_of_secret(secret)
        if member is None:
            raise Http404
        posts = access.readable_posts(member)
    topic = request.GET.get("topic", "")
    if topic:
        posts = posts.filter(topics=int(topic)) if topic.isdecimal() and len(topic) < 10 else posts.none()
    answer = HttpResponse(atom_of(posts, request.path), content_type="application/atom+xml; charset=utf-8")
    answer["X-Content-Type-Options"], answer["Cache-Control"] = "nosniff", "private, max-age=300"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
