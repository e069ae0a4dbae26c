"""Trainers: profiles and the topics they teach or write about."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Language, Member, Rank


class Topic(models.Model):
    """A subject to teach or write about."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name


class TrainerProfile(models.Model):
    """What trainers show of themselves to the network and, if they opt in, to everybody."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        NOT_RECORDED = "not_recorded", _("Not recorded")

    member = models.OneToOneField(Member, models.PROTECT, related_name="profile", verbose_name=_("member"))
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    name_key = models.CharField(max_length=170, editable=False, db_index=True)
    loose_key = models.CharField(max_length=170, editable=False, db_index=True)
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices, default=Sex.NOT_RECORDED)
    rank = models.ForeignKey(Rank, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rank"))
    position = models.CharField(_("position"), max_length=160, blank=True)
    languages = models.ManyToManyField(Language, related_name="trainers", blank=True, verbose_name=_("teaches in"))
    topics = models.ManyToManyField(Topic, related_name="trainers", blank=True, verbose_name=_("topics"))
    qualifications = models.TextField(_("qualifications"), max_length=2000, blank=True)
    # In the trainer's own words, one per line: the portal has no record of its own of who served where.
    deployments = models.TextField(
        _("deployments"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Missions and postings abroad, one a line: where, as what, from when to when."),
    )
    about = models.TextField(_("about"), max_length=4000, blank=True)
    certified_on = models.DateField(_("certified on"), null=True, blank=True)
    photo = models.ImageField(_("photograph"), upload_to="trainers/", blank=True)
    is_public = models.BooleanField(
        _("show me on the public page"),
        default=False,
        help_text=_("Your name, ministry, photograph and topics. Nothing else is public."),
    )

    class Meta:
        ordering = ["name_key"]
        verbose_name = _("trainer")
        verbose_name_plural = _("trainers")

    def __str__(self) -> str:
        return self.member.full_name

    def get_absolute_url(self) -> str:
        return reverse("trainers:detail", args=[self.slug])

    @property
    def deployment_lines(self) -> list[str]:
        """The deployments, stripped of surrounding whitespace."""
        return [line.strip() for line in self.deployments.splitlines() if line.strip()]
