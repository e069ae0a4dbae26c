"""Base classes of the Django admin tables: permission, and writes only through actions."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.forms import Form
from django.http import HttpRequest


class DeskAdmin(ModelAdmin):
    """A table that members with `members.use_desk` may read and nobody may change."""

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
    """A table whose rows may be added and changed; `save_model` calls the matching action."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("members.use_desk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("members.use_desk")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Refuse to write without an action."""
        raise NotImplementedError

    def save_related(self, request: HttpRequest, form: Form, formsets: Any, change: bool) -> None:
        """Write nothing more: the action has saved the row together with its relations."""
