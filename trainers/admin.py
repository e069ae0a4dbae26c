"""The Django admin of topics."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.desk import EditableDeskAdmin
from members.models import Member
from trainers.actions import save_topic
from trainers.models import Topic


@admin.register(Topic)
class TopicAdmin(EditableDeskAdmin):
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        save_topic(topic=obj, by=request.user)
