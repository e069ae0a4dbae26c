"""Validation of what a member wants to be told of."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from knowledge.models import Digest, Notice, Pace
from knowledge.models.coming_back import PACES


class ChoicesForm(forms.Form):
    """How soon of each kind of thing, and the digest."""

    every = forms.ChoiceField(label=_("Digest"), choices=Digest.Every.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("In"), choices=settings.MAIL_LANGUAGES)

    def __init__(self, *args: Any, chosen: dict[str, str], digest: Digest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["every"].initial, self.fields["language"].initial = digest.every, digest.language
        for notice in Notice:
            first = chosen.get(notice.value, PACES[notice])
            # A search is looked at for the digest alone.
            offered = [c for c in Pace.choices if notice != Notice.SEARCH or c[0] != Pace.AT_ONCE]
            self.fields[notice.value] = forms.ChoiceField(label=notice.label, choices=offered, initial=first)

    def paces(self) -> dict[str, str]:
        return {notice.value: self.cleaned_data[notice.value] for notice in Notice}
