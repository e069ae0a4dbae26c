"""Courses, trainings, their sessions and who delivers them."""

from __future__ import annotations

from datetime import date

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Country, Language, Member, Organisation
from trainers.models import Topic, TrainerProfile

MINUTES_A_DAY = 24 * 60


class Course(models.Model):
    """An entry of the catalogue."""

    code = models.SlugField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=160)
    days = models.PositiveSmallIntegerField(_("usual number of days"), null=True, blank=True)
    audience = models.CharField(_("for"), max_length=160, blank=True)
    summary = models.TextField(_("what it teaches"), max_length=4000, blank=True)
    topics = models.ManyToManyField(Topic, related_name="courses", blank=True, verbose_name=_("topics"))
    completion_threshold = models.PositiveSmallIntegerField(
        _("completed from, percent of the minutes"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Holds for trainings created from now on; earlier ones keep theirs."),
    )
    is_offered = models.BooleanField(_("offered"), default=True)
    makes_trainers = models.BooleanField(
        _("completion makes a trainer"),
        default=False,
        db_default=False,
        help_text=_("Its graduates, and what comes of them, stand in the report “Cascade”."),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(completion_threshold__range=(1, 100)), name="course_threshold_1_to_100"
            )
        ]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.name


class TrainingQuerySet(models.QuerySet["Training"]):
    """Filters on trainings in the words of the domain."""

    def counting(self) -> TrainingQuerySet:
        """Those that count in figures: submitted or verified, and not cancelled."""
        return self.filter(figures__in=[Training.Figures.SUBMITTED, Training.Figures.VERIFIED], cancelled_at=None)

    def in_period(self, first: date | None, last: date | None) -> TrainingQuerySet:
        """Those whose last session's local date is in the period, both days included."""
        trainings = self
        if first:
            trainings = trainings.filter(counts_on__gte=first)
        if last:
            trainings = trainings.filter(counts_on__lte=last)
        return trainings

    def planned(self, today: date) -> TrainingQuerySet:
        return self.filter(cancelled_at=None, ends_on__gte=today, figures=Training.Figures.RECORDED)

    def delivered(self, today: date) -> TrainingQuerySet:
        return self.filter(cancelled_at=None).exclude(ends_on__gte=today, figures=Training.Figures.RECORDED)

    def cancelled(self) -> TrainingQuerySet:
        return self.exclude(cancelled_at=None)

    def with_scans(self) -> TrainingQuerySet:
        """Each with the number of its scans as evidence, the time of the first and its key. No extra query."""
        scans = apps.get_model("trainings", "Evidence").objects.filter(training=models.OuterRef("pk"), removed_at=None)
        counted = scans.order_by().values("training").annotate(n=models.Count("pk")).values("n")
        return self.annotate(
            scans=Coalesce(models.Subquery(counted), 0),
            first_scan=models.Subquery(scans.order_by("pk").values("pk")[:1]),
            scanned_at=models.Subquery(scans.order_by("pk").values("added_at")[:1]),
        )

    def with_list_parts(self) -> TrainingQuerySet:
        """Everything a row of a list shows, without a query per row."""
        return self.select_related("course", "country", "host", "owner", "language")


class Training(models.Model):
    """One delivery of a course."""

    class Mode(models.TextChoices):
        CLASSROOM = "classroom", _("In a classroom")
        ONLINE = "online", _("Online")
        MIXED = "mixed", _("Classroom and online")

    class Figures(models.TextChoices):
        """The states of a training's figures."""

        RECORDED = "recorded", _("Recorded, not submitted")
        SUBMITTED = "submitted", _("Submitted")
        VERIFIED = "verified", _("Verified")

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="trainings", verbose_name=_("course"))
    title = models.CharField(_("title"), max_length=200)
    title_key = models.CharField(max_length=420, editable=False, db_index=True)
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="hosted", verbose_name=_("host"))
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="owned_trainings", verbose_name=_("keeper"))
    partners = models.ManyToManyField(Organisation, related_name="partnered", blank=True, verbose_name=_("partners"))
    country = models.ForeignKey(Country, models.PROTECT, related_name="trainings", verbose_name=_("country"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    language = models.ForeignKey(Language, models.PROTECT, related_name="+", verbose_name=_("language"))
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.CLASSROOM)
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    # Maintained by the actions, over the sessions that were not cancelled: the last one's local date, which decides the
    # period, their minutes and their number.
    counts_on = models.DateField(editable=False)
    scheduled_minutes = models.PositiveIntegerField(editable=False, default=0)
    sessions_held = models.PositiveSmallIntegerField(editable=False, default=0)
    completion_threshold = models.PositiveSmallIntegerField(editable=False, default=80)
    figures = models.CharField(_("figures"), max_length=10, choices=Figures.choices, default=Figures.RECORDED)
    figures_version = models.PositiveIntegerField(editable=False, default=0)
    submitted_by = models.ForeignKey(Member, models.PROTECT, null=True, editable=False, related_name="+")
    submitted_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(Member, models.PROTECT, null=True, editable=False, related_name="+")
    verified_at = models.DateTimeField(null=True, editable=False)
    returned_reason = models.TextField(blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_reason = models.TextField(blank=True, editable=False)
    created_by = models.ForeignKey(Member, models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The client's key of the form that created it, so that a repeated form creates nothing twice.
    created_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-reference"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="training_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(completion_threshold__range=(1, 100)), name="training_threshold_1_to_100"
            ),
            models.CheckConstraint(
                condition=models.Q(figures="recorded") | models.Q(submitted_by__isnull=False),
                name="training_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(figures="verified")
                | (models.Q(verified_by__isnull=False) & ~models.Q(verified_by=models.F("submitted_by"))),
                name="training_verified_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["figures", "counts_on"], name="training_figures_period"),
            models.Index(fields=["-starts_on", "-reference"], name="training_newest"),
            models.Index(fields=["owner", "figures", "ends_on"], name="training_owner_work"),
        ]
        verbose_name = _("training")
        verbose_name_plural = _("trainings")

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("trainings:detail", args=[self.reference])

    @property
    def is_open(self) -> bool:
        """Participants, marks and headcounts may change: figures are not submitted and it is not cancelled."""
        return self.figures == self.Figures.RECORDED and self.cancelled_at is None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_submitted(self) -> bool:
        return self.figures == self.Figures.SUBMITTED

    @property
    def is_verified(self) -> bool:
        return self.figures == self.Figures.VERIFIED

    @property
    def has_ended(self) -> bool:
        return self.counts_on <= timezone.localdate()

    @property
    def status(self) -> str:
        """planned, delivered or cancelled."""
        if self.is_cancelled:
            return "cancelled"
        return "planned" if self.is_open and self.ends_on >= timezone.localdate() else "delivered"


class ReferenceCounter(models.Model):
    """The last number given to a training of one country and year. Its row is locked while a reference is assigned."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "year"], name="reference_counter_once")]

    def __str__(self) -> str:
        return f"{self.country_id}-{self.year}-{self.last:03}"


class Assignment(models.Model):
    """A trainer's part in a training."""

    class Part(models.TextChoices):
        LEAD = "lead", _("Lead trainer")
        CO_TRAINER = "co_trainer", _("Co-trainer")
        OBSERVER = "observer", _("Observer")

    training = models.ForeignKey(Training, models.CASCADE, related_name="assignments")
    trainer = models.ForeignKey(TrainerProfile, models.PROTECT, related_name="assignments", verbose_name=_("trainer"))
    part = models.CharField(_("part"), max_length=12, choices=Part.choices, default=Part.CO_TRAINER)

    class Meta:
        ordering = ["-part", "pk"]
        constraints = [models.UniqueConstraint(fields=["training", "trainer"], name="trainer_once_in_training")]

    def __str__(self) -> str:
        return f"{self.trainer_id} {self.part} {self.training_id}"


class Session(models.Model):
    """One block of time of a training, local to the place, with the minutes it counts for."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="sessions")
    date = models.DateField(_("day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        default=0,
        validators=[MaxValueValidator(MINUTES_A_DAY)],
        help_text=_("Empty: from the clock times. An online module needs no clock time."),
    )
    cancelled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["date", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts=None, ends=None)
                | models.Q(starts__isnull=False, ends__isnull=False, ends__gt=models.F("starts")),
                name="session_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(minutes__lte=MINUTES_A_DAY), name="session_within_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.title}".strip()

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None
