"""Admin of courses and trainings. Nothing about participants is shown here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.desk import DeskAdmin, EditableDeskAdmin
from members.models import Member
from trainings.actions import save_course
from trainings.models import Course, Training


@admin.register(Course)
class CourseAdmin(EditableDeskAdmin):
    list_display = ("name", "code", "days", "completion_threshold", "makes_trainers", "is_offered")
    list_filter = ("is_offered",)
    search_fields = ("name", "code")
    filter_horizontal = ("topics",)

    def save_model(self, request: HttpRequest, obj: Course, form: Any, change: bool) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        save_course(course=obj, topics=form.cleaned_data["topics"], by=request.user)


@admin.register(Training)
class TrainingAdmin(DeskAdmin):
    list_display = ("reference", "title", "owner", "starts_on", "figures")
    list_select_related = ("owner",)
    search_fields = ("reference",)
    fields = (
        "reference", "title", "course", "host", "owner", "partners", "country", "place", "language", "mode",
        "starts_on", "ends_on", "scheduled_minutes", "sessions_held", "completion_threshold", "figures",
        "submitted_by", "submitted_at", "verified_by", "verified_at", "cancelled_at", "created_by", "created_at",
    )  # fmt: skip
