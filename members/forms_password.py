"""Asking for a new password: the request does the same for every address, the worker looks whose it is."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django_tasks import task

from members.models import Member


@task()
def mail_password_link(email: str) -> None:
    """Mail a link for a new password to the member of this address, or to nobody's address that it is nobody's."""
    adapter = get_adapter()
    member = Member.objects.filter(email__iexact=email, is_active=True).first()
    if member is None:
        adapter.send_mail("account/email/unknown_account", email, {})
        return
    key = f"{user_pk_to_url_str(member)}-{default_token_generator.make_token(member)}"
    url = adapter.get_reset_password_from_key_url(key)
    adapter.send_mail("account/email/password_reset_key", member.email, {"password_reset_url": url})


class ForgottenPasswordForm(ResetPasswordForm):
    """The address of who forgot the password. Looks nothing up, so that it takes as long for every address."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = self.cleaned_data["email"]
        mail_password_link.enqueue(email)
        return str(email)
