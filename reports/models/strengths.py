"""How many people a ministry has, for comparison with how many were trained."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organisation, RankGroup
from trainings.models import Sex

FIRST_YEAR, LAST_YEAR = 1990, 2100
MAX_NUMBER = 1_000_000


class Strength(models.Model):
    """The strength of a ministry in one year, in total (`unit` is empty) or for one unit, by rank group and sex.

    A year's strength is the table of the whole ministry where there is one, otherwise the sum of its units.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="strengths", verbose_name=_("ministry"))
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.CharField(_("unit"), max_length=120, blank=True, default="")
    # The folded name of the unit; see common.folding.
    unit_key = models.CharField(max_length=250, blank=True, default="", editable=False)
    as_on = models.DateField(_("as on"))
    source = models.CharField(_("source"), max_length=200)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    changed_at = models.DateTimeField(_("entered"), default=timezone.now)

    class Meta:
        ordering = ["-year", "unit_key"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "unit_key"], name="strength_once"),
            models.CheckConstraint(
                condition=models.Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="strength_year_1990_to_2100"
            ),
            models.CheckConstraint(
                condition=models.Q(unit="", unit_key="") | ~(models.Q(unit="") | models.Q(unit_key="")),
                name="strength_unit_has_its_key",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="strength_has_a_source"),
        ]
        verbose_name = _("strength")
        verbose_name_plural = _("strengths")

    def __str__(self) -> str:
        return f"{self.year} {self.unit}".strip()

    def get_absolute_url(self) -> str:
        return reverse("reports:strength", args=[self.pk])


class StrengthCell(models.Model):
    """One number of a strength. A missing cell means the number was not given, which is not zero."""

    strength = models.ForeignKey(Strength, models.CASCADE, related_name="cells")
    rank_group = models.CharField(_("rank group"), max_length=20, choices=RankGroup.choices)
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices)
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["strength", "rank_group", "sex"], name="strength_cell_once"),
            models.CheckConstraint(
                condition=models.Q(number__range=(0, MAX_NUMBER)), name="strength_cell_0_to_1000000"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank_group} {self.sex} {self.number}"
