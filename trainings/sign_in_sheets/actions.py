"""Printed sign-in sheets: create editions, and record what is entered from them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.actions import check_open, locked
from trainings.attendance.actions import KeyReusedError, MarksAnswer, apply_edits, edits_back
from trainings.attendance.edits import MarkEdit
from trainings.enrolments import take_off
from trainings.models import Enrolment, Mark, MarkChange, Session, SheetEdition, SheetEntry, SheetLine, Training
from trainings.models.people import written_name
from trainings.models.sheets import MAX_BLANK_LINES
from trainings.roster.actions import RosterRow, enrol_rows

MAX_LINES = 1000
# What a page showed for lines: value and version by number.
MarksShown = Mapping[int, tuple[str, int]]


def _same_edition(
    session: Session, people: Sequence[int], script: str, headings: Sequence[str], blank: int
) -> SheetEdition | None:
    """The latest edition of a session if it was printed for exactly these people in the same way."""
    alike = session.sheet_editions.filter(script=script, blank_lines=blank).prefetch_related("lines")
    for edition in alike:
        printed = [line.enrolment_id for line in edition.lines.all() if not line.is_blank]
        if printed == list(people) and edition.headings == list(headings):
            return edition
    return None


@action
def make_sheet(*, session: Session, script: str, headings: Sequence[str], blank_lines: int, by: Member) -> SheetEdition:
    """Number the roster's people and the blank lines; an unchanged roster printed alike gives the same edition again."""
    training = locked(session.training)
    if session.is_cancelled or training.is_cancelled:
        raise ValidationError(_("This session is cancelled, so there is nothing to sign."))
    if not 0 <= blank_lines <= MAX_BLANK_LINES:
        raise ValidationError({"blank_lines": _("At most %(n)d blank lines.") % {"n": MAX_BLANK_LINES}})
    people = list(training.enrolments.filter(removed_at=None).values_list("pk", flat=True))
    if not people and not blank_lines:
        raise ValidationError(_("Nobody is on the roster. Add people, or ask for blank lines."))
    if len(people) > MAX_LINES:
        raise ValidationError(_("A sheet has at most %(n)d lines.") % {"n": MAX_LINES})
    edition = _same_edition(session, people, script, headings, blank_lines)
    again = edition is not None
    if edition is None:
        last = session.sheet_editions.aggregate(last=Max("number"))["last"] or 0
        edition = SheetEdition.objects.create(
            training=training,
            session=session,
            number=last + 1,
            script=script,
            headings=list(headings),
            blank_lines=blank_lines,
            made_by=by,
        )
        lines = [SheetLine(edition=edition, number=n, enrolment_id=pk) for n, pk in enumerate(people, 1)]
        first_blank = len(people) + 1
        lines += [
            SheetLine(edition=edition, number=n, is_blank=True) for n in range(first_blank, first_blank + blank_lines)
        ]
        SheetLine.objects.bulk_create(lines)
    record(
        "make_sheet",
        edition,
        by=by,
        root=training,
        day=session.date.isoformat(),
        edition=edition.number,
        lines=len(people),
        blank=blank_lines,
        again=again,
    )
    return edition


@dataclass(frozen=True)
class SheetAnswer:
    """The result of a form entered from a sheet: its stored entry, and the changes of marks."""

    entry: SheetEntry
    marks: MarksAnswer


def _body_hash(edition: SheetEdition, exceptions: Mapping[int, str], walk_ins: Mapping[int, RosterRow]) -> str:
    """Keyed hash of a form's content: it tells two forms apart and reveals none of the names."""
    people = {
        number: {**_plain(row), "organisation": row.organisation.pk, "rank": row.rank.pk if row.rank else None}
        for number, row in walk_ins.items()
    }
    body = json.dumps([edition.pk, sorted(exceptions.items()), sorted(people.items())], sort_keys=True)
    return salted_hmac("trainings.sheet_entry", body, algorithm="sha256").hexdigest()


def _plain(row: RosterRow) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name not in ("organisation", "rank")}


def _check_lines(
    lines: Mapping[int, SheetLine], exceptions: Mapping[int, str], walk_ins: Mapping[int, RosterRow]
) -> None:
    """Raise ValidationError for a line that is not on the sheet, has no person, or is already taken."""
    wrong = []
    for number in sorted({*exceptions, *walk_ins}):
        line = lines.get(number)
        if line is None:
            wrong.append(_("Line %(n)d is not on this sheet.") % {"n": number})
        elif number in walk_ins and (not line.is_blank or line.enrolment_id):
            wrong.append(_("Line %(n)d is somebody’s already. Load the page again.") % {"n": number})
        elif number in exceptions and line.enrolment is None and number not in walk_ins:
            wrong.append(_("Line %(n)d is blank. Say below who signed there.") % {"n": number})
        elif number in exceptions and line.enrolment is not None and line.enrolment.removed_at:
            wrong.append(
                _("Who stands in line %(n)d is no longer on the roster. Bring them back first.") % {"n": number}
            )
    if wrong:
        raise ValidationError(wrong)


def _enrol_walk_ins(
    training: Training, lines: Mapping[int, SheetLine], walk_ins: Mapping[int, RosterRow], entry: SheetEntry, by: Member
) -> None:
    """Enrol people who signed on a blank line; the line is theirs from now on."""
    for number, row in sorted(walk_ins.items()):
        made = enrol_rows(training, [row], by=by)
        if not made:
            raise ValidationError(
                _("Line %(n)d: %(name)s is on the roster already. If it is another person, say so there.")
                % {"n": number, "name": written_name(row.family_name, row.given_name)},
                code="twin",
                params={"number": number},
            )
        line = lines[number]
        line.enrolment, line.filled_by = made[0], entry
        line.save(update_fields=["enrolment", "filled_by"])


def _edits(
    session: Session,
    lines: Mapping[int, SheetLine],
    exceptions: Mapping[int, str],
    marks_shown: MarksShown,
    entry: SheetEntry,
) -> list[MarkEdit]:
    """The marks a form requests: exceptions from the version it showed, *present* for all others without a mark."""
    now: dict[int, tuple[str, int]] = {
        mark.enrolment_id: (mark.value, mark.version) for mark in Mark.objects.filter(session=session)
    }
    edits = []
    for number, line in lines.items():
        person = line.enrolment
        if person is None or person.removed_at:
            continue
        value, version = now.get(person.pk, ("", 0))
        walked_in = line.filled_by_id == entry.pk
        shown_value, shown_version = marks_shown.get(number, ("", 0))
        key = uuid5(entry.key, f"{number}")
        if number in exceptions:
            base = version if walked_in else shown_version
            edits.append(MarkEdit(person.pk, session.pk, exceptions[number], base, key))
        elif not value and (walked_in or not shown_value):
            edits.append(MarkEdit(person.pk, session.pk, Mark.Value.PRESENT, version, key))
    return edits


def _before(key: UUID, body_hash: str) -> SheetAnswer | None:
    """The earlier answer to this form, if it was sent before. Raises KeyReusedError if its content was different."""
    entry = SheetEntry.objects.filter(key=key).first()
    if entry is None:
        return None
    if entry.body_hash != body_hash:
        raise KeyReusedError
    return SheetAnswer(entry, MarksAnswer(list(MarkChange.objects.filter(batch=key).order_by("pk"))))


@action
def record_from_sheet(
    *,
    edition: SheetEdition,
    exceptions: Mapping[int, str],
    walk_ins: Mapping[int, RosterRow],
    marks_shown: MarksShown,
    key: UUID,
    by: Member,
) -> SheetAnswer:
    """Record a printed sheet for its session: exceptions and walk-ins by line, everybody else on it present.

    An existing mark is changed only if an exception names its line, from the version in `marks_shown`; if it has changed
    since, that is a conflict and it stays. A repeated key gives the same answer, with another body it raises
    KeyReusedError. All or nothing; raises ValidationError. About twelve queries, and five more per walk-in.
    """
    body_hash = _body_hash(edition, exceptions, walk_ins)
    training = locked(edition.training)
    if before := _before(key, body_hash):
        return before
    check_open(training)
    session = Session.objects.get(pk=edition.session_id)
    if session.is_cancelled:
        raise ValidationError(_("This session is cancelled, so no marks are recorded."))
    lines = {line.number: line for line in edition.lines.select_related("enrolment").select_for_update(of=("self",))}
    _check_lines(lines, exceptions, walk_ins)
    entry = SheetEntry.objects.create(edition=edition, key=key, body_hash=body_hash, by=by)
    _enrol_walk_ins(training, lines, walk_ins, entry, by)
    answer = apply_edits(
        training, _edits(session, lines, exceptions, marks_shown, entry), by=by, batch=key, locked=False
    )
    entry.counts = _counts(answer, {lines[number].enrolment_id for number in walk_ins})
    entry.save(update_fields=["counts"])
    record(
        "record_from_sheet",
        entry,
        by=by,
        root=training,
        day=session.date.isoformat(),
        edition=edition.number,
        applied=answer.applied,
        conflicts=len(answer.conflicts),
        walk_ins=len(walk_ins),
        cells=[[c.enrolment_id, c.session_id, c.old_value, c.new_value, c.outcome] for c in answer.changes][:MAX_LINES],
    )
    return SheetAnswer(entry, answer)


def _counts(answer: MarksAnswer, walk_ins: Collection[int | None]) -> dict[str, int]:
    """Count what an entry changed: the marks applied by value, without those of walk-ins (enrolments), and the conflicts."""
    applied = [
        change.new_value
        for change in answer.changes
        if change.outcome == MarkChange.Outcome.APPLIED and change.enrolment_id not in walk_ins
    ]
    return {
        **{value: applied.count(value) for value in Mark.Value.values if value in applied},
        "walk_ins": len(walk_ins),
        "conflicts": len(answer.conflicts),
    }


@dataclass(frozen=True)
class TakenBack:
    """What was undone of an entry, and how many walk-ins stay because they were marked elsewhere since."""

    marks: int
    walk_ins: int
    staying: int


@action
def take_back_sheet(*, entry: SheetEntry, by: Member) -> TakenBack:
    """Undo one form: restore marks nobody changed since, remove walk-ins from the roster and blank their lines.

    A walk-in who was marked in another session, or whose mark was changed since, stays.
    """
    training = locked(entry.edition.training)
    check_open(training)
    entry = SheetEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.taken_back_at:
        raise ValidationError(_("This is taken back already."))
    answer = apply_edits(training, edits_back(training, entry.key), by=by, locked=False)
    people = Enrolment.objects.filter(sheet_lines__filled_by=entry, removed_at=None)
    used = set(Mark.objects.filter(enrolment__in=people).exclude(value="").values_list("enrolment", flat=True))
    leaving = [person for person in people if person.pk not in used]
    for person in leaving:
        take_off(person)
    entry.filled.filter(enrolment__in=leaving).update(enrolment=None, filled_by=None)
    entry.taken_back_at = timezone.now()
    entry.save(update_fields=["taken_back_at"])
    record(
        "take_back_sheet",
        entry,
        by=by,
        root=training,
        applied=answer.applied,
        conflicts=len(answer.conflicts),
        walk_ins=len(leaving),
        kept=len(used),
    )
    return TakenBack(answer.applied, len(leaving), len(used))
