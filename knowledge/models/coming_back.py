"""How a member hears of what is new: choices per kind, the digest, secret addresses of feeds, and saved searches."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Member


class Notice(models.TextChoices):
    """What a member may be told of."""

    FOLLOWED = "followed", _("Something new of a topic or a person that I follow")
    COMMENTED = "commented", _("A comment on what I wrote, or an answer to me")
    MENTIONED = "mentioned", _("Somebody mentions me")
    NEW_VERSION = "new_version", _("A new version of a material that a planned training of mine uses")
    SEARCH = "search", _("Something new in a search that I saved")
    PINNED = "pinned", _("News that the secretariat pins")


class Pace(models.TextChoices):
    """How soon."""

    OFF = "off", _("Not at all")
    AT_ONCE = "at_once", _("At once, by e-mail")
    DIGEST = "digest", _("In my digest")


# How soon a member is told who has chosen nothing.
PACES = {
    Notice.MENTIONED: Pace.AT_ONCE,
    Notice.COMMENTED: Pace.AT_ONCE,
    Notice.NEW_VERSION: Pace.AT_ONCE,
    Notice.FOLLOWED: Pace.DIGEST,
    Notice.SEARCH: Pace.DIGEST,
    Notice.PINNED: Pace.DIGEST,
}


class NoticeChoice(models.Model):
    """How soon a member is told of one kind of thing, where it is not as by default."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="notice_choices")
    notice = models.CharField(_("what"), max_length=12, choices=Notice.choices)
    pace = models.CharField(_("how"), max_length=8, choices=Pace.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "notice"], name="notice_choice_once")]
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")

    def __str__(self) -> str:
        return f"{self.notice} {self.pace}"


class Digest(models.Model):
    """How often a member gets a digest, in which language, and what it has told up to when."""

    class Every(models.TextChoices):
        OFF = "off", _("Never")
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="digest")
    every = models.CharField(_("digest"), max_length=4, choices=Every.choices, default=Every.WEEK)
    language = models.CharField(_("language"), max_length=8, default="en")
    told_until = models.DateTimeField(default=timezone.now)
    # In the link by which one click ends it, without signing in.
    leave_token = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return self.every


class Notification(models.Model):
    """Something that waits for a member's digest, or was told at once."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="notifications")
    notice = models.CharField(_("what"), max_length=12, choices=Notice.choices)
    post = models.ForeignKey("knowledge.Post", models.CASCADE, related_name="+")
    comment = models.ForeignKey("knowledge.Comment", models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["member", "-at"], name="notification_newest")]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.notice} {self.post_id}"


class SavedSearch(models.Model):
    """A search that a member keeps, by its address' query. Seen by them alone."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=500)
    at = models.DateTimeField(default=timezone.now)
    # The newest thing it had found when it was last looked at or told.
    seen_until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["member", "query"], name="saved_search_once")]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self) -> str:
        return self.name


class SecretAddress(models.Model):
    """The secret in a member's addresses of feeds; kept as a digest alone, one in use at a time."""

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
