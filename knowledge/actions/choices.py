"""How a member wants to hear of what is new: choices, the digest, secret addresses. Each is theirs alone."""

import secrets
from collections.abc import Mapping

from django.utils import timezone

from audit.record import record
from common.actions import action
from knowledge.digest import new_digest
from knowledge.models import Digest, NoticeChoice, SecretAddress
from members.actions import hash_of
from members.models import Member


def digest_settings(member: Member) -> Digest:
    """Return the member's digest row, unsaved and weekly where there is none yet. One query."""
    return Digest.objects.filter(member=member).first() or new_digest(member.pk)


@action
def choose_notices(*, member: Member, paces: Mapping[str, str], every: str, language: str, by: Member) -> None:
    """Keep how soon a member is told of each kind of thing, and their digest."""
    for notice, pace in paces.items():
        NoticeChoice.objects.update_or_create(member=member, notice=notice, defaults={"pace": pace})
    digest = digest_settings(member)
    if digest.every == Digest.Every.OFF != every:
        digest.told_until = timezone.now()  # switched on again: nothing of the time between
    digest.every, digest.language = every, language
    digest.save()
    record("choose_notices", member, by=by)


@action
def leave_digest(*, digest: Digest, by: Member) -> None:
    """End a member's digest: by the link in it, without signing in."""
    digest.every = Digest.Every.OFF
    digest.save(update_fields=["every"])
    record("leave_digest", digest.member, by=by)


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
