"""The reference data: complete, in the words of the region, and never overwriting an admin's edit."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.folding import spelling
from members.models import Country, Language, Organisation, Rank, Role, RoleCode
from reports.models import IndicatorValue
from trainers.models import Topic
from trainings.models import Course

pytestmark = pytest.mark.django_db
MODELS = (Country, Language, Organisation, Rank, Role, Topic, Course, IndicatorValue)


@pytest.fixture(autouse=True)
def reference(db):
    call_command("load_reference", verbosity=0)


def test_everything_is_there():
    assert {model.__name__: model.objects.count() for model in MODELS} == {
        "Country": 30, "Language": 15, "Organisation": 16, "Rank": 73, "Role": 5, "Topic": 12, "Course": 10,
        "IndicatorValue": 9,
    }  # fmt: skip


def test_second_load_changes_nothing():
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    call_command("load_reference", verbosity=0)
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_load_keeps_what_an_admin_edited_and_brings_back_what_is_missing():
    Course.objects.filter(code="GA-1").update(name="Gender in the barracks", completion_threshold=60)
    Course.objects.get(code="GA-1").topics.clear()
    Organisation.objects.filter(code="NCGM").update(short_name="Nordic Centre")
    Country.objects.filter(code="FI").delete()
    call_command("load_reference", verbosity=0)
    course = Course.objects.get(code="GA-1")
    assert (course.name, course.completion_threshold, course.topics.count()) == ("Gender in the barracks", 60, 0)
    assert Organisation.objects.get(code="NCGM").short_name == "Nordic Centre"
    assert Country.objects.get(code="FI").name == "Finland"


def test_load_takes_one_insert_for_each_table():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        call_command("load_reference", verbosity=0)
    inserts = [query["sql"].split('"')[1] for query in queries if "INSERT" in query["sql"]]
    assert Counter(inserts) == dict.fromkeys((model._meta.db_table for model in MODELS), 1)


def test_region_has_four_countries_each_with_its_ministry():
    region = Country.objects.filter(in_region=True).values_list("code", flat=True)
    assert set(region) == {"BA", "ME", "MK", "RS"}
    ministries = Organisation.objects.filter(kind="ministry").values_list("code", "country")
    assert set(ministries) == {(code, code) for code in region}
    assert Organisation.objects.get(kind="secretariat").code == "SEESAC"


def test_every_role_says_what_it_allows():
    roles = {role.code: role.sentence for role in Role.objects.all()}
    assert set(roles) == set(RoleCode.values)
    assert all(sentence.endswith(".") and len(sentence) > 60 for sentence in roles.values())


@pytest.mark.parametrize(("country", "nato"), [("BA", "OF-4"), ("RS", "OF-5"), ("ME", "OF-5")])
def test_same_word_is_another_rank_in_another_country(country, nato):
    assert Rank.objects.get(country=country, name_key=spelling("пуковник")).nato == nato


def test_ranks_that_a_ministry_must_still_confirm_say_so():
    assert Rank.objects.get(country="BA", name="pukovnik").confirmed is True
    assert Rank.objects.get(country="ME", name="pukovnik").confirmed is False


def test_every_course_has_a_summary_and_topics():
    for course in Course.objects.all():
        assert course.summary.count(".") >= 2
        assert course.topics.exists()
    assert Course.objects.get(code="ONL").days is None
    assert Course.objects.get(code="GTOT").days == 10


def test_every_topic_is_taught_or_can_be():
    assert Topic.objects.filter(courses=None).count() == 1  # cadet education has no course of its own
