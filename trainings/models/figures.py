"""Submitted versions of figures, and later amendments."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainings.models.training import Training


class FiguresVersion(models.Model):
    """The figures of one training as frozen by one submission or amendment. Never changed, only superseded."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="figures_versions")
    number = models.PositiveIntegerField(_("version"))
    totals = models.JSONField(_("totals"))
    made_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    recalled_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_reason = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["training", "number"], name="figures_version_once")]

    def __str__(self) -> str:
        return f"{self.training_id} v{self.number}"


class Amendment(models.Model):
    """A set of changes to verified figures, with one reason, that creates a new version of them."""

    version = models.OneToOneField(FiguresVersion, models.CASCADE, related_name="amendment")
    reason = models.TextField(_("reason"), max_length=2000)
    changes = models.JSONField(_("changes"))

    def __str__(self) -> str:
        return f"amendment to {self.version_id}"
