"""The rosters of four ministries, read as the command shows them."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.django_db]

ROSTERS = Path(__file__).parent / "rosters"
EXPECTED = json.loads((ROSTERS / "expected.json").read_text(encoding="utf-8"))
KEYS = ["family", "given", "sex", "rank", "group", "nato", "unit", "email", "marks", "state", "reasons"]
# What `expected.json` leaves out of a row where it is empty.
EMPTY = {"group": "", "nato": "", "email": "", "marks": []}


def preview(file, *options):
    out = StringIO()
    call_command("import_roster", str(file), *options, "--preview", "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", EXPECTED)
def test_roster_is_read_as_expected(reference, name):
    expected = EXPECTED[name]
    country = ["--country", expected["country"]] if expected["country"] else []
    read = preview(ROSTERS / name, *country)
    assert all(list(row) == KEYS for row in read["rows"])
    shown = ("family", "given", "sex", "group", "nato", "marks")
    assert [{key: row[key] for key in shown} for row in read["rows"]] == [
        {key: {**EMPTY, **row}[key] for key in shown} for row in expected["rows"]
    ]
    assert [row["email"] for row in read["rows"]] == [row.get("email", "") for row in expected["rows"]]
    assert (read["country"], read["sessions"]) == (expected["country"], expected["sessions"])
    assert {row["state"] for row in read["rows"]} == ({"ok"} if expected["country"] else {"unclear"})
