"""The longest list measured: 5,000 rows, half of them known, for a ministry with 100,000 known people."""

import gc
import io
import time
from dataclasses import dataclass
from datetime import timedelta

import xlsxwriter
from django.utils import timezone

from bench.sheet import open_training, participant
from common.uploads.reading import read_upload
from members.models import Member
from trainings.models import Mark, Participant
from trainings.roster_import.actions import commit_import, start_import
from trainings.roster_import.plan import plan_import

PEOPLE = 100_000
ROWS = 5_000
PREVIEW_SECONDS = 3.0
COMMIT_SECONDS = 3.0
LETTERS = "abcdefghij"


@dataclass(frozen=True)
class LongList:
    """Seconds to read the workbook and plan the import, and to import it; known people, rows, marks."""

    preview: float
    commit: float
    known: int
    rows: int
    marks: int


def measure_long_list(recorder: Member) -> LongList:
    """Import a workbook of 5,000 people with marks of two sessions, as the worker does."""
    _fill_up(recorder)
    training = open_training(recorder, number=8, title="A long list", sessions=2, minutes=360)
    content = _workbook(recorder)
    gc.collect()
    gc.freeze()  # as the worker does when it starts
    began = time.perf_counter()
    made = start_import(
        training=training, organisation=recorder.organisation, sheets=read_upload(content, "list.xlsx"), by=recorder
    )
    plan = plan_import(made, by=recorder)
    planned = time.perf_counter()
    if not plan.is_ready:
        raise SystemExit(
            "The long list waits for decisions: " + str([r.reasons for r in plan.rows if not r.is_ready][:3])
        )
    commit_import(roster_import=made, by=recorder)
    ended = time.perf_counter()
    marks = Mark.objects.filter(enrolment__training=training).count()
    known = Participant.objects.filter(organisation=recorder.organisation).count()
    return LongList(planned - began, ended - planned, known, training.enrolments.count(), marks)


def _name(number: int, first: str = "Pre") -> tuple[str, str]:
    spelt = "".join(LETTERS[int(digit)] for digit in f"{number:06}")
    return f"{first}{spelt}", f"Ime{spelt[-3:]}"


def _fill_up(recorder: Member) -> None:
    missing = PEOPLE - Participant.objects.filter(organisation=recorder.organisation).count()
    people = [participant(recorder, *_name(number)) for number in range(missing)]
    Participant.objects.bulk_create(people, batch_size=5_000)


def _workbook(recorder: Member) -> bytes:
    days = [f"{timezone.localdate() - timedelta(days=day):%d.%m.}" for day in (2, 1)]
    book = xlsxwriter.Workbook(out := io.BytesIO())
    page = book.add_worksheet("Spisak")
    page.write_row(0, 0, ["Prezime", "Ime", "Pol", "Čin", "Jedinica", *days])
    for row in range(ROWS):
        family, given_name = _name(row, "Pre" if row < ROWS // 2 else "Dodat")  # nobody is one letter from another
        page.write_row(row + 1, 0, [family, given_name, "ž", "vodnik", "Četa", "+", "-"])
    book.close()
    return out.getvalue()
