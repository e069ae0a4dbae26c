"""Every write of field notes, and of the list by which the manuals are revised."""

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
    """Keep the field note of `by` about a training. Raises ValidationError where they have written one.

    The record's line stands with its author, not with the training: readers of a training's history learn no names from it.
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
    """Note that `by` has nothing to tell about a training, so that they are asked no more. A second time is passed over.

    The record's line stands with the member, as that of a note does.
    """
    declined, is_new = NoteDeclined.objects.get_or_create(training=training, member=by)
    if is_new:
        record("decline_field_note", declined, root=by, by=by, reference=training.reference)


@action
def change_note(*, note: FieldNote, topics: Iterable[Topic], version_seen: int, by: Member) -> FieldNote:
    """Keep a changed note. Raises ChangedMeanwhileError where it is not the version that was seen. The record keeps the old text."""
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
        "change_field_note", note, root=by, by=by, fields=changes, free_text=changes, reference=training.reference, version=number
    )  # fmt: skip
    return note


@action
def delete_note(*, note: FieldNote, by: Member) -> None:
    """Take a note back. Raises ValidationError while it stands on the list for the next edition: its editors decide there."""
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
    """Put a note on the list for the next edition, under a topic. Raises ValidationError where it stands under that one."""
    FieldNote.objects.select_for_update().get(pk=note.pk)
    if note.revision_items.filter(topic=topic).exists():
        raise ValidationError(_("This note is on the list under that topic already."))
    item = RevisionItem.objects.create(note=note, topic=topic, words=words, by=by)
    record("collect_note", item, by=by, free_text={"words": words})
    return item


@action
def settle_item(*, item: RevisionItem, state: str, by: Member) -> RevisionItem:
    """Say what became of an item of the list. Raises ValidationError for a state that there is not."""
    if state not in RevisionItem.State.values:
        raise ValidationError(_("Choose a state of the list."))
    item.state = state
    item.save(update_fields=["state"])
    record("settle_item", item, by=by, fields=["state"], state=state)
    return item


@action
def drop_item(*, item: RevisionItem, by: Member) -> None:
    """Take an item off the list as if it had never stood there."""
    record("drop_item", item, by=by, free_text={"words": item.words})
    item.delete()
