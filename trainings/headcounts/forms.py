"""Forms for the numbers that an organisation gives without names."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Organisation, RankGroup
from trainings.models import Headcount, Sex, Training
from trainings.models.people import MAX_HEADCOUNT


class AmendedHeadcountsForm(forms.Form):
    """The numbers of existing headcounts, one field per row; 0 removes a row."""

    def __init__(self, *args: Any, training: Training, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Headcount.objects.filter(party__training=training).select_related("party__organisation")
        for row in rows.order_by("party__organisation__name", "rank_group", "sex"):
            label = f"{row.party.organisation.short_name}: {row.get_rank_group_display()}, {row.get_sex_display()}"
            self.fields[f"headcount-{row.pk}"] = forms.IntegerField(
                label=label, initial=row.attended, min_value=0, max_value=MAX_HEADCOUNT
            )

    def numbers(self) -> dict[int, int]:
        """The changed numbers by the key of their row, after validation."""
        return {int(name.removeprefix("headcount-")): self.cleaned_data[name] for name in self.changed_data}


class HeadcountForm(forms.Form):
    """The numbers of one organisation by sex and rank group: a grid of `attended` and one of `completed`."""

    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=gettext_lazy("Organisation"))
    knows_completed = forms.BooleanField(label=gettext_lazy("I also know how many completed"), required=False)
    replaces_roster = forms.BooleanField(
        label=gettext_lazy("The headcount takes the place of this organisation's roster"),
        required=False,
        help_text=gettext_lazy("Its people leave the roster; they and their marks can be brought back."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group, group_label in RankGroup.choices:
            for sex, sex_label in Sex.choices:
                for part, part_label in (("attended", _("attended")), ("completed", _("completed"))):
                    self.fields[f"{part}-{group}-{sex}"] = forms.IntegerField(
                        label=f"{group_label}, {sex_label}, {part_label}",
                        required=False,
                        min_value=0,
                        max_value=MAX_HEADCOUNT,
                        error_messages={
                            "min_value": _("A headcount is not below zero."),
                            "max_value": _("A headcount is at most 100,000."),
                        },
                    )

    @property
    def grid(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """The rows of the page: a rank group with two numbers for each sex."""
        return [
            (str(label), [(self[f"attended-{group}-{sex}"], self[f"completed-{group}-{sex}"]) for sex in Sex.values])
            for group, label in RankGroup.choices
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        knows, any_number = cleaned.get("knows_completed"), False
        for group in RankGroup.values:
            for sex in Sex.values:
                attended = cleaned.get(f"attended-{group}-{sex}") or 0
                completed = cleaned.get(f"completed-{group}-{sex}")
                any_number = any_number or attended > 0
                if completed is not None and not knows:
                    self.add_error(
                        f"completed-{group}-{sex}", _("Tick “I also know how many completed”, or leave this empty.")
                    )
                elif completed is not None and completed > attended:
                    self.add_error(f"completed-{group}-{sex}", _("More completed than attended."))
        if not any_number and not self.errors:
            raise ValidationError(_("Enter at least one number of persons who attended."))
        return cleaned

    def counts(self) -> list[Headcount]:
        """Return the headcount rows, unsaved and without a party."""
        data, knows = self.cleaned_data, self.cleaned_data["knows_completed"]
        return [
            Headcount(
                sex=sex,
                rank_group=group,
                attended=data[f"attended-{group}-{sex}"],
                completed=(data[f"completed-{group}-{sex}"] or 0) if knows else None,
            )
            for group in RankGroup.values
            for sex in Sex.values
            if data.get(f"attended-{group}-{sex}")
        ]
