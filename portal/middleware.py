"""Sign-in is required everywhere; a number no database holds is a wrong request, not an error of ours."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page asks for sign-in unless its view says `login_not_required`.

    A signed-out request in the background gets 401: a redirect to the sign-in page would look like "saved".
    """

    def handle_no_permission(  # type: ignore[override]  # a background request gets 401 instead of a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch":
            return JsonResponse({"error": "signed_out", "sign_in": reverse("account_login")}, status=401)
        return super().handle_no_permission(request, view_func)


class ImpossibleNumberMiddleware:
    """Answers 400 to a number that no database column holds, wherever in an address or form it was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OverflowError, DataError)):
            return render(request, "400.html", status=400)
        return None
