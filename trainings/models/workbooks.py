"""Workbooks downloaded to be filled in offline, and the portal's data when each was made."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainings.models.sheets import CODE_LENGTH, new_code
from trainings.models.training import Training


class Workbook(models.Model):
    """One downloaded workbook of a training. Several people may fill in copies; all are compared with this.

    `sessions` holds [key, title] for each column. `rows` holds, by enrolment key, the mark in each of those sessions as
    [value, version], and keyed hashes of the written name, sex, rank, unit and home: no name.
    """

    training = models.ForeignKey(Training, models.CASCADE, related_name="workbooks")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    # Signs the keys in the file; it never leaves the portal.
    secret = models.UUIDField(default=uuid4, unique=True)
    sessions = models.JSONField(default=list)
    rows = models.JSONField(default=dict)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("offline workbook")
        verbose_name_plural = _("offline workbooks")

    def __str__(self) -> str:
        return f"{self.code} {self.training_id}"
