"""Figures as reported: saved unchanged, signed by name, with a hash of the rows they were counted from."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organisation
from trainings.models import Training


class Snapshot(models.Model):
    """One answer as reported. It is never changed; it can only be shared with more observers.

    `numbers` is the table for readers who may see the names behind it, `safe_numbers` for everybody else (None where others may not ask that
    question). `content_hash` covers the numbers, the question, the hashes of the trainings and the signature.
    """

    made_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("made by"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("made for"))
    signed = models.CharField(_("signed"), max_length=320)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    as_on = models.DateField(_("reported on"))
    reported_to = models.CharField(_("reported to"), max_length=160)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    question = models.JSONField(_("question"))
    chosen = models.JSONField(_("filters in words"))
    definition = models.TextField(_("definition"))
    numbers = models.JSONField(_("numbers"))
    safe_numbers = models.JSONField(_("numbers without small cells"), null=True)
    content_hash = models.CharField(_("digest"), max_length=64)
    shown_to = models.ManyToManyField(Member, related_name="+", blank=True, verbose_name=_("shown to observers"))

    class Meta:
        ordering = ["-as_on", "-pk"]
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [
            # The same figures saved twice by one member for the same recipient are one snapshot.
            models.UniqueConstraint(fields=["made_by", "content_hash"], name="snapshot_once"),
            models.CheckConstraint(condition=~Q(reported_to=""), name="snapshot_reported_to_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.as_on} {self.reported_to}"

    def get_absolute_url(self) -> str:
        return reverse("reports:snapshot", args=[self.pk])


class FrozenTraining(models.Model):
    """One training in a snapshot with its part of the figures. `content_hash` covers marks and categories, not names."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="trainings")
    training = models.ForeignKey(Training, models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField()
    women = models.PositiveIntegerField()
    men = models.PositiveIntegerField()
    minutes = models.PositiveBigIntegerField()
    is_verified = models.BooleanField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("training of a snapshot")
        verbose_name_plural = _("trainings of snapshots")
        constraints = [models.UniqueConstraint(fields=["snapshot", "training"], name="frozen_training_once")]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.training_id}"
