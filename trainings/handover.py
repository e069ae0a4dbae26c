"""Hand over the open trainings of a member who leaves."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.record import record
from common.actions import action
from members.models import Member
from trainers.models import TrainerProfile
from trainings.models import Assignment, Training


def open_trainings(member: Member) -> QuerySet[Training]:
    """Return trainings with open figures that the member created or teaches."""
    taught = Assignment.objects.filter(training=OuterRef("pk"), trainer__member=member)
    mine = Q(created_by=member) | Q(Exists(taught))
    return Training.objects.filter(mine, cancelled_at=None, figures=Training.Figures.RECORDED).order_by("starts_on")


@action
def hand_over_training(*, training: Training, member: Member, to: Member, by: Member) -> None:
    """Replace the member by `to` as recorder and, if `to` is a trainer too, as trainer. Marks do not change."""
    fresh = Training.objects.select_for_update().get(pk=training.pk)
    if fresh.created_by_id == member.pk:
        fresh.created_by = to
        fresh.save(update_fields=["created_by"])
    profile = TrainerProfile.objects.filter(member=to).first()
    if profile and not Assignment.objects.filter(training=fresh, trainer=profile).exists():
        Assignment.objects.filter(training=fresh, trainer__member=member).update(trainer=profile)
    record("hand_over_training", fresh, by=by, free_text={"former": member.full_name, "to": to.full_name})
