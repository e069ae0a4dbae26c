"""Who must use a second factor, who has one, and whether it was used in this session."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from members.models import Member, RoleCode

# Observers see figures only; every other role sees names of participants or of members.
ROLES_WITHOUT = frozenset({RoleCode.OBSERVER})
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# In the session: the member whose second factor was used or set up in it.
SHOWN_KEY = "second_factor_of"


def must_have_second_factor(member: Member) -> bool:
    """Return whether any of this member's roles sees names. No query for a signed-in member."""
    return bool(member.role_codes - ROLES_WITHOUT)


def has_second_factor() -> Exists:
    """Return the condition that a member has a second factor, to annotate or filter members. One subquery."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


def factors_of(member: Member) -> list[Authenticator]:
    """Return the member's app and passkeys, oldest first, without recovery codes. One query."""
    return list(Authenticator.objects.filter(user=member, type__in=FACTORS).order_by("pk"))


def is_pending(request: HttpRequest, member: Member) -> bool:
    """Return whether this session still lacks the second factor that the member's roles require. No query.

    Only this session counts: another browser in which the member typed only the password stays pending.
    """
    if not settings.SECOND_FACTOR_REQUIRED or not must_have_second_factor(member):
        return False
    return bool(request.session.get(SHOWN_KEY) != member.pk)


def note_shown(request: HttpRequest, member: Member) -> None:
    """Store in the session that the member's second factor was used or set up."""
    request.session[SHOWN_KEY] = member.pk


def is_last(factor: Authenticator) -> bool:
    """Return whether this is the member's only second factor. One query."""
    return not Authenticator.objects.filter(user=factor.user_id, type__in=FACTORS).exclude(pk=factor.pk).exists()
