"""Parse a roster: people in rows, and the uncertain columns and rows. Nothing is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.folding import spelling
from common.uploads.cells import Cell, Sheet
from trainings.roster_import.parsing import names
from trainings.roster_import.parsing.columns import ORDERS, PAIR, Column, Tables, letter_of, understood_columns
from trainings.roster_import.parsing.headers import KINDS, SessionHeader
from trainings.roster_import.parsing.layout import LeftOut, Table, find_table, people_rows
from trainings.roster_import.parsing.ranks import NOTHING, FoundRank
from trainings.roster_import.parsing.values import (
    ERRORS,
    UNDECIDED_MARK,
    age_band,
    legend_in,
    read_birth_year,
    read_email,
    read_mark,
    read_sex,
    text_of,
)

MAX_UNIT_LENGTH = 160
MAX_RANK_LENGTH = 60
# A country without a table of ranks.
NOWHERE = "-"
OK, UNCLEAR, WRONG = "ok", "unclear", "wrong"
Mark = str | None


@dataclass
class ReadRow:
    """One parsed person. `state` is "ok", "unclear" (needs checking) or "wrong" (cannot be imported); `reasons` say why.

    `service_number` is only for the keyed hash; of a birthday only `age_band` is stored.
    """

    number: int
    cells: list[str]
    family_name: str = ""
    given_name: str = ""
    sex: str = "not_recorded"
    rank: str = ""
    group: str = ""
    nato: str = ""
    rank_pk: int | None = None
    country: str = ""
    organisation: str = ""
    organisation_pk: int | None = None
    organisation_words: str = ""
    unit: str = ""
    email: str = ""
    age_band: str = ""
    service_number: str = ""
    marks: tuple[Mark, ...] = ()
    state: str = OK
    reasons: list[str] = field(default_factory=list)

    def add_wrong(self, reason: str) -> None:
        self.state = WRONG
        self.reasons.append(reason)

    def add_unclear(self, reason: str) -> None:
        if self.state == OK:
            self.state = UNCLEAR
        self.reasons.append(reason)


@dataclass
class ReadRoster:
    """A whole parsed roster. `header_row` is the number of the header's last line in the file, None if there is none."""

    sheet: str
    sheets: list[str]
    header_row: int | None
    columns: list[Column]
    rows: list[ReadRow]
    sessions: list[SessionHeader]
    left_out: list[LeftOut]

    @property
    def questions(self) -> list[Column]:
        """The columns a person should check."""
        return [column for column in self.columns if column.question]


class _Reader:
    """Parse the rows of one table by its columns."""

    def __init__(self, table: Table, columns: list[Column], tables: Tables, year: int) -> None:
        self.table, self.columns, self.tables, self.year = table, columns, tables, year
        self.at = {column.kind: column.index for column in columns if column.kind not in {"", "session"}}
        self.sessions = [column for column in columns if column.kind == "session"]
        self.unsure_names = any(c.kind in {*PAIR, *ORDERS} and not c.is_sure for c in columns)
        self.legend: dict[str, str] = {}
        self.capital_ranks = False
        self.has_plain_absence = False

    @property
    def name_columns(self) -> list[int]:
        return [self.at[kind] for kind in (*PAIR, *ORDERS) if kind in self.at]

    def is_rank(self, words: str) -> bool:
        return bool(self.tables.ranks.find(words, self.tables.country).group)

    def says_much(self, cells: Sequence[Cell]) -> bool:
        """Return whether a row without a name is still a person's: it has a sex or a rank."""
        sex, rank = self.at.get("sex"), self.at.get("rank")
        has_sex = sex is not None and read_sex(cells[sex]) in {"female", "male", "other"}
        return has_sex or (rank is not None and isinstance(cells[rank], str) and self.is_rank(text_of(cells[rank])))

    def people(self) -> tuple[list[int], list[LeftOut]]:
        return people_rows(self.table, self.name_columns, self.at.get("number"), self.says_much)

    def learn(self, people: Sequence[int], others: Sequence[LeftOut]) -> None:
        """Learn what only the whole list shows: its legend, how it marks absence, ranks in front of the names."""
        first = self.table.header_rows[0] if self.table.header_rows else 0
        above = [text_of(cell) for row in self.table.sheet.rows[:first] for cell in row if isinstance(cell, str)]
        for text in [*above, *(row.text for row in others)]:
            if any(word.startswith("legend") or word.startswith("legjend") for word in spelling(text).split()[:1]):
                self.legend |= legend_in(text)
        rows = [self.table.sheet.rows[at] for at in people]
        for column in self.sessions:
            seen = {text_of(row[column.index]) for row in rows}
            if any(read_mark(text)[0] == "absent" for text in seen):
                self.has_plain_absence = True
        whole = next((self.at[kind] for kind in ORDERS if kind in self.at), None)
        if whole is not None and rows:
            fronts = [names.without_rank(text_of(row[whole]), self.is_rank, capital=True)[0] for row in rows]
            self.capital_ranks = sum(map(bool, fronts)) >= 0.6 * len(rows)

    def row(self, at: int) -> ReadRow:
        """Return one parsed row."""
        cells = self.table.sheet.rows[at]
        row = ReadRow(self.table.sheet.numbers[at], [text_of(cell) for cell in cells])
        self._read_name(row, cells)
        self._read_place(row, cells)
        self._read_sex(row, cells)
        self._read_rank(row, cells)
        self._read_rest(row, cells)
        row.marks = tuple(self._mark(row, column, cells[column.index]) for column in self.sessions)
        self._check_formulas(row, cells)
        if self.unsure_names and row.state == OK:
            row.add_unclear(_("It is not sure which is the family name. Choose the order of the column."))
        return row

    def _text(self, cells: Sequence[Cell], kind: str) -> str:
        index = self.at.get(kind)
        text = text_of(cells[index]) if index is not None else ""
        return "" if text in ERRORS else text

    def _read_name(self, row: ReadRow, cells: Sequence[Cell]) -> None:
        whole = next((kind for kind in ORDERS if kind in self.at), None)
        if whole is not None:
            rank, name = names.without_rank(self._text(cells, whole), self.is_rank, capital=self.capital_ranks)
            row.rank = rank
            split = names.split_name(name, family_first=whole == ORDERS[0])
            row.family_name, row.given_name = split.family_name, split.given_name
            if split.is_open:
                row.add_unclear(_("The name has more than two words. See whether they are split rightly."))
        for kind, part in ((PAIR[0], "family_name"), (PAIR[1], "given_name")):
            if kind in self.at:
                words, _comma = names.bare_words(self._text(cells, kind))
                setattr(row, part, " ".join(names.told_case(word) for word in words))
        both = row.family_name + row.given_name
        if not row.family_name or not row.given_name:
            row.add_wrong(_("The family or the given name is missing."))
        if max(len(row.family_name), len(row.given_name)) > names.MAX_NAME_LENGTH:
            row.add_wrong(_("A cell is too long: a name has at most 80 characters."))
        if both and names.has_lost_letters(both):
            row.add_wrong(_("Letters of this name were lost. Save the list as .xlsx or “CSV UTF-8” and take that."))
        elif both and names.is_strange(both):
            row.add_wrong(_("This does not look like a name."))

    def _read_place(self, row: ReadRow, cells: Sequence[Cell]) -> None:
        row.country = self.tables.country
        words = {kind: self._text(cells, kind) for kind in ("country", "organisation")}
        row.organisation_words = (words["organisation"] or words["country"])[:MAX_UNIT_LENGTH]
        for kind in ("country", "organisation"):
            place = self.tables.places.find(words[kind]) if words[kind] else None
            if place is not None:
                row.country = place.country
                row.organisation, row.organisation_pk = place.organisation, place.pk
            elif words[kind] and kind == "country":
                row.country = ""
                row.add_unclear(_("Nobody knows the country “%(words)s”.") % {"words": words[kind][:40]})

    def _read_sex(self, row: ReadRow, cells: Sequence[Cell]) -> None:
        index = self.at.get("sex")
        if index is not None:
            sex = read_sex(cells[index])
            if sex is None:
                words = text_of(cells[index])[:40]
                row.add_wrong(_("Nobody knows the sex “%(words)s”. Write ž or m, f or m.") % {"words": words})
            row.sex = sex or "not_recorded"
            return
        ticked = [
            sex
            for kind, sex in (("female_mark", "female"), ("male_mark", "male"))
            if kind in self.at and read_mark(cells[self.at[kind]])[0] != "absent" and self._text(cells, kind)
        ]
        if len(ticked) == 1:
            row.sex = ticked[0]
        elif ticked:
            row.add_unclear(_("Both sexes are ticked."))

    def _read_rank(self, row: ReadRow, cells: Sequence[Cell]) -> None:
        words = self._text(cells, "rank") or row.rank
        row.rank = "" if words in {"-", "–", "—", "/"} else words[:MAX_RANK_LENGTH]
        # Without a country only what all agree on is known; for an unknown country, nothing.
        is_elsewhere = not row.country and bool(self._text(cells, "country"))
        rank: FoundRank = NOTHING
        if row.rank:
            rank = self.tables.ranks.find(row.rank, NOWHERE if is_elsewhere else row.country)
        row.group, row.nato, row.rank_pk = rank.group, rank.nato, rank.pk
        if rank.is_known:
            return
        country = self.tables.places.names.get(row.country, row.country)
        if not row.country:
            reason = _("What the rank “%(words)s” is depends on the country.")
        elif row.country in self.tables.ranks.countries:
            reason = _("The rank “%(words)s” is not in the table; its words are kept.")
        else:
            reason = _(
                "The rank “%(words)s” is not in the table: no ranks of %(country)s are known. Its words are kept."
            )
        row.add_unclear(reason % {"words": row.rank, "country": country})

    def _read_rest(self, row: ReadRow, cells: Sequence[Cell]) -> None:
        row.unit = self._text(cells, "unit")[:MAX_UNIT_LENGTH]
        row.service_number = self._text(cells, "service_number")[:40]
        if written := self._text(cells, "email"):
            row.email = read_email(written)
            if not row.email and any(c.isalnum() for c in written):
                row.add_unclear(_("“%(words)s” is no e-mail address.") % {"words": written[:60]})
        index = self.at.get("birth_year")
        if index is not None and any(c.isalnum() for c in text_of(cells[index])):
            born = read_birth_year(cells[index])
            row.age_band = age_band(born, self.year) if born else ""
            if not row.age_band:
                row.add_unclear(_("The year of birth is not understood."))

    def _mark(self, row: ReadRow, column: Column, cell: Cell) -> Mark:
        words = text_of(cell)
        if words in ERRORS:
            return None
        is_undecided = spelling(words) == UNDECIDED_MARK
        if is_undecided and not self.has_plain_absence and UNDECIDED_MARK not in self.legend:
            return "absent"
        mark, understood = read_mark(cell, self.legend)
        if not understood:
            where = column.header or letter_of(column.index)
            row.add_unclear(
                _("Nobody knows the mark “%(words)s” (%(where)s).") % {"words": words[:30], "where": where[:40]}
            )
        return mark

    def _check_formulas(self, row: ReadRow, cells: Sequence[Cell]) -> None:
        used = {column.index for column in self.columns if column.kind and column.kind != "number"}
        is_open = any((row.number, index) in self.table.sheet.unread for index in used)
        if is_open or any(cells[index] in ERRORS for index in used if isinstance(cells[index], str)):
            row.add_unclear(_("A cell holds a formula without a result. Write what it should say."))


def read_roster(
    sheets: Sequence[Sheet],
    tables: Tables,
    *,
    kinds: Mapping[int, str] | None = None,
    sheet: int | None = None,
    has_header: bool | None = None,
    year: int | None = None,
    only_kinds: Collection[str] = KINDS,
) -> ReadRoster:
    """Parse the people of a roster; raise ValidationError with a sentence if no list is found.

    `kinds` overrides the kinds of columns, by position. `sheet` and `has_header` correct the detection. `year` is that of
    the training, for the age band. `only_kinds` are the kinds of columns to read. No query; about 0.5 s for 5,000 rows.
    """
    table = find_table(sheets, only=sheet, has_header=has_header)
    if table is None:
        raise ValidationError(_("There is nothing in this file. Choose the one with the list of people."), code="empty")
    columns = [
        column if column.kind in {"", *only_kinds} else Column(column.index, column.header)
        for column in understood_columns(table, tables, kinds)
    ]
    reader = _Reader(table, columns, tables, year or timezone.localdate().year)
    if not reader.name_columns and kinds is None:
        raise ValidationError(
            _(
                "No list of people was found. Write “Prezime” and “Ime”, or “Family name” and “Given name”, above its columns."
            ),
            code="no_list",
        )
    people, others = reader.people()
    if not people:
        raise ValidationError(_("The list is empty: below its header stands no person."), code="no_people")
    reader.learn(people, others)
    header = table.sheet.numbers[table.header_rows[-1]] if table.header_rows else None
    return ReadRoster(
        sheet=table.sheet.name,
        sheets=[one.name for one in sheets],
        header_row=header,
        columns=columns,
        rows=[reader.row(at) for at in people],
        sessions=[c.session for c in reader.sessions if c.session],
        left_out=others,
    )
