"""Form to link a participant to a member."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.folding import spelling
from members.models import Member
from trainings.models import Participant


class MemberForm(forms.Form):
    """A member of the person's organisation, or nobody. Members with the same name come first. One query."""

    member = forms.TypedChoiceField(
        label=_("Member of the portal"),
        required=False,
        help_text=_("A graduate who became a trainer stands in the report “Cascade” once they are linked."),
    )

    def __init__(self, sent: Mapping[str, Any] | None, *, person: Participant) -> None:
        super().__init__(sent, initial={"member": person.member_id or ""})
        self._members = {
            str(member.pk): member
            for member in sorted(
                Member.objects.filter(organisation=person.organisation_id),
                key=lambda member: spelling(f"{member.family_name} {member.given_name}") != person.spelling_key,
            )
        }
        field: Any = self.fields["member"]
        field.choices = [("", _("Nobody: has no account")), *((pk, m.full_name) for pk, m in self._members.items())]
        field.coerce, field.empty_value = self._members.__getitem__, None
