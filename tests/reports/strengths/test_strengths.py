"""Entering strengths: by form and from sheets, over the version that was seen, with what stood before in the record."""

import csv
import re
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.html import escape

from audit.models import AuditEntry
from common.sheets import harmless
from reports.models import Strength, StrengthCell
from reports.strengths.actions import Entry, import_strengths, save_strength
from tests.common.sheet_files import workbook
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
HOME = "/reports/coverage/strength/"
TYPED = {"year": "2025", "unit": "", "as_on": "2025-12-31", "source": "List", "n-nco-female": "12", "n-nco-male": "30"}
PASTED = "Godina\tKategorija\tPol\tBroj\n2025\tPodoficiri\tž\t14\n2025\tvojnik\tm\t1.200\n2024\tpotpukovnik\tm\t9"


@pytest.fixture
def browser(coordinator_me):
    return client_of(coordinator_me)


def numbers(**of) -> dict[tuple[str, str], int]:
    rows = StrengthCell.objects.filter(**of)
    return {(row.rank_group, row.sex): row.number for row in rows}


def test_entered_changed_and_removed_with_what_stood_before(browser, coordinator_me):
    assert browser.post(f"{HOME}new/", TYPED).status_code == 302
    made = Strength.objects.get()
    assert (made.organisation, made.version, numbers()) == (
        coordinator_me.organisation,
        1,
        {("nco", "female"): 12, ("nco", "male"): 30},
    )
    changed = {**TYPED, "version": "1", "n-nco-female": "13", "n-nco-male": "", "n-soldier-not_recorded": "0"}
    assert browser.post(f"{HOME}{made.pk}/", changed).status_code == 302
    assert numbers() == {("nco", "female"): 13, ("soldier", "not_recorded"): 0}
    line = AuditEntry.objects.latest("pk")
    assert (line.action, line.by, line.details["version"], line.free_text) == (
        "enter_strength",
        coordinator_me,
        2,
        {"NCO, Female": ["12", "13"], "NCO, Male": ["30", ""], "Soldier, Not recorded": ["", "0"]},
    )
    page = browser.get(f"{HOME}{made.pk}/").content.decode()
    assert ("<del>12</del>" in page, "Version 2" in page) == (True, True)
    assert "13 people" in browser.get(f"{HOME}{made.pk}/remove/").content.decode()
    assert browser.post(f"{HOME}{made.pk}/remove/", {"version": "2"}).status_code == 302
    assert (Strength.objects.count(), StrengthCell.objects.count()) == (0, 0)
    assert AuditEntry.objects.latest("pk").free_text["NCO, Female"] == ["13", ""]


def test_two_tabs_the_second_is_told(browser):
    browser.post(f"{HOME}new/", TYPED)
    made = Strength.objects.get()
    first = {**TYPED, "version": "1", "n-nco-female": "20"}
    browser.post(f"{HOME}{made.pk}/", first)
    answer = browser.post(f"{HOME}{made.pk}/", {**TYPED, "version": "1", "n-nco-female": "99"})
    assert (answer.status_code, numbers()["nco", "female"]) == (422, 20)
    assert "changed by somebody else meanwhile" in answer.content.decode()
    browser.post(f"{HOME}{made.pk}/remove/", {"version": "1"})
    assert Strength.objects.count() == 1


def test_the_same_click_again_enters_nothing_twice(browser):
    browser.post(f"{HOME}new/", TYPED)
    lines = AuditEntry.objects.count()
    answer = browser.post(f"{HOME}new/", TYPED)
    assert (answer.status_code, Strength.objects.count(), AuditEntry.objects.count()) == (422, 1, lines)
    assert "There is a strength of 2025 for this already" in answer.content.decode()
    # Another script is the same unit.
    browser.post(f"{HOME}new/", {**TYPED, "unit": "Bataljon Đurđevac"})
    assert browser.post(f"{HOME}new/", {**TYPED, "unit": "Баталјон  Ђурђевац"}).status_code == 422


def test_saving_what_stands_there_leaves_no_line(browser):
    browser.post(f"{HOME}new/", TYPED)
    lines = AuditEntry.objects.count()
    assert browser.post(f"{HOME}{Strength.objects.get().pk}/", {**TYPED, "version": "1"}).status_code == 302
    assert (AuditEntry.objects.count(), Strength.objects.get().version) == (lines, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("year", "1989"), ("year", "9999"), ("as_on", "0001-01-01"), ("as_on", "x"), ("source", ""), ("n-nco-male", "-1"),
     ("n-nco-male", "1000001"), ("n-nco-male", "1.5"), ("unit", "x" * 121)],
)  # fmt: skip
def test_wrong_input_gets_a_sentence_at_its_field(field, value, browser):
    answer = browser.post(f"{HOME}new/", {**TYPED, field: value})
    assert (answer.status_code, list(answer.context["form"].errors), Strength.objects.count()) == (422, [field], 0)


def test_a_new_year_begins_with_the_numbers_of_another(browser, coordinator_rs):
    browser.post(f"{HOME}new/", {**TYPED, "year": "2024", "as_on": "2024-02-29"})
    pk = Strength.objects.get().pk
    page = browser.get(f"{HOME}new/?like={pk}").content.decode()
    assert ('value="2025"' in page, 'value="2025-02-28"' in page, 'value="12"' in page) == (True, True, True)
    # Another ministry's table begins nothing.
    assert 'value="12"' not in client_of(coordinator_rs).get(f"{HOME}new/?like={pk}").content.decode()


def preview(browser, **sent):
    return browser.post(f"{HOME}import/", {"source": "Sheet", **sent})


def kept_entries(answer) -> str:
    return re.search(r'name="plan" value="([^"]+)"', answer.content.decode())[1]


def test_a_pasted_table_is_shown_then_taken_in(browser):
    browser.post(f"{HOME}new/", TYPED)
    answer = preview(browser, rows=PASTED)
    assert (answer.status_code, Strength.objects.count(), answer.context["numbers"], answer.context["changed"]) == (
        200,
        1,
        3,
        3,
    )
    lines = AuditEntry.objects.count()
    assert browser.post(f"{HOME}import/", {"plan": kept_entries(answer)}).status_code == 302
    assert numbers(strength__year=2025) == {("nco", "female"): 14, ("nco", "male"): 30, ("soldier", "male"): 1200}
    assert numbers(strength__year=2024) == {("senior_officer", "male"): 9}
    line = AuditEntry.objects.latest("pk")
    assert (AuditEntry.objects.count(), line.action, line.details) == (
        lines + 1,
        "import_strengths",
        {"tables": 2, "years": [2024, 2025]},
    )
    assert (line.free_text["2025: NCO, Female"], line.free_text["2024: Senior officer, Male"]) == (
        ["12", "14"],
        ["", "9"],
    )
    page = browser.get(f"{HOME}{Strength.objects.get(year=2025).pk}/")
    assert [
        [change for change in entry["changes"] if change[0].startswith("NCO")] for entry in page.context["former"]
    ] == [
        [("NCO, Female", "12", "14")],
        [("NCO, Female", "", "12"), ("NCO, Male", "", "30")],
    ]
    # Back and the same again: refused, as what was seen is no longer there; nothing twice.
    browser.post(f"{HOME}import/", {"plan": kept_entries(answer)})
    assert AuditEntry.objects.count() == lines + 1


def test_a_workbook_and_a_csv_file_are_taken_in(browser):
    rows = [["Brojno stanje"], [], ["Godina", "Čin", "Jedinica", "Žene", "Muškarci"], [2025, "vodnik", "Bar", 3, 20],
            [2025, "vojnik", "Bar", 5, None], ["Ukupno", None, None, 8, 20]]  # fmt: skip
    file = SimpleUploadedFile("s.xlsx", workbook(*rows))
    answer = preview(browser, file=file)
    assert (answer.status_code, answer.context["wrong"]) == (200, [])
    browser.post(f"{HOME}import/", {"plan": kept_entries(answer)})
    assert numbers(strength__unit="Bar") == {("nco", "female"): 3, ("nco", "male"): 20, ("soldier", "female"): 5}
    file = SimpleUploadedFile("s.csv", "година;категорија;пол;број\n2023;цивили;ж;77".encode("cp1251"))
    browser.post(f"{HOME}import/", {"plan": kept_entries(preview(browser, file=file))})
    assert numbers(strength__year=2023) == {("civilian", "female"): 77}


def test_rows_that_are_not_understood_are_left_out_on_purpose_only(browser):
    answer = preview(
        browser, rows=f"{PASTED}\n2025\tkapetan bojnog broda\tž\t4\n2025\tciviles\tž\tmnogo\n1889\tcivil\tž\t4"
    )
    assert [row for row, _words in answer.context["wrong"]] == [5, 6, 7]
    browser.post(f"{HOME}import/", {"plan": kept_entries(answer), "without_wrong": "1"})
    assert Strength.objects.count() == 0
    browser.post(f"{HOME}import/", {"plan": kept_entries(answer), "without_wrong": "1", "leave_out": "1"})
    assert Strength.objects.count() == 2


def test_a_plan_of_somebody_else_or_changed_is_refused(browser, coordinator_rs):
    plan = kept_entries(preview(browser, rows=PASTED))
    for who, sent in ((client_of(coordinator_rs), plan), (browser, plan[:-3] + "abc"), (browser, "")):
        assert who.post(f"{HOME}import/", {"plan": sent}).status_code == 302
    assert Strength.objects.count() == 0


def test_what_changed_since_the_preview_stops_all_of_it(browser, coordinator_me):
    browser.post(f"{HOME}new/", TYPED)
    plan = kept_entries(preview(browser, rows=PASTED))
    browser.post(f"{HOME}{Strength.objects.get().pk}/", {**TYPED, "version": "1", "n-nco-female": "50"})
    browser.post(f"{HOME}import/", {"plan": plan})
    assert (Strength.objects.count(), numbers()["nco", "female"]) == (1, 50)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("a\tb\n1\t2", "No table of strengths"),
        ("Kategorija\tBroj\nNCO\t5", "no column “Year”"),
        ("Godina\tPol\tBroj", "is empty"),
    ],
)
def test_what_is_no_table_gets_a_sentence(rows, words, browser):
    answer = preview(browser, rows=rows)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_the_year_of_the_form_counts_where_the_table_has_none(browser):
    answer = preview(browser, rows="Kategorija\tBroj\nPodoficir\t500", year="2022", as_on="2022-06-30")
    browser.post(f"{HOME}import/", {"plan": kept_entries(answer)})
    made = Strength.objects.get()
    assert (made.year, made.as_on, numbers()) == (2022, date(2022, 6, 30), {("nco", "not_recorded"): 500})


def test_no_table_is_written_where_one_is_refused(coordinator_me):
    home, cells = coordinator_me.organisation, {("nco", "male"): 5}
    entries = [Entry(2024, "", date(2024, 12, 31), "s", cells), Entry(2025, "", date(2025, 12, 31), "s", cells)]
    save_strength(organisation=home, entry=entries[1], version_seen=0, by=coordinator_me)
    with pytest.raises(ValidationError):
        import_strengths(organisation=home, entries=entries, seen={}, by=coordinator_me)
    assert [row.year for row in Strength.objects.all()] == [2025]


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": 1989},
        {"year": 2101},
        {"source": ""},
        {"unit": "A"},
        {"unit_key": "a"},
        {"number": 1_000_001},
        {"twice": True},
    ],
)
def test_the_database_holds_what_a_strength_is(wrong, coordinator_me):
    facts = {"organisation": coordinator_me.organisation, "year": 2025, "as_on": date(2025, 12, 31), "source": "s",
             "changed_by": coordinator_me}  # fmt: skip
    number, twice = wrong.pop("number", 5), wrong.pop("twice", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        made = Strength.objects.create(**{**facts, **wrong})
        StrengthCell.objects.create(strength=made, rank_group="nco", sex="male", number=number)
        if twice:
            Strength.objects.create(**facts)
    assert Strength.objects.create(**facts).version == 1


def test_coordinators_of_ministries_alone_enter(coordinator_me, coordinator_rs, admin, recorder_me):
    save_strength(
        organisation=coordinator_me.organisation,
        entry=Entry(2025, "", date(2025, 12, 31), "s", {("nco", "male"): 5}),
        version_seen=0,
        by=coordinator_me,
    )
    pk = Strength.objects.get().pk
    for other in (coordinator_rs, admin, recorder_me):
        assert client_of(other).post(f"{HOME}{pk}/remove/", {"version": 1}).status_code == 404
    assert [client_of(other).get(HOME).status_code for other in (coordinator_rs, admin, recorder_me)] == [200, 403, 403]
    admin.roles.add("coordinator")  # of the secretariat, which has no strength
    assert client_of(admin).get(HOME).status_code == 403


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% now %}", "=1+1", "’; DROP TABLE"],
)
def test_hostile_units_and_sources_come_out_as_they_were_typed(words, browser, recorder_me):
    browser.post(f"{HOME}new/", {**TYPED, "unit": words, "source": words})
    made = Strength.objects.get()
    assert (made.unit, made.source) == (words, words)
    plan = preview(browser, rows=f"Godina\tJedinica\tKategorija\tBroj\n2025\t{words}\tNCO\t7", source=words)
    urls = [
        HOME,
        f"{HOME}{made.pk}/",
        f"{HOME}{made.pk}/remove/",
        f"{HOME}new/?like={made.pk}",
        "/reports/coverage/?by=unit",
    ]
    pages = [plan.content.decode(), *(browser.get(url).content.decode() for url in urls)]
    for page in pages:
        assert (escape(words) in page, "<script>alert" in page or "<img src=x" in page) == (True, False)
    sheet = client_of(recorder_me).post("/reports/coverage/sheet/", {"by": "unit", "as": "csv"})
    cells = [
        cell for row in csv.reader(StringIO(b"".join(sheet.streaming_content).decode("utf-8-sig"))) for cell in row
    ]
    assert (harmless(words) in cells, [cell for cell in cells if cell.startswith("=")]) == (True, [])
