"""Signing in through allauth; signing up only through an invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from common.mail import send_later
from members.models import Member


class MemberBackend(AuthenticationBackend):
    """Signs members in by e-mail and password, and brings each with what every page shows of them. Two queries."""

    def get_user(self, user_id: int) -> Member | None:
        found = Member.objects.select_related("organisation__country", "profile").prefetch_related("roles")
        return found.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Permit nothing: rules are `common.auth.RuleBackend`'s, and members have no permission rows to look up."""
        return False


class PortalAccountAdapter(DefaultAccountAdapter):
    """Closes open sign-up, and sends allauth's mail through the queue."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by allauth's own page: members come by an invitation, see `members.views.accept`."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue allauth's mail as plain text."""
        message = self.render_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})
        send_later(to=email, subject=message.subject, body=message.body)
