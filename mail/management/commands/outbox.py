"""`manage.py outbox`: how many emails wait and were given up; `--send` sends them here and now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Min, Q

from mail.delivery import MailSender
from mail.models import Mail


class Command(BaseCommand):
    help = "Say how many mails wait and were given up; with --send send first what is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--send", action="store_true", help="send what is due, without the worker")

    def handle(self, *, send: bool, **options: Any) -> None:
        if send:
            MailSender().send_waiting()
        waiting, given_up = Q(state=Mail.State.WAITING), Q(state=Mail.State.GIVEN_UP)
        counts = Mail.objects.aggregate(
            waiting=Count("pk", filter=waiting),
            since=Min("created_at", filter=waiting),
            up=Count("pk", filter=given_up),
        )
        since = f" (since {counts['since']:%Y-%m-%d %H:%M} UTC)" if counts["since"] else ""
        self.stdout.write(f"waiting {counts['waiting']}{since}, given up {counts['up']}")
