"""Who must sign in with a second factor, who has one, and whether it was shown in this sign-in."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from members.models import Member, RoleCode

# Observers see figures only; everybody else sees names of participants or of members.
ROLES_WITHOUT = frozenset({RoleCode.OBSERVER})
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have_second_factor(member: Member) -> bool:
    """Return whether any role of this member sees names. No query for a signed-in member."""
    return bool(member.role_codes - ROLES_WITHOUT)


def has_second_factor() -> Exists:
    """Return the condition that a member has a second factor, for annotating or filtering members. One subquery."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
