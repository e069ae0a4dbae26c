"""Access rules for trainers' profiles, all in one place."""

from django.db.models import Q, QuerySet

from members.access import manageable_members
from members.models import Member, RoleCode
from trainers.models import TrainerProfile


def visible_profiles(member: Member) -> QuerySet[TrainerProfile]:
    """The directory of active trainers, for any active member."""
    active = TrainerProfile.objects.filter(member__is_active=True)
    return active if member.is_active else active.none()


def public_profiles() -> QuerySet[TrainerProfile]:
    """Trainers who opted in to the public page, which shows only their name, ministry, photograph and topics."""
    return TrainerProfile.objects.filter(is_public=True, member__is_active=True)


def reported_profiles(member: Member) -> QuerySet[TrainerProfile]:
    """Trainers whose deliveries this member may see: active ones, and former ones of organisations they manage."""
    if not member.is_active:
        return TrainerProfile.objects.none()
    return TrainerProfile.objects.filter(Q(member__is_active=True) | Q(member__in=manageable_members(member)))


def can_take_portfolio(member: Member, profile: TrainerProfile) -> bool:
    """Whether this member may export a trainer's portfolio: the trainer, coordinators of their ministry, admins.

    No query if the profile was loaded with its member.
    """
    if not member.is_active:
        return False
    of_their_home = member.has_role(RoleCode.COORDINATOR) and profile.member.organisation_id == member.organisation_id
    return profile.member_id == member.pk or of_their_home or member.has_role(RoleCode.ADMIN)


def can_edit(member: Member, profile: TrainerProfile) -> bool:
    """Whether this member may edit the profile: only the trainer may."""
    return member.has_role(RoleCode.TRAINER) and profile.member_id == member.pk
