"""Headers of every response, and which request headers are trusted."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Browser features our pages may use: passkeys, and nothing else that needs the user's permission.
PERMISSIONS = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)"
)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
             "HTTP_FORWARDED", "HTTP_X_REAL_IP")  # fmt: skip
NEVER_KEPT_BELOW = ("/account/", "/members/")

GetResponse = Callable[[HttpRequest], HttpResponse]


class ForwardedHeadersMiddleware:
    """Trusts proxy headers only if TRUSTED_PROXIES says that there is a proxy, and only the end of a list.

    X-Forwarded-For is cut to as many entries as there are proxies: each adds one at the end, the rest is the visitor's
    own invention. All other forwarding headers are dropped, except the protocol if there is a proxy.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        forwarded = {name: request.META.pop(name) for name in FORWARDED if name in request.META}
        if proxies:
            addresses = [part.strip() for part in forwarded.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
            if addresses:
                request.META["HTTP_X_FORWARDED_FOR"] = ", ".join(addresses[-proxies:])
            if "HTTP_X_FORWARDED_PROTO" in forwarded:
                request.META["HTTP_X_FORWARDED_PROTO"] = forwarded["HTTP_X_FORWARDED_PROTO"].split(",")[-1].strip()
        return self.get_response(request)


class AnswerHeadersMiddleware:
    """Forbids caching of pages of signed-in people and those with one-time links; sets which features a page may use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies
        if signed_in or request.path.startswith(NEVER_KEPT_BELOW):
            response["Cache-Control"] = "no-store, private"
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
