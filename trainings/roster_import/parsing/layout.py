"""Locate the list on a worksheet: its header of one or two lines, its rows, and the rows below that are no persons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from common.folding import spelling
from common.uploads.cells import Cell, Sheet
from trainings.roster_import.parsing.headers import NAME_KINDS, header_kind, is_presence, written
from trainings.roster_import.parsing.names import order_vote
from trainings.roster_import.parsing.values import text_of

LOOKED_AT = 60
# Headers that never occur in a person's row.
_SURE_NAMES = frozenset({"family_name", "full_name", "full_name_given_first"})
_WEIGHTS = {
    "family_name": 3.0, "given_name": 3.0, "full_name": 4.0, "full_name_given_first": 4.0, "name": 2.5, "sex": 2.0, "rank": 2.0,
    "email": 1.0, "unit": 1.0, "organisation": 1.0, "country": 1.0, "birth_year": 1.0, "service_number": 1.0, "number": 1.0,
    "session": 0.5, "": 0.5, "female_mark": 0.5, "male_mark": 0.5,
}  # fmt: skip
# How a line below a list begins that is no person.
_BELOW_WORDS = """
legenda legjenda legend ukupno svega zbir zbroj total totali vkupno vkupen gjithsej shuma suma sum count
kontrolisao kontrolisala kontrolirao kontrolirala kontroliral overava overio ovjerava ovjerio ovjerila ovj potpis
potpisi nenshkrimi nenshkroi napomena napomene zabeleska shenim shenime sastavio sastavila izradio izradila
izgotvil izgotvila pripremio pripremila pregatoi odobrio odobrava odobril odobrila rukovodilac rukovodioc
rukovoditelj voditelj rakovoditel instruktor instruktori predavac predavaci trener treneri note notes prepared
approved checked verified signature signed remark remarks prisutno odsutno prisutnih odsutnih muskaraca zena mp
komandant komandir nacelnik nacalnik komandanti prosjek prosek average datum mjesto dana page strana stranica
instructor trainer average faqja izvor source summary rekapitulacija pregled present absent
"""
_BELOW = frozenset(_BELOW_WORDS.split())
_BELOW_TWO = frozenset(
    {"m p", "za tacnost", "za tocnost", "od toga", "na dan", "u podgorici", "u beogradu", "u sarajevu"}
)


@dataclass
class Table:
    """The list on a worksheet: its header as one cell per column, and the rows that follow it."""

    sheet: Sheet
    headers: list[Cell]
    # Indexes in `sheet.rows`; empty if the list has no header.
    header_rows: tuple[int, ...]
    # The text above each column in the first of two header lines.
    above: list[Cell] = field(default_factory=list)

    @property
    def body(self) -> range:
        """The positions of the rows after the header."""
        return range(self.header_rows[-1] + 1 if self.header_rows else 0, len(self.sheet.rows))


def _kinds(cells: Sequence[Cell]) -> list[str | None]:
    return [header_kind(cell) for cell in cells]


def _score(kinds: Sequence[str | None]) -> float:
    """Return how much a row looks like a header; 0 if it has no column for names."""
    if not any(kind in NAME_KINDS for kind in kinds):
        return 0
    sessions = sum(kind == "session" for kind in kinds)
    counted = {kind for kind in kinds if kind is not None}
    return sum(_WEIGHTS[kind] for kind in counted) + min(sessions, 6) * 0.5


def _is_header(cells: Sequence[Cell], kinds: Sequence[str | None]) -> bool:
    """Return whether a row is a header: it has a column for names, or names two columns, or its only text means people."""
    filled = [n for n, cell in enumerate(cells) if cell is not None]
    named = [kinds[n] for n in filled if kinds[n]]
    texts = [n for n in filled if isinstance(cells[n], str)]
    unknown = sum(kinds[n] is None for n in texts)
    if any(kind in _SURE_NAMES for kind in named):
        return True
    if len(set(named)) >= 2:
        return unknown <= max(3, len(texts) * 2 // 3)
    return len(filled) == 1 and named[:1] != [] and named[0] in NAME_KINDS


def _joined(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Join two lines of a header: the lower if it has a known kind, else the upper, else both."""
    merged: list[Cell] = []
    for above, below in zip(upper, lower, strict=True):
        if below is None or below == above:
            merged.append(above)
        elif above is None or header_kind(below) not in {None, ""}:
            merged.append(below)
        elif header_kind(above) is not None and not is_presence(above):
            merged.append(above)
        else:
            merged.append(f"{written(above)} {written(below)}")
    return merged


def _is_second_line(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Return whether a row continues the header above it and is not a person."""
    kinds = [header_kind(cell) for cell in upper]
    heads = sum(bool(kind) and kind not in {"female_mark", "male_mark"} for kind in kinds)
    if heads < 2 and not any(kind in NAME_KINDS for kind in kinds) and not any(is_presence(cell) for cell in upper):
        return False
    news = [n for n, cell in enumerate(lower) if cell is not None and cell != upper[n]]
    if not news:
        return any(cell is not None for cell in lower)
    headed = 0
    for n in news:
        cell = lower[n]
        kind = header_kind(cell)
        is_day = is_presence(upper[n]) and (
            kind == "session" or (isinstance(cell, int | str) and len(str(cell)) <= 3 and str(cell)[:1].isalnum())
        )
        headed += is_day or kind is not None
    # A person's row repeats no header and contains names, which are not headers.
    return headed == len(news) or (headed >= 2 and headed * 4 >= len(news) * 3)


def _spread(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Repeat a presence header to its right over the empty cells with days below: merged cells were lost."""
    filled: list[Cell] = list(upper)
    for n in range(1, len(filled)):
        if filled[n] is None and lower[n] is not None and is_presence(filled[n - 1]):
            filled[n] = filled[n - 1]
    return filled


def _table_on(sheet: Sheet) -> tuple[float, Table] | None:
    """Return the best header of a worksheet with its score, None if no row looks like one."""
    best: tuple[float, Table] | None = None
    for at in range(min(LOOKED_AT, len(sheet.rows))):
        cells = sheet.rows[at]
        below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else None
        options: list[tuple[list[Cell], tuple[int, ...], list[Cell]]] = [(list(cells), (at,), [])]
        if below is not None:
            above = _spread(cells, below)
            if _is_second_line(above, below):
                options.append((_joined(above, below), (at, at + 1), above))
        for headers, positions, above in options:
            kinds = _kinds(headers)
            score = _score(kinds)
            if not score or not (_is_header(headers, kinds) or (above and _is_header(cells, _kinds(cells)))):
                continue
            # Of two readings with the same score the longer header is right: its second line is no person.
            score += 0.1 * (len(positions) - 1)
            if best is None or score > best[0]:
                best = (score, Table(sheet, headers, positions, above))
    return best


def find_table(sheets: Sequence[Sheet], *, only: int | None = None, has_header: bool | None = None) -> Table | None:
    """Find the list of people: the worksheet and the header that name most columns of a roster.

    `only` selects a worksheet by position. `has_header` False reads all rows as people, True takes the first row as the
    header if none was found. None: there are no rows at all.
    """
    chosen = [sheets[only]] if only is not None else [sheet for sheet in sheets if sheet.rows]
    chosen = [sheet for sheet in chosen if not sheet.hidden] or chosen
    if not any(sheet.rows for sheet in chosen):
        return None
    if has_header is not False:
        tables = [table for sheet in chosen if (table := _table_on(sheet))]
        if tables:
            return max(tables, key=lambda table: (table[0] >= 3, min(table[0], 8), len(table[1].body)))[1]
    largest = max(chosen, key=lambda sheet: len(sheet.rows))
    width = max(len(row) for row in largest.rows)
    if has_header:
        return Table(largest, list(largest.rows[0]), (0,))
    return Table(largest, [None] * width, ())


@dataclass(frozen=True)
class LeftOut:
    """A row below or between people that is not a person."""

    number: int
    text: str


def reads_as_below(cells: Sequence[Cell]) -> bool:
    """Return whether a row is a legend, a sum or a place for signatures."""
    texts = [text_of(cell) for cell in cells if isinstance(cell, str)]
    if not texts:
        return False
    first = spelling(texts[0]).split()
    if any("___" in text or "...." in text for text in texts) or texts[0].rstrip().endswith(":"):
        return True
    return bool(first) and (first[0] in _BELOW or " ".join(first[:2]) in _BELOW_TWO)


def is_number(cell: Cell) -> bool:
    """Return whether a cell is a row number: 7, "7." or "7)"."""
    return isinstance(cell, int) or (isinstance(cell, str) and cell.rstrip(".)").isdecimal())


def _is_repeated_header(table: Table, cells: Sequence[Cell]) -> bool:
    same = sum(
        1
        for cell, header in zip(cells, table.headers, strict=True)
        if cell is not None
        and header is not None
        and spelling(text_of(cell)) == spelling(text_of(header))
        and header_kind(cell)
    )
    return same >= 2


def people_rows(
    table: Table, name_columns: Sequence[int], number_column: int | None, says_much: Callable[[Sequence[Cell]], bool]
) -> tuple[list[int], list[LeftOut]]:
    """Return the positions of the rows of people, and the other rows among them.

    A row without a name counts as a person if `says_much` finds a sex or a rank in it: a missing name is noticed.
    """
    sheet = table.sheet
    widths = [sum(cell is not None for cell in sheet.rows[at]) for at in table.body]
    # Signatures and sums are narrow: only the wider rows define the width of a person's row.
    widest = max(widths, default=0)
    typical = median([width for width in widths if width * 2 >= widest]) if widths else 0
    numbered = number_column is not None and any(is_number(sheet.rows[at][number_column]) for at in table.body)
    people: list[int] = []
    others: list[LeftOut] = []
    last: int | None = None
    gap = False
    for at in table.body:
        cells = sheet.rows[at]
        number = sheet.numbers[at]
        gap = gap or (bool(people) and last is not None and number > last + 1)
        last = number
        kind = _row_kind(
            table, cells, name_columns, number_column if numbered else None, typical, gap=gap, says_much=says_much
        )
        if kind == "person":
            people.append(at)
            # People after a gap mean that the list did not end there.
            gap = False
        elif kind == "other":
            others.append(LeftOut(number, " ".join(text_of(cell) for cell in cells if cell is not None)[:120]))
    return people, others


def _row_kind(
    table: Table,
    cells: Sequence[Cell],
    name_columns: Sequence[int],
    number_column: int | None,
    typical: float,
    *,
    gap: bool,
    says_much: Callable[[Sequence[Cell]], bool],
) -> str:
    """Return "person", "other", or "" for rows to ignore: empty numbered lines and repeated headers."""
    is_numbered = number_column is not None and is_number(cells[number_column])
    rest = [cell for n, cell in enumerate(cells) if n != number_column or not is_numbered]
    filled = sum(cell is not None for cell in rest)
    if not filled or _is_repeated_header(table, cells):
        return ""
    if name_columns and not any(cells[n] is not None for n in name_columns):
        is_person = not reads_as_below(rest) and says_much(cells) and (is_numbered or number_column is None)
        return "person" if is_person else "other"
    if is_numbered:
        return "person"
    if reads_as_below(rest):
        return "other"
    few = filled <= max(1, min(2, (typical - 1) // 2))
    if gap and few and typical >= 3:
        return "other"
    return "other" if filled == 1 and typical >= 3 and _is_heading(cells, name_columns) else "person"


def _is_heading(cells: Sequence[Cell], name_columns: Sequence[int]) -> bool:
    """Return whether the only text of a row is a heading between people and not a name alone."""
    at = next(n for n, cell in enumerate(cells) if cell is not None)
    return at not in name_columns or header_kind(cells[at]) is not None or order_vote(text_of(cells[at])) == 0
