"""The question as it stands in an address."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.kept import kept
from common.forms import reference_choices
from knowledge.filters import FIRST_YEAR, LAST_YEAR, keepers
from members.models import Language
from portal.search.asking import LETTERS_MOST, WORDS_MOST, Asked
from portal.search.models import Kind
from portal.search.words import words_of
from trainers.models import Topic

FACETS = ("topic", "language", "ministry", "year")
NAMES = ("q", "kind", *FACETS)


def _rows_offered() -> dict[str, list[tuple[str, str]]]:
    return reference_choices(
        topic=(Topic.objects.all(), "name"), language=(Language.objects.all(), "name"),
        ministry=(keepers(), "short_name"),
    )  # fmt: skip


class SearchForm(forms.Form):
    """What is looked for. A filter that is none is a sentence and narrows nothing.

    As many queries as `kept` takes: none while the index stands still whose `stamp` this is.
    """

    q = forms.CharField(
        label=gettext_lazy("Search everything"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    ministry = forms.ChoiceField(label=gettext_lazy("Ministry"), required=False)
    year = forms.IntegerField(
        label=gettext_lazy("Year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any], stamp: object = None) -> None:
        super().__init__(data)
        kinds = [(kind.value, str(kind.label)) for kind in Kind]
        offered = {"kind": kinds} | kept("choices of the search", _rows_offered, stamp)
        any_of = {
            "topic": _("Any topic"), "language": _("Any language"), "ministry": _("Any ministry"), "kind": _("Anything"),
        }  # fmt: skip
        for name, words in any_of.items():
            self.fields[name].choices = [("", words), *offered[name]]  # type: ignore[attr-defined]  # ChoiceFields

    def languages(self) -> dict[str, str]:
        """The names of languages by their codes. No query."""
        return {code: str(label) for code, label in self.fields["language"].choices if code}  # type: ignore[attr-defined]  # as above

    def clean_q(self) -> str:
        q: str = self.cleaned_data["q"]
        if len(q) > LETTERS_MOST:
            raise forms.ValidationError(_("Search for at most 200 letters: a few words are enough."))
        words = list(dict.fromkeys(words_of(q)))
        if q and not words:
            raise forms.ValidationError(_("Type letters or figures: a word, a name, a place."))
        if len(words) > WORDS_MOST:
            raise forms.ValidationError(_("Search for at most ten words at once."))
        return q

    def wrong(self) -> list[str]:
        """What was asked for and cannot be, a sentence each."""
        return [
            f"{self.fields[name].label}: {' '.join(errors)}" if name != "q" else " ".join(errors)
            for name, errors in self.errors.get_json_data().items()
            for errors in [[error["message"] for error in errors]]
        ]

    def asked(self) -> Asked:
        """The question, without what is wrong in it."""
        self.is_valid()
        return asked_of(self.cleaned_data)

    def query(self) -> str:
        """The question as the query of an address, always the same for the same question."""
        self.is_valid()
        told = {name: self.cleaned_data.get(name) for name in NAMES}
        return urlencode({name: value for name, value in told.items() if value})


def asked_of(told: Mapping[str, Any]) -> Asked:
    """The question of an address' query, or of a form's values. No query."""
    facets = [f"{name}={told[name]}" for name in FACETS if told.get(name)]
    return Asked.of(str(told.get("q") or ""), str(told.get("kind") or ""), facets)


class SaveForm(forms.Form):
    """A search to be saved: its name, and its query as the page made it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    query = forms.CharField(max_length=500, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        form = SearchForm(QueryDict(self.cleaned_data["query"]))
        if not form.is_valid() or not form.cleaned_data["q"]:
            raise forms.ValidationError(_("This is no search. Search for something first."))
        return form.query()
