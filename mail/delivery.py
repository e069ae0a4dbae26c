"""Sending what waits in the outbox: the worker's part.

A mail is never lost. It is sent a second time only where a crash comes between the server's yes and our note of it, and
then with the same Message-ID. What the server said of a mail is kept as numbers alone: its words may quote the mail.
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

# After a refusal for now: 1, 2, 4 … minutes, then every six hours; nineteen such waits are just under three days.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 20
# On SQLite: how long a mail is one worker's. Longer than five waits of EMAIL_TIMEOUT for the server.
LEASE = timedelta(minutes=5)
LONGEST_PAUSE = 60

GOODBYE = 421  # the server ends the connection, whatever the mail
TOO_LARGE = 552  # may be said of the sender, but is about this mail


@dataclass(frozen=True)
class Refusal:
    """Why one mail did not go, in the portal's own words and the server's numbers; final, or only for now."""

    words: str
    is_final: bool


class MailSender:
    """Sends what is due, over one connection for a batch; waits longer and longer while the server is away."""

    def __init__(self, is_over: Callable[[], bool] = lambda: False) -> None:
        self.is_over = is_over
        self.failures = 0
        self.again_at = 0.0
        # Mails that the server has, of which the database did not take the note yet: noted later, not sent again.
        self.accepted: set[int] = set()

    def send_waiting(self) -> None:
        """Send everything that is due, oldest first. One query where nothing is; two a mail."""
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
        """Send one mail that nobody else is sending; return whether there was one. Raises what says that the server is away."""
        with claim_mail() as mail:
            if mail is None:
                return False
            away = deliver(mail, server, self.accepted)  # not raised in here: what is noted of the mail stays
        self.accepted.discard(mail.pk)
        if away is not None:
            raise away
        return True

    def _wait_longer(self) -> int:
        """Pause twice as long as the last time; return the seconds."""
        seconds: int = min(LONGEST_PAUSE, 2 ** min(self.failures, 10))
        self.failures += 1
        self.again_at = time.monotonic() + seconds
        return seconds


def due_mails() -> QuerySet[Mail]:
    """Mails that are to be sent now, who waits longest first."""
    return Mail.objects.filter(state=Mail.State.WAITING, not_before__lte=timezone.now()).order_by("not_before", "pk")


@contextmanager
def claim_mail() -> Iterator[Mail | None]:
    """Yield the next mail, for this worker alone, or None.

    PostgreSQL locks its row as long as it is in hand, and lets it go at once if this process dies. SQLite has one lock for
    all that writes, so there the mail is put off by `LEASE` instead, by one compare-and-set.
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
    """Send one mail, if it is not among those `accepted` already, and note what came of it.

    Return an error that is the server's as a whole and not this mail's.
    """
    try:
        if mail.pk not in accepted:
            server.send_messages([message_of(mail)])
    except ValueError:  # an address that cannot be written
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
    """Return the mail as it is sent: the same at each attempt, its date too."""
    own = {"Message-ID": mail.message_id, "Date": format_datetime(mail.created_at), "Auto-Submitted": "auto-generated"}
    return EmailMessage(mail.subject, mail.body, None, [mail.to], headers={**mail.headers, **own})


def _after_loss(mail: Mail, server: BaseEmailBackend, lost: OSError) -> OSError | None:
    """The connection broke at this mail: of itself where the server can be reached again, else for all."""
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
    """Return the server's numbers, such as "550 5.1.1"; empty where it said none."""
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
    """Return why a server did not take a mail. What it says with 5.. is final, the rest only for now."""
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
    """Return how long a mail waits after so many refusals for now."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 12))


def _note_refusal(mail: Mail, refusal: Refusal) -> None:
    attempts, now = mail.attempts + 1, timezone.now()
    is_final = refusal.is_final or attempts >= MAX_ATTEMPTS
    state, not_before = (Mail.State.GIVEN_UP, now) if is_final else (Mail.State.WAITING, now + wait_after(attempts))
    _settle(mail, state=state, attempts=attempts, not_before=not_before, last_error=refusal.words)


def _put_off(mail: Mail, away: OSError) -> OSError:
    """Let others go first next time, and count nothing against this mail; return the error."""
    _settle(mail, not_before=timezone.now() + FIRST_WAIT)
    return away


def _settle(mail: Mail, **facts: str | int | dict[str, str] | datetime) -> None:
    Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING).update(**facts)
