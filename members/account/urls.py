"""URLs below /account/: the allauth pages the portal uses, each write atomic, and the portal's own."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from allauth.account.urls import urlpatterns as account_patterns
from allauth.mfa.urls import urlpatterns as factor_patterns
from allauth.usersessions.urls import urlpatterns as session_patterns
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from members.account import views

# allauth's pages for more addresses, codes by email and social accounts are left out: an address is changed by a
# new invitation, which proves it.
LEFT_OUT = {
    "account_email", "account_confirm_email", "account_email_verification_sent", "account_set_password",
    "account_request_login_code", "account_confirm_login_code", "account_request_reauthentication_code",
    "account_confirm_reauthentication_code", "mfa_list_webauthn", "mfa_remove_webauthn",
    "mfa_download_recovery_codes",
}  # fmt: skip
# POSTs that change a row: the change, its audit entry and its email are committed or rolled back together.
CHANGING = {
    "account_change_password", "account_reset_password_from_key", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_generate_recovery_codes", "usersessions_list",
}  # fmt: skip

View = Callable[..., HttpResponseBase]


def atomic_posts(view: View) -> View:
    """Run the POSTs of a view in one transaction."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return run


def used(patterns: list[Any], under: str = "") -> Iterator[URLPattern]:
    """Yield the allauth URL patterns that the portal uses, flattened, below `under`."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from used(entry.url_patterns, under + str(entry.pattern))
        elif entry.name not in LEFT_OUT:
            view = atomic_posts(entry.callback) if entry.name in CHANGING else entry.callback
            if under:
                yield path(under + str(entry.pattern), view, name=entry.name)
            else:
                yield URLPattern(entry.pattern, view, entry.default_args, entry.name)


urlpatterns = [
    path("second-factor/", views.second_factor, name="account_second_factor"),
    path("held/", views.held, name="account_held_form"),
    path("2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
    path("", include(list(used(account_patterns)))),
    path("", include(list(used(factor_patterns, "2fa/")))),
    path("", include(list(used(session_patterns, "sessions/")))),
]
