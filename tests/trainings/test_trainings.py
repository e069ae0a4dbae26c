"""Creating, changing and copying trainings."""

from datetime import date, time
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.conftest import FIRST_DAY, client_of, make_roster, make_training, mark_all, new_training, plans, profile_of
from trainings.actions import (
    SessionPlan,
    cancel_training,
    change_owner,
    change_training,
    create_training,
    restore_training,
    toggle_session,
)
from trainings.models import ReferenceCounter, Session, Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def sessions(*times, day=FIRST_DAY):
    return [SessionPlan(day, time(a), time(b)) for a, b in times]


def test_reference_counts_by_country_and_year(recorder_me, recorder_rs):
    made = [make_training(recorder_me), make_training(recorder_me), make_training(recorder_rs)]
    made.append(make_training(recorder_me, first=date(2024, 3, 4)))
    assert [t.reference for t in made] == ["ME-2025-001", "ME-2025-002", "RS-2025-001", "ME-2024-001"]


def test_reference_goes_past_999(recorder_me):
    make_training(recorder_me)
    ReferenceCounter.objects.update(last=999)
    reference = make_training(recorder_me).reference
    assert reference == "ME-2025-1000"
    assert client_of(recorder_me).get(f"/trainings/{reference}/").context["training"].reference == reference


def test_reference_of_a_refused_training_is_not_used_up(recorder_me):
    wrong = new_training(recorder_me)
    with pytest.raises(ValidationError):
        create_training(training=wrong, sessions=[], by=recorder_me)
    assert make_training(recorder_me).reference == "ME-2025-001"


def test_same_key_creates_once(recorder_me):
    key = uuid4()
    made = [
        create_training(training=new_training(recorder_me), sessions=plans(), key=key, by=recorder_me)
        for _n in range(2)
    ]
    assert made[0] == made[1]
    assert Training.objects.count() == 1


@pytest.mark.parametrize(
    ("planned", "sentence"),
    [
        (lambda: [], "A training needs at least one session."),
        (lambda: sessions((9, 12), (11, 13)), "Sessions 1 and 2 overlap on 10 March 2025."),
        (lambda: sessions((12, 9)), "Session 1 ends before it starts."),
        (lambda: sessions((9, 9)), "Session 1 ends before it starts."),
        (lambda: sessions((9, 12), day=date(2025, 3, 12)),
         "Session 1 on 12 March 2025 is outside the training (10 March 2025 to 11 March 2025)."),
        (lambda: [SessionPlan(FIRST_DAY, time(9))], "Session 1 has only one of its two clock times. Give both or none."),
        (lambda: [SessionPlan(FIRST_DAY, minutes=1441)], "Session 1: minutes must be between 0 and 1,440."),
        (lambda: [SessionPlan(FIRST_DAY, minutes=1)] * 61, "A training has at most 60 sessions."),
    ],
)  # fmt: skip
def test_sessions_that_cannot_be_are_refused_in_a_sentence(recorder_me, planned, sentence):
    with pytest.raises(ValidationError) as refusal:
        create_training(training=new_training(recorder_me, days=2), sessions=planned(), by=recorder_me)
    assert refusal.value.messages == [sentence]
    assert Training.objects.count() == 0


@pytest.mark.parametrize(
    "planned",
    [
        sessions((9, 12), (12, 13)),
        [SessionPlan(FIRST_DAY, minutes=90)] * 2,
        [SessionPlan(FIRST_DAY, time(9), time(12), minutes=0)],
    ],
)
def test_sessions_that_touch_or_need_no_clock_are_taken(recorder_me, planned):
    made = create_training(training=new_training(recorder_me), sessions=planned, by=recorder_me)
    assert made.sessions.count() == len(planned)
    assert made.scheduled_minutes == sum(plan.counted_minutes for plan in planned)


def test_long_session_that_holds_others_overlaps(recorder_me):
    with pytest.raises(ValidationError) as refusal:
        create_training(
            training=new_training(recorder_me), sessions=sessions((8, 18), (9, 10), (11, 12)), by=recorder_me
        )
    assert refusal.value.messages[0] == "Sessions 1 and 2 overlap on 10 March 2025."


def test_training_that_ends_before_it_starts_is_refused(recorder_me):
    wrong = new_training(recorder_me, ends_on=date(2025, 3, 9))
    with pytest.raises(ValidationError, match="ends before it starts"):
        create_training(training=wrong, sessions=plans(), by=recorder_me)


def test_owner_is_the_host_that_keeps_records(recorder_me, trainer_rs, organisation):
    made = make_training(recorder_me, trainers=(trainer_rs,))
    assert made.owner == organisation("ME")


def test_owner_is_the_lead_trainers_ministry_where_the_host_keeps_none(recorder_rs, trainer_rs, organisation):
    made = make_training(recorder_rs, trainers=(trainer_rs,), host=organisation("NCGM"))
    assert (made.owner, made.host.code) == (organisation("RS"), "NCGM")


def test_training_that_another_would_keep_is_refused(recorder_me, trainer_rs, organisation):
    for facts in ({"host": organisation("RS")}, {"host": organisation("NCGM"), "trainers": (trainer_rs,)}):
        with pytest.raises(ValidationError, match="would keep this record"):
            make_training(recorder_me, **facts)
    with pytest.raises(ValidationError, match="needs a lead trainer"):
        make_training(recorder_me, host=organisation("NCGM"))


def test_owner_changes_only_with_a_reason_and_to_who_keeps(training, admin, organisation):
    with pytest.raises(ValidationError, match="Say why"):
        change_owner(training=training, owner=organisation("RS"), reason=" ", by=admin)
    with pytest.raises(ValidationError, match="keeps records"):
        change_owner(training=training, owner=organisation("NCGM"), reason="Asked", by=admin)
    change_owner(training=training, owner=organisation("RS"), reason="Asked", by=admin)
    assert Training.objects.get(pk=training.pk).owner == organisation("RS")


def test_second_lead_is_refused(recorder_me, trainer_me, trainer_rs):
    both = [(profile_of(t), "lead") for t in (trainer_me, trainer_rs)]
    with pytest.raises(ValidationError, match="one lead trainer"):
        create_training(training=new_training(recorder_me), sessions=plans(), trainers=both, by=recorder_me)


def test_session_with_marks_is_cancelled_never_dropped(marked, recorder_me):
    first, two = marked.sessions.all()
    plans = [SessionPlan(first.date, first.starts, first.ends, pk=first.pk)]
    with pytest.raises(ValidationError, match="has marks"):
        change_training(training=marked, sessions=plans, trainers=[], partners=[], by=recorder_me)
    toggle_session(session=two, by=recorder_me)
    fresh = Training.objects.get(pk=marked.pk)
    assert (fresh.scheduled_minutes, fresh.sessions_held, fresh.counts_on) == (360, 1, first.date)


def test_changed_hours_change_the_minutes_of_who_attended(marked, recorder_me):
    changed = [SessionPlan(s.date, time(9), time(10), pk=s.pk) for s in marked.sessions.all()]
    change_training(training=marked, sessions=changed, trainers=[], partners=[], by=recorder_me)
    assert list(marked.enrolments.values_list("minutes", flat=True)) == [120, 120, 120]
    assert Training.objects.get(pk=marked.pk).scheduled_minutes == 120


def test_threshold_stays_unless_the_course_changes(training, recorder_me):
    training.course.completion_threshold = 50
    training.course.save()
    plans = [SessionPlan(s.date, s.starts, s.ends, pk=s.pk) for s in training.sessions.all()]
    change_training(training=training, sessions=plans, trainers=[], partners=[], by=recorder_me)
    assert Training.objects.get(pk=training.pk).completion_threshold == 80


def test_cancelled_and_restored_keeps_everything(marked, recorder_me):
    before = list(marked.enrolments.values())
    cancel_training(training=marked, reason="Storm", by=recorder_me)
    assert Training.objects.get(pk=marked.pk).status == "cancelled"
    restore_training(training=marked, by=recorder_me)
    assert (Training.objects.get(pk=marked.pk).status, list(marked.enrolments.values())) == ("delivered", before)
    with pytest.raises(ValidationError, match="not cancelled"):
        restore_training(training=marked, by=recorder_me)


def form_body(training, **changed):
    return {
        "course": training.course_id, "title": "", "host": training.host_id, "country": training.country_id,
        "place": "Bar", "language": training.language_id, "mode": "classroom", "starts_on": "2025-05-05",
        "ends_on": "2025-05-07", "day_starts": "09:00", "day_ends": "15:00", "key": str(uuid4()), **changed,
    }  # fmt: skip


def test_page_creates_one_session_a_day_once(training, recorder_me):
    client, body = client_of(recorder_me), form_body(training)
    answers = [client.post("/trainings/new/", body) for _n in range(2)]
    assert [a.url for a in answers] == ["/trainings/ME-2025-002/roster/"] * 2
    made = Training.objects.get(reference="ME-2025-002")
    assert [(s.date.day, s.minutes) for s in made.sessions.all()] == [(5, 360), (6, 360), (7, 360)]
    assert made.title == training.course.name


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": "2025-05-04"}, "ends_on"), ({"starts_on": "tomorrow"}, "starts_on"), ({"day_ends": ""}, "day_ends"),
        ({"day_ends": "08:00"}, "day_ends"), ({"course": "99999999999999999999"}, "course"),
        ({"place": "x" * 100_000}, "place"), ({"title": "a\x00b"}, "title"), ({"ends_on": "2027-05-05"}, "ends_on"),
        ({"language": "👩‍✈️"}, "language"),
    ],
)  # fmt: skip
def test_wrong_form_says_so_at_its_field_and_keeps_what_was_typed(training, recorder_me, wrong, field):
    answer = client_of(recorder_me).post("/trainings/new/", form_body(training, **wrong))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form["mode"].value()) == (422, [field], "classroom")
    assert Training.objects.count() == 1


def test_ministry_of_the_network_is_no_partner(training, recorder_me, organisation):
    body = form_body(training, partners=[organisation("RS").pk])
    answer = client_of(recorder_me).post("/trainings/new/", body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["partners"])


def test_copy_of_an_earlier_training_is_a_start(training, recorder_me):
    form = client_of(recorder_me).get("/trainings/new/", {"copy": training.reference}).context["form"]
    assert [form[name].value() for name in ("course", "place", "lead")] == [
        training.course_id,
        "Danilovgrad",
        training.assignments.get().trainer_id,
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"copy": "\x00"},
        {"copy": "x" * 5000},
    ],
)
def test_copy_of_rubbish_starts_empty(recorder_me, query):
    assert client_of(recorder_me).get("/trainings/new/", query).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "даниловград"}, 1), ({"q": "ME-2025-001"}, 1), ({"q": "nowhere"}, 0), ({"state": "recorded"}, 1),
        ({"state": "verified"}, 0), ({"first": "2025-03-12"}, 0), ({"last": "2025-03-09"}, 0), ({"page": "99"}, 1),
    ],
)  # fmt: skip
def test_list_is_narrowed(training, observer, query, expected):
    assert len(client_of(observer).get("/trainings/", query).context["page"]) == expected


def test_database_refuses_a_training_that_ends_before_it_starts(training):
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.update(ends_on=date(2020, 1, 1))


def test_minutes_of_a_session_are_from_the_clock_unless_set():
    assert SessionPlan(FIRST_DAY, time(9, 15), time(10)).counted_minutes == 45
    assert SessionPlan(FIRST_DAY, time(9), time(10), minutes=5).counted_minutes == 5
    assert SessionPlan(FIRST_DAY).counted_minutes == 0


def test_edit_page_drops_and_adds_sessions(sheet, recorder_me):
    make_roster(sheet, 3, recorder_me)
    mark_all(make_training(recorder_me), recorder_me)
    first, two = sheet.sessions.all()
    body = form_body(sheet, starts_on="2025-03-10", ends_on="2025-03-11", **{
        "sessions-TOTAL_FORMS": "3", "sessions-INITIAL_FORMS": "2",
        "sessions-0-pk": first.pk, "sessions-0-date": "2025-03-10", "sessions-0-starts": "08:00", "sessions-0-ends": "10:00",
        "sessions-1-pk": two.pk, "sessions-1-date": "2025-03-11", "sessions-1-DELETE": "on",
        "sessions-2-date": "2025-03-11", "sessions-2-minutes": "90",
    })  # fmt: skip
    answer = client_of(recorder_me).post(f"{sheet.get_absolute_url()}edit/", body)
    assert answer.status_code == 302
    assert list(Session.objects.filter(training=sheet).values_list("minutes", flat=True)) == [120, 90]


def test_days_and_hours_in_one_line_make_the_sessions(training, recorder_me):
    body = form_body(training, days="12–14 May 2025, 9:00–15:30", starts_on="", ends_on="")
    answer = client_of(recorder_me).post("/trainings/new/", body)
    assert answer.status_code == 302
    made = Training.objects.get(reference="ME-2025-002")
    assert (made.starts_on, made.ends_on) == (date(2025, 5, 12), date(2025, 5, 14))
    assert [(s.date.day, s.starts, s.minutes) for s in made.sessions.all()] == [(n, time(9), 390) for n in (12, 13, 14)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"days": "some day"}, "days"), ({"days": "1–90 May 2025"}, "days"), ({"days": "x" * 100_000}, "days"),
        ({"days": "12–14 May 2025"}, "starts_on"), ({"starts_on": ""}, "starts_on"),
        ({"days": "1 January – 31 December 2025", "starts_on": "", "ends_on": ""}, "ends_on"),
    ],
)  # fmt: skip
def test_wrong_line_of_days_is_said_at_its_field(training, recorder_me, wrong, field):
    answer = client_of(recorder_me).post("/trainings/new/", form_body(training, **wrong))
    assert (answer.status_code, next(iter(answer.context["form"].errors))) == (422, field)
    assert Training.objects.count() == 1


def edit_body(training, **changed):
    first, two = training.sessions.all()
    return form_body(training, starts_on="2025-03-10", ends_on="2025-03-11", **{
        "sessions-TOTAL_FORMS": "2", "sessions-INITIAL_FORMS": "2", "sessions-0-pk": first.pk,
        "sessions-0-date": "2025-03-10", "sessions-1-pk": two.pk, "sessions-1-date": "2025-03-11", **changed,
    })  # fmt: skip


def test_added_days_lengthen_the_training(sheet, recorder_me):
    answer = client_of(recorder_me).post(
        f"{sheet.get_absolute_url()}edit/", edit_body(sheet, more_days="12–13 March, 10:00–12:00")
    )
    assert answer.status_code == 302
    sheet.refresh_from_db()
    assert (sheet.ends_on, sheet.counts_on) == (date(2025, 3, 13), date(2025, 3, 13))
    added = list(sheet.sessions.values_list("date__day", "minutes", "title"))[2:]
    assert added == [(12, 120, "Day 3"), (13, 120, "Day 4")]


def test_added_days_that_overlap_a_session_are_refused(sheet, recorder_me):
    body = edit_body(sheet, more_days="11 March 2025, 9:00–12:00")
    body |= {"sessions-1-starts": "11:00", "sessions-1-ends": "13:00"}
    answer = client_of(recorder_me).post(f"{sheet.get_absolute_url()}edit/", body)
    assert answer.status_code == 422
    assert "overlap on 11 March 2025" in str(answer.context["form"].errors)
    assert sheet.sessions.count() == 2


def test_course_no_longer_offered_stays_choosable_where_it_is_chosen(sheet, recorder_me):
    type(sheet.course).objects.update(is_offered=False)
    page = client_of(recorder_me).get(f"{sheet.get_absolute_url()}edit/")
    assert [value for value, _label in page.context["form"].fields["course"].choices if value] == [str(sheet.course_id)]
    assert client_of(recorder_me).post(f"{sheet.get_absolute_url()}edit/", edit_body(sheet)).status_code == 302
