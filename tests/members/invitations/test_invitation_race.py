"""One invitation opened in two tabs at once makes one member."""

import pytest
from django.core.exceptions import ValidationError

from members.actions import accept_invitation, invite_member
from members.models import Invitation, Member
from tests.threads import at_once, needs_two_connections

pytestmark = [*needs_two_connections, pytest.mark.slow]


def test_two_tabs_at_once_make_one_member(coordinator_me):
    invite_member(
        email="nova@mod.example",
        given_name="Nova",
        family_name="Osoba",
        organisation=coordinator_me.organisation,
        roles=[],
        by=coordinator_me,
    )
    invitation = Invitation.objects.get()
    answers = at_once(*[lambda: accept_invitation(invitation=invitation, password="brodovi plove polako")] * 2)
    assert {type(answer) for answer in answers} == {Member, ValidationError}
    assert Member.objects.filter(email="nova@mod.example").count() == 1


def test_invitations_of_two_ministries_at_once_make_one_member(coordinator_me, coordinator_rs):
    for by in (coordinator_me, coordinator_rs):
        invite_member(
            email="nova@mod.example",
            given_name="Nova",
            family_name="Osoba",
            organisation=by.organisation,
            roles=[],
            by=by,
        )
    acts = [
        lambda invitation=invitation: accept_invitation(invitation=invitation, password="brodovi plove polako")
        for invitation in Invitation.objects.all()
    ]
    answers = at_once(*acts)
    assert {type(answer) for answer in answers} == {Member, ValidationError}
    assert Member.objects.filter(email="nova@mod.example").count() == 1
