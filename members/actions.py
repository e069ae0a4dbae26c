"""Every write to members, invitations and organisations."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import changed_row, record
from common.actions import action
from common.folding import spelling
from mail.models import Mail
from mail.outbox import put_mail
from members import access
from members.events import member_changed
from members.handover import hand_over
from members.models import Invitation, JoinRequest, Member, Organisation, Rank, Role, RoleCode


def hash_of(token: str) -> str:
    """Return the hash stored for a random token, such as an invitation's: old backups hold no usable links."""
    return hashlib.sha256(token.encode()).hexdigest()


RESEND_SECONDS = 60
DECLINED_DAYS = 90


def _mail_invitation(invitation: Invitation, token: str, by: Member) -> None:
    """Email the link, the only place where the token is known; an existing member is told that they are one."""
    if Member.objects.filter(email__iexact=invitation.email).exists():
        _mail_member_already(invitation, by)
        return
    put_mail(
        to=invitation.email,
        subject=_("Your invitation to %(site)s") % {"site": settings.SITE_NAME},
        body=_(
            "Dear %(name)s,\n\n%(by)s invites you to %(site)s (%(tagline)s) for %(organisation)s.\n\n"
            "Open this link to choose a password. It works once, for seven days:\n%(link)s\n\n"
            "If you did not expect this, you need do nothing.\n"
        )
        % {
            "name": invitation.given_name,
            "by": by.full_name,
            "site": settings.SITE_NAME,
            "tagline": settings.SITE_TAGLINE,
            "organisation": invitation.organisation,
            "link": settings.SITE_URL + reverse("members:accept", args=[token]),
        },
    )


def _mail_member_already(invitation: Invitation, by: Member) -> None:
    """Notify a member whom another organisation tries to invite; the inviter does not learn that they are one."""
    put_mail(
        to=invitation.email,
        subject=_("An invitation to %(site)s, where you are a member") % {"site": settings.SITE_NAME},
        body=_(
            "Dear %(name)s,\n\n%(by)s invites you to %(site)s for %(organisation)s. You are a member already, for another "
            "organisation, and %(by)s does not see that. If you now work for %(organisation)s, ask the secretariat to move "
            "your account; otherwise you need do nothing.\n\n%(url)s\n"
        )
        % {
            "name": invitation.given_name,
            "by": by.full_name,
            "site": settings.SITE_NAME,
            "organisation": invitation.organisation,
            "url": settings.SITE_URL,
        },
    )


@action
def invite_member(
    *, email: str, given_name: str, family_name: str, organisation: Organisation, roles: Iterable[Role], by: Member
) -> Invitation:
    """Invite one address; the emailed link is valid for seven days. Replaces that organisation's earlier invitation.

    Refuses an address of a member whom `by` manages. Of other members nothing is revealed: the invitation looks like
    any other and only its email tells the reader that they are a member already.
    """
    if access.manageable_members(by).filter(email__iexact=email).exists():
        raise ValidationError({"email": _("This address already belongs to a member.")})
    earlier = Invitation.objects.filter(organisation=organisation, accepted_at=None, revoked_at=None)
    earlier.filter(email__iexact=email).update(revoked_at=timezone.now())
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email.lower(),
        given_name=given_name,
        family_name=family_name,
        organisation=organisation,
        token_hash=hash_of(token),
        invited_by=by,
    )
    invitation.roles.set(roles)
    _mail_invitation(invitation, token, by)
    record(
        "invite_member",
        invitation,
        by=by,
        root=organisation,
        roles=sorted(role.code for role in roles),
        free_text={"email": invitation.email, "name": f"{given_name} {family_name}"},
    )
    return invitation


@action
def invite_members(
    *, people: Sequence[tuple[str, str, str]], organisation: Organisation, roles: Sequence[Role], by: Member
) -> list[Invitation]:
    """Invite several (address, given name, family name) with the same roles: all or none, each with an audit entry."""
    return [
        invite_member(email=email, given_name=given, family_name=family, organisation=organisation, roles=roles, by=by)
        for email, given, family in people
    ]


@action
def resend_invitation(*, invitation: Invitation, by: Member) -> None:
    """Create a new link for another seven days and email it; the old one stops working. At most once a minute."""
    locked = Invitation.objects.select_for_update().select_related("organisation").get(pk=invitation.pk)
    if locked.accepted_at or locked.revoked_at:
        raise ValidationError(_("This invitation is no longer open."))
    if timezone.now() - locked.invited_at < timedelta(seconds=RESEND_SECONDS):
        raise ValidationError(_("It was sent less than a minute ago. Wait a little."))
    token = secrets.token_urlsafe(32)
    locked.token_hash, locked.invited_at, locked.invited_by = hash_of(token), timezone.now(), by
    locked.save(update_fields=["token_hash", "invited_at", "invited_by"])
    _mail_invitation(locked, token, by)
    record("resend_invitation", locked, by=by, root=locked.organisation, free_text={"email": locked.email})


@action
def revoke_invitation(*, invitation: Invitation, by: Member) -> None:
    """Invalidate an open invitation's link."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not locked.is_open:
        raise ValidationError(_("This invitation is no longer open."))
    locked.revoked_at = timezone.now()
    locked.save(update_fields=["revoked_at"])
    record("revoke_invitation", locked, by=by, root=locked.organisation, free_text={"email": locked.email})


@action
def accept_invitation(*, invitation: Invitation, password: str) -> Member:
    """Create the member this invitation is for. The row is locked, so that two tabs create one member."""
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
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as taken:  # by another ministry's invitation to this address, at the same moment
        raise ValidationError(_("This address already belongs to a member. Sign in instead.")) from taken
    member.roles.set(locked.roles.all())
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    member_changed.send(Member, member=member, by=member)
    record("accept_invitation", member, by=member, root=locked.organisation)
    return member


def _end_sessions(member: Member) -> None:
    """Sign the member out everywhere. Reads every live session: fine for a network's few hundred members."""
    UserSession.objects.filter(user=member).delete()
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(member.pk):
            session.delete()


def _lock_admins() -> set[int]:
    """Lock the rows of all active admins, so that two leaving at once are counted in turn; return their keys.

    Queried again once the lock is held, because what was read while waiting may be out of date.
    """
    admins = Member.objects.filter(roles=RoleCode.ADMIN, is_active=True).order_by("pk")
    list(admins.select_for_update(of=("self",)))
    return set(admins.values_list("pk", flat=True))


@action
def change_roles(*, member: Member, roles: Iterable[Role], by: Member) -> None:
    """Give a member exactly these roles, effective from the next click. The member is notified by email."""
    if member.pk == by.pk:
        raise ValidationError(_("Nobody changes their own roles. Ask another admin or coordinator."))
    admins = _lock_admins()
    locked = Member.objects.select_for_update().get(pk=member.pk)
    before, after = set(locked.role_codes), {role.code for role in roles}
    if not after:
        raise ValidationError(_("A member has at least one role. To shut the account, deactivate it."))
    if RoleCode.ADMIN in before - after and admins == {locked.pk}:
        raise ValidationError(_("The last network admin keeps the role. Make another admin first."))
    if before == after:
        return
    locked.roles.set(Role.objects.filter(code__in=after))
    fresh = Member.objects.get(pk=locked.pk)
    member_changed.send(Member, member=fresh, by=by)
    record(
        "change_roles",
        locked,
        by=by,
        root=locked.organisation,
        fields=["roles"],
        before=sorted(before),
        after=sorted(after),
        free_text={"name": locked.full_name},
    )
    names = ", ".join(str(role) for role in Role.objects.filter(code__in=after))
    put_mail(
        to=locked.email,
        subject=_("Your roles at %(site)s were changed") % {"site": settings.SITE_NAME},
        body=_("Dear %(name)s,\n\n%(by)s (%(organisation)s) changed your roles. You are now: %(roles)s.\n\n%(url)s\n")
        % {
            "name": locked.given_name,
            "by": by.full_name,
            "organisation": by.organisation.short_name,
            "roles": names,
            "url": settings.SITE_URL,
        },
    )


@action
def change_member(*, member: Member, by: Member) -> Member:
    """Save a member's changed name, function and organisation."""
    changed_values = changed_row(member, ("given_name", "family_name", "function", "organisation_id"))
    member.save(update_fields=["given_name", "family_name", "function", "organisation"])
    member_changed.send(Member, member=member, by=by)
    record(
        "change_member",
        member,
        by=by,
        root=member.organisation,
        fields=changed_values,
        free_text={**changed_values, "name": member.full_name},
    )
    return member


@action
def deactivate_member(*, member: Member, to: Member | None = None, by: Member) -> None:
    """Deactivate an account; what the member recorded stays. All their sessions end at once, open work goes to `to`."""
    admins = _lock_admins()
    locked = Member.objects.select_for_update().get(pk=member.pk)
    if locked.pk == by.pk:
        raise ValidationError(_("You cannot deactivate yourself."))
    if not locked.is_active:
        raise ValidationError(_("%(name)s is deactivated already.") % {"name": locked})
    if admins == {locked.pk}:
        raise ValidationError(_("The last network admin cannot be deactivated."))
    if to is not None:
        if to.organisation_id != locked.organisation_id or not to.is_active or to.pk == locked.pk:
            raise ValidationError(_("Open work goes to an active member of the same organisation."))
        hand_over(locked, to, by)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _end_sessions(locked)
    record("deactivate_member", locked, by=by, root=locked.organisation, free_text={"name": locked.full_name})


@action
def reactivate_member(*, member: Member, by: Member) -> None:
    """Reactivate an account with the roles it had."""
    Member.objects.filter(pk=member.pk).update(is_active=True)
    record("reactivate_member", member, by=by, root=member.organisation, free_text={"name": member.full_name})


@action
def reset_second_factor(*, member: Member, by: Member) -> None:
    """Remove every factor of a member who lost them, sign them out everywhere and notify them who did it.

    The next sign-in leads them through the set-up again.
    """
    locked = Member.objects.select_for_update().get(pk=member.pk)
    if locked.pk == by.pk:
        raise ValidationError(_("Somebody else must reset your second factor."))
    if not Authenticator.objects.filter(user=locked).delete()[0]:
        raise ValidationError(_("%(name)s has no second factor.") % {"name": locked})
    _end_sessions(locked)
    record("reset_second_factor", locked, by=by, root=locked.organisation, free_text={"name": locked.full_name})
    put_mail(
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


def ask_to_join(
    *, email: str, given_name: str, family_name: str, organisation: Organisation, words: str
) -> JoinRequest:
    """Save a stranger's request to join; one open per address, the newest text. No audit entry: nobody acted yet."""
    join_request, _made = JoinRequest.objects.update_or_create(
        email=email.lower(), state=JoinRequest.State.OPEN,
        defaults={
            "given_name": given_name, "family_name": family_name, "organisation": organisation, "words": words,
            "asked_at": timezone.now(),
        },
    )  # fmt: skip
    return join_request


def _decided(join_request: JoinRequest, state: str, by: Member) -> JoinRequest:
    locked = JoinRequest.objects.select_for_update().select_related("organisation").get(pk=join_request.pk)
    if locked.state != JoinRequest.State.OPEN:
        raise ValidationError(_("Somebody else has decided on this request already."))
    locked.state, locked.decided_at, locked.decided_by = state, timezone.now(), by
    locked.save(update_fields=["state", "decided_at", "decided_by"])
    return locked


@action
def approve_request(*, join_request: JoinRequest, roles: Sequence[Role], by: Member) -> Invitation:
    """Invite the person who asked to join, with these roles. The audit entry is the invitation's."""
    locked = _decided(join_request, JoinRequest.State.APPROVED, by)
    return invite_member(
        email=locked.email,
        given_name=locked.given_name,
        family_name=locked.family_name,
        organisation=locked.organisation,
        roles=roles,
        by=by,
    )


@action
def decline_request(*, join_request: JoinRequest, by: Member) -> None:
    """Decline a request to join, and notify the person by email in neutral words."""
    locked = _decided(join_request, JoinRequest.State.DECLINED, by)
    record(
        "decline_request",
        locked,
        by=by,
        root=locked.organisation,
        free_text={"name": str(locked), "email": locked.email},
    )
    put_mail(
        to=locked.email,
        subject=_("Your request to join %(site)s") % {"site": settings.SITE_NAME},
        body=_(
            "Dear %(name)s,\n\nyour request to join %(site)s could not be met. If you think that this is a mistake, "
            "talk to the gender focal point of your ministry.\n"
        )
        % {"name": locked.given_name, "site": settings.SITE_NAME},
    )


@action
def try_mail_again(*, mail: Mail, by: Member) -> None:
    """Let the worker retry an email that was given up, as if it were new."""
    locked = Mail.objects.select_for_update().get(pk=mail.pk)
    if locked.state != Mail.State.GIVEN_UP:
        raise ValidationError(_("The mail to %(to)s is not given up.") % {"to": locked.to})
    if not locked.body:
        raise ValidationError(
            _("The text of the mail to %(to)s is gone, as a week after each. Do again what it told of.")
            % {"to": locked.to}
        )
    locked.state, locked.attempts, locked.not_before = Mail.State.WAITING, 0, timezone.now()
    locked.save(update_fields=["state", "attempts", "not_before"])
    record("try_mail_again", locked, by=by, free_text={"email": locked.to})


def forget_old_requests() -> None:
    """Delete declined requests after 90 days: nothing is stored about people who did not join. Run by the worker."""
    old = timezone.now() - timedelta(days=DECLINED_DAYS)
    JoinRequest.objects.filter(state=JoinRequest.State.DECLINED, decided_at__lt=old).delete()


@action
def save_organisation(*, organisation: Organisation, by: Member) -> Organisation:
    """Save a new or changed organisation."""
    created = organisation.pk is None
    changed_values = changed_row(organisation, ("code", "name", "short_name", "local_name", "kind", "country_id"))
    organisation.save()
    verb = "create_organisation" if created else "change_organisation"
    record(verb, organisation, by=by, fields=changed_values, free_text=changed_values)
    return organisation


@action
def save_rank(*, rank: Rank, by: Member) -> Rank:
    """Save a new or changed rank with its search key."""
    created = rank.pk is None
    rank.name_key = spelling(rank.name)
    changed_values = changed_row(rank, ("country_id", "group", "nato", "name", "other_script", "confirmed"))
    rank.save()
    record("create_rank" if created else "change_rank", rank, by=by, fields=changed_values, free_text=changed_values)
    return rank
