"""The two forms that make a second factor, as allauth has them, closed where they were open."""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from members.secrecy import decrypt, encrypt

OFFERED_KEY = "offered_factor"


class AppForm(ActivateTOTPForm):
    """The first code of an authenticator app. The offered secret waits in the session encrypted."""

    code = forms.CharField(
        label=_("The six digits your app shows now"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        forms.Form.__init__(self, *args, **kwargs)
        session = context.request.session
        if OFFERED_KEY not in session:
            session[OFFERED_KEY] = encrypt(totp.generate_totp_secret())
        self.secret = decrypt(session[OFFERED_KEY])

    def clean_code(self) -> str:
        """Refuse a wrong code, and use the right one up: it does not also sign in."""
        code: str = super().clean_code()
        used = totp.TOTP(Authenticator(user=self.user))
        used._mark_code_used(code)
        context.request.session.pop(OFFERED_KEY, None)
        return code


class PasskeyForm(AddWebAuthnForm):
    """A new passkey; unless unticked it also signs in by itself."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False, help_text=_("Such as: my phone, blue key."))
    passwordless = forms.BooleanField(
        label=_("Also sign in with it, without the password"), required=False, initial=True,
        help_text=_("It then asks for your fingerprint, face or PIN each time. Untick for a simple key without a PIN."),
    )  # fmt: skip
