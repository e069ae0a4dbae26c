"""Rows copied from a spreadsheet: text in, cells out, and a first guess at what each column holds."""

from common.folding import spelling

ROWS_MOST = 500
COLUMNS_MOST = 30
CELL_MOST = 200

# Folded header words of each kind of column, in the languages of the region.
HEADERS: dict[str, tuple[str, ...]] = {
    "family_name": ("prezime", "family name", "surname", "last name", "mbiemri", "презиме"),
    "given_name": ("ime", "given name", "first name", "emri", "name"),
    "full_name": ("ime i prezime", "prezime i ime", "full name", "name and surname", "emri dhe mbiemri", "participant"),
    "sex": ("pol", "spol", "sex", "gender", "gjinia"),
    "rank": ("cin", "rank", "grada", "funkcija cin"),
    "unit": ("jedinica", "postrojba", "unit", "edinica", "njesia", "ustanova"),
}
_SEXES: dict[str, tuple[str, ...]] = {
    "female": ("z", "f", "w", "zensko", "zenski", "zena", "female", "woman", "femer", "zenska"),
    "male": ("m", "musko", "muski", "muskarac", "masko", "maski", "male", "man", "mashkull", "mash"),
    "other": ("other", "drugo", "ostalo", "o", "tjeter"),
    "not_recorded": ("", "nr"),
}


def split_cells(text: str) -> list[list[str]]:
    """Return the non-empty lines as cells: by tabs as spreadsheets copy them, else by semicolons or commas."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((mark for mark in ("\t", ";", ",") if any(mark in line for line in lines)), "\t")
    return [[" ".join(cell.split()) for cell in line.split(mark)][:COLUMNS_MOST] for line in lines]


def guess_columns(rows: list[list[str]]) -> tuple[list[str], bool]:
    """Return what each column seems to hold ("" where unknown) and whether the first row is a header."""
    if not rows:
        return [], False
    width = max(len(row) for row in rows)
    kinds = [""] * width
    for n, cell in enumerate(rows[0]):
        key = spelling(cell)
        kinds[n] = next((kind for kind, words in HEADERS.items() if key in words or key in map(spelling, words)), "")
    if sum(bool(kind) for kind in kinds) >= min(2, width):
        return kinds, True
    kinds = [""] * width
    for n in range(width):
        column = [row[n] for row in rows if n < len(row)]
        if "sex" not in kinds and column and all(read_sex(cell) for cell in column):
            kinds[n] = "sex"
    for n, kind in zip(
        (i for i, kind in enumerate(kinds) if not kind), ("family_name", "given_name", "rank", "unit"), strict=False
    ):
        kinds[n] = kind
    return kinds, False


def read_sex(cell: str) -> str | None:
    """Return the sex a cell says, or None where nobody knows the word."""
    key = spelling(cell)
    return next((sex for sex, words in _SEXES.items() if key in words), None)
