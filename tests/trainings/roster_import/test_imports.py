"""Taking a list in: who is matched, what is asked, what is written, the same again, and taking it back."""

import json
import time
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from common.uploads.reading import read_pasted
from tests.conftest import client_of, edit_of, make_roster, make_training
from tests.suites.payloads import SHAPES, came_out_wrong, payload
from trainings.attendance.actions import change_marks
from trainings.models import (
    ColumnChoice,
    DuplicatePair,
    Enrolment,
    ImportedRow,
    Mark,
    MarkChange,
    Participant,
    RosterImport,
    Training,
)
from trainings.roster.actions import RosterRow, add_to_roster, name_keys
from trainings.roster_import.actions import choose, commit_import, forget_old_previews, start_import, undo_import
from trainings.roster_import.matching import is_one_error, service_hash
from trainings.roster_import.plan import plan_import

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
HEADER = "Prezime\tIme\tPol\tČin\tJedinica\t10.3.\t11.3."
LIST = f"""{HEADER}
Đurić\tMaja\tž\tkapetan\tBrodarska četa\t+\t+
Marić\tPetar\tm\tvodnik\tBrodarska četa\t+\t-
Vukić\tLuka\tm\tmajor\tŠtab\t+\t"""


@pytest.fixture
def training(recorder_me):
    return make_training(recorder_me, days=2)


def taken_in(training, text, by, answers=None, **chosen):
    """Start an import of pasted cells with these answers, and commit it."""
    made = started(training, text, by, answers, **chosen)
    return commit_import(roster_import=made, by=by)


def started(training, text, by, answers=None, **chosen):
    made = start_import(training=training, organisation=training.owner, sheets=read_pasted(text), by=by)
    if answers or chosen:
        rows = {str(n): answer for n, answer in (answers or {}).items()}
        choose(roster_import=made, chosen={"rows": rows, **chosen}, cells={}, sheet=made.sheets[0]["name"])
    return made


def states(plan):
    return {row.read.family_name: row.state for row in plan.rows}


def marks_of(training):
    return {
        (m.enrolment.participant.family_name, m.session.date.day): m.value
        for m in Mark.objects.filter(enrolment__training=training)
        .exclude(value="")
        .select_related("enrolment__participant", "session")
    }


def test_list_becomes_roster_and_marks(training, recorder_me):
    taken_in(training, LIST, recorder_me)
    rows = {e.participant.family_name: e for e in training.enrolments.select_related("participant", "rank")}
    assert {name: (e.rank.nato, e.unit, e.minutes) for name, e in rows.items()} == {
        "Đurić": ("OF-2", "Brodarska četa", 720),
        "Marić": ("OR-5", "Brodarska četa", 360),
        "Vukić": ("OF-3", "Štab", 360),
    }
    assert marks_of(training) == {
        ("Đurić", 10): "present", ("Đurić", 11): "present", ("Marić", 10): "present", ("Marić", 11): "absent",
        ("Vukić", 10): "present",
    }  # fmt: skip
    assert RosterImport.objects.get().sheets == []


def test_same_list_again_changes_nothing(training, recorder_me):
    taken_in(training, LIST, recorder_me)
    before = [
        list(model.objects.order_by("pk").values())
        for model in (Enrolment, Participant, Mark, MarkChange, DuplicatePair)
    ]
    plan = plan_import(started(training, LIST, recorder_me), by=recorder_me)
    assert (states(plan), plan.unchanged) == ({"Đurić": "matched", "Marić": "matched", "Vukić": "matched"}, 3)
    again = taken_in(training, LIST, recorder_me)
    after = [
        list(model.objects.order_by("pk").values())
        for model in (Enrolment, Participant, Mark, MarkChange, DuplicatePair)
    ]
    assert after == before
    assert again.rows.count() == 3


def test_committing_twice_is_once(training, recorder_me):
    made = taken_in(training, LIST, recorder_me)
    assert commit_import(roster_import=made, by=recorder_me).pk == made.pk
    assert ImportedRow.objects.count() == 3


def test_known_people_are_matched_in_either_script_and_order(training, recorder_me):
    other = make_training(recorder_me)
    add_to_roster(
        training=other,
        by=recorder_me,
        rows=[
            RosterRow("Ђорђевић", "Марија", training.owner, "female"),
            RosterRow("Ljubić", "Njegoš", training.owner, "male"),
        ],
    )
    text = "Prezime\tIme\tPol\nĐorđević\tMarija\tž\nЊегош\tЉубић\tм"
    plan = plan_import(started(training, text, recorder_me), by=recorder_me)
    assert [row.state for row in plan.rows] == ["matched", "matched"]
    taken_in(training, text, recorder_me)
    assert Participant.objects.count() == 2


@pytest.mark.parametrize("typed", ["Đorđvić", "Đorđevićč", "Đoređvić", "Djordjevic", "Đorđenić"])
def test_near_name_is_asked_about_and_never_merged_by_itself(typed, training, recorder_me):
    add_to_roster(
        training=make_training(recorder_me),
        rows=[RosterRow("Đorđević", "Marija", training.owner, "female")],
        by=recorder_me,
    )
    text = f"Prezime\tIme\tPol\n{typed}\tMarija\tž"
    made = started(training, text, recorder_me)
    (row,) = plan_import(made, by=recorder_me).rows
    assert (row.state, [c.name for c in row.candidates]) == ("unclear", ["Đorđević, Marija"])
    with pytest.raises(ValidationError, match="wait for a decision"):
        commit_import(roster_import=made, by=recorder_me)
    assert Enrolment.objects.filter(training=training).count() == 0
    known = Participant.objects.get()
    taken_in(training, text, recorder_me, {2: {"person": str(known.pk)}})
    assert training.enrolments.get().participant == known


def test_several_of_one_name_are_asked_about(training, recorder_me):
    other = make_training(recorder_me)
    rows = [
        RosterRow("Jović", "Ana", training.owner, "female"),
        RosterRow("Jović", "Ana", training.owner, "female", is_another=True),
    ]
    add_to_roster(training=other, rows=rows, by=recorder_me)
    text = "Prezime\tIme\tPol\nJović\tAna\tž"
    (row,) = plan_import(started(training, text, recorder_me), by=recorder_me).rows
    assert (row.state, len(row.candidates)) == ("unclear", 2)
    taken_in(training, text, recorder_me, {2: {"person": "new"}})
    assert Participant.objects.count() == 3
    assert DuplicatePair.objects.filter(state="open").count() == 3


def test_name_twice_in_one_list_is_asked_about(training, recorder_me):
    text = "Prezime\tIme\tPol\nJović\tAna\tž\nJović\tAna\tž\nJović\tAna\tm"
    plan = plan_import(started(training, text, recorder_me), by=recorder_me)
    assert [(row.state, row.twin_of) for row in plan.rows] == [("new", None), ("unclear", 2), ("new", None)]
    taken_in(training, text, recorder_me, {3: {"leave": True}})
    assert training.enrolments.count() == 2


def test_people_of_others_are_neither_matched_nor_shown(training, recorder_me, recorder_rs):
    make_roster(make_training(recorder_rs), 1, recorder_rs)
    theirs = Participant.objects.get()
    text = f"Prezime\tIme\tPol\tMinistarstvo\n{theirs.family_name}\t{theirs.given_name}\tž\tSrbija"
    (row,) = plan_import(started(training, text, recorder_me), by=recorder_me).rows
    assert (row.state, row.candidates, row.organisation) == ("new", [], recorder_rs.organisation)
    taken_in(training, text, recorder_me)
    assert (Participant.objects.count(), DuplicatePair.objects.filter(state="open").count()) == (2, 1)


def test_equal_service_number_joins_across_ministries_and_shows_nothing(training, recorder_me, recorder_rs):
    head = "Prezime\tIme\tPol\tMinistarstvo\tSlužbeni broj\n"
    theirs = make_training(recorder_rs)
    taken_in(theirs, f"{head}Petrović\tJovana\tž\tSrbija\t12 345-A", recorder_rs)
    text = f"{head}Петровић\tЈована\tж\tСрбија\t12345a\nIlić\tVesna\tž\tSrbija\t12345a"
    plan = plan_import(started(training, text, recorder_me), by=recorder_me)
    assert [(row.state, row.candidates) for row in plan.rows] == [("new", []), ("new", [])]
    taken_in(training, text, recorder_me)
    known = theirs.enrolments.get().participant
    names = {e.participant_id: e.participant.family_name for e in training.enrolments.select_related("participant")}
    assert names[known.pk] == "Petrović"
    # A number typed beside another name joins nobody, and so shows nobody's name.
    assert sorted(names.values()) == ["Ilić", "Petrović"]
    assert known.service_hash == service_hash("12345A", recorder_rs.organisation_id)
    assert "12345" not in str(list(Participant.objects.values()))


def test_other_service_number_is_another_person(training, recorder_me):
    head = "Prezime\tIme\tPol\tSlužbeni broj\n"
    taken_in(make_training(recorder_me), f"{head}Jović\tAna\tž\t111", recorder_me)
    (row,) = plan_import(started(training, f"{head}Jović\tAna\tž\t222", recorder_me), by=recorder_me).rows
    assert row.state == "new"


def test_cell_changed_in_the_portal_is_shown_and_stays(training, recorder_me):
    taken_in(training, LIST, recorder_me)
    enrolment = training.enrolments.get(participant__family_name="Marić")
    enrolment.unit = "Komanda"
    enrolment.save()
    day = training.sessions.get(date=date(2025, 3, 10))
    change_marks(training=training, edits=[edit_of(enrolment, day, "late", base=1)], by=recorder_me)
    changed = LIST.replace(
        "Marić\tPetar\tm\tvodnik\tBrodarska četa\t+\t-", "Marić\tPetar\tm\tzastavnik\tFlota\texcused\t+"
    )
    plan = plan_import(started(training, changed, recorder_me), by=recorder_me)
    row = next(row for row in plan.rows if row.read.family_name == "Marić")
    assert {(kept.sheet, kept.portal) for kept in row.kept_cells} == {("Flota", "Komanda"), ("Excused", "Late")}
    taken_in(training, changed, recorder_me)
    enrolment.refresh_from_db()
    assert (enrolment.unit, enrolment.rank.nato) == ("Komanda", "OR-8")
    assert {day: mark for (name, day), mark in marks_of(training).items() if name == "Marić"} == {
        10: "late",
        11: "present",
    }


def test_import_is_taken_back_as_a_whole(training, recorder_me):
    make_roster(training, 1, recorder_me)
    there = training.enrolments.get()
    text = f"{LIST}\n{there.participant.family_name}\t{there.participant.given_name}\tž\tmajor\tŠtab\t+\t+"
    made = taken_in(training, text, recorder_me)
    assert training.enrolments.filter(removed_at=None).count() == 4
    assert undo_import(roster_import=made, by=recorder_me) == []
    (left,) = training.enrolments.filter(removed_at=None)
    assert (left.pk, left.unit, left.rank, left.minutes) == (there.pk, "", None, 0)
    assert marks_of(training) == {}
    with pytest.raises(ValidationError, match="nothing to take back"):
        undo_import(roster_import=made, by=recorder_me)
    taken_in(training, text, recorder_me)
    assert training.enrolments.filter(removed_at=None).count() == 4


def test_who_was_used_since_stays_when_an_import_is_taken_back(training, recorder_me):
    made = taken_in(training, LIST, recorder_me)
    enrolment = training.enrolments.get(participant__family_name="Vukić")
    day = training.sessions.get(date=date(2025, 3, 11))
    change_marks(training=training, edits=[edit_of(enrolment, day, "late")], by=recorder_me)
    stay = undo_import(roster_import=made, by=recorder_me)
    assert [e.participant.family_name for e in stay] == ["Vukić"]
    assert marks_of(training) == {("Vukić", 11): "late"}


def test_import_stays_when_the_figures_are_submitted(training, recorder_me):
    made = taken_in(training, LIST, recorder_me)
    Training.objects.filter(pk=training.pk).update(
        figures="submitted", figures_version=1, submitted_at=timezone.now(), submitted_by=recorder_me
    )
    with pytest.raises(ValidationError):
        undo_import(roster_import=made, by=recorder_me)
    assert training.enrolments.filter(removed_at=None).count() == 3


def test_unknown_rank_keeps_its_words_and_asks(training, recorder_me):
    text = "Prezime\tIme\tPol\tČin\nJović\tAna\tž\tnadkapetan"
    (row,) = plan_import(started(training, text, recorder_me), by=recorder_me).rows
    assert (row.state, row.must_confirm) == ("unclear", True)
    taken_in(training, text, recorder_me, {2: {"take": True}})
    enrolment = training.enrolments.get()
    assert (enrolment.rank_words, enrolment.rank, enrolment.rank_group) == ("nadkapetan", None, "not_recorded")


def test_choice_of_a_column_is_remembered_for_the_ministry(training, recorder_me, recorder_rs):
    text = "Prezime\tIme\tPol\tMjesto službe\nJović\tAna\tž\tBar"
    kinds = {"0": "family_name", "1": "given_name", "2": "sex", "3": "unit"}
    taken_in(training, text, recorder_me, kinds=kinds)
    assert training.enrolments.get().unit == "Bar"
    other = make_training(recorder_me)
    (row,) = plan_import(started(other, text, recorder_me), by=recorder_me).rows
    assert row.read.unit == "Bar"
    (row,) = plan_import(started(make_training(recorder_rs), text, recorder_rs), by=recorder_rs).rows
    assert row.read.unit == ""
    assert set(ColumnChoice.objects.values_list("organisation", flat=True)) == {recorder_me.organisation_id}


NUMBERED = "Prezime\tIme\tPol\tČin\tMatični broj\n"
ONE_NUMBER = f"{NUMBERED}Đurić\tMaja\tž\tkapetan\tB 123\nDjurić\tMaja\tž\tkapetan\tb-123"
SAME_NUMBER = "Row 2 has the same service number and the same name or nearly so. Is it another person?"


@pytest.mark.parametrize(
    "second", ["Djurić\tMaja\tž", "Đurić\tMaja\tž", "Đurič\tMaja\tm", "Maja\tĐurić\t", "Đurićč\tMaja\tž"]
)
def test_two_rows_of_one_number_and_name_wait(second, training, recorder_me):
    """New people both: left out, told apart or with the number mended, and never a crash at the commit."""
    text = f"{NUMBERED}Đurić\tMaja\tž\tkapetan\tB 123\n{second}\tkapetan\tb-123"
    made = started(training, text, recorder_me)
    plan = plan_import(made, by=recorder_me)
    assert [(row.state, row.twin_of, row.reasons) for row in plan.rows] == [
        ("new", None, []),
        ("unclear", 2, [SAME_NUMBER]),
    ]
    with pytest.raises(ValidationError, match="wait for a decision"):
        commit_import(roster_import=made, by=recorder_me)
    assert (Participant.objects.count(), ImportedRow.objects.count()) == (0, 0)
    taken_in(training, text, recorder_me, {3: {"leave": True}})
    assert training.enrolments.count() == 1


def test_two_of_one_number_said_to_be_two_are_two(training, recorder_me):
    taken_in(training, ONE_NUMBER, recorder_me, {3: {"person": "new"}})
    assert sorted(e.participant.family_name for e in training.enrolments.select_related("participant")) == [
        "Djurić",
        "Đurić",
    ]
    assert list(DuplicatePair.objects.values_list("state", "why")) == [("open", "service")]


@pytest.mark.slow
def test_two_of_one_number_are_mended_or_left_out_on_the_page(training, recorder_me):
    client, url = client_of(recorder_me), f"{training.get_absolute_url()}roster/import/"
    preview = client.post(url, {"rows": ONE_NUMBER, "organisation": training.owner_id}).url
    page = client.get(preview)
    (row,) = page.context["waiting"]
    assert (row.number, page.content.decode().count(SAME_NUMBER)) == (3, 1)
    assert client.post(preview, {"commit": "1"}).status_code == 422
    assert Enrolment.objects.count() == 0
    assert client.post(preview, {"shown-3": "1", "c-3-4": "B 124"}).url == preview
    assert client.get(preview).context["counts"]["unclear"] == 0
    assert client.post(preview, {"commit": "1"}).url == preview
    assert training.enrolments.filter(removed_at=None).count() == 2


KNOWN = f"{NUMBERED}Đurić\tMaja\tž\tkapetan\tB 123"


@pytest.mark.parametrize(
    ("rows", "shares"),
    [("Djurićević\tMaja\tž\tkapetan\tB 123\nĐurić\tMaja\tž\tkapetan\t", False),
     ("Đurić\tMaja\tž\tkapetan\t\nDjurić\tMaja\tž\tkapetan\tb123", True),
     ("Đurić\tMaja\tž\tkapetan\t\nMaja\tĐurić\tž\tkapetan\t", False),
     ("Đurić\tMaja\tž\tkapetan\tB 123\nIlić\tVesna\tž\tkapetan\tb123", True)],
)  # fmt: skip
def test_second_row_of_one_known_person_waits(rows, shares, training, recorder_me):
    """By number and by name, in either order: the second row is asked about, and said to be another it is new."""
    taken_in(make_training(recorder_me), KNOWN, recorder_me)
    text = NUMBERED + rows
    made = started(training, text, recorder_me)
    plan = plan_import(made, by=recorder_me)
    assert [(row.state, row.twin_of, row.shares_number) for row in plan.rows] == [
        ("matched", None, False),
        ("unclear", 2, shares),
    ]
    assert plan.rows[1].reasons == ["Row 2 is the same known person already. Is it another person?"]
    with pytest.raises(ValidationError, match="wait for a decision"):
        commit_import(roster_import=made, by=recorder_me)
    taken_in(training, text, recorder_me, {3: {"person": "new"}})
    assert (training.enrolments.count(), Participant.objects.count()) == (2, 2)


def test_two_of_one_name_with_two_numbers_are_two(training, recorder_me):
    text = f"{NUMBERED}Jović\tAna\tž\tkapetan\t111\nJović\tAna\tž\tkapetan\t222"
    taken_in(training, text, recorder_me)
    plan = plan_import(started(training, text, recorder_me), by=recorder_me)
    assert ([row.state for row in plan.rows], plan.unchanged) == (["matched", "matched"], 2)
    assert Participant.objects.count() == 2


def test_number_of_a_record_unseen_joins_once(training, recorder_me, recorder_rs):
    """Two rows for one record that is not shown, the second said to be another: a person of its own."""
    head = NUMBERED.replace("Pol", "Ministarstvo")
    taken_in(make_training(recorder_rs), f"{head}Petrović\tJovana\tSrbija\tkapetan\t9", recorder_rs)
    text = f"{head}Petrović\tJovana\tSrbija\tkapetan\t9\nPetrovič\tJovana\tSrbija\tkapetan\t9"
    taken_in(training, text, recorder_me, {3: {"person": "new"}})
    assert (training.enrolments.count(), Participant.objects.count()) == (2, 2)


def test_people_merged_while_a_list_is_taken_in_refuse_it(training, recorder_me):
    """Two rows that became one person after the plan was made: a sentence, and nothing is written."""
    there = make_training(recorder_me)
    taken_in(there, f"{NUMBERED}Jović\tAna\tž\tkapetan\t\nIlić\tVesna\tž\tkapetan\t", recorder_me)
    first, other = Participant.objects.order_by("pk")
    made = started(training, f"{NUMBERED}Jović\tAna\tž\tkapetan\t\nIlić\tVesna\tž\tkapetan\t", recorder_me)

    def merge_meanwhile(*_of):
        Participant.objects.filter(pk=other.pk).update(merged_into=first)
        return False

    with pytest.raises(ValidationError, match="turned out to be one person"):
        commit_import(roster_import=made, by=recorder_me, decide=merge_meanwhile)
    assert (training.enrolments.count(), ImportedRow.objects.filter(roster_import=made).count()) == (0, 0)


def test_row_is_mended_in_place(training, recorder_me):
    made = started(training, "Prezime\tIme\tPol\n\tAna\tž", recorder_me)
    (row,) = plan_import(made, by=recorder_me).rows
    assert row.state == "wrong"
    choose(roster_import=made, chosen={}, cells={(row.number, 0): "Jović"}, sheet=made.sheets[0]["name"])
    assert states(plan_import(made, by=recorder_me)) == {"Jović": "new"}


def test_refused_import_writes_nothing(training, recorder_me):
    made = started(training, f"{LIST}\n\tBezprezimena\tž\t\t\t\t", recorder_me)
    with pytest.raises(ValidationError):
        commit_import(roster_import=made, by=recorder_me)
    assert (Enrolment.objects.count(), Participant.objects.count(), ImportedRow.objects.count()) == (0, 0, 0)


def test_previews_are_forgotten_after_a_day(training, recorder_me):
    started(training, LIST, recorder_me)
    stored = taken_in(make_training(recorder_me, days=2), LIST, recorder_me)
    RosterImport.objects.update(made_at=timezone.now() - timedelta(hours=25))
    forget_old_previews()
    assert list(RosterImport.objects.all()) == [stored]


@pytest.mark.slow
def test_pages_from_paste_to_undo(training, recorder_me):
    client, url = client_of(recorder_me), f"{training.get_absolute_url()}roster/import/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"rows": "", "organisation": training.owner_id}).status_code == 422
    text = LIST.replace("Marić\tPetar\tm", "Marić\t\tm")
    preview = client.post(url, {"rows": text, "organisation": training.owner_id}).url
    page = client.get(preview)
    assert {k: v for k, v in page.context["counts"].items() if v} == {"new": 2, "wrong": 1}
    assert client.post(preview, {"commit": "1"}).status_code == 422
    assert Enrolment.objects.count() == 0
    (row,) = page.context["waiting"]
    assert client.post(preview, {f"shown-{row.number}": "1", f"c-{row.number}-1": "Petar"}).url == preview
    assert client.post(preview, {"commit": "1"}).url == preview
    assert training.enrolments.filter(removed_at=None).count() == 3
    done = client.get(preview)
    assert (done.context["counts"], done.context["can_undo"]) == ({"rows": 3, "added": 3}, True)
    assert client.post(f"{preview}undo/").url == f"{training.get_absolute_url()}roster/"
    assert training.enrolments.filter(removed_at=None).count() == 0


def test_preview_is_seen_by_who_made_it_alone(training, recorder_me, coordinator_me, recorder_rs):
    made = started(training, LIST, recorder_me)
    url = f"{training.get_absolute_url()}roster/import/{made.pk}/"
    answers = {by.email: client_of(by).get(url).status_code for by in (recorder_me, coordinator_me, recorder_rs)}
    assert list(answers.values()) == [200, 404, 403]
    commit_import(roster_import=made, by=recorder_me)
    assert client_of(coordinator_me).get(url).status_code == 200


@pytest.mark.parametrize(
    ("first", "other", "expected"),
    [("jovic", "jovic", False), ("jovic", "jovi", True), ("jovic", "jovicc", True), ("jovic", "jobic", True), ("jovic", "joivc", True),
     ("jovic", "jobis", False), ("ana", "na", True), ("ab", "ba", True), ("abcd", "badc", False), ("", "a", True)],
)  # fmt: skip
def test_one_error(first, other, expected):
    assert is_one_error(first, other) is expected
    assert is_one_error(other, first) is expected


@pytest.mark.slow
def test_hostile_cells_come_out_as_words_and_never_as_html(training, recorder_me):
    """Every shape of attack in names, unit, rank and header of a list: on the preview, the roster and the sheet."""
    shapes = [payload(n, 60).translate({ord(c): " " for c in "\t\r\n"}) for n in range(len(SHAPES))]
    rows = [f"Jović{chr(97 + n // 26)}{chr(97 + n % 26)}\tAna\tž\t{shape}\t{shape}" for n, shape in enumerate(shapes)]
    names = [f"{shape}\tAna\tž\tvodnik\tx" for shape in shapes]
    client, url = client_of(recorder_me), f"{training.get_absolute_url()}roster/import/"
    text = "\n".join(["Prezime\tIme\tPol\tČin\tJedinica", *rows, *names])
    preview = client.post(url, {"rows": text, "organisation": training.owner_id}).url
    page_text, wrong = came_out_wrong(client.get(preview).content.decode())
    # A quotation mark at the beginning of a pasted cell is taken for the spreadsheet's own.
    assert (page_text > len(shapes), [fault for fault in wrong if not fault.startswith("changed:")]) == (True, [])
    page = client.get(preview).context
    answers = {f"shown-{row.number}": "1" for row in page["waiting"]}
    answers |= {f"{'leave' if row.state == 'wrong' else 'take'}-{row.number}": "1" for row in page["waiting"]}
    client.post(preview, answers)
    assert client.post(preview, {"commit": "1"}).url == preview
    for path in ("roster/", "attendance/"):
        _shown, wrong = came_out_wrong(client.get(f"{training.get_absolute_url()}{path}").content.decode())
        assert [fault for fault in wrong if not fault.startswith("changed:")] == []


def test_control_page_that_trusts_a_cell_is_noticed():
    assert came_out_wrong(f"<td>{payload(0, 60)}</td>")[1] != []


def numbered(n):
    """A name of its own for each number, far from every other by more than one letter."""
    letters = "abcdefghijklmnoprstuvz"
    return "".join(letters[n // 22**k % 22] * 2 for k in range(4)).capitalize()


@pytest.mark.drill
def test_five_thousand_rows_against_a_hundred_thousand_people(training, recorder_me, capsys):
    """Preview under 3 s, commit under 3 s; printed."""
    home = training.owner
    keys = [(f"Prezime{numbered(n)}", f"Ime{numbered(n % 3000)}") for n in range(100_000)]
    Participant.objects.bulk_create(
        [
            Participant(
                organisation=home,
                family_name=f,
                given_name=g,
                spelling_key=name_keys(f, g)[0],
                loose_key=name_keys(f, g)[1],
            )
            for f, g in keys
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself once such rows are committed
    rows = [f"{f}\t{g}\tm\tvodnik\tČeta\t+\t-" for f, g in keys[:2500]]
    rows += [f"Novo{numbered(n)}\tIme{numbered(n)}\tm\tvodnik\tČeta\t+\t-" for n in range(2500)]
    made = started(training, "\n".join([HEADER, *rows]), recorder_me)
    began = time.perf_counter()
    plan = plan_import(made, by=recorder_me)
    preview = time.perf_counter() - began
    assert (plan.count("matched"), plan.count("new"), plan.is_ready) == (2500, 2500, True)
    began = time.perf_counter()
    commit_import(roster_import=made, by=recorder_me)
    commit = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n5,000 rows against 100,000 people: preview {preview:.1f} s, commit {commit:.1f} s")
    assert Mark.objects.filter(enrolment__training=training).count() == 10_000


def command(capsys, *words):
    call_command("import_roster", *map(str, words))
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_command_shows_and_takes_in(training, recorder_me, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text(LIST.replace("\t", ";"), encoding="utf-8")
    options = (file, "--training", training.reference, "--by", recorder_me.email, "--json")
    visible = command(capsys, *options, "--preview")
    assert [(row["family_name"], row["nato"], row["marks"], row["state"]) for row in visible["rows"]] == [
        ("Đurić", "OF-2", ["present", "present"], "new"), ("Marić", "OR-5", ["present", "absent"], "new"),
        ("Vukić", "OF-3", ["present", None], "new"),
    ]  # fmt: skip
    assert (Enrolment.objects.count(), RosterImport.objects.count()) == (0, 0)
    command(capsys, *options)
    assert training.enrolments.count() == 3
    assert {row["state"] for row in command(capsys, *options)["rows"]} == {"matched"}
    assert training.enrolments.count() == 3


def test_command_refuses_who_may_not_and_what_waits(training, recorder_me, recorder_rs, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text(LIST.replace("\t", ";").replace("Marić;Petar", "Marić;"), encoding="utf-8")
    with pytest.raises(CommandError, match="must name a member who records"):
        command(capsys, file, "--training", training.reference, "--by", recorder_rs.email)
    with pytest.raises(CommandError, match="wait for a decision"):
        command(capsys, file, "--training", training.reference, "--by", recorder_me.email)
    with pytest.raises(CommandError, match="No training"):
        command(capsys, file, "--training", "ME-1999-999", "--by", recorder_me.email)
    assert (Enrolment.objects.count(), RosterImport.objects.count()) == (0, 0)
