"""`manage.py worker`: the background worker with its clock."""

import gc
import logging
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from audit.seal import look_after_seals
from members.actions import forget_old_requests
from portal.totals import look_after_totals
from trainings.actions.duplicates import compare_new_people
from trainings.actions.imports import forget_old_previews

logger = logging.getLogger(__name__)


def tidy_up() -> None:
    """Remove what has served its time: ended sessions, sent mails, and requests to join that were declined."""
    call_command("clearsessions")
    # Sent mails stand in the queue with their links: they go after a day, failed ones after a week.
    if str(settings.TASKS["default"]["BACKEND"]).endswith("DatabaseBackend"):
        call_command("prune_db_task_results", min_age_days=1, failed_min_age_days=7, verbosity=0)
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    forget_old_requests()
    forget_old_previews()


# What is done again and again, and after how many seconds. Each is quick and may run in two workers at once.
ROUNDS: list[tuple[Callable[[], None], float]] = [
    (look_after_totals, 20), (look_after_seals, 60), (compare_new_people, 120), (tidy_up, 3600),
]  # fmt: skip


class Command(BaseCommand):
    help = "Send mail and do what pages should not wait for; look after what is due again and again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=1, help="seconds between looks into the queue")

    def handle(self, *, interval: float, **options: Any) -> None:
        gc.collect()
        gc.freeze()  # as in portal/wsgi.py
        over = threading.Event()
        clocks = [threading.Thread(target=go_round, args=(work, every, over), daemon=True) for work, every in ROUNDS]
        for clock in clocks:
            clock.start()
        try:
            call_command("db_worker", interval=interval, reload=False)
        finally:
            over.set()
            for clock in clocks:
                clock.join(timeout=5)


def go_round(work: Callable[[], None], every: float, over: threading.Event) -> None:
    """Do `work` at once and then each `every` seconds until `over`; a failure is logged and tried again next time."""
    while True:
        try:
            close_old_connections()
            work()
        except Exception:
            logger.exception("%s failed; it is tried again in %g seconds.", work.__name__, every)
        if over.wait(every):
            connection.close()
            return
