"""The Django admin of the append-only audit log, read-only."""

from django.contrib import admin

from audit.models import AuditEntry
from common.desk import DeskAdmin


@admin.register(AuditEntry)
class LineAdmin(DeskAdmin):
    list_display = ("at", "by", "action", "kind", "object_id")
    list_select_related = ("by",)
    search_fields = ("=action", "=object_id", "by__email")
    fields = ("at", "by", "action", "kind", "object_id", "root_kind", "root_id", "details")
