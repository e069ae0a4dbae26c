"""Indicators of what the network works for: share of women, gender mechanisms, policies; each value with its source."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organisation
from reports.models.strengths import FIRST_YEAR, LAST_YEAR


class Indicator(models.TextChoices):
    """What a value is about. Women's shares are numbers; mechanisms and policies exist or do not."""

    WOMEN = "women", _("Women in the armed forces as a whole")
    OFFICERS = "women_officers", _("Women among officers")
    NCOS = "women_ncos", _("Women among NCOs")
    SOLDIERS = "women_soldiers", _("Women among soldiers")
    CIVILIANS = "women_civilians", _("Women among civilians")
    COMMAND = "women_command", _("Women in command posts")
    MECHANISM = "mechanism", _("Gender mechanism")
    ACTION_PLAN = "action_plan", _("National action plan (UNSCR 1325)")
    HR_POLICY = "hr_policy", _("Human resources policy")
    HARASSMENT = "harassment", _("Procedure against harassment")


SHARES = (
    Indicator.WOMEN, Indicator.OFFICERS, Indicator.NCOS, Indicator.SOLDIERS, Indicator.CIVILIANS, Indicator.COMMAND,
)  # fmt: skip
POLICIES = (Indicator.ACTION_PLAN, Indicator.HR_POLICY, Indicator.HARASSMENT)


class IndicatorValue(models.Model):
    """One value as stated by one source. Never changed: a correction is a new value that names the one it replaces, and why.

    Several sources may disagree about the same year; all are stored. `share` is in percent. The year is empty where the source states none. A
    withdrawn value is replaced by one that is itself empty. `entered_by` is empty for values shipped with the portal.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="indicator_values", verbose_name=_("ministry")
    )
    indicator = models.CharField(_("indicator"), max_length=20, choices=Indicator.choices)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    share = models.DecimalField(_("share of women, in percent"), max_digits=5, decimal_places=2, null=True)
    women = models.PositiveIntegerField(_("number of women"), null=True)
    is_there = models.BooleanField(_("is there"), null=True)
    since = models.DateField(_("established or adopted on"), null=True)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    document = models.CharField(_("document"), max_length=500, blank=True, default="")
    source = models.CharField(_("source"), max_length=300)
    definition = models.CharField(_("definition"), max_length=500, blank=True, default="")
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    entered_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    is_withdrawn = models.BooleanField(default=False)
    # Identifies the values shipped with the portal; empty for all others.
    reference_key = models.CharField(max_length=60, null=True, unique=True, editable=False)  # noqa: DJ001 - unique

    class Meta:
        ordering = ["organisation__name", "indicator", "-year", "entered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_withdrawn=True, share=None, women=None, is_there=None, since=None)
                | Q(
                    is_withdrawn=False,
                    indicator__in=[*SHARES],
                    share__isnull=False,
                    share__range=(0, 100),
                    is_there=None,
                    since=None,
                )
                | Q(
                    is_withdrawn=False,
                    indicator__in=[Indicator.MECHANISM, *POLICIES],
                    share=None,
                    women=None,
                    is_there__isnull=False,
                ),
                name="indicator_value_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, reason="", is_withdrawn=False)
                | (Q(replaces__isnull=False) & ~Q(reason="") & ~Q(replaces=models.F("id"))),
                name="indicator_value_replaced_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(year=None) | Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="indicator_value_year"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="indicator_value_has_a_source"),
            models.CheckConstraint(condition=~Q(women__range=(1, 4)), name="indicator_value_women_not_1_to_4"),
        ]
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")

    def __str__(self) -> str:
        return f"{self.get_indicator_display()} {self.year or ''}".strip()

    def get_absolute_url(self) -> str:
        return f"{reverse('reports:indicators')}#value-{self.pk}"

    @property
    def is_share(self) -> bool:
        return self.indicator in SHARES

    @property
    def document_is_link(self) -> bool:
        return self.document.startswith(("https://", "http://"))
