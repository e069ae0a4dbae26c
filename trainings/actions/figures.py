"""The life of a training's figures: submitted, recalled, returned, verified, amended."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.actions.marks import MarkEdit, apply_edits
from trainings.actions.trainings import check_open, locked
from trainings.counting import training_totals
from trainings.models import Amendment, FiguresVersion, MarkChange, Training
from trainings.signals import figures_changed


def _tell_when_committed() -> None:
    transaction.on_commit(lambda: figures_changed.send(sender=Training))


def what_is_missing(training: Training, totals: dict[str, Any]) -> list[str]:
    """Return, in sentences, what keeps these totals from being submitted; empty when nothing does. No query."""
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
    """Freeze the figures and hand them to the keeper's coordinator. From now on they count."""
    fresh = locked(training)
    check_open(fresh)
    if missing := what_is_missing(fresh, training_totals(fresh)):
        raise ValidationError(missing)
    version = _freeze(fresh, by)
    fresh.figures, fresh.submitted_by, fresh.submitted_at = Training.Figures.SUBMITTED, by, timezone.now()
    fresh.returned_reason = ""
    fresh.save(update_fields=["figures", "figures_version", "submitted_by", "submitted_at", "returned_reason"])
    record(
        "submit_figures", fresh, by=by,
        version=version.number, seats=version.totals["attended"]["seats"], unmarked=version.totals["unmarked"],
    )  # fmt: skip
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
    """Take submitted figures back to change them; the frozen version stays readable."""
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
    """Send submitted figures back with a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what should be corrected.")})
    fresh = locked(training)
    version = _reopen(fresh, version_seen)
    version.returned_at, version.returned_reason = timezone.now(), reason
    version.save(update_fields=["returned_at", "returned_reason"])
    fresh.returned_reason = reason
    fresh.save(update_fields=["returned_reason"])
    record("return_figures", fresh, by=by, version=version.number, reason=reason)
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


@action
def amend_figures(
    *, training: Training, edits: Sequence[MarkEdit], reason: str, version_seen: int, by: Member
) -> FiguresVersion:
    """Change verified figures: a set of changed marks with one reason makes a new version; the old stays readable.

    All or nothing: a mark that somebody changed meanwhile refuses the whole amendment.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the figures are amended.")})
    fresh = locked(training)
    if not fresh.is_verified:
        raise ValidationError(_("Only verified figures are amended."))
    _check_seen(fresh, version_seen)
    answer = apply_edits(fresh, edits, by=by, locked=False)
    if answer.conflicts:
        raise ValidationError(_("A mark changed since you opened the page. Load it again and repeat your changes."))
    if not answer.applied:
        raise ValidationError(_("Nothing was changed, so there is nothing to amend."))
    version = _freeze(fresh, by)
    fresh.save(update_fields=["figures_version"])
    version.verified_at = version.made_at
    version.save(update_fields=["verified_at"])
    changes: list[Any] = [
        [c.enrolment_id, c.session_id, c.old_value, c.new_value]
        for c in answer.changes
        if c.outcome == MarkChange.Outcome.APPLIED
    ]
    Amendment.objects.create(version=version, reason=reason, changes=changes)
    record("amend_figures", fresh, by=by, version=version.number, changed=len(changes), reason=reason)
    _tell_when_committed()
    return version
