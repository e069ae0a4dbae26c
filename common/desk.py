"""What every table of the support desk shares: who may, and that writes go through actions."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.forms import Form
from django.http import HttpRequest


class DeskAdmin(ModelAdmin):
    """A table that members with `members.use_desk` read and nobody changes."""

    view_on_site = False
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("members.use_desk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("members.use_desk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EditableDeskAdmin(DeskAdmin):
    """A table whose rows may be added and changed; `save_model` calls the action of that noun."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("members.use_desk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("members.use_desk")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Refuse to write past an action."""
        raise NotImplementedError

    def save_related(self, request: HttpRequest, form: Form, formsets: Any, change: bool) -> None:
        """Write nothing more: the action kept the row together with what it is linked to."""
