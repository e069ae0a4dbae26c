"""Merge two participants into one, storing everything needed to undo it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid5

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import record
from common.actions import action
from members.models import Member
from trainings.attendance.actions import apply_edits
from trainings.attendance.edits import MarkEdit
from trainings.attendance.minutes import recount_enrolments
from trainings.duplicates.actions import compare_when_committed
from trainings.duplicates.merge_plan import Standing, against_merging, against_sex, compare, seen_hash, sexes_of
from trainings.enrolments import take_off
from trainings.models import DuplicatePair, Enrolment, Mark, Merge, Participant, SheetLine, Training

# What may change on the surviving participant, and what an enrolment stores of that day.
FIELDS = ("sex", "email", "member_id", "service_hash")
FACTS = ("rank_id", "rank_words", "rank_group", "unit", "age_band")
UNSAID = (None, "", "not_recorded")


@dataclass(frozen=True)
class Choice:
    """The decision: whose name survives, by the participant's id, the e-mail and sex, and a mark by session where both differ.

    `seen` is the hash of what the page showed: see `merge_plan.seen_hash`.
    """

    keep: int
    email: str
    sex: str
    seen: str
    marks: Mapping[int, str] = field(default_factory=dict)


def lock_people(people: Collection[int]) -> tuple[set[int], list[Participant]]:
    """Lock the trainings of these people, then the people, in the order of their ids; return both.

    Every other write locks its training before it touches its people: so nothing can come between, and there is no
    deadlock.
    """
    theirs = Enrolment.objects.filter(participant__in=people).order_by().values("training")
    trainings = Training.objects.select_for_update().filter(pk__in=theirs).order_by("pk")
    locked = {training.pk for training in trainings}
    return locked, list(Participant.objects.select_for_update().filter(pk__in=people).order_by("pk"))


def _changed_meanwhile() -> ValidationError:
    return ValidationError(_("Something changed since you opened the page. Look at both records again, then merge."))


@action
def merge_people(*, pair: DuplicatePair, choice: Choice, by: Member) -> Merge:
    """Merge one participant into the other: every training, mark and fact of both then belongs to the survivor.

    The other keeps a row that points to it. Refuses if locked figures would change, if a mark is not chosen, or if
    something changed since the page was read. About twenty queries, and six for each training where both are enrolled.
    """
    locked, (first, second) = lock_people([pair.first_id, pair.second_id])
    fresh = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    if not fresh.is_open or first.merged_into_id or second.merged_into_id:
        raise ValidationError(_("These two are decided already. Load the page again."))
    standings = compare(first, second)
    if not {standing.training.pk for standing in standings} <= locked:
        raise _changed_meanwhile()
    if choice.seen != seen_hash(first, second, standings):
        raise _changed_meanwhile()
    _check(first, second, standings, choice)
    survivor, gone = (first, second) if choice.keep == first.pk else (second, first)
    merge = Merge(survivor=survivor, gone=gone, by=by)
    moved = _move(standings, survivor, gone)
    joined = [_join(*rows, choice.marks, merge) for rows in _stand_together(standings, survivor, gone)]
    merge.before = {
        "own": [e.pk for s in standings if (e := s.of(survivor)) and e.pk not in moved],
        "fields": _complete(survivor, gone, choice), "moved": moved, "joined": joined,
        "returning": _come_back_together(standings, survivor, gone), **_carry_pairs(survivor, gone, by),
    }  # fmt: skip
    chain = Participant.objects.filter(merged_into=gone)
    merge.before["merged"] = list(chain.values_list("pk", flat=True))
    chain.update(merged_into=survivor)
    gone.merged_into = survivor
    gone.save(update_fields=["merged_into"])
    merge.save()
    record(
        "merge_people",
        merge,
        by=by,
        root=survivor.organisation,
        survivor=survivor.pk,
        gone=gone.pk,
        moved=len(moved),
        joined=len(joined),
    )
    compare_when_committed()
    return merge


def _check(first: Participant, second: Participant, standings: Sequence[Standing], choice: Choice) -> None:
    """Raise ValidationError with a sentence for each thing that prevents the merge or is not chosen."""
    wrong = against_merging(first, second, standings)
    if choice.keep not in (first.pk, second.pk) or choice.sex not in sexes_of(first, second):
        wrong.append(_("Choose the name and the sex of one of the two records."))
    elif not wrong:
        wrong += against_sex(first, second, choice.sex, standings)
    if choice.email not in {first.email, second.email}:
        wrong.append(_("Choose the e-mail of one of the two records."))
    for standing in standings:
        if any(choice.marks.get(cell.session.pk) not in (cell.first, cell.second) for cell in standing.to_choose):
            wrong.append(
                _("Choose a mark for each session of %(reference)s where the two differ.")
                % {"reference": standing.training.reference}
            )
    if wrong:
        raise ValidationError(wrong)


def _complete(survivor: Participant, gone: Participant, choice: Choice) -> dict[str, list[Any]]:
    """Set the chosen values on the survivor, and fill in what only the other had; return the changes: before, after."""
    new = {
        "sex": choice.sex,
        "email": choice.email,
        "member_id": survivor.member_id or gone.member_id,
        "service_hash": survivor.service_hash or gone.service_hash,
    }
    changed = {
        name: [getattr(survivor, name), value] for name, value in new.items() if getattr(survivor, name) != value
    }
    for name, value in new.items():
        setattr(survivor, name, value)
    survivor.save(update_fields=FIELDS)
    return changed


def _move(standings: Sequence[Standing], survivor: Participant, gone: Participant) -> list[int]:
    """Give the survivor the enrolments of trainings where only the other is, on the roster or removed."""
    moved = [e.pk for s in standings if s.of(survivor) is None and (e := s.of(gone))]
    Enrolment.objects.filter(pk__in=moved).update(participant=survivor)
    return moved


def _stand_together(
    standings: Sequence[Standing], survivor: Participant, gone: Participant
) -> Iterator[tuple[Standing, Enrolment, Enrolment]]:
    """Yield trainings where both have a row and the merged one is on the roster: its seat must become the survivor's."""
    for standing in standings:
        mine, other = standing.of(survivor), standing.of(gone)
        if mine and other and other.removed_at is None:
            yield standing, mine, other


def _come_back_together(standings: Sequence[Standing], survivor: Participant, gone: Participant) -> list[int]:
    """Where both were removed and a headcount replaces the merged one, have the survivor come back when it is dropped."""
    back = []
    for standing in standings:
        mine, other = standing.of(survivor), standing.of(gone)
        if mine and other and mine.removed_at and other.removed_at and other.removed_with and not mine.removed_with:
            mine.removed_with = other.removed_with
            mine.save(update_fields=["removed_with"])
            back.append(mine.pk)
    return back


def _join(
    standing: Standing, mine: Enrolment, other: Enrolment, chosen: Mapping[int, str], merge: Merge
) -> dict[str, Any]:
    """Combine both rows in the survivor's row of one training; the other row leaves the roster with its marks.

    If the survivor's row was off the roster, it takes over the other's seat unchanged: marks, facts and all.
    Returns what is needed to undo it.
    """
    takes_over = mine.removed_at is not None
    before = {name: getattr(mine, name) for name in FACTS}
    done: dict[str, Any] = {
        "survivor": mine.pk, "gone": other.pk, "took_over": takes_over, "facts": before,
        "off": [mine.removed_at.isoformat() if mine.removed_at else None, mine.removed_with and str(mine.removed_with)],
    }  # fmt: skip
    party = other.party
    take_off(other)
    if takes_over:
        mine.party, mine.removed_at, mine.removed_with = party, None, None
    for name, value in _facts(mine, other, takes_over=takes_over).items():
        setattr(mine, name, value)
    mine.save()
    done["facts_after"] = {name: getattr(mine, name) for name in FACTS}
    marks = {
        cell.session.pk: (cell.first if other is standing.first else cell.second)
        if takes_over
        else chosen[cell.session.pk]
        if cell.must_choose
        else cell.only
        for cell in standing.cells
    }
    _set_marks(standing.training, mine, marks, merge)
    done["lines"] = _move_lines(other, mine)
    return done


def _facts(mine: Enrolment, other: Enrolment, *, takes_over: bool) -> dict[str, Any]:
    """The facts of the joined row: its own, completed by the other's; rank and rank group come together."""
    if takes_over:
        return {name: getattr(other, name) for name in FACTS}
    rank = ("rank_id", "rank_words", "rank_group")
    has_rank = any(getattr(mine, name) not in UNSAID for name in rank)
    facts = {} if has_rank else {name: getattr(other, name) for name in rank}
    return facts | {name: getattr(mine, name) or getattr(other, name) for name in ("unit", "age_band")}


def _set_marks(training: Training, enrolment: Enrolment, wanted: Mapping[int, str], merge: Merge) -> None:
    """Set these marks of a row by session, through the mark actions, under the batch of the merge."""
    there = {mark.session_id: mark for mark in Mark.objects.filter(enrolment=enrolment)}
    edits = [
        MarkEdit(
            enrolment.pk,
            session,
            value,
            there[session].version if session in there else 0,
            uuid5(merge.batch, f"{enrolment.pk} {session}"),
        )
        for session, value in wanted.items()
        if value != (there[session].value if session in there else "")
    ]
    apply_edits(training, edits, by=merge.by, batch=merge.batch, locked=False)
    recount_enrolments(training, [enrolment.pk])


def _move_lines(other: Enrolment, mine: Enrolment) -> list[int]:
    """Point printed lines of the row that left the roster to the other row, where that has no line of its own."""
    own = SheetLine.objects.filter(enrolment=mine).values("edition")
    lines = SheetLine.objects.filter(enrolment=other, filled_by=None).exclude(edition__in=own)
    moved = list(lines.values_list("pk", flat=True))
    SheetLine.objects.filter(pk__in=moved).update(enrolment=mine)
    return moved


def _as_kept(pair: DuplicatePair) -> list[Any]:
    return [pair.pk, pair.state, pair.decided_by_id, pair.decided_at.isoformat() if pair.decided_at else None]


def _carry_pairs(survivor: Participant, gone: Participant, by: Member) -> dict[str, list[Any]]:
    """Close the pairs of the merged participant, and put the survivor in its place; different people stay different.

    Returns the pairs as they were, and new ones as they are.
    """
    before, carried, now = [], [], timezone.now()
    mine = Q(first=gone) | Q(second=gone)
    for pair in DuplicatePair.objects.select_for_update().filter(mine).exclude(state=DuplicatePair.State.MERGED):
        before.append(_as_kept(pair))
        other = pair.second_id if pair.first_id == gone.pk else pair.first_id
        if other != survivor.pk:
            first, second = sorted((other, survivor.pk))
            same = {"state": pair.state, "why": pair.why, "decided_by": pair.decided_by, "decided_at": pair.decided_at}
            twin, is_new = DuplicatePair.objects.get_or_create(first_id=first, second_id=second, defaults=same)
            if is_new:
                carried.append(_as_kept(twin))
            elif pair.is_different and twin.is_open:
                before.append(_as_kept(twin))
                twin.state, twin.decided_by, twin.decided_at = pair.state, pair.decided_by, pair.decided_at
                twin.save(update_fields=["state", "decided_by", "decided_at"])
        pair.state, pair.decided_by, pair.decided_at = DuplicatePair.State.MERGED, by, now
        pair.save(update_fields=["state", "decided_by", "decided_at"])
    return {"pairs": before, "carried": carried}
