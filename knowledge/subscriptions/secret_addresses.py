"""The secret address with which a member's feed reader, which cannot sign in, reads what the member may read."""

import secrets

from django.utils import timezone

from audit.record import record
from common.actions import action
from knowledge.models import SecretAddress
from members.actions import hash_of
from members.models import Member

# Session key of the new secret, for the one page after its creation.
SESSION_KEY = "feed_secret"


def _end_address(member: Member) -> None:
    SecretAddress.objects.filter(member=member, revoked_at=None).update(revoked_at=timezone.now())


@action
def make_secret_address(*, member: Member, by: Member) -> str:
    """Create a member's new secret for feed URLs and return it, to be shown once; the old one is revoked."""
    _end_address(member)
    secret = secrets.token_urlsafe(32)
    SecretAddress.objects.create(member=member, secret_hash=hash_of(secret))
    record("make_secret_address", member, by=by)
    return secret


@action
def revoke_secret_address(*, member: Member, by: Member) -> None:
    """Revoke a member's secret address: its feeds return 404 from now on."""
    _end_address(member)
    record("revoke_secret_address", member, by=by)


def member_of_secret(secret: str) -> Member | None:
    """Return the active member a secret belongs to, else None. One query."""
    addresses = SecretAddress.objects.filter(
        secret_hash=hash_of(secret), revoked_at=None, member__is_active=True
    ).select_related("member__organisation")
    address = addresses.first()
    return address.member if address else None
