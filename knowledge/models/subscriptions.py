"""Saved searches of a member, and the secret addresses of feeds."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class SavedSearch(models.Model):
    """A search saved by a member as a query string. Visible only to them."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=500)
    at = models.DateTimeField(default=timezone.now)
    # When its results were last looked at.
    seen_until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["member", "query"], name="saved_search_once")]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self) -> str:
        return self.name


class SecretAddress(models.Model):
    """The secret in a member's feed URLs; stored only as a hash, one active at a time."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="secret_addresses")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(revoked_at=None), name="secret_address_one_in_use"
            )
        ]
        verbose_name = _("secret address")
        verbose_name_plural = _("secret addresses")

    def __str__(self) -> str:
        return f"{self.member_id}"
