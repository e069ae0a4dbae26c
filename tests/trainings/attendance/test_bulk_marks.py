"""The marks that come with a person of a list: counted and kept as if each had been asked for."""

import pytest

from tests.conftest import make_training
from tests.trainings.roster_import.test_imports import HEADER, started, taken_in
from trainings.actions import toggle_session
from trainings.attendance.minutes import recount_enrolments
from trainings.models import Enrolment, Mark, MarkChange
from trainings.roster_import.actions import commit_import, undo_import

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
ROWS = [
    "Đurić\tMaja\tž\tkapetan\tČeta\t+\tkasni",
    "Marić\tPetar\tm\tvodnik\tČeta\t+\t-",
    "Vukić\tLuka\tm\tmajor\tŠtab\t\topr",
]
COUNTED = ("participant__family_name", "minutes", "attended_sessions", "recorded_sessions")


@pytest.fixture
def training(recorder_me):
    return make_training(recorder_me, days=2)


def counted(training):
    return sorted(Enrolment.objects.filter(training=training).values_list(*COUNTED))


def test_numbers_written_with_the_first_marks_are_those_a_recount_finds(training, recorder_me):
    taken_in(training, "\n".join([HEADER, ROWS[0]]), recorder_me)
    taken_in(training, "\n".join([HEADER, *ROWS]), recorder_me)
    written = counted(training)
    assert written == [("Marić", 360, 1, 2), ("Vukić", 0, 0, 1), ("Đurić", 720, 2, 2)]
    recount_enrolments(training)
    assert counted(training) == written


def test_session_cancelled_before_is_not_counted(training, recorder_me):
    made = started(training, "\n".join([HEADER, *ROWS]), recorder_me, sessions={"1": ""})
    toggle_session(session=training.sessions.all()[1], by=recorder_me)
    commit_import(roster_import=made, by=recorder_me)
    written = counted(training)
    assert written == [("Marić", 360, 1, 1), ("Vukić", 0, 0, 0), ("Đurić", 360, 1, 1)]
    recount_enrolments(training)
    assert counted(training) == written


def test_each_first_mark_has_the_change_that_made_it(training, recorder_me):
    made = taken_in(training, "\n".join([HEADER, *ROWS]), recorder_me)
    marks = Mark.objects.filter(enrolment__training=training).order_by("pk")
    assert [(mark.value, mark.version) for mark in marks] == [
        ("present", 1), ("late", 1), ("present", 1), ("absent", 1), ("excused", 1),
    ]  # fmt: skip
    changes = list(MarkChange.objects.order_by("pk"))
    assert [
        (c.enrolment_id, c.session_id, c.old_value, c.new_value, c.base_version, c.answer_value, c.answer_version)
        for c in changes
    ] == [(mark.enrolment_id, mark.session_id, "", mark.value, 0, mark.value, 1) for mark in marks]
    assert {(c.outcome, c.batch, c.by, c.settled_at) for c in changes} == {("applied", made.batch, recorder_me, None)}
    assert all(training.created_at < change.at <= made.committed_at for change in changes)
    assert {MarkChange.objects.get(key=change.key).pk for change in changes} == {change.pk for change in changes}


def test_keys_of_two_lists_differ_and_both_are_taken_back(training, recorder_me):
    lists = [taken_in(training, "\n".join([HEADER, row]), recorder_me) for row in ROWS]
    assert MarkChange.objects.values("key").distinct().count() == 5
    for item in lists:
        undo_import(roster_import=item, by=recorder_me)
    assert counted(training) == [("Marić", 0, 0, 0), ("Vukić", 0, 0, 0), ("Đurić", 0, 0, 0)]
    assert set(Mark.objects.values_list("value", "version")) == {("", 2)}
