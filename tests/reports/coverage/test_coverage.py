"""Coverage over the database: its numbers against a slow count of random networks, its page, its sheet, who sees what."""

import csv
from datetime import date
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEntry
from members.models import Organisation
from reports.coverage.rates import Target
from reports.coverage.report import CoverageQuery, cover
from reports.strengths.actions import Entry, save_strength
from reports.strengths.queries import read_strengths
from tests.conftest import client_of, join, make_roster, make_training, mark_all, person
from tests.trainings.test_counting import Network, networks, places, slow_figures, written
from trainings.figures.actions import submit_figures
from trainings.roster.actions import add_to_roster

pytestmark = pytest.mark.django_db
assert places  # the fixture is used by name

YEARS = (2022, 2023, 2024, 2025)
GROUPS = ("senior_officer", "nco", "soldier", "not_recorded")
cells = st.dictionaries(
    st.tuples(st.sampled_from(GROUPS), st.sampled_from(("female", "male", "not_recorded"))),
    st.integers(0, 40),
    min_size=1,
    max_size=6,
)


def slow_trained(network: Network, home: str, rule: str, year: int, group: str | None) -> int:
    """People of one home trained to the end of a year, at least."""
    events = [event for event in network.events if event.counts_in_figures and event.year <= year]
    named = [(e, s) for e in events for s in e.seats if s.person.home == home and group in (None, s.group)]
    counted = [(e, c) for e in events for c in e.counts if c.home == home and group in (None, c.group)]
    return slow_figures(network, rule, named, counted)["people_at_least"]


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    network=networks(),
    given_strengths=st.dictionaries(st.sampled_from(YEARS), cells, min_size=1),
    rule=st.sampled_from(("attended", "completed")),
    data=st.data(),
)
def test_coverage_is_that_of_a_slow_count(network, given_strengths, rule, data, places):
    home, year = places.homes["ME"], data.draw(st.sampled_from(sorted(given_strengths)))
    with written(network, places):
        for of_year, numbers in given_strengths.items():
            entry = Entry(of_year, "", date(of_year, 12, 31), "s", numbers)
            save_strength(organisation=home, entry=entry, version_seen=0, by=places.verifier)
        query = CoverageQuery(home, year, "rank_group", rule, Target(80, 2030), whole=True)
        results = cover(query, read_strengths(home.pk))
    assert (results.total.strength, results.total.trained) == (
        sum(given_strengths[year].values()),
        slow_trained(network, "ME", rule, year, None),
    )
    assert {one: (covered.strength, covered.trained) for one, covered in results.years.items()} == {
        one: (sum(numbers.values()), slow_trained(network, "ME", rule, one, None))
        for one, numbers in given_strengths.items()
    }
    words = {"Senior officer": "senior_officer", "NCO": "nco", "Soldier": "soldier", "Not recorded": "not_recorded"}
    for row in results.rows:
        group = words[row.label]
        said = [number for (one, _sex), number in given_strengths[year].items() if one == group]
        assert (row.covered.strength, row.covered.trained) == (
            sum(said) if said else None,
            slow_trained(network, "ME", rule, year, group),
        )


def strength(coordinator, year=2025, unit="", **numbers) -> None:
    numbers = numbers or {"nco": (12, 30), "soldier": (8, 40)}
    both = {(group, sex): n for group, pair in numbers.items() for sex, n in zip(("female", "male"), pair, strict=True)}
    entry = Entry(year, unit, date(year, 12, 31), "Statistički list", both)
    save_strength(organisation=coordinator.organisation, entry=entry, version_seen=0, by=coordinator)


@pytest.fixture
def covered(recorder_me, coordinator_me):
    """Ten NCOs of one battalion and three soldiers were trained in 2025; 42 and 48 there are."""
    training = make_training(recorder_me)
    home = training.owner
    rows = [person(n, home, rank_group="nco", unit="Bataljon, Bar") for n in range(10)]
    rows += [person(n, home, rank_group="soldier", unit="Četa, Kolašin") for n in range(10, 13)]
    add_to_roster(training=training, rows=rows, by=recorder_me)
    mark_all(training, recorder_me)
    submit_figures(training=training, by=recorder_me)
    strength(coordinator_me)
    return training


def table(answer) -> list[tuple]:
    results = answer.context["found"]
    return [(row.label, row.covered.strength, row.covered.trained, row.covered.gap) for row in results.rows]


def test_the_ministrys_own_see_every_line(covered, recorder_me, coordinator_me):
    for member in (recorder_me, coordinator_me):
        answer = client_of(member).get("/reports/coverage/")
        assert table(answer) == [("NCO", 42, 10, 32), ("Soldier", 48, 3, 45)]
        results = answer.context["found"]
        assert (results.total.strength, results.total.trained, results.need.missing, results.need.per_year) == (
            90,
            13,
            59,
            12,
        )


@pytest.mark.parametrize("name", ["observer", "admin", "coordinator_rs", "trainer_me"])
def test_others_see_small_lines_together(name, covered, request):
    home = covered.owner_id
    answer = client_of(request.getfixturevalue(name)).get(f"/reports/coverage/?ministry={home}")
    assert table(answer) == [("2 lines together", 90, 13, 77)]


@pytest.mark.slow
def test_units_are_for_the_ministrys_own(covered, coordinator_me, recorder_me, observer):
    strength(coordinator_me, unit="Баталјон, Бар", nco=(5, 25))
    home = covered.owner_id
    answer = client_of(recorder_me).get("/reports/coverage/?by=unit")
    assert table(answer) == [("Баталјон, Бар", 30, 10, 20), ("Other units, or none recorded", None, 3, None)]
    refused = client_of(observer).get(f"/reports/coverage/?ministry={home}&by=unit")
    assert (refused.status_code, b"\xd0\x91\xd0\xb0\xd1\x80" in refused.content) == (422, False)


@pytest.mark.slow
def test_a_year_of_units_alone_is_their_sum(covered, coordinator_me, recorder_me):
    strength(coordinator_me, year=2026, unit="A", nco=(5, 25))
    strength(coordinator_me, year=2026, unit="B", nco=(1, 9), civilian=(30, 0))
    answer = client_of(recorder_me).get("/reports/coverage/?year=2026").context["found"]
    assert (answer.total.strength, answer.is_from_units) == (70, True)
    strength(coordinator_me, year=2026, nco=(7, 70))
    answer = client_of(recorder_me).get("/reports/coverage/?year=2026").context["found"]
    assert (answer.total.strength, answer.is_from_units) == (77, False)


def test_more_trained_than_there_are_is_said(covered, coordinator_me):
    strength(coordinator_me, year=2026, nco=(2, 6))
    answer = client_of(coordinator_me).get("/reports/coverage/?year=2026")
    results = answer.context["found"]
    assert (results.total.share, results.total.gap, results.need.missing) == (13 / 8, 0, 0)
    assert "It is above 100" in answer.content.decode()


def test_the_sheet_holds_the_numbers_of_the_page_and_leaves_a_line(covered, observer):
    home = Organisation.objects.get(code="ME")
    answer = client_of(observer).post("/reports/coverage/sheet/", {"ministry": home.pk, "as": "csv"})
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[:9] for row in rows[1:4]] == [
        ["Montenegro", "Total", "2025", "90", "13", "0.1444", "77", "59", "12"],
        ["Rank group", "2 lines together: NCO, Soldier", "2025", "90", "13", "0.1444", "77", "59", "12"],
        ["Over the years", "Total", "2025", "90", "13", "0.1444", "77", "", ""],
    ]
    assert rows[5] == ["Strength: Statistički list, as on 2025-12-31."]
    line = AuditEntry.objects.latest("pk")
    assert (line.action, line.by, line.is_reading) == ("export_coverage", observer, True)


@pytest.mark.parametrize(
    "query",
    ["year=9999", "year=1", "by=ten", "rule=once", "target=0", "target=101", "target=x", "until=9999", "until=1", "ministry=999999",
     "ministry=x", "colour=red", "year=2025&year=2024", "year=٢٠٢٥", "year=2024", "until=99999999999999999999"],
)  # fmt: skip
def test_wrong_questions_get_a_sentence(query, covered, coordinator_me):
    answer = client_of(coordinator_me).get(f"/reports/coverage/?{query}")
    assert (answer.status_code, "found" in answer.context, bool(answer.context["form"].errors)) == (422, False, True)


def test_target_year_follows_the_year_where_2030_is_behind(coordinator_me):
    strength(coordinator_me, year=2031)
    answer = client_of(coordinator_me).get("/reports/coverage/").context["asked"]
    assert (answer.year, answer.target) == (2031, Target(80, 2036))


def test_without_strength_the_page_says_what_to_do(coordinator_me, observer):
    assert "/reports/coverage/strength/" in client_of(coordinator_me).get("/reports/coverage/").content.decode()
    page = client_of(observer).get("/reports/coverage/").content.decode()
    assert ("Its coordinators enter it" in page, "/reports/coverage/strength/" in page) == (True, False)


@pytest.mark.slow
def test_unsubmitted_and_other_ministries_people_do_not_count(covered, coordinator_me, recorder_rs):
    make_roster(make_training(recorder_rs), 8, recorder_rs, home=covered.owner)
    assert client_of(coordinator_me).get("/reports/coverage/").context["found"].total.trained == 13
    other = join("RS", "Vesna", "Druga", "coordinator")
    assert client_of(other).get(f"/reports/coverage/?ministry={covered.owner_id}").status_code == 200
