"""Access rules for members, organisations and reference tables, all in one place."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import AuditEntry
from mail.models import Mail
from members.models import Invitation, JoinRequest, Member, Organisation, Role, RoleCode

MAIL_IS_LATE = timedelta(hours=1)


def manageable_organisations(member: Member) -> QuerySet[Organisation]:
    """Organisations whose members this member may invite and deactivate: all for admins, their own for coordinators."""
    if member.has_role(RoleCode.ADMIN):
        return Organisation.objects.all()
    if member.has_role(RoleCode.COORDINATOR):
        return Organisation.objects.filter(pk=member.organisation_id)
    return Organisation.objects.none()


def manageable_members(member: Member) -> QuerySet[Member]:
    return Member.objects.filter(organisation__in=manageable_organisations(member))


def manageable_invitations(member: Member) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation__in=manageable_organisations(member))


def manageable_requests(member: Member) -> QuerySet[JoinRequest]:
    """Open requests to join that this member may decide."""
    join_requests = JoinRequest.objects.filter(state=JoinRequest.State.OPEN)
    return join_requests.filter(organisation__in=manageable_organisations(member))


def grantable_roles(member: Member) -> QuerySet[Role]:
    """Roles this member may grant: all for admins, all but admin and observer for coordinators."""
    if member.has_role(RoleCode.ADMIN):
        return Role.objects.all()
    if member.has_role(RoleCode.COORDINATOR):
        return Role.objects.filter(code__in=[RoleCode.TRAINER, RoleCode.RECORDER, RoleCode.COORDINATOR])
    return Role.objects.none()


def can_manage(member: Member, other: Member | None = None) -> bool:
    """Whether this member may manage members, or `other`. Nobody manages themselves; only admins manage an admin."""
    if other is None:
        return member.has_role(RoleCode.ADMIN, RoleCode.COORDINATOR)
    if other.pk == member.pk or not manageable_members(member).filter(pk=other.pk).exists():
        return False
    return member.has_role(RoleCode.ADMIN) or RoleCode.ADMIN not in other.role_codes


def visible_entries(member: Member) -> QuerySet[AuditEntry]:
    """Audit entries: all for admins; for coordinators those about their organisation or made by its members."""
    if member.has_role(RoleCode.ADMIN):
        return AuditEntry.objects.all()
    if member.has_role(RoleCode.COORDINATOR):
        home = member.organisation_id
        return AuditEntry.objects.filter(Q(organisation=home) | Q(by__organisation=home))
    return AuditEntry.objects.none()


def can_see_audit(member: Member) -> bool:
    return member.has_role(RoleCode.ADMIN, RoleCode.COORDINATOR)


def can_read_text(member: Member, line: AuditEntry) -> bool:
    """Whether this member may read an audit entry's names and free text. No query if the text is already loaded.

    Entries about a training's people: only coordinators of the owner; the rest also those who manage that organisation.
    """
    if member.has_role(RoleCode.COORDINATOR) and line.organisation_id == member.organisation_id:
        return True
    about_people = line.free_text_hash and hasattr(line, "text") and line.text.about_people
    # A post may be for one ministry only, and a training's texts belong to its people: being an admin is not enough.
    theirs = line.root_kind.startswith(("trainings.training", "knowledge."))
    return member.has_role(RoleCode.ADMIN) and not (about_people or theirs)


def can_edit_reference(member: Member) -> bool:
    """Whether this member may edit organisations, courses, topics and ranks."""
    return member.has_role(RoleCode.ADMIN)


def can_use_desk(member: Member) -> bool:
    """Whether this member may open the Django admin."""
    return member.has_role(RoleCode.ADMIN)


def unsent_mails(member: Member) -> QuerySet[Mail]:
    """Emails no server accepted or that have waited over an hour; only for network admins, who deal with them."""
    if not can_use_desk(member):
        return Mail.objects.none()
    late = Q(state=Mail.State.WAITING, created_at__lt=timezone.now() - MAIL_IS_LATE)
    return Mail.objects.filter(late | Q(state=Mail.State.GIVEN_UP))
