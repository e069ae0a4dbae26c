"""A member's open tasks, and upcoming trainings in the region."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member, RoleCode
from trainings.models import Assignment, Enrolment, Training

MAX_WAITING = 12
MAX_UPCOMING = 6
UPCOMING_DAYS = 90


@dataclass(frozen=True)
class Waiting:
    """One task: the training, what is open about it, and the label of its button."""

    training: Training
    badge: str
    kind: str
    action: str
    url_name: str


def _mine(member: Member) -> Q:
    """Trainings this member records: owned by their organisation, or delivered by them."""
    keeps = member.has_role(RoleCode.RECORDER, RoleCode.COORDINATOR)
    mine = Q(owner=member.organisation_id) if keeps else Q(pk__in=[])
    if member.has_role(RoleCode.TRAINER):
        taught = Assignment.objects.filter(training=OuterRef("pk"), trainer__member=member)
        mine |= Q(Exists(taught.exclude(part=Assignment.Part.OBSERVER)))
    return mine


def waiting_for(member: Member) -> list[Waiting]:
    """Return this member's open tasks, oldest first. One query."""
    today = timezone.localdate()
    open_ended = Q(figures=Training.Figures.RECORDED, ends_on__lte=today) & _mine(member)
    wanted = open_ended
    if member.has_role(RoleCode.COORDINATOR):
        wanted |= Q(figures=Training.Figures.SUBMITTED, owner=member.organisation_id) & ~Q(submitted_by=member)
    unmarked = Enrolment.objects.filter(
        training=OuterRef("pk"), removed_at=None, recorded_sessions__lt=F("training__sessions_held")
    )
    rows = (
        Training.objects.filter(wanted, cancelled_at=None)
        .only("reference", "title", "place", "starts_on", "figures", "returned_reason")
        .annotate(is_unmarked=Exists(unmarked), has_people=Exists(Enrolment.objects.filter(training=OuterRef("pk"))))
        .order_by("ends_on")[:MAX_WAITING]
    )
    return [_waiting(training) for training in rows]


def _waiting(training: Training) -> Waiting:
    if training.is_submitted:
        return Waiting(training, _("To verify"), "accent", _("Review"), "trainings:detail")
    if training.returned_reason:
        return Waiting(training, _("Returned"), "bad", _("Correct"), "trainings:detail")
    if training.is_unmarked:  # type: ignore[attr-defined]  # annotated above
        return Waiting(training, _("Attendance missing"), "warn", _("Record"), "trainings:attendance")
    if not training.has_people:  # type: ignore[attr-defined]  # annotated above
        return Waiting(training, _("Nobody on the roster"), "warn", _("Add people"), "trainings:roster")
    return Waiting(training, _("To submit"), "accent", _("Submit"), "trainings:detail")


def coming_up() -> list[Training]:
    """Return the next trainings of the network. One query."""
    today = timezone.localdate()
    soon = Training.objects.planned(today).filter(starts_on__lte=today + timedelta(days=UPCOMING_DAYS))
    return list(soon.with_list_parts().order_by("starts_on")[:MAX_UPCOMING])


def counted(**rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows each query has, by its name. One query for all of them."""
    parts: list[QuerySet[Any]] = [
        found.order_by().annotate(counts=Value(name)).values_list("counts").annotate(n=Count("pk", distinct=True))
        for name, found in rows.items()
    ]
    return dict.fromkeys(rows, 0) | dict(parts[0].union(*parts[1:], all=True))
