"""Error pages in the portal's look."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from members.account.session_timeout import is_background

RETRY_SECONDS = 10
NEVER_OFFERED = frozenset(
    {"csrfmiddlewaretoken", "password", "again", "password1", "password2", "oldpassword", "code", "credential"}
)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 with a page that says how to continue: the form was open too long, or cookies are off."""
    return render(request, "403_csrf.html", status=403)


class OriginCheck(CsrfViewMiddleware):
    """The CSRF and origin check without its error page, which would query the database."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden()


def came_from_us(request: HttpRequest) -> bool:
    """Return whether a form was sent by one of our pages. No query.

    The database may have failed before this was checked, and fields from a stranger's page must not be offered with a
    button that submits them in the member's name.
    """
    return OriginCheck(server_error).process_view(request, server_error, (), {}) is None


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the submitted fields, to offer them again: no passwords, no codes, nothing below /account/, no files."""
    if request.method != "POST" or request.path.startswith("/account/") or not came_from_us(request):
        return []
    try:
        sent = request.POST
    except (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError):
        return []
    return [(name, value) for name, values in sent.lists() if name not in NEVER_OFFERED for value in values]


def database_away(request: HttpRequest) -> HttpResponse:
    """Answer 503 with Retry-After; the page contains what was typed, to resubmit with one button. No query."""
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    if is_background(request):
        return JsonResponse({"error": "database_away", "again_in": RETRY_SECONDS}, status=503, headers=headers)
    fields = typed_fields(request)
    context = {
        "site_name": settings.SITE_NAME,
        "fields": fields,
        "path": request.get_full_path() if fields else "",
        "token": get_token(request) if fields else "",
    }
    return HttpResponse(render_to_string("503.html", context), status=503, headers=headers)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 with Retry-After if the database could not be reached.

    As a handler it also gets errors raised in middleware, such as reading the session. Renders without a database.
    """
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return database_away(request)
    return HttpResponse(render_to_string("500.html", {"site_name": settings.SITE_NAME}), status=500)
