"""Validation of the coverage page's query parameters."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Member, Organisation
from reports import access
from reports.coverage.rates import Target
from reports.coverage.report import CoverageQuery
from reports.models.strengths import FIRST_YEAR, LAST_YEAR
from reports.people.forms import refuse_unknown
from reports.strengths.queries import Strengths, read_strengths
from trainings.counting import Question

RULES = [("attended", gettext_lazy("attended")), ("completed", gettext_lazy("completed"))]
BREAKDOWNS = {
    "rank_group": gettext_lazy("rank group"),
    "sex": gettext_lazy("sex"),
    "both": gettext_lazy("rank group and sex"),
    "unit": gettext_lazy("unit"),
}
TARGET_PERCENT, TARGET_YEAR, YEARS_AHEAD = 80, 2030, 5
BESIDE = {"as"}


class CoverageForm(forms.Form):
    """Ministry, year, breakdown, rule and target. Unknown fields are refused, not ignored. Two queries.

    The ministry defaults to the reader's own, otherwise the first; the year defaults to the latest with a strength.
    """

    ministry = forms.ChoiceField(label=gettext_lazy("Ministry"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("To the end of"), required=False, coerce=int, empty_value=None)
    by = forms.ChoiceField(label=gettext_lazy("Break down by"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Count who"), choices=RULES, required=False)
    target = forms.IntegerField(
        label=gettext_lazy("Target, %"),
        required=False,
        min_value=1,
        max_value=100,
        error_messages={
            "min_value": gettext_lazy("A target is from 1 to 100 percent."),
            "max_value": gettext_lazy("A target is from 1 to 100 percent."),
        },
    )
    until = forms.IntegerField(
        label=gettext_lazy("Target year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={
            "min_value": gettext_lazy("Choose a year from 1990 to 2100."),
            "max_value": gettext_lazy("Choose a year from 1990 to 2100."),
        },
    )

    def __init__(self, data: Mapping[str, Any], *, member: Member) -> None:
        super().__init__(data)
        self.member = member
        self.ministries = list(access.ministries())
        names = [(str(ministry.pk), ministry.short_name) for ministry in self.ministries]
        self.fields["ministry"].choices = names  # type: ignore[attr-defined]  # a choice field
        self.about = self._about()
        self.strengths = read_strengths(self.about.pk) if self.about else Strengths()
        years = sorted(self.strengths.by_year, reverse=True)
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]  # the same
        self.sees_units = bool(self.about and self.strengths.with_units and access.sees_units(member, self.about.pk))
        offered = [(name, words) for name, words in BREAKDOWNS.items() if name != "unit" or self.sees_units]
        self.fields["by"].choices = offered  # type: ignore[attr-defined]  # the same
        self._show_what_is_asked(years)

    def _about(self) -> Organisation | None:
        """Return the ministry from the submitted data, before validation, or its default."""
        wanted = str(self.data.get("ministry") or self.member.organisation_id)
        match = next((ministry for ministry in self.ministries if str(ministry.pk) == wanted), None)
        return match or next(iter(self.ministries), None)

    def _show_what_is_asked(self, years: list[int]) -> None:
        """Fill in omitted values, so that the fields of the page show what its figures are about."""
        year = self.data.get("year") or (str(years[0]) if years else "")
        latest = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else TARGET_YEAR
        defaults = {
            "ministry": str(self.about.pk) if self.about else "", "year": year, "by": "rank_group", "rule": "attended",
            "target": str(TARGET_PERCENT), "until": str(TARGET_YEAR if latest < TARGET_YEAR else latest + YEARS_AHEAD),
        }  # fmt: skip
        filled = QueryDict(mutable=True)
        filled.update({name: value for name, value in defaults.items() if value})
        for name in self.data:
            values = self.data.getlist(name) if isinstance(self.data, QueryDict) else [str(self.data[name])]
            if any(values):
                filled.setlist(name, values)
        self.data = filled

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = BESIDE | {"csrfmiddlewaretoken"}
        refuse_unknown(self, known)
        for name in self.data:
            is_known = name in self.fields or name in known
            if is_known and len(self.data.getlist(name)) > 1:  # type: ignore[attr-defined]  # filled above: a QueryDict
                self.add_error(None, _("Each thing can be asked once."))
        return cleaned

    def query(self) -> CoverageQuery | None:
        """Return the query of a valid form, or None if the ministry has no strength yet."""
        data = self.cleaned_data
        if self.about is None or not data.get("year"):
            return None
        return CoverageQuery(
            self.about,
            data["year"],
            data["by"],
            data["rule"],
            Target(data["target"], data["until"]),
            whole=access.sees_whole(self.member, Question(organisation=self.about.pk)),
        )
