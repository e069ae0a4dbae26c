"""Validation of invitations and of the first password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.folding import spelling
from members import access
from members.models import Invitation, Member, Organisation, Rank


class InvitationForm(forms.ModelForm[Invitation]):
    """Whom to invite, within what the inviting member may give."""

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


class FirstPasswordForm(forms.Form):
    """The password chosen with an invitation."""

    password = forms.CharField(
        label=gettext_lazy("Password"), max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. A few words you remember are better than one with signs."),
    )  # fmt: skip
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


class OrganisationForm(forms.ModelForm[Organisation]):
    """An organisation's facts."""

    class Meta:
        model = Organisation
        fields = ("code", "name", "short_name", "local_name", "kind", "country")


class RankForm(forms.ModelForm[Rank]):
    """A rank's facts. Two spellings of one name in a country are one rank."""

    class Meta:
        model = Rank
        fields = ("country", "group", "nato", "name", "other_script", "confirmed")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key = spelling(cleaned.get("name", ""))
        if "name" in cleaned and not 0 < len(key) <= 60:
            self.add_error("name", _("Write the rank's name in letters, shorter if it is very long."))
        twins = Rank.objects.filter(country=cleaned.get("country"), name_key=key).exclude(pk=self.instance.pk)
        if "name" in cleaned and (twin := twins.first()):
            self.add_error("name", _("This country already has the rank %(name)s.") % {"name": twin})
        return cleaned
