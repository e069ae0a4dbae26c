"""`manage.py worker`: the background worker with its clock."""

import gc
import logging
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils.crypto import get_random_string

from audit.seal import look_after_seals
from common.files.storage import forget_orphans, forget_pictures
from knowledge.models import MaterialVersion
from mail.delivery import MailSender
from mail.outbox import forget_old_mails
from members.actions import forget_old_requests
from notifications.digest import send_due_digests
from portal.stuck_tasks import SEEN_EVERY, look_after_tasks
from portal.totals import look_after_totals
from search.indexer import look_after_search
from trainings.duplicates.actions import compare_new_people
from trainings.roster_import.actions import forget_old_previews

logger = logging.getLogger(__name__)


def tidy_up() -> None:
    """Delete expired data: ended sessions, sent emails, finished tasks, declined requests to join, orphaned files."""
    call_command("clearsessions")
    # Tasks hold addresses that somebody typed: they go after a day, failed ones after a week.
    if str(settings.TASKS["default"]["BACKEND"]).endswith("DatabaseBackend"):
        call_command("prune_db_task_results", min_age_days=1, failed_min_age_days=7, verbosity=0)
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    forget_old_requests()
    forget_old_previews()
    forget_old_mails()
    forget_orphans(set(MaterialVersion.objects.values_list("stored", flat=True)))
    versions = MaterialVersion.objects.filter(material__removed_at=None)
    forget_pictures(set(versions.values_list("checksum", flat=True)))


# Recurring jobs and their interval in seconds. Each is quick and may run in two workers at once.
ROUNDS: list[tuple[Callable[[], object], float]] = [
    (look_after_totals, 20), (look_after_seals, 60), (compare_new_people, 120), (send_due_digests, 300), (tidy_up, 3600),
]  # fmt: skip


class Command(BaseCommand):
    help = "Send mail and do what pages should not wait for; look after what is due again and again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=1, help="seconds between looks into the queue and the outbox"
        )

    def handle(self, *, interval: float, **options: Any) -> None:
        gc.collect()
        gc.freeze()  # as in portal/wsgi.py
        over, name = threading.Event(), get_random_string(32)
        rounds = [
            *ROUNDS,
            (MailSender(over.is_set).send_waiting, interval),
            (look_after_search, interval),
            (partial(look_after_tasks, name), SEEN_EVERY),
        ]
        clocks = [threading.Thread(target=go_round, args=(work, every, over), daemon=True) for work, every in rounds]
        for clock in clocks:
            clock.start()
        try:
            call_command("db_worker", interval=interval, reload=False, worker_id=name)
        finally:
            over.set()
            for clock in clocks:
                clock.join(timeout=5)


def go_round(work: Callable[[], object], every: float, over: threading.Event) -> None:
    """Run `work` at once and then every `every` seconds until `over`; a failure is logged and retried next time."""
    while True:
        try:
            close_old_connections()
            work()
        except Exception:
            what = getattr(work, "func", work).__name__
            logger.exception("%s failed; it is tried again in %g seconds.", what, every)
        if over.wait(every):
            connection.close()
            return
