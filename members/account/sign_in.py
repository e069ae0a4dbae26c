"""The portal's rules for signing in through allauth. Signing up is by invitation only."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse

from mail.outbox import put_mail
from members import encryption
from members.account.held_forms import has_held_form
from members.account.session_timeout import SIGNED_IN_KEY
from members.models import Member
from members.second_factor.rules import is_last, must_have_second_factor


class MemberBackend(AuthenticationBackend):
    """Signs members in by email and password, and loads with each what every page needs. One query."""

    def get_user(self, user_id: int) -> Member | None:
        """Return the active member with organisation, profile and role codes; runs on every page, so no more is joined."""
        held = list(
            Member.roles.through.objects.filter(member=user_id, member__is_active=True).select_related(
                "member__organisation", "member__profile"
            )
        )
        if not held:
            return Member.objects.select_related("organisation").filter(pk=user_id, is_active=True).first()
        member: Member = held[0].member
        member.role_codes = frozenset(row.role_id for row in held)
        return member

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Grant nothing: rules belong to `common.auth.RuleBackend`, and members have no permission rows to look up."""
        return False


class PortalAccountAdapter(DefaultAccountAdapter):
    """Closes open sign-up, puts allauth's emails into the outbox, and treats a recent sign-in as reauthentication."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up on allauth's own page: members join by invitation, see `members.invitations.views.accept`."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any], key: str | None = None) -> None:
        """Queue allauth's email as plain text; with a `key`, only once."""
        message = self.render_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})
        put_mail(to=email, subject=message.subject, body=message.body, key=key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the emailed link, based on SITE_URL whatever host the request named."""
        owner, _, code = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=[owner, code])

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Redirect after sign-in: first to the form the member had submitted when they were signed out."""
        return resolve_url("account_held_form" if has_held_form(request) else settings.LOGIN_REDIRECT_URL)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Require reauthentication, unless the sign-in itself is younger than ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.

        So the guided set-up of a first second factor does not ask for the password that was typed a minute ago.
        """
        signed_in_at = context.request.session.get(SIGNED_IN_KEY, 0)
        return bool(time.time() - signed_in_at >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


class FactorAdapter(DefaultMFAAdapter):
    """Encrypts secrets with a separate key, gives the portal's own host for passkeys, and protects the last factor."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name that the authenticator app shows."""
        return settings.SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the relying party of passkeys: the host of SITE_URL, never a host named by a request."""
        return {"id": settings.SITE_HOST, "name": settings.SITE_NAME}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to delete the last second factor of a member who must have one."""
        member = Member.objects.prefetch_related("roles").get(pk=authenticator.user_id)
        return not (settings.SECOND_FACTOR_REQUIRED and must_have_second_factor(member) and is_last(authenticator))

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Return a name for a new passkey, numbered by how many the member has."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Passkey {number}"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing here: `members.signals` notifies the member, in the same transaction as the change."""
