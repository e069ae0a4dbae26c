"""The index: its entries, its words, and in which entries each word stands.

Nothing here is written by an action: all of it is folded from rows that actions wrote, and can be made anew at any time.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

# An entry's number falls into a block of so many; a posting holds one block of one word.
BLOCK = 8192


class Kind(models.TextChoices):
    """What is found."""

    POST = "post", _("Posts")
    MATERIAL = "material", _("Files")
    NOTE = "note", _("Field notes")
    TRAINER = "trainer", _("Trainers")
    TRAINING = "training", _("Trainings")
    COURSE = "course", _("Courses")


class Tier(models.IntegerChoices):
    """Where in an entry a word stands. A facet is no word but what the filters ask for."""

    FACET = 0
    TITLE = 1
    NAMES = 2
    TEXT = 3


class SearchState(models.Model):
    """The one row that says which generation of the index is in use and how far it follows the record."""

    generation = models.PositiveIntegerField(default=0)
    # The newest generation that anybody began to build.
    begun = models.PositiveIntegerField(default=0)
    next_number = models.PositiveIntegerField(default=0)
    # The last line of the record whose things are indexed.
    position = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("state of the search index")
        verbose_name_plural = _("states of the search index")

    def __str__(self) -> str:
        return f"{self.generation}: {self.position}"

    @property
    def stamp(self) -> tuple[object, ...]:
        """What changes with each change of the index, and so with each line of the record that it has read."""
        return self.generation, self.position, self.next_number, self.looked_at


class MissingLine(models.Model):
    """A number of the record that was passed without a line: its writer may not have committed yet."""

    line = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("line not yet seen")
        verbose_name_plural = _("lines not yet seen")

    def __str__(self) -> str:
        return str(self.line)


def _row(to: str) -> Any:
    """Point to a row without holding it: what is thrown away leaves the index when its line is read."""
    return models.ForeignKey(to, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+")


class SearchEntry(models.Model):
    """One thing that can be found. Its `number` is its place in the postings of its generation."""

    generation = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    object_id = models.BigIntegerField()
    # When it came to its readers: a saved search counts what is newer.
    at = models.DateTimeField()
    post = _row("knowledge.Post")
    version = _row("knowledge.MaterialVersion")
    note = _row("knowledge.FieldNote")
    profile = _row("trainers.TrainerProfile")
    training = _row("trainings.Training")
    course = _row("trainings.Course")
    # A file whose words were not read yet when it was indexed.
    waits_for_text = models.BooleanField(default=False)
    # Its (tier, word) pairs, by which it is taken out again: see bits.packed_terms.
    terms = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation", "kind", "object_id"], name="search_entry_once"),
            models.UniqueConstraint(fields=["generation", "number"], name="search_number_once"),
        ]
        indexes = [
            models.Index(fields=["generation", "at"], name="search_entry_newest"),
            models.Index(fields=["id"], condition=models.Q(waits_for_text=True), name="search_entry_waits"),
        ]
        verbose_name = _("entry of the search index")
        verbose_name_plural = _("entries of the search index")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SearchWord(models.Model):
    """A folded word, or a facet such as `kind=post`, which no folded word can look like."""

    word = models.CharField(max_length=64, unique=True)
    loose = models.CharField(max_length=64, db_index=True)
    stem = models.CharField(max_length=64, db_index=True)
    # Stands in somebody's or some place's name: typing errors are forgiven.
    is_name = models.BooleanField(default=False)
    # Kinds, years and groups of readers: each question needs them all.
    is_frame = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(is_frame=True), name="search_word_frame")]
        verbose_name = _("word of the search index")
        verbose_name_plural = _("words of the search index")

    def __str__(self) -> str:
        return self.word


class NameSlip(models.Model):
    """What is left of a name's word with one letter taken out: two words one typing error apart share one."""

    left = models.CharField(max_length=64)
    word = models.ForeignKey(SearchWord, models.CASCADE, related_name="slips")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left", "word"], name="name_slip_once")]
        verbose_name = _("word with a letter less")
        verbose_name_plural = _("words with a letter less")

    def __str__(self) -> str:
        return self.left


class SearchPosting(models.Model):
    """The entries of one block in which a word stands in one tier: see bits.pack."""

    generation = models.PositiveIntegerField()
    word = models.ForeignKey(SearchWord, models.CASCADE, related_name="postings")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    block = models.PositiveIntegerField()
    bits = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "generation", "tier", "block"], name="search_posting_once")
        ]
        verbose_name = _("posting of the search index")
        verbose_name_plural = _("postings of the search index")

    def __str__(self) -> str:
        return f"{self.word_id} {self.tier} {self.block}"
