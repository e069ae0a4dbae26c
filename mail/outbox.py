"""The outbox: emails are written in the transaction of their event, and sent by the worker (see mail/delivery.py)."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.validators import validate_email
from django.utils import timezone

from mail.models import Mail

SUBJECT_LETTERS = 200
# Headers a caller may set. The rest, such as recipients, is the outbox's own.
HEADERS = {"list-unsubscribe", "list-unsubscribe-post", "list-id", "in-reply-to", "references"}
SENT_KEPT = timedelta(days=30)
GIVEN_UP_TEXT_KEPT = timedelta(days=7)


def put_mail(
    *, to: str, subject: str, body: str, headers: Mapping[str, str] | None = None, key: str | None = None
) -> bool:
    """Queue one plain-text email to one address; saved or rolled back with the current transaction, sent a second later.

    With a `key` it is sent once: while the first is stored (30 days) a second email of that key is not written and False is
    returned. Line ends in subject and headers become blanks, a subject ends after 200 letters. Raises ValidationError if
    `to` is not an address, ValueError for a header that is not in `HEADERS`. One query, with a key up to four.
    """
    validate_email(to)
    brought = {name: _one_line(text) for name, text in (headers or {}).items()}
    if not {name.lower() for name in brought} <= HEADERS:
        raise ValueError(f"A mail brings only these headers: {', '.join(sorted(HEADERS))}.")
    facts = {
        "to": to, "subject": _cut(_one_line(subject)), "body": body.replace("\x00", ""), "headers": brought,
        "message_id": f"<{secrets.token_hex(16)}@{settings.SITE_HOST}>",
    }  # fmt: skip
    if not key:
        Mail.objects.create(**facts)
        return True
    return Mail.objects.get_or_create(key=key, defaults=facts)[1]


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _cut(text: str) -> str:
    return text if len(text) <= SUBJECT_LETTERS else text[: SUBJECT_LETTERS - 1] + "…"


def forget_old_mails() -> None:
    """Blank given up emails after a week, and delete sent or given up ones after thirty days. Run by the worker."""
    now = timezone.now()
    given_up = Mail.objects.filter(state=Mail.State.GIVEN_UP)
    given_up.filter(not_before__lt=now - GIVEN_UP_TEXT_KEPT).exclude(body="").update(body="", headers={})
    given_up.filter(not_before__lt=now - SENT_KEPT).delete()
    Mail.objects.filter(state=Mail.State.SENT, sent_at__lt=now - SENT_KEPT).delete()
