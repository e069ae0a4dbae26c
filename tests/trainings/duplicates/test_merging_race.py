"""Two coordinators, a mark or a new roster at the moment of a merge: nothing is merged twice, lost or left with nobody."""

from threading import Event

import pytest
from django.core.exceptions import ValidationError

from tests.conftest import edit_of, join, make_training
from tests.threads import at_once, needs_two_connections
from tests.trainings.duplicates.test_detection import made
from tests.trainings.duplicates.test_merging import choice_of, enrol, marks_of
from trainings.attendance.actions import change_marks
from trainings.duplicates.actions import set_different
from trainings.duplicates.merging import merge_people
from trainings.models import DuplicatePair, Enrolment, Merge, Participant
from trainings.roster import actions as roster

pytestmark = [*needs_two_connections, pytest.mark.slow]
ROUNDS = 5


def pairs(home):
    """One pair after the other."""
    for _n in range(ROUNDS):
        Merge.objects.all().delete()
        first, other = (made(home, "Petrović", "Milica", "female") for _two in range(2))
        yield DuplicatePair.objects.create(first=first, second=other)
        Participant.objects.update(family_name="Bivša", spelling_key="bivsa", loose_key="bivsa")


def test_two_coordinators_merge_once(recorder_me, coordinator_me):
    other = join("ME", "Kosa", "Vodić", "coordinator")
    for pair in pairs(recorder_me.organisation):
        training = make_training(recorder_me)
        enrol(training, pair.second, recorder_me, ["present"])
        answers = at_once(
            *(
                lambda by=by, keep=keep: merge_people(pair=pair, choice=choice_of(pair, keep=keep), by=by)
                for by, keep in ((coordinator_me, "first"), (other, "second"))
            )
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Merge", "ValidationError"]
        survivor = next(answer for answer in answers if isinstance(answer, Merge)).survivor
        assert training.enrolments.get().participant == survivor


def test_merge_beside_different_is_one_decision(recorder_me, coordinator_me):
    for pair in pairs(recorder_me.organisation):
        at_once(
            lambda: merge_people(pair=pair, choice=choice_of(pair), by=coordinator_me),
            lambda: set_different(pair=pair, by=coordinator_me),
        )
        pair.refresh_from_db()
        assert (pair.state, Merge.objects.count()) in {("merged", 1), ("different", 0)}


def test_mark_beside_a_merge_is_kept_or_the_merge_is_refused(recorder_me, coordinator_me):
    for pair in pairs(recorder_me.organisation):
        training = make_training(recorder_me)
        mine, theirs = (enrol(training, person, recorder_me, ["present"]) for person in (pair.first, pair.second))
        choice, edit = choice_of(pair), edit_of(theirs, training.sessions.get(), "absent", base=1)
        merge, marked = at_once(
            lambda: merge_people(pair=pair, choice=choice, by=coordinator_me),
            lambda: change_marks(training=training, edits=[edit], by=recorder_me),
        )
        outcome = type(merge).__name__, type(marked).__name__
        # The mark came first, and the merge saw that the page was out of date; or it was told that nobody is there any more.
        assert outcome in {("ValidationError", "MarksAnswer"), ("Merge", "ValidationError")}
        assert marks_of(theirs) == (["absent"] if outcome[0] == "ValidationError" else ["present"])
        assert marks_of(mine) == ["present"]


def enrolled_beside_a_merge(recorder, coordinator):
    """Put the record that goes on another roster while it is merged; return how many stand on a roster as somebody merged."""
    for pair in pairs(recorder.organisation):
        training = make_training(recorder)
        row = roster.RosterRow("Petrović", "Milica", recorder.organisation, participant=pair.second_id)
        at_once(
            lambda pair=pair: merge_people(pair=pair, choice=choice_of(pair), by=coordinator),
            lambda training=training, row=row: roster.add_to_roster(training=training, rows=[row], by=recorder),
        )
    return Enrolment.objects.filter(participant__merged_into__isnull=False, removed_at=None).count()


def test_nobody_is_enrolled_as_a_record_that_was_merged(recorder_me, coordinator_me):
    assert enrolled_beside_a_merge(recorder_me, coordinator_me) == 0
    assert Enrolment.objects.count() == ROUNDS


def test_control_without_locked_people_a_merged_record_is_enrolled(recorder_me, coordinator_me, monkeypatch):
    read = Event()

    def unlocked(records):
        """Read people without locking them, and go on only when the merge is through."""
        people = Participant.objects.in_bulk(list(records))
        read.set()
        merged.wait(10)
        return people

    def merge_after_it_was_read(**facts):
        read.wait(10)
        answer = merge_people(**facts)
        merged.set()
        return answer

    merged = Event()
    monkeypatch.setattr(roster, "locked_people", unlocked)
    pair = next(pairs(recorder_me.organisation))
    training = make_training(recorder_me)
    row = roster.RosterRow("Petrović", "Milica", recorder_me.organisation, participant=pair.second_id)
    at_once(
        lambda: merge_after_it_was_read(pair=pair, choice=choice_of(pair), by=coordinator_me),
        lambda: roster.add_to_roster(training=training, rows=[row], by=recorder_me),
    )
    assert training.enrolments.get().participant.merged_into == pair.first


def test_refusal_says_what_to_do(recorder_me, coordinator_me):
    pair = next(pairs(recorder_me.organisation))
    choice = choice_of(pair)
    merge_people(pair=pair, choice=choice, by=coordinator_me)
    (refused,) = at_once(lambda: merge_people(pair=pair, choice=choice, by=coordinator_me))
    assert isinstance(refused, ValidationError)
    assert refused.messages == ["These two are decided already. Load the page again."]
