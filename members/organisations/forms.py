"""Validation of organisations and ranks."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.folding import spelling
from members.models import Organisation, Rank


class OrganisationForm(forms.ModelForm[Organisation]):
    """An organisation's facts."""

    class Meta:
        model = Organisation
        fields = ("code", "name", "short_name", "local_name", "kind", "country")


class RankForm(forms.ModelForm[Rank]):
    """A rank's facts. Two spellings of one name in a country count as the same rank."""

    class Meta:
        model = Rank
        fields = ("country", "group", "nato", "name", "other_script", "confirmed")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key = spelling(cleaned.get("name", ""))
        if "name" in cleaned and not 0 < len(key) <= 60:
            self.add_error("name", _("Write the rank's name in letters, shorter if it is very long."))
        twins = Rank.objects.filter(country=cleaned.get("country"), name_key=key).exclude(pk=self.instance.pk)
        if "name" in cleaned and (twin := twins.first()):
            self.add_error("name", _("This country already has the rank %(name)s.") % {"name": twin})
        return cleaned
