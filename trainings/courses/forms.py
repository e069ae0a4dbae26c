"""Form for the course catalogue."""

from django import forms

from common.forms import ManyChoices
from trainings.models import Course


class CourseForm(forms.ModelForm[Course]):
    """A course's facts and topics."""

    class Meta:
        model = Course
        fields = (
            "code", "name", "days", "audience", "summary", "topics", "completion_threshold", "makes_trainers", "is_offered",
        )  # fmt: skip
        field_classes = {"topics": ManyChoices}
        widgets = {"summary": forms.Textarea(attrs={"rows": 5}), "topics": forms.CheckboxSelectMultiple}
