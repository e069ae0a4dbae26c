"""Add people to a roster and remove them; switch an organisation from headcount to roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.record import changed_row, changes, record, values_of
from common.actions import action
from common.folding import loose, spelling
from members.models import Member, Organisation, Rank, RankGroup
from trainings.access import visible_records
from trainings.actions import check_open, locked
from trainings.attendance.minutes import recount_enrolments
from trainings.duplicates.actions import locked_people, note_pairs
from trainings.duplicates.detection import is_compatible
from trainings.enrolments import roster_party, take_off
from trainings.models import Enrolment, Participant, Sex, Training


@dataclass(frozen=True)
class RosterRow:
    """One person as typed or pasted. `participant` names an existing participant that the member can see.

    `is_another` says that this is a different person from the namesake on the roster or in an earlier row.
    """

    family_name: str
    given_name: str
    organisation: Organisation
    sex: str = Sex.NOT_RECORDED
    rank: Rank | None = None
    rank_words: str = ""
    rank_group: str = RankGroup.NOT_RECORDED
    unit: str = ""
    age_band: str = ""
    participant: int | None = None
    is_another: bool = False


def name_keys(family_name: str, given_name: str) -> tuple[str, str]:
    """Return the spelling key and the loose key of a person, family name first."""
    name = f"{family_name} {given_name}"
    return spelling(name), loose(name)


def _known_person(
    row: RosterRow, visible: dict[tuple[int, str], list[Participant]], enrolled: set[int], taken: set[int]
) -> Participant | None:
    """Return the one visible person with that home, spelling and a compatible sex; None if there is none or several.

    Of several, the one on this roster wins. A second person of the same name is looked for only on this roster, and only
    if an earlier row used the first: so the same list again matches the same people. People new by an earlier row have no
    key yet.
    """
    key, _loose_key = name_keys(row.family_name, row.given_name)
    same = [p for p in visible.get((row.organisation.pk, key), []) if is_compatible(p.sex, row.sex)]
    here = [person for person in same if person._state.adding or person.pk in enrolled]
    if row.is_another:
        left = [person for person in here if not person._state.adding and person.pk not in taken]
        return left[0] if left and len(left) < len(here) else None
    if len(same) == 1:
        return same[0]
    return here[0] if here else None


def _new_person(row: RosterRow) -> Participant:
    spelling_key, loose_key = name_keys(row.family_name, row.given_name)
    return Participant(
        organisation=row.organisation,
        family_name=row.family_name,
        given_name=row.given_name,
        spelling_key=spelling_key,
        loose_key=loose_key,
        sex=row.sex,
    )


def _facts_of(row: RosterRow) -> dict[str, Any]:
    """Return the enrolment fields set by a row; the age band only if known."""
    facts = {"rank": row.rank, "rank_words": row.rank_words, "rank_group": row.rank_group, "unit": row.unit}
    return {**facts, "age_band": row.age_band} if row.age_band else facts


def _enrol(training: Training, rows: Sequence[RosterRow], people: Sequence[Participant]) -> list[Enrolment]:
    """Enrol the person of each row, or restore a removed enrolment; skip people already enrolled."""
    there = {enrolment.participant_id: enrolment for enrolment in training.enrolments.order_by("line")}
    line = max((enrolment.line for enrolment in there.values()), default=0)
    parties = {row.organisation.pk: row.organisation for row in rows}
    roster = {pk: roster_party(training, organisation) for pk, organisation in parties.items()}
    made: list[Enrolment] = []
    for row, person in zip(rows, people, strict=True):
        enrolment = there.get(person.pk)
        if enrolment and enrolment.removed_at is None:
            continue
        line += 1
        if enrolment is None:
            enrolment = there[person.pk] = Enrolment(training=training, participant=person, line=line)
        for name, value in _facts_of(row).items():
            setattr(enrolment, name, value)
        enrolment.party, enrolment.organisation = roster[row.organisation.pk], row.organisation
        enrolment.removed_at = enrolment.removed_with = None
        if not enrolment._state.adding:
            enrolment.save()
        made.append(enrolment)
    Enrolment.objects.bulk_create([enrolment for enrolment in made if enrolment._state.adding])
    return made


def _known_people(
    rows: Sequence[RosterRow], by: Member
) -> tuple[dict[tuple[int, str], list[Participant]], dict[int, Participant]]:
    """Return the candidates: visible people by home and spelling, and those that rows name, by the named participant.

    A merged participant is replaced by the one it was merged into. Three queries, one more if somebody was merged.
    """
    may_see = visible_records(by).order_by("pk")
    homes, keys = {row.organisation.pk for row in rows}, {name_keys(r.family_name, r.given_name)[0] for r in rows}
    written = list(may_see.filter(organisation__in=homes, spelling_key__in=keys))
    named = set(
        may_see.filter(pk__in=[row.participant for row in rows if row.participant]).values_list("pk", flat=True)
    )
    standing = locked_people({*named, *(record.pk for record in written)})
    visible: dict[tuple[int, str], list[Participant]] = {}
    for known in written:
        same = visible.setdefault((known.organisation_id, known.spelling_key), [])
        same += [] if standing[known.pk] in same else [standing[known.pk]]
    return visible, {pk: standing[pk] for pk in named}


def enrol_rows(training: Training, rows: Sequence[RosterRow], *, by: Member) -> list[Enrolment]:
    """Enrol people in a training whose row the caller has locked; see `add_to_roster`."""
    visible, chosen = _known_people(rows, by)
    enrolled = set(training.enrolments.filter(removed_at=None).order_by().values_list("participant", flat=True))
    taken: set[int] = set()
    people: list[Participant] = []
    new: list[Participant] = []
    completed: list[Participant] = []
    for row in rows:
        person = chosen.get(row.participant) if row.participant else _known_person(row, visible, enrolled, taken)
        if person is None:
            person = _new_person(row)
            new.append(person)
            visible.setdefault((row.organisation.pk, person.spelling_key), []).append(person)
        elif person.sex == Sex.NOT_RECORDED and row.sex != Sex.NOT_RECORDED:
            person.sex = row.sex
            completed.append(person)
        if not person._state.adding:
            taken.add(person.pk)
            enrolled.add(person.pk)
        people.append(person)
    Participant.objects.bulk_create(new)
    Participant.objects.bulk_update(completed, ["sex"])
    note_pairs(new)
    return _enrol(training, rows, people)


@action
def add_to_roster(*, training: Training, rows: Sequence[RosterRow], by: Member) -> list[Enrolment]:
    """Enrol people; return the new enrolments. All rows or none.

    A row that names a visible person, or matches exactly one by home, spelling and sex, is that person; otherwise a new
    one. If that may duplicate a person this member cannot see, a duplicate pair is opened. People already enrolled are
    skipped. About fifteen queries for any number of rows.
    """
    fresh = locked(training)
    check_open(fresh)
    made = enrol_rows(fresh, rows, by=by)
    record("add_to_roster", fresh, by=by, added=len(made), enrolments=[enrolment.pk for enrolment in made])
    return made


NAMED = ("family_name", "given_name", "sex")


@action
def change_enrolment(*, enrolment: Enrolment, family_name: str, given_name: str, sex: str, by: Member) -> Enrolment:
    """Save corrected facts of one roster row; `enrolment` carries the new rank, rank group and unit."""
    training = locked(enrolment.training)
    check_open(training)
    changed_values = changed_row(enrolment, ("rank_id", "rank_words", "rank_group", "unit"))
    enrolment.save(update_fields=["rank", "rank_words", "rank_group", "unit"])
    person = Participant.objects.select_for_update().get(pk=enrolment.participant_id)
    changed_values |= changes(
        values_of(person, NAMED), {"family_name": family_name, "given_name": given_name, "sex": sex}
    )
    person.family_name, person.given_name, person.sex = family_name, given_name, sex
    person.spelling_key, person.loose_key = name_keys(family_name, given_name)
    person.compared_at = None if changed_values.keys() & set(NAMED) else person.compared_at
    person.save()
    record(
        "change_enrolment",
        enrolment,
        by=by,
        root=training,
        fields=changed_values,
        free_text=changed_values,
        about_people=True,
    )
    return enrolment


@action
def remove_from_roster(*, enrolment: Enrolment, by: Member) -> None:
    """Remove one person from the roster. The row and its marks stay; `restore_to_roster` brings both back."""
    training = locked(enrolment.training)
    check_open(training)
    take_off(enrolment)
    record("remove_from_roster", enrolment, by=by, root=training)


@action
def restore_to_roster(*, enrolment: Enrolment, by: Member) -> None:
    """Undo a removal: the person is enrolled again with the marks they had."""
    training = locked(enrolment.training)
    check_open(training)
    if enrolment.removed_at is None:
        raise ValidationError(_("This person is on the roster already."))
    if enrolment.participant.merged_into_id:
        raise ValidationError(
            _("This record was merged into another of the same person. Bring that one back, or undo the merge.")
        )
    enrolment.party = roster_party(training, enrolment.organisation)
    enrolment.removed_at = enrolment.removed_with = None
    enrolment.save(update_fields=["party", "removed_at", "removed_with"])
    recount_enrolments(training, [enrolment.pk])
    record("restore_to_roster", enrolment, by=by, root=training)
