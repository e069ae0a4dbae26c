"""How long a session lasts: half an hour without a click (an hour for recorders), twelve hours in all."""

import time
from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY, logout
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import urlencode

from members.account.held_forms import hold_form
from members.models import Member, RoleCode

IDLE_SECONDS = 30 * 60
IDLE_SECONDS_RECORDING = 60 * 60
SECONDS_IN_ALL = 12 * 60 * 60
# The session is written at most once a minute, the member's last-seen time at most every five.
SECONDS_BETWEEN_NOTES = 60
SEEN_EVERY = timedelta(minutes=5)
SIGNED_IN_KEY, SEEN_KEY = "signed_in_at", "seen_at"


def note_sign_in(request: HttpRequest) -> None:
    """Start the clock; called when somebody has signed in."""
    request.session[SIGNED_IN_KEY] = request.session[SEEN_KEY] = int(time.time())


def idle_seconds(member: Member) -> int:
    """Return the number of seconds without a request after which this member is signed out."""
    return IDLE_SECONDS_RECORDING if member.has_role(RoleCode.RECORDER) else IDLE_SECONDS


def is_over(request: HttpRequest, member: Member, now: float) -> bool:
    """Return whether this session has exceeded its total or idle limit. No query."""
    signed_in = request.session.get(SIGNED_IN_KEY, 0)
    seen = request.session.get(SEEN_KEY, 0)
    return bool(now - signed_in >= SECONDS_IN_ALL or now - seen >= idle_seconds(member))


def note_seen(request: HttpRequest, member: Member, now: float) -> None:
    """Record that the member is active: at most once a minute in the session, once in five minutes on the member."""
    if now - request.session.get(SEEN_KEY, 0) < SECONDS_BETWEEN_NOTES:
        return
    request.session[SEEN_KEY] = int(now)
    moment = timezone.now()
    if member.last_seen_at is None or moment - member.last_seen_at >= SEEN_EVERY:
        stale = Q(last_seen_at=None) | Q(last_seen_at__lt=moment)
        Member.objects.filter(stale, pk=member.pk).update(last_seen_at=moment)
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=moment)


class TimeLimitsMiddleware:
    """Signs out members whose session has expired, and holds the form they submit so that nothing typed is lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY not in request.session or not isinstance(request.user, Member):
            return self.get_response(request)
        member, now = request.user, time.time()
        if not is_over(request, member, now):
            note_seen(request, member, now)
            return self.get_response(request)
        # The form is read before the session is flushed, and held in the new one.
        logout(request)
        if request.method == "POST" and not is_background(request) and hold_form(request, member):
            wanted = urlencode({"next": resolve_url("account_held_form")})
            return redirect(f"{resolve_url('account_login')}?{wanted}")
        return self.get_response(request)


def is_background(request: HttpRequest) -> bool:
    """Return whether the request comes from a script, which gets a status to act on instead of a redirect."""
    return bool(request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch")
