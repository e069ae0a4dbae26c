"""Validation of posts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ManyChoices
from knowledge.models import Post
from knowledge.models.posts import MAX_MINUTES
from knowledge.posts.actions import Choices
from members.models import RankGroup
from trainers.models import Topic

MAX_TOPICS = 8
GROUPS = [(value, label) for value, label in RankGroup.choices if value != RankGroup.NOT_RECORDED]


class PostForm(forms.ModelForm[Post]):
    """A post as its author writes it. `version_seen` is the version the page showed, sent back with the text."""

    topics = ManyChoices(Topic.objects.all(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)
    audience = forms.MultipleChoiceField(
        label=_("For"),
        choices=GROUPS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: for everybody."),
    )
    version_seen = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Post
        fields = ("kind", "title", "body", "language", "minutes", "reach")
        widgets = {
            "body": forms.Textarea(attrs={"rows": 16, "data-markdown": ""}),
            "kind": forms.RadioSelect,
            "reach": forms.RadioSelect,
            "minutes": forms.NumberInput(attrs={"min": 1, "max": MAX_MINUTES, "inputmode": "numeric"}),
        }
        help_texts = {
            "body": _("Markdown: **bold**, *italic*, # heading, - list, [words](https://address), > quotation."),
            "minutes": _("For exercises."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        post = self.instance
        if post.pk:
            self.initial.setdefault("topics", [topic.pk for topic in post.topics.all()])
            self.initial.setdefault("audience", [row.rank_group for row in post.audience.all()])
            self.initial["version_seen"] = post.version
        self.fields["kind"].choices = Post.Kind.choices  # type: ignore[attr-defined]  # without an empty one
        self.fields["reach"].choices = Post.Reach.choices  # type: ignore[attr-defined]  # as above

    def clean_topics(self) -> Any:
        topics = self.cleaned_data["topics"]
        if len(topics) > MAX_TOPICS:
            raise forms.ValidationError(_("Choose at most eight topics: a post about everything is found by nobody."))
        return topics

    def clean_minutes(self) -> int | None:
        minutes: int | None = self.cleaned_data["minutes"]
        if minutes is not None and not 1 <= minutes <= MAX_MINUTES:
            raise forms.ValidationError(_("Between 1 and 6,000 minutes."))
        return minutes

    def choices(self) -> Choices:
        """Return topics and audience of a valid form."""
        return Choices(topics=self.cleaned_data["topics"], audience=self.cleaned_data["audience"])


class BodyForm(forms.Form):
    """The text for a preview."""

    body = forms.CharField(max_length=60_000, required=False, strip=False)
