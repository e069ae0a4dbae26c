"""The longest list that is measured: 5,000 rows, half of them known, for a ministry with 100,000 known people."""

import gc
import io
import time
from dataclasses import dataclass
from datetime import timedelta

import xlsxwriter
from django.utils import timezone

from bench.sheet import participant
from common import folding
from common.uploads.reading import read_upload
from members.models import Member
from trainings.actions.imports import commit_import, start_import
from trainings.models import Mark, Participant, Session, Training
from trainings.roster_import.plan import plan_import

PEOPLE = 100_000
ROWS = 5_000
PREVIEW_SECONDS = 3.0
COMMIT_SECONDS = 3.0
LETTERS = "abcdefghij"


@dataclass(frozen=True)
class LongList:
    """Seconds to read the workbook and plan it, and to take it in; known people, rows, marks."""

    preview: float
    commit: float
    known: int
    rows: int
    marks: int


def measure_long_list(recorder: Member) -> LongList:
    """Take a workbook of 5,000 people with marks of two sessions in, as the worker does."""
    _fill_up(recorder)
    training = _training(recorder)
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
    commit_import(of=made, by=recorder)
    ended = time.perf_counter()
    marks = Mark.objects.filter(enrolment__training=training).count()
    known = Participant.objects.filter(organisation=recorder.organisation).count()
    return LongList(planned - began, ended - planned, known, training.enrolments.count(), marks)


def _name(number: int, first: str = "Pre") -> tuple[str, str]:
    spelt = "".join(LETTERS[int(digit)] for digit in f"{number:06}")
    return f"{first}{spelt}", f"Ime{spelt[-3:]}"


def _fill_up(recorder: Member) -> None:
    people = []
    for number in range(PEOPLE - Participant.objects.filter(organisation=recorder.organisation).count()):
        person = participant(recorder, number)
        person.family_name, person.given_name = _name(number)
        words = f"{person.family_name} {person.given_name}"
        person.spelling_key, person.loose_key = folding.spelling(words), folding.loose(words)
        people.append(person)
    Participant.objects.bulk_create(people, batch_size=5_000)


def _training(recorder: Member) -> Training:
    like = Training.objects.filter(keeper=recorder.organisation).order_by("pk")[0]
    today = timezone.localdate()
    training = Training.objects.create(
        reference=f"{like.country_id}-{today.year}-8{recorder.pk % 100:02}", course=like.course, title="A long list",
        title_key="a long list", host=like.host, keeper=recorder.organisation, country=like.country, language=like.language,
        starts_on=today - timedelta(days=2), ends_on=today - timedelta(days=1), counts_on=today - timedelta(days=1),
        scheduled_minutes=720, sessions_held=2, created_by=recorder,
    )  # fmt: skip
    for day in (2, 1):
        Session.objects.create(training=training, date=today - timedelta(days=day), minutes=360)
    return training


def _workbook(recorder: Member) -> bytes:
    days = [f"{timezone.localdate() - timedelta(days=day):%d.%m.}" for day in (2, 1)]
    book = xlsxwriter.Workbook(out := io.BytesIO())
    page = book.add_worksheet("Spisak")
    page.write_row(0, 0, ["Prezime", "Ime", "Pol", "Čin", "Jedinica", *days])
    for row in range(ROWS):
        family, given = _name(row, "Pre" if row < ROWS // 2 else "Dodat")  # nobody is one letter from another
        page.write_row(row + 1, 0, [family, given, "ž", "vodnik", "Četa", "+", "-"])
    book.close()
    return out.getvalue()
