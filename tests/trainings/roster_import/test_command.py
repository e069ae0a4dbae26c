"""The rosters of four ministries, read as the command shows them."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from trainings.models import Enrolment, Participant

pytestmark = [pytest.mark.django_db]

ROSTERS = Path(__file__).parent / "rosters"
EXPECTED = json.loads((ROSTERS / "expected.json").read_text(encoding="utf-8"))
KEYS = ["family_name", "given_name", "sex", "rank", "group", "nato", "unit", "email", "marks", "state", "reasons"]
# What `expected.json` leaves out of a row where it is empty.
EMPTY = {"group": "", "nato": "", "email": "", "marks": []}


def preview(file, *options):
    out = StringIO()
    call_command("import_roster", str(file), *options, "--preview", "--json", stdout=out)
    return json.loads(out.getvalue())


# The same lists, saved as other programs do.
SAME = {
    "me-spisak.xls": "me-spisak.xlsx",
    "me-spisak.ods": "me-spisak.xlsx",
    "mk-rodova-perspektiva.ods": "mk-rodova-perspektiva.xlsx",
}


@pytest.mark.parametrize("name", [*EXPECTED, *SAME])
def test_roster_is_read_as_expected(reference, name):
    expected = EXPECTED[SAME.get(name, name)]
    country = ["--country", expected["country"]] if expected["country"] else []
    read = preview(ROSTERS / name, *country)
    assert all(list(row) == KEYS for row in read["rows"])
    visible = ("family_name", "given_name", "sex", "group", "nato", "marks")
    assert [{key: row[key] for key in visible} for row in read["rows"]] == [
        {key: {**EMPTY, **row}[key] for key in visible} for row in expected["rows"]
    ]
    assert [row["email"] for row in read["rows"]] == [row.get("email", "") for row in expected["rows"]]
    assert (read["country"], read["sessions"]) == (expected["country"], expected["sessions"])
    assert {row["state"] for row in read["rows"]} == ({"ok"} if expected["country"] else {"unclear"})


def test_preview_writes_nothing(reference):
    preview(ROSTERS / "me-spisak.xlsx", "--country", "me")
    assert (Participant.objects.count(), Enrolment.objects.count()) == (0, 0)


def test_preview_for_people_lists_rows_questions_and_what_is_left_out(reference):
    out = StringIO()
    call_command("import_roster", str(ROSTERS / "me-spisak.xlsx"), "--country", "ME", "--preview", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[:2] == [
        "12 people, 3 sessions, sheet “Spisak”",
        "5: Babović, Milica | female | stariji vodnik nco OR-6 | Pješadijski bataljon | present present present | ok",
    ]
    assert lines[-2:] == ["left out 18: Legenda: + prisutan, – odsutan", "left out 20: Kontrolisao: _________________"]


@pytest.mark.parametrize(
    ("file", "country", "sentence"),
    [
        ("nothing.xlsx", "ME", "nothing.xlsx cannot be opened: No such file or directory."),
        ("me-spisak.xlsx", "XX", "No country has the code “XX”. Run `manage.py load_reference` if there are none."),
        ("fake.xlsx", "ME", "This is a PDF. Upload the workbook (.xlsx) or CSV file it was made from."),
        ("notes.csv", "ME", "The list is empty: below its header stands no person."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(reference, tmp_path, monkeypatch, file, country, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fake.xlsx").write_bytes(b"%PDF-1.7")
    (tmp_path / "notes.csv").write_text("Prezime;Ime;Pol\n")
    (tmp_path / "me-spisak.xlsx").write_bytes((ROSTERS / "me-spisak.xlsx").read_bytes())
    with pytest.raises(CommandError) as refused:
        preview(file, "--country", country)
    assert str(refused.value) == sentence
