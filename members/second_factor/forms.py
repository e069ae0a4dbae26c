"""allauth's forms for setting up and using a second factor, hardened where they were too open."""

import struct
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from members.encryption import decrypt, encrypt

OFFERED_KEY = "offered_factor"
# A browser's answer has two or three thousand characters.
MAX_LENGTH = 20_000
# What the parsing packages may raise on an answer that no browser made.
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)


class AppForm(ActivateTOTPForm):
    """The first code of an authenticator app. The offered secret waits in the session, encrypted."""

    code = forms.CharField(
        label=_("The six digits your app shows now"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        forms.Form.__init__(self, *args, **kwargs)
        session = context.request.session
        if OFFERED_KEY not in session:
            session[OFFERED_KEY] = encrypt(totp.generate_totp_secret())
        self.secret = decrypt(session[OFFERED_KEY])

    def clean_code(self) -> str:
        """Refuse a wrong code and invalidate the right one, so that it cannot also sign in."""
        code: str = super().clean_code()
        used = totp.TOTP(Authenticator(user=self.user))
        used._mark_code_used(code)
        context.request.session.pop(OFFERED_KEY, None)
        return code


class AnswerField(forms.JSONField):
    """The browser's answer to a passkey request. Anything but a JSON object is a wrong answer."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > MAX_LENGTH:
            raise get_adapter().validation_error("incorrect_code")
        try:
            answer = super().to_python(value)
        except (ValueError, RecursionError) as wrong:
            raise get_adapter().validation_error("incorrect_code") from wrong
        if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
            raise get_adapter().validation_error("incorrect_code")
        return answer

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Render an invalid form without the answer: the browser makes a new one."""
        return InvalidJSONInput("")


class PasskeyForm(AddWebAuthnForm):
    """A new passkey; it can also sign in without a password, unless unticked."""

    credential = AnswerField()

    name = forms.CharField(label=_("Name"), max_length=60, required=False, help_text=_("Such as: my phone, blue key."))
    passwordless = forms.BooleanField(
        label=_("Also sign in with it, without the password"),
        required=False,
        initial=True,
        help_text=_("It then asks for your fingerprint, face or PIN each time. Untick for a simple key without a PIN."),
    )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as wrong:
            raise get_adapter().validation_error("incorrect_code") from wrong
        return cleaned


class _Answer(AuthenticateWebAuthnForm):
    """A passkey in use: an answer that cannot be parsed is a wrong one."""

    credential = AnswerField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except MALFORMED as wrong:
            raise get_adapter().validation_error("incorrect_code") from wrong


class PasskeyAtSignInForm(_Answer):
    """The passkey as second factor, after the password."""


class PasskeyAloneForm(_Answer, LoginWebAuthnForm):
    """Signing in by passkey, without a password."""


class PasskeyAgainForm(_Answer, ReauthenticateWebAuthnForm):
    """A signed-in member's passkey, asked for again before sensitive actions."""
