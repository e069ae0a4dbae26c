"""Mail goes through the queue: written in the same transaction as what it tells of, sent by the worker."""

from django.core.mail import send_mail
from django_tasks import task


@task()
def deliver(to: str, subject: str, body: str) -> None:
    """Send one plain mail. A raised error leaves the task failed in the queue, where it can be seen and run again."""
    send_mail(subject, body, None, [to])


def send_later(*, to: str, subject: str, body: str) -> None:
    """Queue one mail to one address. Rolled back with the transaction it is called in."""
    deliver.enqueue(to, " ".join(subject.split()), body)
