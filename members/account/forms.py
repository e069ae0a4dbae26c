"""The forms of allauth's account pages with the portal's wording; validation stays allauth's."""

from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.account.password_link import mail_password_link
from members.models import Member

LONG_ENOUGH = _("At least 12 characters. A few words you remember are better than one with signs.")


class InOurWords:
    """Sets our labels and help texts, and removes placeholders that only repeat the label."""

    labels: ClassVar[dict[str, Promise]] = {}
    helps: ClassVar[dict[str, Promise]] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, field.help_text)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(InOurWords, allauth.LoginForm):
    labels: ClassVar[dict[str, Promise]] = {"login": _("E-mail"), "password": _("Password")}


class ForgottenPasswordForm(InOurWords, allauth.ResetPasswordForm):
    """The address of somebody who forgot the password. Looks nothing up, so that every address takes equally long."""

    labels: ClassVar[dict[str, Promise]] = {"email": _("E-mail")}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        mail_password_link.enqueue(email)
        return email


class ResetLinkForm(allauth.UserTokenForm):
    """The two parts of an emailed password reset link. Links of deactivated members are no longer valid."""

    def _get_user(self, uidb36: str | None) -> Member | None:
        member: Member | None = super()._get_user(uidb36)
        return member if member is not None and member.is_active else None


class NewPasswordForm(InOurWords, allauth.ResetPasswordKeyForm):
    labels: ClassVar[dict[str, Promise]] = {"password1": _("New password"), "password2": _("Once more")}
    helps: ClassVar[dict[str, Promise]] = {"password1": LONG_ENOUGH}


class ChangePasswordForm(InOurWords, allauth.ChangePasswordForm):
    labels: ClassVar[dict[str, Promise]] = {"oldpassword": _("Present password"), **NewPasswordForm.labels}
    helps: ClassVar[dict[str, Promise]] = NewPasswordForm.helps


class PasswordAgainForm(InOurWords, allauth.ReauthenticateForm):
    labels: ClassVar[dict[str, Promise]] = {"password": _("Password")}


class CodeForm(InOurWords, AuthenticateForm):
    labels: ClassVar[dict[str, Promise]] = {"code": _("Code")}


class CodeAgainForm(InOurWords, ReauthenticateForm):
    labels: ClassVar[dict[str, Promise]] = {"code": _("Code")}
