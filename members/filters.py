"""Filters of the member list."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.folding import spelling
from members import access
from members.models import Invitation, Member, Organisation, Role
from members.second_factor.rules import has_second_factor

AWAY_DAYS = 90
SEEN = [("away", _("Not in the last 90 days")), ("never", _("Never"))]
STATES = [("active", _("Active")), ("off", _("Deactivated"))]
FACTORS = [("yes", _("Set up")), ("no", _("Not set up"))]


class MemberFilter(forms.Form):
    """Always over `access.manageable_members(member)`. Invalid values are ignored."""

    q = forms.CharField(
        label=_("Name or address"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("Any")
    )
    role: forms.ModelChoiceField[Role] = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.all(), required=False, empty_label=_("Any")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *STATES])
    factor = forms.ChoiceField(label=_("Second factor"), required=False, choices=[("", _("Any")), *FACTORS])
    seen = forms.ChoiceField(label=_("Last seen"), required=False, choices=[("", _("Any time")), *SEEN])

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if access.can_edit_reference(by):
            self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in use, without empty or invalid ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def rows(self) -> QuerySet[Member]:
        """Return the matching members, with organisation, roles and whether they have a second factor."""
        chosen = self.chosen
        rows = access.manageable_members(self.by).annotate(has_factor=has_second_factor())
        if "organisation" in chosen:
            rows = rows.filter(organisation=chosen["organisation"])
        if "role" in chosen:
            rows = rows.filter(roles=chosen["role"])
        if "state" in chosen:
            rows = rows.filter(is_active=chosen["state"] == "active")
        if "factor" in chosen:
            rows = rows.filter(has_factor=chosen["factor"] == "yes")
        if chosen.get("seen") == "never":
            rows = rows.filter(last_seen_at=None)
        elif "seen" in chosen:
            rows = rows.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=timezone.now() - timedelta(days=AWAY_DAYS)))
        if "q" in chosen:
            rows = rows.filter(pk__in=_called(chosen["q"], rows))
        return rows.select_related("organisation").prefetch_related("roles")


def is_called(person: Member | Invitation, text: str) -> bool:
    """Return whether the name, in any script, or the address contains this text."""
    key, address = spelling(text), text.strip().lower()
    name = spelling(f"{person.given_name} {person.family_name}")
    return bool((key and key in name) or (address and address in person.email))


def _called(text: str, rows: QuerySet[Member]) -> list[int]:
    """Return the keys of the members with that name: reads a few hundred rows."""
    return [member.pk for member in rows.only("given_name", "family_name", "email") if is_called(member, text)]
