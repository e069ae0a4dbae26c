"""Uploads: read right, or refused with one sentence that says what to do."""

import io
import sys
import zipfile
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.sandbox.jobs import RefusedError
from common.sandbox.run import Result
from common.uploads.cells import MAX_ROWS, packed, unpacked
from common.uploads.delimited import decoded, split_text
from common.uploads.reading import MAX_FILE_BYTES, SENTENCES, read_pasted, read_upload
from common.uploads.sheets import read_sheets
from tests.common.shared_files import opened
from tests.common.sheet_files import MAIN, measured, rezipped, with_cells, workbook

ROWS = [["Prezime", "Ime", "Pol"], ["Đorđević", "Živko", "m"], ["Šćepanović", "Ljubica", "ž"]]
CYRILLIC = [["Презиме", "Име", "Пол"], ["Ђорђевић", "Живко", "м"], ["Ќосев", "Ѓорѓи", "м"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BOOKS = Path(__file__).parent / "workbooks"
MAX_MEGABYTES, MAX_SECONDS = 150, 10
# Reads with no limit and no look at the size beforehand.
UNLIMITED = (
    "from common.uploads import workbook; workbook.MAX_UNPACKED_BYTES = workbook.TIGHT_FROM = 10**12\n"
    "child.limit_this_process = lambda job: None"
)
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured by /proc")


def csv_of(rows, mark=";", end="\r\n"):
    return end.join(mark.join(row) for row in rows) + end


def cells_of(content, name="spisak.xlsx"):
    (sheet,) = read_upload(content, name)
    return sheet.rows


@pytest.mark.parametrize("mark", ["\t", ";", ",", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "iso8859_2"])
def test_csv_is_read_in_every_encoding(encoding, mark):
    assert split_text(decoded(csv_of(ROWS, mark).encode(encoding))).rows == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1251"])
def test_cyrillic_csv_is_read_in_every_encoding(encoding):
    assert split_text(decoded(csv_of(CYRILLIC).encode(encoding))).rows == CYRILLIC


def test_csv_goes_through_the_process():
    assert cells_of(csv_of(ROWS).encode("cp1250"), "spisak.csv") == ROWS


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('"Petrović, Ana";"a\r\nb";"c ""d"""\r\n', [["Petrović, Ana", "a b", 'c "d"']]),
        ("sep=;\r\na;b\r\n", [["a", "b"]]),
        ("Naslov, 12.11.\n\na;b;c\nd;;f\n", [["Naslov, 12.11.", None, None], ["a", "b", "c"], ["d", None, "f"]]),
        ('a;"b\nc;d\n', [["a", "b"], ["c", "d"]]),
        ("a\x00;b\x00\n", [["a", "b"]]),
        ("a\rb\r", [["a"], ["b"]]),
    ],
)
def test_text_is_split_into_cells(text, rows):
    assert split_text(text).rows == rows


def test_numbers_of_lines_are_those_of_the_file():
    assert split_text('a;b\n\n"c\nd";e\nf;g\n').numbers == [1, 3, 5]


def test_workbook_cells_have_their_kinds():
    rows = [["a", 1, 2.5, True, date(2026, 11, 12), datetime(2026, 11, 13, 9, 30), None, "x"]]
    assert cells_of(workbook(*rows)) == [["a", 1, 2.5, True, date(2026, 11, 12), date(2026, 11, 13), None, "x"]]


def test_formulas_have_their_kept_result_and_errors_stay_errors():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_formula(0, 0, "=1+1", value=2)
    page.write_formula(0, 1, '=CONCAT("a","b")', value="ab")
    page.write_formula(0, 2, "=A9", value="")
    page.write_formula(0, 3, "=1/0", value="#DIV/0!")
    page.write_string(0, 4, "007")
    book.close()
    (sheet,) = read_upload(out.getvalue(), "a.xlsx")
    assert (sheet.rows, sheet.unread) == ([[2, "ab", None, "#DIV/0!", "007"]], {(1, 2)})


def test_merged_cells_hold_their_value_where_it_helps():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.merge_range(0, 0, 0, 3, "Title")
    page.merge_range(1, 0, 2, 0, "R. br.")
    page.merge_range(1, 1, 1, 2, "Ime i prezime")
    page.write_row(2, 1, ["Prezime", "Ime", "Pol"])
    page.merge_range(3, 3, 4, 3, "ž")
    page.write_row(3, 0, [1, "a", "b"])
    page.write_row(4, 0, [2, "c", "d"])
    book.close()
    assert cells_of(out.getvalue()) == [
        ["Title", None, None, None],
        ["R. br.", "Ime i prezime", "Ime i prezime", None],
        ["R. br.", "Prezime", "Ime", "Pol"],
        [1, "a", "b", "ž"],
        [2, "c", "d", "ž"],
    ]


def test_cells_begin_where_the_sheet_has_them():
    (sheet,) = read_upload(
        with_cells('<row r="3"><c r="C3"><v>1</v></c></row><row r="5"><c r="D5"><v>2</v></c></row>'), "a.xlsx"
    )
    assert (sheet.rows, sheet.numbers) == ([[None, None, 1, None], [None, None, None, 2]], [3, 5])


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_old_and_open_workbooks_are_read_as_xlsx_is(ending):
    """Of cells that LibreOffice wrote from one workbook: titles over merged cells, dates, a formula, hidden rows and sheets."""
    sheets = read_upload((BOOKS / f"cells.{ending}").read_bytes(), f"spisak.{ending}")
    rows = dict(zip(sheets[0].numbers, sheets[0].rows, strict=True))
    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [
        ("Spisak", False), ("Skriven", True), ("Prazan", False), ("Grafikon", False), ("Zadnji", False),
    ]  # fmt: skip
    assert [rows[n][:4] for n in range(1, 6)] == [
        ["Spisak učesnika", None, None, None],
        ["R. br.", "Ime i prezime", "Ime i prezime", None],
        ["R. br.", "Prezime", "Ime", "Pol"],
        [1, "Petrović", "Ana", "ž"],
        [2, "Marić", "Iva", "ž"],
    ]
    assert (rows[10][:6], rows[10][14]) == ([date(2026, 11, 12)] * 6, date(2026, 11, 12))
    assert (rows[12][0], rows[12][4], rows[12][6:11]) == (
        "Petrović",
        2,
        [date(2026, 11, 12), "razmak novi red", "007", 10**20, -0.5],
    )
    assert (rows[20][:2], rows[21][:2]) == (["skriven", "red"], ["vidljiv", "red"])
    assert sheets[-1].numbers == [3, 4]


def test_errors_are_read_of_open_workbooks_too():
    """The old format alone does not let them be known: they are empty there."""
    (sheet, *_rest) = read_upload((BOOKS / "cells.ods").read_bytes(), "spisak.ods")
    assert sheet.rows[sheet.numbers.index(12)][2:4] == ["#DIV/0!", "#N/A"]


def test_workbook_of_the_strict_form_is_read():
    strict = {}
    with zipfile.ZipFile(io.BytesIO(workbook(*ROWS))) as box:
        for name in box.namelist():
            xml = box.read(name)
            for folder, kind in (
                ("spreadsheetml/2006/main", "spreadsheetml/main"),
                ("officeDocument/2006/relationships", "officeDocument/relationships"),
            ):
                xml = xml.replace(
                    f"http://schemas.openxmlformats.org/{folder}".encode(),
                    f"http://purl.oclc.org/ooxml/{kind}".encode(),
                )
            strict[name] = xml
    assert cells_of(rezipped(workbook(*ROWS), strict)) == ROWS


OTHER_PROGRAMS = {
    "carriage returns in escapes": lambda: with_cells(
        '<row><c t="inlineStr"><is><t>Ana_x000D_&#10;</t></is></c></row>'
    ),
    "parts in other letters": lambda: recased(workbook(["Ana"])),
    "styles that say nothing": lambda: rezipped(
        workbook(["Ana"]), {"xl/styles.xml": f"<styleSheet {MAIN}><fills><fill/></fills></styleSheet>".encode()}
    ),
    "broken properties": lambda: rezipped(workbook(["Ana"]), {"docProps/core.xml": b"<x"}),
}


@pytest.mark.parametrize("case", OTHER_PROGRAMS)
def test_workbook_that_other_programs_write_is_read(case):
    assert cells_of(OTHER_PROGRAMS[case]()) == [["Ana"]]


def test_one_cell_in_the_last_row_is_read():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>'
    (sheet,) = read_upload(with_cells(cells), "a.xlsx")
    assert (sheet.rows, sheet.numbers) == ([[1, None], [None, 2]], [1, 1_048_576])


def test_sheets_travel_unchanged():
    sheets = [
        *read_pasted('{"date": "2026-11-12"};x'),
        *read_upload(workbook([date(2026, 11, 12), "2026-11-12"]), "a.xlsx"),
    ]
    assert unpacked(packed(sheets)) == sheets


def encrypted_zip():
    """A workbook whose entries say that they are encrypted."""
    content = bytearray(workbook(["x"]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def recased(content):
    """A workbook with two parts whose names differ in their letters from those that the relations name."""
    parts = {
        name: zipfile.ZipFile(io.BytesIO(content)).read(name)
        for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
    }
    return rezipped(
        content,
        {
            **dict.fromkeys(parts),
            "xl/SharedStrings.xml": parts["xl/sharedStrings.xml"],
            "xl/worksheets/Sheet1.xml": parts["xl/worksheets/sheet1.xml"],
        },
    )


def repeated(rows, columns):
    """An OpenDocument workbook of a few hundred bytes in which one cell is said to be there so many times."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return opened("spreadsheet", f'<table:table table:name="S">{row}</table:table>')


def zipped(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, body in entries.items():
            box.writestr(name.replace("__", "/"), body)
    return out.getvalue()


@cache
def bomb(megabytes=300):
    """Less than half a megabyte that unpacks to so many."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["x"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != "xl/worksheets/sheet1.xml":
                new.writestr(entry.filename, old.read(entry))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet {MAIN}><sheetData><row r="1"><c><v>1</v></c></row>'.encode())
            for _n in range(megabytes):
                sheet.write(b"<row/>" * 166_667)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


@cache
def dense():
    """A workbook below the limit of size with more cells than any roster: 1.7 million."""
    return with_cells("".join(f"<row>{f'<c><v>{n}</v></c>' * 190}</row>" for n in range(9_000)))


@cache
def many_words():
    """A workbook below the limit of size with two million words, which take far more memory than their text."""
    words = "".join(f"<si><t>{n:x}</t></si>" for n in range(1_500_000))
    return rezipped(workbook(["x"]), {"xl/sharedStrings.xml": f"<sst {MAIN}>{words}</sst>".encode()})


@cache
def huge_cell(megabytes=38):
    """A workbook below the limit of size with one cell of so many megabytes."""
    words = "".join(f"{n * n:x} " for n in range(3_000))
    text = words * (megabytes * 1_000_000 // len(words))
    return with_cells(f'<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>')


_TWICE = "".join(f'<!ENTITY {chr(n + 1)} "&{chr(n)};&{chr(n)};">' for n in range(ord("a"), ord("i")))
LAUGHS = f'<!DOCTYPE l [<!ENTITY a "ha">{_TWICE}]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]>'

WRONG = {
    "empty": (lambda: b"", "spisak.xlsx", "empty"),
    "only spaces": (lambda: b" \r\n \r\n", "spisak.csv", "empty"),
    "too big": (lambda: bytes(MAX_FILE_BYTES + 1), "spisak.xlsx", "too_big_file"),
    "password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "spisak.xlsx", "password"),
    "encrypted zip": (encrypted_zip, "spisak.xlsx", "password"),
    "xls of nothing": (lambda: OLE + "Workbook".encode("utf-16-le"), "spisak.xls", "damaged"),
    "xls with macros": (lambda: OLE + "Workbook_VBA_PROJECT_CUR".encode("utf-16-le"), "spisak.xls", "macros"),
    "doc": (lambda: OLE + "WordDocument".encode("utf-16-le"), "spisak.doc", "other_document"),
    "cut xls": (lambda: (BOOKS / "cells.xls").read_bytes()[:4_000], "spisak.xls", "damaged"),
    "cut ods": (lambda: (BOOKS / "cells.ods").read_bytes()[:-900], "spisak.ods", "damaged"),
    "ods without content": (lambda: zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "spisak.ods", "damaged"),
    "ods with macros": (lambda: rezipped((BOOKS / "cells.ods").read_bytes(), {"Basic/Standard/a.xml": b"x"}), "spisak.ods", "macros"),
    "locked ods": (
        lambda: rezipped(opened("spreadsheet"), {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "spisak.ods", "password"
    ),
    "ods of repeated cells": (lambda: repeated(1_000_000, 100), "spisak.ods", "too_large"),
    "ods of repeated rows": (lambda: repeated(20_000, 3), "spisak.ods", "too_many_rows"),
    "far column of ods": (lambda: repeated(1, 300), "spisak.ods", "too_many_columns"),
    "sparse": (
        lambda: with_cells('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="GR1048576"><v>2</v></c></row>'),
        "spisak.xlsx", "too_large",
    ),
    "odt": (lambda: zipped(mimetype="application/vnd.oasis.opendocument.text"), "spisak.odt", "other_document"),
    "docx": (lambda: zipped(word__document="x"), "spisak.docx", "other_document"),
    "xlsb": (lambda: zipped(xl__workbook="x") and rezipped(workbook(["x"]), {"xl/workbook.bin": b"x"}), "spisak.xlsb", "xlsb"),
    "macros": (lambda: rezipped(workbook(["x"]), {"xl/vbaProject.bin": b"x"}), "spisak.xlsm", "macros"),
    "pdf named xlsx": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "spisak.xlsx", "pdf"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "spisak.xlsx", "picture"),
    "web page named xls": (lambda: b"<html><table><tr><td>Prezime</td></tr></table>", "spisak.xls", "web_page"),
    "random bytes": (lambda: bytes(range(1, 255)) * 20, "spisak.xlsx", "damaged"),
    "random bytes named csv": (lambda: bytes(range(1, 255)) * 20, "spisak.csv", "no_text"),
    "cut": (lambda: workbook(*ROWS)[:-400], "spisak.xlsx", "damaged"),
    "cut at the start": (lambda: workbook(*ROWS)[100:], "spisak.xlsx", "damaged"),
    "broken xml": (lambda: with_cells("<row><c></row>"), "spisak.xlsx", "damaged"),
    "no sheet": (lambda: rezipped(workbook(["x"]), {"xl/worksheets/sheet1.xml": None}), "spisak.xlsx", "damaged"),
    "no main part": (lambda: rezipped(workbook(["x"]), {"xl/workbook.xml": None}), "spisak.xlsx", "damaged"),
    "entities": (lambda: with_cells('<row><c t="str"><v>&i;</v></c></row>', before=LAUGHS), "spisak.xlsx", "damaged"),
    "outside entity": (lambda: with_cells('<row><c t="str"><v>&f;</v></c></row>', before=OUTSIDE), "spisak.xlsx", "damaged"),
    "bomb": (bomb, "spisak.xlsx", "too_large"),
    "many entries": (
        lambda: rezipped(workbook(["x"]), {f"xl/{n}": b"" for n in range(2_100)}), "spisak.xlsx", "too_large"
    ),
    "50,000 rows": (lambda: workbook(*[["a", n] for n in range(50_000)]), "spisak.xlsx", "too_many_rows"),
    "50,000 lines": (lambda: b"a;b\n" * 50_000, "spisak.csv", "too_many_rows"),
    "far column": (lambda: with_cells('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "spisak.xlsx", "too_many_columns"),
    "wide csv": (lambda: b";".join([b"a"] * 300), "spisak.csv", "too_many_columns"),
    "damaged utf-8": (lambda: ("Đorđević;Šćepanović\n" * 20).encode()[:-200] + b"\xff\xc4;\n", "spisak.csv", "damaged_text"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "name", "code"), WRONG.values(), ids=list(WRONG))
def test_wrong_file_is_one_sentence(make, name, code):
    with pytest.raises(ValidationError) as refused:
        read_upload(make(), name)
    assert refused.value.messages == [str(SENTENCES[code])]


def test_every_sentence_says_what_to_do():
    does = ("Save", "Choose", "Copy", "Split", "Delete", "Export", "Upload", "Open", "Try")
    assert [code for code, text in SENTENCES.items() if not any(word in str(text) for word in does)] == []


@on_linux
@pytest.mark.parametrize(
    "make", [bomb, huge_cell, *(pytest.param(make, marks=pytest.mark.slow) for make in (dense, many_words))]
)
def test_reading_takes_little_memory_and_time(make):
    _code, _answer, idle, _seconds = measured(b"", "a.csv")
    _code, _answer, most, seconds = measured(make(), "a.xlsx")
    assert most - idle < MAX_MEGABYTES
    assert seconds < MAX_SECONDS


@on_linux
def test_reading_without_limits_takes_much():
    """The control: a workbook that is refused is read without the limits, and takes more than the test above allows."""
    _code, _answer, idle, _seconds = measured(b"", "a.csv")
    _code, _answer, most, _seconds = measured(huge_cell(150), "a.xlsx", before=UNLIMITED)
    assert most - idle > MAX_MEGABYTES


@on_linux
def test_5000_rows_take_little_memory_and_time():
    _code, _answer, idle, began = measured(b"", "a.csv")
    rows = [[n, f"Petrović{n}", "Ana", "ž", "vodnik", f"Četa {n % 9}", "a@b.me", "+", "–", "+"] for n in range(5_000)]
    code, answer, most, seconds = measured(workbook(*rows), "a.xlsx")
    assert (code, answer[:11]) == (0, '[{"name": "')
    assert most - idle < MAX_MEGABYTES
    assert seconds < 5
    assert began < 1


@pytest.mark.parametrize(("failure", "code"), [("time", "too_slow"), ("memory", "too_large"), ("busy", "busy")])
def test_process_that_ends_without_an_answer_is_a_sentence(failure, code, monkeypatch):
    monkeypatch.setattr("common.uploads.reading.run_job", lambda *job: Result(failure=failure))
    with pytest.raises(ValidationError) as refused:
        read_upload(workbook(*ROWS), "a.xlsx")
    assert refused.value.messages == [str(SENTENCES[code])]


def test_pasted_rows_have_a_limit():
    with pytest.raises(ValidationError):
        read_pasted("a\tb\n" * (MAX_ROWS + 1))


@given(st.binary(max_size=400))
def test_noise_is_text_or_refused(noise):
    """Read without the process, which would be slow in hundreds."""
    code = ""
    try:
        read_sheets(noise, "a.csv")
    except RefusedError as refused:
        code = refused.code
    assert code in {"", *SENTENCES}


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_pasted_text_is_cells(text):
    (sheet,) = read_pasted(text)
    assert len({len(row) for row in sheet.rows}) <= 1
    assert all(any(cell is not None for cell in row) for row in sheet.rows)
