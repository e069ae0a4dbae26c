"""Printed sign-in sheets, what was entered from them, and scans attached as evidence."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainings.models.people import Enrolment
from trainings.models.training import Session, Training

MAX_BLANK_LINES = 40
# No ambiguous characters: neither I and 1 nor O and 0.
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


def new_code() -> str:
    """Return ten letters that cannot be guessed: 50 bits."""
    return "".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH))


class SheetEdition(models.Model):
    """One printed sign-in sheet of a session. Its line numbers never change, even if the roster does."""

    class Script(models.TextChoices):
        """Names are printed as their owners write them; this is the script added below."""

        WRITTEN = "written", _("As written, nothing below")
        LATIN = "latin", _("Latin below names in Cyrillic")
        CYRILLIC = "cyrillic", _("Cyrillic below names in Latin")
        BOTH = "both", _("Each name in both scripts")

    training = models.ForeignKey(Training, models.CASCADE, related_name="sheet_editions")
    session = models.ForeignKey(Session, models.PROTECT, related_name="sheet_editions")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    script = models.CharField(_("scripts"), max_length=10, choices=Script.choices, default=Script.WRITTEN)
    # The languages of the headings, by their codes in trainings.sign_in_sheets.headings, in this order.
    headings = models.JSONField(_("headings"), default=list)
    blank_lines = models.PositiveSmallIntegerField(_("blank lines"), default=8)
    made_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="sheet_edition_once"),
            models.CheckConstraint(
                condition=models.Q(blank_lines__lte=MAX_BLANK_LINES), name="sheet_edition_blank_lines"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.session_id}/{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("trainings:edition", args=[self.code])

    @property
    def readable_code(self) -> str:
        """The code as printed, in two groups."""
        return f"{self.code[:5]}-{self.code[5:]}"


class SheetEntry(models.Model):
    """One form entered from a sheet: its key makes a repeated form give the same answer, and it can be undone."""

    edition = models.ForeignKey(SheetEdition, models.CASCADE, related_name="entries")
    key = models.UUIDField(unique=True)
    # Keyed hash of the form's content, so that the same key with other content is refused.
    body_hash = models.CharField(max_length=64)
    # Counts of marks set of each kind, walk-ins and conflicts.
    counts = models.JSONField(default=dict)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.at:%Y-%m-%d %H:%M}"


class SheetLine(models.Model):
    """One numbered line of an edition: a person's, or printed blank for a walk-in and filled by an entry."""

    edition = models.ForeignKey(SheetEdition, models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="sheet_lines")
    is_blank = models.BooleanField(default=False)
    filled_by = models.ForeignKey(SheetEntry, models.SET_NULL, null=True, related_name="filled")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="sheet_line_once"),
            models.CheckConstraint(
                condition=models.Q(is_blank=True) | models.Q(enrolment__isnull=False), name="sheet_line_named_or_blank"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.number}"


def evidence_path(_evidence: "Evidence", name: str) -> str:
    """Return where a scan is stored: a random name that reveals nothing; only the extension is the portal's choice."""
    return f"evidence/{secrets.token_hex(20)}.{name.rpartition('.')[2]}"


class Evidence(models.Model):
    """A scan of signed paper that supports a training's figures. A removed one keeps its row, with the reason."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="evidence")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="evidence")
    file = models.FileField(upload_to=evidence_path)
    kind = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    # SHA-256 of the stored file, hexadecimal: proves that it is still what was signed.
    content_hash = models.CharField(max_length=64)
    added_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    removed_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return f"{self.training_id} {self.kind}"

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("image/")
