"""Cells copied from a spreadsheet or email program, as text in lines. `common.uploads` reads rosters instead."""

MAX_COLUMNS = 30


def split_cells(text: str) -> list[list[str]]:
    """Return the non-empty lines as cells: split at tabs as spreadsheets copy them, else at semicolons or commas."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((mark for mark in ("\t", ";", ",") if any(mark in line for line in lines)), "\t")
    return [[" ".join(cell.split()) for cell in line.split(mark)][:MAX_COLUMNS] for line in lines]
