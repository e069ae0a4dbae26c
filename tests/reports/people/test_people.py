"""People trained: the page, the trainings behind a figure, the sheet and the command say the same, and refuse in words."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit.models import AuditEntry
from members.models import Organisation
from reports.management.commands.figures import line_of
from reports.people.report import Row, definition
from tests.conftest import FIRST_DAY, client_of, make_roster, make_training, mark_all
from tests.markup import squeezed
from trainings.figures.actions import submit_figures

pytestmark = pytest.mark.django_db
PEOPLE = "/reports/people/"


def sheet_of(member, **query):
    answer = client_of(member).post("/reports/people/sheet/", {"as": "csv", **query})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body, newline="")))


def command_of(member, *words):
    call_command("figures", "--as", member.email, *words, "--json", stdout=(out := io.StringIO()))
    return json.loads(out.getvalue())


def test_page_without_a_question_shows_figures_by_ministry(counting, coordinator_me):
    page = client_of(coordinator_me).get(PEOPLE)
    report = page.context["report"]
    assert [(row.label, row.cell.seats) for row in report.rows] == [(counting.owner.short_name, 8)]
    assert page.context["form"].data.dict() == {"by": "organisation"}


def test_coordinator_sees_own_people_whole(counting, coordinator_me):
    home = coordinator_me.organisation_id
    report = client_of(coordinator_me).get(PEOPLE, {"organisation": home, "by": "sex"}).context["report"]
    assert (report.query.whole, report.total.seats, report.total.minutes) == (True, 8, 8 * 360)
    assert sorted((row.keys[0], row.cell.seats) for row in report.rows) == [("female", 4), ("male", 4)]


def test_others_see_no_number_below_five(counting, observer):
    report = client_of(observer).get(PEOPLE, {"by": "sex"}).context["report"]
    assert (report.query.whole, report.total.seats, report.total.by_sex) == (False, 8, ())
    assert [(row.keys, row.cell.seats) for row in report.rows] == [(("female", "male"), 8)]


@pytest.mark.slow
def test_sheet_and_command_say_what_the_page_says(network, coordinator_me, observer):
    for member, query in (
        (coordinator_me, {"by": "rank_group", "organisation": str(coordinator_me.organisation_id)}),
        (observer, {"by": "year", "and_by": "organisation", "rule": "completed"}),
        (observer, {"by": "course"}),
    ):
        report = client_of(member).get(PEOPLE, query).context["report"]
        words = [part for name, value in query.items() for part in (f"--{name.replace('_', '-')}", value)]
        texts = command_of(member, *words)
        assert [row["label"] for row in texts["rows"]] == [row.label for row in report.rows]
        assert [row["seats"] for row in texts["rows"]] == [row.cell.seats for row in report.rows]
        assert texts["definition"] == definition(report.query)
        header, *lines, total, _definition = sheet_of(member, **query)
        seats = header.index("Seats")
        assert total[seats] == str(report.total.seats)
        if report.blocks:
            visible = [str(block.seats) for line in report.blocks for block in line if block is not None]
            assert [line[seats] for line in lines] == visible
        else:
            assert [line[seats] for line in lines] == [str(row.cell.seats) for row in report.rows]
    assert AuditEntry.objects.filter(action="export_figures", is_reading=True).count() == 3


@pytest.mark.slow
def test_command_in_words_writes_blocks_and_no_hidden_end(network, observer):
    call_command(
        "figures", "--as", observer.email, "--by", "year", "--and-by", "country", stdout=(out := io.StringIO())
    )
    report = client_of(observer).get(PEOPLE, {"by": "year", "and_by": "country"}).context["report"]
    lines = out.getvalue().splitlines()
    blocks = sum(block is not None for line in report.blocks for block in line)
    assert blocks > 2
    assert sum(line.startswith("  ") for line in lines) == blocks
    assert len(lines) == 2 + len(report.rows) + blocks
    cell = replace(report.total, people_at_least=12, people_at_most=None, seats=13, women_share=None)
    assert line_of(Row("Total", (), cell)) == "Total: 12 or more people, 13 seats"


@pytest.mark.slow
def test_page_writes_every_number_of_its_report(network, observer):
    page = client_of(observer).get(PEOPLE, {"by": "country"})
    text = squeezed(page.content.decode())
    for row in page.context["report"].rows:
        assert f">{row.cell.seats:,}</a></td>" in text
    assert len(re.findall(r'<svg class="chart', text)) == 2
    assert text.count("<title id=") == text.count("<desc id=") == 2


@pytest.mark.slow
def test_chart_of_the_sexes_names_them_once(network, coordinator_me):
    assert client_of(coordinator_me).get(PEOPLE, {"by": "sex"}).context["chart"].title == "Seats by sex"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"first": "2026-05-01", "last": "2026-04-30"}, "The period ends before it starts."),
        ({"first": "9999-01-01"}, "Choose a day between 1990 and 9998."),
        ({"colour": "red"}, "Nothing can be asked by “colour”."),
        ({"by": ["year", "sex", "host"]}, "Each thing can be asked once, and figures broken down by two at most."),
        ({"by": "year", "and_by": "year"}, "Choose two different breakdowns."),
        ({"by": "shoe_size"}, "Select a valid choice. shoe_size is not one of the available choices."),
        ({"organisation": "99999"}, "Select a valid choice. 99999 is not one of the available choices."),
        ({"first": "31.02.2026"}, "Enter a valid date."),
        ({"verified": "maybe"}, "Verified figures only is on or left out."),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(query, says, counting, coordinator_me):
    for path in (PEOPLE, "/reports/people/trainings/"):
        page = client_of(coordinator_me).get(path, query)
        texts = [str(error) for errors in page.context["form"].errors.values() for error in errors]
        assert (page.status_code, texts, "report" in page.context) == (422, [says], False)
    page = client_of(coordinator_me).post("/reports/people/sheet/", {"as": "csv", **query})
    assert (page.status_code, page["Content-Type"]) == (422, "text/html; charset=utf-8")


def test_observer_cannot_ask_for_a_trainer_or_a_month(counting, observer):
    page = client_of(observer).get(PEOPLE, {"trainer": "1"})
    assert page.context["form"].errors["__all__"] == ["Nothing can be asked by “trainer”."]
    assert client_of(observer).get(PEOPLE, {"by": "month"}).status_code == 422


def test_recorder_of_another_question_gets_whole_quarters(counting, recorder_me):
    page = client_of(recorder_me).get(PEOPLE, {"first": "2025-02-10", "last": "2025-04-02", "by": "month"})
    query = page.context["asked"]
    assert (str(query.question.first), str(query.question.last), query.dimensions) == ("2025-01-01", "2025-06-30", ())
    assert (query.widened, "widened to what you may ask" in page.content.decode()) == (True, True)


@pytest.mark.slow
def test_trainings_behind_a_figure_add_up_to_it(network, coordinator_me):
    home = coordinator_me.organisation_id
    query = {"organisation": home, "by": "year", "and_by": "rank_group"}
    client = client_of(coordinator_me)
    report = client.get(PEOPLE, query).context["report"]
    seen = 0
    for row, line in zip(report.rows, report.blocks, strict=True):
        for column, block in zip(report.columns, line, strict=True):
            if block is None or not block.seats:
                continue
            page = client.get("/reports/people/trainings/", {**query, "at": [row.keys[0], column.keys[0]]})
            assert sum(one.part.seats for one in page.context["rows"]) == block.seats
            assert page.context["count"] == block.trainings
            seen += 1
    assert seen > 8
    whole = client.get("/reports/people/trainings/", query)
    assert sum(one.part.seats for one in whole.context["rows"]) == report.total.seats


def table_links(page):
    """Return for each line of a page's table, the total too, where each of its numbers leads and what it says."""
    body = squeezed(page.content.decode()).partition('<table class="report">')[2].partition("</table>")[0]
    for line in body.split("<tr>")[2:]:
        cells = re.findall(r'<td class="end number">(.*?)</td>', line)
        links = [re.match(r'<a href="(.*?)">(?:<b>)?([\d,]+)', cell) for cell in cells]
        yield [(unescape(link[1]), int(link[2].replace(",", ""))) if link else None for link in links]


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", [{"by": "year"}, {"by": "sex"}, {"by": "age_band"}, {"and_by": "course"}, {"by": "sex", "and_by": "year"}]
)
def test_each_number_of_a_line_opens_its_trainings(query, network, coordinator_me):
    client, seen = client_of(coordinator_me), 0
    for line in table_links(client.get(PEOPLE, {**query, "organisation": coordinator_me.organisation_id})):
        assert len(line) == 9
        assert line[-1]
        for place in (1, 2, 3, 4, 5, 8):  # the sexes, the seats, the trainings
            if line[place] is None:
                continue
            address, number = line[place]
            page = client.get(address)
            rows = page.context["rows"]
            assert (len(rows) if place == 8 else sum(row.part.seats for row in rows)) == number, (
                address,
                page.context["cell"],
            )
            seen += 1
    assert seen > 5


@pytest.mark.slow
def test_each_number_of_two_breakdowns_opens_its_trainings(network, coordinator_me):
    client, answer = client_of(coordinator_me), {"by": "rank_group", "and_by": "country", "count": "seats"}
    lines = list(table_links(client.get(PEOPLE, {**answer, "organisation": coordinator_me.organisation_id})))
    for address, number in [link for line in lines for link in line if link]:
        assert sum(row.part.seats for row in client.get(address).context["rows"]) == number, address
    assert None not in lines[-1]  # the totals of the columns and of all


@pytest.mark.slow
def test_lines_that_stand_together_open_the_trainings_of_all(network, observer):
    client, answer = client_of(observer), {"by": "quarter"}
    page = client.get(PEOPLE, answer)
    (row,) = [row for row in page.context["report"].rows if row.is_together]
    behind = client.get(next(line[0][0] for line in table_links(page) if line[0] and "%2C" in line[0][0]))
    assert (behind.context["count"], behind.context["is_wider"]) == (row.cell.trainings, False)
    assert behind.context["cell"] == ", ".join(row.members)


@pytest.mark.slow
def test_list_of_who_may_not_see_names_says_that_it_is_of_all(network, observer):
    page = client_of(observer).get(
        "/reports/people/trainings/", {"by": "year", "and_by": "rank_group", "at": ["2024", "nco"]}
    )
    assert (page.context["cell"], page.context["is_wider"], "here are all" in page.content.decode()) == (
        "2024",
        True,
        True,
    )


def test_observer_sees_trainings_behind_without_their_parts(counting, observer):
    page = client_of(observer).get("/reports/people/trainings/", {"by": "organisation"})
    assert [(one.training, one.part, one.opens_scans) for one in page.context["rows"]] == [(counting, None, False)]


@pytest.mark.slow
def test_ranks_do_not_tell_an_observer_which_trainings_their_people_came_to(network, observer):
    client = client_of(observer)
    everything = client.get("/reports/people/trainings/", {"by": "rank_group"}).context["count"]
    answer = client.get("/reports/people/trainings/", {"by": "rank_group", "at": "general"}).context["count"]
    assert answer == everything


@pytest.mark.parametrize("at", ["2026-13", "abc", "1-2-3", "99999-1", "-"])
def test_cell_that_is_none_is_not_found(at, counting, coordinator_me):
    query = {"by": "quarter", "at": at}
    assert client_of(coordinator_me).get("/reports/people/trainings/", query).status_code == 404


def test_more_cells_than_breakdowns_are_not_found(counting, coordinator_me):
    query = {"by": "year", "at": ["2025", "1", "2"]}
    assert client_of(coordinator_me).get("/reports/people/trainings/", query).status_code == 404


def test_command_refuses_who_is_no_member_and_what_cannot_be_asked(counting, coordinator_me):
    with pytest.raises(CommandError, match=r"No active member has the address nobody@mod\.example\."):
        call_command("figures", "--as", "nobody@mod.example")
    with pytest.raises(CommandError, match=r"The period ends before it starts\."):
        call_command("figures", "--as", coordinator_me.email, "--first", "2026-02-01", "--last", "2026-01-01")


def test_page_says_what_waits_to_be_submitted(counting, recorder_me):
    make_training(recorder_me)
    assert client_of(recorder_me).get(PEOPLE).context["waiting"] == 1
    assert client_of(recorder_me).get(PEOPLE, {"first": "2030-01-01"}).context["waiting"] == 0


def test_nobody_yet_is_an_empty_page_with_a_next_step(reference, coordinator_me):
    page = client_of(coordinator_me).get(PEOPLE)
    assert (page.status_code, "Nobody yet." in page.content.decode()) == (200, True)


def test_names_with_markup_are_words(counting, coordinator_me):
    Organisation.objects.filter(pk=counting.owner_id).update(short_name='<b onx="1">&"')
    text = client_of(coordinator_me).get(PEOPLE).content.decode()
    assert '<b onx="1">' not in text
    assert "&lt;b onx=&quot;1&quot;&gt;&amp;&quot;" in text


def test_reports_stand_in_the_navigation(counting, observer):
    assert reverse("reports:people") in client_of(observer).get("/").content.decode()


@pytest.mark.slow
def test_once_per_course_tells_who_is_verified_and_whom_nobody_knows(network, coordinator_me):
    """By that rule headcounts are no seats; a seat is verified where one training that gives it is."""
    answer = client_of(coordinator_me).get(PEOPLE, {"rule": "once", "organisation": coordinator_me.organisation_id})
    report, words = answer.context["report"], " ".join(answer.content.decode().split())
    assert report.headcounted
    assert report.verified_share
    assert f"{report.headcounted} counted by head stand beside · " in words
    assert "of them counted by head" not in words


def test_once_per_course_does_not_say_that_seats_add_up(reference, coordinator_me, recorder_me):
    """The same people complete the same course in two years: a seat in either, and one in all."""
    for first in (FIRST_DAY, date(2024, 3, 11)):
        training = make_training(recorder_me, first=first)
        make_roster(training, 6, recorder_me)
        mark_all(training, recorder_me)
        submit_figures(training=training, by=recorder_me)
    query = {"by": "year", "rule": "once", "organisation": coordinator_me.organisation_id}
    page = client_of(coordinator_me).get(PEOPLE, query)
    report, words = page.context["report"], " ".join(page.content.decode().split())
    assert (report.total.seats, [row.cell.seats for row in report.rows]) == (6, [6, 6])
    assert [said in words for said in ("those of seats do", "seats every time", "seats once in each course")] == [
        False,
        False,
        True,
    ]
