"""The life of a mark: one compare-and-set, every asked change kept."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tests.conftest import client_of, edit_of, make_roster, make_training, mark_all, person
from tests.markup import squeezed
from trainings.actions import cancel_training, toggle_session
from trainings.attendance.actions import KeyReusedError, change_marks, mark_rest_present, settle_held_change, undo_batch
from trainings.figures.actions import submit_figures
from trainings.models import Mark, MarkChange
from trainings.roster.actions import add_to_roster

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


@pytest.fixture
def cell(sheet):
    return sheet.enrolments.first(), sheet.sessions.first()


def state(enrolment, session):
    return Mark.objects.filter(enrolment=enrolment, session=session).values_list("value", "version").first()


def test_change_is_applied_and_kept_as_a_row(sheet, cell, recorder_me):
    answer = change_marks(training=sheet, edits=[edit_of(*cell, "present")], by=recorder_me)
    change = MarkChange.objects.get()
    assert answer.applied == 1
    assert (change.old_value, change.new_value, change.base_version, change.outcome, change.by) == (
        "",
        "present",
        0,
        "applied",
        recorder_me,
    )
    assert state(*cell) == ("present", 1)


def test_same_key_again_answers_the_same_even_after_another_change(sheet, cell, recorder_me):
    edit = edit_of(*cell, "present")
    first = change_marks(training=sheet, edits=[edit], by=recorder_me)
    change_marks(training=sheet, edits=[edit_of(*cell, "absent", 1)], by=recorder_me)
    again = change_marks(training=sheet, edits=[edit], by=recorder_me)
    assert again.changes == first.changes
    assert (again.changes[0].answer_value, again.changes[0].answer_version) == ("present", 1)
    assert state(*cell) == ("absent", 2)
    assert MarkChange.objects.count() == 2


@pytest.mark.parametrize("other", ["late", "absent", ""])
def test_same_key_with_another_body_is_refused(sheet, cell, recorder_me, other):
    key = uuid4()
    change_marks(training=sheet, edits=[edit_of(*cell, "present", 0, key)], by=recorder_me)
    with pytest.raises(KeyReusedError):
        change_marks(training=sheet, edits=[edit_of(*cell, other, 0, key)], by=recorder_me)
    assert state(*cell) == ("present", 1)
    assert MarkChange.objects.count() == 1


def test_changed_base_is_a_conflict_that_shows_both_values(sheet, cell, recorder_me, trainer_me):
    change_marks(training=sheet, edits=[edit_of(*cell, "present")], by=recorder_me)
    answer = change_marks(training=sheet, edits=[edit_of(*cell, "absent")], by=trainer_me)
    (conflict,) = answer.conflicts
    assert (conflict.answer_value, conflict.new_value, conflict.answer_version) == ("present", "absent", 1)
    assert state(*cell) == ("present", 1)


def test_same_value_from_an_old_base_is_no_conflict(sheet, cell, recorder_me, trainer_me):
    change_marks(training=sheet, edits=[edit_of(*cell, "present")], by=recorder_me)
    answer = change_marks(training=sheet, edits=[edit_of(*cell, "present")], by=trainer_me)
    assert [change.outcome for change in answer.changes] == ["same"]
    assert state(*cell) == ("present", 1)


def test_cleared_mark_keeps_its_row_and_version(sheet, cell, recorder_me):
    change_marks(training=sheet, edits=[edit_of(*cell, "present")], by=recorder_me)
    change_marks(training=sheet, edits=[edit_of(*cell, "", 1)], by=recorder_me)
    assert state(*cell) == ("", 2)
    enrolment = sheet.enrolments.get(pk=cell[0].pk)
    assert (enrolment.minutes, enrolment.attended_sessions, enrolment.recorded_sessions) == (0, 0, 0)
    late = change_marks(training=sheet, edits=[edit_of(*cell, "late", 0)], by=recorder_me)
    assert [change.outcome for change in late.changes] == ["conflict"]


def test_change_that_meets_submitted_figures_is_held_for_the_coordinator(marked, recorder_me, coordinator_me):
    submit_figures(training=marked, by=recorder_me)
    cell = marked.enrolments.first(), marked.sessions.first()
    answer = change_marks(training=marked, edits=[edit_of(*cell, "absent", 1)], by=recorder_me)
    assert (answer.held, answer.applied) == (1, 0)
    assert state(*cell) == ("present", 1)
    page = client_of(coordinator_me).get(marked.get_absolute_url()).content.decode()
    assert str(marked.enrolments.first().participant.family_name) in page
    settle_held_change(change=answer.changes[0], by=coordinator_me)
    with pytest.raises(ValidationError):
        settle_held_change(change=answer.changes[0], by=coordinator_me)


def test_rest_present_touches_only_the_unmarked_and_shown(sheet, recorder_me):
    first, second, third = sheet.enrolments.all()
    session = sheet.sessions.first()
    change_marks(training=sheet, edits=[edit_of(first, session, "absent")], by=recorder_me)
    answer = mark_rest_present(session=session, enrolments_shown=[first.pk, second.pk], batch=uuid4(), by=recorder_me)
    assert answer.applied == 1
    assert [state(e, session) for e in (first, second, third)] == [("absent", 1), ("present", 1), None]


def test_rest_present_again_with_its_key_answers_the_same(sheet, recorder_me):
    session, batch = sheet.sessions.first(), uuid4()
    visible = list(sheet.enrolments.values_list("pk", flat=True))
    first = mark_rest_present(session=session, enrolments_shown=visible, batch=batch, by=recorder_me)
    change_marks(training=sheet, edits=[edit_of(sheet.enrolments.first(), session, "", 1)], by=recorder_me)
    again = mark_rest_present(session=session, enrolments_shown=visible, batch=batch, by=recorder_me)
    assert (first.applied, again.applied) == (3, 3)
    assert state(sheet.enrolments.first(), session) == ("", 2)
    with pytest.raises(KeyReusedError):
        mark_rest_present(session=sheet.sessions.last(), enrolments_shown=visible, batch=batch, by=recorder_me)


def test_rest_present_marks_whose_mark_was_cleared(sheet, recorder_me):
    somebody, session = sheet.enrolments.first(), sheet.sessions.first()
    change_marks(training=sheet, edits=[edit_of(somebody, session, "late")], by=recorder_me)
    change_marks(training=sheet, edits=[edit_of(somebody, session, "", 1)], by=recorder_me)
    mark_rest_present(session=session, enrolments_shown=[somebody.pk], batch=uuid4(), by=recorder_me)
    assert state(somebody, session) == ("present", 3)


def test_undo_leaves_what_somebody_changed_since(sheet, recorder_me, trainer_me):
    session, batch = sheet.sessions.first(), uuid4()
    first, second, third = sheet.enrolments.all()
    mark_rest_present(session=session, enrolments_shown=[first.pk, second.pk, third.pk], batch=batch, by=recorder_me)
    change_marks(training=sheet, edits=[edit_of(second, session, "late", 1)], by=trainer_me)
    answer = undo_batch(training=sheet, batch=batch, by=recorder_me)
    assert (answer.applied, len(answer.conflicts)) == (2, 1)
    assert [state(e, session) for e in (first, second, third)] == [("", 2), ("late", 2), ("", 2)]


def test_undo_twice_takes_back_once(sheet, recorder_me):
    session, batch = sheet.sessions.first(), uuid4()
    visible = list(sheet.enrolments.values_list("pk", flat=True))
    mark_rest_present(session=session, enrolments_shown=visible, batch=batch, by=recorder_me)
    undo_batch(training=sheet, batch=batch, by=recorder_me)
    mark_all_again = mark_rest_present(session=session, enrolments_shown=visible, batch=uuid4(), by=recorder_me)
    undo_batch(training=sheet, batch=batch, by=recorder_me)
    assert mark_all_again.applied == 3
    assert [state(e, session) for e in sheet.enrolments.all()] == [("present", 3)] * 3


def test_undo_of_an_unknown_batch_is_refused(sheet, recorder_me):
    with pytest.raises(ValidationError, match="nothing to take back"):
        undo_batch(training=sheet, batch=uuid4(), by=recorder_me)


def test_mark_for_somebody_not_enrolled_is_refused_and_nothing_written(sheet, cell, recorder_me):
    other = make_training(recorder_me)
    stray = make_roster(other, 1, recorder_me)[0]
    edits = [edit_of(*cell, "present"), edit_of(stray, cell[1], "present")]
    with pytest.raises(ValidationError, match="not enrolled"):
        change_marks(training=sheet, edits=edits, by=recorder_me)
    assert (Mark.objects.count(), MarkChange.objects.count()) == (0, 0)


def test_mark_in_a_session_of_another_training_is_refused(sheet, cell, recorder_me):
    other = make_training(recorder_me)
    with pytest.raises(ValidationError, match="not part of this training"):
        change_marks(training=sheet, edits=[edit_of(cell[0], other.sessions.get(), "present")], by=recorder_me)
    assert MarkChange.objects.count() == 0


def test_mark_nobody_knows_is_refused(sheet, cell, recorder_me):
    with pytest.raises(ValidationError, match="present, late, excused or absent"):
        change_marks(training=sheet, edits=[edit_of(*cell, "asleep")], by=recorder_me)
    assert MarkChange.objects.count() == 0


def test_cancelled_training_takes_no_marks(sheet, cell, recorder_me):
    cancel_training(training=sheet, reason="Storm", by=recorder_me)
    with pytest.raises(ValidationError, match="cancelled"):
        change_marks(training=sheet, edits=[edit_of(*cell, "present")], by=recorder_me)


def test_minutes_on_the_enrolment_are_the_sum_of_attended_sessions_held(sheet, recorder_me):
    left, two = sheet.sessions.all()
    first, second, third = sheet.enrolments.all()
    edits = [
        edit_of(first, left, "present"),
        edit_of(first, two, "late"),
        edit_of(second, left, "excused"),
        edit_of(second, two, "present"),
        edit_of(third, left, "absent"),
    ]
    change_marks(training=sheet, edits=edits, by=recorder_me)
    fields = ("minutes", "attended_sessions", "recorded_sessions")
    assert list(sheet.enrolments.values_list(*fields)) == [(720, 2, 2), (360, 1, 2), (0, 0, 1)]
    toggle_session(session=two, by=recorder_me)
    assert list(sheet.enrolments.values_list(*fields)) == [(360, 1, 1), (0, 0, 1), (0, 0, 1)]
    toggle_session(session=two, by=recorder_me)
    assert list(sheet.enrolments.values_list(*fields)) == [(720, 2, 2), (360, 1, 2), (0, 0, 1)]


def test_several_edits_of_one_cell_in_one_request_follow_each_other(sheet, cell, recorder_me):
    edits = [edit_of(*cell, "present", 0), edit_of(*cell, "late", 1), edit_of(*cell, "absent", 0)]
    answer = change_marks(training=sheet, edits=edits, by=recorder_me)
    assert [change.outcome for change in answer.changes] == ["applied", "applied", "conflict"]
    assert state(*cell) == ("late", 2)


def test_same_key_twice_in_one_request_is_applied_once(sheet, cell, recorder_me):
    edit = edit_of(*cell, "present")
    answer = change_marks(training=sheet, edits=[edit, edit], by=recorder_me)
    assert [change.answer_version for change in answer.changes] == [1, 1]
    assert MarkChange.objects.count() == 1


def post_mark(client, training, cell, **changed):
    body = {"enrolment": cell[0].pk, "session": cell[1].pk, "value": "present", "base": "0", "key": str(uuid4())}
    answer = client.post(f"{training.get_absolute_url()}attendance/mark/", {**body, **changed})
    return answer.status_code, answer.json()


def test_page_saves_one_mark_and_says_when(sheet, cell, recorder_me):
    status, body = post_mark(client_of(recorder_me), sheet, cell)
    assert (status, body["outcome"], body["value"], body["version"], body["attended"]) == (
        200,
        "applied",
        "present",
        1,
        1,
    )


def test_page_answers_409_to_a_conflict_and_423_to_a_lock(marked, recorder_me):
    client, cell = client_of(recorder_me), (marked.enrolments.first(), marked.sessions.first())
    status, body = post_mark(client, marked, cell, value="late")
    assert (status, body["outcome"], body["value"]) == (409, "conflict", "present")
    submit_figures(training=marked, by=recorder_me)
    status, body = post_mark(client, marked, cell, value="late", base="1")
    assert (status, body["outcome"], body["value"]) == (423, "held", "present")


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "no"}, {"base": "-1"}, {"base": "9" * 30}, {"base": "999999999999999"}, {"enrolment": "x"},
        {"enrolment": "999999999999999"}, {"session": "999999999999999"}, {"value": "\x00"}, {"value": "x" * 100_000},
    ],
)  # fmt: skip
def test_page_refuses_rubbish_with_a_sentence(sheet, cell, recorder_me, wrong):
    status, body = post_mark(client_of(recorder_me), sheet, cell, **wrong)
    assert (status, set(body)) == (422, {"error"})
    assert (Mark.objects.count(), MarkChange.objects.count()) == (0, 0)


def test_signed_out_background_request_gets_401(sheet, cell, stranger):
    answer = stranger.post(
        f"{sheet.get_absolute_url()}attendance/mark/", {"value": "present"}, headers={"X-Requested-With": "fetch"}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def form_of(training, expected, wanted, key=None):
    body = {"form_key": str(key or uuid4())}
    for (enrolment, session), (value, version) in expected.items():
        body[f"s-{enrolment}-{session}"] = f"{value} {version}"
        body[f"m-{enrolment}-{session}"] = wanted.get((enrolment, session), value)
    return body


def test_form_without_javascript_writes_only_what_was_changed(sheet, recorder_me, trainer_me):
    left = sheet.sessions.first()
    first, second, _third = sheet.enrolments.all()
    visible = {(first.pk, left.pk): ("", 0), (second.pk, left.pk): ("", 0)}
    change_marks(training=sheet, edits=[edit_of(second, left, "absent")], by=trainer_me)
    body = form_of(sheet, visible, {(first.pk, left.pk): "present"})
    client, url = client_of(recorder_me), f"{sheet.get_absolute_url()}attendance/"
    assert client.post(url, body).status_code == 302
    assert (state(first, left), state(second, left)) == (("present", 1), ("absent", 1))
    assert client.post(url, body).status_code == 302
    assert (state(first, left), MarkChange.objects.count()) == (("present", 1), 2)


def test_form_shows_both_values_of_a_conflict(sheet, recorder_me, trainer_me):
    left, first = sheet.sessions.first(), sheet.enrolments.first()
    change_marks(training=sheet, edits=[edit_of(first, left, "excused")], by=trainer_me)
    body = form_of(sheet, {(first.pk, left.pk): ("", 0)}, {(first.pk, left.pk): "late"})
    answer = client_of(recorder_me).post(f"{sheet.get_absolute_url()}attendance/", body)
    assert answer.status_code == 409
    (conflict,) = answer.context["conflicts"]
    assert (conflict["theirs"], conflict["yours"]) == ("Excused", "Late")
    assert state(first, left) == ("excused", 1)


def test_everybody_marked_is_all_cells(sheet, recorder_me):
    assert mark_all(sheet, recorder_me).applied == 6


def test_sheet_shows_what_was_typed_as_it_stands(training, recorder_me):
    """Nothing a person can type stands for whose row it is, or is read as a template."""
    typed = "50% %(person)s %(enrolment)s {person} {{ person }} <b>"
    row = person(0, training.owner, rank_words=typed)
    (enrolment,) = add_to_roster(training=training, rows=[row], by=recorder_me)
    page = squeezed(client_of(recorder_me).get(f"{training.get_absolute_url()}attendance/").content.decode())
    assert "<small>50% %(person)s %(enrolment)s {person} {{ person }} &lt;b&gt; · " in page
    for session in training.sessions.all():
        name = f"{enrolment.pk}-{session.pk}"
        assert page.count(f'<input type="radio" name="m-{name}"') == 5
        assert f'<input type="hidden" name="s-{name}" value=" 0">' in page
    assert "%(" not in page.replace(typed.replace("<b>", "&lt;b&gt;"), "")
