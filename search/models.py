"""The index: what can be found, the words of names, and what waits to be indexed.

Nothing here is written by an action: all of it is read from rows that actions wrote, and can be built again at any time.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from search.full_text import IndexedWordsField


class Kind(models.TextChoices):
    """What can be found."""

    POST = "post", _("Posts")
    MATERIAL = "material", _("Files")
    COMMENT = "comment", _("Comments")
    NOTE = "note", _("Field notes")
    TRAINER = "trainer", _("Trainers")
    TRAINING = "training", _("Trainings")
    COURSE = "course", _("Courses")


def _pointer(to: str) -> Any:
    """Point to a row without holding it: what is deleted leaves the index a moment later."""
    return models.ForeignKey(to, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+")


class Document(models.Model):
    """One thing that can be found, with its folded words.

    `names` are those of people, organisations, places and topics; `words` is the text, or the beginning of a long one. Beside the words
    stand keys of near ones (`~obuk`), in the titles of trainers marks of names, of which one letter may be wrong (`@jovanovic`), and
    in `words` what filters ask for (`topic=3`). The narrower a row, the faster a search for what many rows hold.
    """

    object_id = models.BigIntegerField()
    # When it came to its readers: the newest is shown first, and a saved search counts what is newer.
    at = models.DateTimeField()
    post = _pointer("knowledge.Post")
    version = _pointer("knowledge.MaterialVersion")
    comment = _pointer("knowledge.Comment")
    note = _pointer("knowledge.FieldNote")
    profile = _pointer("trainers.TrainerProfile")
    training = _pointer("trainings.Training")
    course = _pointer("trainings.Course")
    # A file whose words were not read yet when it was indexed.
    waits_for_text = models.BooleanField(default=False)
    # The text is longer than `words` can hold: the rest is in its parts.
    has_parts = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = IndexedWordsField()
    names = IndexedWordsField()
    words = IndexedWordsField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_document_once")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="search_document_newest"),
            models.Index(fields=["id"], condition=models.Q(waits_for_text=True), name="search_document_waits"),
            models.Index(fields=["id"], condition=models.Q(has_parts=True), name="search_document_has_parts"),
        ]
        verbose_name = _("document of the search index")
        verbose_name_plural = _("documents of the search index")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class TextPart(models.Model):
    """A further part of a long text."""

    document = models.ForeignKey(Document, models.DO_NOTHING, related_name="parts")
    number = models.PositiveIntegerField()
    words = IndexedWordsField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="search_part_once")]
        verbose_name = _("part of a text in the search index")
        verbose_name_plural = _("parts of texts in the search index")

    def __str__(self) -> str:
        return f"{self.document_id} {self.number}"


class NameWord(models.Model):
    """A word of somebody's or some place's name, which is found with one letter wrong: see `names`."""

    word = models.CharField(max_length=64, unique=True)
    loose = models.CharField(max_length=64, db_index=True)
    # The same from the last letter to the first: for words that end alike.
    word_reversed = models.CharField(max_length=64, db_index=True)
    loose_reversed = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("word of a name")
        verbose_name_plural = _("words of names")

    def __str__(self) -> str:
        return self.word


class Pending(models.Model):
    """Something that changed and is to be indexed: a document, or all that bear the name of an organisation, a topic and so on."""

    # A kind of document, or one of `indexer.WIDE_CHANGES`.
    what = models.CharField(max_length=16)
    object_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("change to be indexed")
        verbose_name_plural = _("changes to be indexed")

    def __str__(self) -> str:
        return f"{self.what} {self.object_id}"
