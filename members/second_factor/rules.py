"""Who must sign in with a second factor, who has one, and whether it was shown in this sign-in."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from members.models import Member, RoleCode

# Observers see figures only; everybody else sees names of participants or of members.
ROLES_WITHOUT = frozenset({RoleCode.OBSERVER})
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# In the session: the member whose second factor was shown or made in this sign-in.
SHOWN_KEY = "second_factor_of"


def must_have_second_factor(member: Member) -> bool:
    """Return whether any role of this member sees names. No query for a signed-in member."""
    return bool(member.role_codes - ROLES_WITHOUT)


def has_second_factor() -> Exists:
    """Return the condition that a member has a second factor, for annotating or filtering members. One subquery."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


def factors_of(member: Member) -> list[Authenticator]:
    """Return the member's app and passkeys, oldest first, without recovery codes. One query."""
    return list(Authenticator.objects.filter(user=member, type__in=FACTORS).order_by("pk"))


def is_pending(request: HttpRequest, member: Member) -> bool:
    """Return whether this sign-in has not shown the second factor that the member's roles ask for. No query.

    What counts is this sign-in: another browser of the member in which only the password was typed stays pending.
    """
    if not settings.SECOND_FACTOR_REQUIRED or not must_have_second_factor(member):
        return False
    return bool(request.session.get(SHOWN_KEY) != member.pk)


def note_shown(request: HttpRequest, member: Member) -> None:
    """Remember in the session that the member's second factor was shown or made."""
    request.session[SHOWN_KEY] = member.pk


def is_last(factor: Authenticator) -> bool:
    """Return whether the member would have no second factor without this one. One query."""
    return not Authenticator.objects.filter(user=factor.user_id, type__in=FACTORS).exclude(pk=factor.pk).exists()
