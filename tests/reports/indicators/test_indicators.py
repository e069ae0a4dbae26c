"""Indicators: beside each other, never overwritten, with source and reason; entered for one's own ministry alone."""

import csv
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from members.models import Organisation
from reports.indicators.actions import correct_indicator
from reports.models import IndicatorValue
from tests.conftest import client_of, make_roster, make_training, mark_all
from tests.markup import squeezed
from trainings.figures.actions import submit_figures

pytestmark = pytest.mark.django_db
PAGE = "/reports/indicators/"


@pytest.fixture
def home(reference):
    return Organisation.objects.get(code="ME")


@pytest.fixture
def browser(coordinator_me):
    return client_of(coordinator_me)


def share(home, **facts) -> dict[str, str]:
    return {"organisation": str(home.pk), "indicator": "women", "year": "2023", "share": "11.5",
            "definition": "All", "source": "Survey", **facts}  # fmt: skip


def baseline(home) -> IndicatorValue:
    return IndicatorValue.objects.get(reference_key="ME-women-2023", organisation=home)


def test_the_baselines_come_with_the_portal(reference):
    values = IndicatorValue.objects.filter(entered_by=None).order_by("reference_key")
    assert [(v.reference_key, v.year, v.share and str(v.share), v.women) for v in values] == [
        ("BA-ncos-2023", 2023, "4.90", 127), ("BA-officers-2023", 2023, "6.70", 120), ("BA-soldiers-2023", 2023, "11.10", 427),
        ("BA-women-2023", 2023, "8.20", None), ("ME-action-plan-page", None, None, None), ("ME-officers-page", None, "9.75", None),
        ("ME-women-2023", 2023, "10.77", None), ("MK-women-2023", 2023, "10.66", None), ("RS-women-2023", 2023, "10.59", None),
    ]  # fmt: skip
    assert [v.reference_key for v in values if not v.source] == []
    assert [v.reference_key for v in values if v.share is not None and not v.definition] == []


def test_a_corrected_baseline_stays_replaced_when_reference_data_is_loaded_again(home, browser):
    old = baseline(home)
    browser.post(f"{PAGE}{old.pk}/correct/", share(home, share="10.80", reason="A slip"))
    call_command("load_reference", verbosity=0)
    assert (IndicatorValue.objects.count(), baseline(home).replaced_by.reason) == (10, "A slip")


def test_sources_that_disagree_stand_beside_each_other(home, browser, observer):
    assert browser.post(f"{PAGE}share/", share(home, share="11,5 %", women="")).status_code == 302
    answer = client_of(observer).get(PAGE)
    matrix = answer.context["matrix"]
    at = [ministry.code for ministry in matrix.ministries].index("ME")
    assert [[str(value.share) for value in places[at]] for year, places in matrix.lines if year == 2023] == [
        ["10.77", "11.50"]
    ]
    assert (answer.context["disagreeing"], "sources disagree" in answer.content.decode()) == (1, True)
    line = AuditEntry.objects.filter(is_reading=False).latest("pk")
    assert (line.action, line.free_text["source"], line.free_text["share"]) == ("add_indicator", "Survey", "11.50")


def test_the_same_click_again_adds_nothing(home, browser):
    browser.post(f"{PAGE}share/", share(home))
    answer = browser.post(f"{PAGE}share/", share(home))
    assert (answer.status_code, IndicatorValue.objects.filter(source="Survey").count()) == (422, 1)
    assert "stands there already" in answer.content.decode()


def test_a_correction_is_a_new_value_and_the_old_one_is_never_changed(home, browser, coordinator_me):
    old = baseline(home)
    before = IndicatorValue.objects.filter(pk=old.pk).values().get()
    assert (
        browser.post(f"{PAGE}{old.pk}/correct/", share(home, share="10.70", reason="Printed wrongly")).status_code
        == 302
    )
    assert IndicatorValue.objects.filter(pk=old.pk).values().get() == before
    new = IndicatorValue.objects.get(replaces=old)
    assert (str(new.share), new.reason, new.entered_by) == ("10.70", "Printed wrongly", coordinator_me)
    page = browser.get(PAGE)
    assert [value.pk for value in page.context["values"].former] == [old.pk]
    assert "Printed wrongly" in page.content.decode()
    # In another tab, and Back: the value that was replaced is corrected no more.
    for verb in ("correct", "withdraw"):
        assert browser.post(f"{PAGE}{old.pk}/{verb}/", share(home, share="9", reason="x")).status_code == 302
    assert IndicatorValue.objects.filter(organisation=home, year=2023).count() == 2
    with pytest.raises(ValidationError, match="meanwhile"):
        correct_indicator(
            old=old,
            value=IndicatorValue(organisation=home, indicator="women", share=1, source="s"),
            reason="x",
            by=coordinator_me,
        )


def test_a_correction_without_a_reason_or_a_change_is_refused(home, browser):
    old = baseline(home)
    same = share(home, share="10.77", source=old.source, definition=old.definition)
    for sent in ({**same, "reason": ""}, {**same, "reason": "x"}):
        assert browser.post(f"{PAGE}{old.pk}/correct/", sent).status_code == 422
    assert IndicatorValue.objects.filter(replaces=old).count() == 0


def test_a_withdrawn_value_is_read_below_with_its_reason(home, browser):
    old = baseline(home)
    assert browser.post(f"{PAGE}{old.pk}/withdraw/", {"reason": "Of another army"}).status_code == 302
    page = browser.get(PAGE)
    values = page.context["values"]
    assert ([v.pk for v in values.former], home.pk in {v.organisation_id for v in values.shares}) == ([old.pk], False)
    assert "Of another army" in page.content.decode()
    assert browser.get(f"{PAGE}{old.replaced_by.pk}/correct/").status_code == 404


def test_year_not_stated_stands_last_and_in_no_chart(browser):
    answer = browser.get(f"{PAGE}?indicator=women_officers")
    assert [year for year, _places in answer.context["matrix"].lines] == [2023, None]
    assert "year not stated" in answer.content.decode()


def test_trainings_of_a_year_are_those_that_count(home, browser, recorder_me, recorder_rs):
    for recorder in (recorder_me, recorder_rs):
        training = make_training(recorder)
        make_roster(training, 2, recorder)
        mark_all(training, recorder)
        submit_figures(training=training, by=recorder)
    make_training(recorder_me)  # not submitted
    assert dict(browser.get(PAGE).context["years"])[2025] == 2
    answer = browser.get(f"{PAGE}?ministry={home.pk}")
    assert dict(answer.context["years"])[2025] == 1
    assert "does not say that it is its cause" in answer.content.decode()


def test_a_policy_with_its_document(home, browser):
    sent = {"organisation": str(home.pk), "indicator": "harassment", "is_there": "yes", "title": "Procedure",
            "since": "2022-02-08", "document": "https://mod.example/p.pdf", "source": "Official gazette"}  # fmt: skip
    assert browser.post(f"{PAGE}fact/", sent).status_code == 302
    assert '<a href="https://mod.example/p.pdf" rel="noopener noreferrer">' in squeezed(
        browser.get(PAGE).content.decode()
    )
    # What is no address is no link.
    browser.post(f"{PAGE}fact/", {**sent, "document": "javascript:alert(1)", "title": "Another"})
    assert 'href="javascript' not in browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("share", "101"), ("share", "-1"), ("share", "x"), ("share", "9.755"), ("share", "NaN"), ("year", "9999"), ("women", "3"),
     ("source", ""), ("definition", ""), ("indicator", "mechanism"), ("organisation", "0")],
)  # fmt: skip
def test_wrong_input_gets_a_sentence_at_its_field(field, value, home, browser):
    before = IndicatorValue.objects.count()
    answer = browser.post(f"{PAGE}share/", share(home, **{field: value}))
    assert (answer.status_code, list(answer.context["form"].errors), IndicatorValue.objects.count()) == (
        422,
        [field],
        before,
    )


def test_coordinators_enter_for_their_own_ministry_and_admins_for_all(home, coordinator_rs, admin, recorder_me):
    old, before = baseline(home), IndicatorValue.objects.count()
    foreign = client_of(coordinator_rs)
    assert foreign.post(f"{PAGE}share/", share(home)).status_code == 422
    assert foreign.post(f"{PAGE}{old.pk}/correct/", share(home, reason="x")).status_code == 403
    assert foreign.post(f"{PAGE}{old.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert client_of(recorder_me).post(f"{PAGE}share/", share(home)).status_code == 403
    assert IndicatorValue.objects.count() == before
    assert client_of(admin).post(f"{PAGE}{old.pk}/correct/", share(home, reason="x")).status_code == 302


def test_the_sheet_has_every_value_and_leaves_a_line(home, browser, coordinator_me):
    browser.post(f"{PAGE}{baseline(home).pk}/withdraw/", {"reason": "Of another army"})
    answer = browser.post(f"{PAGE}sheet/", {"as": "csv", "ministry": home.pk})
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row[1], row[2], row[3], row[5], row[14], row[15]) for row in rows[1:]] == [
        ("National action plan (UNSCR 1325)", "not stated", "", "yes", "stands", ""),
        ("Women in the armed forces as a whole", "2023", "10.77", "", "withdrawn", "Of another army"),
        ("Women among officers", "not stated", "9.75", "", "stands", ""),
    ]  # fmt: skip
    line = AuditEntry.objects.latest("pk")
    assert (line.action, line.by, line.is_reading) == ("export_indicators", coordinator_me, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": None}, {"share": 101}, {"is_there": True}, {"since": "2020-01-01"}, {"year": 1989}, {"source": ""}, {"reason": "x"},
        {"women": 3}, {"is_withdrawn": True}, {"indicator": "mechanism"}, {"indicator": "hr_policy", "share": None},
        {"replaces": "old"}, {"indicator": "mechanism", "share": None, "is_there": True, "women": 10},
    ],
)  # fmt: skip
def test_the_database_holds_what_a_value_is(wrong, home):
    facts = {"organisation": home, "indicator": "women", "share": 10, "source": "s"}
    if wrong.get("replaces"):
        wrong = {"replaces": baseline(home)}
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorValue.objects.create(**{**facts, **wrong})
    assert IndicatorValue.objects.create(**facts).pk


def test_a_value_is_replaced_once(home):
    old = baseline(home)
    facts = {"organisation": home, "indicator": "women", "share": 10, "source": "s", "replaces": old, "reason": "x"}
    IndicatorValue.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorValue.objects.create(**facts)


def test_what_indicators_cannot_be_asked_is_a_sentence(reference, observer):
    answer = client_of(observer).get(PAGE, {"year": "2023"})
    assert (answer.status_code, "Nothing can be asked by “year”." in answer.content.decode()) == (422, True)
