"""Inviting members, singly or as a pasted list, and accepting an invitation."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.views import errors_as_messages, errors_in_form, render_form, sentences
from members import access, actions
from members.invitations.forms import FirstPasswordForm, InvitationForm, InvitationListForm, Pasted
from members.models import Invitation, Member
from members.pages import managing


@require_http_methods(["GET", "POST"])
def member_invite(request: HttpRequest) -> HttpResponse:
    """Invite one person by email."""
    return _invite(request, managing(request))


@reauthentication_required(allow_get=True, app="members")
def _invite(request: HttpRequest, by: Member) -> HttpResponse:
    form = InvitationForm(request.POST or None, by=by, initial={"organisation": by.organisation_id})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with errors_in_form(form):
            actions.invite_member(
                email=data["email"],
                given_name=data["given_name"],
                family_name=data["family_name"],
                organisation=data["organisation"],
                roles=data["roles"],
                by=by,
            )
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": data["email"]})
            return redirect("members:list")
    return render_form(request, "members/invitations/invitation_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def invite_list(request: HttpRequest) -> HttpResponse:
    """Parse a pasted list of people, show the result, then invite the valid ones."""
    return _invite_list(request, managing(request))


@reauthentication_required(allow_get=True, app="members")
def _invite_list(request: HttpRequest, by: Member) -> HttpResponse:
    form = InvitationListForm(request.POST or None, by=by, initial={"organisation": by.organisation_id})
    understood = form.understood() if request.method == "POST" and form.is_valid() else []
    good = [row for row in understood if not row.wrong]
    if good and "invite" in request.POST:
        try:
            actions.invite_members(
                people=[(row.email, row.given_name, row.family_name) for row in good],
                organisation=form.cleaned_data["organisation"],
                roles=form.cleaned_data["roles"],
                by=by,
            )
        except ValidationError as refusal:
            form.add_error("rows", sentences(refusal))
        else:
            n = len(good)
            messages.success(
                request,
                ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", n) % {"n": n},
            )
            return _after_list(request, by, [row for row in understood if row.wrong])
    context = {"form": form, "understood": understood, "good": len(good), "wrong": len(understood) - len(good)}
    return render_form(request, "members/invitations/invitation_list.html", context)


def _after_list(request: HttpRequest, by: Member, left: list[Pasted]) -> HttpResponse:
    """Redirect to the members; rows that could not be invited stay in the box to be corrected."""
    if not left:
        return redirect("members:list")
    data = request.POST.copy()
    data["rows"] = "\n".join(row.text for row in left)
    context = {"form": InvitationListForm(data, by=by), "understood": left, "good": 0, "wrong": len(left)}
    return render(request, "members/invitations/invitation_list.html", context)


@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke an open invitation."""
    by = managing(request)
    invitation = get_object_or_404(access.manageable_invitations(by), pk=pk)
    with errors_as_messages(request):
        actions.revoke_invitation(invitation=invitation, by=by)
        messages.success(request, _("The invitation is revoked."))
    return redirect("members:list")


@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Resend an invitation with a new link for another seven days."""
    by = managing(request)
    invitation = get_object_or_404(access.manageable_invitations(by), pk=pk)
    with errors_as_messages(request):
        actions.resend_invitation(invitation=invitation, by=by)
        messages.success(
            request, _("A new link is on its way to %(email)s; the old one no longer works.") % {"email": invitation}
        )
    return redirect("members:list")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password through an invitation link, and sign in."""
    invitation = Invitation.objects.select_related("organisation").filter(token_hash=actions.hash_of(token)).first()
    if invitation is None or not invitation.is_open:
        return render(request, "members/invitations/invitation_gone.html", status=410)
    if isinstance(request.user, Member):
        return render(request, "members/invitations/invitation_signed_in.html", {"invitation": invitation}, status=409)
    form = FirstPasswordForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            member = actions.accept_invitation(invitation=invitation, password=form.cleaned_data["password"])
            login(request, member, backend="members.account.sign_in.MemberBackend")
            messages.success(request, _("Welcome. Your account is ready."))
            return redirect("home")
    context = {"form": form, "invitation": invitation}
    return render_form(request, "members/invitations/accept.html", context)
