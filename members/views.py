"""The members' desk: list, detail, roles, facts, deactivating and reactivating, and an export."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record
from common.sheets import sheet_response
from common.views import errors_as_messages, errors_in_form, page_of, render_form
from members import access, actions
from members.filters import MemberFilter, is_called
from members.forms import HandoverForm, MemberForm, RolesForm
from members.handover import open_work
from members.models import Invitation, Member, Role
from members.pages import desk_tabs, managed, managing
from members.request import member_of
from members.second_factor.rules import factors_of, must_have_second_factor

EXPIRED_SHOWN_DAYS = 30
# More than these are collapsed, so that the members themselves stay on the screen.
INVITATIONS_UNFOLDED = 3


@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    """The members whom this member manages, the requests to join, and the open invitations."""
    by = managing(request)
    form = MemberFilter(request.GET, by=by)
    page = page_of(request, form.rows())
    chosen = form.chosen
    invitations = _invitations(by, chosen)
    context = {
        "tabs": desk_tabs(by, "members:list"),
        "form": form,
        "chosen_count": len(chosen),
        "page": page,
        "needs_factor": {person.pk for person in page if must_have_second_factor(person)},
        "with_organisation": "organisation" in form.fields,
        "invitations": invitations,
        "run_out": sum(not invitation.is_open for invitation in invitations),
        "invitations_unfolded": page.number == 1 and len(invitations) <= INVITATIONS_UNFOLDED,
        "asking": [] if chosen else list(access.manageable_requests(by).select_related("organisation")),
    }
    return render(request, "members/member_list.html", context)


def _invitations(by: Member, chosen: dict[str, Any]) -> list[Invitation]:
    """Return pending invitations and those that expired less than a month ago; in a search only the matching ones."""
    if chosen and "q" not in chosen:
        return []
    since = timezone.now() - timedelta(days=EXPIRED_SHOWN_DAYS)
    rows = access.manageable_invitations(by).filter(accepted_at=None, revoked_at=None, invited_at__gte=since)
    rows = rows.select_related("organisation", "invited_by").prefetch_related("roles")
    return [row for row in rows if is_called(row, chosen["q"])] if chosen else list(rows)


@require_GET
def member_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One member: roles in words, second factor, last seen, and open work."""
    _by, member = managed(request, pk)
    context = {
        "person": member,
        "factors": factors_of(member),
        "must_have_factor": must_have_second_factor(member),
        "open_work": open_work(member),
    }
    return render(request, "members/member_detail.html", context)


@require_http_methods(["GET", "POST"])
def member_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a member's roles."""
    by, member = managed(request, pk)
    return _roles(request, by, member)


@reauthentication_required(allow_get=True, app="members")
def _roles(request: HttpRequest, by: Member, member: Member) -> HttpResponse:
    grantable = access.grantable_roles(by)
    form = RolesForm(request.POST or None, by=by, initial={"roles": list(member.roles.all())})
    others = member.roles.exclude(code__in=grantable.values("code"))
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.change_roles(member=member, roles=[*form.cleaned_data["roles"], *others], by=by)
            messages.success(request, _("The roles of %(name)s are changed; they hold at once.") % {"name": member})
            return redirect("members:detail", member.pk)
    context = {"form": form, "person": member, "others": others}
    return render_form(request, "members/member_roles.html", context)


@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a member's name, function and organisation."""
    return _edit(request, *managed(request, pk))


@reauthentication_required(allow_get=True, app="members")
def _edit(request: HttpRequest, by: Member, member: Member) -> HttpResponse:
    form = MemberForm(request.POST or None, instance=member, by=by)
    if request.method == "POST" and form.is_valid():
        actions.change_member(member=form.instance, by=by)
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("members:detail", member.pk)
    return render_form(request, "members/member_form.html", {"form": form, "person": member})


@require_http_methods(["GET", "POST"])
def member_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the open work, ask who takes it over, then deactivate the account."""
    by, member = managed(request, pk)
    form = HandoverForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        with errors_as_messages(request):
            actions.deactivate_member(member=member, to=form.cleaned_data["to"], by=by)
            messages.success(request, _("%(name)s is deactivated and signed out everywhere.") % {"name": member})
        return redirect("members:list")
    context = {"person": member, "form": form, "open_work": open_work(member)}
    return render_form(request, "members/deactivate_confirm.html", context)


@require_POST
def member_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reactivate an account."""
    by, member = managed(request, pk)
    actions.reactivate_member(member=member, by=by)
    messages.success(request, _("%(name)s can sign in again.") % {"name": member})
    return redirect("members:list")


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """What each role sees, may do and may never do, in words."""
    context = {"roles": Role.objects.all(), "tabs": desk_tabs(member_of(request), "members:roles")}
    return render(request, "members/roles.html", context)


def _sheet_rows(members: QuerySet[Member]) -> Iterator[list[object]]:
    for member in members.iterator(chunk_size=500):
        seen = f"{timezone.localtime(member.last_seen_at):%Y-%m-%d %H:%M}" if member.last_seen_at else ""
        yield [
            member.family_name, member.given_name, member.email, member.organisation.name, member.function,
            ", ".join(str(role) for role in member.roles.all()), _("active") if member.is_active else _("deactivated"),
            _("yes") if member.has_factor else _("no"), seen, f"{timezone.localtime(member.joined_at):%Y-%m-%d}",  # type: ignore[attr-defined]
        ]  # fmt: skip


@require_POST
def member_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered list as a workbook; the export is audited."""
    return _exported(request, managing(request))


@reauthentication_required(app="members")
def _exported(request: HttpRequest, by: Member) -> HttpResponseBase:
    rows = MemberFilter(request.POST, by=by).rows()
    record("export_members", by.organisation, by=by, members=rows.count(), is_reading=True)
    header = [_("Family name"), _("Given name"), _("E-mail"), _("Organisation"), _("Function"), _("Roles"), _("State"),
              _("Second factor"), _("Last seen"), _("Joined")]  # fmt: skip
    return sheet_response(request.POST.get("as", ""), "members", header, _sheet_rows(rows))
