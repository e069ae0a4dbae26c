"""What every page of members needs: the signed-in member, narrowed by what they may."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from members import access
from members.models import Member
from members.request import member_of


def managing(request: HttpRequest) -> Member:
    """Return the signed-in member, who must manage members, else 403."""
    member = member_of(request)
    if not access.can_manage(member):
        raise PermissionDenied
    return member


def editing(request: HttpRequest) -> Member:
    """Return the signed-in member, who must edit reference tables, else 403."""
    member = member_of(request)
    if not access.can_edit_reference(member):
        raise PermissionDenied
    return member


def managed(request: HttpRequest, pk: int) -> tuple[Member, Member]:
    """Return who manages and whom; 404 for a member they do not manage, 403 for themselves or an admin above them."""
    by = managing(request)
    member = get_object_or_404(
        access.manageable_members(by).select_related("organisation").prefetch_related("roles"), pk=pk
    )
    if not access.can_manage(by, member):
        raise PermissionDenied
    return by, member


def desk_tabs(member: Member, here: str) -> list[tuple[str, str, bool]]:
    """Return the pages of the members' desk that this member may open, as label, address and whether it is this one."""
    pages = []
    if access.can_manage(member):
        pages += [(_("Members"), "members:list"), (_("Record"), "members:audit"), (_("Roles"), "members:roles")]
    if access.can_edit_reference(member):
        pages += [
            (_("Organisations"), "members:organisations"),
            (_("Courses"), "trainings:courses"),
            (_("Topics"), "trainers:topics"),
        ]
    return [(label, reverse(name), name == here) for label, name in pages]
