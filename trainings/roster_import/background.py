"""Long lists: the worker reads them and takes them in, so that nobody waits at a page.

Each step moves the state of the import and is done once: whoever comes second, worker or person, finds it done.
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

# From here on the worker does it. Smaller ones take less than two seconds.
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
    """Keep an uploaded file, or pasted text as UTF-8 with the name `PASTED`, and let the worker read it.

    No line: nothing of the domain is changed yet.
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
    """Read the file of an import: it becomes a preview, or is refused with a sentence. The file is gone afterwards."""
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
    # The state is compared and set in one statement: the second of two readers writes nothing.
    RosterImport.objects.filter(pk=pk, state=RosterImport.State.READING).update(**read, upload=None, work_began=None)


def take_in_later(*, roster_import: RosterImport, rows: int, by: Member) -> None:
    """Let the worker take a preview in. Nothing more can be decided on it meanwhile. No line before it is taken in."""
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
    """Take a list in; what cannot be taken in is a preview again, with the reason."""
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
    """Lead on who waits for a task that failed, or at which workers were killed again and again: nobody else takes it up.

    An import that is further already is left as it is.
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
    """Do here what the worker has not done: it is late, or there is none."""
    if roster_import.state == RosterImport.State.READING:
        read_kept_list.func(roster_import.pk)
    elif roster_import.state == RosterImport.State.TAKING:
        take_list_in.func(roster_import.pk, by.pk)


def percent_done(roster_import: RosterImport) -> int:
    """Return about how far the worker is, by the time such a list usually takes: from 2 to 95, never full before it is done."""
    if roster_import.work_began is None:
        return 2
    spent = (timezone.now() - roster_import.work_began).total_seconds()
    return max(2, min(95, int(100 * spent / max(1, roster_import.work_seconds))))


def is_late(roster_import: RosterImport) -> bool:
    """Return whether the worker should long be through: then a person may do it here."""
    allowed = timedelta(seconds=2 * roster_import.work_seconds) + WORKER_IS_LATE
    return roster_import.work_began is not None and timezone.now() - roster_import.work_began > allowed
