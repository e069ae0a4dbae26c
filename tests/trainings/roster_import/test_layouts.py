"""Lists as ministries lay them out: titles, two-line headers, one name column or two, legends and sums below."""

import pytest
from django.core.exceptions import ValidationError

from common.uploads.cells import Sheet
from tests.trainings.roster_import.reading import read, tables
from trainings.roster_import.parsing.reading import read_roster

ANA, IVO = ("Petrović", "Ana", "female"), ("Marić", "Ivo", "male")
UNSURE = "It is not sure which is the family name. Choose the order of the column."


def people(roster):
    return [(row.family_name, row.given_name, row.sex) for row in roster.rows]


def kinds(roster):
    return [column.kind for column in roster.columns]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Prezime\tIme\tPol\tČin\tJedinica", ["family_name", "given_name", "sex", "rank", "unit"]),
        ("Презиме\tИме\tПол\tЧин\tЈединица", ["family_name", "given_name", "sex", "rank", "unit"]),
        ("Ime i prezime;Spol;Postrojba", ["full_name_given_first", "sex", "unit"]),
        ("Mbiemri,Emri,Gjinia,Grada", ["family_name", "given_name", "sex", "rank"]),
        ("Family name\tGiven name\tRemarks", ["family_name", "given_name", ""]),
    ],
)
def test_header_names_its_columns(header, expected):
    mark = next(mark for mark in "\t;," if mark in header)
    roster = read(f"{header}\n{mark.join(['Ana Petrović', 'x'] if 'i prezime' in header else ['Petrović', 'Ana'])}\n")
    assert (kinds(roster), roster.header_row) == (expected, 1)


LAYOUTS = {
    "title, gap, sum, signature": (
        "МИНИСТАРСТВО;;;\n\nСписак учесника обуке;;;\nРед. бр.;Презиме и име;Чин;Пол\n1;Petrović Ana;водник;ж\n2;Marić Ivo;мајор;м\n\n"
        "Укупно: 2;;;\n;;;Потпис: ______\n;Потпуковник Петар Петровић;;\n"
    ),
    "given name first": "Ime i prezime;Pol\nAna Petrović;ž\nIvo Marić;m\n",
    "capitals in either order": "Polaznik;Pol\nPETROVIĆ Ana;ž\nIvo MARIĆ;m\n",
    "all in capitals": "PREZIME I IME;POL\nPETROVIĆ ANA;Ž\nMARIĆ IVO;M\n",
    "comma": 'Učesnik;Pol\n"Petrović, Ana";ž\n"Marić, dr Ivo";m\n',
    "titles and numbering": "Ime i prezime;Pol\n1. dr Ana Petrović;ž\n2) prof. dr Ivo Marić, dipl. ing.;m\n",
    "rank in front": "Ime i prezime;Pol\nkapetan Ana Petrović;ž\nst. vod. Ivo Marić;m\n",
    "rank in front, capital": "Čin, ime i prezime;Pol\nKapetan Ana Petrović;ž\nStariji vodnik Ivo Marić;m\n",
    "father's name in brackets": "Prezime (ime oca) ime;Pol\nPetrović (Marko) Ana;ž\nMarić (Savo) Ivo;m\n",
    "father's name apart": "Prezime;Ime oca;Ime;Pol\nPetrović;Marko;Ana;ž\nMarić;Savo;Ivo;m\n",
    "a column for each sex": "Prezime i ime;M;Ž\nPetrović Ana;;x\nMarić Ivo;x;\n",
    "headings between": "Prezime i ime;Pol;Čin\nPJEŠADIJSKI BATALJON;;\nPetrović Ana;ž;vodnik\nOFICIRI;;\nMarić Ivo;m;major\n",
    "header on each page": "Prezime i ime;Pol;Čin\nPetrović Ana;ž;vodnik\nPrezime i ime;Pol;Čin\nMarić Ivo;m;major\n",
    "empty columns and rows": ";;;\n;Prezime;;Ime;Pol\n;;;;\n;Petrović;;Ana;ž\n;;;;\n;Marić;;Ivo;m\n",
    "numbered empty lines": "R.br.;Prezime i ime;Pol\n1;Petrović Ana;ž\n2;Marić Ivo;m\n3;;\n4;;\n",
    "name over two columns": "Prezime i ime;Prezime i ime;Pol\nPetrović;Ana;ž\nMarić;Ivo;m\n",
    "two lines": "R. br.;Ime i prezime;;Pol\n;Prezime;Ime;\n1;Petrović;Ana;ž\n2;Marić;Ivo;m\n",
    "no header": "Petrović;Ana;ž\nMarić;Ivo;m\n",
    "no header, given name first": "Ana;Petrović;ž\nIvo;Marić;m\n",
    "no header, numbered": "1;Petrović Ana;ž\n2;Marić Ivo;m\n",
    "a second unit": "Prezime;Ime;Pol;Jedinica;Komanda\nPetrović;Ana;ž;Četa;VCG\nMarić;Ivo;m;Četa;VCG\n",
    "quoted line breaks": '"Prezime\ni ime";Pol\n"Petrović\nAna";ž\n"Marić\nIvo";m\n',
}  # fmt: skip


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=list(LAYOUTS))
def test_layout_is_understood(text):
    roster = read(text)
    assert people(roster) == [ANA, IVO]
    assert {(row.state, *row.reasons) for row in roster.rows} == {("ok",)}


def test_what_is_no_person_is_listed():
    roster = read(LAYOUTS["title, gap, sum, signature"])
    assert [row.number for row in roster.left_out] == [8, 9, 10]


def test_rank_in_front_of_the_names_is_read():
    assert [row.nato for row in read(LAYOUTS["rank in front"]).rows] == ["OF-2", "OR-6"]


SESSIONS = {
    "days": ("Prezime i ime;12.11.;13. 11. 2026\nPetrović Ana;+;–\nMarić Ivo;kasni;opravdano\n", [(12, 11), (13, 11)]),
    "two lines": (
        "R. br.;Prezime i ime;Prisustvo;\n;;12.11.;13.11.\n1;Petrović Ana;+;–\n2;Marić Ivo;kasni;opravdano\n", [(12, 11), (13, 11)]
    ),
    "numbers under a heading": (
        "R. br.;Prezime i ime;Prisustvo po danima;\n;;1;2\n1;Petrović Ana;da;ne\n2;Marić Ivo;kasni;opravdano\n", [(None, None)] * 2
    ),
    "unknown header over marks": (
        "Prezime i ime;Prije podne;Poslije podne\nPetrović Ana;P;A\nMarić Ivo;L;E\n", [(None, None)] * 2
    ),
    "numbers alone": ("Prezime i ime;1;2\nPetrović Ana;da;ne\nMarić Ivo;kasni;opravdano\n", [(None, None)] * 2),
    "days as numbers": ("Prezime i ime;46338;46339\nPetrović Ana;+;–\nMarić Ivo;kasni;opravdano\n", [(12, 11), (13, 11)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "days"), SESSIONS.values(), ids=list(SESSIONS))
def test_session_columns_are_read(text, days):
    roster = read(text)
    assert [row.marks for row in roster.rows] == [("present", "absent"), ("late", "excused")]
    assert [(session.day, session.month) for session in roster.sessions] == days


def test_empty_mark_is_not_recorded():
    assert [row.marks for row in read("Prezime i ime;Dan 1;Dan 2\nPetrović Ana;+;\nMarić Ivo;;–\n").rows] == [
        ("present", None),
        (None, "absent"),
    ]


@pytest.mark.parametrize(
    ("other", "legend", "mark", "state"),
    [("+", "", "absent", "ok"), ("-", "", None, "unclear"), ("-", "Legenda: o - opravdano, - odsutan", "excused", "ok")],
)  # fmt: skip
def test_sign_that_means_two_things_asks_unless_the_sheet_explains_it(other, legend, mark, state):
    roster = read(f"Prezime i ime;Dan 1\nPetrović Ana;o\nMarić Ivo;{other}\n{legend}\n")
    assert (roster.rows[0].marks, roster.rows[0].state) == ((mark,), state)


def test_column_against_its_header_asks():
    roster = read("Ime i prezime;Pol\nPetrović Ana;ž\nMarić Ivo;m\nJovanović Petar;m\n")
    assert people(roster)[:2] == [ANA, IVO]
    assert [row.reasons for row in roster.rows] == [[UNSURE]] * 3
    assert [(c.index, c.guesses) for c in roster.questions] == [(0, ("full_name", "full_name_given_first"))]


def test_two_columns_against_their_headers_ask():
    roster = read("Ime;Prezime;Pol\nPetrović;Ana;ž\nMarić;Ivo;m\nJovanović;Petar;m\n")
    assert [row.reasons for row in roster.rows] == [[UNSURE]] * 3
    assert [(c.index, c.guesses) for c in roster.questions] == [(0, ("family_name", "given_name"))]
    text = read("Ime;Prezime;Pol\nPetrović;Ana;ž\nMarić;Ivo;m\n", kinds={0: "family_name", 1: "given_name"})
    assert people(text) == [ANA, IVO]


def test_second_column_of_a_kind_is_left_out_and_asked_about():
    roster = read("Prezime;Ime;Pol;Prezime\nPetrović;Ana;ž;x\nMarić;Ivo;m;y\n")
    assert people(roster) == [ANA, IVO]
    assert [(c.index, c.kind, c.guesses) for c in roster.questions] == [(3, "", ("", "family_name"))]


@pytest.mark.parametrize(("kind", "family_name"), [("full_name", "Ama"), ("full_name_given_first", "Mensah")])
def test_names_that_tell_nothing_ask_and_take_the_answer(kind, family_name):
    text = "Name;Sex\nAma Mensah;F\nKwame Boateng;M\n"
    assert {row.state for row in read(text).rows} == {"unclear"}
    page_text = read(text, kinds={0: kind})
    assert (page_text.rows[0].family_name, {row.state for row in page_text.rows}, page_text.questions) == (
        family_name,
        {"ok"},
        [],
    )


def test_whole_column_decides_not_the_row():
    """Nikola Ana: both are given names. The other rows say that the family name stands first."""
    roster = read("Učesnik;Pol\nNikola Ana;ž\nMarić Ivo;m\nJovanović Petar;m\n")
    assert people(roster)[0] == ("Nikola", "Ana", "female")


def test_said_columns_are_believed():
    text = "A;B;C;D\nAna;Petrović;x;vodnik\n"
    roster = read(text, kinds={0: "given_name", 1: "family_name", 2: "session", 3: ""}, has_header=True)
    assert people(roster) == [("Petrović", "Ana", "not_recorded")]
    assert (roster.rows[0].marks, roster.rows[0].rank) == (("present",), "")


def test_people_of_several_countries_have_their_own_ranks():
    roster = read(
        "First name;Surname;Country;Rank;Sex;Service No.\nAna;Petrović;Serbia;pukovnik;F;AB-12\n"
        "Ivo;Marić;Bosnia and Herzegovina;pukovnik;M;77\nAma;Mensah;Ghana;Major;F;1\nJane;Doe;Narnia;Major;F;2\n"
    )
    assert [(r.country, r.nato, r.state, r.service_number) for r in roster.rows] == [
        ("RS", "OF-5", "ok", "AB-12"), ("BA", "OF-4", "ok", "77"), ("GH", "", "unclear", "1"), ("", "", "unclear", "2"),
    ]  # fmt: skip


def test_albanian_sheet():
    roster = read(
        "Nr.;Mbiemri;Emri;Grada;Gjinia;Njësia;Viti i lindjes;Posta elektronike;Dita 1\n"
        "1;Krasniqi;Arben;kapiten;M;Batalioni 1;1990;a.k@example.mk;po\n",
        "MK",
    )
    (row,) = roster.rows
    assert (row.family_name, row.given_name, row.sex, row.nato, row.unit, row.age_band, row.email, row.marks) == (
        "Krasniqi", "Arben", "male", "OF-2", "Batalioni 1", "35-44", "a.k@example.mk", ("present",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "state", "reasons"),
    [
        ("Petrović;;ž;vodnik", "wrong", ["The family or the given name is missing."]),
        (";;ž;vodnik", "wrong", ["The family or the given name is missing."]),
        ("Petrović;Ana;kako kad;vodnik", "wrong", ["Nobody knows the sex “kako kad”. Write ž or m, f or m."]),
        (
            "Petrovi?;Ana;ž;",
            "wrong",
            ["Letters of this name were lost. Save the list as .xlsx or “CSV UTF-8” and take that."],
        ),
        ("Petr0v1ć;Ana;ž;", "wrong", ["This does not look like a name."]),
        ("=1+1;Ana;ž;", "wrong", ["This does not look like a name."]),
        ("P" * 81 + ";Ana;ž;", "wrong", ["A cell is too long: a name has at most 80 characters."]),
        ("Petrović;Ana;ž;šerif", "unclear", ["The rank “šerif” is not in the table; its words are kept."]),
        ("Petrović;Ana;;", "ok", []),
    ],
)
def test_row_says_what_is_wrong_with_it(line, state, reasons):
    roster = read(f"Prezime;Ime;Pol;Čin\nMarić;Ivo;m;vodnik\n{line}\n")
    assert (roster.rows[1].state, roster.rows[1].reasons) == (state, reasons)


def test_unknown_rank_keeps_its_words():
    (row,) = read("Prezime;Ime;Čin\nPetrović;Ana;šerif\n").rows
    assert (row.rank, row.group, row.nato) == ("šerif", "", "")


def test_formula_without_a_result_is_unclear():
    sheet = Sheet(
        "S", [["Prezime", "Ime", "Pol"], ["Petrović", "Ana", None], ["Marić", "Ivo", "m"]], [1, 2, 3], {(2, 2)}
    )
    roster = read_roster([sheet], tables())
    assert [row.state for row in roster.rows] == ["unclear", "ok"]
    assert roster.rows[0].reasons == ["A cell holds a formula without a result. Write what it should say."]


def test_error_cell_is_unclear():
    sheet = Sheet("S", [["Prezime", "Ime", "Čin"], ["Petrović", "Ana", "#REF!"], ["Marić", "Ivo", "major"]], [1, 2, 3])
    assert [(row.state, row.rank) for row in read_roster([sheet], tables()).rows] == [("unclear", ""), ("ok", "major")]


def test_sheet_with_the_list_is_found_among_others():
    cover = Sheet("Naslov", [["Obuka"], ["Danilovgrad"]] * 20, list(range(1, 41)))
    hidden = Sheet("Šifre", [["Prezime", "Ime", "Pol", "Čin"], ["X", "Y", "ž", "major"]], [1, 2], hidden=True)
    people_ = Sheet("Spisak", [["Prezime", "Ime", "Pol"], ["Petrović", "Ana", "ž"]], [5, 6])
    roster = read_roster([cover, hidden, people_], tables())
    assert (roster.sheet, roster.header_row, people(roster)) == ("Spisak", 5, [ANA])
    assert read_roster([cover, hidden, people_], tables(), sheet=1).sheet == "Šifre"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing in this file. Choose the one with the list of people."),
        ("Prezime;Ime;Pol\n", "The list is empty: below its header stands no person."),
        ("Prezime;Ime;Pol\n;;\nUkupno: 0;;\n", "The list is empty: below its header stands no person."),
    ],
)
def test_list_without_people_is_a_sentence(text, sentence):
    with pytest.raises(ValidationError) as refused:
        read(text)
    assert refused.value.messages == [sentence]
