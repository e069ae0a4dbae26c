"""Merges on random networks: what anybody was marked stays, figures that count stay, and undoing brings every row back."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest
from django.core.exceptions import ValidationError
from hypothesis import event, given
from hypothesis import strategies as st

from tests.trainings.test_counting import (  # noqa: F401 - the fixture is found here
    GROUPS,
    Event,
    Network,
    Person,
    Seat,
    per_example,
    places,
    written,
)
from trainings.attendance.minutes import recount_enrolments
from trainings.counting import COUNTING, Question, counted_enrolments, figures, training_totals
from trainings.duplicates.merge_plan import compare, seen_hash, sexes_of
from trainings.duplicates.merging import Choice, merge_people
from trainings.duplicates.unmerging import undo_merge
from trainings.models import DuplicatePair, Enrolment, Mark, Participant, Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TABLES = (Participant, Enrolment, DuplicatePair)


def rows_now():
    """Every row that a merge may touch; of marks what they say, as their versions only go forward."""
    survivor = [list(model.objects.order_by("pk").values()) for model in TABLES]
    return [*survivor, sorted(Mark.objects.exclude(value="").values_list("enrolment", "session", "value"))]


def marks_by_person():
    """The marks of everybody on a roster, by person and session."""
    rows = Mark.objects.filter(enrolment__removed_at=None).exclude(value="")
    marks = rows.values_list("enrolment__participant", "session", "value")
    return {(person, session): value for person, session, value in marks}


def on_rosters():
    return Counter(Enrolment.objects.filter(removed_at=None).values_list("training", "participant"))


def locked_figures():
    return {
        t.pk: training_totals(t)["attended"] | {"people_at_least": 0, "people_at_most": 0, "perhaps_twice": 0}
        for t in Training.objects.filter(figures__in=COUNTING)
    }


def named():
    return set(counted_enrolments(Question()).values_list("participant", flat=True))


def chosen_by(random: Random, pair: DuplicatePair) -> Choice:
    first, second = pair.first, pair.second
    standings = compare(first, second)
    marks = {cell.session.pk: random.choice((cell.first, cell.second)) for s in standings for cell in s.to_choose}
    return Choice(
        keep=random.choice((first.pk, second.pk)),
        email="",
        sex=random.choice(sexes_of(first, second)),
        seen=seen_hash(first, second, standings),
        marks=marks,
    )


def expected_marks(before, pair, choice):
    """The marks of everybody after the merge, worked out from a plain dictionary."""
    survivor = choice.keep
    gone = pair.second_id if survivor == pair.first_id else pair.first_id
    after = {key: value for key, value in before.items() if key[0] not in (survivor, gone)}
    for session in {session for person, session in before if person in (survivor, gone)}:
        both = [before.get((person, session), "") for person in (survivor, gone)]
        after[survivor, session] = choice.marks.get(session) or next(value for value in both if value)
    return after


def merge_and_check(pair: DuplicatePair, choice: Choice, by):
    before, seats, frozen, people = marks_by_person(), on_rosters(), locked_figures(), named()
    at_most = figures(Question()).people_at_most
    merge = merge_people(pair=pair, choice=choice, by=by)
    survivor, gone = merge.survivor_id, merge.gone_id
    assert marks_by_person() == expected_marks(before, pair, choice)
    standing = {(training, survivor if person == gone else person) for training, person in seats}
    assert on_rosters() == Counter(dict.fromkeys(standing, 1))
    assert locked_figures() == frozen
    assert named() == {survivor if person == gone else person for person in people}
    assert figures(Question()).people_at_most == at_most - ({survivor, gone} <= people)
    assert not Enrolment.objects.filter(participant__merged_into__isnull=False, removed_at=None).exists()
    assert not Participant.objects.filter(merged_into__merged_into__isnull=False).exists(), "chains are one step long"
    rows = list(Enrolment.objects.order_by("pk").values())
    for training in Training.objects.all():
        recount_enrolments(training)
    assert list(Enrolment.objects.order_by("pk").values()) == rows, "minutes are kept with the marks"
    return merge


@st.composite
def crowded(draw: st.DrawFn) -> Network:
    """Few records of one home that all may be one person, in trainings where they meet, mostly open ones."""
    people = tuple(
        Person(n, "ME", draw(st.sampled_from(("female", "not_recorded")))) for n in range(draw(st.integers(2, 4)))
    )
    marks = st.sampled_from(("present", "late", "excused", "absent", "", ""))
    events = []
    for number in range(draw(st.integers(1, 4))):
        sessions = tuple(draw(st.lists(st.sampled_from(((60, True), (90, True), (45, False))), min_size=1, max_size=3)))
        there = draw(st.lists(st.sampled_from(people), unique=True))
        seats = tuple(
            Seat(
                person,
                draw(st.sampled_from(GROUPS)),
                tuple(draw(marks) for _s in sessions),
                draw(st.sampled_from((False, False, True))),
            )
            for person in there
        )
        state, cancelled = (
            draw(st.sampled_from(("recorded", "recorded", "submitted", "verified"))),
            draw(st.integers(0, 5)) == 5,
        )
        events.append(Event(number, "GPO", 2024, state, cancelled, 80, sessions, seats, ()))
    pairs = tuple(combinations([person.number for person in people], 2))
    different = tuple(pair for pair in pairs if draw(st.integers(0, 4)) == 4)
    return Network(people, tuple(events), tuple(pair for pair in pairs if pair not in different), different)


@pytest.mark.slow
@per_example
@given(network=crowded(), seed=st.integers(0, 999))
def test_merges_keep_marks_and_figures_and_undoing_brings_every_row_back(places, network, seed):  # noqa: F811 - the fixture
    random = Random(seed)
    with written(network, places):
        for training in Training.objects.all():
            recount_enrolments(training)
        done, refused = [], 0
        for key in list(DuplicatePair.objects.filter(state="open").order_by("pk").values_list("pk", flat=True)):
            pair = DuplicatePair.objects.select_related("first", "second").get(pk=key)
            if not pair.is_open:
                continue
            before = rows_now()
            try:
                done.append((merge_and_check(pair, chosen_by(random, pair), places.verifier), before))
            except ValidationError:
                refused += 1
                assert rows_now() == before
        event(f"merged {len(done)}, refused {refused}")
        for merge, before in reversed(done):
            assert undo_merge(merge=merge, by=places.verifier) == []
            assert rows_now() == before
