"""The task that sent mail before there was an outbox (members/outbox.py). Nothing queues it any more."""

from django.core.mail import send_mail
from django_tasks import task


@task()
def deliver(to: str, subject: str, body: str) -> None:
    """Send one plain mail that an earlier version had queued. Goes away with the version after this one."""
    send_mail(subject, body, None, [to])
