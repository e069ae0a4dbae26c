"""Tasks whose worker was killed: they are put back, and given up after three workers died at them.

django-tasks-db marks a task as running and knows no more of its worker. So a worker signs in its tasks' `run_after`, which
nobody reads while they run, each `SEEN_EVERY` seconds. Every task of the portal is safe to repeat: a worker that was
only frozen may come back and do at the same time what another has begun again.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks.signals import task_finished
from django_tasks_db.models import DBTaskResult, get_date_max

logger = logging.getLogger(__name__)

SEEN_EVERY = 10
GONE_AFTER = timedelta(seconds=45)
MOST_TRIES = 3


class WorkerGoneError(Exception):
    """The stored reason of a task given up because too many of its workers were killed."""


def look_after_tasks(worker: str) -> None:
    """Renew the sign of this worker's tasks, and handle abandoned ones. One query, one more per task."""
    now = timezone.now()
    running: list[DBTaskResult[Any, Any]] = list(DBTaskResult.objects.running())
    for task in running:
        if task.worker_ids[-1:] == [worker]:
            _change(task, run_after=now)
        elif _seen(task) < now - GONE_AFTER:
            _see_to(task, now)


def _seen(task: "DBTaskResult[Any, Any]") -> datetime:
    """When the worker of a running task last signed it, or took it if it has not signed yet."""
    started = task.started_at or task.enqueued_at
    return started if task.run_after == get_date_max() else max(started, task.run_after)


def _see_to(task: "DBTaskResult[Any, Any]", now: datetime) -> None:
    if len(task.worker_ids) < MOST_TRIES:
        if _change(task, status=TaskResultStatus.READY, run_after=get_date_max(), started_at=None):
            logger.warning("Task %s was left by its worker and is put back.", task.pk)
        return
    why = f"{WorkerGoneError.__module__}.{WorkerGoneError.__qualname__}"
    if not _change(task, status=TaskResultStatus.FAILED, finished_at=now, exception_class_path=why):
        return
    logger.error("Task %s is given up: %d workers were killed at it.", task.pk, MOST_TRIES)
    task.refresh_from_db()
    try:
        task_finished.send(type(task.task.get_backend()), task_result=task.task_result)
    except (ImportError, SuspiciousOperation):
        logger.warning("Task %s is of a kind that is no longer there.", task.pk)


def _change(task: "DBTaskResult[Any, Any]", **facts: Any) -> bool:
    """Update a task if it is still running as it was when read; return whether it was."""
    same = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
    return bool(same.update(**facts))
