"""Workbooks that were taken along to be filled in offline, and what stood in the portal when each was made."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainings.models.sheets import CODE_LENGTH, new_code
from trainings.models.training import Training


class Workbook(models.Model):
    """One downloaded workbook of a training. Copies of it are filled in by several people; all are compared with this.

    `sessions` holds [key, title] for each column. `rows` holds, by the key of the enrolment, the mark in each of those
    sessions as [value, version], and keyed hashes of the name, sex, rank, unit and home that were written: no name.
    """

    training = models.ForeignKey(Training, models.CASCADE, related_name="workbooks")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    # What the keys in the file are signed with; it never leaves the portal.
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
