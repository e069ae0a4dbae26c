"""The secret address at which a member's feed reader, which cannot sign in, reads what they may."""

import secrets

from django.utils import timezone

from audit.record import record
from common.actions import action
from knowledge.models import SecretAddress
from members.actions import hash_of
from members.models import Member

# In the browser's session: the new secret, for the one page after it was made.
SESSION_KEY = "feed_secret"


def _end_address(member: Member) -> None:
    SecretAddress.objects.filter(member=member, revoked_at=None).update(revoked_at=timezone.now())


@action
def make_secret_address(*, member: Member, by: Member) -> str:
    """Give a member a new secret address for feeds and return the secret, which is shown once; an older one ends."""
    _end_address(member)
    secret = secrets.token_urlsafe(32)
    SecretAddress.objects.create(member=member, secret_hash=hash_of(secret))
    record("make_secret_address", member, by=by)
    return secret


@action
def revoke_secret_address(*, member: Member, by: Member) -> None:
    """End a member's secret address: feeds under it answer 404 from now on."""
    _end_address(member)
    record("revoke_secret_address", member, by=by)


def member_of_secret(secret: str) -> Member | None:
    """Return the active member whose feeds a secret opens, else None. One query."""
    addresses = SecretAddress.objects.filter(
        secret_hash=hash_of(secret), revoked_at=None, member__is_active=True
    ).select_related("member__organisation")
    address = addresses.first()
    return address.member if address else None
