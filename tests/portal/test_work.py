import pytest

from members.access import manageable_requests, unsent_mails
from members.models import Member
from portal.todo import counted
from tests.conftest import join
from trainings.access import open_pairs
from trainings.models import DuplicatePair, Participant, Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def test_several_counts_are_one_query(training, coordinator_me, admin, django_assert_num_queries):
    first, two = (
        Participant.objects.create(organisation=coordinator_me.organisation, family_name=name) for name in "AB"
    )
    DuplicatePair.objects.create(first=first, second=two, state="open")
    join("ME", "Još", "Jedan", "trainer", "recorder")
    for member in (coordinator_me, admin):
        query = {
            "members": Member.objects.filter(roles__isnull=False),  # a member of two roles stands in two rows, and is one
            "asking": manageable_requests(member), "pairs": open_pairs(member), "unsent": unsent_mails(member),
            "trainings": Training.objects.all(), "none": Training.objects.none(),
        }  # fmt: skip
        expected = {name: found.distinct().count() for name, found in query.items()}
        assert expected["members"] > 2
        assert (expected["trainings"], expected["none"]) == (1, 0)
        with django_assert_num_queries(1):
            assert counted(**query) == expected
    assert counted(none=Training.objects.none(), less=Member.objects.none()) == {"none": 0, "less": 0}
    assert counted(first=Training.objects.none(), all=Training.objects.all()) == {"first": 0, "all": 1}
