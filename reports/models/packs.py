"""Data that standard reports need besides figures: courses' contributions to SDG targets, and released small cells."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organisation
from trainings.models import Course


class PackKind(models.TextChoices):
    """The frameworks that figures are reported to."""

    NAP = "nap", _("National action plan 1325: activities")
    NATO = "nato", _("NATO-style table: rank bands and sex")
    DONOR = "donor", _("Donor sheet")
    SDG = "sdg", _("SDG 5: contributions")


class SdgTarget(models.TextChoices):
    """Targets of Sustainable Development Goal 5 that trainings can contribute to (UN General Assembly A/RES/71/313)."""

    NO_DISCRIMINATION = "5.1", _("5.1 End discrimination against women and girls")
    NO_VIOLENCE = "5.2", _("5.2 Eliminate violence against women and girls")
    LEADERSHIP = "5.5", _("5.5 Women’s participation and equal opportunities for leadership")
    POLICIES = "5.c", _("5.c Policies and legislation for gender equality")


class Contribution(models.Model):
    """Trainings of this course contribute to this target. Never the value of its indicator."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="contributions", verbose_name=_("course"))
    target = models.CharField(_("target"), max_length=3, choices=SdgTarget.choices)

    class Meta:
        ordering = ["target", "course"]
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [models.UniqueConstraint(fields=["course", "target"], name="contribution_once")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.target}"


class Release(models.Model):
    """A coordinator's release of small numbers of their ministry's people, for one kind of standard report and period."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("ministry"))
    kind = models.CharField(_("pack"), max_length=8, choices=PackKind.choices)
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=300)
    made_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("released by"))
    made_at = models.DateTimeField(_("released"), default=timezone.now)
    ended_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="release_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["organisation", "kind", "first", "last"],
                condition=Q(ended_at=None),
                name="release_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind} {self.first}"
