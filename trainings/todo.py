"""Open work on trainings of a member who leaves."""

from django.utils import timezone
from django.utils.translation import gettext as _

from members.handover import OpenWork, Work, register_open_work
from members.models import Member
from trainings.handover import hand_over_training, open_trainings

MOST_SHOWN = 50


def find(member: Member) -> list[OpenWork]:
    """Return the member's trainings that are not submitted. One query."""
    today = timezone.localdate()
    return [
        OpenWork(
            f"{training.reference} {training.title}",
            training.get_absolute_url(),
            _("planned") if training.ends_on > today else _("not submitted"),
        )
        for training in open_trainings(member)[:MOST_SHOWN]
    ]


def hand_over(member: Member, to: Member, by: Member) -> None:
    """Hand every open training of the member to another."""
    for training in open_trainings(member):
        hand_over_training(training=training, member=member, to=to, by=by)


def register() -> None:
    """Register how open trainings are found and handed over."""
    register_open_work("trainings", Work(find, hand_over))
