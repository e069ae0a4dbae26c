"""Notifications, their settings, and digests. Of a notification's target only the key is stored."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class DeliveryMode(models.TextChoices):
    """How soon a member is notified."""

    OFF = "off", _("Not at all")
    AT_ONCE = "at_once", _("At once, by e-mail")
    DIGEST = "digest", _("In my digest")


class NotificationSetting(models.Model):
    """How soon a member is notified of one kind of event, if it differs from the kind's default."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="notification_settings")
    kind = models.CharField(_("what"), max_length=20)
    mode = models.CharField(_("how"), max_length=8, choices=DeliveryMode.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="notification_setting_once")]
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")

    def __str__(self) -> str:
        return f"{self.kind} {self.mode}"


class Digest(models.Model):
    """How often a member gets a digest, in which language, and up to when the last one reported."""

    class Every(models.TextChoices):
        OFF = "off", _("Never")
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="digest")
    every = models.CharField(_("digest"), max_length=4, choices=Every.choices, default=Every.WEEK)
    language = models.CharField(_("language"), max_length=8, default="en")
    covers_until = models.DateTimeField(default=timezone.now)
    # In the one-click unsubscribe link, which needs no sign-in.
    leave_token = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return self.every


class Notification(models.Model):
    """An event that a member was notified of at once, or will be by their digest.

    Its sentence is rendered on display, from the current `target`: no name or title is copied here, and what may no
    longer be read is left out (`access.visible_notifications`).
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("what"), max_length=20)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["member", "-at"], name="notification_newest"),
            models.Index(fields=["content_type", "object_id"], name="notification_target"),
        ]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
