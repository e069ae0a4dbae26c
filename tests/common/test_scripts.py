"""One script from the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.folding import spelling
from common.scripts import in_cyrillic, in_latin, is_cyrillic

SERBIAN = "абвгдђежзијклљмнњопрстћуфхцчџш"


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Љубица Ђорђевић", "Ljubica Đorđević"),
        ("ЉУБИЦА ЂОРЂЕВИЋ", "LJUBICA ĐORĐEVIĆ"),
        ("Џемал Шћепановић", "Džemal Šćepanović"),
        ("Њ", "Nj"),
        ("водник 1. класе", "vodnik 1. klase"),
        ("Петровић-Његош", "Petrović-Njegoš"),
    ],
)
def test_serbian_words_go_both_ways(cyrillic, latin):
    assert (in_latin(cyrillic), in_cyrillic(latin)) == (latin, cyrillic)


@pytest.mark.parametrize(("cyrillic", "latin"), [("Ѓорѓи Ќосев", "Gjorgji Kjosev"), ("Ѕвездан", "Dzvezdan")])
def test_macedonian_words_go_both_ways(cyrillic, latin):
    assert (in_latin(cyrillic), in_cyrillic(latin, macedonian=True)) == (latin, cyrillic)


@pytest.mark.parametrize("name", ["Xhemaili", "Qerim", "Wagner", "Arbër", "Kovács", "Müller"])
def test_name_that_has_no_way_to_cyrillic_stays_alone(name):
    assert in_cyrillic(name) == ""


def test_what_is_written_in_that_script_stays():
    assert (in_latin("Ana Anić"), in_cyrillic("Ана"), is_cyrillic("Ana"), is_cyrillic("Ana Б")) == (
        "Ana Anić",
        "Ана",
        False,
        True,
    )


@given(st.text(SERBIAN + SERBIAN.upper() + " -", max_size=30))
def test_both_scripts_are_one_spelling(text):
    assert spelling(in_latin(text)) == spelling(text)
