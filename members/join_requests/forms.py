"""Validation of requests to join."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import JoinRequest, Organisation


class JoinForm(forms.ModelForm[JoinRequest]):
    """A stranger's request to become a member."""

    # Hidden from people; programs that fill in every field reveal themselves.
    website = forms.CharField(label=gettext_lazy("Leave this empty"), required=False)

    class Meta:
        model = JoinRequest
        fields = ("given_name", "family_name", "email", "organisation", "words")
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        labels = {"email": gettext_lazy("Official e-mail address"), "organisation": gettext_lazy("Ministry")}
        help_texts = {"words": gettext_lazy("Such as: gender focal point of the 1st brigade, trainer since 2024.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        homes = Organisation.objects.filter(kind=Organisation.Kind.MINISTRY)
        self.fields["organisation"].queryset = homes  # type: ignore[attr-defined]
        self.fields["organisation"].empty_label = _("Choose")  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Reveal nothing about existing requests: the model's own check would tell that an address has asked before."""
