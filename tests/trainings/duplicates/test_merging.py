"""Two records become one person and two again: no mark is lost, locked figures stay as they are."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from audit.models import AuditEntry
from common.uploads.reading import read_pasted
from tests.conftest import client_of, edit_of, join, make_training
from tests.trainings.duplicates.test_detection import made
from trainings.attendance.actions import change_marks
from trainings.counting import Question, figures, training_totals
from trainings.duplicates.actions import set_different
from trainings.duplicates.merge_plan import compare, seen_hash
from trainings.duplicates.merging import Choice, merge_people
from trainings.duplicates.unmerging import undo_merge
from trainings.figures.actions import AmendedFigures, amend_figures, return_figures, submit_figures, verify_figures
from trainings.headcounts.actions import set_headcounts, switch_to_roster
from trainings.models import DuplicatePair, Enrolment, Headcount, Mark, MarkChange, Merge, Participant, SheetLine
from trainings.roster.actions import RosterRow, add_to_roster, remove_from_roster, restore_to_roster
from trainings.roster_import.actions import commit_import, start_import, undo_import
from trainings.sign_in_sheets.actions import make_sheet, record_from_sheet

pytestmark = pytest.mark.django_db
DAYS = 3


@pytest.fixture
def pair(recorder_me, organisation):
    home = organisation("ME")
    first = made(home, "Petrović", "Milica", "female")
    return DuplicatePair.objects.create(first=first, second=made(home, "Petrovič", "Milica", "female"))


def enrol(training, person, by, marks=(), **facts):
    """Put a known person on a roster with marks by session, "" for none."""
    row = RosterRow(person.family_name, person.given_name, person.organisation, participant=person.pk, **facts)
    (enrolment,) = add_to_roster(training=training, rows=[row], by=by)
    sessions = zip(training.sessions.all(), marks, strict=False)
    edits = [edit_of(enrolment, session, mark) for session, mark in sessions if mark]
    if edits:
        change_marks(training=training, edits=edits, by=by)
    return Enrolment.objects.get(pk=enrolment.pk)


def choice_of(pair, keep="first", **facts):
    first, second = Participant.objects.filter(pk__in=[pair.first_id, pair.second_id]).order_by("pk")
    standings = compare(first, second)
    chosen = {
        "keep": pair.first_id if keep == "first" else pair.second_id,
        "email": first.email or second.email,
        "sex": first.sex,
        "seen": seen_hash(first, second, standings),
    }
    return Choice(**{**chosen, **facts})


def marks_of(enrolment):
    marks = dict(Mark.objects.filter(enrolment=enrolment).values_list("session", "value"))
    return [marks.get(pk, "") for pk in enrolment.training.sessions.values_list("pk", flat=True)]


def submitted(training, by):
    return submit_figures(training=training, by=by)


# --- what becomes of trainings and marks ---


def test_training_of_the_other_moves_with_its_marks(pair, recorder_me, coordinator_me):
    trainings = [make_training(recorder_me, DAYS) for _n in range(2)]
    mine = enrol(trainings[0], pair.first, recorder_me, ["present", "", "late"])
    theirs = enrol(trainings[1], pair.second, recorder_me, ["absent", "present", ""])
    assert (
        figures(Question(whatever_state=True)).people_at_least,
        figures(Question(whatever_state=True)).people_at_most,
    ) == (1, 2)
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    for enrolment in (mine, theirs):
        enrolment.refresh_from_db()
    assert [mine.participant, theirs.participant] == [pair.first] * 2
    assert [marks_of(mine), marks_of(theirs)] == [["present", "", "late"], ["absent", "present", ""]]
    pair.refresh_from_db()
    assert (pair.second.merged_into, pair.state, pair.decided_by) == (pair.first, "merged", coordinator_me)
    query = figures(Question(whatever_state=True))
    assert (query.seats, query.people_at_least, query.people_at_most, query.perhaps_twice) == (2, 1, 1, 0)
    assert MarkChange.objects.filter(batch=merge.batch).count() == 0
    line = AuditEntry.objects.get(action="merge_people")
    assert (line.by, line.organisation_id, line.details) == (
        coordinator_me,
        pair.first.organisation_id,
        {"survivor": pair.first_id, "gone": pair.second_id, "moved": 1, "joined": 0},
    )


def test_both_in_one_training_keep_every_mark_and_the_chosen_one(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    mine = enrol(training, pair.first, recorder_me, ["present", "absent", ""])
    theirs = enrol(training, pair.second, recorder_me, ["present", "late", "excused"], rank_words="major", unit="Četa")
    second = training.sessions.all()[1]
    merge = merge_people(pair=pair, choice=choice_of(pair, marks={second.pk: "late"}), by=coordinator_me)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert marks_of(mine) == ["present", "late", "excused"]
    assert (mine.minutes, mine.attended_sessions, mine.recorded_sessions) == (720, 2, 3)
    assert (mine.rank_words, mine.unit) == ("major", "Četa")
    assert (theirs.removed_at is not None, theirs.participant, marks_of(theirs)) == (
        True,
        pair.second,
        ["present", "late", "excused"],
    )
    made_by_it = MarkChange.objects.filter(batch=merge.batch).order_by("pk")
    assert [(c.enrolment, c.old_value, c.new_value, c.by) for c in made_by_it] == [
        (mine, "absent", "late", coordinator_me),
        (mine, "", "excused", coordinator_me),
    ]
    assert training_totals(training)["attended"]["seats"] == 1


def test_mark_that_is_not_chosen_or_nobodys_refuses(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    enrol(training, pair.first, recorder_me, ["present"])
    enrol(training, pair.second, recorder_me, ["absent"])
    session = training.sessions.first()
    for marks in ({}, {session.pk: "late"}):
        with pytest.raises(ValidationError, match=f"Choose a mark for each session of {training.reference}"):
            merge_people(pair=pair, choice=choice_of(pair, marks=marks), by=coordinator_me)
    assert not Merge.objects.exists()


def test_seat_of_the_other_is_taken_over_where_the_kept_one_was_taken_off(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    mine = enrol(training, pair.first, recorder_me, ["present", "present", "present"])
    remove_from_roster(enrolment=mine, by=recorder_me)
    theirs = enrol(training, pair.second, recorder_me, ["late", "", "absent"], unit="Četa")
    before = training_totals(training)
    verified(training, recorder_me, coordinator_me)
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    mine.refresh_from_db()
    assert (mine.removed_at, mine.unit, marks_of(mine)) == (None, "Četa", ["late", "", "absent"])
    assert training_totals(training)["attended"]["seats"] == before["attended"]["seats"] == 1
    assert training_totals(training)["unmarked"] == before["unmarked"]
    undo_merge(merge=merge, by=coordinator_me)
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.removed_at, mine.removed_at is None, marks_of(mine)) == (None, False, ["present"] * 3)


def verified(training, recorder, coordinator):
    version = submit_figures(training=training, by=recorder)
    verify_figures(training=training, version_seen=version.number, by=coordinator)
    return version


@pytest.mark.parametrize("who", ["first", "second"])
def test_who_was_taken_off_stays_off_and_only_the_kept_one_comes_back(who, pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    for person in (pair.first, pair.second):
        remove_from_roster(enrolment=enrol(training, person, recorder_me, ["present"]), by=recorder_me)
    merge_people(pair=pair, choice=choice_of(pair, keep=who), by=coordinator_me)
    survivor = getattr(pair, who)
    assert training_totals(training)["enrolled"] == 0
    page = client_of(recorder_me).get(f"/trainings/{training.reference}/roster/")
    assert [row.participant for row in page.context["removed"]] == [survivor]
    gone = training.enrolments.exclude(participant=survivor).get()
    with pytest.raises(ValidationError, match="was merged into another"):
        restore_to_roster(enrolment=gone, by=recorder_me)
    restore_to_roster(enrolment=training.enrolments.get(participant=survivor), by=recorder_me)
    assert training_totals(training)["enrolled"] == 1


def test_people_of_a_headcount_come_back_once(pair, recorder_me, coordinator_me):
    training, home = make_training(recorder_me, DAYS), pair.first.organisation
    remove_from_roster(enrolment=enrol(training, pair.first, recorder_me), by=recorder_me)
    enrol(training, pair.second, recorder_me, ["present"])
    counts = [Headcount(sex="female", rank_group="nco", attended=3)]
    party = set_headcounts(training=training, organisation=home, counts=counts, replaces_roster=True, by=recorder_me)
    merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    switch_to_roster(party=party, by=recorder_me)
    assert [e.participant for e in training.enrolments.filter(removed_at=None)] == [pair.first]


# --- names, facts, member ---


def test_record_whose_name_is_chosen_is_kept_and_fills_in_the_rest(pair, coordinator_me, recorder_me):
    Participant.objects.filter(pk=pair.first_id).update(email="m@mod.example", service_hash="d", member=recorder_me)
    merge_people(pair=pair, choice=choice_of(pair, keep="second"), by=coordinator_me)
    participant = Participant.objects.get(pk=pair.second_id)
    assert (
        str(participant),
        participant.email,
        participant.service_hash,
        participant.member,
        participant.merged_into,
    ) == (
        "Petrovič, Milica",
        "m@mod.example",
        "d",
        recorder_me,
        None,
    )


def test_records_of_two_members_are_refused(pair, coordinator_me, recorder_me):
    Participant.objects.filter(pk=pair.first_id).update(member=recorder_me)
    Participant.objects.filter(pk=pair.second_id).update(member=coordinator_me)
    with pytest.raises(ValidationError, match="belong to different members"):
        merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)


# --- locked figures ---


def test_training_of_one_moves_though_its_figures_are_locked(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    enrol(training, pair.second, recorder_me, ["present"])
    version = verified(training, recorder_me, coordinator_me)
    merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    training.refresh_from_db()
    assert {
        **training_totals(training),
        "attended": {**training_totals(training)["attended"], "verified_seats": 0},
    } == version.totals


def test_both_in_one_locked_training_are_refused_until_it_is_amended_or_returned(pair, recorder_me, coordinator_me):
    trainings = [make_training(recorder_me, DAYS) for _n in range(2)]
    for training in trainings:
        for person in (pair.first, pair.second):
            enrol(training, person, recorder_me, ["present"])
    first, two = trainings
    version = submit_figures(training=first, by=recorder_me)
    with pytest.raises(ValidationError, match=f"{first.reference}, whose figures are submitted"):
        merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    return_figures(training=first, version_seen=version.number, reason="Twice", by=coordinator_me)
    version = verified(two, recorder_me, coordinator_me)
    with pytest.raises(ValidationError, match=f"{two.reference}, whose figures are verified"):
        merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    twice = two.enrolments.get(participant=pair.second)
    amend_figures(
        training=two,
        change=AmendedFigures(taken_off=[twice.pk]),
        reason="Twice",
        version_seen=version.number,
        by=coordinator_me,
    )
    merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    assert [training_totals(training)["attended"]["seats"] for training in trainings] == [1, 1]


def test_sex_that_locked_figures_count_stays(pair, recorder_me, coordinator_me):
    Participant.objects.filter(pk=pair.second_id).update(sex="not_recorded")
    training = make_training(recorder_me, DAYS)
    enrol(training, Participant.objects.get(pk=pair.second_id), recorder_me, ["present"])
    verified(training, recorder_me, coordinator_me)
    with pytest.raises(ValidationError, match=f"{training.reference} has locked figures that count"):
        merge_people(pair=pair, choice=choice_of(pair, sex="female"), by=coordinator_me)
    page = client_of(coordinator_me).get(f"/trainings/duplicates/{pair.pk}/")
    assert page.context["form"]["sex"].initial == "not_recorded"
    merge_people(pair=pair, choice=choice_of(pair, sex="not_recorded"), by=coordinator_me)
    assert training_totals(training)["attended"]["not_recorded"] == 1


# --- chains, other pairs, matching ---


def three(pair):
    third = made(pair.first.organisation, "Petrovic", "Milica", "female")
    return third, [DuplicatePair.objects.create(first=p, second=third) for p in (pair.first, pair.second)]


def test_chain_points_to_the_last_one_and_is_undone_from_the_end(pair, coordinator_me, recorder_me):
    third, (_outer, inner) = three(pair)
    training = make_training(recorder_me, DAYS)
    enrol(training, pair.first, recorder_me, ["present"])
    first = merge_people(pair=pair, choice=choice_of(pair, keep="second"), by=coordinator_me)
    two = merge_people(pair=inner, choice=choice_of(inner, keep="second"), by=coordinator_me)
    assert list(Participant.objects.order_by("pk").values_list("merged_into", flat=True)) == [third.pk, third.pk, None]
    assert training.enrolments.get().participant == third
    with pytest.raises(ValidationError, match="A later merge builds on this one"):
        undo_merge(merge=first, by=coordinator_me)
    undo_merge(merge=two, by=coordinator_me)
    assert list(Participant.objects.order_by("pk").values_list("merged_into", flat=True)) == [
        pair.second_id,
        None,
        None,
    ]
    assert undo_merge(merge=first, by=coordinator_me) == []
    assert training.enrolments.get().participant == pair.first
    with pytest.raises(ValidationError, match="undone already"):
        undo_merge(merge=first, by=coordinator_me)


def test_pairs_of_the_other_are_carried_over_and_what_is_different_stays_so(pair, coordinator_me):
    third, (outer, inner) = three(pair)
    fourth = made(third.organisation, "Petrović", "Milca", "female")
    lone = DuplicatePair.objects.create(first=pair.second, second=fourth, why="typing")
    set_different(pair=inner, by=coordinator_me)
    before = list(DuplicatePair.objects.order_by("pk").values())
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    states = {(p.first_id, p.second_id): (p.state, p.why) for p in DuplicatePair.objects.all()}
    assert states == {
        (pair.first_id, pair.second_id): ("merged", "name"), (pair.second_id, third.pk): ("merged", "name"),
        (pair.second_id, fourth.pk): ("merged", "typing"), (outer.first_id, third.pk): ("different", "name"),
        (pair.first_id, fourth.pk): ("open", "typing"),
    }  # fmt: skip
    assert undo_merge(merge=merge, by=coordinator_me) == []
    assert list(DuplicatePair.objects.order_by("pk").values()) == before
    assert lone.is_open


def test_merged_record_is_nobody_but_its_name_finds_the_kept_one(pair, recorder_me, coordinator_me, organisation):
    Participant.objects.filter(pk=pair.second_id).update(
        family_name="Zubac", spelling_key="zubac milica", loose_key="zubak milika"
    )
    Participant.objects.filter(pk=pair.first_id).update(email="m@mod.example")
    merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    training, home = make_training(recorder_me, DAYS), organisation("ME")
    (typed,) = add_to_roster(training=training, rows=[RosterRow("Zubac", "Milica", home)], by=recorder_me)
    assert (typed.participant, Participant.objects.count()) == (pair.first, 2)
    (chosen,) = add_to_roster(
        training=make_training(recorder_me),
        rows=[RosterRow("Zubac", "Milica", home, participant=pair.second_id)],
        by=recorder_me,
    )
    assert chosen.participant == pair.first
    answer = client_of(recorder_me).post(f"/trainings/{training.reference}/roster/suggest/", {"family_name": "Zuba"})
    assert [person for person, _last in answer.context["people"]] == [pair.first]
    other = make_training(recorder_me)
    sheet = read_pasted("Family name\tGiven name\nZubac\tMilica")
    taken = commit_import(
        roster_import=start_import(training=other, organisation=home, sheets=sheet, by=recorder_me), by=recorder_me
    )
    assert [row.enrolment.participant for row in taken.rows.all()] == [pair.first]
    assert Participant.objects.count() == 2


def test_import_that_made_the_other_can_still_be_taken_back(pair, recorder_me, coordinator_me):
    training, home = make_training(recorder_me, 1), pair.first.organisation
    enrol(training, pair.first, recorder_me, ["present"])
    sheet = read_pasted("Family name\tGiven name\t10.3.2025\nZubac\tMilica\t+")
    of = commit_import(
        roster_import=start_import(training=training, organisation=home, sheets=sheet, by=recorder_me), by=recorder_me
    )
    other = of.rows.get().enrolment.participant
    married = DuplicatePair.objects.create(first=pair.first, second=other)
    merge_people(pair=married, choice=choice_of(married, sex="female"), by=coordinator_me)
    assert undo_import(roster_import=of, by=recorder_me) == []
    assert training_totals(training)["attended"]["seats"] == 1


def test_printed_line_of_the_other_speaks_of_the_kept_one(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, 1)
    session = training.sessions.get()
    theirs = enrol(training, pair.second, recorder_me)
    edition = make_sheet(session=session, script="written", headings=["en"], blank_lines=0, by=recorder_me)
    mine = enrol(training, pair.first, recorder_me)
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    record_from_sheet(edition=edition, exceptions={1: "late"}, walk_ins={}, marks_shown={}, key=uuid4(), by=recorder_me)
    assert marks_of(mine) == ["late"]
    assert undo_merge(merge=merge, by=coordinator_me) == []
    assert SheetLine.objects.get().enrolment == theirs
    assert (marks_of(mine), marks_of(theirs)) == (["late"], [""])


# --- undo ---


def test_undo_keeps_marks_made_since_and_lists_them(pair, recorder_me, coordinator_me):
    trainings = [make_training(recorder_me, DAYS) for _n in range(3)]
    joined, moved, later = trainings
    mine = enrol(joined, pair.first, recorder_me, ["present", "", ""])
    theirs = enrol(joined, pair.second, recorder_me, ["", "late", "absent"])
    away = enrol(moved, pair.second, recorder_me, ["present"])
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    third = joined.sessions.all()[2]
    change_marks(training=joined, edits=[edit_of(mine, third, "excused", base=1)], by=recorder_me)
    change_marks(training=moved, edits=[edit_of(away, moved.sessions.all()[1], "late")], by=recorder_me)
    enrol(later, pair.first, recorder_me, ["present"])
    Participant.objects.filter(pk=pair.first_id).update(email="new@mod.example")
    stays = undo_merge(merge=merge, by=coordinator_me)
    assert stays == [
        "1 training recorded since stays with Petrović, Milica.",
        f"{joined.reference}: 1 mark was changed since and stays with Petrović, Milica.",
    ]
    away.refresh_from_db()
    theirs.refresh_from_db()
    assert (away.participant, marks_of(away)) == (pair.second, ["present", "late", ""])
    assert (theirs.removed_at, marks_of(theirs)) == (None, ["", "late", "absent"])
    assert marks_of(mine) == ["present", "", "excused"]
    assert Participant.objects.get(pk=pair.first_id).email == "new@mod.example"


def test_undo_is_refused_where_figures_were_locked_since(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    for person in (pair.first, pair.second):
        enrol(training, person, recorder_me, ["present"])
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    version = submit_figures(training=training, by=recorder_me)
    with pytest.raises(ValidationError, match=f"The figures of {training.reference} were locked since"):
        undo_merge(merge=merge, by=coordinator_me)
    assert training_totals(training)["attended"]["seats"] == version.totals["attended"]["seats"] == 1


def test_undo_is_refused_where_locked_figures_count_the_sex_of_the_merge(pair, recorder_me, coordinator_me):
    Participant.objects.filter(pk=pair.second_id).update(sex="not_recorded")
    training = make_training(recorder_me, DAYS)
    enrol(training, Participant.objects.get(pk=pair.second_id), recorder_me, ["present"])
    merge = merge_people(pair=pair, choice=choice_of(pair, sex="female"), by=coordinator_me)
    verified(training, recorder_me, coordinator_me)
    with pytest.raises(ValidationError, match=f"{training.reference} has locked figures that count this person"):
        undo_merge(merge=merge, by=coordinator_me)


def test_undo_leaves_off_the_roster_who_was_taken_off_since(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    rows = [enrol(training, person, recorder_me, ["present"]) for person in (pair.first, pair.second)]
    merge = merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me)
    remove_from_roster(enrolment=Enrolment.objects.get(pk=rows[0].pk), by=recorder_me)
    (stays,) = undo_merge(merge=merge, by=coordinator_me)
    assert stays.startswith(f"{training.reference}: the person was taken off the roster since")
    assert [marks_of(row) for row in rows] == [["present", "", ""]] * 2
    for row in rows:
        restore_to_roster(enrolment=Enrolment.objects.get(pk=row.pk), by=recorder_me)
    assert training_totals(training)["attended"]["seats"] == 2


# --- the page ---


def test_page_asks_only_what_differs_and_merges(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    enrol(training, pair.first, recorder_me, ["present", "late", ""])
    enrol(training, pair.second, recorder_me, ["absent", "late", "excused"])
    address, client = f"/trainings/duplicates/{pair.pk}/", client_of(coordinator_me)
    form = client.get(address).context["form"]
    session = training.sessions.first()
    assert list(form.fields) == ["seen", "keep", f"mark-{session.pk}"]
    assert form[f"mark-{session.pk}"].initial is None
    seen = form["seen"].initial
    unchosen = client.post(address, {"seen": seen, "keep": pair.first_id})
    assert (unchosen.status_code, unchosen.context["form"].errors) == (422, {f"mark-{session.pk}": ["Choose a mark."]})
    body = {"seen": seen, "keep": pair.second_id, f"mark-{session.pk}": "absent"}
    done = client.post(address, body, follow=True)
    assert "Petrovič, Milica is one person now." in done.content.decode()
    assert [e.participant_id for e in training.enrolments.filter(removed_at=None)] == [pair.second_id]
    assert client.post(address, body).status_code == 404
    merges = client.get("/trainings/duplicates/merged/")
    assert [merge.survivor_id for merge in merges.context["page"]] == [pair.second_id]
    undone = client.post(f"/trainings/duplicates/merged/{Merge.objects.get().pk}/undo/", follow=True)
    assert "The merge is undone" in undone.content.decode()
    assert training_totals(training)["enrolled"] == 2


def test_page_that_is_out_of_date_merges_nothing(pair, recorder_me, coordinator_me):
    training = make_training(recorder_me, DAYS)
    mine = enrol(training, pair.first, recorder_me, ["present"])
    enrol(training, pair.second, recorder_me)
    client, address = client_of(coordinator_me), f"/trainings/duplicates/{pair.pk}/"
    seen = client.get(address).context["form"]["seen"].initial
    change_marks(training=training, edits=[edit_of(mine, training.sessions.first(), "absent", base=1)], by=recorder_me)
    answer = client.post(address, {"seen": seen, "keep": pair.first_id})
    assert answer.status_code == 422
    assert "Something changed since you opened the page" in answer.content.decode()
    assert f'name="seen" value="{seen}"' not in answer.content.decode(), "the page sent now shows what there is"
    assert not Merge.objects.exists()


def test_secretariat_coordinator_decides_about_its_own_people(organisation, reference):
    home = organisation("SEESAC")
    pair = DuplicatePair.objects.create(first=made(home, "Ivić", "Iva"), second=made(home, "Ivić", "Iva"))
    coordinator = join("SEESAC", "Sanja", "Vodić", "coordinator")
    assert client_of(coordinator).get(f"/trainings/duplicates/{pair.pk}/").status_code == 200
