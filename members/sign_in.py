"""Signing in through allauth; signing up only through an invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from common.mail import send_later
from members.models import Member


class MemberBackend(AuthenticationBackend):
    """Signs members in by e-mail and password, and brings each with what every page shows of them. One query."""

    def get_user(self, user_id: int) -> Member | None:
        held = list(
            Member.roles.through.objects.filter(member=user_id, member__is_active=True)
            .select_related("role", "member__organisation__country", "member__profile")
            .order_by("role__position")
        )
        if not held:
            return Member.objects.select_related("organisation__country").filter(pk=user_id, is_active=True).first()
        member: Member = held[0].member
        roles = member.roles.all()
        # As prefetch_related leaves it, from the rows at hand.
        roles._result_cache = [row.role for row in held]
        roles._prefetch_done = True  # type: ignore[attr-defined]
        member._prefetched_objects_cache = {"roles": roles}  # type: ignore[attr-defined]
        return member

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
