"""The life of a mark: every change is stored as a row and applied by one compare-and-set."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.attendance.edits import MarkEdit
from trainings.attendance.minutes import recount_enrolments
from trainings.models import Enrolment, Mark, MarkChange, Session, Training


class KeyReusedError(Exception):
    """A client's key was reused with a different body. Answered 409: one of the two is a mistake."""


@dataclass(frozen=True)
class MarksAnswer:
    """The result of a set of edits, in the order they were sent."""

    changes: list[MarkChange]

    def _count(self, outcome: str) -> int:
        return sum(change.outcome == outcome for change in self.changes)

    @property
    def applied(self) -> int:
        return self._count(MarkChange.Outcome.APPLIED)

    @property
    def held(self) -> int:
        return self._count(MarkChange.Outcome.HELD)

    @property
    def conflicts(self) -> list[MarkChange]:
        return [change for change in self.changes if change.outcome == MarkChange.Outcome.CONFLICT]


def _same_body(change: MarkChange, edit: MarkEdit) -> bool:
    return (change.enrolment_id, change.session_id, change.new_value, change.base_version) == (
        edit.enrolment,
        edit.session,
        edit.value,
        edit.base_version,
    )


def _check_edits(training: Training, edits: Sequence[MarkEdit]) -> None:
    """Raise ValidationError for an unknown mark, a person not enrolled, or a session of another training."""
    if any(edit.value and edit.value not in Mark.Value.values for edit in edits):
        raise ValidationError(_("A mark is present, late, excused or absent."))
    enrolled = set(
        Enrolment.objects.filter(training=training, removed_at=None, pk__in={e.enrolment for e in edits}).values_list(
            "pk", flat=True
        )
    )
    if any(edit.enrolment not in enrolled for edit in edits):
        raise ValidationError(_("A mark was sent for somebody who is not enrolled. Load the sheet again."))
    sessions = set(Session.objects.filter(training=training).values_list("pk", flat=True))
    if any(edit.session not in sessions for edit in edits):
        raise ValidationError(
            _("A mark was sent for a session that is not part of this training. Load the sheet again.")
        )


def _judge(edit: MarkEdit, mark: Mark | None, *, locked: bool, by: Member, batch: UUID | None) -> MarkChange:
    """Return the outcome of one edit against the current mark, without writing."""
    value, version = (mark.value, mark.version) if mark else ("", 0)
    change = MarkChange(
        key=edit.key,
        batch=batch,
        enrolment_id=edit.enrolment,
        session_id=edit.session,
        base_version=edit.base_version,
        old_value=value,
        new_value=edit.value,
        by=by,
        answer_value=value,
        answer_version=version,
    )
    if value == edit.value:
        change.outcome = MarkChange.Outcome.SAME
    elif locked:
        change.outcome = MarkChange.Outcome.HELD
    elif version != edit.base_version:
        change.outcome = MarkChange.Outcome.CONFLICT
    else:
        change.outcome = MarkChange.Outcome.APPLIED
        change.answer_value, change.answer_version = edit.value, version + 1
    return change


def apply_edits(
    training: Training, edits: Sequence[MarkEdit], *, by: Member, batch: UUID | None = None, locked: bool
) -> MarksAnswer:
    """Judge and write edits on a training whose row the caller has locked; recount the enrolments affected.

    A repeated key gives the earlier answer; with another body it raises KeyReusedError. Six queries for any number.
    """
    known = MarkChange.objects.in_bulk([edit.key for edit in edits], field_name="key")
    if any(edit.key in known and not _same_body(known[edit.key], edit) for edit in edits):
        raise KeyReusedError
    new = {edit.key: edit for edit in edits if edit.key not in known}
    _check_edits(training, list(new.values()))
    marks = {
        (mark.enrolment_id, mark.session_id): mark
        for mark in Mark.objects.select_for_update().filter(
            enrolment__in={e.enrolment for e in new.values()}, session__in={e.session for e in new.values()}
        )
    }
    judged: dict[UUID, MarkChange] = dict(known)
    written: dict[tuple[int, int], Mark] = {}  # the last of several edits of one cell wins
    for edit in new.values():
        cell = (edit.enrolment, edit.session)
        change = judged[edit.key] = _judge(edit, marks.get(cell), locked=locked, by=by, batch=batch)
        if change.outcome == MarkChange.Outcome.APPLIED:
            marks[cell] = Mark(
                enrolment_id=edit.enrolment,
                session_id=edit.session,
                value=change.answer_value,
                version=change.answer_version,
            )
            written[cell] = marks[cell]
    Mark.objects.bulk_create(
        list(written.values()),
        update_conflicts=True,
        unique_fields=["enrolment", "session"],
        update_fields=["value", "version"],
    )
    MarkChange.objects.bulk_create([judged[key] for key in new])
    if written:
        recount_enrolments(training, sorted({enrolment for enrolment, _session in written}))
    return MarksAnswer([judged[edit.key] for edit in edits])


@action
def change_marks(
    *, training: Training, edits: Sequence[MarkEdit], by: Member, batch: UUID | None = None
) -> MarksAnswer:
    """Apply a person's changes of marks. Return the outcome of each, in their order.

    A change whose base version is outdated is a conflict and is not applied; one that meets locked figures is held and
    shown to the coordinator. Raises ValidationError (nothing written) and KeyReusedError.
    """
    fresh = Training.objects.select_for_update().get(pk=training.pk)
    if fresh.is_cancelled:
        raise ValidationError(_("This training is cancelled, so no marks are recorded."))
    answer = apply_edits(fresh, edits, by=by, batch=batch, locked=not fresh.is_open)
    record(
        "change_marks",
        fresh,
        by=by,
        applied=answer.applied,
        conflicts=len(answer.conflicts),
        held=answer.held,
        cells=[[c.enrolment_id, c.session_id, c.old_value, c.new_value, c.outcome] for c in answer.changes][:100],
    )
    return answer


@action
def mark_rest_present(*, session: Session, enrolments_shown: Sequence[int], batch: UUID, by: Member) -> MarksAnswer:
    """Mark present those `enrolments_shown` that still have no mark in this session, and nobody else.

    `batch` is the client's key: repeating it gives the same answer, and the batch can be undone as a whole.
    """
    training = Training.objects.select_for_update().get(pk=session.training_id)
    if not training.is_open or session.is_cancelled:
        raise ValidationError(_("This session can no longer be marked."))
    if before := list(MarkChange.objects.filter(batch=batch)):
        if any(change.session_id != session.pk for change in before):
            raise KeyReusedError
        return MarksAnswer(before)
    versions: dict[int, tuple[str, int]] = {
        mark.enrolment_id: (mark.value, mark.version) for mark in Mark.objects.filter(session=session)
    }
    enrolled = Enrolment.objects.filter(training=training, removed_at=None, pk__in=enrolments_shown).values_list(
        "pk", flat=True
    )
    edits = [
        MarkEdit(pk, session.pk, Mark.Value.PRESENT, versions.get(pk, ("", 0))[1], uuid5(batch, str(pk)))
        for pk in enrolled
        if not versions.get(pk, ("", 0))[0]
    ]
    answer = apply_edits(training, edits, by=by, batch=batch, locked=False)
    record("mark_rest_present", session, by=by, root=training, applied=answer.applied, day=session.date.isoformat())
    return answer


def edits_back(training: Training, batch: UUID) -> list[MarkEdit]:
    """Return the edits that undo a batch where nobody changed a mark since. One query.

    An enrolment removed, or joined to another of the same person, keeps the marks it had.
    """
    done = MarkChange.objects.filter(
        batch=batch, enrolment__training=training, enrolment__removed_at=None, outcome=MarkChange.Outcome.APPLIED
    )
    return [MarkEdit(c.enrolment_id, c.session_id, c.old_value, c.answer_version, uuid5(c.key, "undo")) for c in done]


@action
def undo_batch(*, training: Training, batch: UUID, by: Member) -> MarksAnswer:
    """Undo a batch: each of its marks that nobody has changed since becomes what it was before."""
    fresh = Training.objects.select_for_update().get(pk=training.pk)
    if not fresh.is_open:
        raise ValidationError(_("The figures are locked, so nothing can be taken back."))
    edits = edits_back(fresh, batch)
    if not edits:
        raise ValidationError(_("There is nothing to take back."))
    answer = apply_edits(fresh, edits, by=by, locked=False)
    record("undo_marks", fresh, by=by, applied=answer.applied, conflicts=len(answer.conflicts))
    return answer


@action
def settle_held_change(*, change: MarkChange, by: Member) -> None:
    """Set a held change aside: the coordinator has seen it. The row stays."""
    held = MarkChange.objects.select_for_update().select_related("enrolment__training").get(pk=change.pk)
    if held.outcome != MarkChange.Outcome.HELD or held.settled_at:
        raise ValidationError(_("This change is already settled."))
    held.settled_at = timezone.now()
    held.save(update_fields=["settled_at"])
    record("settle_held_change", held, by=by, root=held.enrolment.training)
