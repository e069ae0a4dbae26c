"""The append-only record: one line per write, kept with it in one transaction."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Line(models.Model):
    """Who did what to which row, and when. Holds ids, counts and words of the portal; never a participant's name."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"), db_index=True
    )
    action = models.CharField(_("action"), max_length=60)
    kind = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object"), max_length=40)
    root_kind = models.CharField(_("kind of the whole it belongs to"), max_length=60, blank=True)
    root_id = models.CharField(_("the whole it belongs to"), max_length=40, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["root_kind", "root_id", "-id"], name="audit_line_root")]
        verbose_name = _("audit line")
        verbose_name_plural = _("audit lines")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.kind} {self.object_id}"

    def detail(self, name: str) -> Any:
        """Return one detail, or an empty string where this line has none of that name."""
        return self.details.get(name, "")
