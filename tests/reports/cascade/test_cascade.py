"""The cascade as its readers see it: who is named, which numbers are hidden, and what stands beside."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from members.models import Member
from reports.cascade.presentation import graduates_shown, show_cascade
from reports.trainers.deliveries import months_before
from tests.conftest import client_of, join, make_roster, make_training, mark_all, profile_of
from trainings.access import KEEPING_ROLES
from trainings.disclosure.training_sets import HIDDEN, People
from trainings.figures.actions import submit_figures
from trainings.models import Assignment, Course, Headcount, Participant, Party, Training
from trainings.roster.linking import link_participant, unlink_participant

pytestmark = pytest.mark.django_db
PAGE = "/reports/cascade/"


def held(by, first, people, trainers=(), course="GA-1", home=None):
    """Make a submitted training of one day at which so many people of one home were present; return it."""
    training = make_training(by, 1, first, trainers, course=Course.objects.get(code=course))
    make_roster(training, people, by, home)
    mark_all(training, by)
    submit_figures(training=training, by=by)
    return training


@pytest.fixture
def cohort(recorder_me, trainer_me):
    """Seven graduates, of whom the first is Tanja, who then taught seven more people in a year and twelve in two."""
    gtot = held(recorder_me, date(2021, 3, 8), 7, course="GTOT")
    graduate = gtot.enrolments.order_by("pk")[0].participant
    link_participant(participant=graduate, member=trainer_me, training=gtot, by=recorder_me)
    held(recorder_me, date(2021, 3, 1), 20, (trainer_me,))  # before she was a trainer
    held(recorder_me, date(2022, 3, 8), 7, (trainer_me,))  # on the last day of the year
    held(recorder_me, date(2022, 6, 6), 14, (trainer_me,))
    return gtot


def only(member, **query):
    (results,) = show_cascade(member, own=False, today=query.pop("today", date(2026, 11, 25)), **query).cohorts
    return results


@pytest.mark.slow
def test_cascade_counts_from_the_courses_end(cohort, observer, recorder_me):
    results = only(recorder_me)
    assert (results.graduates, results.trainers, results.trainings, results.people) == (7, 1, 2, People(14, 14))
    assert [(a.has_passed, a.people, a.for_each) for a in results.after] == [
        (True, People(7, 7), 1.0),
        (True, People(14, 14), 2.0),
    ]


@pytest.mark.slow
def test_months_that_have_not_passed_are_not_yet(cohort, recorder_me):
    on_the_day, next_day = (only(recorder_me, today=date(2022, 3, 8) + timedelta(days=n)) for n in (0, 1))
    assert [a.has_passed for a in on_the_day.after] == [False, False]
    assert [a.has_passed for a in next_day.after] == [True, False]
    html = client_of(recorder_me).get(PAGE).content.decode()
    assert "not yet" not in html


def test_page_says_not_yet(recorder_me, observer, trainer_me):
    recent = months_before(timezone.localdate(), 6).replace(day=3)
    gtot = held(recorder_me, recent, 7, course="GTOT")
    link_participant(
        participant=gtot.enrolments.order_by("pk")[0].participant, member=trainer_me, training=gtot, by=recorder_me
    )
    assert client_of(observer).get(PAGE).content.decode().count(">not yet<") == 4


@pytest.mark.slow
def test_graduates_without_a_profile_are_counted_and_never_named(cohort, cast, recorder_me, coordinator_me):
    staff = cohort.enrolments.order_by("pk")[1].participant
    link_participant(participant=staff, member=coordinator_me, training=cohort, by=recorder_me)
    names = list(Participant.objects.values_list("family_name", flat=True))
    for name, who in cast.items():
        if who is None or who == coordinator_me:
            continue
        own = {"of": "own"} if who.has_role(*KEEPING_ROLES) else {}
        html = client_of(who).get(PAGE, {"cohort": cohort.reference, **own}).content.decode()
        assert html.count("Tanja Trenerić") >= 1, name
        assert [family for family in [*names, "Kata Vodić"] if family in html] == [], name


@pytest.mark.slow
def test_who_may_not_see_names_sees_no_small_number_of_graduates_or_people(cohort, observer, recorder_me):
    other = held(recorder_me, date(2024, 9, 2), 17, (profile_of_member(cohort),))
    results, staff = only(observer), only(recorder_me)
    # Fourteen people in two years, seventeen until now: the three between would show.
    assert (staff.people, staff.after[1].people) == (People(17, 17), HIDDEN)
    assert (results.people, results.graduates, results.after[1]) == (People(17, 17), 7, staff.after[1])
    Training.objects.filter(pk=other.pk).update(cancelled_at=timezone.now())
    assert only(observer).people == People(14, 14)


def profile_of_member(cohort):
    return Member.objects.get(participants__enrolments__training=cohort)


@pytest.mark.slow
def test_what_remains_beside_named_graduates_is_hidden_where_it_is_small(cohort, observer, recorder_me, trainer_rs):
    for n, enrolment in enumerate(cohort.enrolments.order_by("pk")[1:4]):
        member = join("ME", "Nova", f"Trenerka{n}", "trainer")
        link_participant(participant=enrolment.participant, member=member, training=cohort, by=recorder_me)
    # Seven graduates, four named: three others.
    results = only(observer)
    assert (results.graduates, results.trainers, results.after[0].people, results.after[0].for_each) == (
        None,
        4,
        People(7, 7),
        None,
    )
    assert only(recorder_me).graduates == 7
    assert client_of(observer).get(PAGE).content.decode().count("Graduates: hidden") == 1


@pytest.mark.slow
def test_staff_see_every_number_of_their_own_people(cohort, recorder_me, recorder_rs, trainer_me):
    held(recorder_rs, date(2021, 9, 6), 2, (trainer_me,))
    # Recorded by another ministry, two of the three may be the same: they wait at the home's duplicates desk.
    held(recorder_me, date(2021, 9, 13), 3, (trainer_me,), home=recorder_rs.organisation)
    own = {
        member: show_cascade(member, own=True, today=date(2026, 11, 25)).cohorts[0]
        for member in (recorder_me, recorder_rs)
    }
    assert [found.people for found in own.values()] == [People(14, 14), People(3, 5)]
    assert [found.first.through[0][1][0].people for found in own.values()] == [People(14, 14), People(3, 5)]
    assert [found.after[0].for_each for found in own.values()] == [None, None]
    html = client_of(recorder_rs).get(PAGE, {"of": "own", "cohort": cohort.reference}).content.decode()
    assert html.count("people reached:") == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["observer", "admin", "trainer_me"])
def test_others_ask_for_own_people_in_vain(cohort, cast, name):
    client = client_of(cast[name])
    assert client.get(PAGE, {"of": "own", "cohort": cohort.reference}).status_code == 404
    answer = client.get(PAGE, {"cohort": cohort.reference})
    assert (answer.context["own"], answer.context["may_see_own"]) == (False, False)
    assert "people reached:" not in answer.content.decode()


@pytest.mark.slow
def test_unlinked_cohort_says_how_to_link(cohort, recorder_me, observer):
    participant = Participant.objects.exclude(member=None).get()
    unlink_participant(participant=participant, training=cohort, by=recorder_me)
    assert (only(observer).graduates, only(observer).is_followed) == (7, False)
    assert client_of(observer).get(PAGE).content.decode().count("None of them is linked to a trainer") == 1


@pytest.mark.slow
def test_who_became_a_trainer_stands_below_the_training_they_attended(cohort, recorder_me, trainer_me, observer):
    next_course = held(recorder_me, date(2023, 5, 8), 8, (trainer_me,), course="GTOT")
    graduate = next_course.enrolments.order_by("pk")[7].participant
    second = join("ME", "Druga", "Generacija", "trainer")
    link_participant(participant=graduate, member=second, training=next_course, by=recorder_me)
    taught = held(recorder_me, date(2023, 6, 5), 5, (second,))
    Assignment.objects.create(training=taught, trainer=profile_of(trainer_me), part="observer")
    first, other = show_cascade(observer, own=False, today=date(2026, 11, 25)).cohorts
    generation = first.first.after
    assert [(way, [t.name for t in some]) for way, some in generation.through] == [(next_course, ["Druga Generacija"])]
    assert (generation.trainings, first.trainings, other.trainings) == (1, 4, 1)
    # The seven others were graduates before: only one is new here, a small number.
    assert (first.first.makers, other.graduates, other.trainers) == (((next_course, None),), None, 1)


@pytest.mark.slow
def test_headcounted_graduates_are_divided_by_too(cohort, recorder_me, organisation):
    party = Party.objects.create(training=cohort, organisation=organisation("NCGM"), headcount_key=uuid4())
    Headcount.objects.create(party=party, sex="male", rank_group="nco", attended=9, completed=7)
    assert (only(recorder_me).graduates, only(recorder_me).after[0].for_each) == (14, 0.5)


@pytest.mark.slow
def test_idle_trainers_are_listed_and_lead_to_the_report(cohort, observer, trainer_me, trainer_rs):
    Member.objects.filter(pk=trainer_rs.pk).update(is_active=False)
    answer = client_of(observer).get(PAGE)
    assert [(profile.slug, day) for profile, day in answer.context["idle"]] == [("tanja-treneric", date(2022, 6, 6))]
    listed = client_of(observer).get("/reports/trainers/?not_current=on&sort=-last").context["rows"]
    assert [line.profile.slug for line, _current, _may in listed] == ["tanja-treneric"]


@pytest.mark.slow
def test_courses_that_make_no_trainers_and_what_does_not_count_are_no_cohort(cohort, recorder_me, observer):
    Training.objects.filter(pk=cohort.pk).update(figures="recorded", submitted_by=None)
    answer = client_of(observer).get(PAGE)
    assert (answer.context["cohorts"], b"No course has made trainers yet." in answer.content) == ((), True)


@pytest.mark.slow
def test_trainers_are_named_only_with_their_cohort_and_unknown_ones_are_404(cohort, observer):
    client = client_of(observer)
    idle = client.get(PAGE).content.decode().count("Tanja Trenerić")
    assert client.get(PAGE, {"cohort": cohort.reference}).content.decode().count("Tanja Trenerić") == idle + 1 == 2
    for wrong in ("ME-1999-001", "\x00", "x" * 500):
        assert client.get(PAGE, {"cohort": wrong}).status_code == 404


@pytest.mark.slow
def test_page_takes_as_many_queries_for_many_cohorts(cohort, recorder_me, observer, django_assert_num_queries):
    client = client_of(observer)
    client.get(PAGE)
    # Session, member with roles, cohorts, trainers, enrolments, assignments, people (3), trainings they came through.
    with django_assert_num_queries(10):
        client.get(PAGE)
    for n in range(4):
        gtot = held(recorder_me, date(2023, 1 + n, 9), 8, course="GTOT", home=recorder_me.organisation)
        person = Participant.objects.filter(enrolments__training=gtot, member=None).order_by("-pk")[n]
        member = join("ME", "Još", f"Jedna{n}", "trainer")
        link_participant(participant=person, member=member, training=gtot, by=recorder_me)
        held(recorder_me, date(2024, 1 + n, 8), 6, (member,))
    with django_assert_num_queries(10):
        assert len(client.get(PAGE, {"cohort": cohort.reference}).context["cohorts"]) == 5


@pytest.mark.slow
def test_graduates_shown_hides_small_numbers_and_complements(cohort):
    class Some:
        def __init__(self, trainers, others):
            self.graduates = frozenset(
                [("trainer", n) for n in range(trainers)] + [("person", n) for n in range(others)]
            )
            self.size = trainers + others

    visible = {
        (a, b): graduates_shown(Some(a, b), whole=False)
        for a, b in ((0, 4), (5, 0), (5, 1), (5, 4), (5, 5), (0, 5), (0, 0))
    }
    assert visible == {(0, 4): None, (5, 0): 5, (5, 1): None, (5, 4): None, (5, 5): 10, (0, 5): 5, (0, 0): 0}
    assert graduates_shown(Some(5, 1), whole=True) == 6


@pytest.mark.parametrize(
    "query", [{"first": "2026-01-01"}, {"of": "ours"}, {"cohort": "XX-1"}, {"of": "own", "trainer": "1"}]
)
def test_what_the_cascade_cannot_be_asked_is_not_found(query, reference, observer):
    """Numbers that ignore a part of the question would be taken for its answer."""
    assert client_of(observer).get(PAGE, query).status_code == 404
