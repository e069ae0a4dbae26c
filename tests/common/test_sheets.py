"""Sheets that people take along hold no cell that a spreadsheet program would run."""

import csv
import io
import re
import zipfile

import pytest

from common.sheets import FORMULA_STARTS, csv_lines, write_xlsx

EVIL = [f"{start}cmd|' /C calc'!A0" for start in FORMULA_STARTS]
PLAIN = ["Petrović", "3-5", "a=b", "", -4, 2.5]


def read_csv(lines):
    return list(csv.reader(io.StringIO("".join(lines).lstrip("\N{BYTE ORDER MARK}"))))


@pytest.mark.parametrize("cell", EVIL)
def test_csv_cell_that_begins_like_a_formula_is_text(cell):
    assert read_csv(csv_lines(["a"], [[cell]]))[1] == [f"'{cell}"]


def test_csv_leaves_other_cells_as_they_are():
    assert read_csv(csv_lines(["a"] * 6, [PLAIN]))[1] == [str(cell) for cell in PLAIN]


def test_workbook_holds_no_formula_and_no_link():
    file = io.BytesIO()
    write_xlsx(file, ["a"], [[cell] for cell in [*EVIL, "https://evil.example", *PLAIN]])
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    # Inline strings and numbers: nothing that is calculated or opened.
    assert re.findall(r"<f>|<f |<hyperlink", sheet) == []
    assert sheet.count("<row ") == 1 + len(EVIL) + 1 + len(PLAIN)
    assert sheet.count('t="inlineStr"') + sheet.count('t="s"') > len(EVIL)


def test_control_an_ordinary_workbook_would_calculate():
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(0, 0, EVIL[0])
    with zipfile.ZipFile(file) as made:
        assert "<f>" in made.read("xl/worksheets/sheet1.xml").decode()
