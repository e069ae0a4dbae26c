"""Write actions for field notes, and for the list used to revise the manuals."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import changed_row, record
from common.actions import action
from knowledge.conflicts import ChangedMeanwhileError
from knowledge.models import FieldNote, NoteDeclined, RevisionItem
from members.models import Member
from trainers.models import Topic
from trainings.models import Training

ANSWERS = ("worked", "resisted", "unanswered")


@action
def write_note(*, note: FieldNote, topics: Iterable[Topic], by: Member) -> FieldNote:
    """Save a field note by `by` about a training. Raises ValidationError if they have already written one.

    The audit entry belongs to the author, not the training, so that a training's history reveals no names.
    """
    training = Training.objects.select_for_update().get(pk=note.training_id)
    if FieldNote.objects.filter(training=note.training_id, author=by).exists():
        raise ValidationError(_("You have written a note about this training. Open it to change it."))
    note.author = by
    note.save()
    note.topics.set(topics)
    record("write_field_note", note, root=by, by=by, reference=training.reference)
    return note


@action
def decline_note(*, training: Training, by: Member) -> None:
    """Save that `by` has no note to write about a training, so that they are not asked again. A repeat does nothing.

    The audit entry belongs to the member, as for a note.
    """
    declined, is_new = NoteDeclined.objects.get_or_create(training=training, member=by)
    if is_new:
        record("decline_field_note", declined, root=by, by=by, reference=training.reference)


@action
def change_note(*, note: FieldNote, topics: Iterable[Topic], version_seen: int, by: Member) -> FieldNote:
    """Save a changed note; the audit log keeps the old text. Raises ChangedMeanwhileError if it is no longer at `version_seen`."""
    now = FieldNote.objects.select_for_update().get(pk=note.pk)
    if now.version != version_seen:
        raise ChangedMeanwhileError(
            now, _("This note was changed meanwhile, in another window. Both texts are shown: saving keeps yours.")
        )
    changes = changed_row(note, (*ANSWERS, "is_author_hidden"))
    number, training = now.version + 1, note.training
    note.version, note.changed_at = number, timezone.now()
    note.save(update_fields=[*ANSWERS, "is_author_hidden", "version", "changed_at"])
    note.topics.set(topics)
    record(
        "change_field_note",
        note,
        root=by,
        by=by,
        fields=changes,
        free_text=changes,
        reference=training.reference,
        version=number,
    )
    return note


@action
def delete_note(*, note: FieldNote, by: Member) -> None:
    """Delete a note. Raises ValidationError while it is on the list for the next edition, which its editors decide about."""
    FieldNote.objects.select_for_update().get(pk=note.pk)
    if note.revision_items.exists():
        raise ValidationError(
            _(
                "This note stands on the list for the next edition of the manual. Ask a coordinator to take it off first."
            )
        )
    free_text, training = {name: getattr(note, name) for name in ANSWERS}, note.training
    record("delete_field_note", note, root=by, by=by, free_text=free_text, reference=training.reference)
    note.topics.clear()
    note.delete()


@action
def collect_note(*, note: FieldNote, topic: Topic, words: str, by: Member) -> RevisionItem:
    """Add a note to the list for the next edition under a topic. Raises ValidationError if it is already there."""
    FieldNote.objects.select_for_update().get(pk=note.pk)
    if note.revision_items.filter(topic=topic).exists():
        raise ValidationError(_("This note is on the list under that topic already."))
    item = RevisionItem.objects.create(note=note, topic=topic, words=words, by=by)
    record("collect_note", item, by=by, free_text={"words": words})
    return item


@action
def settle_item(*, item: RevisionItem, state: str, by: Member) -> RevisionItem:
    """Set the state of an item of the list. Raises ValidationError for an unknown state."""
    if state not in RevisionItem.State.values:
        raise ValidationError(_("Choose a state of the list."))
    item.state = state
    item.save(update_fields=["state"])
    record("settle_item", item, by=by, fields=["state"], state=state)
    return item


@action
def drop_item(*, item: RevisionItem, by: Member) -> None:
    """Delete an item from the list."""
    record("drop_item", item, by=by, free_text={"words": item.words})
    item.delete()
