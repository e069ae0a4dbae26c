"""The lint of names finds what is bound by a name that says nothing, and leaves comprehensions alone."""

import pytest

from tests.lint_names import findings


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "def tell(): ...",
        "def f(told): ...",
        "class Asked: ...",
        "ROWS_MOST = 3",
        "import x as kept",
        "for one in y: ...",
    ],
)
def test_banned_name_is_found_where_it_is_bound(source):
    assert len(findings("app/module.py", source)) == 1


@pytest.mark.parametrize("source", ["[one for one in rows]", "matches = found", "x.told = 1", "MAX_ROWS = 3"])
def test_other_names_and_comprehensions_are_left_alone(source):
    assert findings("app/module.py", source) == []
