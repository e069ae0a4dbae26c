"""The demo network: the same rows each time, the promised counts, and rows as the actions would leave them."""

import hashlib
from collections import Counter, defaultdict
from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.test import override_settings

from audit.models import AuditEntry
from common.folding import spelling
from members.models import Member
from portal.demo.deliveries import days_of_one_week, working_days, working_days_until
from reports.cascade.presentation import show_cascade
from reports.trainers.deliveries import taught_by, total_of
from trainers.models import TrainerProfile
from trainings.counting import Question, figures, figures_by, training_totals
from trainings.models import (
    Assignment,
    DuplicatePair,
    Enrolment,
    Evidence,
    FiguresVersion,
    Headcount,
    Mark,
    Participant,
    Party,
    ReferenceCounter,
    Session,
    Training,
)

TODAY = date(2026, 11, 24)
# The demo is an SQLite file wherever `make run` makes it.
pytestmark = [pytest.mark.both_engines, pytest.mark.only_on("sqlite")]
APPS = ("members", "trainers", "trainings", "audit")
# What is drawn by chance each time, and what names rows by their numbers.
RANDOM = ("password", "salt", "free_text_hash", "party_id", "roster_key", "headcount_key", "file", "details")
LINE_NAMES = (("kind", "object_id"), ("root_kind", "root_id"))


def load(today: date = TODAY) -> str:
    said = StringIO()
    with override_settings(DEMO=True):
        call_command("demo", today=today, stdout=said)
    return said.getvalue()


def digest() -> str:
    """A digest of every row of every table, with ids counted from the first and without what is drawn by chance."""
    results = hashlib.sha256()
    for app in APPS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            first = {name: min(rows) for name, rows in _numbers(model).items() if rows}
            for row in model._base_manager.order_by("pk").values():
                row = {name: value for name, value in row.items() if name not in RANDOM}
                if model is AuditEntry:  # it names in words what it is about
                    row.update({name: _place(row[kind], row[name]) for kind, name in LINE_NAMES})
                row = {name: value - first[name] if name in first and value else value for name, value in row.items()}
                results.update(repr((model.__name__, row)).encode())
    return results.hexdigest()


def _place(kind: str, pk: str) -> int | str:
    """How many numbers after the first of its model this one is."""
    if not pk:
        return pk
    rows = apps.get_model(kind)._base_manager.order_by("pk")
    return int(pk) - rows.values_list("pk", flat=True)[0]


def _numbers(model) -> dict[str, list[int]]:
    """The ids in a table, by column: they go on counting after a rollback on PostgreSQL."""
    names = [f.attname for f in model._meta.concrete_fields if f.is_relation or f.primary_key]
    columns = {name: list(model._base_manager.exclude(**{name: None}).values_list(name, flat=True)) for name in names}
    return {name: rows for name, rows in columns.items() if rows and isinstance(rows[0], int)}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for the tests of this module; what the command printed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def demo(request):
    """Every test but those that need an empty database looks at the loaded demo."""
    if "db" not in request.fixturenames:
        request.getfixturevalue("loaded")


@pytest.mark.drill
def test_two_loads_of_one_day_give_the_same_rows(db):
    with transaction.atomic():
        load()
        first = digest()
        transaction.set_rollback(True)
    load()
    assert digest() == first


@pytest.mark.slow
def test_digest_notices_one_changed_mark():
    before = digest()
    with transaction.atomic():
        Mark.objects.filter(pk=Mark.objects.order_by("pk")[0].pk).update(value="excused")
        changed = digest()
        transaction.set_rollback(True)
    assert changed != before


def test_summary_says_what_was_loaded(loaded):
    assert loaded.startswith("The demo network is loaded in ")
    assert f"33 trainers, {Training.objects.count()} trainings, {Participant.objects.count():,} people" in loaded


def test_constraints_hold():
    connection.check_constraints()


@pytest.mark.slow
@pytest.mark.parametrize(
    "today",
    [date(2026, 1, 1), *(pytest.param(day, marks=pytest.mark.drill) for day in (date(2026, 2, 28), date(2027, 8, 15)))],
)
def test_any_day_of_loading_leaves_nothing_in_its_future(db, today):
    load(today)
    tomorrow = today + timedelta(days=1)
    assert not Training.objects.filter(
        Q(created_at__date__gte=tomorrow)
        | Q(submitted_at__date__gte=tomorrow)
        | Q(verified_at__date__gte=tomorrow)
        | Q(cancelled_at__date__gte=tomorrow)
        | Q(submitted_at__date__lt=F("ends_on"))
        | Q(verified_at__lt=F("submitted_at"))
    ).exists()
    assert not Participant.objects.filter(created_at__date__gte=tomorrow).exists()
    assert Training.objects.filter(cancelled_at=None, figures="recorded", ends_on__lt=today).count() == 3
    assert Training.objects.planned(today).count() == 4


# Who is there


def test_trainers_of_four_ministries():
    profiles = TrainerProfile.objects.select_related("member__organisation")
    assert Counter(p.member.organisation.code for p in profiles) == {"BA": 11, "RS": 9, "MK": 7, "ME": 6}
    assert Counter(p.sex for p in profiles) == {"female": 18, "male": 15}
    assert Counter((str(p.certified_on), p.member.organisation.code) for p in profiles) == {
        ("2014-03-13", "BA"): 6, ("2014-03-13", "RS"): 5, ("2014-03-13", "MK"): 3, ("2014-03-13", "ME"): 2,
        ("2015-02-05", "BA"): 5, ("2015-02-05", "RS"): 4, ("2015-02-05", "MK"): 4, ("2015-02-05", "ME"): 4,
    }  # fmt: skip
    assert profiles.filter(is_public=True).count() == 12
    assert all(p.slug == spelling(p.member.full_name).replace(" ", "-") for p in profiles)
    assert all(p.rank.country_id == p.member.organisation.country_id for p in profiles if p.rank)
    assert all(p.languages.exists() and p.topics.exists() and p.about and p.qualifications for p in profiles)


@pytest.mark.parametrize(
    ("login", "role", "organisation"),
    [
        ("admin", "admin", "SEESAC"),
        ("observer", "observer", "SEESAC"),
        *(
            (f"{role}.{code.lower()}", role, code)
            for role in ("coordinator", "recorder", "trainer")
            for code in ("BA", "ME", "MK", "RS")
        ),
    ],
)
def test_account_has_its_role_and_the_printed_password(login, role, organisation):
    member = Member.objects.get(email=f"{login}@demo.example")
    assert (member.role_codes, member.organisation.code) == ({role}, organisation)
    assert member.check_password(settings.DEMO_PASSWORD)


def test_recorder_of_montenegro_is_her_ministrys_focal_point():
    member = Member.objects.get(email="recorder.me@demo.example")
    assert (member.full_name, member.function) == ("Ivana Božović", "gender focal point")


def test_names_stand_in_both_scripts():
    families = Participant.objects.values_list("organisation__code", "family_name")
    scripts = defaultdict(set)
    for code, family in families:
        scripts[code].add("Cyrillic" if any("Ѐ" <= letter <= "ӿ" for letter in family) else "Latin")
    both = {"Cyrillic", "Latin"}
    assert [scripts[code] for code in ("BA", "ME", "MK", "RS")] == [both, both, both, both]


def test_everybody_who_became_a_trainer_was_trained():
    trained = Participant.objects.exclude(member=None)
    assert trained.count() == 33
    courses = Enrolment.objects.filter(participant__in=trained).values_list(
        "training__reference", "training__course__code", "participant__organisation"
    )
    assert Counter(row[:2] for row in courses) == {("BA-2014-001", "GTOT"): 16, ("RS-2015-001", "GTOT"): 17}
    assert set(TrainerProfile.objects.values_list("member", flat=True)) == set(trained.values_list("member", flat=True))


# What happened


def test_trainings_and_people_are_as_many_as_promised():
    total = figures(Question())
    assert 95 <= Training.objects.count() <= 110
    assert total.people_at_least > 2_000
    assert total.people_at_most > total.people_at_least
    assert total.seats > 2_500
    assert 0.88 <= total.verified_share <= 0.95
    assert Training.objects.filter(figures="submitted").count() == 2
    assert Training.objects.cancelled().exclude(cancelled_reason="").count() == 2
    assert DuplicatePair.objects.filter(state="open").count() == 5
    assert Party.objects.exclude(headcount_key=None).count() == 9
    assert Headcount.objects.filter(completed=None).exists()
    assert total.not_recorded > 0


def test_share_of_women_differs_by_ministry():
    shares = {
        code: figures(Question(organisation=pk)).women_share
        for pk, code in Party.objects.values_list("organisation", "organisation__code").distinct()
    }
    expected = {"BA": 0.34, "ME": 0.29, "MK": 0.36, "RS": 0.27}
    assert {code: abs(shares[code] - share) < 0.03 for code, share in expected.items()} == dict.fromkeys(expected, True)


def test_course_for_four_african_armed_forces():
    training = Training.objects.get(starts_on="2016-12-07")
    assert (training.ends_on, training.owner.code, training.language_id) == (date(2016, 12, 15), "RS", "en")
    assert Counter(training.enrolments.values_list("organisation__code", flat=True)) == {
        "GH": 4,
        "NG": 4,
        "RW": 4,
        "UG": 3,
    }
    instructors = training.assignments.values_list("trainer__member__organisation__code", flat=True)
    assert (len(instructors), set(instructors)) == (7, {"BA", "ME", "MK", "RS"})
    assert set(training.partners.values_list("code", flat=True)) == {"NCGM", "PKOC"}


def test_montenegrin_trainers_served_in_five_countries():
    away = Assignment.objects.filter(
        training__in=Training.objects.counting(), trainer__member__organisation__code="ME"
    ).exclude(training__country="ME")
    assert set(away.values_list("training__country", flat=True)) == {"GE", "MD", "RS", "UA", "GB"}
    assert set(Training.objects.filter(host__kind="host").values_list("owner__code", flat=True)) == {"ME"}


def test_trainers_report_tells_the_same_story():
    montenegro = total_of(taught_by(TrainerProfile.objects.filter(member__organisation__code="ME"), None, None), TODAY)
    assert montenegro.served_in == ("Georgia", "Moldova", "Serbia", "Ukraine", "United Kingdom")
    total = total_of(taught_by(TrainerProfile.objects.all(), None, None), TODAY)
    assert (total.trainers, 0 < total.trainers - total.current < 12) == (33, True)


def test_cascade_of_the_demo_is_alive():
    reader = Member.objects.get(email="observer@demo.example")
    first, second, third = show_cascade(reader, own=False, today=TODAY).cohorts
    assert [(c.training.reference, c.graduates, c.trainers) for c in (first, second, third)] == [
        ("BA-2014-001", 16, 16), ("RS-2015-001", 17, 17), ("RS-2016-003", 15, 0),
    ]  # fmt: skip
    assert [(way.reference, len(some)) for way, some in first.first.after.through] == [("RS-2015-001", 17)]
    assert [way.reference for way, _graduates in first.first.makers] == ["RS-2015-001", "RS-2016-003"]
    assert first.people.least > second.people.least > 1_500
    assert all(after.has_passed and after.for_each > 5 for cohort in (first, second) for after in cohort.after)


def test_online_course_has_minutes_without_clock_times():
    sessions = Session.objects.filter(training__mode="online")
    assert list(sessions.values_list("minutes", "starts", "ends")) == [
        (90, None, None), (120, None, None), (90, None, None),
    ]  # fmt: skip
    assert {session.date.strftime("%Y-%m") for session in sessions} == {"2023-10"}


def test_three_trainings_lack_marks():
    ended = Training.objects.filter(cancelled_at=None, figures="recorded", ends_on__lt=TODAY).order_by("pk")
    lacking = {
        training.reference: sorted(
            session.title for session in training.sessions.all() if session.marks.count() < training.enrolments.count()
        )
        for training in ended
    }
    assert lacking == {
        "BA-2026-005": ["Day 2", "Day 3"],
        "ME-2026-004": ["Day 3"],
        "RS-2026-004": ["Day 2"],
    }
    assert all(TODAY - training.ends_on <= timedelta(days=21) for training in ended)
    danilovgrad = ended.get(place="Danilovgrad")
    assert (danilovgrad.title, danilovgrad.enrolments.count()) == ("Gender awareness for NCOs", 24)
    assert danilovgrad.enrolments.filter(participant__sex="female").count() == 9


def test_ranks_rise_between_trainings():
    ranks = defaultdict(set)
    for person, rank in Enrolment.objects.exclude(rank=None).values_list("participant", "rank"):
        ranks[person].add(rank)
    assert sum(len(found) > 1 for found in ranks.values()) > 20


# Rows as the actions leave them


def test_minutes_on_enrolments_are_those_of_their_marks():
    held = Mark.objects.filter(session__cancelled_at=None).exclude(value="")
    recorded, attended, minutes = Counter(), Counter(), Counter()
    for enrolment, value, length in held.values_list("enrolment", "value", "session__minutes"):
        recorded[enrolment] += 1
        if value in ("present", "late"):
            attended[enrolment] += 1
            minutes[enrolment] += length
    stored = Enrolment.objects.values_list("pk", "recorded_sessions", "attended_sessions", "minutes")
    wrong = [row for row in stored if row != (row[0], recorded[row[0]], attended[row[0]], minutes[row[0]])]
    assert wrong == []


def test_derived_columns_of_trainings_follow_their_sessions():
    for training in Training.objects.prefetch_related("sessions"):
        held = [session for session in training.sessions.all() if not session.is_cancelled]
        assert (training.counts_on, training.scheduled_minutes, training.completion_threshold) == (
            max(session.date for session in held),
            sum(session.minutes for session in held),
            80,
        )
        assert training.title_key == spelling(f"{training.title} {training.place} {training.reference}")


def test_some_session_was_cancelled():
    assert Session.objects.exclude(cancelled_at=None).count() == 1


def test_references_count_on_without_gaps():
    numbers = defaultdict(list)
    for reference in Training.objects.order_by("reference").values_list("reference", flat=True):
        country, year, number = reference.split("-")
        numbers[country, int(year)].append(int(number))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    counters = {(c.country_id, c.year): c.last for c in ReferenceCounter.objects.all()}
    assert counters == {key: len(found) for key, found in numbers.items()}


def test_every_submitted_training_has_its_frozen_figures():
    versions = {version.training_id: version for version in FiguresVersion.objects.all()}
    submitted = list(Training.objects.counting())
    assert set(versions) == {training.pk for training in submitted}
    for training in submitted[::12]:
        totals = training_totals(training)
        for rule in ("attended", "completed"):
            totals[rule]["verified_seats"] = 0  # nothing is verified yet when figures are submitted
        assert versions[training.pk].totals == totals


def test_frozen_figures_add_up_to_the_networks_seats():
    frozen = sum(version.totals["attended"]["seats"] for version in FiguresVersion.objects.all())
    assert frozen == figures(Question()).seats


def test_nobody_verified_what_they_submitted_and_both_are_of_the_owner():
    for training in Training.objects.filter(figures="verified").select_related("submitted_by", "verified_by"):
        assert training.submitted_by.has_role("recorder")
        assert training.verified_by.has_role("coordinator")
        assert {training.submitted_by.organisation_id, training.verified_by.organisation_id} == {training.owner_id}


def test_record_tells_the_life_of_a_verified_training():
    training = Training.objects.filter(figures="verified").first()
    lines = AuditEntry.objects.filter(root_kind="trainings.training", root_id=str(training.pk)).order_by("pk")
    assert [line.action for line in lines] == [
        "create_training", "add_to_roster", "change_marks", "submit_figures", "attach_evidence", "verify_figures",
    ]  # fmt: skip
    assert [(line.at, line.by_id) for line in (lines[0], lines[3], lines[5])] == [
        (training.created_at, training.created_by_id),
        (training.submitted_at, training.submitted_by_id),
        (training.verified_at, training.verified_by_id),
    ]


def test_record_is_in_the_order_of_time():
    moments = list(AuditEntry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[0].year == 2014


def test_duplicate_pairs_are_one_name_in_two_scripts():
    for pair in DuplicatePair.objects.select_related("first", "second"):
        assert pair.first.spelling_key == pair.second.spelling_key
        assert pair.first.organisation_id == pair.second.organisation_id
        assert str(pair.first) != str(pair.second)
        assert pair.first.enrolments.get().has_attended
        assert pair.second.enrolments.get().has_attended


def test_nobody_else_of_one_organisation_shares_a_name():
    keys = Counter(Participant.objects.values_list("organisation", "spelling_key"))
    assert sum(number > 1 for number in keys.values()) == DuplicatePair.objects.count()


def test_trainers_teach_only_after_they_are_certified():
    assert not Assignment.objects.filter(training__starts_on__lt=F("trainer__certified_on")).exists()


def test_headcounts_stand_beside_no_roster():
    by_party = Headcount.objects.values("party").annotate(n=Sum("attended"))
    assert all(row["n"] >= 18 for row in by_party)
    assert len(figures_by(Question(), "country")) == 8


# Refusals


def test_demo_refuses_a_database_with_members():
    before = Member.objects.count()
    with override_settings(DEMO=True), pytest.raises(CommandError, match=r"^The database is not empty: "):
        call_command("demo", today=TODAY)
    assert Member.objects.count() == before


def test_demo_refuses_where_people_work(db):
    with override_settings(DEMO=False, BENCH=False), pytest.raises(CommandError, match="Set DEMO=1 to load it"):
        call_command("demo", today=TODAY)
    assert Member.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"today": date(2025, 12, 31)}, "Give a later day"), ({"today": TODAY, "people": 3}, "The story alone has about")],
)
def test_demo_refuses_what_makes_no_sense(db, options, sentence):
    with override_settings(DEMO=True), pytest.raises(CommandError, match=sentence):
        call_command("demo", **options)
    assert Member.objects.count() == 0


@pytest.mark.drill
def test_demo_grows_to_the_people_asked_for(db):
    with override_settings(DEMO=True):
        call_command("demo", today=TODAY, people=5_000, verbosity=0)
    assert 4_100 <= Participant.objects.count() <= 5_900  # whole rounds of some 1,700


# The calendar


def test_working_days_leave_out_sundays():
    assert [day.day for day in working_days(date(2015, 1, 28), 8, saturdays=True)] == [28, 29, 30, 31, 2, 3, 4, 5]
    assert [day.day for day in working_days(date(2015, 1, 30), 2)] == [30, 2]


@pytest.mark.parametrize("shift", range(7))
def test_days_of_one_week_stay_within_it(shift):
    first = date(2026, 11, 2) + timedelta(days=shift)
    after, before = days_of_one_week(first, 3), working_days_until(first, 3)
    assert after[0] >= first
    assert before[-1] <= first
    assert len({day.isocalendar().week for day in after}) == len({day.isocalendar().week for day in before}) == 1
    assert max(day.weekday() for day in after + before) <= 4


def test_latest_trainings_have_their_signed_sheets():
    latest = Training.objects.counting().exclude(submitted_by=None).order_by("-counts_on", "-pk")[:24]
    assert set(Evidence.objects.values_list("training", flat=True)) == {training.pk for training in latest}
    for evidence in Evidence.objects.all():
        with evidence.file.open() as file:
            content = file.read()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (evidence.content_hash, evidence.size)
