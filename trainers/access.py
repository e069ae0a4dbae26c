"""Who may see and edit trainers' profiles. Nowhere else."""

from django.db.models import QuerySet

from members.models import Member, RoleCode
from trainers.models import TrainerProfile


def visible_profiles(member: Member) -> QuerySet[TrainerProfile]:
    """Any active member sees the directory of active trainers."""
    active = TrainerProfile.objects.filter(member__is_active=True)
    return active if member.is_active else active.none()


def public_profiles() -> QuerySet[TrainerProfile]:
    """Trainers who opted in to the public page; only name, ministry, photograph and topics are shown of them."""
    return TrainerProfile.objects.filter(is_public=True, member__is_active=True)


def can_edit(member: Member, profile: TrainerProfile) -> bool:
    """A trainer edits their own profile."""
    return member.has_role(RoleCode.TRAINER) and profile.member_id == member.pk
