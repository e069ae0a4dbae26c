"""Attendance marks and every change ever made to one."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainings.models.people import Enrolment
from trainings.models.training import Session


class Mark(models.Model):
    """The mark of one enrolment in one session. An empty value is a cleared mark: not recorded.

    A cleared mark keeps its row, so that its version never goes back and an outdated form is recognised.
    """

    class Value(models.TextChoices):
        PRESENT = "present", _("Present")
        LATE = "late", _("Late")
        EXCUSED = "excused", _("Excused")
        ABSENT = "absent", _("Absent")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="marks")
    session = models.ForeignKey(Session, models.PROTECT, related_name="marks")
    value = models.CharField(max_length=8, choices=Value.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session"], name="mark_once"),
            models.CheckConstraint(
                condition=models.Q(value__in=["", "present", "late", "excused", "absent"]), name="mark_known_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.session_id} {self.value}"


ATTENDED = (Mark.Value.PRESENT, Mark.Value.LATE)


class MarkChange(models.Model):
    """One requested change of a mark, applied or not: who, when, from which version, with which client key."""

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("Saved")
        SAME = "same", _("Already so")
        CONFLICT = "conflict", _("Somebody else changed it first")
        HELD = "held", _("Kept for the coordinator: the figures are locked")

    key = models.UUIDField(unique=True)
    batch = models.UUIDField(null=True, db_index=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="mark_changes")
    session = models.ForeignKey(Session, models.PROTECT, related_name="mark_changes")
    base_version = models.PositiveIntegerField()
    old_value = models.CharField(max_length=8, blank=True)
    new_value = models.CharField(max_length=8, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    # What was sent back to the client: the mark after this change.
    answer_value = models.CharField(max_length=8, blank=True)
    answer_version = models.PositiveIntegerField()
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # A held change is settled when the coordinator has applied it or set it aside.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["enrolment", "session"], name="mark_change_cell")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.session_id} {self.old_value}>{self.new_value} {self.outcome}"
