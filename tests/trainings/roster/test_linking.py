"""Saying which member a participant became."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import AuditEntry
from tests.conftest import client_of, join, make_roster, make_training
from trainings.counting import training_totals
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import Participant
from trainings.roster.linking import link_participant, unlink_participant

pytestmark = pytest.mark.django_db


def page_of(enrolment):
    return reverse("trainings:enrolment_member", args=[enrolment.training.reference, enrolment.pk])


@pytest.fixture
def enrolment(marked):
    return marked.enrolments.order_by("pk").first()


def member_linked(enrolment):
    return Participant.objects.get(pk=enrolment.participant_id).member


def test_home_recorder_links_changes_and_takes_back(enrolment, recorder_me, trainer_me, coordinator_me):
    client, before = client_of(recorder_me), training_totals(enrolment.training)
    for chosen in (trainer_me, coordinator_me, None):
        answer = client.post(page_of(enrolment), {"member": chosen.pk if chosen else ""})
        assert (answer.status_code, member_linked(enrolment)) == (302, chosen)
    lines = AuditEntry.objects.filter(kind="trainings.participant").order_by("pk")
    assert [(line.action, line.root_id, line.fields, line.details) for line in lines] == [
        (verb, str(enrolment.training_id), ["member"], {})
        for verb in ("link_participant", "link_participant", "unlink_participant")
    ]
    assert [line.text.body["member"] for line in lines] == [
        ["", "Tanja Trenerić"], ["Tanja Trenerić", "Kata Vodić"], ["Kata Vodić", ""],
    ]  # fmt: skip
    assert training_totals(enrolment.training) == before


def test_saving_what_stands_already_writes_nothing(enrolment, recorder_me, trainer_me):
    client, lines = client_of(recorder_me), AuditEntry.objects.filter(kind="trainings.participant")
    client.post(page_of(enrolment), {"member": ""})
    assert lines.count() == 0
    for _again in range(2):
        client.post(page_of(enrolment), {"member": trainer_me.pk})
    assert lines.count() == 1


def test_only_members_of_the_home_are_offered_and_the_same_name_stands_first(enrolment, recorder_me, trainer_rs):
    person = enrolment.participant
    same = join("ME", person.given_name, person.family_name)
    answer = client_of(recorder_me).get(page_of(enrolment))
    offered = [key for key, _name in answer.context["form"].fields["member"].choices]
    assert offered[:2] == ["", str(same.pk)]
    assert str(trainer_rs.pk) not in offered
    answer = client_of(recorder_me).post(page_of(enrolment), {"member": trainer_rs.pk})
    assert (answer.status_code, member_linked(enrolment)) == (422, None)


def test_refusals_say_what_to_do(enrolment, recorder_me, trainer_me, trainer_rs):
    first, second, third = (row.participant for row in enrolment.training.enrolments.order_by("pk"))
    training = enrolment.training
    with pytest.raises(ValidationError, match="Choose a member of the organisation"):
        link_participant(participant=first, member=trainer_rs, training=training, by=recorder_me)
    link_participant(participant=first, member=trainer_me, training=training, by=recorder_me)
    with pytest.raises(ValidationError, match="Tanja Trenerić is linked to another record"):
        link_participant(participant=second, member=trainer_me, training=training, by=recorder_me)
    Participant.objects.filter(pk=third.pk).update(merged_into=second)
    for act, more in ((link_participant, {"member": recorder_me}), (unlink_participant, {})):
        with pytest.raises(ValidationError, match="This record was merged"):
            act(participant=third, training=training, by=recorder_me, **more)
    assert AuditEntry.objects.filter(kind="trainings.participant").count() == 1


def test_owner_does_not_link_people_of_another_home_whose_own_does(recorder_me, recorder_rs, trainer_rs):
    training = make_training(recorder_me)
    (guest,) = make_roster(training, 1, recorder_me, home=recorder_rs.organisation)
    body = {"member": trainer_rs.pk}
    assert client_of(recorder_me).post(page_of(guest), body).status_code == 403
    assert member_linked(guest) is None
    assert client_of(recorder_rs).post(page_of(guest), body).status_code == 302
    assert member_linked(guest) == trainer_rs


@pytest.mark.parametrize(
    ("name", "status"), [("trainer_me", 403), ("recorder_rs", 404), ("admin", 404), ("observer", 404)]
)
def test_others_do_not_link(name, status, enrolment, cast):
    assert client_of(cast[name]).get(page_of(enrolment)).status_code == status


def test_roster_says_who_became_whom_also_when_figures_are_locked(enrolment, recorder_me, trainer_me, coordinator_me):
    link_participant(participant=enrolment.participant, member=trainer_me, training=enrolment.training, by=recorder_me)
    submit_figures(training=enrolment.training, by=recorder_me)
    verify_figures(training=enrolment.training, version_seen=1, by=coordinator_me)
    html = client_of(coordinator_me).get(f"{enrolment.training.get_absolute_url()}roster/").content.decode()
    assert html.count("Became the member Tanja Trenerić") == 1
    assert html.count('class="chip touch"') == 2
    assert html.count("/member/") == 3
