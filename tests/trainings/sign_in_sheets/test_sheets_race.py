"""One printed sheet in several hands at the same moment."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tests.conftest import make_roster, make_training, person
from tests.threads import at_once, needs_two_connections
from trainings.models import MarkChange, SheetEdition, SheetEntry, Training
from trainings.sign_in_sheets import actions
from trainings.sign_in_sheets.actions import make_sheet, record_from_sheet

pytestmark = [*needs_two_connections, pytest.mark.slow]
ROUNDS = 5


def printed(session, by):
    return make_sheet(session=session, script="written", headings=["en"], blank_lines=3, by=by)


def editions(recorder):
    for _n in range(ROUNDS):
        training = make_training(recorder)
        make_roster(training, 2, recorder)
        yield printed(training.sessions.get(), recorder)


def typed(edition, by, key, n):
    """The same form with the nth person on line 3."""
    walk_ins = {3: person(n, edition.training.owner)}
    return lambda: record_from_sheet(
        edition=edition, exceptions={1: "absent"}, walk_ins=walk_ins, marks_shown={}, key=key, by=by
    )


def test_one_form_sent_twice_at_once_is_recorded_once(recorder_me):
    for edition in editions(recorder_me):
        key = uuid4()
        first, other = at_once(*[typed(edition, recorder_me, key, 9)] * 2)
        assert first.entry == other.entry
        assert (SheetEntry.objects.filter(edition=edition).count(), edition.training.enrolments.count()) == (1, 3)
        assert MarkChange.objects.filter(session=edition.session).count() == 3


def test_two_people_on_one_blank_line_are_not_both_taken(recorder_me, coordinator_me):
    for edition in editions(recorder_me):
        answers = at_once(typed(edition, recorder_me, uuid4(), 9), typed(edition, coordinator_me, uuid4(), 10))
        assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
        assert edition.training.enrolments.count() == 3


def test_sheet_made_twice_at_once_is_one_edition(recorder_me, coordinator_me):
    for edition in editions(recorder_me):
        make_roster(edition.training, 4, recorder_me)
        session = edition.session
        made = at_once(*(lambda by=by: printed(session, by) for by in (recorder_me, coordinator_me)))
        assert made[0] == made[1]
        assert SheetEdition.objects.filter(session=session).count() == 2


def test_control_without_the_lock_the_same_form_meets_itself(recorder_me, monkeypatch):
    monkeypatch.setattr(actions, "locked", lambda training: Training.objects.get(pk=training.pk))
    answers = []
    for edition in editions(recorder_me):
        form = typed(edition, recorder_me, uuid4(), 9)
        answers += at_once(form, form)
    assert any(isinstance(answer, Exception) for answer in answers)
