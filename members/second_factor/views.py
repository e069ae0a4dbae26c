"""Resetting the second factor of a member who lost it."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.views import errors_as_messages
from members import actions
from members.models import Member
from members.pages import managed


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then remove the factors of a member whom this member manages."""
    by, member = managed(request, pk)
    return _confirmed(request, member, by)


@reauthentication_required(allow_get=True, app="members")
def _confirmed(request: HttpRequest, member: Member, by: Member) -> HttpResponse:
    if request.method != "POST":
        return render(request, "members/second_factor/reset_factor_confirm.html", {"person": member})
    with errors_as_messages(request):
        actions.reset_second_factor(member=member, by=by)
        messages.success(
            request, _("The second factor of %(name)s is reset; they were told by mail.") % {"name": member}
        )
    return redirect("members:detail", member.pk)
