"""Validation of comments and of reasons for reporting or hiding."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from knowledge.models.discussion import MAX_COMMENT_LENGTH

MAX_NUMBER = 2**31 - 1


class CommentForm(forms.Form):
    """A comment or a reply to `answers`; `key` comes from the page, `version_seen` is the version the editor opened."""

    body = forms.CharField(
        label=_("Add to the discussion"),
        max_length=MAX_COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Members who may read this post see it. @ and a full name lets that member know."),
    )
    answers = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version_seen = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """One text field: why something is reported or hidden."""

    words = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
