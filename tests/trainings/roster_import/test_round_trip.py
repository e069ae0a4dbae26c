"""A roster written in any layout, language, script and encoding is read back equal."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from common.uploads.cells import packed, unpacked
from common.uploads.reading import read_pasted
from common.uploads.sheets import read_sheets
from tests.trainings.roster_import.reading import rank_table, tables
from trainings.roster_import.parsing.reading import read_roster

FAMILIES = (
    "Petrović Đorđević Šćepanović Žugić Čolić Vujošević-Radović Marković Hadžić Džaferović Nikolić Ćirić Knežević Ljubojević Njegovanović "
    "Jovanović Savić Pavlović Bošković Mušović Lukačević"
)
MACEDONIAN = "Стојановска Георгиева Петровски Димитров Ѕвездановски Џепаровски Ристевска Николов Ќосевски Љубеновски Иванова Трајковски"
WOMEN = "Ana Jovana Milica Vesna Snežana Ljubica Živana Dženana Đurđina Maja Jelena Višnja"
MEN = "Marko Nikola Stefan Dušan Živko Luka Petar Vuk Željko Ilija Njegoslav Miloš"
SKOPJE_WOMEN, SKOPJE_MEN = "Елена Билјана Снежана Јасмина Љубица Весна", "Зоран Никола Ѓорѓи Љупчо Горан Дарко"
LETTERS = {
    "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "đ": "ђ", "e": "е", "ž": "ж", "z": "з", "i": "и", "j": "ј", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "ć": "ћ", "u": "у", "f": "ф", "h": "х", "c": "ц", "č": "ч",
    "š": "ш",
}  # fmt: skip
# Headers by what they say: family, given, both (family first), both (given first), sex, rank, unit, address, number, day.
LATIN = ("Prezime", "Ime", "Prezime i ime", "Ime i prezime", "Pol", "Čin", "Jedinica", "E-mail", "R. br.", "Dan {}")
LANGUAGES = {
    "sr": LATIN, "hr": (*LATIN[:4], "Spol", "Čin", "Postrojba", "E-pošta", "Red. br.", "{}. dan"),
    "mk": ("Презиме", "Име", "Презиме и име", "Име и презиме", "Пол", "Чин", "Единица", "е-пошта", "Ред. бр.", "Ден {}"),
    "sq": ("Mbiemri", "Emri", "Mbiemri dhe emri", "Emri dhe mbiemri", "Gjinia", "Grada", "Njësia", "Posta elektronike", "Nr.", "Dita {}"),
    "en": ("Family name", "Given name", "Surname and name", "Name and surname", "Sex", "Rank", "Unit", "Email", "No.", "Day {}"),
}  # fmt: skip
SEXES = [
    ("ž", "m"),
    ("f", "m"),
    ("žensko", "muško"),
    ("ženski", "muški"),
    ("Ž", "M"),
    ("female", "male"),
    ("femër", "mashkull"),
]
MARKS = [
    {"present": "+", "late": "kasni", "excused": "opravdano", "absent": "–", None: ""},
    {"present": "P", "late": "L", "excused": "E", "absent": "A", None: ""},
    {"present": "da", "late": "kasnio", "excused": "opr.", "absent": "ne", None: ""},
    {"present": "prisutan", "late": "zakasnio", "excused": "opravdana", "absent": "odsutan", None: ""},
    {"present": "✓", "late": "late", "excused": "excused", "absent": "-", None: ""},
    {"present": "po", "late": "vonesë", "excused": "me arsye", "absent": "jo", None: ""},
]


def cyrillic(text):
    """Return a text in Serbian Cyrillic."""
    for pair, letter in (("lj", "љ"), ("nj", "њ"), ("dž", "џ"), ("Lj", "Љ"), ("Nj", "Њ"), ("Dž", "Џ")):
        text = text.replace(pair, letter)
    return "".join((LETTERS.get(c.lower(), c).upper() if c.isupper() else LETTERS.get(c, c)) for c in text)


@dataclass
class Person:
    family_name: str
    given_name: str
    sex: str
    rank: str
    marks: list


@dataclass
class Written:
    """A roster as drawn: who is on it, and its sheet's rows."""

    country: str
    people: list[Person]
    rows: list[list]
    sessions: int
    in_cyrillic: bool
    has_units: bool
    has_addresses: bool


@st.composite
def persons(draw, country, in_cyrillic, sessions):
    names = [w.split() for w in ((MACEDONIAN, SKOPJE_WOMEN, SKOPJE_MEN) if country == "MK" else (FAMILIES, WOMEN, MEN))]
    ranks = [entry for entry, _words in rank_table()._by_country[country]]
    people = []
    for _n in range(draw(st.integers(3, 8))):
        sex = draw(st.sampled_from(["female", "male"]))
        entry = draw(st.sampled_from(ranks))
        family, given_ = draw(st.sampled_from(names[0])), draw(st.sampled_from(names[1 if sex == "female" else 2]))
        if country != "MK" and in_cyrillic:
            family, given_ = cyrillic(family), cyrillic(given_)
        rank = max(entry.name, entry.other_script) if in_cyrillic else min(entry.name, entry.other_script)
        marks = [draw(st.sampled_from(["present", "late", "excused", "absent", None])) for _s in range(sessions)]
        people.append(Person(family, given_, sex, rank, marks))
    return people


@st.composite
def rosters(draw):
    country = draw(st.sampled_from(["BA", "ME", "RS", "MK"]))
    in_cyrillic = country == "MK" or (country in {"RS", "BA"} and draw(st.booleans()))
    words = LANGUAGES["mk" if country == "MK" else draw(st.sampled_from(["sr", "hr", "sq", "en"]))]
    sexes, marks = draw(st.sampled_from(SEXES[:5] if in_cyrillic else SEXES)), draw(st.sampled_from(MARKS))
    if in_cyrillic:
        words = LANGUAGES["mk"] if country == "MK" else tuple(map(cyrillic, LATIN))
        sexes, marks = (
            tuple(map(cyrillic, sexes)),
            {key: cyrillic(word) for key, word in draw(st.sampled_from(MARKS[:1] + MARKS[2:4])).items()},
        )
        sexes = draw(st.sampled_from([("ж", "м"), ("женско", "мушко"), ("Ж", "М")]))
    sessions = draw(st.integers(0, 4))
    people = draw(persons(country, in_cyrillic, sessions))
    way = draw(st.sampled_from(["two", "two, given first", "one", "one, given first", "comma"]))
    names = {
        "two": (words[:2], lambda p: [p.family_name, p.given_name]),
        "two, given first": (words[1::-1], lambda p: [p.given_name, p.family_name]),
        "one": (words[2:3], lambda p: [f"{p.family_name} {p.given_name}"]),
        "one, given first": (words[3:4], lambda p: [f"{p.given_name} {p.family_name}"]),
        "comma": (words[2:3], lambda p: [f"{p.family_name}, {p.given_name}"]),
    }[way]  # fmt: skip
    has_units, has_addresses, numbered = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    unit = "Bataljon" if not in_cyrillic else "Батаљон" if country != "MK" else "Команда за обука"
    parts = [
        (names[0], names[1]),
        ([words[4]], lambda p: [sexes[0] if p.sex == "female" else sexes[1]]),
        ([words[5]], lambda p: [p.rank]),
        *([([words[6]], lambda p: [unit])] if has_units else []),
        *([([words[7]], lambda p: ["osoba@example.org"])] if has_addresses else []),
    ]
    parts = draw(st.permutations(parts))
    first = date(2026, 11, 9)
    dated = draw(st.booleans())
    days = [
        f"{d.day}.{d.month}." if dated else words[9].format(n + 1)
        for n in range(sessions)
        for d in [first + timedelta(n)]
    ]
    header = [*([words[8]] if numbered else []), *(h for headers, _cells in parts for h in headers), *days]
    body = [
        [
            *([str(n)] if numbered else []),
            *(cell for _h, cells in parts for cell in cells(p)),
            *(marks[mark] for mark in p.marks),
        ]
        for n, p in enumerate(people, 1)
    ]
    titles = [
        [title] for title in draw(st.lists(st.sampled_from(["MINISTARSTVO ODBRANE", "Obuka", "2026"]), max_size=3))
    ]
    if in_cyrillic:
        titles = [[cyrillic(title[0])] for title in titles]
    gap = [[""]] * draw(st.integers(0, 2))
    shift = [""] * draw(st.integers(0, 1))
    below = draw(st.sampled_from([[], [[""], ["Ukupno: 8"]], [[""], ["", "Potpis: ______"]]]))
    if in_cyrillic:
        below = [[cyrillic(cell) for cell in row] for row in below]
    rows = [*titles, *gap, *([*shift, *row] for row in [header, *body]), *below]
    return Written(country, people, rows, sessions, in_cyrillic, has_units, has_addresses)


def as_workbook(rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell.isdecimal():
                page.write_number(number, column, int(cell))
            elif cell:
                page.write_string(number, column, cell)
    book.close()
    return out.getvalue()


def as_csv(rows, mark, encoding):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


def sheets_of(content, name):
    return unpacked(packed(read_sheets(content, name)))


@pytest.mark.slow
@given(rosters(), st.data())
def test_written_roster_is_read_back_equal(written, data):
    form = data.draw(st.sampled_from(["xlsx", "csv", "paste"]))
    if form == "xlsx":
        sheets = sheets_of(as_workbook(written.rows), "a.xlsx")
    elif form == "csv":
        fits = ["utf-8", "utf-8-sig", "utf-16", "cp1251" if written.in_cyrillic else "cp1250"]
        encoding = data.draw(st.sampled_from(fits))
        rows = written.rows
        if encoding.startswith("cp"):
            rows = [[cell.replace("✓", "+").replace("–", "-") for cell in row] for row in rows]
        sheets = sheets_of(as_csv(rows, data.draw(st.sampled_from(";,\t|")), encoding), "a.csv")
    else:
        sheets = read_pasted("\r\n".join("\t".join(row) for row in written.rows))
    roster = read_roster(sheets, tables(written.country))
    find = rank_table().find
    assert [
        (r.family_name, r.given_name, r.sex, r.rank, r.group, r.nato, list(r.marks), r.state) for r in roster.rows
    ] == [
        (
            p.family_name,
            p.given_name,
            p.sex,
            p.rank,
            find(p.rank, written.country).group,
            find(p.rank, written.country).nato,
            p.marks,
            "ok",
        )
        for p in written.people
    ]
    assert len(roster.sessions) == written.sessions
    assert {bool(r.unit) for r in roster.rows} == {written.has_units}
    assert {bool(r.email) for r in roster.rows} == {written.has_addresses}
