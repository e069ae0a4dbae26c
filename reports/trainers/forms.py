"""Validation of the trainers' report's query parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput
from members.models import Member
from reports.lookups import read_things
from reports.people.forms import check_period, refuse_unknown
from reports.trainers.deliveries import DELIVERIES, SORTS, Taught, is_current
from trainers.models import TrainerProfile

# Parameters allowed in the URL besides the fields: the order, the page of the list, and the export format.
BESIDE = {"sort", "page", "as"}


class PeriodForm(forms.Form):
    """The period in which trainings count. Unknown fields are refused, not ignored."""

    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DateInput())
    last = forms.DateField(label=gettext_lazy("To"), required=False, widget=DateInput())
    beside = BESIDE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_unknown(self, self.beside)
        check_period(self, cleaned)
        return cleaned


@dataclass(frozen=True)
class AskedTrainers:
    """Which trainers, and the period in which their trainings count."""

    first: date | None
    last: date | None
    not_current: bool
    sort: str


class TrainersForm(PeriodForm):
    """Period, and which trainers: by ministry, by profile, not current, former ones. One query."""

    ministry = forms.TypedChoiceField(label=gettext_lazy("Ministry"), required=False, coerce=int, empty_value=None)
    language = forms.ChoiceField(label=gettext_lazy("Teaches in"), required=False)
    topic = forms.TypedChoiceField(label=gettext_lazy("Topic"), required=False, coerce=int, empty_value=None)
    not_current = forms.BooleanField(label=gettext_lazy("Only who has not delivered for 12 months"), required=False)
    left = forms.BooleanField(label=gettext_lazy("Also who left"), required=False)

    def __init__(self, data: Mapping[str, Any], *, member: Member) -> None:
        super().__init__(data)
        things = read_things()
        for name, kind, nothing in (
            ("ministry", "owner", _("All ministries")),
            ("language", "language", _("Any language")),
            ("topic", "topic", _("Any topic")),
        ):
            self.fields[name].choices = things.choices(kind, nothing)  # type: ignore[attr-defined]  # a choice field
        # Only member management shows who has left: see reported_profiles.
        if not member.has_perm("members.manage"):
            del self.fields["left"]

    def profiles(self, seen: QuerySet[TrainerProfile]) -> QuerySet[TrainerProfile]:
        """Filter the trainers visible to the reader by a valid form."""
        data = self.cleaned_data
        if not data.get("left"):
            seen = seen.filter(member__is_active=True)
        if data["ministry"]:
            seen = seen.filter(member__organisation=data["ministry"])
        if data["language"]:
            speaks = TrainerProfile.languages.through.objects.filter(language=data["language"])
            seen = seen.filter(pk__in=speaks.values("trainerprofile"))
        if data["topic"]:
            teaches = TrainerProfile.topics.through.objects.filter(topic=data["topic"])
            seen = seen.filter(pk__in=teaches.values("trainerprofile"))
        return seen

    def query(self) -> AskedTrainers:
        """Return the query of a valid form; an unknown order falls back to name."""
        data, sort = self.cleaned_data, str(self.data.get("sort", ""))
        known = sort.removeprefix("-") in SORTS
        return AskedTrainers(data["first"], data["last"], data["not_current"], sort if known else "name")

    def wanted(self, lines: list[Taught], today: date) -> list[Taught]:
        """Exclude current trainers if the form asks only for the others."""
        only = self.cleaned_data["not_current"]
        return [line for line in lines if not (only and is_current(line.last, today))]


class DeliveriesForm(PeriodForm):
    """Which assignments of one trainer are listed: all delivered in a period, one part, abroad, or observed."""

    beside = {"page"}
    what = forms.ChoiceField(choices=[(name, name) for name in DELIVERIES], required=False)
