"""Field notes of trainings, and the list used to revise a manual."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member
from trainers.models import Topic
from trainings.models import Training

MAX_ANSWER_LENGTH = 2_000


class FieldNote(models.Model):
    """Three short answers about a training by somebody who was there. One per author and training."""

    training = models.ForeignKey(Training, models.PROTECT, related_name="field_notes")
    author = models.ForeignKey(Member, models.PROTECT, related_name="field_notes", verbose_name=_("author"))
    # Readers do not see the author; the audit log does record them.
    is_author_hidden = models.BooleanField(_("do not show my name"), default=False)
    worked = models.TextField(_("what worked"), max_length=MAX_ANSWER_LENGTH, blank=True)
    resisted = models.TextField(_("what met resistance"), max_length=MAX_ANSWER_LENGTH, blank=True)
    unanswered = models.TextField(_("which question could you not answer"), max_length=MAX_ANSWER_LENGTH, blank=True)
    topics = models.ManyToManyField(Topic, related_name="field_notes", blank=True, verbose_name=_("topics"))
    version = models.PositiveIntegerField(default=1, editable=False)
    at = models.DateTimeField(_("written"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["training", "author"], name="field_note_once"),
            models.CheckConstraint(
                condition=~Q(worked="", resisted="", unanswered=""), name="field_note_says_something"
            ),
        ]
        verbose_name = _("field note")
        verbose_name_plural = _("field notes")

    def __str__(self) -> str:
        return f"{self.training_id}"

    def get_absolute_url(self) -> str:
        return reverse("knowledge:note", args=[self.pk])


class NoteDeclined(models.Model):
    """A member has declined to write a note about a training: they are not asked again, but may still write one."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training", "member"], name="note_declined_once")]
        verbose_name = _("declined field note")
        verbose_name_plural = _("declined field notes")

    def __str__(self) -> str:
        return f"{self.training_id}"


class RevisionItem(models.Model):
    """A field note that an editor added to the list for the next edition of a manual, under one topic."""

    class State(models.TextChoices):
        OPEN = "open", _("To be worked in")
        DONE = "done", _("Worked in")
        DROPPED = "dropped", _("Not taken up")

    note = models.ForeignKey(FieldNote, models.CASCADE, related_name="revision_items")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name=_("topic"))
    words = models.CharField(_("what to change"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("put there by"))
    at = models.DateTimeField(_("put there"), default=timezone.now)

    class Meta:
        ordering = ["topic__name", "at"]
        constraints = [models.UniqueConstraint(fields=["note", "topic"], name="revision_item_once")]
        verbose_name = _("item for the next edition")
        verbose_name_plural = _("items for the next edition")

    def __str__(self) -> str:
        return f"{self.topic_id} {self.note_id}"
