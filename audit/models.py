"""The append-only audit log: one entry per write, saved in the same transaction; sealed later into a hash chain."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who did what to which row, and when. Holds ids, counts and the portal's own words; never a name or free text.

    Those are in a separate `AuditText`, of which the entry stores a salted hash: the text can be erased and the chain
    of seals stays intact.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"), db_index=True
    )
    action = models.CharField(_("action"), max_length=60)
    kind = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object"), max_length=40)
    root_kind = models.CharField(_("kind of the whole it belongs to"), max_length=60, blank=True)
    root_id = models.CharField(_("the whole it belongs to"), max_length=40, blank=True)
    organisation = models.ForeignKey(
        "members.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("organisation it concerns")
    )
    fields = models.JSONField(_("fields that changed"), default=list, db_default=models.Value([], models.JSONField()))
    details = models.JSONField(_("details"), default=dict)
    free_text_hash = models.CharField(_("digest of its text"), max_length=64, blank=True, default="", db_default="")
    is_reading = models.BooleanField(_("changed nothing"), default=False, db_default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["root_kind", "root_id", "-id"], name="audit_entry_root"),
            models.Index(fields=["organisation", "-id"], name="audit_entry_organisation"),
            models.Index(fields=["-id"], condition=models.Q(is_reading=False), name="audit_entry_writes"),
        ]
        verbose_name = _("audit line")
        verbose_name_plural = _("audit lines")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.kind} {self.object_id}"

    def detail(self, name: str) -> Any:
        """Return one detail, or an empty string if this entry has no detail of that name."""
        return self.details.get(name, "")

    @property
    def free_text(self) -> dict[str, Any]:
        """The names and free text of this entry; empty if there are none or they were erased."""
        text = getattr(self, "text", None)
        return (text.body or {}) if text is not None else {}


class AuditText(models.Model):
    """The names and free text of one entry. Erasing sets the body to null; salt and entry stay."""

    entry = models.OneToOneField(
        AuditEntry, models.PROTECT, primary_key=True, related_name="text", verbose_name=_("entry")
    )
    salt = models.CharField(max_length=32)
    body = models.JSONField(_("text"), null=True)
    about_people = models.BooleanField(_("may name participants"), default=False)
    erased_at = models.DateTimeField(_("erased"), null=True)

    class Meta:
        verbose_name = _("text of an audit line")
        verbose_name_plural = _("texts of audit lines")

    def __str__(self) -> str:
        return f"#{self.entry_id}"


class Seal(models.Model):
    """One link of the chain: a batch of entries, sealed together with the previous link."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("at"))
    entries = models.JSONField(_("numbers of its lines"))
    previous = models.CharField(_("digest of the seal before"), max_length=64, blank=True)
    content_hash = models.CharField(_("digest"), max_length=64)

    class Meta:
        ordering = ["number"]
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.number}:{self.content_hash[:16]}"
