"""Validation of report queries, from the page's URL and from the command line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateInput
from members.models import Member
from reports import access
from reports.labels import DIMENSION_NAMES, RULE_NAMES
from reports.lookups import read_things
from trainings.counting import Question
from trainings.models import Training

RULES = list(RULE_NAMES.items())
MEASURES = [
    ("", gettext_lazy("what fits best")), ("people", gettext_lazy("people, at least")), ("seats", gettext_lazy("seats")),
    ("hours", gettext_lazy("person-hours")),
]  # fmt: skip
MAX_BREAKDOWNS = 2
# Parameters allowed in the URL besides the fields: the cell, and the export format.
BESIDE = {"at", "as"}
YES_OR_NO = {"on", "1", "true", "0", "false"}
YEARS = (1990, access.LAST_YEAR)


@dataclass(frozen=True)
class ReportQuery:
    """A question as its reader may ask it, with its breakdowns and whether the reader sees every number.

    `measure` is "people", "seats", "hours" or, if the reader chose none, empty. `widened` is True where the question differs from what was
    requested, because the reader may not ask that.
    """

    question: Question
    dimensions: tuple[str, ...]
    measure: str
    whole: bool
    widened: bool = False


# Each select: its label, the label of the empty choice, and whether its keys are numbers.
SELECTS: dict[str, tuple[Any, Any, bool]] = {
    "organisation": (gettext_lazy("People of"), gettext_lazy("All homes"), True),
    "host": (gettext_lazy("Hosted by"), gettext_lazy("Any host"), True),
    "owner": (gettext_lazy("Kept by"), gettext_lazy("Anybody"), True),
    "country": (gettext_lazy("Held in"), gettext_lazy("Any country"), False),
    "course": (gettext_lazy("Course"), gettext_lazy("All courses"), True),
    "topic": (gettext_lazy("Topic"), gettext_lazy("All topics"), True),
    "language": (gettext_lazy("Language"), gettext_lazy("Any language"), False),
    "trainer": (gettext_lazy("Trainer"), gettext_lazy("Any trainer"), True),
}


def check_period(form: forms.Form, cleaned: Mapping[str, Any]) -> None:
    """Refuse a period that ends before it starts, and years outside the allowed range."""
    first, last = cleaned.get("first"), cleaned.get("last")
    for name, day in (("first", first), ("last", last)):
        if day and not YEARS[0] <= day.year <= YEARS[1]:
            form.add_error(
                name, _("Choose a day between %(first)d and %(last)d.") % {"first": YEARS[0], "last": YEARS[1]}
            )
    if first and last and last < first:
        form.add_error("last", _("The period ends before it starts."))


def refuse_unknown(form: forms.Form, beside: Collection[str]) -> None:
    """Refuse parameters that are neither fields nor in `beside`."""
    for name in form.data:
        if name not in form.fields and name not in beside:
            form.add_error(None, _("Nothing can be asked by “%(name)s”.") % {"name": str(name)[:40]})


class QuestionForm(forms.Form):
    """Filters, rule and breakdowns. Unknown fields and more than two breakdowns are refused, not ignored. One query."""

    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DateInput())
    last = forms.DateField(label=gettext_lazy("To"), required=False, widget=DateInput())
    by = forms.ChoiceField(label=gettext_lazy("Break down by"), required=False)
    and_by = forms.ChoiceField(label=gettext_lazy("and by"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Count who"), choices=RULES, required=False)
    count = forms.ChoiceField(label=gettext_lazy("Show"), choices=MEASURES, required=False)
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"), required=False, choices=[("", gettext_lazy("Any mode")), *Training.Mode.choices]
    )
    verified = forms.BooleanField(label=gettext_lazy("Verified figures only"), required=False)

    def __init__(self, data: Mapping[str, Any], *, member: Member) -> None:
        super().__init__(data)
        self.member = member
        self.things = read_things()
        # The most that any question of this member may use; `query` checks each question again.
        self.may_be_whole = access.sees_whole(member, Question(organisation=member.organisation_id))
        offered = access.allowed_dimensions(whole=self.may_be_whole)
        names = [(name, label) for name, label in DIMENSION_NAMES.items() if name in offered]
        for field in ("by", "and_by"):
            self.fields[field].choices = [("", _("nothing")), *names]  # type: ignore[attr-defined]  # a choice field
        for name, (label, nothing, is_number) in SELECTS.items():
            if name != "trainer" or self.may_be_whole:
                self.fields[name] = forms.TypedChoiceField(
                    label=label,
                    required=False,
                    choices=self.things.choices(name, str(nothing)),
                    empty_value=None,
                    coerce=int if is_number else str,
                )
        self.order_fields(["first", "last", "by", "and_by", "rule", "count", *SELECTS, "mode", "verified"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_unknown(self, BESIDE)
        if isinstance(self.data, QueryDict) and any(
            len(self.data.getlist(name)) > 1 for name in self.data if name not in BESIDE
        ):
            self.add_error(None, _("Each thing can be asked once, and figures broken down by two at most."))
        check_period(self, cleaned)
        if str(self.data.get("verified") or "on").lower() not in YES_OR_NO:
            self.add_error("verified", _("Verified figures only is on or left out."))
        if cleaned.get("by") and cleaned.get("by") == cleaned.get("and_by"):
            self.add_error("and_by", _("Choose two different breakdowns."))
        return cleaned

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("first", "last", "by", "and_by", "rule", "count")]

    @property
    def more_names(self) -> list[str]:
        return [name for name in self.fields if name in SELECTS or name in ("mode", "verified")]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.more_names]

    def chosen_words(self) -> list[str]:
        """Return the labels of the chosen filters, such as "Montenegro" and "verified figures only"."""
        words = []
        for name in self.more_names:
            value = self.cleaned_data.get(name)
            if name == "verified" and value:
                words.append(str(self.fields[name].label).lower())
            elif value:
                choices = dict(self.fields[name].choices)  # type: ignore[attr-defined]  # a choice field
                words.append(str(choices.get(value) or choices.get(str(value))))
        return words

    def query(self) -> ReportQuery:
        """Return the query of a valid form, as its reader may ask it."""
        data = self.cleaned_data
        keys: dict[str, Any] = {name: data.get(name) for name in SELECTS}
        question = Question(
            rule=data["rule"] or "attended",
            first=data["first"],
            last=data["last"],
            mode=data["mode"] or None,
            verified_only=data["verified"],
            **keys,
        )
        whole = access.sees_whole(self.member, question)
        allowed = access.allowed_question(question, whole=whole)
        wanted = [name for name in (data["by"], data["and_by"]) if name]
        seen = tuple(name for name in wanted if name in access.allowed_dimensions(whole=whole))
        return ReportQuery(allowed, seen, data["count"], whole, widened=allowed != question or len(seen) < len(wanted))
