"""Undo a merge as a whole: nothing recorded since is lost, and what stays is reported."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.attendance.actions import apply_edits
from trainings.attendance.edits import MarkEdit
from trainings.attendance.minutes import recount_enrolments
from trainings.duplicates.actions import compare_when_committed
from trainings.duplicates.merging import FACTS, FIELDS, lock_people
from trainings.enrolments import roster_party
from trainings.models import DuplicatePair, Enrolment, Mark, MarkChange, Merge, Participant, Sex, SheetLine, Training


@action
def undo_merge(*, merge: Merge, by: Member) -> list[str]:
    """Undo a merge; return in sentences what stays because it was changed since.

    Enrolments go back with every mark they have now; a joined row gives back only marks and facts that nobody changed
    since. Refuses, naming the training, if locked figures would change, or if a later merge builds on this one.
    """
    _trainings, people = lock_people([merge.survivor_id, merge.gone_id])
    survivor, gone = sorted(people, key=lambda person: person.pk != merge.survivor_id)
    fresh = Merge.objects.select_for_update().get(pk=merge.pk)
    _check_last(fresh, survivor)
    rows = Enrolment.objects.select_related("training").in_bulk(_touched(fresh))
    _check_figures(fresh, survivor, gone, rows)
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    stays = _recorded_since(fresh, survivor) + _fields_back(fresh, survivor)
    Enrolment.objects.filter(pk__in=fresh.before["moved"], participant=survivor).update(participant=gone)
    for joined in fresh.before["joined"]:
        stays += _part(joined, rows[joined["survivor"]], rows[joined["gone"]], fresh, by)
    Enrolment.objects.filter(pk__in=fresh.before["returning"]).update(removed_with=None)
    Participant.objects.filter(pk__in=fresh.before["merged"], merged_into=survivor).update(merged_into=gone)
    _pairs_back(fresh)
    fresh.undone_by, fresh.undone_at = by, timezone.now()
    fresh.save(update_fields=["undone_by", "undone_at"])
    record(
        "undo_merge",
        fresh,
        by=by,
        root=survivor.organisation,
        survivor=survivor.pk,
        gone=gone.pk,
        stays=len(stays),
    )
    compare_when_committed()
    return stays


def _touched(merge: Merge) -> set[int]:
    joined = merge.before["joined"]
    return {*merge.before["moved"], *(one["survivor"] for one in joined), *(one["gone"] for one in joined)}


def _check_last(merge: Merge, survivor: Participant) -> None:
    """Refuse a merge that is already undone, or that a later merge builds on."""
    if merge.undone_at:
        raise ValidationError(_("This merge is undone already."))
    of_these = Q(survivor__in=[merge.survivor_id, merge.gone_id]) | Q(gone__in=[merge.survivor_id, merge.gone_id])
    later = Merge.objects.filter(of_these, undone_at=None, pk__gt=merge.pk).select_related("survivor", "gone").first()
    if later:
        raise ValidationError(
            _("A later merge builds on this one: %(gone)s into %(kept)s. Undo that one first.")
            % {"gone": later.gone, "kept": later.survivor}
        )


def _check_figures(merge: Merge, survivor: Participant, gone: Participant, rows: dict[int, Enrolment]) -> None:
    """Refuse if locked figures would count differently, or if marks made since would leave the seat they count for."""
    wrong = []
    for joined in merge.before["joined"]:
        mine = rows[joined["survivor"]]
        if not joined["took_over"] and mine.removed_at is None and mine.training.figures != Training.Figures.RECORDED:
            wrong.append(
                _(
                    "The figures of %(reference)s were locked since: with two again it would have one seat more. Have them "
                    "returned or amended first."
                )
                % {"reference": mine.training.reference}
            )
        if joined["took_over"] and _marks_of(mine) != _marks_of(rows[joined["gone"]]):
            wrong.append(
                _("In %(reference)s marks were changed since. Set them back first, so that none is lost.")
                % {"reference": mine.training.reference}
            )
    wrong += _against_sexes(merge, survivor, gone)
    if wrong:
        raise ValidationError(wrong)


def _against_sexes(merge: Merge, survivor: Participant, gone: Participant) -> list[str]:
    """Sentences for locked figures that count a seat under the sex set by the merge."""
    after = _old(merge, "sex", survivor)
    taken_over = [one["survivor"] for one in merge.before["joined"] if one["took_over"]]
    away = {*merge.before["moved"], *taken_over}
    locked = Enrolment.objects.filter(participant=survivor, removed_at=None, attended_sessions__gt=0)
    locked = locked.exclude(training__figures=Training.Figures.RECORDED).select_related("training")
    return [
        _("%(reference)s has locked figures that count this person as “%(sex)s”. Have them returned or amended first.")
        % {"reference": enrolment.training.reference, "sex": Sex(survivor.sex).label}
        for enrolment in locked
        if (gone.sex if enrolment.pk in away else after) != survivor.sex
    ]


def _marks_of(enrolment: Enrolment) -> dict[int, str]:
    marks = Mark.objects.filter(enrolment=enrolment).exclude(value="")
    return dict(marks.values_list("session", "value"))


def _old(merge: Merge, name: str, survivor: Participant) -> Any:
    """The value a survivor's field returns to: the old one, unless somebody changed it since."""
    before, after = merge.before["fields"].get(name, [None, None])
    now = getattr(survivor, name)
    return before if name in merge.before["fields"] and now == after else now


def _fields_back(merge: Merge, survivor: Participant) -> list[str]:
    stays = []
    for name, (_before, after) in merge.before["fields"].items():
        if getattr(survivor, name) != after:
            stays.append(_("A fact of %(name)s was changed since and stays.") % {"name": survivor})
        setattr(survivor, name, _old(merge, name, survivor))
    survivor.save(update_fields=FIELDS)
    return stays


def _part(joined: dict[str, Any], mine: Enrolment, other: Enrolment, merge: Merge, by: Member) -> list[str]:
    """Split a joined row into two again; return what stays as it was changed since."""
    training, stays = mine.training, []
    was_taken_off = mine.removed_at is not None
    if not was_taken_off:
        stays += _marks_back(training, mine, merge, by)
    if {name: getattr(mine, name) for name in FACTS} == joined["facts_after"]:
        for name, value in joined["facts"].items():
            setattr(mine, name, value)
    else:
        stays.append(_("%(reference)s: rank or unit were changed since and stay.") % {"reference": training.reference})
    if joined["took_over"]:
        at, removed_with = joined["off"]
        mine.party, mine.removed_at = None, datetime.fromisoformat(at)
        mine.removed_with = UUID(removed_with) if removed_with else None
    mine.save()
    if was_taken_off:
        stays.append(
            _(
                "%(reference)s: the person was taken off the roster since, so both rows stay off it; they can be brought back there."
            )
            % {"reference": training.reference}
        )
    elif other.removed_at is not None:
        other.party, other.removed_at = roster_party(training, other.organisation), None
        other.save(update_fields=["party", "removed_at"])
    SheetLine.objects.filter(pk__in=joined["lines"], enrolment=mine).update(enrolment=other)
    recount_enrolments(training, [mine.pk, other.pk])
    return stays


def _marks_back(training: Training, mine: Enrolment, merge: Merge, by: Member) -> list[str]:
    """Restore each mark that still has the merge's value: also where a later merge changed it and was undone."""
    there = {mark.session_id: mark for mark in Mark.objects.filter(enrolment=mine)}
    done = MarkChange.objects.filter(batch=merge.batch, enrolment=mine, outcome=MarkChange.Outcome.APPLIED)
    edits = [
        MarkEdit(
            mine.pk,
            change.session_id,
            change.old_value,
            there[change.session_id].version
            if there[change.session_id].value == change.new_value
            else change.base_version,
            uuid5(change.key, "undo"),
        )
        for change in done
    ]
    answer = apply_edits(training, edits, by=by, locked=False)
    n = len(answer.conflicts)
    if not n:
        return []
    words = ngettext(
        "%(reference)s: %(n)d mark was changed since and stays with %(name)s.",
        "%(reference)s: %(n)d marks were changed since and stay with %(name)s.",
        n,
    )
    return [words % {"reference": training.reference, "n": n, "name": merge.survivor}]


def _pairs_back(merge: Merge) -> None:
    """Restore the pairs as they were; one that was carried over is deleted, unless it was decided since."""
    for pk, state, _decided_by, decided_at in merge.before["carried"]:
        DuplicatePair.objects.filter(pk=pk, state=state, decided_at=_moment(decided_at)).delete()
    for pk, state, decided_by, decided_at in merge.before["pairs"]:
        DuplicatePair.objects.filter(pk=pk).update(state=state, decided_by=decided_by, decided_at=_moment(decided_at))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _recorded_since(merge: Merge, survivor: Participant) -> list[str]:
    """Say how many trainings the survivor joined since: only a person can tell whose they are."""
    known = _touched(merge) | set(merge.before["own"])
    since = Enrolment.objects.filter(participant=survivor, removed_at=None).exclude(pk__in=known).count()
    if not since:
        return []
    words = ngettext(
        "%(n)d training recorded since stays with %(name)s.",
        "%(n)d trainings recorded since stay with %(name)s.",
        since,
    )
    return [words % {"n": since, "name": survivor}]
