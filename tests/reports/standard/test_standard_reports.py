"""Packs: the same figures as the page, with what they mean, small numbers only where released, attacked as a whole."""

import io
from datetime import date
from itertools import product
from random import Random

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from audit.models import AuditEntry
from members.models import Organisation
from reports.models import Contribution, PackKind, Release
from reports.standard.content import TABLES, PackAsked, make_pack
from reports.standard.documents import pack_pdf
from tests.conftest import client_of, join
from tests.reports.networks import rows, write_network
from tests.reports.slow import SEXES
from tests.reports.test_attack import WORDS, Cell, truth_of
from trainings.counting import Question, figures
from trainings.models import Course

pytestmark = pytest.mark.django_db
PERIOD = {"first": "2023-01-01", "last": "2025-12-31"}
ALL = (date(2023, 1, 1), date(2025, 12, 31))


def workbook_of(member, **query):
    answer = client_of(member).post("/reports/packs/make/", {**PERIOD, **query})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet"), answer.status_code
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def cells_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.slow
@pytest.mark.parametrize("kind", PackKind.values)
def test_each_pack_is_a_tagged_pdf_and_a_workbook(kind, network, coordinator_me):
    home = coordinator_me.organisation_id
    body = {**PERIOD, "organisation": home, "kind": kind}
    answer = client_of(coordinator_me).post("/reports/packs/make/", body)
    content = answer.content
    assert (answer.status_code, content[:5], b"/MarkInfo" in content or b"/StructTreeRoot" in content) == (
        200,
        b"%PDF-",
        True,
    )
    book = workbook_of(coordinator_me, organisation=home, xlsx=kind)
    about = dict(row[:2] for row in cells_of(book["About"]) if row[0])
    total = figures(Question(organisation=home, first=ALL[0], last=ALL[1]))
    assert (about["Seats"], about["Small numbers"]) == (f"{total.seats:,}", "shown")
    assert {"Definitions", "How complete it is", "Period", "Counted", "Made"} <= about.keys()
    assert len(book.sheetnames) == {"nap": 6, "donor": 5}.get(kind, 2)
    assert AuditEntry.objects.filter(action="export_pack", is_reading=True).count() == 2


@pytest.mark.slow
def test_tables_of_a_pack_add_up_to_its_seats(network, coordinator_me):
    pack_query = PackAsked(PackKind.NAP, *ALL, coordinator_me.organisation)
    pack = make_pack(pack_query, by=coordinator_me)
    for table in pack.tables[:4]:
        seats = table.header.index("Seats")
        assert sum(row[seats] for row in table.rows[:-1]) == table.rows[-1][seats] > 0


@pytest.mark.slow
def test_targets_count_the_trainings_of_their_courses(network, coordinator_me):
    Contribution.objects.all().delete()
    courses = list(Course.objects.order_by("code")[:3])
    for course, target in ((courses[0], "5.1"), (courses[1], "5.1"), (courses[1], "5.5")):
        Contribution.objects.create(course=course, target=target)
    home = coordinator_me.organisation
    (table,) = make_pack(PackAsked(PackKind.SDG, *ALL, home), by=coordinator_me).tables
    query = Question(organisation=home.pk, first=ALL[0], last=ALL[1])
    by_course = [figures(Question(**{**vars(query), "course": course.pk})) for course in courses[:2]]
    results = {row[0][:3]: row[1:] for row in table.rows}
    assert results["5.1"][2] == by_course[0].seats + by_course[1].seats
    assert results["5.5"] == [
        by_course[1].trainings,
        by_course[1].people_at_least,
        by_course[1].seats,
        round(by_course[1].hours, 2),
    ]
    assert results["5.2"] == results["5.c"] == [0, 0, 0, 0]
    assert "never the value of its indicator" in table.note


@pytest.mark.slow
def test_observer_sees_small_numbers_only_where_released(network, coordinator_me, observer):
    home = coordinator_me.organisation
    pack_query = PackAsked(PackKind.NATO, *ALL, home)
    whole = make_pack(pack_query, by=coordinator_me)
    before = make_pack(pack_query, by=observer)
    assert before.tables != whole.tables
    body = {**PERIOD, "kind": "nato", "reason": "Agreed with the ministry"}
    assert client_of(coordinator_me).post("/reports/packs/releases/", body).status_code == 302
    after = make_pack(pack_query, by=observer)
    assert after.tables == whole.tables
    assert after.released.startswith(
        f"Small numbers of this ministry were released for this pack by {coordinator_me.full_name}"
    )
    assert after.released.endswith("Agreed with the ministry")
    for other in (
        PackAsked(PackKind.NAP, *ALL, home),
        PackAsked(PackKind.NATO, date(2023, 4, 1), ALL[1], home),
        PackAsked(PackKind.NATO, *ALL, None),
        PackAsked(PackKind.NATO, *ALL, Organisation.objects.get(code="RS")),
    ):
        assert make_pack(other, by=observer).released == ""
    client_of(coordinator_me).post(f"/reports/packs/releases/{Release.objects.get().pk}/withdraw/")
    assert make_pack(pack_query, by=observer).tables == before.tables


@pytest.mark.slow
def test_release_is_a_coordinators_of_that_ministry(network, coordinator_me, coordinator_rs, recorder_me, admin):
    body = {**PERIOD, "kind": "nato", "reason": "x"}
    for member in (recorder_me, admin):
        assert client_of(member).post("/reports/packs/releases/", body).status_code == 403
    client_of(coordinator_me).post("/reports/packs/releases/", body)
    again = client_of(coordinator_me).post("/reports/packs/releases/", body)
    assert again.context["form"].non_field_errors() == ["These numbers are released already."]
    release = Release.objects.get()
    assert (release.organisation, release.first, release.last) == (coordinator_me.organisation, *ALL)
    url = f"/reports/packs/releases/{release.pk}/withdraw/"
    assert client_of(coordinator_rs).post(url).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(
            organisation=release.organisation, kind="nato", first=ALL[0], last=ALL[1], made_by=coordinator_me
        )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"first": "2026-05-01", "last": "2026-04-30", "kind": "nato"}, "The period ends before it starts."),
        ({"first": "0001-01-01", "last": "9999-12-31", "kind": "nato"}, "Choose a day between 1990 and 9998."),
        ({**PERIOD, "kind": "nap"}, "A national action plan is of one country: choose its ministry."),
        ({**PERIOD, "kind": "iso"}, "Select a valid choice. iso is not one of the available choices."),
        ({"kind": "nato"}, "This field is required."),
    ],
)
def test_what_cannot_be_made_is_a_sentence(query, says, reference, coordinator_me):
    page = client_of(coordinator_me).post("/reports/packs/make/", query)
    texts = {str(error) for errors in page.context["form"].errors.values() for error in errors}
    assert (page.status_code, texts) == (422, {says})


def test_pack_is_of_a_ministry_or_of_all(reference, coordinator_me):
    """A host abroad keeps no people of its own: it is no choice, and a number of it none either."""
    host = Organisation.objects.create(
        code="host-x",
        name="Host X",
        short_name="Host X",
        kind=Organisation.Kind.HOST,
        country=coordinator_me.organisation.country,
    )
    client = client_of(coordinator_me)
    assert "Host X" not in client.get("/reports/packs/").content.decode()
    page = client.post("/reports/packs/make/", {**PERIOD, "organisation": host.pk, "kind": "donor"})
    assert (page.status_code, "Select a valid choice" in page.content.decode()) == (422, True)


def test_pack_of_nothing_is_still_a_document(reference, coordinator_me):
    pack_query = PackAsked(PackKind.DONOR, *ALL, None)
    pack = make_pack(pack_query, by=coordinator_me)
    assert pack_pdf(pack)[:5] == b"%PDF-"


def facts_of(pack, dimensions, cells: list[Cell], labels) -> list[tuple[set[Cell], int]]:
    """Every number of seats in the tables of a pack, with the cells it is the sum of."""
    facts = []
    for place, table in enumerate(pack.tables[: len(dimensions)]):
        for row in table.rows:
            said = f", {row[0].partition(': ')[2] if ' together: ' in row[0] else row[0]}, "
            names = [words for words in labels[place].values() if f", {words}, " in said]
            for words, value in zip(table.header, row, strict=True):
                sexes = SEXES if words == "Seats" else [WORDS[p] for p in words.split(" + ") if p in WORDS]
                if not sexes or not isinstance(value, int):
                    continue
                inside = {
                    c for c in cells if c[1] in sexes and (row[0] == "Total" or labels[place][c[0][place]] in names)
                }
                facts.append((inside, value))
    return facts


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.drill) for n in range(1, 6))])
def test_tables_of_one_pack_together_give_no_small_number_away(reference, seed):
    from reports.labels import labels_of
    from reports.lookups import read_things

    write_network(Random(seed), people=24, trainings=12)
    there, observer, things = rows(), join("ME", "Vidi", "Posmatrač", "observer"), read_things()
    for kind in (PackKind.NAP, PackKind.DONOR, PackKind.NATO):
        dimensions = TABLES[kind]
        org = Organisation.objects.get(code="RS") if kind == PackKind.NAP else None
        some = {
            k: [r for r in v if org is None or r["organisation"] == org.pk] if k != "pairs" else v
            for k, v in there.items()
        }
        there_are = truth_of(some, dimensions)
        # No page says which lines of one table meet lines of another, so the attack takes that all of them may.
        every = [sorted({cell[0][place] for cell in there_are}) for place in range(len(dimensions))]
        truth = {(keys, sex): there_are.get((keys, sex), 0) for keys in product(*every) for sex in SEXES}
        labels = []
        for place, name in enumerate(dimensions):
            words = labels_of(name, things)
            keys = {cell[0][place] for cell in truth}
            labels.append({key: words(tuple(map(int, key.split("-"))) if name == "quarter" else key) for key in keys})
        pack = make_pack(PackAsked(kind, *ALL, org), by=observer)
        facts = facts_of(pack, dimensions, sorted(truth), labels)
        wrong = [
            (sum(truth[c] for c in inside), n) for inside, n in facts if sum(truth[c] for c in inside) != n or 0 < n < 5
        ]
        assert (kind, wrong) == (kind, [])
        assert told_apart_in_margins(facts, truth, dimensions) == []


def told_apart_in_margins(facts, truth, dimensions) -> list[object]:
    """The attack on each line of each table, by sex and in all: smaller cells stand on no page."""
    from tests.trainings.disclosure.test_tables import bounds

    cells, told_apart = sorted(truth), []
    for place in range(len(dimensions)):
        for key in {cell[0][place] for cell in cells}:
            for sexes in (SEXES, *((sex,) for sex in SEXES)):
                some = {cell for cell in cells if cell[0][place] == key and cell[1] in sexes}
                n = sum(truth[cell] for cell in some)
                if 0 < n < 5:
                    least, most = bounds(facts, cells, some)
                    if least > 1 + 1e-6 or most < 5 - 1e-6:
                        told_apart.append((dimensions[place], key, sexes, n, least, most))
    return told_apart


@pytest.mark.slow
def test_words_of_a_document_say_where_its_numbers_come_from(network, coordinator_me):
    pack = make_pack(PackAsked(PackKind.DONOR, *ALL, None), by=coordinator_me)
    text = " ".join([*pack.definitions, *pack.completeness])
    for words in (
        "Attended: at least one mark",
        "women / (women + men + other)",
        "verified by a coordinator",
        "signed sheet attached",
    ):
        assert words in text


@pytest.mark.slow
def test_pack_by_once_per_course_puts_headcounts_beside_the_seats(network, coordinator_me):
    pack_query = PackAsked(PackKind.DONOR, *ALL, coordinator_me.organisation, "once")
    pack = make_pack(pack_query, by=coordinator_me)
    texts, text = pack.completeness, " ".join(pack.completeness)
    assert "each person once in a course, in each line anew" in " ".join(pack.definitions)
    assert "every time" not in " ".join(pack.definitions)
    assert "counted by head stand beside the seats" in text
    assert "of seats were counted by head" not in text
    assert int(texts[0].removesuffix(" % of seats are verified by a coordinator of the keeper.")) > 0
