"""Cells copied from a sheet or a mail program, as text in lines. Rosters are read by `common.uploads` instead."""

MAX_COLUMNS = 30


def split_cells(text: str) -> list[list[str]]:
    """Return the non-empty lines as cells: by tabs as spreadsheets copy them, else by semicolons or commas."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((mark for mark in ("\t", ";", ",") if any(mark in line for line in lines)), "\t")
    return [[" ".join(cell.split()) for cell in line.split(mark)][:MAX_COLUMNS] for line in lines]
