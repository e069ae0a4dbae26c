"""Long lists: the worker reads and commits them, so that nobody waits for a page.

Each step changes the state of the import and runs once: a second worker or person finds it done.
"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResult, task
from django_tasks.base import TaskResultStatus
from django_tasks.signals import task_finished

from common.uploads.reading import read_pasted, read_upload
from members.models import Member, Organisation
from trainings.actions import check_open
from trainings.models import RosterImport, Training
from trainings.roster_import.actions import cells_of, commit_import
from trainings.roster_import.plan import plan_import

# From this size on the worker does it. Smaller ones take less than two seconds.
LONG_FILE = 150_000
LONG_PASTE = 100_000
LONG_ROWS = 1_000
ROWS_A_SECOND = 1_200
BYTES_A_SECOND = 150_000
WORKER_IS_LATE = timedelta(seconds=10)

PASTED = "pasted"


def keep_for_reading(
    *, training: Training, organisation: Organisation, content: bytes, name: str, by: Member
) -> RosterImport:
    """Store an uploaded file, or pasted text as UTF-8 with the name `PASTED`, for the worker to read.

    No audit entry: nothing of the domain has changed yet.
    """
    check_open(training)
    with transaction.atomic():
        roster_import = RosterImport.objects.create(
            training=training,
            organisation=organisation,
            state=RosterImport.State.READING,
            by=by,
            upload=content,
            upload_name=name[-20:],
            work_began=timezone.now(),
            work_seconds=2 + len(content) // BYTES_A_SECOND,
        )
        read_kept_list.enqueue(roster_import.pk)
    return roster_import


@task()
def read_kept_list(pk: int) -> None:
    """Read the file of an import: it becomes a preview, or is refused with a sentence. The file is then deleted."""
    roster_import = RosterImport.objects.select_related("training", "organisation__country", "by").filter(pk=pk).first()
    if roster_import is None or roster_import.state != RosterImport.State.READING or roster_import.upload is None:
        return
    content, is_text = bytes(roster_import.upload), roster_import.upload_name == PASTED
    read: dict[str, Any]
    try:
        sheets = read_pasted(content.decode()) if is_text else read_upload(content, roster_import.upload_name)
        read = cells_of(sheets, roster_import.training)
        roster_import.sheets, roster_import.workbook, roster_import.chosen = (
            read["sheets"],
            read["workbook"],
            read["chosen"],
        )
        plan_import(roster_import, by=roster_import.by)
    except ValidationError as wrong:
        read = {"state": RosterImport.State.REFUSED, "refusal": " ".join(wrong.messages)}
    else:
        read["state"] = RosterImport.State.PREVIEW
    # The state is compared and set in one statement: a second reader writes nothing.
    RosterImport.objects.filter(pk=pk, state=RosterImport.State.READING).update(**read, upload=None, work_began=None)


def take_in_later(*, roster_import: RosterImport, rows: int, by: Member) -> None:
    """Let the worker commit a preview. No decisions meanwhile. No audit entry until it is committed."""
    with transaction.atomic():
        moved = RosterImport.objects.filter(pk=roster_import.pk, state=RosterImport.State.PREVIEW).update(
            state=RosterImport.State.TAKING,
            work_began=timezone.now(),
            work_seconds=2 + rows // ROWS_A_SECOND,
            refusal="",
        )
        if moved:
            take_list_in.enqueue(roster_import.pk, by.pk)


@task()
def take_list_in(pk: int, by: int) -> None:
    """Commit a list; if that fails it becomes a preview again, with the reason."""
    roster_import = (
        RosterImport.objects.select_related("training").filter(pk=pk, state=RosterImport.State.TAKING).first()
    )
    if roster_import is None:
        return
    try:
        commit_import(roster_import=roster_import, by=Member.objects.get(pk=by))
    except ValidationError as wrong:
        RosterImport.objects.filter(pk=pk, state=RosterImport.State.TAKING).update(
            state=RosterImport.State.PREVIEW, refusal=" ".join(wrong.messages), work_began=None
        )


@receiver(task_finished, dispatch_uid="long import given up")
def task_given_up(sender: object, task_result: "TaskResult[Any]", **kwargs: Any) -> None:
    """Recover an import whose task failed, or whose workers were killed again and again: nobody else picks it up.

    An import that has moved on is left unchanged.
    """
    if task_result.status != TaskResultStatus.FAILED:
        return
    if task_result.task.func is read_kept_list.func:
        RosterImport.objects.filter(pk=task_result.args[0], state=RosterImport.State.READING).update(
            state=RosterImport.State.REFUSED,
            upload=None,
            work_began=None,
            refusal=_("Reading this list broke off again and again. Upload it once more, or in two parts."),
        )
    elif task_result.task.func is take_list_in.func:
        RosterImport.objects.filter(pk=task_result.args[0], state=RosterImport.State.TAKING).update(
            state=RosterImport.State.PREVIEW,
            work_began=None,
            refusal=_("Taking the list in broke off and nothing of it was kept. Try once more, or in two parts."),
        )


def do_now(*, roster_import: RosterImport, by: Member) -> None:
    """Do the worker's step in this process: it is late, or there is no worker."""
    if roster_import.state == RosterImport.State.READING:
        read_kept_list.func(roster_import.pk)
    elif roster_import.state == RosterImport.State.TAKING:
        take_list_in.func(roster_import.pk, by.pk)


def percent_done(roster_import: RosterImport) -> int:
    """Return the worker's estimated progress, by the usual time for such a list: from 2 to 95, never full before it is done."""
    if roster_import.work_began is None:
        return 2
    spent = (timezone.now() - roster_import.work_began).total_seconds()
    return max(2, min(95, int(100 * spent / max(1, roster_import.work_seconds))))


def is_late(roster_import: RosterImport) -> bool:
    """Return whether the worker should have finished long ago, so that a person may do it here."""
    allowed = timedelta(seconds=2 * roster_import.work_seconds) + WORKER_IS_LATE
    return roster_import.work_began is not None and timezone.now() - roster_import.work_began > allowed
