"""Write actions for snapshots of figures as reported."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.record import latest_entry, record
from common.actions import action
from members.models import Member
from reports import access
from reports.lookups import Things
from reports.models import FrozenTraining, Snapshot
from reports.people.forms import ReportQuery
from reports.people.report import Report, counted_by, definition, report_of
from reports.snapshots.contents import asked_plainly, content_of, freeze, hashes, parts_of, snapshot_hash
from trainings.counting import Figures
from trainings.counting.gathering import gather

AT_ONCE = 1000


@action
def freeze_figures(
    *,
    query: ReportQuery,
    things: Things,
    chosen: Sequence[str],
    as_on: date,
    reported_to: str,
    note: str,
    observers: Sequence[Member],
    by: Member,
) -> Snapshot:
    """Save a snapshot of a question's answer and definition, signed by its maker. A repeat returns the same snapshot.

    Raises ValidationError if nothing counts yet, all of it is too small for the maker to see, or data changed while it
    was read. See `reports.snapshots.contents.hashes` for the cost.
    """
    line = latest_entry()
    numbers, safe = _answers(query, things)
    mine = numbers if query.whole or safe is None else safe
    parts, rows = parts_of(gather(query.question, ("training",))), hashes(query.question)
    if mine.is_hidden or not parts:
        raise ValidationError(
            _("There is nothing to freeze: no training counts, or the figures are too small to be told.")
        )
    made = _unsaved(query, chosen, numbers, safe, by)
    made.as_on, made.reported_to, made.note = as_on, reported_to, note
    made.content_hash = sha256 = snapshot_hash(content_of(made), {pk: rows[pk] for pk in parts})
    if latest_entry() != line:
        raise ValidationError(_("Something was changed while the figures were read. Freeze them again."))
    there = Snapshot.objects.filter(made_by=by, content_hash=made.content_hash).first()
    if there is not None:
        return there
    made.save()
    made.shown_to.set(observers)
    _save_parts(made, parts, rows)
    record(
        "freeze_figures",
        made,
        by=by,
        free_text={"reported_to": reported_to, "note": note},
        sha256=sha256,
        trainings=len(parts),
        observers=[member.pk for member in observers],
    )
    return made


def _unsaved(query: ReportQuery, chosen: Sequence[str], numbers: Report, safe: Report | None, by: Member) -> Snapshot:
    """Build the snapshot of a report, signed by its maker."""
    return Snapshot(
        made_by=by,
        organisation=by.organisation,
        signed=", ".join([by.full_name, *by.role_labels, by.organisation.short_name])[:320],
        question=asked_plainly(query),
        chosen=list(chosen),
        definition=definition(query),
        numbers=freeze(numbers),
        safe_numbers=freeze(safe) if safe else None,
    )


def _save_parts(snapshot: Snapshot, parts: Mapping[int, Figures], rows: Mapping[int, str]) -> None:
    """Save each training's part in the figures, with the hash of its rows. One insert."""
    frozen = [
        FrozenTraining(
            snapshot=snapshot,
            training_id=pk,
            seats=figures.seats,
            women=figures.women,
            men=figures.men,
            minutes=figures.minutes,
            is_verified=bool(figures.verified_seats),
            content_hash=rows[pk],
        )
        for pk, figures in parts.items()
    ]
    FrozenTraining.objects.bulk_create(frozen, batch_size=AT_ONCE)


def _answers(query: ReportQuery, things: Things) -> tuple[Report, Report | None]:
    """Return the report with every number, and that for readers who may not see names (None if they may not ask it)."""
    gathered = gather(query.question, counted_by(query.dimensions))
    numbers = report_of(gathered, replace(query, whole=True), things)
    if query.question != access.allowed_question(query.question, whole=False):
        return numbers, None
    allowed = access.allowed_dimensions(whole=False)
    others = replace(query, dimensions=tuple(name for name in query.dimensions if name in allowed), whole=False)
    if others.dimensions != query.dimensions:
        gathered = gather(query.question, counted_by(others.dimensions))
    return numbers, report_of(gathered, others, things)


@action
def show_snapshot(*, snapshot: Snapshot, observers: Sequence[Member], by: Member) -> None:
    """Share a snapshot with these observers. Observers it is already shared with keep access."""
    known = set(snapshot.shown_to.values_list("pk", flat=True))
    new = [member for member in observers if member.pk not in known]
    if not new:
        raise ValidationError(_("Choose at least one observer who does not see it yet."))
    snapshot.shown_to.add(*new)
    record("show_snapshot", snapshot, by=by, observers=[member.pk for member in new])
