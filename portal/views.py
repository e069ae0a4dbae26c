"""Home page, public pages and health checks."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from knowledge.access import trainings_to_note, undecided_complaints, visible_complaints
from members.access import manageable_requests, unsent_mails
from members.models import Member
from portal.todo import coming_up, counted, waiting_for
from portal.totals import network_totals
from trainers.access import public_profiles
from trainings.access import can_create, open_pairs


def _waiting(member: Member) -> dict[str, object]:
    """This member's open tasks. Two queries."""
    numbers = counted(
        asking=manageable_requests(member),
        pairs=open_pairs(member),
        unsent=unsent_mails(member),
        reported=visible_complaints(member).filter(outcome="open"),
        undecided=undecided_complaints(member),
        notes=trainings_to_note(member, timezone.now()),
    )
    numbers["reported"] += numbers.pop("undecided")
    return {"waiting": waiting_for(member), **numbers}


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The landing page for strangers; for members open tasks, upcoming trainings and the network's totals."""
    member = request.user
    if not isinstance(member, Member):
        trainers = public_profiles().select_related("member__organisation").prefetch_related("topics")
        return render(request, "landing.html", {"figures": network_totals(), "profiles": trainers})
    context = {
        "totals": network_totals(),
        "upcoming": coming_up(),
        "can_create": can_create(member),
        "hour": timezone.localtime().hour,
        **_waiting(member),
    }
    return render(request, "portal/home.html", context)


@login_not_required
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive. No queries."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether database and cache are usable; 500 or 503 if not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    cache.set("readyz", 1, 5)
    return JsonResponse({"database": "ready", "cache": "ready"})


@login_not_required
@require_GET
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a vulnerability (RFC 9116). Valid for 90 days from now, so that nobody can forget to renew it."""
    until = (timezone.now() + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {until}",
        "Preferred-Languages: en, sr, bs, mk",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_GET
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Let search engines index the landing page and nothing else."""
    return HttpResponse("User-agent: *\nAllow: /$\nDisallow: /\n", content_type="text/plain; charset=utf-8")
