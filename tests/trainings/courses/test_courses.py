"""The catalogue and the topics: every member reads courses, admins edit both."""

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from tests.conftest import client_of
from trainers.models import Topic
from trainings.models import Course

pytestmark = pytest.mark.django_db
FACTS = {
    "code": "NEW-1",
    "name": "Gender in operations",
    "days": "3",
    "audience": "Planners",
    "completion_threshold": "75",
}


def new_lines():
    return list(AuditEntry.objects.values_list("action", "kind"))


def test_catalogue_shows_a_member_what_each_course_teaches_and_no_way_to_edit(trainer_me):
    course = Course.objects.get(code="GA-2")
    body = client_of(trainer_me).get(reverse("trainings:courses")).content.decode()
    assert [part in body for part in (course.summary, "2 days", "Officers, NCOs", "80 % of the minutes")] == [True] * 4
    assert reverse("trainings:course_new") not in body
    assert reverse("trainings:course_edit", args=[course.pk]) not in body


def test_course_no_longer_offered_comes_last_and_says_so(admin):
    course = Course.objects.order_by("name").first()
    Course.objects.filter(pk=course.pk).update(is_offered=False)
    answer = client_of(admin).get(reverse("trainings:courses"))
    assert list(answer.context["page"])[-1] == course
    assert answer.content.decode().count("No longer offered") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_catalogue_takes_the_same_queries_for_any_number_of_courses(rows, trainer_me, django_assert_num_queries):
    Course.objects.exclude(pk__in=Course.objects.values_list("pk")[:rows]).delete()
    client = client_of(trainer_me)
    # The session, the member with roles (2), and the courses: number, rows, topics.
    with django_assert_num_queries(5):
        client.get(reverse("trainings:courses"))


def test_admin_adds_a_course_with_topics_in_one_audit_line(admin):
    AuditEntry.objects.all().delete()
    topics = list(Topic.objects.values_list("pk", flat=True)[:2])
    answer = client_of(admin).post(reverse("trainings:course_new"), {**FACTS, "topics": topics, "is_offered": "on"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("trainings:courses"))
    course = Course.objects.get(code="NEW-1")
    assert (course.days, course.completion_threshold, course.is_offered) == (3, 75, True)
    assert sorted(course.topics.values_list("pk", flat=True)) == sorted(topics)
    assert new_lines() == [("create_course", "trainings.course")]


def test_wrong_threshold_keeps_what_was_typed_and_writes_nothing(admin):
    course = Course.objects.get(code="GA-1")
    url = reverse("trainings:course_edit", args=[course.pk])
    answer = client_of(admin).post(url, {**FACTS, "completion_threshold": "101"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"completion_threshold"}
    assert 'value="Gender in operations"' in answer.content.decode()
    assert Course.objects.get(pk=course.pk).name == course.name


def test_admin_renames_a_topic_and_a_second_one_of_that_name_is_refused(admin):
    AuditEntry.objects.all().delete()
    topic, other = Topic.objects.all()[:2]
    url = reverse("trainers:topic_edit", args=[topic.pk])
    client = client_of(admin)
    assert client.post(url, {"name": "Gender and climate"})["Location"] == reverse("trainers:topics")
    assert client.post(url, {"name": other.name}).status_code == 422
    assert Topic.objects.get(pk=topic.pk).name == "Gender and climate"
    assert new_lines() == [("change_topic", "trainers.topic")]


def test_list_of_topics_counts_the_trainers_who_chose_each(admin, trainer_me):
    topic = Topic.objects.first()
    trainer_me.profile.topics.add(topic)
    page = client_of(admin).get(reverse("trainers:topics")).context["page"]
    assert {row.pk: row.chosen for row in page if row.chosen} == {topic.pk: 1}


@pytest.mark.slow
def test_only_admins_edit_courses_and_topics(cast):
    routes = [
        *(
            (f"trainings:{name}", args)
            for name, args in (("course_new", []), ("course_edit", [Course.objects.first().pk]))
        ),
        ("trainers:topics", []),
        ("trainers:topic_new", []),
        ("trainers:topic_edit", [Topic.objects.first().pk]),
    ]
    decided = {"stranger": 302, "admin": 200}
    for who, member in cast.items():
        client = client_of(member)
        got = [client.get(reverse(name, args=args)).status_code for name, args in routes]
        assert (who, got) == (who, [decided.get(who, 403)] * len(routes))
