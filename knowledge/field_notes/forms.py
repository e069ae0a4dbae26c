"""Forms for field notes and for the list for the next edition."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import ManyChoices
from knowledge.discussion.forms import MAX_NUMBER
from knowledge.models import FieldNote, RevisionItem
from knowledge.posts.forms import MAX_TOPICS
from trainers.models import Topic


class NoteForm(forms.ModelForm[FieldNote]):
    """A field note: three short answers, at least one required."""

    topics = ManyChoices(Topic.objects.all(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)
    version_seen = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER, widget=forms.HiddenInput)

    class Meta:
        model = FieldNote
        fields = ("worked", "resisted", "unanswered", "is_author_hidden")
        labels = {
            "worked": _("What worked?"),
            "resisted": _("What met resistance?"),
            "unanswered": _("Which question could you not answer?"),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("worked", "resisted", "unanswered")}
        help_texts = {
            "is_author_hidden": _(
                "Readers see no name. The portal's record still knows who wrote it, and the coordinators and admins who "
                "read the record can find out. Where few people taught, others may guess."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["topics"] = [topic.pk for topic in self.instance.topics.all()]
            self.initial["version_seen"] = self.instance.version

    def clean_topics(self) -> QuerySet[Topic]:
        topics: QuerySet[Topic] = self.cleaned_data["topics"]
        if len(topics) > MAX_TOPICS:
            raise forms.ValidationError(_("Choose at most eight topics."))
        return topics

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in ("worked", "resisted", "unanswered")):
            raise forms.ValidationError(_("Answer at least one of the three questions."))
        return cleaned


class CollectForm(forms.ModelForm[RevisionItem]):
    """The topic under which a note is added to the list for the next edition, and what should change."""

    class Meta:
        model = RevisionItem
        fields = ("topic", "words")
        labels = {"words": _("What to change in the manual")}
