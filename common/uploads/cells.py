"""A parsed worksheet, and its serialisation from the sandbox to the portal."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_SHEETS = 40
MAX_CELL_LENGTH = 1_000

Cell = str | int | float | bool | date | None


@dataclass
class Sheet:
    """The non-empty rows of one worksheet; `numbers` are their row numbers in the file, from 1.

    Cells merged downwards have the value in each row, sideways if the row holds more than that. A formula that
    was never calculated is an empty cell, listed in `unread` by row number and column from 0. Rows have equal length.
    """

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    unread: set[tuple[int, int]] = field(default_factory=set)
    hidden: bool = False

    def __post_init__(self) -> None:
        width = max((len(row) for row in self.rows), default=0)
        for row in self.rows:
            row.extend([None] * (width - len(row)))


def packed(sheets: list[Sheet]) -> list[dict[str, Any]]:
    """Return sheets as JSON-serialisable data; a date becomes an object, so that no text is mistaken for one."""
    return [
        {
            "name": sheet.name, "numbers": sheet.numbers, "unread": sorted(sheet.unread), "hidden": sheet.hidden,
            "rows": [
                [{"date": cell.isoformat()} if isinstance(cell, date) else cell for cell in row] for row in sheet.rows
            ],
        }
        for sheet in sheets
    ]  # fmt: skip


def unpacked(sheets: list[dict[str, Any]]) -> list[Sheet]:
    """Return the sheets serialised by `packed`."""
    return [
        Sheet(
            name=sheet["name"],
            numbers=sheet["numbers"],
            hidden=sheet["hidden"],
            unread={(row, column) for row, column in sheet["unread"]},
            rows=[
                [date.fromisoformat(cell["date"]) if isinstance(cell, dict) else cell for cell in row]
                for row in sheet["rows"]
            ],
        )
        for sheet in sheets
    ]
