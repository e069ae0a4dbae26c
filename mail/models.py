"""The outbox: emails waiting to be sent. It stores an address, not whose it is."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One email to one address. Written by `mail.outbox.put_mail`, sent by `mail.delivery`.

    It may contain a one-time link, so its text and headers are deleted once it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    # The same at each attempt: if a crash causes a second copy, the reader's program shows it once.
    message_id = models.CharField(max_length=300, unique=True)
    # Identifies an email that must be written only once: see `put_mail`.
    key = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    # For a waiting email when it is due, for a given up one since when.
    not_before = models.DateTimeField(_("next attempt"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("refused attempts"), default=0)
    last_error = models.CharField(_("why it was refused"), max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~models.Q(key=""), name="mail_told_once"),
            models.CheckConstraint(
                condition=models.Q(state="sent", body="", sent_at__isnull=False)
                | models.Q(state__in=["waiting", "given_up"], sent_at=None),
                name="mail_sent_holds_no_text",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before", "id"], condition=models.Q(state="waiting"), name="mail_due"),
            models.Index(fields=["id"], condition=models.Q(state="given_up"), name="mail_given_up"),
        ]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
