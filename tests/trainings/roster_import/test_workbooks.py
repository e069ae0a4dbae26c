"""The offline workbook: what is in the file, how it is read back by its keys, and what of it is taken."""

import io
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from common.uploads.reading import read_upload
from tests.conftest import FIRST_DAY, client_of, edit_of, make_roster, make_training, mark_all
from tests.trainings.roster_import.workbook_files import FIRST_MARK, Filled, preview_of, upload
from trainings.actions import toggle_session
from trainings.attendance.actions import change_marks
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import Enrolment, Mark, MarkChange, Participant, RosterImport, Session, Training, Workbook
from trainings.roster.actions import RosterRow, add_to_roster, remove_from_roster
from trainings.roster_import.actions import commit_import, start_import, undo_import
from trainings.roster_import.plan import plan_import
from trainings.roster_import.workbook.differences import find_differences

pytestmark = pytest.mark.django_db


def marks_of(training):
    """The recorded marks by (family name, place of the session)."""
    places = {session.pk: n for n, session in enumerate(training.sessions.all())}
    results = Mark.objects.filter(enrolment__training=training).exclude(value="")
    rows = results.values_list("enrolment__participant__family_name", "session", "value")
    return {(name, places[session]): value for name, session, value in rows}


def people_on(training):
    return list(training.enrolments.filter(removed_at=None).order_by("line"))


def set_mark(enrolment, place, value, by):
    """Change a mark in the portal, from whatever it is."""
    session = list(enrolment.training.sessions.all())[place]
    now = Mark.objects.filter(enrolment=enrolment, session=session).first()
    change_marks(
        training=enrolment.training, edits=[edit_of(enrolment, session, value, now.version if now else 0)], by=by
    )


def started(filled, by, content=None, name="filled.xlsx"):
    sheets = read_upload(filled.xlsx() if content is None else content, name)
    return start_import(training=filled.training, organisation=filled.training.owner, sheets=sheets, by=by)


def differences_of(of):
    """The differences as (kind, family name, was, says, now)."""
    differences = find_differences(of)
    return sorted(
        (cell.kind, one.person.facts[0], cell.was, cell.says, cell.now)
        for one in differences.people
        for cell in one.cells
    )


def state_of_everything():
    models = (Enrolment, Participant, Mark, MarkChange)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_file_holds_locked_names_lists_and_no_formula(training, recorder_me):
    home = training.owner
    rows = [RosterRow("=HYPERLINK(1)", "@Ana", home, "female"), RosterRow("Petrović", "Ана", home, "male", unit="+1")]
    first, _other = add_to_roster(training=training, rows=rows, by=recorder_me)
    set_mark(first, 1, "late", recorder_me)
    filled = Filled(training, recorder_me)
    sheet, lists = filled.book.worksheets
    assert sheet.protection.sheet is True
    assert not sheet.protection.password
    assert (lists.sheet_state, sheet.freeze_panes, sheet.page_setup.paperSize) == ("hidden", "D5", 9)
    assert (sheet.row_dimensions[1].hidden, sheet.column_dimensions["A"].hidden) == (True, True)
    assert [[cell.value for cell in row[1:]] for row in sheet.iter_rows(5, 6)] == [
        ["=HYPERLINK(1)", "@Ana", "Female", None, None, "Montenegro", None, "Late"],
        ["Petrović", "Ана", "Male", None, "+1", "Montenegro", None, None],
    ]
    assert {cell.data_type for page in (sheet, lists) for row in page.iter_rows() for cell in row} <= {"s", "n"}
    locked = [[cell.protection.locked for cell in row] for row in sheet.iter_rows(4, 66)]
    assert locked[0] == [True] * 9
    assert locked[1:3] == [[True] * 7 + [False] * 2] * 2
    assert locked[3:] == [[True] + [False] * 8] * 60
    offered = {str(first.sqref): first.formula1 for first in sheet.data_validations.dataValidation}
    assert set(offered) == {"H5:I66", "D7:D66", "E7:E66", "G7:G66"}
    assert [cell.value for cell in lists["A"] if cell.value] == ["Present", "Late", "Excused", "Absent"]
    assert offered["H5:I66"] == "'Lists'!$A$1:$A$4"
    assert sheet.print_title_rows == "$4:$4"


def test_download_is_in_the_record_and_for_who_records(sheet, cast, stranger):
    url = reverse("trainings:workbook", args=[sheet.reference])
    allowed = {"recorder_me", "coordinator_me", "trainer_me"}
    answers = {name: client_of(member).post(url) for name, member in cast.items()}
    # Read to its end, a file closes itself.
    assert {
        name for name, answer in answers.items() if answer.streaming and b"".join(answer.streaming_content)
    } == allowed
    expected = {name: 200 if name in allowed else 403 for name in cast} | {"stranger": 302}
    assert {name: answer.status_code for name, answer in answers.items()} == expected
    lines = AuditEntry.objects.filter(action="make_workbook")
    assert sorted(line.by.given_name for line in lines) == ["Kata", "Rada", "Tanja"]
    assert {(line.is_reading, line.details["people"]) for line in lines} == {(True, 3)}
    assert sorted(line.details["code"] for line in lines) == sorted(Workbook.objects.values_list("code", flat=True))


@pytest.mark.slow
def test_filled_marks_are_shown_then_taken_then_nothing_new(sheet, recorder_me):
    first, two, three = people_on(sheet)
    set_mark(three, 1, "absent", recorder_me)
    filled = Filled(sheet, recorder_me)
    filled.cell(first, 0).value, filled.cell(two, 0).value, filled.cell(three, 1).value = "Present", "excused", None
    browser = client_of(recorder_me)
    before = state_of_everything()
    page = upload(browser, sheet, filled.xlsx())
    of, url = preview_of(sheet)
    assert page.redirect_chain[-1][0] == url
    assert [page.context["counts"][name] for name in ("taken", "clears", "to_decide")] == [2, 1, 0]
    assert state_of_everything() == before
    clear = f"{three.pk}-{sheet.sessions.all()[1].pk}"
    body = {"shown-cell": f"{clear} 1", f"cell-{clear}": "workbook", "commit": "1"}
    done = browser.post(url, body, follow=True)
    assert marks_of(sheet) == {("Petrović", 0): "present", ("Јовановић", 0): "excused"}
    assert "3 marks were taken from the workbook." in done.content.decode()
    line = AuditEntry.objects.get(action="import_workbook")
    assert (line.details["marks"], line.details["added"]) == (3, 0)
    before, lines = state_of_everything(), AuditEntry.objects.exclude(is_reading=True).count()
    again = upload(browser, sheet, filled.xlsx())
    assert "The portal says all of this already." in again.content.decode()
    refused = browser.post(preview_of(sheet)[1], {"commit": "1"})
    assert refused.status_code == 422
    assert refused.context["refusal"] == ["The portal says all of this already, so there is nothing to take in."]
    assert (state_of_everything(), AuditEntry.objects.exclude(is_reading=True).count()) == (before, lines)
    assert undo_import(roster_import=RosterImport.objects.get(pk=of.pk), by=recorder_me) == []
    assert marks_of(sheet) == {("Marković", 1): "absent"}


@pytest.mark.slow
def test_taken_back_and_uploaded_again_is_taken_again(sheet, recorder_me):
    filled = Filled(sheet, recorder_me)
    filled.cell(people_on(sheet)[0]).value = "Late"
    undo_import(roster_import=commit_import(roster_import=started(filled, recorder_me), by=recorder_me), by=recorder_me)
    assert marks_of(sheet) == {}
    commit_import(roster_import=started(filled, recorder_me), by=recorder_me)
    assert marks_of(sheet) == {("Petrović", 0): "late"}


@pytest.mark.slow
def test_two_copies_the_second_sees_the_first_as_changed_since(sheet, recorder_me, trainer_me):
    first, two, _three = people_on(sheet)
    filled = Filled(sheet, recorder_me)
    filled.cell(first).value = filled.cell(two).value = "Present"
    commit_import(roster_import=started(filled, recorder_me), by=recorder_me)
    filled.cell(first).value, filled.cell(two, 1).value = "Absent", "Late"
    browser = client_of(trainer_me)
    page = upload(browser, sheet, filled.xlsx())
    of, url = preview_of(sheet)
    assert differences_of(of) == [("both", "Petrović", "", "absent", "present"), ("set", "Јовановић", "", "late", "")]
    assert "Workbook: Absent" in page.content.decode()
    assert "Portal now: Present" in page.content.decode()
    refused = browser.post(url, {"commit": "1"})
    assert refused.context["refusal"] == ["Some cells still wait for a decision. Look at those at the top."]
    assert marks_of(sheet) == {("Petrović", 0): "present", ("Јовановић", 0): "present"}
    cell = f"{first.pk}-{sheet.sessions.first().pk}"
    # An answer to what the portal no longer says is none.
    assert browser.post(url, {"shown-cell": f"{cell} 7", f"cell-{cell}": "workbook", "commit": "1"}).status_code == 422
    assert browser.post(url, {"shown-cell": f"{cell} 1", f"cell-{cell}": "portal", "commit": "1"}).status_code == 302
    assert marks_of(sheet) == {("Petrović", 0): "present", ("Јовановић", 0): "present", ("Јовановић", 1): "late"}


def test_portal_changed_between_preview_and_commit_is_asked_again(sheet, recorder_me):
    first = people_on(sheet)[0]
    filled = Filled(sheet, recorder_me)
    filled.cell(first).value = "Absent"
    of = started(filled, recorder_me)
    assert differences_of(of) == [("set", "Petrović", "", "absent", "")]
    set_mark(first, 0, "late", recorder_me)
    with pytest.raises(ValidationError, match="wait for a decision"):
        commit_import(roster_import=of, by=recorder_me)
    assert marks_of(sheet) == {("Petrović", 0): "late"}


@pytest.mark.slow
def test_walk_in_is_matched_confirmed_and_taken_once(sheet, recorder_me):
    other = make_training(recorder_me)
    known = RosterRow("Ђорђевић", "Марија", sheet.owner, "female")
    add_to_roster(training=other, rows=[known], by=recorder_me)
    filled = Filled(sheet, recorder_me)
    filled.add("Đorđević", "Marija", "Female", "kapetan", "Štab", "", "Present", "Late")
    filled.add("Novak", "Petar", "Male", "Civilian", "", "Serbia", "", "Absent")
    people = Participant.objects.count()
    browser = client_of(recorder_me)
    page = upload(browser, sheet, filled.xlsx())
    assert [(row.state, row.organisation.short_name) for row in page.context["ready"]] == [
        ("matched", "Montenegro"),
        ("new", "Serbia"),
    ]
    browser.post(preview_of(sheet)[1], {"commit": "1"})
    assert Participant.objects.count() == people + 1
    new = {row.participant.family_name: row for row in people_on(sheet)[3:]}
    assert {name: (row.rank_group, row.unit, row.minutes) for name, row in new.items()} == {
        "Ђорђевић": ("junior_officer", "Štab", 720),
        "Novak": ("civilian", "", 0),
    }
    assert marks_of(sheet) == {("Ђорђевић", 0): "present", ("Ђорђевић", 1): "late", ("Novak", 1): "absent"}
    before = state_of_everything()
    again = upload(browser, sheet, filled.xlsx())
    assert "The portal says all of this already." in again.content.decode()
    assert state_of_everything() == before


@pytest.mark.slow
def test_walk_in_rows_that_are_wrong_are_mended_in_place(sheet, recorder_me):
    filled = Filled(sheet, recorder_me)
    row = filled.add("Novak", "", "Male", "", "", "", "xx")
    listed = filled.add("Petrović", "Ana ax", "Female", "", "", "", "Present")
    browser = client_of(recorder_me)
    page = upload(browser, sheet, filled.xlsx())
    assert {one.number: one.reasons for one in page.context["waiting"]} == {
        row: ["The family or the given name is missing.", "Nobody knows the mark “xx” (H)."],
        listed: ["This person has a row in the workbook already. Leave this row out, or say that it is somebody else."],
    }
    _of, url = preview_of(sheet)
    body = {f"shown-{row}": "1", f"c-{row}-2": "Petar", f"c-{row}-7": "Late", f"shown-{listed}": "1"}
    page = browser.post(url, body | {f"leave-{listed}": "1"}, follow=True)
    assert (page.context["waiting"], page.context["counts"]["walk_ins"]) == ([], 1)
    browser.post(url, {"commit": "1"})
    assert marks_of(sheet) == {("Novak", 0): "late"}


@pytest.mark.parametrize(
    "saved", ["sorted", "deleted", "columns moved", "headers retyped", "csv", "semicolons", "hidden"]
)
def test_read_by_keys_whatever_was_done_to_the_sheet(saved, marked, recorder_me):
    left, two, three = people_on(marked)
    filled = Filled(marked, recorder_me)
    filled.cell(left, 0).value, filled.cell(two, 1).value = "Absent", "Late"
    sheet, content, name = filled.sheet, None, "filled.xlsx"
    expected = [("set", "Petrović", "present", "absent", "present"), ("set", "Јовановић", "present", "late", "present")]
    if saved == "sorted":
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(5, 7)]
        for number, row in enumerate(reversed(rows), 5):
            for n, value in enumerate(row, 1):
                sheet.cell(number, n).value = value
    elif saved == "deleted":
        sheet.delete_rows(filled.row_of(three))
    elif saved == "columns moved":
        sheet.insert_cols(3)
        cells = [[sheet.cell(n, c).value for c in (9, 10)] for n in range(1, 8)]
        for n, (first, second) in enumerate(cells, 1):
            sheet.cell(n, 9).value, sheet.cell(n, 10).value = second, first
    elif saved == "headers retyped":
        for n in range(2, 10):
            sheet.cell(4, n).value = f"Kolona {n}"
        sheet.delete_rows(2, 2)
    elif saved == "hidden":
        sheet.column_dimensions["C"].hidden = True
        sheet.row_dimensions[6].hidden = True
    else:
        content, name = filled.csv(";" if saved == "semicolons" else ","), "filled.csv"
    of = started(filled, recorder_me, content, name)
    assert differences_of(of) == sorted(expected)
    assert plan_import(of, by=recorder_me).rows == []
    notes = find_differences(of).notes
    assert notes == (
        ["1 row of the workbook is not in the file; nothing of it is changed."] if saved == "deleted" else []
    )


def _copied_row(filled, first, two):
    row = [cell.value for cell in filled.sheet[filled.row_of(first)]]
    number = filled.first_empty()
    for n, value in enumerate(row, 1):
        filled.sheet.cell(number, n).value = value
    filled.sheet.cell(number, 2).value = "Novak"


def _altered_key(filled, first, two):
    cell = filled.sheet.cell(filled.row_of(first), 1)
    cell.value = cell.value.replace(f"-{first.pk}-", f"-{two.pk}-")


def _names_sorted_alone(filled, left, two):
    a, b = filled.row_of(left), filled.row_of(two)
    for n in range(2, 10):
        first, second = filled.sheet.cell(a, n), filled.sheet.cell(b, n)
        first.value, second.value = second.value, first.value


def _no_column_keys(filled, first, two):
    filled.sheet.delete_rows(1)


def _column_copied(filled, first, two):
    for n in range(1, 8):
        filled.sheet.cell(n, 12).value = filled.sheet.cell(n, 8).value


def _unknown(filled, first, two):
    for row in filled.sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.count("-") == 3:
                cell.value = "AAAAAAAAAA" + cell.value[10:]


def _two_sheets(filled, first, two):
    filled.book.copy_worksheet(filled.sheet)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_copied_row, "Row 8 is a copy of row 5 and says something else. Delete one of them; somebody new goes into an empty row."),
        (_altered_key, "The key of row 5 was changed, so nobody knows whose row it is. Undo that, or download it again."),
        (_names_sorted_alone, "Names stand beside the keys of others (rows 5 and 6): they were sorted or moved without the hidden "
                              "first column. Undo that, or download the workbook again."),
        (_no_column_keys, "The hidden row that says what the columns are is gone. Undo its removal, or download the workbook again."),
        (_column_copied, "Columns H and L are copies of each other. Delete one and upload it again."),
        (_unknown, "The portal does not know this workbook. Download the workbook of this training and fill that in."),
        (_two_sheets, "The rows of the workbook stand on 2 sheets. Delete the copies and upload it again."),
    ],
)  # fmt: skip
def test_spoiled_workbook_is_refused_in_one_sentence(spoil, sentence, sheet, recorder_me):
    first, two, _three = people_on(sheet)
    filled = Filled(sheet, recorder_me)
    spoil(filled, first, two)
    page = upload(client_of(recorder_me), sheet, filled.xlsx())
    assert (page.status_code, page.context["form"].non_field_errors()) == (422, [sentence])
    assert not RosterImport.objects.exists()


@pytest.mark.slow
def test_workbook_of_another_training_is_sent_there(sheet, recorder_me):
    other = make_training(recorder_me)
    make_roster(other, 1, recorder_me)
    page = upload(client_of(recorder_me), sheet, Filled(other, recorder_me).xlsx())
    assert page.context["form"].non_field_errors() == [f"This is the workbook of {other.reference}. Upload it there."]
    mixed = Filled(sheet, recorder_me)
    mixed.sheet.cell(6, 1).value = Filled(sheet, recorder_me).sheet.cell(6, 1).value
    page = upload(client_of(recorder_me), sheet, mixed.xlsx())
    assert page.context["form"].non_field_errors() == [
        "Rows of several workbooks stand in this file. Upload each workbook by itself."
    ]


@pytest.mark.slow
def test_copied_row_that_says_the_same_is_once(sheet, recorder_me):
    first, _two, _three = people_on(sheet)
    filled = Filled(sheet, recorder_me)
    filled.cell(first).value = "Present"
    row, number = [cell.value for cell in filled.sheet[filled.row_of(first)]], filled.first_empty()
    for n, value in enumerate(row, 1):
        filled.sheet.cell(number, n).value = value
    assert differences_of(started(filled, recorder_me)) == [("set", "Petrović", "", "present", "")]


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["xx", "–", "o", "#REF!", "=1+1", 1, 0.5])
def test_what_is_no_mark_is_chosen_anew(typed, sheet, recorder_me):
    first = people_on(sheet)[0]
    set_mark(first, 0, "present", recorder_me)
    filled = Filled(sheet, recorder_me)
    filled.cell(first).value = typed
    browser = client_of(recorder_me)
    page = upload(browser, sheet, filled.xlsx())
    of, url = preview_of(sheet)
    assert differences_of(of) == [("wrong", "Petrović", "present", "", "present")]
    words = "a formula without a result" if typed == "=1+1" else typed
    assert f"“{words}” is not a mark. Choose what was meant." in page.content.decode()
    cell = f"{first.pk}-{sheet.sessions.first().pk}"
    assert browser.post(url, {"shown-cell": f"{cell} 1", "commit": "1"}).status_code == 422
    assert browser.post(url, {"shown-cell": f"{cell} 1", f"cell-{cell}": "late", "commit": "1"}).status_code == 302
    assert marks_of(sheet) == {("Petrović", 0): "late"}


@pytest.mark.slow
def test_changed_names_are_told_and_never_taken(sheet, recorder_me):
    first, two, three = people_on(sheet)
    filled = Filled(sheet, recorder_me)
    for enrolment, column, text in ((first, 5, "major"), (two, 2, "Jovanović"), (three, 2, "Sasvim")):
        filled.sheet.cell(filled.row_of(enrolment), column).value = text
    filled.cell(two).value = filled.cell(three).value = "Present"
    browser = client_of(recorder_me)
    page = upload(browser, sheet, filled.xlsx())
    assert {(first.person.facts[0], fact.says) for first in page.context["facts"] for fact in first.facts} == {
        ("Petrović", "major"),
        ("Јовановић", "Jovanović"),
    }
    # The other script is the same name; another name may be another person.
    query = [(first["person"].facts[0], first["facts"][0].says, first["is_waiting"]) for first in page.context["asked"]]
    assert query == [("Marković", "Sasvim", True)]
    _of, url = preview_of(sheet)
    assert browser.post(url, {"commit": "1"}).status_code == 422
    assert browser.post(url, {f"whose-{three.pk}": "portal", "commit": "1"}).status_code == 302
    assert marks_of(sheet) == {("Јовановић", 0): "present"}
    assert [(e.participant.family_name, e.rank_words) for e in people_on(sheet)] == [
        ("Petrović", ""), ("Јовановић", ""), ("Marković", ""),
    ]  # fmt: skip


@pytest.mark.slow
def test_what_changed_in_the_portal_since_is_said(marked, recorder_me):
    first, two, _three = people_on(marked)
    filled = Filled(marked, recorder_me)
    filled.cell(first, 0).value = filled.cell(two, 1).value = filled.cell(two, 0).value = "Late"
    remove_from_roster(enrolment=first, by=recorder_me)
    toggle_session(session=marked.sessions.all()[1], by=recorder_me)
    new = RosterRow("Novak", "Petar", marked.owner, "male")
    add_to_roster(training=marked, rows=[new], by=recorder_me)
    of = started(filled, recorder_me)
    assert differences_of(of) == [("set", "Јовановић", "present", "late", "present")]
    assert find_differences(of).notes == [
        "The session of 11 March 2025 Day 2 was cancelled or removed since; 1 mark of it is not taken.",
        "Petrović, Ana ax was taken off the roster since; 1 mark is not taken.",
        "1 person came onto the roster since the workbook was made; it says nothing about them.",
    ]


@pytest.mark.slow
def test_locked_figures_take_no_workbook(marked, recorder_me):
    filled = Filled(marked, recorder_me)
    filled.cell(people_on(marked)[0]).value = "Late"
    of = started(filled, recorder_me)
    submit_figures(training=marked, by=recorder_me)
    sentence = "The figures are submitted. Recall them first to change anything."
    browser = client_of(recorder_me)
    page = upload(browser, marked, filled.xlsx())
    assert (page.status_code, page.context["form"].non_field_errors()) == (422, [sentence])
    page = browser.post(reverse("trainings:workbook_preview", args=[marked.reference, of.pk]), {"commit": "1"})
    assert (page.status_code, page.context["refusal"]) == (422, [sentence])
    page = browser.post(reverse("trainings:workbook", args=[marked.reference]), follow=True)
    assert sentence in page.content.decode()


@pytest.mark.slow
def test_preview_is_closed_to_a_trainer_whose_time_for_names_is_over(marked, recorder_me, coordinator_me, trainer_me):
    filled = Filled(marked, trainer_me)
    filled.cell(people_on(marked)[0]).value = "Late"
    browser = client_of(trainer_me)
    upload(browser, marked, filled.xlsx())
    _of, url = preview_of(marked)
    assert browser.get(url).status_code == 200
    submit_figures(training=marked, by=recorder_me)
    verify_figures(training=marked, version_seen=1, by=coordinator_me)
    Training.objects.filter(pk=marked.pk).update(verified_at=timezone.now() - timedelta(days=31))
    assert browser.get(url).status_code == 403


def test_empty_roster_is_filled_by_walk_ins(training, recorder_me):
    filled = Filled(training, recorder_me)
    filled.add("Novak", "Petar", "Male", "", "", "", "Present")
    commit_import(roster_import=started(filled, recorder_me, filled.csv(), "a.csv"), by=recorder_me)
    assert marks_of(training) == {("Novak", 0): "present"}


@pytest.mark.slow
def test_command_takes_a_filled_workbook_in(sheet, recorder_me, tmp_path):
    first, two, _three = people_on(sheet)
    filled = Filled(sheet, recorder_me)
    filled.cell(first).value = "Present"
    file = tmp_path / "filled.xlsx"
    file.write_bytes(filled.xlsx())
    arguments = [str(file), "--training", sheet.reference, "--by", recorder_me.email]
    out = io.StringIO()
    call_command("import_roster", *arguments, stdout=out)
    assert marks_of(sheet) == {("Petrović", 0): "present"}
    assert "marks from the workbook: 1\n" in out.getvalue()
    filled.cell(two).value = "xx"
    file.write_bytes(filled.xlsx())
    with pytest.raises(CommandError, match="Some cells still wait for a decision"):
        call_command("import_roster", *arguments)


VALUES = ("", "present", "late", "excused", "absent")


def expected_of(was, says, now):
    """The three-way rule in plain Python: (kind, mark where the workbook is believed wherever a person may choose)."""
    if says in (was, now):
        return None, now
    if now != was:
        return "both", says
    return ("set" if says else "clear"), says


def random_story(seed, training, by):
    """A random roster with marks, a workbook of it, and random edits on both sides. Return the file and what was."""
    random = Random(seed)
    people = make_roster(training, random.randrange(1, 12), by)
    places = range(len(training.sessions.all()))
    was, now, says = {}, {}, {}
    for person, place in product(people, places):
        was[person.pk, place] = random.choice(VALUES)
        if was[person.pk, place]:
            set_mark(person, place, was[person.pk, place], by)
    filled = Filled(training, by)
    for person, place in product(people, places):
        cell = (person.pk, place)
        now[cell] = random.choice(VALUES) if random.random() < 0.4 else was[cell]
        says[cell] = random.choice(VALUES) if random.random() < 0.5 else was[cell]
        if now[cell] != was[cell]:
            set_mark(person, place, now[cell], by)
        filled.cell(person, place).value = says[cell].title() or None
    return random, filled, was, now, says


def check_story(seed, training, by):
    """One story to its end: every cell becomes what the rule says, and the same file again changes nothing."""
    random, filled, was, now, says = random_story(seed, training, by)
    sessions = [session.pk for session in training.sessions.all()]
    of = started(filled, by)
    results = {(c.enrolment, sessions.index(c.session)): c for p in find_differences(of).people for c in p.cells}
    rule = {cell: expected_of(was[cell], says[cell], now[cell]) for cell in was}
    assert {cell: c.kind for cell, c in results.items()} == {
        cell: kind for cell, (kind, _value) in rule.items() if kind
    }
    keep = {cell for cell, c in results.items() if c.kind != "set" and random.random() < 0.5}
    answers = {
        c.key: ["portal" if cell in keep else "workbook", c.version] for cell, c in results.items() if c.kind != "set"
    }
    of.chosen = {**of.chosen, "cells": answers}
    of.save()
    commit_import(roster_import=of, by=by)
    end = {cell: now[cell] if cell in keep else value for cell, (_kind, value) in rule.items()}
    marks = dict.fromkeys(was, "") | {
        (m.enrolment_id, sessions.index(m.session_id)): m.value
        for m in Mark.objects.filter(enrolment__training=training)
    }
    assert marks == end
    before = state_of_everything()
    again = started(filled, by)
    again.chosen = {
        **again.chosen,
        "cells": {c.key: ["portal", c.version] for p in find_differences(again).people for c in p.cells},
    }
    again.save()
    # What a person left to the portal is a difference still; nothing else is.
    query = {(c.enrolment, sessions.index(c.session)) for p in find_differences(again).people for c in p.cells}
    assert query == keep
    commit_import(roster_import=again, by=by)
    assert state_of_everything() == before


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_each_cell_becomes_what_the_three_way_rule_says(seed, training, recorder_me):
    check_story(seed, training, recorder_me)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_stories_end_as_the_rule_says(seed, recorder_me):
    check_story(seed, make_training(recorder_me, days=1 + seed % 4), recorder_me)


@pytest.mark.slow
def test_added_session_and_missing_column_are_said(sheet, recorder_me):
    filled = Filled(sheet, recorder_me)
    filled.cell(people_on(sheet)[0], 1).value = "Late"
    filled.sheet.delete_cols(FIRST_MARK + 1)
    Session.objects.create(training=sheet, date=FIRST_DAY.replace(day=12), title="Day 3", minutes=360)
    assert find_differences(started(filled, recorder_me)).notes == [
        "The session of 12 March 2025 Day 3 was added since, so the workbook has no column for it.",
        "The column of 10 March 2025 Day 1 is not in the file, so nothing of it is changed.",
    ]


@pytest.mark.slow
def test_same_copy_previewed_twice_writes_each_mark_once(sheet, recorder_me):
    filled = Filled(sheet, recorder_me)
    filled.cell(people_on(sheet)[0]).value = "Late"
    first, second = started(filled, recorder_me), started(filled, recorder_me)
    commit_import(roster_import=first, by=recorder_me)
    commit_import(roster_import=second, by=recorder_me)
    assert MarkChange.objects.filter(enrolment__training=sheet).count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("n", [3, 40])
def test_preview_takes_the_same_queries_for_any_number(n, recorder_me, django_assert_num_queries):
    training = make_training(recorder_me, days=2)
    make_roster(training, n, recorder_me)
    mark_all(training, recorder_me)
    filled = Filled(training, recorder_me)
    for enrolment in people_on(training):
        filled.cell(enrolment, 0).value, filled.cell(enrolment, 1).value = "Absent", None
    for row in range(n):
        filled.add("Novak", f"Petar{'abcdefghij'[row // 10]}{'abcdefghij'[row % 10]}", "Male")
    browser = client_of(recorder_me)
    upload(browser, training, filled.xlsx())
    _of, url = preview_of(training)
    with django_assert_num_queries(16):
        page = browser.get(url)
    counts = page.context["counts"]
    assert (counts["taken"], counts["clears"], counts["walk_ins"]) == (n, n, n)
