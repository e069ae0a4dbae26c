"""Validation of invitations, single or pasted as a list, and of the first password."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ManyChoices
from common.pasted import split_cells
from members import access
from members.models import Invitation, Member, Organisation, Role


class InvitationForm(forms.ModelForm[Invitation]):
    """Whom to invite, with the roles and organisations the inviting member may grant."""

    class Meta:
        model = Invitation
        fields = ("email", "given_name", "family_name", "organisation", "roles")
        widgets = {"roles": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = access.manageable_organisations(by)  # type: ignore[attr-defined]
        roles = self.fields["roles"]
        roles.queryset = access.grantable_roles(by)  # type: ignore[attr-defined]
        roles.label_from_instance = lambda role: f"{role.name}: {role.sentence}"  # type: ignore[attr-defined]


MAX_ROWS = 100


ADDRESS = re.compile(r"<?([^\s<>,;]*@[^\s<>,;]*)>?")


@dataclass(frozen=True)
class Pasted:
    """One pasted row as parsed, and what is wrong with it ("" if nothing)."""

    text: str
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    wrong: str = ""


class InvitationListForm(forms.Form):
    """People pasted from a workbook: an address and a name per row, any order; one organisation and roles for all."""

    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none()
    )
    roles = ManyChoices(label=gettext_lazy("Roles"), queryset=Role.objects.none(), widget=forms.CheckboxSelectMultiple)
    rows = forms.CharField(
        label=gettext_lazy("Rows"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Copy cells from a sheet: given name, family name and address. At most 100 rows."),
    )

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["organisation"].queryset = access.manageable_organisations(by)  # type: ignore[attr-defined]
        roles = self.fields["roles"]
        roles.queryset = access.grantable_roles(by)  # type: ignore[attr-defined]
        roles.label_from_instance = lambda role: f"{role.name}: {role.sentence}"  # type: ignore[attr-defined]

    def clean_rows(self) -> str:
        rows: str = self.cleaned_data["rows"]
        if len(split_cells(rows)) > MAX_ROWS:
            raise forms.ValidationError(_("At most 100 rows at once. Paste the rest afterwards."))
        return rows

    def understood(self) -> list[Pasted]:
        """Return each row as parsed, skipping a header. Two queries."""
        lines = split_cells(self.cleaned_data["rows"])
        if lines and not any("@" in cell for cell in lines[0]) and len(lines) > 1:
            lines = lines[1:]
        people = [_read_person(cells) for cells in lines]
        addresses = [row.email for row in people if row.email]
        # Nothing is revealed about members elsewhere; see `members.actions.invite_member`.
        here = access.manageable_members(self.by)
        members = set(here.filter(email__in=addresses).values_list("email", flat=True))
        seen: set[str] = set()
        checked = []
        for row in people:
            wrong = row.wrong
            if row.email in members:
                wrong = _("belongs to a member already")
            elif row.email and row.email in seen:
                wrong = _("stands here twice")
            seen.add(row.email)
            checked.append(replace(row, wrong=wrong))
        return checked


def _read_person(cells: list[str]) -> Pasted:
    """Parse an address and a name from one row: the cell with an @, and around it given and family name in that order.

    Also where they share a cell, as email programs copy them: Ana Petrović <ana@mod.example>, and the family name first
    if quoted: "Petrović, Ana" <ana@mod.example>.
    """
    text = "\t".join(cells)
    address, names, quoted = "", list(cells), False
    for n, cell in enumerate(cells):
        if match := ADDRESS.search(cell):
            address = match[1]
            names[n] = f"{cell[: match.start()]} {cell[match.end() :]}"
            quoted = match[0].startswith("<") and text.startswith('"')
            break
    names = [name.strip('" ' if quoted else None) for name in names]
    names = [name for name in names if name]
    if quoted and len(names) == 2:
        names.reverse()
    if len(names) == 1 and " " in names[0]:
        names = names[0].split(" ", 1)
    given_name, family = [*names, "", ""][:2]
    address = address.lower()
    try:
        validate_email(address)
    except forms.ValidationError:
        return Pasted(text, wrong=_("has no address that can be read"))
    if not given_name or not family or max(len(given_name), len(family)) > 80 or len(address) > 254:
        return Pasted(text, address, given_name[:80], family[:80], _("needs a given and a family name"))
    return Pasted(text, address, given_name, family)


class FirstPasswordForm(forms.Form):
    """The password chosen with an invitation."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. A few words you remember are better than one with signs."),
    )
    again = forms.CharField(
        label=gettext_lazy("Once more"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password and cleaned.get("again") and password != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        if password:
            person = Member(
                email=self.invitation.email,
                given_name=self.invitation.given_name,
                family_name=self.invitation.family_name,
            )
            try:
                validate_password(password, person)
            except forms.ValidationError as refusal:
                self.add_error("password", refusal)
        return cleaned
