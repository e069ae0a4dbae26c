"""Who may see and edit trainers' profiles. Nowhere else."""

from django.db.models import Q, QuerySet

from members.access import manageable_members
from members.models import Member, RoleCode
from trainers.models import TrainerProfile


def visible_profiles(member: Member) -> QuerySet[TrainerProfile]:
    """Any active member sees the directory of active trainers."""
    active = TrainerProfile.objects.filter(member__is_active=True)
    return active if member.is_active else active.none()


def public_profiles() -> QuerySet[TrainerProfile]:
    """Trainers who opted in to the public page; only name, ministry, photograph and topics are shown of them."""
    return TrainerProfile.objects.filter(is_public=True, member__is_active=True)


def reported_profiles(member: Member) -> QuerySet[TrainerProfile]:
    """Trainers of whom this member may read what they delivered: the active ones, and who left where they manage members."""
    if not member.is_active:
        return TrainerProfile.objects.none()
    return TrainerProfile.objects.filter(Q(member__is_active=True) | Q(member__in=manageable_members(member)))


def can_take_portfolio(member: Member, profile: TrainerProfile) -> bool:
    """Take what a trainer delivered along as a document: themselves, the coordinators of their ministry, admins.

    No query where the profile came with its member.
    """
    if not member.is_active:
        return False
    of_their_home = member.has_role(RoleCode.COORDINATOR) and profile.member.organisation_id == member.organisation_id
    return profile.member_id == member.pk or of_their_home or member.has_role(RoleCode.ADMIN)


def can_edit(member: Member, profile: TrainerProfile) -> bool:
    """A trainer edits their own profile."""
    return member.has_role(RoleCode.TRAINER) and profile.member_id == member.pk
