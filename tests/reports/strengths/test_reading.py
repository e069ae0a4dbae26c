"""Tables of strengths as ministries write them, and any table back from what was written."""

import csv
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from common.uploads.reading import read_pasted
from members.models import RankGroup
from reports.strengths.reading import read_group, read_strength_table
from trainings.models import Sex
from trainings.roster_import.parsing.ranks import RankEntry, RankTable

RANKS = RankTable(
    [
        RankEntry("ME", "senior_officer", "OF-5", "pukovnik", "пуковник"),
        RankEntry("ME", "senior_officer", "OF-3", "major", "мајор"),
        RankEntry("ME", "junior_officer", "OF-2", "kapetan", "капетан"),
        RankEntry("ME", "nco", "OR-5", "vodnik", "водник"),
        RankEntry("ME", "soldier", "OR-1", "vojnik", "војник"),
    ]
)


def read(text: str, year: int | None = None):
    return read_strength_table(read_pasted(text), RANKS, country="ME", year=year)


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("General", "general"), ("Generali", "general"), ("генерал", "general"), ("Senior officer", "senior_officer"),
        ("Senior officers", "senior_officer"), ("Viši oficiri", "senior_officer"), ("Виши официри", "senior_officer"),
        ("Viši časnici", "senior_officer"), ("Високи офицери", "senior_officer"), ("Oficerë të lartë", "senior_officer"),
        ("Niži oficiri", "junior_officer"), ("Junior officers", "junior_officer"), ("Пониски офицери", "junior_officer"),
        ("NCO", "nco"), ("NCOs", "nco"), ("Podoficiri", "nco"), ("Подофицери", "nco"), ("Dočasnici", "nco"), ("Nënoficerë", "nco"),
        ("Vojnici", "soldier"), ("Војници", "soldier"), ("Soldiers", "soldier"), ("Ushtarë", "soldier"), ("profesionalni vojnik", "soldier"),
        ("Kadeti", "cadet"), ("Pitomci", "cadet"), ("Civili", "civilian"), ("Цивили", "civilian"), ("civilna lica", "civilian"),
        ("Civilians", "civilian"), ("pukovnik", "senior_officer"), ("kapetan", "junior_officer"), ("", "not_recorded"),
        ("Not recorded", "not_recorded"), ("senior_officer", "senior_officer"), ("astronaut", ""), ("oficiri", ""),
    ],
)  # fmt: skip
def test_groups_in_the_words_of_the_region(words, group):
    assert read_group(words, RANKS, "ME") == group


@pytest.mark.parametrize(
    "header",
    [
        "Year\tSex\tRank group\tUnit\tNumber", "Godina\tPol\tKategorija\tJedinica\tBroj", "Godina\tSpol\tČin\tPostrojba\tBrojno stanje",
        "Година\tПол\tКатегорија\tЈединица\tБрој лица", "Година\tПол\tЧин\tЕдиница\tБројна состојба", "Viti\tGjinia\tGrada\tNjësia\tNumri",
        "Year\tGender\tCategory\tUnit\tStrength", "Year\tSex\tRank\tUnit\tPersonnel", "Year\tSex\tRank\tUnit\tTotal",
    ],
)  # fmt: skip
def test_headers_in_the_words_of_the_region(header):
    assert read(f"{header}\n2024\tF\tvodnik\tBar\t1.250").numbers == {(2024, "Bar", "nco", "female"): 1250}


def test_women_and_men_in_columns_of_their_own_under_a_title():
    text = read(
        "Brojno stanje 2024\n\nKategorija\tŽene\tMuškarci\tUkupno\nPodoficiri\t127\t2 465\t2592\nVojnici\t427\t\t\nUkupno\t554\t2465\t3019",
        2024,
    )
    assert (text.numbers, text.wrong) == (
        {(2024, "", "nco", "female"): 127, (2024, "", "nco", "male"): 2465, (2024, "", "soldier", "female"): 427},
        [],
    )


def test_ranks_of_one_group_are_added_and_the_same_line_twice_is_asked_about():
    text = read("Godina\tČin\tPol\tBroj\n2024\tpukovnik\tm\t5\n2024\tmajor\tm\t7\n2024\tmajor\tm\t8")
    assert (text.numbers, text.wrong) == (
        {(2024, "", "senior_officer", "male"): 12},
        [(4, "This stands in row 3 already.")],
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1989\tm\tvodnik\t5", "no year"), ("\tm\tvodnik\t5", "no year"), ("2024\tq\tvodnik\t5", "sex “q”"), ("2024\tm\tastronaut\t5", "astronaut"),
        ("2024\tm\tvodnik\t-5", "no number"), ("2024\tm\tvodnik\t5,5", "no number"), ("2024\tm\tvodnik\t2000000", "no number"),
        ("2024\tm\tvodnik\t#REF!", "no number"), ("2024\tm\tvodnik\t٣", "no number"), ("2024\tm\tvodnik\t1.25", "no number"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_with_its_row(row, words):
    text = read(f"Godina\tPol\tČin\tBroj\n{row}")
    assert (text.numbers, [number for number, _words in text.wrong]) == ({}, [2])
    assert words in text.wrong[0][1]


def test_too_much_is_refused_in_a_sentence():
    rows = "\n".join(f"2024\tUnit {n}\t5" for n in range(5_001))
    with pytest.raises(ValidationError, match="more than 5000 numbers"):
        read(f"Godina\tJedinica\tBroj\n{rows}")


places = st.tuples(
    st.integers(1990, 2100),
    st.sampled_from(("", "Bataljon, Bar", "Četa «veze»", 'Odred "A"', "Штаб")),
    st.sampled_from(RankGroup.values),
    st.sampled_from(Sex.values),
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(places, st.integers(0, 1_000_000), min_size=1, max_size=30))
def test_any_table_is_read_back_as_it_was_written(numbers):
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Year", "Unit", "Rank group", "Sex", "Number"])
    for (year, unit, group, sex), number in numbers.items():
        writer.writerow([year, unit, RankGroup(group).label, Sex(sex).label, number])
    text = read(out.getvalue())
    assert (text.numbers, text.wrong) == (numbers, [])
