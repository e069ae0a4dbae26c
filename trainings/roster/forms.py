"""Forms for people on the roster."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from common.folding import spelling
from members.models import Organisation, Rank, RankGroup
from trainings.forms import offer
from trainings.models import Enrolment, Mark, Sex, Training
from trainings.roster.actions import RosterRow


def rank_in(words: str, organisation: Organisation, ranks: dict[tuple[str, str], Rank]) -> tuple[Rank | None, str]:
    """Return the rank with this name in the organisation's country and its group; no rank if the name is unknown."""
    rank = ranks.get((organisation.country_id, spelling(words)))
    return rank, rank.group if rank else RankGroup.NOT_RECORDED


def ranks_of(countries: Sequence[str]) -> dict[tuple[str, str], Rank]:
    """Return the ranks of these countries by (country, folded name), in either script. One query."""
    ranks: dict[tuple[str, str], Rank] = {}
    for rank in Rank.objects.filter(country__in=countries):
        for name in (rank.other_script, rank.name):
            if name:
                ranks[rank.country_id, spelling(name)] = rank
    return ranks


def person_row(typed: dict[str, Any], ranks: dict[tuple[str, str], Rank]) -> RosterRow:
    """Return a roster row from a form's cleaned data, using these ranks of the person's country."""
    home = typed["organisation"]
    rank, group = rank_in(typed["rank_words"], home, ranks)
    return RosterRow(
        family_name=typed["family_name"],
        given_name=typed["given_name"],
        organisation=home,
        sex=typed["sex"],
        rank=rank,
        rank_words=typed["rank_words"],
        rank_group=typed.get("rank_group") or group,
        unit=typed["unit"],
        participant=None if typed.get("is_another") else typed.get("participant"),
        is_another=typed.get("is_another", False),
    )


class PersonForm(forms.Form):
    """One person typed for the roster."""

    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80)
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=80)
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=Sex.choices, initial=Sex.NOT_RECORDED)
    rank_words = forms.CharField(
        label=gettext_lazy("Rank"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "ranks", "autocomplete": "off"}),
    )
    rank_group = forms.ChoiceField(
        label=gettext_lazy("Rank group"),
        required=False,
        choices=[("", gettext_lazy("From the rank")), *RankGroup.choices],
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=160, required=False)
    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=gettext_lazy("Home organisation"))
    participant = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    # Shown once a person of this name turned out to be on the roster already.
    is_another = forms.BooleanField(label=gettext_lazy("This is another person of the same name"), required=False)

    def row(self) -> RosterRow:
        """Return the typed person as a roster row, after validation. One query."""
        return person_row(self.cleaned_data, ranks_of([self.cleaned_data["organisation"].country_id]))


class MissingPersonForm(PersonForm):
    """One person missing from verified figures, with one mark for every session held."""

    value = forms.ChoiceField(
        label=gettext_lazy("In every session"),
        required=False,
        choices=[*Mark.Value.choices, ("", gettext_lazy("Not recorded"))],
        initial=Mark.Value.PRESENT,
    )


MISSING_PEOPLE = 3


MissingPeopleFormSet = forms.formset_factory(
    MissingPersonForm, extra=MISSING_PEOPLE, max_num=MISSING_PEOPLE, absolute_max=MISSING_PEOPLE
)


def missing_people(data: QueryDict | None, training: Training) -> forms.BaseFormSet[MissingPersonForm]:
    """Return the formset of people missing from the figures of a training. One query in total."""
    lines = MissingPeopleFormSet(
        data, prefix="missing", form_kwargs={"initial": {"organisation": training.owner_id, "value": "present"}}
    )
    choices = list(Organisation.objects.values_list("pk", "name"))
    for line in lines:
        offer(line.fields["organisation"], Organisation.objects.all(), choices)
    return lines


def person_initial(enrolment: Enrolment) -> dict[str, Any]:
    """Return the form's initial data for a roster row."""
    person = enrolment.participant
    return {
        "family_name": person.family_name, "given_name": person.given_name, "sex": person.sex,
        "rank_words": enrolment.rank_words, "rank_group": enrolment.rank_group, "unit": enrolment.unit,
        "organisation": enrolment.organisation_id,
    }  # fmt: skip
