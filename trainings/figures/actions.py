"""The life of a training's figures: submit, withdraw, return, verify, amend."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.actions import check_open, locked
from trainings.attendance.actions import MarksAnswer, apply_edits
from trainings.attendance.edits import MarkEdit
from trainings.counting import training_totals
from trainings.enrolments import take_off
from trainings.headcounts.actions import check_counts
from trainings.models import Amendment, FiguresVersion, Headcount, Mark, MarkChange, Training
from trainings.models.people import written_name
from trainings.roster.actions import RosterRow, enrol_rows
from trainings.signals import figures_changed


def _tell_when_committed() -> None:
    transaction.on_commit(lambda: figures_changed.send(sender=Training))


def what_is_missing(training: Training, totals: dict[str, Any]) -> list[str]:
    """Return, in sentences, what prevents these totals from being submitted; empty if nothing does. No query."""
    missing: list[str] = []
    if not training.has_ended:
        missing.append(_("The training has not ended yet."))
    if not totals["enrolled"] and not totals["attended"]["headcounted"]:
        missing.append(_("Nobody is on the roster and there is no headcount."))
    return missing


def _freeze(training: Training, by: Member) -> FiguresVersion:
    training.figures_version += 1
    return FiguresVersion.objects.create(
        training=training, number=training.figures_version, totals=training_totals(training), made_by=by
    )


@action
def submit_figures(*, training: Training, by: Member) -> FiguresVersion:
    """Freeze the figures and submit them to the owner's coordinator. From now on they count."""
    fresh = locked(training)
    check_open(fresh)
    if missing := what_is_missing(fresh, training_totals(fresh)):
        raise ValidationError(missing)
    version = _freeze(fresh, by)
    fresh.figures, fresh.submitted_by, fresh.submitted_at = Training.Figures.SUBMITTED, by, timezone.now()
    fresh.returned_reason = ""
    fresh.save(update_fields=["figures", "figures_version", "submitted_by", "submitted_at", "returned_reason"])
    record(
        "submit_figures",
        fresh,
        by=by,
        version=version.number,
        seats=version.totals["attended"]["seats"],
        unmarked=version.totals["unmarked"],
    )
    _tell_when_committed()
    return version


def _reopen(training: Training, version_seen: int) -> FiguresVersion:
    if not training.is_submitted:
        raise ValidationError(_("These figures are not waiting for verification."))
    _check_seen(training, version_seen)
    training.figures = Training.Figures.RECORDED
    training.save(update_fields=["figures"])
    return training.figures_versions.get(number=training.figures_version)


def _check_seen(training: Training, version_seen: int) -> None:
    if training.figures_version != version_seen:
        raise ValidationError(
            _("These figures changed since you opened the page. Look at version %(n)d before you decide.")
            % {"n": training.figures_version}
        )


@action
def recall_figures(*, training: Training, version_seen: int, by: Member) -> None:
    """Withdraw submitted figures in order to change them; the frozen version stays readable."""
    fresh = locked(training)
    if fresh.submitted_by_id != by.pk:
        raise ValidationError(_("Only who submitted the figures may recall them."))
    version = _reopen(fresh, version_seen)
    version.recalled_at = timezone.now()
    version.save(update_fields=["recalled_at"])
    record("recall_figures", fresh, by=by, version=version.number)
    _tell_when_committed()


@action
def return_figures(*, training: Training, version_seen: int, reason: str, by: Member) -> None:
    """Return submitted figures for changes, with a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what should be corrected.")})
    fresh = locked(training)
    version = _reopen(fresh, version_seen)
    version.returned_at, version.returned_reason = timezone.now(), reason
    version.save(update_fields=["returned_at", "returned_reason"])
    fresh.returned_reason = reason
    fresh.save(update_fields=["returned_reason"])
    record("return_figures", fresh, by=by, version=version.number, free_text={"reason": reason}, about_people=True)
    _tell_when_committed()


@action
def verify_figures(*, training: Training, version_seen: int, by: Member) -> None:
    """Verify exactly the version seen. Nobody verifies what they submitted themselves."""
    fresh = locked(training)
    if not fresh.is_submitted:
        raise ValidationError(_("These figures are not waiting for verification."))
    _check_seen(fresh, version_seen)
    if fresh.submitted_by_id == by.pk:
        raise ValidationError(_("You submitted these figures, so another coordinator has to verify them."))
    now = timezone.now()
    fresh.figures, fresh.verified_by, fresh.verified_at = Training.Figures.VERIFIED, by, now
    fresh.save(update_fields=["figures", "verified_by", "verified_at"])
    fresh.figures_versions.filter(number=version_seen).update(verified_at=now)
    record("verify_figures", fresh, by=by, version=version_seen)
    _tell_when_committed()


@dataclass(frozen=True)
class Addition:
    """A person missing from verified figures, and their mark for every session held; empty: not recorded."""

    row: RosterRow
    value: str = ""


@dataclass(frozen=True)
class AmendedFigures:
    """The changes of one amendment: marks, people removed, people added, new numbers of headcount rows by id."""

    edits: Sequence[MarkEdit] = ()
    taken_off: Collection[int] = ()
    added: Sequence[Addition] = ()
    headcounts: Mapping[int, int] = field(default_factory=dict)


def _amend_marks(training: Training, edits: Sequence[MarkEdit], by: Member) -> list[list[Any]]:
    answer = apply_edits(training, edits, by=by, locked=False) if edits else MarksAnswer([])
    if answer.conflicts:
        raise ValidationError(_("A mark changed since you opened the page. Load it again and repeat your changes."))
    return [
        [c.enrolment_id, c.session_id, c.old_value, c.new_value]
        for c in answer.changes
        if c.outcome == MarkChange.Outcome.APPLIED
    ]


def _amend_roster(training: Training, change: AmendedFigures, by: Member) -> list[list[Any]]:
    """Remove people and add people with their marks; return ["taken off" or "added", enrolment]."""
    leaving = list(training.enrolments.filter(pk__in=change.taken_off, removed_at=None))
    if len(leaving) != len(set(change.taken_off)):
        raise ValidationError(_("Somebody to be taken off is not on the roster. Load the page again."))
    for enrolment in leaving:
        take_off(enrolment)
    held = list(training.sessions.filter(cancelled_at=None).values_list("pk", flat=True))
    done: list[list[Any]] = [["taken off", enrolment.pk] for enrolment in leaving]
    for addition in change.added:
        made = enrol_rows(training, [addition.row], by=by)
        if not made:
            raise ValidationError(
                _("%(name)s is on the roster already. Change the marks in the sheet above.")
                % {"name": written_name(addition.row.family_name, addition.row.given_name)}
            )
        done.append(["added", made[0].pk])
        versions = dict(Mark.objects.filter(enrolment=made[0]).values_list("session", "version"))
        if addition.value:
            edits = [MarkEdit(made[0].pk, pk, addition.value, versions.get(pk, 0), uuid4()) for pk in held]
            done += _amend_marks(training, edits, by)
    return done


def _amend_headcounts(training: Training, numbers: Mapping[int, int]) -> list[list[Any]]:
    """Set new numbers; return ["headcount", organisation, sex, rank group, old, new] for each. 0 removes the row."""
    done: list[list[Any]] = []
    rows = Headcount.objects.select_related("party").filter(party__training=training).in_bulk(list(numbers))
    if len(rows) != len(numbers):
        raise ValidationError(_("A headcount that is not part of this training was sent. Load the page again."))
    for pk, number in numbers.items():
        row = rows[pk]
        if row.attended == number:
            continue
        done.append(["headcount", row.party.organisation_id, row.sex, row.rank_group, row.attended, number])
        row.attended = number
        if row.completed is not None:
            row.completed = min(row.completed, number)
        check_counts([row])
        if number:
            row.save(update_fields=["attended", "completed"])
        else:
            row.delete()
    return done


@action
def amend_figures(
    *, training: Training, change: AmendedFigures, reason: str, version_seen: int, by: Member
) -> FiguresVersion:
    """Change verified figures: a set of changes with one reason makes a new version; the old one stays readable.

    All or nothing: a mark changed by somebody else meanwhile refuses the whole amendment. The changes are stored as ids
    and numbers, without names.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the figures are amended.")})
    fresh = locked(training)
    if not fresh.is_verified:
        raise ValidationError(_("Only verified figures are amended."))
    _check_seen(fresh, version_seen)
    edits = [edit for edit in change.edits if edit.enrolment not in set(change.taken_off)]
    changes = [
        *_amend_marks(fresh, edits, by),
        *_amend_roster(fresh, change, by),
        *_amend_headcounts(fresh, change.headcounts),
    ]
    if not changes:
        raise ValidationError(_("Nothing was changed, so there is nothing to amend."))
    version = _freeze(fresh, by)
    fresh.save(update_fields=["figures_version"])
    version.verified_at = version.made_at
    version.save(update_fields=["verified_at"])
    Amendment.objects.create(version=version, reason=reason, changes=changes)
    record(
        "amend_figures",
        fresh,
        by=by,
        version=version.number,
        changed=len(changes),
        free_text={"reason": reason},
        about_people=True,
    )
    _tell_when_committed()
    return version
