"""Sheets of people, marks and figures: what that member may see, a line in the record, in constant memory."""

import csv
import io
import tracemalloc

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from common.sheets import csv_lines
from tests.conftest import client_of, make_roster, make_training, mark_all
from trainings.exports import rows as exports
from trainings.models import Enrolment, Training
from trainings.roster.actions import RosterRow, add_to_roster, remove_from_roster

MEGABYTE = 1_000_000
pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def rows_of(answer):
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body, newline="")))


def test_roster_and_marks_of_a_training(marked, recorder_me):
    answer = client_of(recorder_me).post(reverse("trainings:export", args=[marked.reference]), {"as": "csv"})
    header, *rows = rows_of(answer)
    assert header[:2] + header[-3:] == [
        "Family name",
        "Given name",
        "2025-03-10 Day 1",
        "2025-03-11 Day 2",
        "Minutes attended",
    ]
    assert [(row[0], row[2], row[-3:]) for row in rows] == [
        ("Petrović", "Female", ["Present", "Present", "720"]), ("Јовановић", "Male", ["Present", "Present", "720"]),
        ("Marković", "Female", ["Present", "Present", "720"]),
    ]  # fmt: skip
    line = AuditEntry.objects.get(action="export_names")
    assert (line.by, line.details, line.is_reading) == (recorder_me, {"what": "roster and marks", "people": 3}, True)


def test_export_holds_only_names_the_member_sees(recorder_me, recorder_rs, observer):
    theirs = make_training(recorder_rs)
    make_roster(theirs, 2, recorder_rs)
    guest = RosterRow("Gostić", "Gost", recorder_me.organisation, "male")
    add_to_roster(training=theirs, rows=[guest], by=recorder_rs)
    mine = make_training(recorder_me)
    make_roster(mine, 1, recorder_me)
    _header, *rows = rows_of(
        client_of(recorder_me).post(reverse("trainings:export", args=[theirs.reference]), {"as": "csv"})
    )
    assert [row[0] for row in rows] == ["Gostić"]
    _header, *rows = rows_of(client_of(recorder_me).post("/trainings/export/", {"as": "csv", "what": "people"}))
    assert sorted(row[4] for row in rows) == ["Gostić", "Petrović"]
    assert (
        client_of(observer).post(reverse("trainings:export", args=[theirs.reference]), {"as": "csv"}).status_code == 403
    )
    assert rows_of(client_of(observer).post("/trainings/export/", {"as": "csv", "what": "people"}))[1:] == []


def test_who_was_taken_off_is_not_taken_along(marked, recorder_me):
    remove_from_roster(enrolment=marked.enrolments.first(), by=recorder_me)
    for url, body in (
        (reverse("trainings:export", args=[marked.reference]), {}),
        ("/trainings/export/", {"what": "people"}),
    ):
        assert len(rows_of(client_of(recorder_me).post(url, {"as": "csv", **body}))) == 1 + 2


def test_list_of_figures_hides_small_numbers_from_who_sees_no_names(marked, recorder_me, recorder_rs):
    Training.objects.filter(pk=marked.pk).update(figures="submitted", submitted_by=recorder_me, figures_version=1)
    for who, attended in ((recorder_me, "3"), (recorder_rs, "under 5")):
        _header, row = rows_of(client_of(who).post("/trainings/export/", {"as": "csv"}))
        assert (row[0], row[-1]) == (marked.reference, attended)
    assert AuditEntry.objects.filter(action="export_figures").count() == 2


def test_list_is_filtered_as_the_page_is(recorder_me):
    make_training(recorder_me, place="Bar")
    other = make_training(recorder_me, place="Nikšić")
    page = client_of(recorder_me).get("/trainings/export/", {"q": "niksic"})
    assert (page.context["trainings"], page.context["fields"]) == (1, [("q", "niksic")])
    _header, *rows = rows_of(client_of(recorder_me).post("/trainings/export/", {"as": "csv", "q": "niksic"}))
    assert [row[0] for row in rows] == [other.reference]


def test_names_are_asked_who_it_is_after_ten_minutes(marked, recorder_me):
    client = client_of(recorder_me)
    session = client.session
    session["signed_in_at"] -= 601
    session.save()
    for url, body in (
        (reverse("trainings:export", args=[marked.reference]), {}),
        ("/trainings/export/", {"what": "people"}),
    ):
        assert client.post(url, body).url.startswith("/account/reauthenticate/")


def test_workbook_is_one(marked, recorder_me):
    answer = client_of(recorder_me).post(reverse("trainings:export", args=[marked.reference]), {"as": "xlsx"})
    assert b"".join(answer.streaming_content).startswith(b"PK")
    answer.close()


@pytest.mark.drill
def test_hundred_thousand_rows_take_constant_memory(training, recorder_me):
    """Ten times the rows take no more memory while they are written; the rows are made up, the writing is the real one."""
    make_roster(training, 50, recorder_me)
    mark_all(training, recorder_me)

    def most_memory(times):
        seen = Enrolment.objects.filter(training=training)
        tracemalloc.start()
        rows = (row for _n in range(times) for row in exports.people_of_list(seen))
        written = sum(1 for _line in csv_lines(exports.people_header(), rows))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return written, most

    few, many = most_memory(200), most_memory(2000)
    assert many[0] == 100_002
    assert many[1] < few[1] + MEGABYTE
