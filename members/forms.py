"""Validation of changes to a member: facts, roles, who takes over their work."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ManyChoices
from members import access
from members.models import Member, Role


class RolesForm(forms.Form):
    """The roles of a member, limited to those the editing member may grant."""

    roles = ManyChoices(label=gettext_lazy("Roles"), queryset=Role.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.fields["roles"]
        roles.queryset = access.grantable_roles(by)  # type: ignore[attr-defined]
        roles.label_from_instance = lambda role: f"{role.name}: {role.sentence}"  # type: ignore[attr-defined]


class MemberForm(forms.ModelForm[Member]):
    """A member's facts. Only members who manage other organisations may move them there."""

    class Meta:
        model = Member
        fields = ("given_name", "family_name", "function", "organisation")

    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = access.manageable_organisations(by)  # type: ignore[attr-defined]
        self.initial["fingerprint"] = self.now = self._fingerprint()

    def _fingerprint(self) -> str:
        facts = [
            str(getattr(self.instance, name)) for name in ("given_name", "family_name", "function", "organisation_id")
        ]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]

    def clean_fingerprint(self) -> str:
        """Refuse to overwrite what somebody else has changed since this form was rendered."""
        if self.cleaned_data["fingerprint"] not in ("", self.now):
            raise forms.ValidationError(_("Somebody else has changed this member meanwhile. Load the page again."))
        return self.now


class HandoverForm(forms.Form):
    """Who takes over the open work of a leaving member."""

    to: forms.ModelChoiceField[Member] = forms.ModelChoiceField(
        label=gettext_lazy("Open work goes to"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody: it stays with the organisation"),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Member.objects.filter(organisation=member.organisation_id, is_active=True).exclude(pk=member.pk)
        self.fields["to"].queryset = others  # type: ignore[attr-defined]
