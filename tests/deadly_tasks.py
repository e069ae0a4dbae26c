"""Tasks at which a worker dies, for tests that kill one."""

import os
import signal
from pathlib import Path

from django.core.mail import send_mail
from django_tasks import task


@task()
def die_at(path: str, times: int) -> None:
    """Note in a file that it was begun, and kill this very process as often as that."""
    file = Path(path)
    with file.open("a") as out:
        out.write("begun\n")
    if len(file.read_text().splitlines()) <= times:
        os.kill(os.getpid(), signal.SIGKILL)


@task()
def send_from_task(to: str, subject: str, body: str) -> None:
    """Send a mail as nothing in the portal does: from a task, rather than by the outbox."""
    send_mail(subject, body, None, [to])
