"""Validation of a member's notification settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.kinds import KINDS
from notifications.models import Digest


class NotificationSettingsForm(forms.Form):
    """How soon a member is notified of each kind of event, and the digest."""

    every = forms.ChoiceField(label=_("Digest"), choices=Digest.Every.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("In"), choices=settings.MAIL_LANGUAGES)

    def __init__(self, *args: Any, chosen: dict[str, str], digest: Digest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["every"].initial, self.fields["language"].initial = digest.every, digest.language
        for kind in KINDS.values():
            offered = [(mode.value, mode.label) for mode in kind.modes]
            initial = chosen.get(kind.code, kind.default)
            self.fields[kind.code] = forms.ChoiceField(label=kind.label, choices=offered, initial=initial)

    def modes(self) -> dict[str, str]:
        """Return the chosen mode of each kind, by its code."""
        return {code: self.cleaned_data[code] for code in KINDS}
