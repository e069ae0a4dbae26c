"""Two people on one sheet at the same moment: nothing is lost, doubled or silently overwritten."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tests.conftest import edit_of, make_roster, make_training
from tests.threads import at_once, needs_two_connections
from trainings.attendance.actions import change_marks, mark_rest_present
from trainings.figures.actions import submit_figures
from trainings.models import Enrolment, FiguresVersion, Mark, MarkChange

pytestmark = [*needs_two_connections, pytest.mark.slow]
ROUNDS = 5


def sheets(recorder):
    """One training after the other, each with a person and a session."""
    for _n in range(ROUNDS):
        training = make_training(recorder)
        make_roster(training, 2, recorder)
        yield training, training.enrolments.order_by("pk").first(), training.sessions.first()


def test_two_from_the_same_base_are_one_change_and_one_conflict(recorder_me, coordinator_me):
    for training, enrolment, session in sheets(recorder_me):
        answers = at_once(
            *(
                lambda by=by, value=value: change_marks(
                    training=training, edits=[edit_of(enrolment, session, value)], by=by
                )
                for by, value in ((recorder_me, "present"), (coordinator_me, "absent"))
            )
        )
        outcomes = [answer.changes[0].outcome for answer in answers]
        assert sorted(outcomes) == ["applied", "conflict"]
        mark = Mark.objects.get(enrolment=enrolment, session=session)
        won = answers[outcomes.index("applied")].changes[0]
        assert (mark.value, mark.version) == (won.new_value, 1)
        assert MarkChange.objects.filter(enrolment=enrolment).count() == 2


def test_one_key_sent_twice_at_once_is_one_change(recorder_me):
    for training, enrolment, session in sheets(recorder_me):
        edit = edit_of(enrolment, session, "late")
        answers = at_once(*[lambda: change_marks(training=training, edits=[edit], by=recorder_me)] * 2)
        assert [answer.changes[0].answer_value for answer in answers] == ["late", "late"]
        assert MarkChange.objects.filter(key=edit.key).count() == 1
        assert Mark.objects.get(enrolment=enrolment, session=session).version == 1


def test_the_rest_present_never_overwrites_a_mark_made_meanwhile(recorder_me, coordinator_me):
    for training, enrolment, session in sheets(recorder_me):
        visible = list(training.enrolments.values_list("pk", flat=True))
        _rest, hand = at_once(
            lambda: mark_rest_present(session=session, enrolments_shown=visible, batch=uuid4(), by=coordinator_me),
            lambda: change_marks(training=training, edits=[edit_of(enrolment, session, "absent")], by=recorder_me),
        )
        there = Mark.objects.get(enrolment=enrolment, session=session).value
        assert there == {"applied": "absent", "conflict": "present"}[hand.changes[0].outcome]
        assert Mark.objects.filter(session=session).count() == 2


def test_mark_beside_a_submission_is_in_the_figures_or_held(recorder_me, coordinator_me):
    for training, enrolment, session in sheets(recorder_me):
        _version, marked = at_once(
            lambda: submit_figures(training=training, by=recorder_me),
            lambda: change_marks(training=training, edits=[edit_of(enrolment, session, "present")], by=coordinator_me),
        )
        counted = FiguresVersion.objects.get(training=training).totals["attended"]["seats"]
        outcome = marked.changes[0].outcome
        assert (outcome, counted) in {("applied", 1), ("held", 0)}
        assert Enrolment.objects.get(pk=enrolment.pk).attended_sessions == counted


def test_submitting_twice_at_once_is_one_submission(recorder_me, coordinator_me):
    for training, _enrolment, _session in sheets(recorder_me):
        answers = at_once(
            *(lambda by=by: submit_figures(training=training, by=by) for by in (recorder_me, coordinator_me))
        )
        assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
        assert FiguresVersion.objects.filter(training=training).count() == 1
