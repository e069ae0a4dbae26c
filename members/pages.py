"""Helpers for the member pages: the signed-in member, checked for permission."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from members import access
from members.models import Member
from members.request import member_of


def managing(request: HttpRequest) -> Member:
    """Return the signed-in member if they may manage members, else 403."""
    member = member_of(request)
    if not access.can_manage(member):
        raise PermissionDenied
    return member


def editing(request: HttpRequest) -> Member:
    """Return the signed-in member if they may edit reference tables, else 403."""
    member = member_of(request)
    if not access.can_edit_reference(member):
        raise PermissionDenied
    return member


def managed(request: HttpRequest, pk: int) -> tuple[Member, Member]:
    """Return the manager and the managed member; 404 if out of scope, 403 for themselves or an admin above them."""
    by = managing(request)
    member = get_object_or_404(
        access.manageable_members(by).select_related("organisation").prefetch_related("roles"), pk=pk
    )
    if not access.can_manage(by, member):
        raise PermissionDenied
    return by, member


def desk_tabs(member: Member, here: str) -> list[tuple[str, str, bool]]:
    """Return the tabs of the members' desk that this member may open: label, URL and whether it is the current one."""
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
