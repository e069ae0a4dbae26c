"""The words of rosters in the region's languages: headers, sexes, ranks, marks, places, years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings.roster_import.reading import places, rank_table
from trainings.roster_import.parsing.headers import header_kind, session_header
from trainings.roster_import.parsing.values import age_band, legend_in, read_birth_year, read_email, read_mark, read_sex

HEADERS = {
    "family_name": "Prezime; Презиме; PREZIME; Family name; Surname; Last name; Mbiemri; Prezime polaznika",
    "given_name": "Given name; First name; Given name(s); Forename",
    "name": "Ime; Име; Emri; Name; Ime učesnika; Participant; Učesnik; Polaznik/ca; Кандидат; Full name; Emri i pjesëmarrësit",
    "full_name": "Prezime i ime; Презиме и име; PREZIME I IME; Prezime, ime; Mbiemri dhe emri; Surname and name; "
                 "Prezime, ime oca i ime; Last name, first name; Презиме и име на учесникот",
    "full_name_given_first": "Ime i prezime; Име и презиме; Emri dhe mbiemri; Name and surname; Ime (ime oca) prezime; "
                             "Čin, ime i prezime; Ime i prezime polaznika; First and last name; Given and family name",
    "sex": "Pol; Spol; Пол; Род; Sex; Gender; Gjinia; Pol (m/ž); M/Ž; Sex (F/M); ПОЛ",
    "rank": "Čin; Чин; Čin/zvanje; Rank; Grada; Činovi; Rang; Zvanje; Rank / Grade",
    "unit": "Jedinica; Единица; Јединица; Postrojba; Unit; Njësia; Naziv jedinice; Ime jedinice; Organizaciona jedinica; "
            "Komanda/jedinica; Vojna pošta; Ustanova; Njësia ushtarake; Организациска единица",
    "organisation": "Organizacija; Organisation; Organization; Institucija; Ministarstvo; Министерство; Ministria; Institution",
    "country": "Država; Држава; Country; Земја; Zemlja; Shteti; Nation; Armed forces of",
    "birth_year": "Godina rođenja; God. rođ.; Година на раѓање; Godište; Datum rođenja; Year of birth; DOB; Viti i lindjes; "
                  "Datëlindja; Година рођења",
    "email": "E-mail; Email; E-pošta; е-пошта; Adresa e-pošte; Elektronska pošta; Posta elektronike; Email address; Mejl",
    "service_number": "Službeni broj; Служб. бр.; Service number; Service No.; Vojni broj; Broj legitimacije; Матичен број; "
                      "Numri i shërbimit; Military ID",
    "number": "R. br.; Ред. бр.; Redni broj; Р. бр.; No.; Nr.; #; Rb; Numri rendor; S/N; Бр.",
    "session": "12.11.; 12. 11. 2026; 12.11.2026.; 12/11; 2026-11-12; 12. novembar; 12 Nov; Dan 1; Day 3; 1. dan; ден 2; Дан 2; "
               "Dita 1; I dan; Први дан; Pon 12.11.; Day 1 (12 Nov); Prisustvo; Session 2; Modul 3; Čas 1; Ponedjeljak",
    "": "Potpis; Потпис; Signature; Telefon; Napomena; Funkcija; Dužnost; Ime oca; Татково име; Emri i babait; JMBG; Место рођења; "
        "Rod vojske; Remarks; Starost",
}  # fmt: skip
NO_HEADERS = "Spisak učesnika obuke: Rodna svijest za podoficire, Danilovgrad; Naziv obuke; MINISTARSTVO; Petrović; kapetan; +; Datum"


@pytest.mark.parametrize(("word", "kind"), [(w, kind) for kind, words in HEADERS.items() for w in words.split("; ")])
def test_header_says_what_its_column_holds(word, kind):
    assert header_kind(word) == kind


@pytest.mark.parametrize("words", [w for w in NO_HEADERS.split("; ") if w != "MINISTARSTVO"])
def test_what_is_no_header_is_none(words):
    assert header_kind(words) is None


@pytest.mark.parametrize(
    ("words", "day", "number"),
    [("12.11.", (12, 11, None), None), ("12. 11. 2026", (12, 11, 2026), None), ("12.11.26.", (12, 11, 2026), None),
     ("2026-11-12", (12, 11, 2026), None), ("12. новембар 2026", (12, 11, 2026), None), ("12 Nov", (12, 11, None), None),
     ("Nov 12", (12, 11, None), None), (date(2026, 11, 12), (12, 11, 2026), None), ("Dan 1", None, 1), ("Day 3", None, 3),
     ("1. dan", None, 1), ("ден 2", None, 2), ("Dita 1", None, 1), ("III dan", None, 3), ("Други дан", None, 2),
     ("2nd day", None, 2), ("D4", None, 4)],
)  # fmt: skip
def test_session_header_names_its_day_or_number(words, day, number):
    header = session_header(words)
    assert (header.day, header.month, header.year) == (day or (None, None, None))
    assert header.number == number


SEXES = {
    "female": "ž; Ž; ж; Ж; f; F; žensko; женско; ženski; женски; ženska; Female; woman; femër; Femra; žena; Žensko (ž); z; ♀; ž/F",
    "male": "m; M; м; М; muško; машко; muški; мушки; male; MAN; mashkull; muškarac; машки",
    "other": "drugo; other; друго; tjetër",
    "not_recorded": "; -; –; /",
}


@pytest.mark.parametrize(("word", "sex"), [(w, sex) for sex, words in SEXES.items() for w in words.split("; ")])
def test_sex_is_read_in_the_words_of_the_region(word, sex):
    assert read_sex(word.replace(" (ž)", "")) == sex


@pytest.mark.parametrize("word", ["kako kad", "1", "q", "mž", "ž/m", 1, 2.5, True, date(2026, 1, 1)])
def test_unknown_sex_is_none(word):
    assert read_sex(word) is None


MARKS = {
    "present": "+; x; X; х; da; Da; ДА; да; po; P; п; p; prisutan; prisutna; присутна; Present; 1; ✓; ✔; yes; присутен; pranishëm; "
    "prisustvovao",
    "late": "kasni; Kasnio; закаснила; late; L; vonesë; me vonesë; доцни; k",
    "excused": "opravdano; Opr.; ops.; оправдано; excused; E; odsutan opravdano; bolovanje; me arsye; sick; opravdana",
    "absent": "-; –; —; −; A; a; odsutan; odsutna; отсутен; absent; 0; ne; не; jo; mungon; neopravdano; ods.; N; no",
}


@pytest.mark.parametrize(("word", "mark"), [(w, mark) for mark, words in MARKS.items() for w in words.split("; ")])
def test_mark_is_read_in_the_words_of_the_region(word, mark):
    assert read_mark(word) == (mark, True)


@pytest.mark.parametrize(
    ("cell", "read"),
    [(None, (None, True)), ("", (None, True)), (1, ("present", True)), (0, ("absent", True)), (True, ("present", True)),
     (False, ("absent", True)), ("banana", (None, False)), (7, (None, False)), (0.5, (None, False)), ("o", (None, False)),
     (date(2026, 1, 1), (None, False))],
)  # fmt: skip
def test_mark_that_is_none_or_unknown(cell, read):
    assert read_mark(cell) == read


def test_legend_explains_signs():
    words = "Legenda: + prisutan, – odsutan, o – opravdano; k = kasni"
    assert legend_in(words) == {"+": "present", "–": "absent", "o": "excused", "k": "late"}
    assert read_mark("o", legend_in(words)) == ("excused", True)
    assert legend_in("Legenda: bla bla") == {}


RANKS = {
    "ME": {
        "OF-1": "por.; poručnik; poručnica; ppor.; пор.; потпоручник; p.por.; potpor.",
        "OF-2": "kap.; KAPETAN; kapetanica; kapetanka; капетан; Captain; kapetan (OF-2); kapetan/Captain",
        "OF-3": "major; мајор; maj.; majorka; OF-3; OF 3",
        "OF-4": "ppuk.; P.PUK.; potpukovnik; potpukovnica; Lt. Col.; пот. пук.",
        "OF-5": "puk.; pukovnikinja; pukovnik",
        "OF-7": "general-major; generalmajor; gen. maj.",
        "OR-9": "zastavnik I klase; zastavnik prve klase; zastavnik 1. klase; zast. I kl.; заставник прве класе; zastavnica I klase",
        "OR-8": "zastavnik; zast.; zastavnica",
        "OR-7": "stariji vodnik I klase; st.vod. I kl.; ст. вод. 1. кл.; starija vodnica prve klase",
        "OR-6": "st. vod.; ст. водник; stariji vodnik; starija vodnica; St. vodnik",
        "OR-5": "vodnik; vod.; vodnica; водник; vodnikinja", "OR-4": "ml. vodnik; mlađi vodnik; mlađa vodnica; млађи водник",
        "OR-3": "desetar; des.; desetarka", "OR-2": "razvodnik; razv.", "OR-1": "vojnik; vojnikinja; voj.; војник",
    },
    "BA": {"OF-2": "kap.; kapetan", "OF-4": "pukovnik; пуковник; Colonel", "OF-5": "brigadir; бригадир", "OR-2": "vojnik I klase; voj. 1. kl.",
           "OR-9": "zastavnik prve klase", "OR-4": "kaplar", "OF-8": "generalpukovnik"},
    "RS": {"OF-2": "kapetan I klase; капетан прве класе; kap. 1. kl.; kapetan", "OF-5": "pukovnik", "OR-9": "заставник I класе",
           "OF-9": "general"},
    "MK": {"OF-2": "кап.; капетан; капетанка; kapiten", "OF-5": "полк.; полковник; polkovnik; kolonel", "OF-4": "п.полк.; потполковник; nënkolonel",
           "OR-7": "постар водник од прва класа; пост. вод. I кл.", "OR-6": "пост. вод.; постара водничка; postar vodnik",
           "OR-9": "главен заставник; гл. заставник", "OF-1": "поручничка; toger; ппор.", "OR-1": "ushtar; војник",
           "OR-4": "помлад водник; помлад вод."},
    "": {"OF-2": "kapetan", "OF-3": "major; мајор", "OR-8": "zastavnik"},
}  # fmt: skip
GROUPS = {
    "civilian": "službenik; службеник; civil; civilno lice; цивилно лице; državna službenica; civilian; civile; namještenik; CL",
    "cadet": "kadet; кадеткиња; pitomac; питомец; cadet",
    "nco": "podoficir; dočasnik; подофицер",
    "soldier": "profesionalni vojnik; vojnik po ugovoru",
}


@pytest.mark.parametrize(
    ("country", "nato", "word"),
    [
        (country, nato, w)
        for country, table in RANKS.items()
        for nato, words in table.items()
        for w in words.split("; ")
    ],
)
def test_rank_is_read_in_the_words_of_its_country(country, nato, word):
    rank = rank_table().find(word, country)
    assert (rank.nato, rank.is_known) == (nato, True)


@pytest.mark.parametrize(("group", "word"), [(group, w) for group, words in GROUPS.items() for w in words.split("; ")])
def test_words_that_name_a_group_have_no_code(group, word):
    rank = rank_table().find(word, "ME")
    assert (rank.group, rank.nato, rank.is_known) == (group, "", True)


@pytest.mark.parametrize(
    ("word", "country", "group"),
    [("nešto", "ME", ""), ("kapetan fregate", "ME", ""), ("pot.", "ME", ""), ("Major", "GH", ""), ("pukovnik", "", "senior_officer"),
     ("st", "ME", ""), ("v", "ME", ""), ("polkovnik", "ME", "")],
)  # fmt: skip
def test_rank_that_is_open_is_not_known(word, country, group):
    rank = rank_table().find(word, country)
    assert (rank.group, rank.nato, rank.is_known) == (group, "", False)


def test_the_same_word_is_another_rank_elsewhere():
    """A control for the tables above: a look-up that forgot the country would answer one code for both."""
    assert [rank_table().find("pukovnik", country).nato for country in ("BA", "RS", "ME")] == ["OF-4", "OF-5", "OF-5"]


@pytest.mark.parametrize(
    ("words", "country"),
    [("Montenegro", "ME"), ("Црна Гора", "ME"), ("BiH", "BA"), ("Bosna i Hercegovina", "BA"), ("RS", "RS"), ("Република Србија", "RS"),
     ("Северна Македонија", "MK"), ("Maqedonia e Veriut", "MK"), ("Ghana", "GH"), ("Republic of Rwanda", "RW"), ("UK", "GB"),
     ("Vojska Crne Gore", "ME"), ("Ministry of Defence of Serbia", "RS"), ("Oružane snage BiH", "BA"), ("Armed Forces of Uganda", "UG")],
)  # fmt: skip
def test_place_is_known_in_any_language(words, country):
    assert places().find(words).country == country


def test_organisation_is_known_by_its_names():
    assert places().find("Ministarstvo odbrane Crne Gore").country == "ME"
    assert places().find("Центар за мировне операције Војске Србије").organisation == "PKOC"
    assert places().find("Narnia") is None


@pytest.mark.parametrize(
    ("cell", "year"),
    [(1985, 1985), ("1985", 1985), ("1985.", 1985), ("12.05.1985.", 1985), (date(1985, 5, 12), 1985), ("85", None), (85, None),
     ("", None), (None, None), (True, None), ("ne znam", None)],
)  # fmt: skip
def test_year_of_birth(cell, year):
    assert read_birth_year(cell) == year


@pytest.mark.parametrize(
    ("born", "band"),
    [(2002, "under 25"), (2001, "25-34"), (1992, "25-34"), (1991, "35-44"), (1981, "45-54"), (1971, "55+"), (2020, ""), (1900, "")],
)  # fmt: skip
def test_age_band(born, band):
    assert age_band(born, 2026) == band


@pytest.mark.parametrize(
    ("cell", "address"),
    [("ana@mod.example", "ana@mod.example"), ("Ana <ana@mod.example>", "ana@mod.example"), ("mailto:a@b.me", "a@b.me"), ("a@b", ""),
     ("x", ""), ("a@b.me; c@d.me", ""), (None, "")],
)  # fmt: skip
def test_address(cell, address):
    assert read_email(cell) == address


CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), st.dates(), st.text(max_size=60))


@given(CELLS)
def test_noise_in_a_cell_is_no_error(cell):
    assert read_sex(cell) in {"female", "male", "other", "not_recorded", None}
    assert read_mark(cell)[0] in {"present", "late", "excused", "absent", None}
    assert read_birth_year(cell) is None or 1 <= read_birth_year(cell) <= 9999
    header_kind(cell), session_header(cell), read_email(cell)
    rank_table().find(str(cell), "ME")
