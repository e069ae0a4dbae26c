"""Validation of the details of a snapshot, and of whom it is shared with."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput
from members.models import Member, RoleCode
from reports.people.forms import YEARS


def observers() -> Any:
    return Member.objects.filter(is_active=True, roles=RoleCode.OBSERVER).order_by("family_name", "given_name")


class SnapshotForm(forms.Form):
    """To whom figures are reported, on which day, and which observers may see them."""

    as_on = forms.DateField(label=gettext_lazy("As reported on"), widget=DateInput(), initial=timezone.localdate)
    reported_to = forms.CharField(label=gettext_lazy("Reported to"), max_length=160)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    shown_to = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Observers who may open it"),
        queryset=Member.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown_to"].queryset = observers()  # type: ignore[attr-defined]  # a choice of rows

    def clean_as_on(self) -> date:
        """Refuse days in the future and years outside the allowed range: a snapshot is permanent."""
        day: date = self.cleaned_data["as_on"]
        if not YEARS[0] <= day.year <= YEARS[1] or day > timezone.localdate():
            raise forms.ValidationError(_("Choose a day from %(first)d on, today at the latest.") % {"first": YEARS[0]})
        return day


class ShowForm(forms.Form):
    """Further observers who may open a snapshot."""

    shown_to = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Observers"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, known: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown_to"].queryset = observers().exclude(pk__in=known)  # type: ignore[attr-defined]  # a choice of rows
