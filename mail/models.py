"""The outbox: email that waits to be sent. It knows an address, not whose it is."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One mail to one address: the outbox. Written by `mail.outbox.put_mail`, sent by `mail.delivery`.

    It may hold a link that works once, so its text and headers are gone when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    # The same at each attempt: who gets the mail twice, after a crash, has a program that shows it once.
    message_id = models.CharField(max_length=300, unique=True)
    # What it tells, where that is told once: see `put_mail`.
    key = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    # Of a waiting mail when it is due, of a given up one since when it is.
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
