"""Files as people upload them, right and wrong, and the measure of the process that reads them."""

import io
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter

from common.sandbox.jobs import JOBS
from common.sandbox.run import PROJECT, environment

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(*rows, sheet: str = "Spisak", **formats: Any) -> bytes:
    """Return a workbook of one sheet with these rows; dates as date cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "dd.mm.yyyy", "strings_to_formulas": False, **formats})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                page.write(number, column, cell)
    book.close()
    return out.getvalue()


def rezipped(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """Return a zip with some entries replaced, added or (None) taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in changes:
                new.writestr(entry.filename, old.read(entry))
        for name, body in changes.items():
            if body is not None:
                new.writestr(name, body)
    return out.getvalue()


def with_cells(cells: str, *, before: str = "", after: str = "") -> bytes:
    """Return a workbook whose sheet holds this XML as its rows."""
    xml = f'<?xml version="1.0"?>{before}<worksheet {MAIN}><sheetData>{cells}</sheetData>{after}</worksheet>'
    return rezipped(workbook(["x"]), {"xl/worksheets/sheet1.xml": xml.encode()})


def measured(content: bytes, name: str, *, before: str = "") -> tuple[int, str, float, float]:
    """Read a file as an upload is read; return the exit code, the answer, the most memory (MB) and the seconds.

    `before` is run in the process first: a control takes its limits away with it.
    """
    run = f"import sys\nsys.argv=['', 'read-sheets', {name!r}]\nfrom common.sandbox import __main__ as child\n{before}\nchild.main()"
    with tempfile.TemporaryFile() as body, tempfile.TemporaryFile() as answer:
        body.write(content)
        body.seek(0)
        began, most = time.monotonic(), 0
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", run],
            stdin=body,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env=environment(),
        )
        while process.poll() is None:
            if time.monotonic() - began > JOBS["read-sheets"].seconds and not before:
                process.kill()
            most = max(most, _peak(process.pid))
            time.sleep(0.002)
        seconds = time.monotonic() - began
        answer.seek(0)
        return process.returncode, answer.read().decode(), most / 1024, seconds


def _peak(pid: int) -> int:
    """Return the most memory a process has held so far in kB, 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
