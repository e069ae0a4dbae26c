"""Rosters imported from lists: what was read and decided, and what each row said, for comparison with later imports."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member, Organisation
from trainings.models.people import Enrolment
from trainings.models.training import Training
from trainings.models.workbooks import Workbook


class RosterImport(models.Model):
    """One list on its way into a roster: first a preview, then committed as a whole, then perhaps undone as a whole.

    Cells are stored only while it is a preview, an uploaded file only until it is read; the worker deletes uncommitted
    imports after a day. The worker reads and commits long lists: see roster_import/background.py.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        REFUSED = "refused", _("Cannot be read")
        PREVIEW = "preview", _("Preview")
        TAKING = "taking", _("Being taken in")
        COMMITTED = "committed", _("Taken in")
        UNDONE = "undone", _("Undone")

    FINISHED = (State.COMMITTED, State.UNDONE)

    training = models.ForeignKey(Training, models.CASCADE, related_name="imports")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREVIEW)
    sheets = models.JSONField(default=list)
    # What the user chose: the worksheet, whether there is a header, the columns' contents, and an answer for each row.
    chosen = models.JSONField(default=dict)
    batch = models.UUIDField(default=uuid4, unique=True)
    # The offline workbook that this is a filled copy of.
    workbook = models.ForeignKey(Workbook, models.PROTECT, null=True, related_name="imports")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    upload = models.BinaryField(null=True, editable=False)
    upload_name = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    # What the worker is doing: since when, about how long it takes, and why it gave up, in one sentence.
    work_began = models.DateTimeField(null=True, editable=False)
    work_seconds = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    refusal = models.TextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def is_finished(self) -> bool:
        """Committed, and perhaps undone since: it no longer holds cells."""
        return self.state in self.FINISHED

    @property
    def is_with_the_worker(self) -> bool:
        return self.state in (self.State.READING, self.State.TAKING)


class ImportedRow(models.Model):
    """What one row of a committed import said about one enrolment, and the values before it.

    Comparing with the latest of these distinguishes a cell changed in the portal since from one changed in the list.
    """

    roster_import = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="imported")
    enrolled_by_it = models.BooleanField(default=False)
    said = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster_import", "enrolment"], name="imported_row_once"),
        ]
        indexes = [models.Index(fields=["enrolment", "-id"], name="imported_row_latest")]

    def __str__(self) -> str:
        return f"{self.roster_import_id}/{self.enrolment_id}"


class ColumnChoice(models.Model):
    """What a ministry once chose for a column with this header: reused for its next list."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    header_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "header_key"], name="column_choice_once")]

    def __str__(self) -> str:
        return f"{self.header_key}: {self.kind}"
