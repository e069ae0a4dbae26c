"""A member's own account: guided second-factor set-up, the form held over a sign-out, and their sessions."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.views import safe_next
from members.account.held_forms import drop_held_form, held_form
from members.request import member_of
from members.second_factor.rules import factors_of, is_last, is_pending, must_have_second_factor

NEXT_KEY = "after_second_factor"


@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Guided set-up: choose a passkey or an app, save the recovery codes, continue.

    Members who have a factor but have not used it in this session are asked for it.
    """
    member = member_of(request)
    if request.GET.get("next"):
        request.session[NEXT_KEY] = safe_next(request, request.GET["next"], reverse("home"))
    wanted = request.session.get(NEXT_KEY) or reverse("home")
    factors = factors_of(member)
    if not is_pending(request, member):
        if factors or not must_have_second_factor(member):
            request.session.pop(NEXT_KEY, None)
            return redirect(wanted)
    elif factors:
        only_keys = all(factor.type == Authenticator.Type.WEBAUTHN for factor in factors)
        page = reverse("mfa_reauthenticate_webauthn" if only_keys else "mfa_reauthenticate")
        return redirect(f"{page}?next={reverse('account_second_factor')}")
    return render(
        request, "members/second_factor/second_factor.html", {"optional": not settings.SECOND_FACTOR_REQUIRED}
    )


@require_http_methods(["GET", "POST"])
def held(request: HttpRequest) -> HttpResponse:
    """Show what the member submitted after they were signed out, to submit again or discard."""
    waiting = held_form(request)
    if request.method == "POST" or waiting is None:
        drop_held_form(request)
        if request.method == "POST":
            messages.info(request, _("What was held is thrown away."))
        return redirect("home")
    return render(request, "members/account/held_form.html", {"held": waiting})


@reauthentication_required(app="allauth.mfa")
@require_http_methods(["GET", "POST"])
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove one of the member's own passkeys, unless it is their last second factor."""
    member = member_of(request)
    passkey = get_object_or_404(Authenticator, pk=pk, user=member, type=Authenticator.Type.WEBAUTHN)
    if settings.SECOND_FACTOR_REQUIRED and must_have_second_factor(member) and is_last(passkey):
        messages.error(request, _("This is your last second factor. Add another one before you remove it."))
        return redirect("mfa_index")
    return remove_webauthn(request, pk=pk)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one of the member's own browsers."""
    session = get_object_or_404(UserSession, pk=pk, user=member_of(request))
    session.end()
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")
