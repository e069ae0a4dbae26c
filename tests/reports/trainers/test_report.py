"""The trainers' report as its readers see it: filters, order, what is behind a number, the sheet and the portfolio."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from audit.sentences import sentence
from common import pdf
from knowledge.models import Material, MaterialVersion, Post
from members.models import Language, Member
from reports.trainers.portfolio import portfolio_pdf
from tests.conftest import client_of, join, make_roster, make_training, mark_all, profile_of
from trainers.actions import change_profile
from trainers.models import Topic, TrainerProfile
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import Assignment, Training

pytestmark = pytest.mark.django_db
PAGE = "/reports/trainers/"


def delivered(by, trainers, people=6, first=date(2025, 3, 10), observer=None, **facts):
    """Make a submitted training of two days."""
    training = make_training(by, 2, first, trainers, **facts)
    if observer:
        Assignment.objects.create(training=training, trainer=profile_of(observer), part="observer")
    make_roster(training, people, by)
    mark_all(training, by)
    submit_figures(training=training, by=by)
    return training


@pytest.fixture
def taught(recorder_me, recorder_rs, trainer_me, trainer_rs):
    """Tanja leads twice at home, once in Georgia and once online with Todor, who observes once more and is long idle."""
    recent = timezone.localdate().replace(day=1) - timedelta(days=60)
    recent = recent.replace(day=5)
    return [
        delivered(recorder_me, (trainer_me,), first=recent),
        delivered(recorder_me, (trainer_me,), observer=trainer_rs, first=date(2024, 5, 6)),
        delivered(recorder_me, (trainer_me,), people=3, first=date(2023, 2, 6), country_id="GE", place="Tbilisi"),
        delivered(recorder_rs, (trainer_me, trainer_rs), first=date(2022, 2, 7), mode="online"),
    ]


def lines(answer):
    return {line.name: line for line, _current, _may in answer.context["rows"]}


@pytest.mark.slow
def test_lines_say_what_each_delivered(taught, observer, trainer_me, trainer_rs):
    answer = client_of(observer).get(PAGE)
    tanja, todor = (lines(answer)[name] for name in ("Tanja Trenerić", "Todor Trenerović"))
    assert (tanja.delivered, tanja.lead, tanja.co_trainer, tanja.observed, tanja.hours, tanja.abroad) == (
        4,
        4,
        0,
        0,
        48,
        1,
    )
    assert (tanja.country_names, tanja.served_in) == (["Georgia", "Montenegro"], ["Georgia"])
    assert (todor.delivered, todor.co_trainer, todor.observed, todor.last) == (1, 1, 1, date(2022, 2, 8))
    assert [current for _line, current, _may in answer.context["rows"]] == [True, False]
    total = answer.context["total"]
    assert (total.delivered, total.different_trainings, total.hours, total.current) == (5, 4, 60, 1)


def test_what_does_not_count_is_not_delivered(taught, observer, coordinator_me, recorder_me):
    Training.objects.filter(pk=taught[0].pk).update(cancelled_at=timezone.now())
    Training.objects.filter(pk=taught[1].pk).update(figures="recorded", submitted_by=None)
    assert lines(client_of(observer).get(PAGE))["Tanja Trenerić"].delivered == 2


@pytest.mark.slow
def test_report_is_narrowed_and_sorted(taught, observer, trainer_me, trainer_rs):
    language, topic = Language.objects.order_by("pk").first(), Topic.objects.order_by("pk").first()
    change_profile(profile=profile_of(trainer_me), languages=[language], topics=[], by=trainer_me)
    change_profile(profile=profile_of(trainer_rs), languages=[], topics=[topic], by=trainer_rs)
    client, tanja, todor = client_of(observer), "Tanja Trenerić", "Todor Trenerović"
    wanted = {
        f"?ministry={trainer_rs.organisation_id}": [todor], f"?language={language.pk}": [tanja], f"?topic={topic.pk}": [todor],
        "?not_current=on": [todor], f"?not_current=on&language={language.pk}": [], "?sort=-name": [todor, tanja],
        "?sort=delivered": [todor, tanja], "?sort=last": [todor, tanja], "?sort=-last": [tanja, todor], "?sort=x": [tanja, todor],
    }  # fmt: skip
    assert {asked: list(lines(client.get(PAGE + asked))) for asked in wanted} == wanted


def test_period_counts_trainings_and_not_when_last_delivered(taught, observer, trainer_me):
    answer = client_of(observer).get(PAGE, {"first": "2023-01-01", "last": "2024-12-31"})
    tanja, todor = lines(answer).values()
    assert (tanja.delivered, todor.delivered, todor.observed, todor.last) == (2, 0, 1, date(2022, 2, 8))


def test_wrong_questions_are_answered_with_a_sentence(trainer_me, observer):
    client = client_of(observer)
    for query in (
        {"first": "2024-01-02", "last": "2024-01-01"},
        {"first": "9999-01-01"},
        {"first": "x"},
        {"ministry": "x"},
        {"topic": "99999"},
        {"language": "xx"},
        {"nothing": "1"},
        {"trainer": "1"},
        {"left": "on"},
    ):
        answer = client.get(PAGE, query)
        assert (answer.status_code, b"form-errors" in answer.content, "rows" in answer.context) == (422, True, False), (
            query
        )
        if not query.keys() & {"nothing", "trainer"}:  # what its form does not send, the sheet does not read
            assert client.post(f"{PAGE}sheet/", query).status_code == 422
    assert AuditEntry.objects.filter(action="export_trainers").count() == 0


@pytest.mark.slow
def test_number_opens_as_many_trainings(taught, observer, trainer_me):
    client, behind = client_of(observer), f"{PAGE}{profile_of(trainer_me).slug}/trainings/"
    wanted = {"": 4, "lead": 4, "co_trainer": 0, "observer": 0, "abroad": 1}
    assert {what: len(client.get(behind, {"what": what}).context["rows"]) for what in wanted} == wanted
    assert client.get(behind).context["own"] is None
    for query in ({"what": "rubbish"}, {"first": "9999-09-09"}, {"x": "1"}):
        assert client.get(behind, query).status_code == 404


def test_staff_are_led_to_their_own_peoples_figures(taught, recorder_rs, trainer_me):
    profile = profile_of(trainer_me)
    html = client_of(recorder_rs).get(f"{PAGE}{profile.slug}/trainings/").content.decode()
    wanted = f"/reports/people/?by=course&amp;trainer={profile.pk}&amp;organisation={recorder_rs.organisation_id}"
    assert html.count(wanted) == 1


def test_who_left_is_told_where_members_are_managed(cast, trainer_me, trainer_rs):
    Member.objects.filter(pk=trainer_me.pk).update(is_active=False)
    slug = profile_of(trainer_me).slug
    for name, texts in (("coordinator_me", True), ("admin", True), ("coordinator_rs", False), ("recorder_me", None)):
        client = client_of(cast[name])
        assert list(lines(client.get(PAGE))) == ["Todor Trenerović"]
        answer = client.get(PAGE, {"left": "on"})
        assert (answer.status_code == 422) is (texts is None)
        assert texts is None or ("Tanja Trenerić" in lines(answer)) is texts
        pages = [f"{PAGE}{slug}/trainings/", f"{PAGE}{slug}/portfolio.pdf"]
        assert [client.get(page).status_code for page in pages] == [200 if texts else 404] * 2, name


def test_sheet_is_the_report_and_is_recorded(taught, observer):
    client = client_of(observer)
    answer = client.post(f"{PAGE}sheet/", {"as": "csv", "sort": "-delivered", "first": "2023-01-01"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[:7] for row in rows[1:]] == [
        ["Tanja Trenerić", "Montenegro", "3", "3", "0", "0", "36.0"],
        ["Todor Trenerović", "Serbia", "0", "0", "0", "1", "0.0"],
        ["Total", "", "3", "3", "0", "1", "36.0"],
    ]
    line = AuditEntry.objects.get(action="export_trainers")
    assert (line.is_reading, line.by, line.details, sentence(line, with_text=False)) == (
        True,
        observer,
        {"trainers": 2},
        "took the trainers’ report along (2 trainers).",
    )
    book = client.post(f"{PAGE}sheet/", {"as": "xlsx"})
    assert book["Content-Disposition"] == 'attachment; filename="trainers.xlsx"'
    book.close()


def test_heads_sort_both_ways_and_say_so(taught, observer):
    heads = client_of(observer).get(PAGE, {"sort": "-hours"}).context["heads"]
    assert (heads["hours"], heads["name"], heads["last"]) == (
        ("descending", "hours"),
        ("none", "name"),
        ("none", "-last"),
    )
    assert client_of(observer).get(PAGE).context["heads"]["name"] == ("ascending", "-name")


@pytest.mark.slow
def test_report_takes_as_many_queries_for_many_trainers(taught, observer, recorder_me, django_assert_num_queries):
    client = client_of(observer)
    client.get(PAGE)
    for n in range(60):
        join("ME", "Još", f"Jedna{n}", "trainer")
    for profile in TrainerProfile.objects.all():
        Assignment.objects.get_or_create(training=taught[0], trainer=profile)
    # session, member with roles, the things to choose from, trainers, assignments, materials
    with django_assert_num_queries(6):
        page = client.get(PAGE, {"page": "2"})
    assert (len(page.context["rows"]), page.context["total"].delivered) == (12, 66)


def test_directory_counts_what_was_delivered_and_nothing_observed(taught, observer, trainer_rs):
    client = client_of(observer)
    answer = client.get(profile_of(trainer_rs).get_absolute_url())
    assert (answer.context["assignments"].paginator.count, answer.context["countries"]) == (1, [])
    assert b"1 training delivered" in client.get("/trainers/?q=Todor").content


# Deployments and what was shared


def shared_file(by, **facts):
    """Share a file in a published post, from May 2024 on unless said otherwise; facts of the post but `added_at` and `withdrawn`."""
    day = datetime(2024, 5, 6, 12, tzinfo=UTC)
    added, withdrawn = facts.pop("added_at", day), facts.pop("withdrawn", False)
    post = Post.objects.create(**{
        "kind": "material", "title": "Pismo", "slug": f"pismo-{Post.objects.count()}", "language_id": "en", "author": by,
        "organisation": by.organisation, "published_at": day, **facts,
    })  # fmt: skip
    material = Material.objects.create(post=post, title="Vežba", language_id="en", added_by=by, added_at=added)
    gone = {"withdrawn_at": day, "withdrawn_by": by, "withdrawn_reason": "x"} if withdrawn else {}
    MaterialVersion.objects.create(
        material=material,
        number=1,
        stored=str(material.pk),
        name="a.pdf",
        kind="application/pdf",
        size=1,
        checksum="0" * 64,
        added_by=by,
        **gone,
    )
    return material


@pytest.mark.slow
def test_materials_are_what_was_published_and_the_reader_may_open(cast, trainer_me, coordinator_me, trainer_rs):
    now = timezone.now()
    hidden = {"hidden_at": now, "hidden_by": coordinator_me, "hidden_reason": "x"}
    for facts in ({}, {"reach": "public"}, {"reach": "ministry"}, {"published_at": None}, {"withdrawn": True}, hidden):
        shared_file(trainer_me, **facts)
    Material.objects.filter(pk=shared_file(trainer_me).pk).update(removed_at=now)
    shared_file(trainer_rs)

    def table_of(name, **query):
        answer = lines(client_of(cast[name]).get(PAGE, query))
        return [answer[who].materials for who in ("Tanja Trenerić", "Todor Trenerović")]

    readers = ("observer", "trainer_rs", "trainer_me", "coordinator_me", "admin")
    assert [table_of(name) for name in readers] == [[2, 1], [2, 1], [3, 1], [3, 1], [2, 1]]
    behind = client_of(cast["observer"]).get(f"{PAGE}{profile_of(trainer_me).slug}/trainings/")
    assert (len(behind.context["materials"]), b"2 materials shared" in behind.content) == (2, True)


def test_materials_are_shared_once_file_and_post_are_there(observer, trainer_me):
    june = datetime(2024, 6, 6, 12, tzinfo=UTC)
    shared_file(trainer_me)
    shared_file(trainer_me, added_at=june)
    shared_file(trainer_me, published_at=june)
    client = client_of(observer)
    for period, wanted in (
        (("2024-05-06", "2024-05-06"), 1),
        (("2024-05-07", "2024-06-05"), 0),
        (("2024-06-06", "2024-06-30"), 2),
    ):
        query = dict(zip(("first", "last"), period, strict=True))
        assert lines(client.get(PAGE, query))["Tanja Trenerić"].materials == wanted, period
        behind = client.get(f"{PAGE}{profile_of(trainer_me).slug}/trainings/", query)
        assert len(behind.context["materials"]) == wanted, period


def test_deployments_stand_in_report_sheet_and_portfolio_as_the_trainer_names_them(observer, trainer_me, monkeypatch):
    profile, client = profile_of(trainer_me), client_of(trainer_me)
    shared_file(trainer_me)
    sent = {"sex": "female", "deployments": " MINUSCA, adviser, 2019\r\n\r\n#panic() <b>EUFOR</b>, 2021 "}
    assert client.post(reverse("trainers:edit", args=[profile.slug]), sent).status_code == 302
    named = ["MINUSCA, adviser, 2019", "#panic() <b>EUFOR</b>, 2021"]
    page = client_of(observer).get(PAGE)
    assert lines(page)["Tanja Trenerić"].deployments == named
    assert page.context["total"].deployments == 2
    for visible in (f"{PAGE}{profile.slug}/trainings/", profile.get_absolute_url()):
        html = client_of(observer).get(visible).content
        assert b"MINUSCA, adviser, 2019" in html
        assert b"#panic() &lt;b&gt;EUFOR" in html
    answer = client_of(observer).post(f"{PAGE}sheet/", {"as": "csv"})
    head, row, total = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    place = head.index("Deployments")
    assert [some[place : place + 2] for some in (head, row, total)] == [
        ["Deployments", "Materials shared"], ["; ".join(named), "1"], ["2", "1"],
    ]  # fmt: skip
    typst_inputs = noted(monkeypatch)
    assert portfolio_pdf(profile_of(trainer_me), reader=trainer_me, today=date(2026, 11, 25))[:5] == b"%PDF-"
    assert (typst_inputs[0]["deployments"], dict(typst_inputs[0]["totals"])["Materials shared"]) == (named, "1")


# The portfolio


def noted(monkeypatch):
    """Return what is given to the typesetter."""
    values, make = [], pdf.typst.compile

    def note(*args, **kwargs):
        values.append(json.loads(kwargs["sys_inputs"]["data"]))
        return make(*args, **kwargs)

    monkeypatch.setattr(pdf.typst, "compile", note)
    return values


def test_portfolio_says_who_what_and_when(taught, trainer_me, monkeypatch, settings):
    settings.SITE_NAME = "Mreža"
    Member.objects.filter(pk=trainer_me.pk).update(given_name="Тања", family_name="Ђорђевић")
    profile = profile_of(trainer_me)
    profile.position, profile.qualifications, profile.certified_on = "Начелница", "First\nSecond", date(2014, 3, 13)
    topic, language = Topic.objects.first(), Language.objects.first()
    change_profile(profile=profile, languages=[language], topics=[topic], by=trainer_me)
    typst_inputs = noted(monkeypatch)
    answer = client_of(trainer_me).get(reverse("reports:portfolio", args=[profile.slug]))
    made, (visible,) = answer.content, typst_inputs
    assert [mark in made for mark in (b"%PDF-", b"pdfuaid:part", b"pdfaid:part", b"/StructTreeRoot")] == [True] * 4
    assert (visible["name"], visible["network"], visible["qualifications"]) == (
        "Тања Ђорђевић",
        "Mreža",
        ["First", "Second"],
    )
    assert dict(visible["person"]) == {
        "Ministry": profile.member.organisation.name, "": profile.member.organisation.local_name, "Position": "Начелница",
        "Certified on": "13 March 2014", "Teaches in": str(language), "Topics": str(topic),
    }  # fmt: skip
    totals = dict(visible["totals"])
    assert [
        totals[key] for key in ("Trainings delivered", "of them as lead trainer", "Hours delivered", "Served abroad in")
    ] == [
        "4",
        "4",
        "48",
        "Georgia",
    ]
    years = {
        year["year"]: [(row["place"], row["part"], row["hours"], row["seats"]) for row in year["rows"]]
        for year in visible["years"]
    }
    assert list(years)[1:] == ["2024", "2023", "2022"]
    assert (years["2023"], years["2022"]) == (
        [("Tbilisi, Georgia", "Lead trainer", "12", "3")],
        [("online", "Lead trainer", "12", "6")],
    )


@pytest.mark.parametrize(
    ("name", "seats", "words", "total"),
    [
        ("trainer_me", "3", "Seats taken in them", "21"),
        ("coordinator_me", "3", "Seats taken in them", "21"),
        ("admin", "under 5", "Seats taken in them, without 1 training of fewer than five", "18"),
    ],
)
def test_small_numbers_stand_only_for_who_sees_the_names(
    taught, cast, trainer_me, monkeypatch, name, seats, words, total
):
    typst_inputs = noted(monkeypatch)
    portfolio_pdf(profile_of(trainer_me), reader=cast[name], today=date(2026, 11, 25))
    (row,) = next(year["rows"] for year in typst_inputs[0]["years"] if year["year"] == "2023")
    assert (row["seats"], dict(typst_inputs[0]["totals"])[words]) == (seats, total)


def test_trainer_no_longer_sees_small_numbers_when_their_time_for_names_is_over(
    taught, trainer_me, coordinator_me, monkeypatch
):
    verify_figures(training=taught[2], version_seen=1, by=coordinator_me)
    Training.objects.filter(pk=taught[2].pk).update(verified_at=timezone.now() - timedelta(days=31))
    typst_inputs = noted(monkeypatch)
    portfolio_pdf(profile_of(trainer_me), reader=trainer_me, today=date(2026, 11, 25))
    assert [row["seats"] for year in typst_inputs[0]["years"] for row in year["rows"]] == ["6", "6", "under 5", "6"]


def test_observed_trainings_stand_apart(taught, trainer_rs, monkeypatch):
    typst_inputs = noted(monkeypatch)
    portfolio_pdf(profile_of(trainer_rs), reader=trainer_rs, today=date(2026, 11, 25))
    assert ([row["reference"] for row in typst_inputs[0]["observed"]], len(typst_inputs[0]["years"])) == (
        [taught[1].reference],
        1,
    )


def test_empty_portfolio_is_made_and_odd_words_too(trainer_me, reference):
    profile = profile_of(trainer_me)
    profile.position, profile.qualifications = "#panic()", "$x$\n\n漢😀\n" + "A" * 100
    assert portfolio_pdf(profile, reader=trainer_me, today=date(2026, 11, 25))[:5] == b"%PDF-"


def test_taking_a_portfolio_is_recorded_each_time_and_its_name_is_nobodys(taught, trainer_me, coordinator_me):
    url = reverse("reports:portfolio", args=[profile_of(trainer_me).slug])
    for _again in range(2):
        answer = client_of(coordinator_me).get(url)
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        'inline; filename="trainer-portfolio.pdf"',
    )
    results = [
        (line.is_reading, line.by, line.details, line.organisation_id)
        for line in AuditEntry.objects.filter(action="export_portfolio")
    ]
    assert results == [(True, coordinator_me, {}, trainer_me.organisation_id)] * 2


@pytest.mark.slow
def test_portfolio_is_offered_to_who_may_take_it(cast, trainer_me):
    profile = profile_of(trainer_me)
    url = reverse("reports:portfolio", args=[profile.slug])
    pages = (profile.get_absolute_url(), PAGE, f"{PAGE}{profile.slug}/trainings/")
    may = {"trainer_me", "coordinator_me", "admin"}
    for name in sorted(set(cast) - {"stranger"}):
        client = client_of(cast[name])
        assert client.get(url).status_code == (200 if name in may else 403), name
        assert [url.encode() in client.get(page).content for page in pages] == [name in may] * 3, name


@pytest.mark.slow
def test_portfolio_takes_as_many_queries_for_many_trainings(taught, recorder_me, trainer_me, django_assert_num_queries):
    for n in range(8):
        delivered(recorder_me, (trainer_me,), first=date(2021, 1 + n, 4))
    client = client_of(trainer_me)
    client.get("/")
    with django_assert_num_queries(11):
        assert client.get(reverse("reports:portfolio", args=[profile_of(trainer_me).slug])).status_code == 200
