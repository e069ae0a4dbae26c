"""Validation of strengths that are typed or imported."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput, FileOrCellsForm
from members.models import RankGroup
from reports.models.strengths import FIRST_YEAR, LAST_YEAR, MAX_NUMBER
from reports.strengths.actions import Entry
from trainings.models import Sex

SOURCE_HELP = gettext_lazy("The document the numbers are from, so that they can be looked up again.")
NO_YEAR = gettext_lazy("Choose a year from 1990 to 2100.")


def _year(**how: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=FIRST_YEAR, max_value=LAST_YEAR, error_messages={"min_value": NO_YEAR, "max_value": NO_YEAR}, **how
    )


class StrengthForm(forms.Form):
    """One table: a number for each rank group and sex. `version` is the one the form showed, 0 for a new table."""

    year = _year(label=gettext_lazy("Year"))
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Leave empty for the ministry as a whole."),
    )
    as_on = forms.DateField(label=gettext_lazy("As on"), widget=DateInput())
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200, help_text=SOURCE_HELP)
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            # Year and unit of a table are fixed: another year is another table.
            for name in ("year", "unit"):
                self.fields[name].disabled = True
        for group, group_label in RankGroup.choices:
            for sex, sex_label in Sex.choices:
                self.fields[f"n-{group}-{sex}"] = forms.IntegerField(
                    label=f"{group_label}, {sex_label}",
                    required=False,
                    min_value=0,
                    max_value=MAX_NUMBER,
                    error_messages={
                        "min_value": _("A strength is not below zero."),
                        "max_value": _("A strength is at most 1,000,000."),
                    },
                )

    @property
    def grid(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The rows of the page: a rank group with a field for each sex."""
        return [(str(label), [self[f"n-{group}-{sex}"] for sex in Sex.values]) for group, label in RankGroup.choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        as_on = cleaned.get("as_on")
        if as_on and not FIRST_YEAR <= as_on.year <= LAST_YEAR:
            self.add_error("as_on", NO_YEAR)
        if not self.errors and not self._cells():
            raise forms.ValidationError(_("Enter at least one number."))
        return cleaned

    def _cells(self) -> dict[tuple[str, str], int]:
        cells = {}
        for group in RankGroup.values:
            for sex in Sex.values:
                number = self.cleaned_data.get(f"n-{group}-{sex}")
                if number is not None:
                    cells[str(group), str(sex)] = number
        return cells

    def entry(self) -> Entry:
        """Return the entry of a valid form."""
        data = self.cleaned_data
        unit = " ".join(data["unit"].split())
        return Entry(data["year"], unit, data["as_on"], data["source"], self._cells())


class StrengthImportForm(FileOrCellsForm):
    """A file or pasted cells, with defaults for what the table may lack: year, day, source."""

    file_help = gettext_lazy(".xlsx, .xls, .ods or CSV, at most 10 MB.")
    neither_given = gettext_lazy("Choose a file, or paste the cells of the table.")

    year = _year(
        label=gettext_lazy("Year"), required=False, help_text=gettext_lazy("Where the table has no column of years.")
    )
    as_on = forms.DateField(
        label=gettext_lazy("As on"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Left empty: 31 December of each year."),
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200, help_text=SOURCE_HELP)

    def clean_as_on(self) -> date | None:
        as_on: date | None = self.cleaned_data["as_on"]
        if as_on and not FIRST_YEAR <= as_on.year <= LAST_YEAR:
            raise forms.ValidationError(NO_YEAR)
        return as_on


class RemoveForm(forms.Form):
    """The version the member saw before removing the table."""

    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1, max_value=2**31 - 1)
