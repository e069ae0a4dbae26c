"""Two admins who take the role from each other at the same moment: one of them stays."""

import pytest

from members.actions import change_roles, deactivate_member
from members.models import Member, Role, RoleCode
from tests.conftest import join
from tests.threads import at_once, needs_two_connections

pytestmark = [*needs_two_connections, pytest.mark.slow]


def admins() -> int:
    return Member.objects.filter(roles=RoleCode.ADMIN, is_active=True).count()


def test_two_admins_at_once_leave_one(admin):
    second = join("SEESAC", "Druga", "Admin", "admin")
    recorder = list(Role.objects.filter(code="recorder"))
    outcomes = at_once(
        lambda: change_roles(member=second, roles=recorder, by=admin),
        lambda: deactivate_member(member=admin, by=second),
    )
    assert admins() == 1
    assert sum(outcome is None for outcome in outcomes) == 1
