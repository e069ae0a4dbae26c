"""Possible duplicates among the participants of one organisation, and the decisions on them."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainings.models.people import Participant


class DuplicatePair(models.Model):
    """Two participants of one organisation that may be one person. Open until its coordinator decides."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DIFFERENT = "different", _("Not the same person")
        MERGED = "merged", _("Merged")

    class Why(models.TextChoices):
        """Why they may be the same person, strongest first."""

        SERVICE = "service", _("the same service number")
        NAME = "name", _("the same name")
        SWAPPED = "swapped", _("the same names the other way round")
        LOOSE = "loose", _("a name that sounds alike")
        TYPING = "typing", _("a name one letter apart")

    first = models.ForeignKey(Participant, models.CASCADE, related_name="+")
    second = models.ForeignKey(Participant, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    why = models.CharField(max_length=10, choices=Why.choices, default=Why.NAME, db_default=Why.NAME.value)
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="duplicate_pair_state")]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_different(self) -> bool:
        return self.state == self.State.DIFFERENT


class Merge(models.Model):
    """One participant merged into another, with everything needed to undo it.

    `before` holds ids and old values: the surviving row's `fields`, the enrolments `moved`, the trainings `joined` where
    both were enrolled, the `pairs` as they were, those `carried` over, and the rows `merged` into the other one earlier.
    """

    survivor = models.ForeignKey(Participant, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Participant, models.PROTECT, related_name="merges_away")
    # The batch of its changes of marks.
    batch = models.UUIDField(default=uuid4, unique=True)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(survivor=models.F("gone")), name="merge_of_two"),
            models.UniqueConstraint(
                fields=["gone"], condition=models.Q(undone_at=None), name="merge_once_until_undone"
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            ),
        ]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.survivor_id}"
