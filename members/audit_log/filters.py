"""Filters of the audit log."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from audit.sentences import actions_said, find_things
from common.folding import spelling
from common.forms import DateInput
from members import access
from members.models import Member, Organisation

KINDS = [
    ("trainings.", _("Trainings and their people")),
    ("trainers.", _("Trainers' profiles and topics")),
    ("members.", _("Members and organisations")),
]


class AuditFilter(forms.Form):
    """Always over `access.visible_entries(member)`. Invalid values are ignored."""

    q = forms.CharField(
        label=_("Who or what"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text=_("A name, or a training's reference such as ME-2026-011."),
    )
    act = forms.ChoiceField(label=_("What was done"), required=False)
    kind = forms.ChoiceField(label=_("To what"), required=False, choices=[("", _("Anything")), *KINDS])
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, required=False, empty_label=_("Any")
    )
    first = forms.DateField(label=_("From"), required=False, widget=DateInput)
    last = forms.DateField(label=_("To"), required=False, widget=DateInput)
    readings = forms.BooleanField(label=_("With readings of names"), required=False)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        acts = [(act, act.replace("_", " ").capitalize()) for act in actions_said()]
        self.fields["act"].choices = [("", _("Anything")), *acts]  # type: ignore[attr-defined]
        if access.can_edit_reference(by):
            self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in use, without empty or invalid ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def rows(self) -> QuerySet[AuditEntry]:
        """Return the matching entries, newest first, with actor and text. At most two more queries, for names."""
        chosen = self.chosen
        rows = access.visible_entries(self.by).select_related("by__organisation", "organisation", "text")
        if not chosen.get("readings") and chosen.get("act") != "read_names":
            rows = rows.filter(is_reading=False)
        if chosen.get("act"):
            rows = rows.filter(action=chosen["act"])
        if chosen.get("kind"):
            rows = rows.filter(root_kind__startswith=chosen["kind"])
        if chosen.get("organisation"):
            rows = rows.filter(organisation=chosen["organisation"])
        if chosen.get("first"):
            rows = rows.filter(at__gte=timezone.make_aware(datetime.combine(chosen["first"], time.min)))
        if chosen.get("last"):
            rows = rows.filter(at__lte=timezone.make_aware(datetime.combine(chosen["last"], time.max)))
        return rows.filter(_who_or_what(chosen["q"])) if chosen.get("q") else rows


def _who_or_what(text: str) -> Q:
    """Entries by a member of that name in any script, or about an object of that name."""
    key = spelling(text)
    people = [
        member.pk
        for member in Member.objects.only("given_name", "family_name")
        if key and key in spelling(member.full_name)
    ]
    matches = Q(by__in=people)
    for kind, keys in find_things(text).items():
        matches |= Q(root_kind=kind, root_id__in=keys)
    return matches
