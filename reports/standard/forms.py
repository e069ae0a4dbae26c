"""Validation of a standard report's parameters, of releases, and of courses' contributions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput
from members.models import Organisation
from reports import access
from reports.labels import RULE_NAMES
from reports.models import PackKind, SdgTarget
from reports.people.forms import check_period
from reports.standard.content import PackAsked, default_period


class PeriodForm(forms.Form):
    """A period, extended to whole quarters."""

    first = forms.DateField(label=gettext_lazy("From"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("To"), widget=DateInput())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_period(self, cleaned)
        if not self.errors:
            cleaned |= {"first": access.quarter_start(cleaned["first"]), "last": access.quarter_end(cleaned["last"])}
        return cleaned


class PackForm(PeriodForm):
    """The parameters of a standard report."""

    kind = forms.ChoiceField(label=gettext_lazy("Pack"), choices=PackKind.choices)
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("People of"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("the whole network"),
    )
    rule = forms.ChoiceField(label=gettext_lazy("Count who"), choices=list(RULE_NAMES.items()), required=False)

    field_order = ("first", "last", "organisation", "rule", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ministries = access.ministries().order_by("short_name")
        self.fields["organisation"].queryset = ministries  # type: ignore[attr-defined]  # a choice of rows
        first, last = default_period(timezone.localdate())
        self.fields["first"].initial, self.fields["last"].initial = first, last

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") == PackKind.NAP and not cleaned.get("organisation"):
            self.add_error("organisation", _("A national action plan is of one country: choose its ministry."))
        return cleaned

    def query(self) -> PackAsked:
        data = self.cleaned_data
        return PackAsked(data["kind"], data["first"], data["last"], data["organisation"], data["rule"] or "attended")


class ReleaseForm(PeriodForm):
    """A release of small numbers: for which standard report and period, and why."""

    kind = forms.ChoiceField(label=gettext_lazy("Pack"), choices=PackKind.choices)
    reason = forms.CharField(label=gettext_lazy("Why, as the pack will say"), max_length=300)

    field_order = ("kind", "first", "last", "reason")


class ContributionsForm(forms.Form):
    """The targets that trainings of a course contribute to; `shown` are those set when the form was rendered."""

    targets = forms.MultipleChoiceField(
        label=gettext_lazy("Trainings of this course contribute to"),
        choices=SdgTarget.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: list[str], **kwargs: Any) -> None:
        self.known = " ".join(sorted(known)) or "none"
        super().__init__(*args, **{**kwargs, "initial": {"targets": known, "shown": self.known}})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("shown") != self.known:
            raise forms.ValidationError(_("This course was tagged otherwise meanwhile. Look at it again."))
        return cleaned
