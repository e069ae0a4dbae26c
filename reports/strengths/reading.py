"""Parse tables of strengths in the region's languages: year, sex, rank group, unit, number, or women and men as columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.folding import spelling
from common.uploads.cells import Cell, Sheet
from members.models import RankGroup
from reports.models.strengths import FIRST_YEAR, LAST_YEAR, MAX_NUMBER
from trainings.models import Sex
from trainings.roster_import.parsing.headers import LONGEST_HEADER, header_kind
from trainings.roster_import.parsing.layout import reads_as_below
from trainings.roster_import.parsing.ranks import RankTable
from trainings.roster_import.parsing.values import read_sex, text_of

LOOKED_AT = 40
MAX_NUMBERS = 5_000
_YEAR = re.compile(r"^(god\w*|year|viti|vit)$")
_GROUP = re.compile(r"\b(kategorij\w*|category|categories|grup\w*|group|kategoria)\b")
_NUMBER = re.compile(
    r"^(broj\w*( stanje| ljudi| lica| osoba| pripadnika)?|brojcano stanje|(brojna|brojcana) sostojba|strength|number( of \w+)?|persons|people"
    r"|personnel|headcount|lica|osoba|numri|numer|fuqia|posad\w*|jacina)$"
)
_TOTAL = re.compile(r"^(ukupno|svega|zbir|zbroj|total|totali|vkupno|gjithsej|sum)$")
# Words for whole groups, which the tables of ranks do not contain.
_GROUPS: tuple[tuple[RankGroup, re.Pattern[str]], ...] = (
    (RankGroup.SENIOR_OFFICER, re.compile(
        r"^(visi|viši|visok\w*|senior|stariji|povisok\w*|te larte) (oficir\w*|oficer\w*|casni\w*|officer\w*)$|^oficere? te larte$")),
    (RankGroup.JUNIOR_OFFICER, re.compile(
        r"^(nizi|junior|mladi|mlad\w*|ponizok\w*|poniski|niski) (oficir\w*|oficer\w*|casni\w*|officer\w*)$|^oficere? te ulet$")),
    (RankGroup.GENERAL, re.compile(r"^(general\w*|generals|gjeneral\w*|admiral\w*)$")),
    (RankGroup.NCO, re.compile(r"^(podoficir\w*|podoficer\w*|docasni\w*|ncos?|nenoficer\w*)$")),
    (RankGroup.SOLDIER, re.compile(r"^(vojni\w*|soldiers?|ushtar\w*|profesionaln\w* vojni\w*)$")),
    (RankGroup.CADET, re.compile(r"^(kadet\w*|cadets?|pitom\w*)$")),
    (RankGroup.CIVILIAN, re.compile(r"^(civil\w*|civilians?)( lica| personnel| staff)?$")),
    (RankGroup.NOT_RECORDED, re.compile(r"^(nije upisano|not recorded|nr|nepoznato|unknown)$")),
)  # fmt: skip
_GROUPED_DIGITS = re.compile(r"^\d{1,3}(?:[ .,\N{NO-BREAK SPACE}]\d{3})+$")
Place = tuple[int, str, str, str]  # year, unit, rank group, sex


@dataclass
class ReadStrengths:
    """The parsed worksheet: numbers by year, unit, rank group and sex, and (row, sentence) for rows not understood."""

    sheet: str = ""
    numbers: dict[Place, int] = field(default_factory=dict)
    wrong: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Columns:
    """The columns used: `numbers` are (column, sex), with sex None where a separate column or nothing gives it."""

    numbers: tuple[tuple[int, str | None], ...]
    year: int | None = None
    sex: int | None = None
    group: int | None = None
    unit: int | None = None


def _kind(cell: Cell) -> str:
    """Return the kind of a column by its header: year, group, number, total, sex, unit, women, men, or ""."""
    if not isinstance(cell, str) or len(cell) > LONGEST_HEADER:
        return ""
    key = spelling(re.sub(r"\([^)]*\)", " ", cell)) or spelling(cell)
    for kind, pattern in (("year", _YEAR), ("number", _NUMBER), ("total", _TOTAL), ("group", _GROUP)):
        if pattern.search(key):
            return kind
    known = {"sex": "sex", "rank": "group", "unit": "unit", "female_mark": "women", "male_mark": "men"}
    return known.get(header_kind(cell) or "", "")


def _columns(cells: Sequence[Cell]) -> _Columns | None:
    """Return the columns of a header row, or None for other rows: it must name a number and a dimension."""
    kinds = [_kind(cell) for cell in cells]
    first = {kind: kinds.index(kind) for kind in kinds if kind}
    by_sex = [
        (first[kind], sex) for kind, sex in (("women", Sex.FEMALE.value), ("men", Sex.MALE.value)) if kind in first
    ]
    plain = first.get("number", first.get("total"))
    numbers: list[tuple[int, str | None]] = [*by_sex] if by_sex else [(plain, None)] if plain is not None else []
    if not numbers or not ({"year", "sex", "group", "unit"} & set(first)):
        return None
    return _Columns(
        tuple(numbers), first.get("year"), None if by_sex else first.get("sex"), first.get("group"), first.get("unit")
    )


def _read_year(cell: Cell) -> int | None:
    if isinstance(cell, date):
        return cell.year
    text = text_of(cell).rstrip(".")
    return (
        int(text)
        if text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR
        else None
    )


def _read_number(cell: Cell) -> int | None:
    """Parse a whole number of people; "1.250" and "1 250" are 1250."""
    if isinstance(cell, bool | float | date):
        return None
    text = text_of(cell)
    if _GROUPED_DIGITS.match(text):
        text = re.sub(r"\D", "", text)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 7 and int(text) <= MAX_NUMBER else None


def read_group(cell: Cell, ranks: RankTable, country: str) -> str:
    """Parse a rank group: its own name, or a rank of that country; "" if unknown."""
    words = text_of(cell)
    key = spelling(words)
    if not key:
        return RankGroup.NOT_RECORDED.value
    for value, label in RankGroup.choices:
        if key in (spelling(str(label)), spelling(value.replace("_", " "))):
            return str(value)
    for group, pattern in _GROUPS:
        if pattern.search(key):
            return group.value
    return ranks.find(words, country).group


class _Reader:
    def __init__(self, columns: _Columns, ranks: RankTable, country: str, year: int | None) -> None:
        self.columns, self.ranks, self.country, self.year = columns, ranks, country, year
        self.found = ReadStrengths()
        # Keyed by the words of the rank: two ranks of one group are added, a repeated line is an error.
        self.seen: dict[tuple[object, ...], int] = {}

    def take(self, number: int, cells: Sequence[Cell]) -> None:
        """Parse one row, or store why it cannot be parsed. Rows without any number are skipped."""
        there = [(cells[at], sex) for at, sex in self.columns.numbers if cells[at] is not None]
        if not there or reads_as_below(cells):
            return
        try:
            place = self._place(cells)
            for cell, sex in there:
                self._add(number, place, sex or self._sex(cells), cell, cells)
        except ValidationError as wrong:
            self.found.wrong.append((number, " ".join(wrong.messages)))

    def _place(self, cells: Sequence[Cell]) -> tuple[int, str, str]:
        at = self.columns
        year = self.year if at.year is None else _read_year(cells[at.year])
        if year is None:
            written = text_of(cells[at.year])[:30] if at.year is not None else ""
            raise ValidationError(_("“%(words)s” is no year from 1990 to 2100.") % {"words": written})
        group = RankGroup.NOT_RECORDED.value
        if at.group is not None:
            group = read_group(cells[at.group], self.ranks, self.country)
            if not group:
                raise ValidationError(
                    _("Nobody knows the rank group “%(words)s”.") % {"words": text_of(cells[at.group])[:40]}
                )
        unit = text_of(cells[at.unit])[:120] if at.unit is not None else ""
        return year, unit, group

    def _sex(self, cells: Sequence[Cell]) -> str:
        if self.columns.sex is None:
            return Sex.NOT_RECORDED.value
        cell = cells[self.columns.sex]
        sex = read_sex(cell)
        if sex is None:
            raise ValidationError(_("Nobody knows the sex “%(words)s”.") % {"words": text_of(cell)[:30]})
        return sex

    def _add(self, row: int, place: tuple[int, str, str], sex: str, cell: Cell, cells: Sequence[Cell]) -> None:
        persons = _read_number(cell)
        if persons is None:
            raise ValidationError(_("“%(words)s” is no number of people.") % {"words": text_of(cell)[:30]})
        year, unit, group = place
        words = spelling(text_of(cells[self.columns.group])) if self.columns.group is not None else ""
        line = (year, spelling(unit) or unit, words, sex)
        if line in self.seen:
            raise ValidationError(_("This stands in row %(row)d already.") % {"row": self.seen[line]})
        self.seen[line] = row
        key = (year, unit, group, sex)
        self.found.numbers[key] = self.found.numbers.get(key, 0) + persons


def read_strength_table(
    sheets: Sequence[Sheet], ranks: RankTable, *, country: str, year: int | None = None
) -> ReadStrengths:
    """Parse the first worksheet with a header of strengths. `year` is used if it has no year column.

    Raises ValidationError with a sentence if no table or year is found, or there is too much data. No query.
    """
    for sheet in sheets:
        for at in range(min(LOOKED_AT, len(sheet.rows))):
            columns = _columns(sheet.rows[at])
            if columns is None:
                continue
            if columns.year is None and year is None:
                raise ValidationError(_("The table has no column “Year”. Add one, or say above which year it is of."))
            reader = _Reader(columns, ranks, country, year)
            for number, cells in zip(sheet.numbers[at + 1 :], sheet.rows[at + 1 :], strict=True):
                reader.take(number, cells)
            return _checked(reader.found, sheet.name)
    raise ValidationError(
        _("No table of strengths was found. Write “Year”, “Rank group”, “Sex”, “Unit” and “Number” above its columns."),
        code="no_table",
    )


def _checked(strengths: ReadStrengths, name: str) -> ReadStrengths:
    strengths.sheet = name
    if not strengths.numbers and not strengths.wrong:
        raise ValidationError(_("The table is empty: below its header stands no number."), code="empty")
    if len(strengths.numbers) > MAX_NUMBERS:
        raise ValidationError(_("These are more than %(most)d numbers. Take them in by parts.") % {"most": MAX_NUMBERS})
    return strengths
