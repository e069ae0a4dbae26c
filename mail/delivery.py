"""Sending the emails in the outbox: the worker's part.

No email is lost. It is sent twice only if a crash comes between the server's acceptance and our record of it, and then
with the same Message-ID. Of the server's reply only the numbers are stored: its words may quote the email.
"""

import logging
import re
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import Error as DatabaseFailure
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from mail.models import Mail

logger = logging.getLogger(__name__)

# After a temporary failure: 1, 2, 4 … minutes, then every six hours; nineteen such waits are just under three days.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 20
# On SQLite: how long a worker owns an email. Longer than five waits of EMAIL_TIMEOUT for the server.
LEASE = timedelta(minutes=5)
LONGEST_PAUSE = 60

GOODBYE = 421  # the server closes the connection, whatever the email
TOO_LARGE = 552  # may come in reply to the sender command (MAIL FROM), but is about this message


@dataclass(frozen=True)
class Refusal:
    """Why one email was not sent, in the portal's own words and the server's numbers; permanent or temporary."""

    words: str
    is_final: bool


class MailSender:
    """Sends due emails, over one connection per batch; backs off exponentially while the server is unreachable."""

    def __init__(self, is_over: Callable[[], bool] = lambda: False) -> None:
        self.is_over = is_over
        self.failures = 0
        self.again_at = 0.0
        # Emails the server accepted but the database has not yet recorded: recorded later, not sent again.
        self.accepted: set[int] = set()

    def send_waiting(self) -> None:
        """Send everything that is due, oldest first. One query if nothing is due; two per email."""
        if time.monotonic() < self.again_at:
            return
        try:
            self._send_all()
        except OSError as away:  # as are all errors of smtplib
            seconds = self._wait_longer()
            reason = _code_of(away) or type(away).__name__
            logger.warning(
                "The mail server cannot be used (%s); mail waits and is tried in %d seconds.", reason, seconds
            )
        except DatabaseFailure:
            self._wait_longer()
            raise

    def _send_all(self) -> None:
        if not due_mails().exists():
            return
        server: BaseEmailBackend = get_connection()
        try:
            server.open()
            while not self.is_over() and self._send_next(server):
                self.failures = 0
        finally:
            with suppress(OSError):
                server.close()

    def _send_next(self, server: BaseEmailBackend) -> bool:
        """Send one unclaimed email; return whether there was one. Raises errors that mean the server is unreachable."""
        with claim_mail() as mail:
            if mail is None:
                return False
            away = deliver(mail, server, self.accepted)  # not raised in here: what is recorded of the email stays
        self.accepted.discard(mail.pk)
        if away is not None:
            raise away
        return True

    def _wait_longer(self) -> int:
        """Double the pause; return it in seconds."""
        seconds: int = min(LONGEST_PAUSE, 2 ** min(self.failures, 10))
        self.failures += 1
        self.again_at = time.monotonic() + seconds
        return seconds


def due_mails() -> QuerySet[Mail]:
    """Emails due now, the longest waiting first."""
    return Mail.objects.filter(state=Mail.State.WAITING, not_before__lte=timezone.now()).order_by("not_before", "pk")


@contextmanager
def claim_mail() -> Iterator[Mail | None]:
    """Yield the next email, claimed for this worker alone, or None.

    PostgreSQL locks its row while it is being sent, and releases it at once if this process dies. SQLite has one lock for
    all writers, so there the email is postponed by `LEASE` instead, by one compare-and-set.
    """
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            yield due_mails().select_for_update(skip_locked=True).first()
        return
    for mail in due_mails()[:10]:
        claimed = Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING, not_before=mail.not_before)
        if claimed.update(not_before=timezone.now() + LEASE):
            yield mail
            return
    yield None


def deliver(mail: Mail, server: BaseEmailBackend, accepted: set[int]) -> OSError | None:
    """Send one email, unless it is among those `accepted` already, and record the result.

    Return an error that concerns the server as a whole and not this email.
    """
    try:
        if mail.pk not in accepted:
            server.send_messages([message_of(mail)])
    except ValueError:  # an address that cannot be encoded
        _note_refusal(mail, Refusal("It cannot be written as a mail.", is_final=True))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError) as refused:
        _note_refusal(mail, refusal_of(refused))
        return refused if _number_of(refused) == GOODBYE else None
    except smtplib.SMTPSenderRefused as refused:
        if refused.smtp_code != TOO_LARGE:
            return _put_off(mail, refused)
        _note_refusal(mail, refusal_of(refused))
    except OSError as lost:
        return _after_loss(mail, server, lost)
    else:
        accepted.add(mail.pk)
        _settle(mail, state=Mail.State.SENT, sent_at=timezone.now(), body="", headers={}, last_error="")
    return None


def message_of(mail: Mail) -> EmailMessage:
    """Return the message to send: identical at each attempt, including its date."""
    own = {"Message-ID": mail.message_id, "Date": format_datetime(mail.created_at), "Auto-Submitted": "auto-generated"}
    return EmailMessage(mail.subject, mail.body, None, [mail.to], headers={**mail.headers, **own})


def _after_loss(mail: Mail, server: BaseEmailBackend, lost: OSError) -> OSError | None:
    """Handle a connection lost at this email: blame the email if the server can be reached again, else the server."""
    with suppress(OSError):
        server.close()
    try:
        server.open()
    except OSError as away:
        return _put_off(mail, away)
    _note_refusal(mail, refusal_of(lost))
    return None


def _number_of(error: Exception) -> int:
    return int(_code_of(error)[:3] or 0)


def _code_of(error: Exception) -> str:
    """Return the server's codes, such as "550 5.1.1"; empty if it gave none."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return ""
    text = said if isinstance(said, str) else said.decode("ascii", "replace")
    more = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", text)
    return f"{code} {more[1]}" if more else str(code)


def refusal_of(error: Exception) -> Refusal:
    """Return why a server refused an email. 5xx replies are permanent, all others temporary."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        words = "The server refused the address"
    elif isinstance(error, smtplib.SMTPResponseException):
        words = "The server refused the mail"
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        return Refusal("The server cannot write to such an address.", is_final=True)
    else:
        words = "The connection broke"
    code = _code_of(error)
    return Refusal(f"{words} ({code})." if code else f"{words}.", is_final=code.startswith("5"))


def wait_after(attempts: int) -> timedelta:
    """Return how long an email waits after this many temporary failures."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 12))


def _note_refusal(mail: Mail, refusal: Refusal) -> None:
    attempts, now = mail.attempts + 1, timezone.now()
    is_final = refusal.is_final or attempts >= MAX_ATTEMPTS
    state, not_before = (Mail.State.GIVEN_UP, now) if is_final else (Mail.State.WAITING, now + wait_after(attempts))
    _settle(mail, state=state, attempts=attempts, not_before=not_before, last_error=refusal.words)


def _put_off(mail: Mail, away: OSError) -> OSError:
    """Let other emails go first next time, without counting an attempt; return the error."""
    _settle(mail, not_before=timezone.now() + FIRST_WAIT)
    return away


def _settle(mail: Mail, **facts: str | int | dict[str, str] | datetime) -> None:
    Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING).update(**facts)
