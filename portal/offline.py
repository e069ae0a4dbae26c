"""Endpoints for marks stored offline in a browser: a fresh token, and the service worker and page without a connection."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_GET

from members.encryption import browser_name
from members.models import Member

WORKER = settings.BASE_DIR / "static" / "js" / "offline_worker.js"


@require_GET
def token(request: HttpRequest) -> JsonResponse:
    """Return who is signed in in this browser, and a token with which waiting marks can be sent."""
    assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; SignInMiddleware guarantees it
    return JsonResponse({"member": browser_name(request.user.pk), "token": get_token(request)})


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, and allow it to control every page, not only those below its own."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/"
    return answer


@login_not_required
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Show the fallback page of a browser that stores a sheet while the portal cannot be reached."""
    return render(request, "portal/offline.html")
