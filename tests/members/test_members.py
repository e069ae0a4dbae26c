"""Invitations, and shutting accounts."""

from datetime import timedelta
from re import search

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.access import can_manage, grantable_roles
from members.actions import accept_invitation, deactivate_member, invite_member, reactivate_member
from members.models import Invitation, Member, Role
from tests.conftest import client_of, join

pytestmark = pytest.mark.django_db
PASSWORD = "brodovi plove polako"


@pytest.fixture
def link(coordinator_me, django_capture_on_commit_callbacks) -> str:
    """The path in the mail of an invitation to Montenegro."""
    with django_capture_on_commit_callbacks(execute=True):
        invite_member(
            email="Nova@Mod.Example",
            given_name="Nova",
            family_name="Osoba",
            organisation=coordinator_me.organisation,
            roles=Role.objects.filter(code="recorder"),
            by=coordinator_me,
        )
    (message,) = mail.outbox
    assert message.to == ["nova@mod.example"]
    return search(r"/members/welcome/\S+", message.body)[0]


def choose(client, link):
    return client.post(link, {"password": PASSWORD, "again": PASSWORD})


def test_link_works_once(link, stranger):
    assert choose(stranger, link).url == "/"
    member = Member.objects.get(email="nova@mod.example")
    assert (member.organisation.code, set(member.role_codes), member.check_password(PASSWORD)) == (
        "ME",
        {"recorder"},
        True,
    )
    assert stranger.get("/trainings/").url == "/account/second-factor/?next=%2Ftrainings%2F"
    assert choose(client_of(None), link).status_code == 410
    assert Member.objects.filter(email="nova@mod.example").count() == 1


def test_link_does_not_tell_its_token_from_the_database(link):
    assert Invitation.objects.get().token_hash not in link


def test_expired_link_is_gone(link, stranger):
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=7, seconds=1))
    assert (stranger.get(link).status_code, choose(stranger, link).status_code) == (410, 410)
    assert not Member.objects.filter(email="nova@mod.example").exists()


def test_revoked_link_is_gone(link, stranger, coordinator_me):
    assert (
        client_of(coordinator_me).post(f"/members/invitations/{Invitation.objects.get().pk}/revoke/").url == "/members/"
    )
    assert choose(stranger, link).status_code == 410


def test_two_acceptances_make_one_member(link):
    invitation = Invitation.objects.get()
    accept_invitation(invitation=invitation, password=PASSWORD)
    with pytest.raises(ValidationError, match="has been used"):
        accept_invitation(invitation=invitation, password=PASSWORD)
    assert Member.objects.filter(email="nova@mod.example").count() == 1


def test_second_invitation_replaces_the_first(link, stranger, coordinator_me):
    invite_member(
        email="nova@mod.example",
        given_name="N",
        family_name="O",
        organisation=coordinator_me.organisation,
        roles=[],
        by=coordinator_me,
    )
    assert choose(stranger, link).status_code == 410


def test_weak_password_is_refused(link, stranger):
    answer = stranger.post(link, {"password": "password", "again": "password"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])


def invitation_form(organisation, *roles):
    return {
        "email": "x@mod.example",
        "given_name": "X",
        "family_name": "Y",
        "organisation": organisation,
        "roles": roles,
    }


@pytest.mark.parametrize("role", ["admin", "observer"])
def test_coordinator_grants_neither_admin_nor_observer(coordinator_me, role):
    assert role not in grantable_roles(coordinator_me).values_list("code", flat=True)
    answer = client_of(coordinator_me).post("/members/invite/", invitation_form(coordinator_me.organisation_id, role))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["roles"])


def test_coordinator_invites_only_to_their_own_ministry(coordinator_me, organisation):
    answer = client_of(coordinator_me).post("/members/invite/", invitation_form(organisation("RS").pk, "recorder"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["organisation"])
    assert Invitation.objects.count() == 0


def test_admin_grants_every_role_anywhere(admin, organisation):
    answer = client_of(admin).post("/members/invite/", invitation_form(organisation("RS").pk, "admin", "observer"))
    assert answer.status_code == 302
    assert set(Invitation.objects.get().roles.values_list("code", flat=True)) == {"admin", "observer"}


def test_member_is_not_invited_again(coordinator_me, recorder_me):
    body = invitation_form(coordinator_me.organisation_id, "recorder") | {"email": recorder_me.email.upper()}
    answer = client_of(coordinator_me).post("/members/invite/", body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])


def test_deactivated_member_is_signed_out_everywhere(recorder_me, trainer_me, coordinator_me):
    browsers = [client_of(recorder_me), client_of(recorder_me)]
    other = client_of(trainer_me)
    deactivate_member(member=recorder_me, by=coordinator_me)
    assert [b.get("/trainings/").status_code for b in browsers] == [302, 302]
    assert other.get("/trainings/").status_code == 200
    reactivate_member(member=recorder_me, by=coordinator_me)
    assert client_of(Member.objects.get(pk=recorder_me.pk)).get("/trainings/").status_code == 200


def test_last_admin_and_oneself_stay(admin):
    with pytest.raises(ValidationError, match="yourself"):
        deactivate_member(member=admin, by=admin)
    second = join("SEESAC", "Drugi", "Upravić", "admin")
    deactivate_member(member=second, by=admin)
    with pytest.raises(ValidationError, match="last network admin"):
        deactivate_member(member=admin, by=second)


def test_coordinator_manages_no_admin_of_their_ministry(coordinator_me):
    colleague = join("ME", "Ana", "Upravić", "admin")
    assert can_manage(coordinator_me, colleague) is False


def test_nobody_signs_up_without_an_invitation(stranger, reference):
    stranger.post("/account/signup/", {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD})
    assert Member.objects.count() == 0
