"""The sandbox job that reads an uploaded list: a workbook, or a text with cells. Must not import Django."""

import json
from typing import IO

from common.files.beginnings import OLE, family_of
from common.sandbox.jobs import RefusedError
from common.uploads.cells import Sheet, packed
from common.uploads.delimited import decoded, split_text


def _refuse_other_kinds(content: bytes, name: str) -> None:
    if not content.strip(b"\x00 \t\r\n"):
        raise RefusedError("empty")
    start = content[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if family := family_of(start):
        raise RefusedError(family if family in ("pdf", "picture") else "other_document")
    if b"%PDF-" in start:
        raise RefusedError("pdf")
    if start[:1] == b"<":
        raise RefusedError("web_page")
    if (
        name.endswith((".xlsx", ".xlsm", ".ods"))
        and b"\x00" in content[:4_096]
        and content[:2] not in (b"\xff\xfe", b"\xfe\xff")
    ):
        raise RefusedError("damaged")


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of a workbook or a text. Raises RefusedError, and any library error on a damaged workbook."""
    if content.startswith((b"PK", OLE)):
        from common.uploads.workbook import read_workbook

        return read_workbook(content)
    _refuse_other_kinds(content, name.lower())
    try:
        return [split_text(decoded(content))]
    except RefusedError as refused:
        # A file named as a workbook that is neither that nor text is a damaged workbook.
        if refused.code == "no_text" and name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
            raise RefusedError("damaged") from refused
        raise


def write_sheets(file: IO[bytes], out: IO[bytes], name: str) -> None:
    """Write the sheets of a file as JSON; `name` only helps to name what is wrong."""
    out.write(json.dumps(packed(read_sheets(file.read(), name))).encode())
