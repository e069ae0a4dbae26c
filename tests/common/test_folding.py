"""Names across scripts: the spellings of one name share the loose key, and different names do not."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.folding import loose, spelling, words_alone

# Each line is one name in the ways people type it.
NAMES = [
    ("Ђорђевић", "Đorđević", "Djordjevic", "Dordevic"),
    ("Јовановић", "Jovanović", "Jovanovic"),
    ("Шћепановић", "Šćepanović", "Scepanovic"),
    ("Ќосев", "Kjosev", "Ćosev", "Kosev"),
    ("Ѓорѓи", "Gjorgji", "Đorđi", "Gorgi"),
    ("Џепаровски", "Džeparovski", "Dzeparovski"),
    ("Љубица", "Ljubica"),
    ("Његош", "Njegoš", "Njegos"),
    ("Хаџић", "Hadžić", "Hadzic"),
    ("Стојановска", "Stojanovska"),
    ("Ѕвезда", "Dzvezda"),
    ("Krasniqi",),
    ("Çelik", "Celik"),
    ("Xhaferi", "Džaferi", "Џафери"),
]


@pytest.mark.parametrize("spellings", NAMES, ids=lambda names: names[0])
def test_spellings_of_one_name_share_the_loose_key(spellings):
    assert {loose(name) for name in spellings} == {loose(spellings[0])}


@pytest.mark.parametrize("spellings", NAMES, ids=lambda names: names[0])
def test_capitals_and_space_change_nothing(spellings):
    for name in spellings:
        assert (spelling(f" {name.upper()} "), loose(name.lower())) == (spelling(name), loose(name))


def test_different_names_stay_apart():
    for item, other in combinations(NAMES, 2):
        assert {loose(name) for name in item} & {loose(name) for name in other} == set()


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [("Ђорђевић", "Đorđević"), ("Шћепановић", "Šćepanović"), ("Ќосев", "Ćosev"), ("Џафери", "Džaferi")],
)
def test_both_scripts_share_the_spelling_key(cyrillic, latin):
    assert spelling(cyrillic) == spelling(latin)


def test_spelling_keeps_apart_what_only_sounds_alike():
    assert spelling("Ćosev") != spelling("Kosev")
    assert spelling("Djordjevic") != spelling("Đorđević")


@pytest.mark.parametrize("rubbish", ["", "   ", "\x00", "👩‍✈️", "<script>", "-" * 1000])
def test_rubbish_folds_to_letters_and_digits_only(rubbish):
    assert set(spelling(rubbish) + loose(rubbish)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@given(st.text("abcčćdđžšqwxyëçАБВГДЂЃЕЖЗЅИЈКЌЛЉМНЊОПРСТЋУФХЦЧЏШабвђѓѕјќљњћџ 0129-–—'’ʼ„“.,()!?\u0301\n", max_size=30))
def test_words_alone_are_the_spelling_in_the_scripts_of_the_region(text):
    assert words_alone(text) == spelling(text)


@pytest.mark.parametrize(
    ("text", "words"), [("Ισότητα-ΦΎΛΟ", "ισοτητα φυλο"), ("№ 12", "no 12"), ("п’ять пʼять", "p jat p jat"), ("a_b", "a b"), ("—", "")]
)  # fmt: skip
def test_words_of_other_scripts_stay(text, words):
    assert words_alone(text) == words
