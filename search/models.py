"""The search index: documents, the words of names, and the queue of changes to be indexed.

No action writes these tables: they are derived from other tables and can be rebuilt at any time.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from search.full_text import IndexedWordsField


class Kind(models.TextChoices):
    """The kinds of documents that can be found."""

    POST = "post", _("Posts")
    MATERIAL = "material", _("Files")
    COMMENT = "comment", _("Comments")
    NOTE = "note", _("Field notes")
    TRAINER = "trainer", _("Trainers")
    TRAINING = "training", _("Trainings")
    COURSE = "course", _("Courses")


def _pointer(to: str) -> Any:
    """A foreign key without a constraint: after a deletion, the document stays in the index for a moment."""
    return models.ForeignKey(to, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+")


class Document(models.Model):
    """One object that can be found, with its folded words.

    `names` are those of people, organisations, places and topics; `words` is the text, or the beginning of a long one. The columns also contain
    keys of similar words (`~obuk`), in titles of trainers marks of names for typing errors (`@jovanovic`), and in `words` the marks for filters
    (`topic=3`). Narrow rows make searches for frequent words fast.
    """

    object_id = models.BigIntegerField()
    # When it became readable: results are sorted by it, and a saved search counts what is newer.
    at = models.DateTimeField()
    post = _pointer("knowledge.Post")
    version = _pointer("knowledge.MaterialVersion")
    comment = _pointer("knowledge.Comment")
    note = _pointer("knowledge.FieldNote")
    profile = _pointer("trainers.TrainerProfile")
    training = _pointer("trainings.Training")
    course = _pointer("trainings.Course")
    # A file whose text had not been read yet when it was indexed.
    waits_for_text = models.BooleanField(default=False)
    # The text is too long for `words`: the rest is in `parts`.
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
    """A word of a person's or place's name that is found despite one wrong letter: see `names`."""

    word = models.CharField(max_length=64, unique=True)
    loose = models.CharField(max_length=64, db_index=True)
    # Reversed, for words that end alike.
    word_reversed = models.CharField(max_length=64, db_index=True)
    loose_reversed = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("word of a name")
        verbose_name_plural = _("words of names")

    def __str__(self) -> str:
        return self.word


class Pending(models.Model):
    """A queued change: a document, or all documents that contain the name of an organisation, a topic and so on."""

    # A kind of document, or a key of `indexer.WIDE_CHANGES`.
    what = models.CharField(max_length=16)
    object_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("change to be indexed")
        verbose_name_plural = _("changes to be indexed")

    def __str__(self) -> str:
        return f"{self.what} {self.object_id}"
