"""Rows copied from a spreadsheet."""

import pytest

from common.pasted import guess_columns, read_sex, split_cells


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("Prezime\tIme\tPol\tČin\tJedinica", ["family_name", "given_name", "sex", "rank", "unit"]),
        ("Презиме\tИме\tПол\tЧин\tЈединица", ["family_name", "given_name", "sex", "rank", "unit"]),
        ("Ime i prezime;Spol;Postrojba", ["full_name", "sex", "unit"]),
        ("Mbiemri,Emri,Gjinia,Grada", ["family_name", "given_name", "sex", "rank"]),
        ("Family name\tGiven name\tRemarks", ["family_name", "given_name", ""]),
    ],
)
def test_header_names_its_columns(header, kinds):
    assert guess_columns(split_cells(header)) == (kinds, True)


def test_column_of_sexes_is_found_without_a_header():
    rows = split_cells("Đurić\tMaja\tž\nMarić\tPetar\tm\n")
    assert guess_columns(rows) == (["family_name", "given_name", "sex"], False)


@pytest.mark.parametrize(
    ("cell", "sex"),
    [("ž", "female"), ("Ж", "female"), ("f", "female"), ("M", "male"), ("м", "male"), ("", "not_recorded"),
     ("drugo", "other"), ("kako kad", None), ("👩", "not_recorded"), ("1", None)],
)  # fmt: skip
def test_sex_is_read_in_the_words_of_the_region(cell, sex):
    assert read_sex(cell) == sex


def test_lines_are_split_by_what_they_hold():
    assert split_cells("a;b\n\n  \nc;  d  e \r\n") == [["a", "b"], ["c", "d e"]]
    assert split_cells("only one") == [["only one"]]


@pytest.mark.parametrize("noise", ["", "\n\n", "\t\t\t", "\x00", "x" * 100_000, "\t".join("abc" * 50)])
def test_noise_is_cells_and_no_error(noise):
    rows = split_cells(noise)
    kinds, header = guess_columns(rows)
    assert all(len(row) <= 30 for row in rows)
    assert (len(kinds), header) == (max(map(len, rows), default=0), False)
