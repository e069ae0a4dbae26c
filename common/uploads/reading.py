"""Parses an uploaded file or pasted text into sheets of cells, or one sentence that says what to do."""

import io
import json

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.sandbox.jobs import RefusedError
from common.sandbox.run import run_job
from common.uploads.cells import MAX_ROWS, Sheet, unpacked
from common.uploads.delimited import split_text

MAX_FILE_BYTES = 10_000_000

SENTENCES = {
    "empty": gettext_lazy("The file is empty. Choose the file with the list of people."),
    "too_big_file": gettext_lazy("The file is larger than 10 MB. Copy the list into a new workbook and upload that."),
    "too_large": gettext_lazy(
        "The file unpacks to more than can be read. Copy the list into a new workbook and upload that."
    ),
    "too_slow": gettext_lazy(
        "Reading this file takes too long. Copy the list into a new workbook and upload that."
    ),
    "busy": gettext_lazy("Many files are being read now. Try again in a minute."),
    "too_many_rows": gettext_lazy("The file has more than 10,000 rows. Split it and upload the parts."),
    "too_many_columns": gettext_lazy(
        "A sheet has cells beyond its 200th column. Delete what is not part of the list and upload it again."
    ),
    "password": gettext_lazy("The workbook is protected by a password. Save it without one and upload it again."),
    "macros": gettext_lazy("The workbook holds macros, which are not taken. Save it as .xlsx and upload that."),
    "xlsb": gettext_lazy("This is a binary Excel workbook (.xlsb). Save it as .xlsx and upload that."),
    "numbers": gettext_lazy("This is a Numbers document. Export it as .xlsx and upload that."),
    "pdf": gettext_lazy("This is a PDF. Upload the workbook (.xlsx) or CSV file it was made from."),
    "picture": gettext_lazy("This is a picture. Upload the list as .xlsx or CSV."),
    "web_page": gettext_lazy(
        "This is a web page or XML, not a workbook. Open it in a spreadsheet program, save it as .xlsx and upload that."
    ),
    "other_document": gettext_lazy("This is no workbook and no CSV file. Save the list as .xlsx and upload that."),
    "no_text": gettext_lazy("This file cannot be read as a list. Save it as .xlsx and upload that."),
    "damaged": gettext_lazy(
        "The workbook is damaged. Open it in a spreadsheet program, save it again as .xlsx and upload that."
    ),
    "damaged_text": gettext_lazy(
        "Some letters of this file are damaged. Save it again as “CSV UTF-8” or as .xlsx and upload that."
    ),
}  # fmt: skip


def refusal(code: str) -> ValidationError:
    """Return the refusal with the sentence for this code; an unknown code reads as damage."""
    code = code if code in SENTENCES else "damaged"
    return ValidationError(SENTENCES[code], code=code)


def read_upload(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of an uploaded workbook or CSV file; raise ValidationError with one sentence if there are none.

    `name` only helps to name what is wrong. Reads in the sandbox; about 0.2 s for a usual sheet.
    """
    if len(content) > MAX_FILE_BYTES:
        raise refusal("too_big_file")
    result = run_job("read-sheets", io.BytesIO(content), name[-20:].replace("\x00", ""))
    if result.failure:
        raise refusal({"time": "too_slow", "memory": "too_large"}.get(result.failure, result.failure))
    return unpacked(json.loads(result.answer))


def read_pasted(text: str) -> list[Sheet]:
    """Return cells copied from a spreadsheet as one sheet; raise ValidationError if there are too many."""
    try:
        return [split_text(text)]
    except RefusedError as refused:
        if refused.code == "too_many_rows":
            raise ValidationError(
                _("These are more than %(most)d rows. Paste them in parts.") % {"most": MAX_ROWS}
            ) from refused
        raise refusal(refused.code) from refused
