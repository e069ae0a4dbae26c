"""Validation of a trainer's own profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, ManyChoices
from common.pictures import portrait
from members.models import Rank
from trainers.models import Topic, TrainerProfile


class ProfileForm(forms.ModelForm[TrainerProfile]):
    """What trainers say about themselves."""

    photo_file = forms.FileField(
        label=_("Photograph"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 5 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    drop_photo = forms.BooleanField(label=_("Remove the present photograph"), required=False)

    class Meta:
        model = TrainerProfile
        fields = (
            "rank",
            "position",
            "sex",
            "languages",
            "topics",
            "qualifications",
            "deployments",
            "about",
            "certified_on",
            "is_public",
        )
        field_classes = {"topics": ManyChoices}
        widgets = {
            "languages": forms.CheckboxSelectMultiple,
            "topics": forms.CheckboxSelectMultiple,
            "certified_on": DateInput,
            "qualifications": forms.Textarea(attrs={"rows": 4}),
            "deployments": forms.Textarea(attrs={"rows": 4}),
            "about": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.instance.member.organisation
        self.fields["rank"].queryset = Rank.objects.filter(country=home.country_id)  # type: ignore[attr-defined]

    def clean_photo_file(self) -> Any:
        """Convert the upload into the picture to store."""
        upload = self.cleaned_data.get("photo_file")
        return portrait(upload, upload.size) if upload else None


class TopicForm(forms.ModelForm[Topic]):
    """A topic's name."""

    class Meta:
        model = Topic
        fields = ("name",)
