"""Requires sign-in everywhere; a number too large for the database is a bad request, not a server error."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from members.account.session_timeout import is_background
from members.models import Member
from members.second_factor.rules import is_pending

# What a member may open before passing the second factor that their roles require: the pages leading to it, the way
# out, and public pages that show nothing of a member.
OPEN_WHILE_PENDING = frozenset({
    "account_second_factor", "account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "alive", "ready", "security_txt", "robots_txt",
    "offline_worker",
})  # fmt: skip


class SignInMiddleware(LoginRequiredMiddleware):
    """Requires sign-in for every page unless its view is `login_not_required`.

    A signed-out background request gets 401: a redirect to the sign-in page would look like "saved".
    """

    def handle_no_permission(  # type: ignore[override]  # a background request gets 401 instead of a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if is_background(request):
            return JsonResponse({"error": "signed_out", "sign_in": reverse("account_login")}, status=401)
        return super().handle_no_permission(request, view_func)


class SecondFactorMiddleware:
    """Redirects a member whose roles see names to their second factor before anything else.

    A background request gets 403 with the URL that asks for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        match, member = request.resolver_match, request.user
        if not isinstance(member, Member) or (match and match.view_name in OPEN_WHILE_PENDING):
            return None
        if not is_pending(request, member):
            return None
        page = reverse("account_second_factor")
        if is_background(request):
            return JsonResponse({"error": "second_factor", "go_on": page}, status=403)
        wanted = request.get_full_path() if request.method == "GET" else reverse("home")
        return redirect(f"{page}?{urlencode({'next': wanted})}")


class ImpossibleNumberMiddleware:
    """Answers 400 to a number too large for any database column, wherever in a URL or form it was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OverflowError, DataError)):
            return render(request, "400.html", status=400)
        return None
