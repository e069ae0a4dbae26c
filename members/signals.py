"""Effects of a sign-in, and of factor or password changes made on allauth's pages."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.record import record
from mail.outbox import put_mail
from members.account.session_timeout import note_sign_in
from members.models import Member
from members.second_factor.rules import FACTORS, note_shown


def notify_member(member: Member, what: str) -> None:
    """Email the member that their account was changed, and what to do if it was not them."""
    put_mail(
        to=member.email,
        subject=_("Your account at %(site)s was changed") % {"site": settings.SITE_NAME},
        body=_(
            "Dear %(name)s,\n\n%(what)s\n\nIf this was not you, tell your coordinator or the secretariat at once, and choose "
            "a new password:\n%(site)s/account/password/reset/\n"
        )
        % {"name": member.given_name, "what": what, "site": settings.SITE_URL},
    )


@receiver(user_logged_in, dispatch_uid="time limits")
def count_time(sender: object, request: HttpRequest, user: Member, **kwargs: Any) -> None:
    note_sign_in(request)


@receiver(authenticator_used, dispatch_uid="second factor shown")
def factor_shown(sender: object, request: HttpRequest, user: Member, **kwargs: Any) -> None:
    note_shown(request, user)


def _own_request(member_pk: int) -> HttpRequest | None:
    """Return the current request if it is that member's own."""
    request = context.request
    ours = request is not None and getattr(request.user, "pk", None) == member_pk
    return request if ours else None


# Row signals, as allauth's own fire after the commit: audit entry and factor are saved or lost together.
@receiver(post_save, sender=Authenticator, dispatch_uid="second factor added")
def factor_added(sender: object, instance: Authenticator, created: bool, **kwargs: Any) -> None:
    request = _own_request(instance.user_id)
    if not created or request is None:
        return
    member = instance.user
    if instance.type in FACTORS:
        note_shown(request, member)
        record("add_factor", member, by=member, factor=str(instance.type))
        notify_member(member, _("A second factor was added: %(factor)s.") % {"factor": instance})
    elif request.resolver_match and request.resolver_match.view_name == "mfa_generate_recovery_codes":
        record("renew_recovery_codes", member, by=member)
        notify_member(member, _("New recovery codes were made; the old ones no longer work."))


@receiver(post_delete, sender=Authenticator, dispatch_uid="second factor removed")
def factor_removed(sender: object, instance: Authenticator, **kwargs: Any) -> None:
    if instance.type not in FACTORS or _own_request(instance.user_id) is None:
        return
    member = instance.user
    record("remove_factor", member, by=member, factor=str(instance.type))
    notify_member(member, _("A second factor was removed: %(factor)s.") % {"factor": instance})


@receiver(password_changed, dispatch_uid="password changed")
def password_was_changed(sender: object, user: Member, **kwargs: Any) -> None:
    record("change_password", user, by=user)
    notify_member(user, _("Your password was changed."))


@receiver(password_reset, dispatch_uid="password reset")
def password_was_reset(sender: object, user: Member, **kwargs: Any) -> None:
    record("reset_password", user, by=user)
    notify_member(user, _("A new password was chosen by the link that was mailed to you."))
