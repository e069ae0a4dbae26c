"""Parse single cells: sex, mark, year of birth, address."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from common.folding import spelling
from common.uploads.cells import Cell

_SEXES: dict[str, str] = {
    word: sex
    for sex, words in {
        "female": "z f w zensko zenski zenska zena zene zen fem femer femra femrat female woman women zenskog "
        "gospoda gda mrs ms gruaja grua vajze djevojka",
        "male": "m musko muski muska muskarac muskarci mus muz masko maski maz male man men mashkull mash mashkullore muskog "
        "gospodin g mr burre djecak",
        "other": "other drugo ostalo drug druga o x tjeter tjera nebinarno nonbinary",
        "not_recorded": "nr not_recorded",
    }.items()
    for word in words.split()
}
_SEXES |= {
    "z zensko": "female", "z zenski": "female", "m musko": "male", "m muski": "male", "f female": "female",
    "m male": "male", "zenski pol": "female", "muski pol": "male", "zenski spol": "female", "muski spol": "male",
    "zenskog pola": "female", "muskog pola": "male", "nije upisano": "not_recorded", "not recorded": "not_recorded",
    "female f": "female", "male m": "male", "zensko z": "female", "musko m": "male", "non binary": "other",
    "i mashkullit": "male", "e femres": "female",
}  # fmt: skip
_NOTHING = frozenset({"", "-", "–", "—", "−", "/", "?", ".", "_", "n/a", "N/A"})
ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)

_MARK_SIGNS: dict[str, str] = {
    **dict.fromkeys("+✓✔☑√✅", "present"),
    **dict.fromkeys("-–—−‒―➖✗✘❌☒∅", "absent"),
}
_MARK_WORDS: dict[str, str] = {
    word: mark
    for mark, words in {
        "present": "x h p pr pris prisutan prisutna prisutno prisutni prisustvo prisustvovao prisustvovala da yes y po present pres "
        "1 true ok v t tick prisuten prezent pranishem pranishme i nazocan nazocna naz bio bila dosao dosla attended full",
        "late": "k kas kasni kasnio kasnila kasnjenje kasno zak zakasnio zakasnila zakasnjenje zakasneo l late lt docni docnel zadocni "
        "zadocnil zadocnila zadocnet z vonese vonuar vonua me_vonese tardy",
        "excused": "e exc excused excuse op opr oprav opravd opravdan opravdana opravdano opravdani oprosten opravdan_izostanak "
        "opravdano_odsutan opravdano_odsutna odsutan_opravdano odsutna_opravdano opravdano_otsuten opravdana_otsutna opravdano_otsutna "
        "ops oo od_op bol bolovanje boledovanje bolest sick sick_leave leave on_leave arsyetuar arsye me_arsye i_arsyetuar me_leje "
        "godisnji godisnji_odmor sluzbeno sluzbeni_put na_sluzbenom_putu permitted authorised_absence excused_absence "
        "izostao_opravdano izostala_opravdano opravdan_otsustvo opravdano_otsustvo odobreno u_opr",
        "absent": "a ab abs absent ods odsutan odsutna odsutno odsutni odsustvo otsuten otsutna otsutni otsustvo ne n no nope jo 0 false "
        "neopravdano neopr nop neopravdan neopravdana neopravdano_odsutan neopravdano_odsutna neopravdano_otsuten mungon mungoi "
        "mungese nije nije_prisutan nije_prisutna nije_bio nije_bila izostao izostala izostanak unexcused awol no_show not_present "
        "nuk_ishte nepristupio nepristupila nenazocan nenazocna odustao odustala ns",
    }.items()
    for word in words.split()
}
_MARK_WORDS = {spelling(word.replace("_", " ")): mark for word, mark in _MARK_WORDS.items()}
MARK_LONGEST = 40
# A sign that means absence or an excuse, depending on the ministry.
UNDECIDED_MARK = "o"
_LEGEND_PART = re.compile(r"[,;.\n]|\s{2,}|\s/\s")
_LEGEND_PAIR = re.compile(r"^\s*[(\"“„'‘]?\s*(\S{1,6}?)\s*[)\"”“'’]?\s*(?:[=:–—-]+|\s)\s*(\S.*?)\s*$")

_EMAIL = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+\.[^\s<>,;:()\".]{2,}")
_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")


def text_of(cell: Cell) -> str:
    """Return a cell as people would type it."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, date):
        return f"{cell.day}.{cell.month}.{cell.year}."
    return "" if cell is None else str(cell)


def read_sex(cell: Cell) -> str | None:
    """Return the sex in a cell ("not_recorded" for an empty one), or None if the word is unknown."""
    if isinstance(cell, str):
        return _sex_in(cell)
    return "not_recorded" if cell is None else None


@lru_cache(maxsize=4_000)
def _sex_in(words: str) -> str | None:
    if words.strip() in _NOTHING:
        return "not_recorded"
    if any(sign in words for sign in "♀👩"):
        return "female"
    if any(sign in words for sign in "♂👨"):
        return "male"
    key = spelling(words)
    if key in _SEXES or "/" not in words:
        return _SEXES.get(key) if key else "not_recorded"
    # Bilingual lists name it twice: "ž/F".
    both = {_SEXES.get(spelling(part)) for part in words.split("/")}
    return both.pop() if len(both) == 1 else None


def _folded_mark(words: str) -> str:
    """Return a mark normalised for lookup: a sign unchanged, words folded."""
    bare = words.strip().strip("()[]\"'“”.").strip()
    return bare if len(set(bare)) == 1 and not bare[:1].isalnum() else spelling(bare)


def read_mark(cell: Cell, legend: Mapping[str, str] | None = None) -> tuple[str | None, bool]:
    """Return the mark in a cell (None if nothing is recorded) and whether it was understood."""
    if isinstance(cell, bool):
        return ("present" if cell else "absent"), True
    if isinstance(cell, float | date):
        return None, False
    words = text_of(cell)
    if not words:
        return None, True
    if legend and (state := legend.get(_folded_mark(words))):
        return state, True
    return _mark_in(words)


@lru_cache(maxsize=4_000)
def _mark_in(words: str) -> tuple[str | None, bool]:
    if len(words) > MARK_LONGEST:
        return None, False
    key = _folded_mark(words)
    if key[:1] in _MARK_SIGNS:
        return _MARK_SIGNS[key[0]], True
    mark = _MARK_WORDS.get(key)
    return mark, mark is not None


def legend_in(words: str) -> dict[str, str]:
    """Return the signs a legend explains: "Legenda: + prisutan, o – opravdano" names two."""
    head, colon, rest = words.partition(":")
    body = rest if colon and spelling(head).split()[:1] and spelling(head).split()[0].startswith("legend") else words
    legend: dict[str, str] = {}
    for part in _LEGEND_PART.split(body):
        if pair := _LEGEND_PAIR.match(part):
            mark, understood = _mark_in(pair[2])
            if understood and mark and len(spelling(pair[2])) > 2:
                legend[_folded_mark(pair[1])] = mark
    return legend


def read_birth_year(cell: Cell) -> int | None:
    """Return the year in a cell; a date of birth counts by its year. None if no plausible one."""
    if isinstance(cell, date):
        return cell.year
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float) and 1930 <= cell <= 2020:
        return int(cell)
    match = _YEAR.search(text_of(cell)) if isinstance(cell, str) else None
    return int(match[1]) if match else None


def age_band(born: int, on: int) -> str:
    """Return the band of the age reached in the year `on`; nothing else of a birthday is stored."""
    age = on - born
    if not 14 <= age <= 99:
        return ""
    bands = ((25, "under 25"), (35, "25-34"), (45, "35-44"), (55, "45-54"))
    return next((band for end, band in bands if age < end), "55+")


def read_email(cell: Cell) -> str:
    """Return the one address of a cell, or "" if there is none."""
    addresses = _EMAIL.findall(text_of(cell).removeprefix("mailto:"))
    return addresses[0] if len(addresses) == 1 else ""
