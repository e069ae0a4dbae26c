"""Every write to members, invitations and organisations."""

import hashlib
import secrets
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import changed_row, record
from common.actions import action
from common.folding import spelling
from common.mail import send_later
from members.models import Invitation, Member, Organisation, Rank, Role, RoleCode


def digest_of(token: str) -> str:
    """Return what is stored of an invitation's token: links in old backups are of no use."""
    return hashlib.sha256(token.encode()).hexdigest()


@action
def invite_member(
    *, email: str, given_name: str, family_name: str, organisation: Organisation, roles: Iterable[Role], by: Member
) -> Invitation:
    """Invite one address; the link in the mail is valid for seven days. An earlier open invitation is replaced."""
    if Member.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("This address already belongs to a member.")})
    now = timezone.now()
    Invitation.objects.filter(email__iexact=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email.lower(),
        given_name=given_name,
        family_name=family_name,
        organisation=organisation,
        token_digest=digest_of(token),
        invited_by=by,
    )
    invitation.roles.set(roles)
    link = settings.SITE_URL + reverse("members:accept", args=[token])
    send_later(
        to=invitation.email,
        subject=_("Your invitation to %(site)s") % {"site": settings.SITE_NAME},
        body=_(
            "Dear %(name)s,\n\n%(by)s invites you to %(site)s (%(tagline)s) for %(organisation)s.\n\n"
            "Open this link to choose a password. It works once, for seven days:\n%(link)s\n\n"
            "If you did not expect this, you need do nothing.\n"
        )
        % {
            "name": given_name,
            "by": by.full_name,
            "site": settings.SITE_NAME,
            "tagline": settings.SITE_TAGLINE,
            "organisation": organisation,
            "link": link,
        },
    )
    record(
        "invite_member", invitation, by=by, root=organisation, roles=sorted(role.code for role in roles),
        told={"email": invitation.email, "name": f"{given_name} {family_name}"},
    )  # fmt: skip
    return invitation


@action
def revoke_invitation(*, invitation: Invitation, by: Member) -> None:
    """Make an open invitation's link useless."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not locked.is_open:
        raise ValidationError(_("This invitation is no longer open."))
    locked.revoked_at = timezone.now()
    locked.save(update_fields=["revoked_at"])
    record("revoke_invitation", locked, by=by, root=locked.organisation, told={"email": locked.email})


@action
def accept_invitation(*, invitation: Invitation, password: str) -> Member:
    """Make the member this invitation is for. The row is locked, so that two tabs make one member."""
    locked = Invitation.objects.select_for_update().select_related("organisation").get(pk=invitation.pk)
    if not locked.is_open:
        raise ValidationError(_("This invitation has been used, revoked or has expired. Ask for a new one."))
    if Member.objects.filter(email__iexact=locked.email).exists():
        raise ValidationError(_("This address already belongs to a member. Sign in instead."))
    member = Member(
        email=locked.email,
        given_name=locked.given_name,
        family_name=locked.family_name,
        organisation=locked.organisation,
    )
    member.set_password(password)
    member.save()
    member.roles.set(locked.roles.all())
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    record("accept_invitation", member, by=member, root=locked.organisation)
    return member


def _end_sessions(member: Member) -> None:
    """Sign the member out everywhere. Reads every live session: fine for a network's few hundred members."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(member.pk):
            session.delete()


@action
def deactivate_member(*, member: Member, by: Member) -> None:
    """Shut an account; what the member recorded stays. All their sessions end at once."""
    locked = Member.objects.select_for_update().get(pk=member.pk)
    if locked.pk == by.pk:
        raise ValidationError(_("You cannot deactivate yourself."))
    admins = Member.objects.filter(roles=RoleCode.ADMIN, is_active=True)
    if locked.has_role(RoleCode.ADMIN) and admins.count() == 1:
        raise ValidationError(_("The last network admin cannot be deactivated."))
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _end_sessions(locked)
    record("deactivate_member", locked, by=by, root=locked.organisation, told={"name": locked.full_name})


@action
def reactivate_member(*, member: Member, by: Member) -> None:
    """Open a shut account again, with the roles it had."""
    Member.objects.filter(pk=member.pk).update(is_active=True)
    record("reactivate_member", member, by=by, root=member.organisation, told={"name": member.full_name})


@action
def reset_second_factor(*, member: Member, by: Member) -> None:
    """Take away every factor of a member who lost them, sign them out everywhere and tell them who did it.

    The next sign-in leads them through the set-up again.
    """
    locked = Member.objects.select_for_update().get(pk=member.pk)
    if locked.pk == by.pk:
        raise ValidationError(_("Somebody else must reset your second factor."))
    if not Authenticator.objects.filter(user=locked).delete()[0]:
        raise ValidationError(_("%(name)s has no second factor.") % {"name": locked})
    _end_sessions(locked)
    record("reset_second_factor", locked, by=by, root=locked.organisation, told={"name": locked.full_name})
    send_later(
        to=locked.email,
        subject=_("Your second factor at %(site)s was reset") % {"site": settings.SITE_NAME},
        body=_(
            "Dear %(name)s,\n\n%(by)s (%(organisation)s) reset your second factor, and you were signed out everywhere. "
            "At your next sign-in you set up a new one:\n%(site)s/account/login/\n\n"
            "If you did not ask for this, tell the secretariat at once and choose a new password.\n"
        )
        % {
            "name": locked.given_name,
            "by": by.full_name,
            "organisation": by.organisation.short_name,
            "site": settings.SITE_URL,
        },
    )


@action
def save_organisation(*, organisation: Organisation, by: Member) -> Organisation:
    """Keep a new or changed organisation."""
    created = organisation.pk is None
    told = changed_row(organisation, ("code", "name", "short_name", "local_name", "kind", "country_id"))
    organisation.save()
    verb = "create_organisation" if created else "change_organisation"
    record(verb, organisation, by=by, fields=told, told=told)
    return organisation


@action
def save_rank(*, rank: Rank, by: Member) -> Rank:
    """Keep a new or changed rank with its search key."""
    created = rank.pk is None
    rank.name_key = spelling(rank.name)
    told = changed_row(rank, ("country_id", "group", "nato", "name", "other_script", "confirmed"))
    rank.save()
    record("create_rank" if created else "change_rank", rank, by=by, fields=told, told=told)
    return rank
