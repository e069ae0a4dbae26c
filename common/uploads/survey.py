"""What calamine omits from a worksheet, read from its XML: errors, formulas without a result, merged cells of .ods.

Counts cells on the way, so that a sheet made to fill the memory is refused by its size. Must not import Django.
"""

import re
import zipfile
from dataclasses import dataclass, field
from typing import IO

from common.files.markup import walk
from common.files.parts import listed_parts, main_part
from common.sandbox.jobs import RefusedError
from common.uploads.cells import MAX_CELL_LENGTH, MAX_COLUMNS

# More than any roster holds: 10,000 rows of 30 columns. Reading that many takes about 3 s.
MAX_CELLS = 300_000
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_REMARKS = frozenset({"annotation", "tracked-changes"})

Position = tuple[int, int]


@dataclass
class Survey:
    """Rows and columns from 0. `errors` holds the text of each error, `unread` the formulas that were never calculated."""

    errors: dict[Position, str] = field(default_factory=dict)
    unread: set[Position] = field(default_factory=set)
    merged: list[tuple[Position, Position]] = field(default_factory=list)
    cells: int = 0

    def count(self, column: int, cells: int = 1) -> None:
        """Count filled cells, the last of them in this column. Raises RefusedError above the limit."""
        self.cells += cells
        if self.cells > MAX_CELLS:
            raise RefusedError("too_large")
        if column >= MAX_COLUMNS:
            raise RefusedError("too_many_columns")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _survey_xml(part: IO[bytes]) -> Survey:
    """Return the survey of the XML of one .xlsx worksheet."""
    survey = Survey()
    row = column = -1
    kind = text = ""
    has_formula = has_value = False
    for event, name, attributes in walk(part):
        if event == "text":
            text += name
        elif event == "start":
            if name == "row":
                row, column = int(attributes.get("r", row + 2)) - 1, -1
            elif name == "c":
                place = _PLACE.fullmatch(attributes.get("r", ""))
                row, column = (int(place[2]) - 1, _column(place[1])) if place else (row, column + 1)
                kind, text, has_formula, has_value = attributes.get("t", ""), "", False, False
            elif name == "f":
                has_formula = True
            elif name in ("v", "is"):
                text, has_value = "", True
        elif name == "v" and kind == "e":
            survey.errors[row, column] = text[:MAX_CELL_LENGTH]
        elif name == "v":
            has_value = bool(text)
        elif name == "c" and (has_value or has_formula):
            survey.count(column)
            if not has_value:
                survey.unread.add((row, column))
    return survey


def survey_xlsx(box: zipfile.ZipFile) -> dict[str, Survey]:
    """Return the survey of each worksheet of an .xlsx, by the sheet's name."""
    surveys = {}
    for name, target in listed_parts(box, main_part(box, "xl/workbook.xml"), "sheet"):
        with box.open(target) as part:
            surveys[name] = _survey_xml(part)
    return surveys


def survey_open(box: zipfile.ZipFile) -> dict[str, Survey]:
    """Return the survey of each table of an .ods, by the table's name. Repeated rows and cells are written once there."""
    surveys: dict[str, Survey] = {}
    survey, cell, text = Survey(), {}, ""
    row = column = row_repeats = 0
    with box.open("content.xml") as part:
        for event, name, attributes in walk(part, _REMARKS):
            if event == "text":
                text += name
            elif name == "table" and event == "start":
                survey = surveys[attributes.get("name", "")] = Survey()
                row = 0
            elif name == "table-row" and event == "start":
                row_repeats, column = int(attributes.get("number-rows-repeated", 1)), 0
            elif name == "table-row":
                row += row_repeats
            elif name in ("table-cell", "covered-table-cell") and event == "start":
                cell, text = attributes, ""
            elif name in ("table-cell", "covered-table-cell"):
                repeats = int(cell.get("number-columns-repeated", 1))
                if text or "value-type" in cell or "formula" in cell:
                    survey.count(column + repeats - 1, repeats * row_repeats)
                    _note_open_cell(survey, (row, column), cell, text)
                column += repeats
    return surveys


def _note_open_cell(survey: Survey, at: Position, cell: dict[str, str], text: str) -> None:
    down, right = int(cell.get("number-rows-spanned", 1)), int(cell.get("number-columns-spanned", 1))
    if down > 1 or right > 1:
        survey.merged.append((at, (at[0] + down - 1, at[1] + right - 1)))
    if "formula" not in cell:
        return
    if cell.get("value-type") == "error" or (text and not cell.get("string-value", "-")):
        survey.errors[at] = text[:MAX_CELL_LENGTH]
    elif not text and "value" not in cell:
        survey.unread.add(at)
