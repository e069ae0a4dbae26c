"""A workbook as a person fills it in: downloaded from the portal, changed cell by cell, saved and uploaded."""

import csv
import io
from typing import Any

from django.urls import reverse
from openpyxl import load_workbook

from tests.conftest import client_of
from trainings.models import RosterImport
from trainings.roster_import.workbook.keys import key_in

FIRST_MARK = 7  # from 0: the hidden keys, two names, sex, rank, unit, home


class Filled:
    """A downloaded workbook in the hands of somebody with a spreadsheet program."""

    def __init__(self, training, by):
        answer = client_of(by).post(reverse("trainings:workbook", args=[training.reference]))
        assert answer.status_code == 200, answer
        self.training, self.bytes = training, b"".join(answer.streaming_content)
        self.book = load_workbook(io.BytesIO(self.bytes))
        self.sheet = self.book.worksheets[0]

    def row_of(self, enrolment) -> int:
        """The number of a person's row, by its key."""
        return next(
            row[0].row
            for row in self.sheet.iter_rows()
            if (key := key_in(row[0].value)) and key.kind == "person" and key.target == str(enrolment.pk)
        )

    def cell(self, enrolment, place: int = 0) -> Any:
        """The cell of a person's mark in the session of that column, from 0."""
        return self.sheet.cell(self.row_of(enrolment), FIRST_MARK + place + 1)

    def first_empty(self) -> int:
        return next(
            n for n in range(5, 20_000) if self.sheet.cell(n, 1).value is None and self.sheet.cell(n, 2).value is None
        )

    def add(self, *cells: str) -> int:
        """Type a walk-in into the first empty row: names, sex, rank, unit, home, marks."""
        row = self.first_empty()
        for n, cell in enumerate(cells, 2):
            self.sheet.cell(row, n).value = cell or None
        return row

    def xlsx(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()

    def csv(self, delimiter: str = ",") -> bytes:
        """The sheet as a spreadsheet program saves it as text."""
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=delimiter).writerows(
            ["" if cell is None else cell for cell in row] for row in self.sheet.iter_rows(values_only=True)
        )
        return ("\N{BYTE ORDER MARK}" + file.getvalue()).encode()


def upload(browser, training, content: bytes, name: str = "filled.xlsx"):
    """Upload a file on the import page; return the answer."""
    file = io.BytesIO(content)
    file.name = name
    home = training.owner_id
    url = reverse("trainings:roster_import", args=[training.reference])
    return browser.post(url, {"file": file, "rows": "", "organisation": home}, follow=True)


def preview_of(training) -> tuple[RosterImport, str]:
    """The newest import of a training and the address of its differences."""
    of = RosterImport.objects.filter(training=training).order_by("-pk").first()
    assert of is not None
    return of, reverse("trainings:workbook_preview", args=[training.reference, of.pk])
