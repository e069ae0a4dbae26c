"""The search form: validates the parameters of a URL and writes them back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import reference_choices
from knowledge.posts.filters import FIRST_YEAR, LAST_YEAR, owners
from members.models import Language
from search.models import Kind
from search.query import MAX_LETTERS, MAX_WORDS, SearchQuery
from trainers.models import Topic

FILTERS = ("topic", "language", "ministry", "year")
NAMES = ("q", "kind", *FILTERS)


class SearchForm(forms.Form):
    """Search terms and filters. A filter with an invalid value adds an error and has no effect. One query, for choices."""

    q = forms.CharField(
        label=gettext_lazy("Search everything"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    ministry = forms.ChoiceField(label=gettext_lazy("Ministry"), required=False)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        choices = reference_choices(
            topic=(Topic.objects.all(), "name"),
            language=(Language.objects.all(), "name"),
            ministry=(owners(), "short_name"),
        )
        choices["kind"] = [(kind.value, str(kind.label)) for kind in Kind]
        any_of = {
            "topic": _("Any topic"),
            "language": _("Any language"),
            "ministry": _("Any ministry"),
            "kind": _("Anything"),
        }
        for name, words in any_of.items():
            self.fields[name].choices = [("", words), *choices[name]]  # type: ignore[attr-defined]  # ChoiceFields

    def languages(self) -> dict[str, str]:
        """The names of languages by code. No query."""
        return {code: str(label) for code, label in self.fields["language"].choices if code}  # type: ignore[attr-defined]  # as above

    def clean_q(self) -> str:
        q: str = self.cleaned_data["q"]
        if len(q) > MAX_LETTERS:
            raise forms.ValidationError(_("Search for at most 200 letters: a few words are enough."))
        query = SearchQuery.parse(q)
        if q and not query:
            raise forms.ValidationError(_("Type letters or figures: a word, a name, a place."))
        if query.size > MAX_WORDS:
            raise forms.ValidationError(_("Search for at most ten words at once."))
        return q

    def filter_fields(self) -> list[forms.BoundField]:
        """The filter fields."""
        return [self[name] for name in FILTERS]

    def error_sentences(self) -> list[str]:
        """The errors of the search, one sentence each."""
        return [
            f"{self.fields[name].label}: {' '.join(errors)}" if name != "q" else " ".join(errors)
            for name, errors in self.errors.get_json_data().items()
            for errors in [[error["message"] for error in errors]]
        ]

    def search_query(self) -> SearchQuery:
        """The query, without invalid parts."""
        self.is_valid()
        return query_of(self.cleaned_data)

    def address(self) -> str:
        """The canonical query string: always the same for the same search."""
        self.is_valid()
        values = {name: self.cleaned_data.get(name) for name in NAMES}
        return urlencode({name: value for name, value in values.items() if value})


def query_of(values: Mapping[str, Any]) -> SearchQuery:
    """Return the search query of URL parameters or form values. No database query."""
    filters = [f"{name}={values[name]}" for name in FILTERS if values.get(name)]
    return SearchQuery.parse(str(values.get("q") or ""), str(values.get("kind") or ""), filters)


class SaveForm(forms.Form):
    """A search to be saved: its name, and its query string from the page."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    query = forms.CharField(max_length=500, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        form = SearchForm(QueryDict(self.cleaned_data["query"]))
        if not form.is_valid() or not form.cleaned_data["q"]:
            raise forms.ValidationError(_("This is no search. Search for something first."))
        return form.address()
