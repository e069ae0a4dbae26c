"""Who is one typing error away: what is passed over early is no error either."""

from itertools import product

from trainings.duplicates.detection import LETTERS_FOR_AN_ERROR, is_one_error
from trainings.roster_import.matching import _mistyped

WORDS = ["".join(letters) for size in range(1, 7) for letters in product("ab", repeat=size)]


def person(word):
    return (word, "", "", "", "", "", "", 1)


def test_typing_errors_found_are_those_a_full_comparison_finds():
    others = [(word, person(word)) for word in WORDS]
    for wanted in WORDS:
        slow = [word for word in WORDS if len(wanted) >= LETTERS_FOR_AN_ERROR and is_one_error(wanted, word)]
        assert [known.pk for known, _why in _mistyped(wanted, others)] == slow
