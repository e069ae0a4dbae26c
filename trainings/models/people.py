"""People who are trained: participants, their enrolments, and headcounts where names may not be given."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organisation, Rank, RankGroup
from trainings.models.training import Training

MAX_HEADCOUNT = 100_000


class Sex(models.TextChoices):
    """Not recorded is a column of its own and never part of a percentage."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    NOT_RECORDED = "not_recorded", _("Not recorded")


def written_name(family_name: str, given_name: str) -> str:
    """Return a participant's name as in lists: family name first."""
    return f"{family_name}, {given_name}"


class Participant(models.Model):
    """A person who is trained, recorded for their home organisation. Not an account."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="participants")
    family_name = models.CharField(_("family name"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80)
    # Folded family and given name; see common.folding.
    spelling_key = models.CharField(max_length=330, editable=False)
    loose_key = models.CharField(max_length=330, editable=False)
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices, default=Sex.NOT_RECORDED)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="participants")
    email = models.EmailField(_("e-mail"), blank=True, default="", db_default="")
    # A keyed hash: the service number itself is never stored; see trainings.roster_import.matching.
    service_hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The participant this one was merged into: the row stays, but no longer represents a person.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", editable=False)
    # When it was last compared with all others of its home; empty: new, or its name changed since.
    compared_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["spelling_key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="participant_merged_into_another",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "spelling_key"], name="participant_spelling"),
            models.Index(fields=["organisation", "loose_key"], name="participant_loose"),
            models.Index(fields=["service_hash"], condition=~models.Q(service_hash=""), name="participant_service"),
            models.Index(fields=["organisation"], condition=models.Q(compared_at=None), name="participant_to_compare"),
            models.Index(
                fields=["organisation"], condition=models.Q(sex=Sex.NOT_RECORDED), name="participant_without_sex"
            ),
        ]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")

    def __str__(self) -> str:
        return written_name(self.family_name, self.given_name)

    @property
    def standing(self) -> "Participant":
        """The participant that represents this person: itself, or the one it was merged into. Chains have one step."""
        return self.merged_into or self


class Party(models.Model):
    """How one organisation is recorded in one training: by a roster or by a headcount, never both.

    A CHECK ensures that exactly one of the two keys is set. Enrolments point to `roster_key`, headcounts to
    `headcount_key`, so the database cannot hold both kinds for the same party, without a trigger.
    """

    training = models.ForeignKey(Training, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parties")
    roster_key = models.UUIDField(null=True, unique=True)
    headcount_key = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["training", "organisation"], name="party_once"),
            models.CheckConstraint(
                condition=models.Q(roster_key__isnull=False, headcount_key__isnull=True)
                | models.Q(roster_key__isnull=True, headcount_key__isnull=False),
                name="party_roster_or_headcount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.training_id}"


class Enrolment(models.Model):
    """A participant in a training, with their details on that day and the minutes attended.

    A removed enrolment leaves its party but keeps its marks, so that the removal can be undone without loss.
    """

    training = models.ForeignKey(Training, models.CASCADE, related_name="enrolments")
    party = models.ForeignKey(
        Party, models.PROTECT, to_field="roster_key", null=True, related_name="enrolments", editable=False
    )
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="enrolments")
    rank = models.ForeignKey(Rank, models.PROTECT, null=True, blank=True, related_name="+")
    rank_words = models.CharField(_("rank"), max_length=60, blank=True)
    rank_group = models.CharField(
        _("rank group"), max_length=20, choices=RankGroup.choices, default=RankGroup.NOT_RECORDED
    )
    unit = models.CharField(_("unit"), max_length=160, blank=True)
    age_band = models.CharField(_("age band"), max_length=8, blank=True)
    line = models.PositiveIntegerField(default=0)
    # Maintained by the actions, in the transaction of the marks: reports never join the marks.
    minutes = models.PositiveIntegerField(default=0, editable=False)
    attended_sessions = models.PositiveSmallIntegerField(default=0, editable=False)
    recorded_sessions = models.PositiveSmallIntegerField(default=0, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    # The key of the headcount that replaced this enrolment: the person returns when it is dropped.
    removed_with = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["participant__spelling_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["training", "participant"], name="participant_once_in_training"),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True, party__isnull=False)
                | models.Q(removed_at__isnull=False, party__isnull=True),
                name="enrolment_in_party_unless_removed",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "training"], name="enrolment_home"),
            models.Index(
                fields=["training"],
                condition=models.Q(rank_group=RankGroup.NOT_RECORDED, removed_at=None),
                name="enrolment_without_rank",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.training_id}"

    @property
    def has_attended(self) -> bool:
        return self.attended_sessions > 0


class Headcount(models.Model):
    """A number of persons by organisation, sex and rank group, where names may not be given."""

    party = models.ForeignKey(Party, models.PROTECT, to_field="headcount_key", related_name="headcounts")
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices)
    rank_group = models.CharField(_("rank group"), max_length=20, choices=RankGroup.choices)
    attended = models.PositiveIntegerField(_("attended"), validators=[MaxValueValidator(MAX_HEADCOUNT)])
    completed = models.PositiveIntegerField(
        _("completed, if known"), null=True, blank=True, validators=[MaxValueValidator(MAX_HEADCOUNT)]
    )

    class Meta:
        ordering = ["sex", "rank_group"]
        constraints = [
            models.UniqueConstraint(fields=["party", "sex", "rank_group"], name="headcount_once"),
            models.CheckConstraint(
                condition=models.Q(attended__range=(0, MAX_HEADCOUNT)), name="headcount_0_to_100000"
            ),
            models.CheckConstraint(
                condition=models.Q(completed=None) | models.Q(completed__gte=0, completed__lte=models.F("attended")),
                name="headcount_completed_attended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attended} {self.sex} {self.rank_group}"
