"""Validation of what a roster is taken in from."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Organisation

LETTERS_MOST = 2_000_000


class ImportForm(forms.Form):
    """A file or pasted cells, and the home of the people whose row names none."""

    file = forms.FileField(
        label=gettext_lazy("Workbook or CSV file"), required=False,
        help_text=gettext_lazy(".xlsx, .xls, .ods or CSV, as the ministry has it: titles, empty rows and sums are passed over. At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt,text/csv"}),
    )  # fmt: skip
    rows = forms.CharField(
        label=gettext_lazy("Or paste the cells here"), required=False, max_length=LETTERS_MOST, strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=gettext_lazy("Home organisation of these people"), queryset=Organisation.objects.select_related("country"),
        help_text=gettext_lazy("Where a row names another organisation or country, that counts."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("file")) == bool((cleaned.get("rows") or "").strip()):
            raise forms.ValidationError(
                _("Choose a file or paste cells, one of the two.")
                if cleaned.get("file")
                else _("Choose a file, or paste the cells of the list.")
            )
        return cleaned
