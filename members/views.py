"""Members, invitations and organisations."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.views import add_refusal, page_of, sentences
from members import access, actions
from members.forms import FirstPasswordForm, InvitationForm, OrganisationForm
from members.models import Invitation, Member, Organisation


def _managing(request: HttpRequest) -> Member:
    """Return the signed-in member, who must manage members."""
    if not isinstance(request.user, Member) or not access.can_manage(request.user):
        raise PermissionDenied
    return request.user


def _editing(request: HttpRequest) -> Member:
    """Return the signed-in member, who must edit reference tables."""
    if not isinstance(request.user, Member) or not access.can_edit_reference(request.user):
        raise PermissionDenied
    return request.user


@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    """The members whom this member manages, and their open invitations."""
    by = _managing(request)
    rows = access.manageable_members(by).select_related("organisation").prefetch_related("roles")
    invitations = access.manageable_invitations(by).filter(accepted_at=None, revoked_at=None)
    context = {
        "page": page_of(request, rows),
        "invitations": [i for i in invitations.select_related("organisation") if i.is_open],
        "can_edit_reference": access.can_edit_reference(by),
    }
    return render(request, "members/member_list.html", context)


@require_http_methods(["GET", "POST"])
def member_invite(request: HttpRequest) -> HttpResponse:
    """Invite one person by mail."""
    by = _managing(request)
    form = InvitationForm(request.POST or None, by=by, initial={"organisation": by.organisation_id})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.invite_member(
                email=data["email"], given_name=data["given_name"], family_name=data["family_name"],
                organisation=data["organisation"], roles=data["roles"], by=by,
            )  # fmt: skip
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": data["email"]})
            return redirect("members:list")
    return render(request, "members/invitation_form.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an open invitation useless."""
    by = _managing(request)
    invitation = get_object_or_404(access.manageable_invitations(by), pk=pk)
    try:
        actions.revoke_invitation(invitation=invitation, by=by)
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
    else:
        messages.success(request, _("The invitation is revoked."))
    return redirect("members:list")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by the link of an invitation, and be signed in."""
    invitation = Invitation.objects.select_related("organisation").filter(token_digest=actions.digest_of(token)).first()
    if invitation is None or not invitation.is_open:
        return render(request, "members/invitation_gone.html", status=410)
    form = FirstPasswordForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.accept_invitation(invitation=invitation, password=form.cleaned_data["password"])
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            login(request, member, backend="members.sign_in.MemberBackend")
            messages.success(request, _("Welcome. Your account is ready."))
            return redirect("home")
    context = {"form": form, "invitation": invitation}
    return render(request, "members/accept.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def member_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then shut an account."""
    by = _managing(request)
    member = get_object_or_404(access.manageable_members(by), pk=pk)
    if not access.can_manage(by, member):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.deactivate_member(member=member, by=by)
        except ValidationError as refusal:
            messages.error(request, sentences(refusal))
        else:
            messages.success(request, _("%(name)s is deactivated and signed out everywhere.") % {"name": member})
        return redirect("members:list")
    return render(request, "members/deactivate_confirm.html", {"person": member})


@require_POST
def member_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a shut account again."""
    by = _managing(request)
    member = get_object_or_404(access.manageable_members(by), pk=pk)
    if not access.can_manage(by, member):
        raise PermissionDenied
    actions.reactivate_member(member=member, by=by)
    messages.success(request, _("%(name)s can sign in again.") % {"name": member})
    return redirect("members:list")


@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Every organisation, for admins."""
    _editing(request)
    rows = Organisation.objects.select_related("country").order_by("kind", "name")
    return render(request, "members/organisation_list.html", {"page": page_of(request, rows)})


@require_http_methods(["GET", "POST"])
def organisation_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change an organisation."""
    by = _editing(request)
    organisation = get_object_or_404(Organisation, pk=pk) if pk else None
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        actions.save_organisation(organisation=form.instance, by=by)
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("members:organisations")
    context = {"form": form, "organisation": organisation}
    return render(request, "members/organisation_form.html", context, status=422 if form.errors else 200)
