"""What each column of a list holds: from its header, its content, and the user's corrections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from common.folding import spelling
from common.uploads.cells import Cell
from trainings.roster_import.parsing.headers import SessionHeader, header_kind, is_presence, session_header
from trainings.roster_import.parsing.layout import Table, is_number, reads_as_below
from trainings.roster_import.parsing.names import DECIDES, column_order, is_strange, order_vote, pair_vote
from trainings.roster_import.parsing.places import Places
from trainings.roster_import.parsing.ranks import RankTable
from trainings.roster_import.parsing.values import UNDECIDED_MARK, read_email, read_mark, read_sex, text_of

LOOKED_AT = 400
MAX_SESSION_NUMBER = 99
# At least this many names must contradict a header before it is doubted.
MIN_VOTES = 3
# Day 0 of spreadsheet dates.
_FIRST_DAY = date(1899, 12, 30)
ORDERS = ("full_name", "full_name_given_first")
PAIR = ("family_name", "given_name")


@dataclass(frozen=True)
class Column:
    """One column: its position, header, kind, and, if that is a guess the user should check, the question."""

    index: int
    header: str
    kind: str = ""
    is_sure: bool = True
    guesses: tuple[str, ...] = ()
    question: str = ""
    session: SessionHeader | None = None


@dataclass(frozen=True)
class Tables:
    """The portal's reference data: ranks and places."""

    ranks: RankTable
    places: Places
    country: str = ""


def letter_of(index: int) -> str:
    """Return a column's letters as spreadsheets show them: 0 is A, 27 is AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _cells_below(table: Table, index: int) -> list[Cell]:
    """Return the filled cells of a column, without legends and sums."""
    rows = (table.sheet.rows[at] for at in table.body)
    cells = [row[index] for row in rows if row[index] is not None and not reads_as_below(row)]
    return cells[:LOOKED_AT]


def _share(cells: Sequence[Cell], fits: Callable[[Cell], bool]) -> float:
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


def _is_mark(cell: Cell) -> bool:
    return cell is not None and (read_mark(cell)[1] or spelling(text_of(cell)) == UNDECIDED_MARK)


def _is_date_serial(cell: Cell) -> bool:
    """Whether a cell is a date stored as a spreadsheet number, from 2009 to 2064."""
    text = text_of(cell)
    return text.isdecimal() and 40_000 <= int(text[:9]) <= 60_000


def _kind_by_content(cells: Sequence[Cell], header: Cell, tables: Tables) -> str:
    """Return the likely kind of a column without a known header from its cells, "" if it may be anything."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    if not cells:
        return ""
    if _share(cells, lambda cell: bool(read_email(cell))) >= 0.6:
        return "email"
    if len(texts) == len(cells) and all(read_sex(cell) in {"female", "male", "other"} for cell in cells):
        return "sex"
    if (
        texts
        and _share(cells, lambda c: isinstance(c, str) and bool(tables.ranks.find(c, tables.country).group)) >= 0.6
    ):
        return "rank"
    if _share(cells, _is_mark) >= 0.9 and (header is not None or texts):
        return "session"
    numbers = [int(text_of(cell).rstrip(".)")) for cell in cells if is_number(cell) and len(text_of(cell)) <= 6]
    if len(numbers) == len(cells):
        if all(1935 <= n <= 2012 for n in numbers):
            return "birth_year"
        if numbers == sorted(set(numbers)) and numbers[0] <= 1 and numbers[-1] <= len(numbers) + 5:
            return "number"
    if texts and header is None and _share(cells, lambda c: bool(tables.places.find(text_of(c)))) >= 0.8:
        return "country"
    return ""


def _name_like(cells: Sequence[Cell]) -> bool:
    """Return whether a column's cells may be names: capitalised words, hardly any twice."""
    texts = [text_of(cell) for cell in cells]
    fits = [t for t in texts if not is_strange(t) and t[:1].isupper() and len(t.split()) <= 5]
    return bool(texts) and len(fits) >= 0.8 * len(texts)


def _by_headers(table: Table) -> list[Column]:
    columns = []
    for index, header in enumerate(table.headers):
        above = table.above[index] if table.above else None
        kind = header_kind(header)
        session = session_header(header)
        if kind in {None, "number"} and is_presence(above) and header is not None:
            kind, session = "session", session or SessionHeader(text_of(header))
        columns.append(Column(index, text_of(header), kind or "", session=session if kind == "session" else None))
    return columns


def _two_under_one(table: Table, columns: list[Column]) -> list[Column]:
    """Split two columns under one header for whole names, as from merged cells: one name each, in the header's order."""
    split = list(columns)
    for left, other in pairwise(columns):
        if left.kind in ORDERS and other.kind == left.kind and other.header == left.header:
            cells = [*_cells_below(table, left.index), *_cells_below(table, other.index)]
            if _share(cells, lambda cell: len(text_of(cell).split()) == 1) >= 0.5:
                kinds = PAIR if left.kind == ORDERS[0] else (PAIR[1], PAIR[0])
                split[left.index], split[other.index] = replace(left, kind=kinds[0]), replace(other, kind=kinds[1])
    return split


def _with_contents(table: Table, columns: list[Column], tables: Tables) -> list[Column]:
    """Guess the kind of columns with unknown headers from their content."""
    taken = {column.kind for column in columns}
    guessed = []
    for column in columns:
        header = table.headers[column.index]
        if column.kind or header_kind(header) == "":
            guessed.append(column)
            continue
        kind = _kind_by_content(_cells_below(table, column.index), header, tables)
        if kind == "session" and _is_date_serial(header):
            column = replace(column, session=session_header(_FIRST_DAY + timedelta(days=int(column.header))))
        elif kind == "session" and column.header.isdecimal() and int(column.header[:6]) <= MAX_SESSION_NUMBER:
            column = replace(column, session=SessionHeader(column.header, number=int(column.header)))
        elif kind == "session" and (header is not None or table.header_rows):
            # Marks under an unknown or empty header: probably a session.
            question = _("Column %(letter)s seems to hold marks. Choose “Session” or leave it out.")
            column = replace(
                column, is_sure=header is None, guesses=("session", ""), question=question if header else ""
            )
            column = replace(column, session=SessionHeader(column.header))
        elif kind and kind in taken:
            kind = ""
        elif kind in {"rank", "country", "birth_year"} and header is not None:
            question = _(
                "The header of column %(letter)s is not known; its cells look like the guess. Choose what it holds."
            )
            column = replace(column, is_sure=False, guesses=(kind, ""), question=question)
        taken.add(kind)
        guessed.append(replace(column, kind=kind, question=column.question % {"letter": letter_of(column.index)}))
    return guessed


def _once_each(columns: list[Column]) -> list[Column]:
    """Use each kind except sessions once; of two units the second is an organisation if none is named."""
    seen: set[str] = set()
    columns_once = []
    for column in columns:
        kind = column.kind
        if kind in seen and kind not in {"", "session"}:
            kind = "organisation" if kind == "unit" and not any(c.kind == "organisation" for c in columns) else ""
        if kind == "" and column.kind:
            column = replace(
                column,
                is_sure=False,
                guesses=("", column.kind),
                question=_(
                    "Column %(letter)s seems to hold the same as an earlier one and is left out. Choose what it holds."
                )
                % {"letter": letter_of(column.index)},
            )
        seen.add(kind)
        columns_once.append(replace(column, kind=kind))
    return columns_once


def _without_names(table: Table, columns: list[Column]) -> list[Column]:
    """Find the names if no header names them: one column of two words, else the first two of one."""
    if any(column.kind in {*PAIR, *ORDERS, "name"} for column in columns):
        return columns
    free = [c for c in columns if not c.kind and header_kind(table.headers[c.index]) is None]
    like = [c for c in free if _name_like(_cells_below(table, c.index))]
    for column in like[:2]:
        cells = _cells_below(table, column.index)
        if _share(cells, lambda cell: len(text_of(cell).split()) >= 2) >= 0.8 and (column is like[0] or len(like) == 1):
            return [replace(c, kind="name") if c is column else c for c in columns]
    # The usual order of a list without a header: family name, given name, rank, unit.
    order = [kind for kind in (*PAIR, "rank", "unit") if all(c.kind != kind for c in columns)]
    fillers = dict(zip((c.index for c in (like if len(like) >= 2 else free)), order, strict=False))
    rest = [kind for kind in order if kind not in fillers.values()]
    fillers |= dict(zip((c.index for c in free if c.index not in fillers), rest, strict=False))
    return [replace(c, kind=fillers.get(c.index, c.kind)) for c in columns]


def _names_in_order(table: Table, columns: list[Column]) -> list[Column]:
    """Decide which name comes first, over whole columns."""
    pair = {column.kind: column for column in columns if column.kind in PAIR}
    alone = next((column for column in columns if column.kind == "name"), None)
    if alone is not None:
        columns = _settle_name(columns, alone, pair)
        pair = {column.kind: column for column in columns if column.kind in PAIR}
    if len(pair) == 2:
        columns = _settle_pair(table, columns, pair)
    for column in columns:
        if column.kind in ORDERS:
            return [_settle_order(table, c) if c is column else c for c in columns]
    return columns


def _settle_name(columns: list[Column], alone: Column, pair: Mapping[str, Column]) -> list[Column]:
    """A column headed "Name" or "Ime" is the name missing beside the other one, else it holds both."""
    if len(pair) == 2:
        kind = ""
    elif pair:
        kind = "given_name" if "family_name" in pair else "family_name"
    else:
        kind = ORDERS[0]
    return [replace(column, kind=kind) if column is alone else column for column in columns]


def _settle_pair(table: Table, columns: list[Column], pair: Mapping[str, Column]) -> list[Column]:
    """Decide the order of two name columns by their headers, with a question if the names contradict them; else by the names."""
    family, given_index = pair["family_name"].index, pair["given_name"].index
    rows = [table.sheet.rows[at] for at in table.body][:LOOKED_AT]
    votes = [
        pair_vote(text_of(row[family]), text_of(row[given_index])) for row in rows if row[family] and row[given_index]
    ]
    order, heard = column_order(votes), sum(vote != 0 for vote in votes)
    if any(header_kind(table.headers[index]) in {*PAIR, *ORDERS, "name"} for index in (family, given_index)):
        is_open, swap = order < 0 and heard >= MIN_VOTES and heard * 2 >= len(votes), False
    else:
        is_open, swap = order == 0, order < 0
    first = min(family, given_index)
    question = _("It is not sure which of the columns %(one)s and %(other)s is the family name. Choose.") % {
        "one": letter_of(first),
        "other": letter_of(max(family, given_index)),
    }
    return [
        column
        if column.kind not in PAIR
        else replace(
            column,
            kind=PAIR[1 - PAIR.index(column.kind)] if swap else column.kind,
            is_sure=not is_open,
            guesses=PAIR if is_open else (),
            question=question if is_open and column.index == first else "",
        )
        for column in columns
    ]


def _settle_order(table: Table, column: Column) -> Column:
    """Decide the order of one column of whole names by its header, unless the names contradict it."""
    by_header = {"full_name": 1, "full_name_given_first": -1}.get(header_kind(table.headers[column.index]) or "", 0)
    votes = [order_vote(text_of(cell)) for cell in _cells_below(table, column.index)]
    seen = column_order(votes)
    heard = sum(vote != 0 for vote in votes)
    order = seen or by_header or 1
    # If commas or capitals decide in each cell, the order of the column does not matter.
    is_sure = bool(seen or by_header) or (bool(votes) and all(abs(vote) == DECIDES for vote in votes))
    if by_header and seen and by_header != seen:
        # A single name or a close vote does not outweigh a header; a clear contradiction is asked about.
        order, is_sure = (seen, False) if heard >= MIN_VOTES and heard * 2 >= len(votes) else (by_header, True)
    question = (
        ""
        if is_sure
        else _("In column %(letter)s it is not sure whether the family name stands first. Choose the order.")
        % {"letter": letter_of(column.index)}
    )
    return replace(
        column,
        kind=ORDERS[0] if order > 0 else ORDERS[1],
        is_sure=is_sure,
        guesses=() if is_sure else ORDERS,
        question=question,
    )


def understood_columns(table: Table, tables: Tables, kinds: Mapping[int, str] | None = None) -> list[Column]:
    """Return what each column holds. `kinds` overrides some columns by position; "" leaves one out."""
    kinds = kinds or {}
    columns = _two_under_one(table, _by_headers(table))
    columns = _once_each(_with_contents(table, columns, tables))
    columns = _names_in_order(table, _without_names(table, columns))
    return [_told(column, kinds) for column in columns]


def _told(column: Column, kinds: Mapping[int, str]) -> Column:
    """Return a column as the user chose it, or cleared if they gave its kind to another."""
    if column.index not in kinds:
        taken_kinds = set(kinds.values())
        is_taken = column.kind in taken_kinds - {"", "session"}
        is_taken = is_taken or (column.kind in ORDERS and bool(taken_kinds & {*PAIR, *ORDERS}))
        is_taken = is_taken or (column.kind in PAIR and bool(taken_kinds & set(ORDERS)))
        return replace(column, kind="", is_sure=True, guesses=(), question="") if is_taken else column
    kind = kinds[column.index]
    session = column.session or SessionHeader(column.header)
    return Column(column.index, column.header, kind, session=session if kind == "session" else None)
