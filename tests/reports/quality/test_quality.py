"""The data-quality desk: every number is a plain count of its rows, opens exactly them, and is seen by who may."""

import csv
import io
from collections import Counter
from datetime import datetime, time, timedelta
from random import Random
from urllib.parse import parse_qs, urlparse

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEntry
from common.sheets import XLSX
from members.models import Organisation
from reports.quality.counts import count_network, count_own
from reports.quality.kinds import KINDS, PEOPLE_KINDS, months_of
from reports.quality.rows import rows_of
from reports.quality.scope import desk_of
from tests.conftest import client_of, make_roster, make_training, profile_of
from tests.markup import squeezed
from tests.reports.networks import write_network
from trainings.access import enrolments_to_mend, enrolments_with_names
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import (
    Assignment,
    DuplicatePair,
    Enrolment,
    Evidence,
    FiguresVersion,
    Headcount,
    Participant,
    Party,
    Training,
)

pytestmark = pytest.mark.django_db
DESK = "/reports/quality/"
COUNTS = ("submitted", "verified")


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))


def write_gaps(random, by, *, people=40, trainings=40):
    """A network of the last two years whose figures were handed in, taken back and verified, with scans and pairs of any date."""
    write_network(random, people=people, trainings=trainings)
    now, today = timezone.now(), timezone.localdate()
    for training in Training.objects.order_by("pk"):
        day = today - timedelta(days=random.randint(-20, 600))
        training.starts_on = training.ends_on = training.counts_on = day
        moment = midnight(day + timedelta(days=random.choice((2, 29, 30, 31, 32, 60))))
        moment += timedelta(minutes=random.randint(0, 1439))
        training.created_at = moment - timedelta(days=random.randint(0, 50))
        training.save()
        number = 0
        while random.random() < 0.4 and moment < now:  # handed in and taken back
            number += 1
            back = moment + timedelta(days=random.randint(1, 40))
            how = random.choice(("recalled_at", "returned_at"))
            FiguresVersion.objects.create(
                training=training, number=number, totals={}, made_by=by, made_at=moment, **{how: min(back, now)}
            )
            moment = back + timedelta(days=random.randint(1, 40))
        if training.figures in COUNTS:
            verified = training.figures == "verified"
            FiguresVersion.objects.create(
                training=training,
                number=number + 1,
                totals={},
                made_by=by,
                made_at=min(moment, now),
                verified_at=min(moment + timedelta(days=random.randint(0, 90)), now) if verified else None,
            )
        for _n in range(random.choice((0, 0, 1, 2))):
            Evidence.objects.create(
                training=training,
                file="x",
                kind="image/jpeg",
                size=1,
                content_hash="d",
                added_by=by,
                added_at=now - timedelta(days=random.randint(0, 500)),
                removed_at=random.choice((None, None, now)),
            )
    for pair in DuplicatePair.objects.all():
        DuplicatePair.objects.filter(pk=pair.pk).update(
            created_at=now - timedelta(days=random.randint(0, 500)),
            decided_at=None if pair.is_open else now - timedelta(days=random.randint(0, 200)),
        )


def plain_trainings(member, is_network):
    """The trainings of a desk, in plain Python."""
    taught = set(
        Assignment.objects.filter(trainer__member=member, part__in=("lead", "co_trainer")).values_list(
            "training", flat=True
        )
    )
    limit = timezone.now() - timedelta(days=30)
    roles = {role.code for role in member.roles.all()}
    return [
        t
        for t in Training.objects.select_related("owner")
        if is_network
        or (roles & {"recorder", "coordinator"} and t.owner_id == member.organisation_id)
        or ("trainer" in roles and t.pk in taught and (t.verified_at is None or t.verified_at > limit))
    ]


def state_at(versions, at):
    """ "recorded", "submitted" or "verified" as the latest version of then says."""
    made = [version for version in versions if version.made_at <= at]
    if not made:
        return "recorded"
    last = max(made, key=lambda version: version.number)
    back = last.recalled_at or last.returned_at
    if back and back <= at:
        return "recorded"
    return "verified" if last.verified_at and last.verified_at <= at else "submitted"


def plain_rows(member, is_network):
    """The keys of the rows behind each kind, in plain Python over plain rows."""
    today, trainings = timezone.localdate(), plain_trainings(member, is_network)
    standing = [t for t in trainings if t.cancelled_at is None]
    scanned = set(Evidence.objects.filter(removed_at=None).values_list("training", flat=True))
    firsts = dict(FiguresVersion.objects.filter(number=1).values_list("training", "made_at"))
    own = {t.pk for t in trainings}
    keeps = {role.code for role in member.roles.all()} & {"recorder", "coordinator"}
    rosters = [
        row
        for row in Enrolment.objects.filter(removed_at=None).select_related("participant", "training")
        if row.training.cancelled_at is None
        and (is_network or row.training_id in own or (keeps and row.organisation_id == member.organisation_id))
    ]

    def is_late(training):
        first = firsts.get(training.pk)
        if training.figures not in COUNTS or first is None:
            return False
        day = timezone.localtime(first).date()
        return (day - training.counts_on).days > 30 and day >= months_of(today)[0]

    attended = Counter()
    for party, number in Headcount.objects.values_list("party__pk", "attended"):
        attended[party] += number
    counted = [
        party.pk
        for party in Party.objects.select_related("training__owner", "organisation")
        if party.training_id in own
        and party.training.cancelled_at is None
        and party.training.mode != "online"
        and party.organisation.kind == "ministry"
        and party.training.owner.kind == "ministry"
        and attended[party.pk]
    ]
    return {
        "overdue": {t.pk for t in standing if t.figures == "recorded" and (today - t.counts_on).days > 30},
        "unverified": {t.pk for t in standing if t.figures == "submitted"},
        "evidence": {t.pk for t in standing if t.figures in COUNTS and t.pk not in scanned},
        "sex": {row.pk for row in rosters if row.participant.sex == "not_recorded"},
        "rank": {row.pk for row in rosters if row.rank_group == "not_recorded"},
        "headcounts": set(counted),
        "late": {t.pk for t in standing if is_late(t)},
    }


def plain_histories(member, is_network):
    """How many there were at the end of each of the eleven months before this one, by the state each training had then."""
    trainings = [t for t in plain_trainings(member, is_network) if t.cancelled_at is None]
    versions = {t.pk: list(t.figures_versions.all()) for t in trainings}
    scans = {t.pk: [e.added_at for e in t.evidence.filter(removed_at=None)] for t in trainings}
    plain_histories = {"overdue": [], "unverified": [], "evidence": []}
    for month in months_of(timezone.localdate())[1:]:
        end = midnight(month)
        then = {t.pk: state_at(versions[t.pk], end) for t in trainings}
        plain_histories["unverified"].append(sum(state == "submitted" for state in then.values()))
        plain_histories["evidence"].append(
            sum(then[t.pk] != "recorded" and not any(at <= end for at in scans[t.pk]) for t in trainings)
        )
        plain_histories["overdue"].append(
            sum(
                then[t.pk] == "recorded" and t.created_at <= end and midnight(t.counts_on + timedelta(days=31)) < end
                for t in trainings
            )
        )
    return plain_histories


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_numbers_are_plain_counts_of_their_rows(seed, recorder_me, coordinator_me, trainer_me, admin):
    random = Random(seed)
    write_gaps(random, recorder_me)
    profile = profile_of(trainer_me)
    for training in random.sample(list(Training.objects.all()), 15):
        part = random.choice(("lead", "co_trainer", "observer"))
        Assignment.objects.create(training=training, trainer=profile, part=part)
    for member, is_network in ((coordinator_me, False), (trainer_me, False), (admin, True)):
        desk = desk_of(member, is_network=is_network)
        results = {one.kind.code: one for one in (count_network(desk)[0] if is_network else count_own(desk))}
        plain, histories = plain_rows(member, is_network), plain_histories(member, is_network)
        for code, kind in KINDS.items():
            assert set(rows_of(desk, kind).values_list("pk", flat=True)) == plain[code], (code, member)
            if results[code].number is not None:
                assert results[code].number == len(plain[code]), (code, member)
            if code in histories:
                assert results[code].months == (*histories[code], len(plain[code])), (code, member)
            if code == "late":
                assert sum(results[code].months) == len(plain[code])
        if not is_network:
            assert set(rows_of(desk, KINDS["sex"])) <= set(enrolments_with_names(member))


@pytest.mark.slow
def test_months_of_rows_are_those_of_their_trainings(recorder_me, coordinator_me):
    write_gaps(Random(5), recorder_me)
    desk = desk_of(coordinator_me)
    results = {one.kind.code: one for one in count_own(desk)}
    for code, day in (
        ("sex", lambda row: row.training.counts_on),
        ("headcounts", lambda row: row.training.counts_on),
        ("late", lambda row: timezone.localtime(row.first_submitted).date()),
    ):
        months = Counter(day(row).replace(day=1) for row in rows_of(desk, KINDS[code]))
        assert results[code].months == tuple(months[month] for month in months_of(desk.today))
        assert results[code].elsewhere == sum(n for month, n in months.items() if month not in months_of(desk.today))


@pytest.mark.slow
def test_pairs_are_those_of_the_duplicates_desk(recorder_me, coordinator_me):
    write_gaps(Random(6), recorder_me, people=60)
    a, b, c = Participant.objects.filter(organisation=coordinator_me.organisation)[:3]
    now = timezone.now()
    DuplicatePair.objects.all().delete()
    old = {"first": a, "second": b, "created_at": now - timedelta(days=200)}
    DuplicatePair.objects.create(
        **old, state="different", decided_by=coordinator_me, decided_at=now - timedelta(days=70)
    )
    DuplicatePair.objects.create(first=b, second=c, created_at=now - timedelta(days=100))
    results = count_own(desk_of(coordinator_me))[-1]
    assert (results.kind.code, results.number, results.months[0], results.months[-1]) == ("duplicates", 1, 0, 1)
    then = [midnight(month) for month in months_of(timezone.localdate())[1:]]
    assert results.months[:-1] == tuple(
        (now - timedelta(days=200) <= end < now - timedelta(days=70)) + (now - timedelta(days=100) <= end)
        for end in then
    )
    page = client_of(coordinator_me).get("/trainings/duplicates/")
    assert page.context["page"].paginator.count == 1
    assert [one.kind.code for one in count_own(desk_of(recorder_me))] == list(KINDS)


@pytest.mark.slow
def test_page_says_the_numbers_and_opens_as_many_rows(recorder_me, coordinator_me, admin):
    write_gaps(Random(7), recorder_me, trainings=90)
    for member, query in ((coordinator_me, ""), (admin, "?of=network")):
        client = client_of(member)
        page = client.get(DESK + query)
        numbers = {card["kind"].code: card["found"].number for card in page.context["cards"] if card["opens"]}
        assert sum(numbers.values()) > 100
        text = squeezed(page.content.decode())
        for code, number in numbers.items():
            if code != "duplicates" and number:
                assert f'<a href="{DESK}{code}/{query}">{number:,}</a>' in text
                rows = client.get(f"{DESK}{code}/{query}").context
                assert (rows["page"].paginator.count, rows["found"].number) == (number, number)


@pytest.mark.slow
def test_lines_of_the_network_add_up_and_each_opens_its_own(recorder_me, admin):
    write_gaps(Random(8), recorder_me, trainings=60)
    client = client_of(admin)
    page = client.get(DESK).context
    totals = {card["kind"].code: card["found"].number for card in page["cards"]}
    for code in set(KINDS) - set(PEOPLE_KINDS):
        assert sum(line.numbers[code] for line in page["lines"]) == totals[code]
        for line in page["lines"]:
            rows = client.get(f"{DESK}{code}/", {"of": "network", "ministry": line.owner.pk}).context
            assert rows["page"].paginator.count == line.numbers[code]
            assert {row.training.owner_id for row in rows["rows"]} <= {line.owner.pk}


def lacking(recorder, number):
    """A training whose first `number` people have no sex."""
    training = make_training(recorder)
    make_roster(training, 8, recorder)
    people = Participant.objects.filter(enrolments__training=training).order_by("pk")[:number]
    Participant.objects.filter(pk__in=[person.pk for person in people]).update(sex="not_recorded")
    return training


def test_small_numbers_of_people_are_hidden_from_who_sees_no_names(recorder_me, recorder_rs, admin, coordinator_me):
    lacking(recorder_me, 3)
    lacking(recorder_rs, 6)

    def seen():
        page = client_of(admin).get(DESK)
        card = next(card for card in page.context["cards"] if card["kind"].code == "sex")
        return card["found"].number, {line.owner.code: line.numbers["sex"] for line in page.context["lines"]}

    total, lines = seen()
    assert (total, lines["ME"], lines["RS"], lines["BA"]) == (None, None, 6, 0)
    mine = count_own(desk_of(coordinator_me))
    assert next(one.number for one in mine if one.kind.code == "sex") == 3
    Participant.objects.filter(organisation=recorder_me.organisation).update(sex="not_recorded")
    total, lines = seen()
    assert (total, lines["ME"], lines["RS"]) == (14, 8, 6)


@pytest.mark.parametrize("code", PEOPLE_KINDS)
def test_admin_opens_no_rows_of_people(code, recorder_me, admin):
    lacking(recorder_me, 6)
    client = client_of(admin)
    assert (
        client.get(f"{DESK}{code}/").status_code
        == client.post(f"{DESK}{code}/sheet/", {"as": "csv"}).status_code
        == 403
    )
    assert AuditEntry.objects.filter(action__in=("read_names", "export_names")).count() == 0


def test_observer_has_neither_tab_nor_desk(counting, observer, trainer_me):
    client = client_of(observer)
    assert [client.get(url).status_code for url in (DESK, f"{DESK}sex/", f"{DESK}evidence/")] == [403, 403, 403]
    assert client.post(f"{DESK}evidence/sheet/").status_code == 403
    assert [label for label, _url, _here in client.get("/reports/people/").context["tabs"]].count("Data quality") == 0
    assert [label for label, _url, _here in client_of(trainer_me).get("/reports/people/").context["tabs"]].count(
        "Data quality"
    ) == 1


def test_trainer_sees_what_they_record_and_no_more(recorder_me, trainer_me, trainer_rs):
    mine = make_training(recorder_me, trainers=(trainer_me,))
    make_roster(mine, 3, recorder_me)
    others = make_training(recorder_me)
    make_roster(others, 4, recorder_me)
    Participant.objects.update(sex="not_recorded")
    assert {row.training_id for row in enrolments_to_mend(trainer_me)} == {mine.pk}
    assert client_of(trainer_me).get(f"{DESK}sex/").context["page"].paginator.count == 3
    page = client_of(trainer_rs).get(f"{DESK}sex/")
    assert (page.context["page"].paginator.count, page.status_code) == (0, 200)


def test_own_people_in_trainings_of_others_are_listed_and_mended_there(recorder_me, recorder_rs):
    theirs = make_training(recorder_rs)
    make_roster(theirs, 2, recorder_rs)
    Participant.objects.update(sex="not_recorded", organisation=recorder_me.organisation)
    Enrolment.objects.update(organisation=recorder_me.organisation)
    rows = client_of(recorder_me).get(f"{DESK}sex/").context["rows"]
    assert {(row.way.words, row.way.url) for row in rows} == {("Serbia keeps this record.", "")}


def test_row_is_mended_and_leads_back(recorder_me):
    training = lacking(recorder_me, 2)
    client = client_of(recorder_me)
    page = client.get(f"{DESK}sex/?page=1")
    way = page.context["rows"][0].way
    assert (page.context["page"].paginator.count, way.words) == (2, "Correct")
    assert parse_qs(urlparse(way.url).query) == {"next": [f"{DESK}sex/?page=1"]}
    form = client.get(way.url)
    sent = {name: value for name, value in form.context["form"].initial.items() if value is not None}
    sent |= {"sex": "female", "next": form.context["back"], "organisation": training.owner_id}
    answer = client.post(way.url, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"{DESK}sex/?page=1")
    assert client.get(f"{DESK}sex/").context["page"].paginator.count == 1


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "home", ""])
def test_form_leads_nowhere_else(away, recorder_me):
    training = lacking(recorder_me, 1)
    enrolment = training.enrolments.order_by("pk").first()
    url = f"{training.get_absolute_url()}roster/{enrolment.pk}/"
    assert client_of(recorder_me).get(url, {"next": away}).context["back"] == f"{training.get_absolute_url()}roster/"


def test_ways_follow_the_state_of_the_figures(counting, recorder_me, coordinator_me):
    Participant.objects.update(sex="not_recorded")

    def ways(member, code):
        return {(row.way.words, row.way.url) for row in client_of(member).get(f"{DESK}{code}/").context["rows"]}

    base = counting.get_absolute_url()
    texts = "The figures are submitted: a coordinator can return or amend them."
    assert (ways(coordinator_me, "sex"), ways(recorder_me, "sex")) == (
        {("Amend", f"{base}figures/amend/")},
        {(texts, "")},
    )
    assert ways(recorder_me, "evidence") == {("Attach", f"{base}evidence/")}
    Training.objects.filter(pk=counting.pk).update(figures="submitted", verified_at=None, verified_by=None)
    assert ways(coordinator_me, "sex") == {("Return", f"{base}figures/return/")}
    assert ways(coordinator_me, "unverified") == {("Review", base)}
    Training.objects.filter(pk=counting.pk).update(submitted_by=coordinator_me)
    assert ways(coordinator_me, "unverified") == {("You submitted it: another coordinator verifies it.", "")}


def test_first_look_at_names_is_one_line_of_the_record(recorder_me):
    lacking(recorder_me, 2)
    client = client_of(recorder_me)
    client.get(DESK)
    client.get(f"{DESK}evidence/")
    assert AuditEntry.objects.filter(action="read_names").count() == 0
    for code in ("sex", "sex", "rank"):
        client.get(f"{DESK}{code}/")
    lines = AuditEntry.objects.filter(action="read_names")
    assert [(line.by, line.details, line.organisation) for line in lines] == [
        (recorder_me, {"what": "rows to mend"}, recorder_me.organisation)
    ]


def sheet_of(member, code, **sent):
    answer = client_of(member).post(f"{DESK}{code}/sheet/", {"as": "csv", **sent})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body, newline="")))


@pytest.mark.slow
def test_sheet_holds_the_rows_and_leaves_a_line(recorder_me, coordinator_me, admin):
    write_gaps(Random(9), recorder_me)
    desk = desk_of(coordinator_me)
    for code, kind in KINDS.items():
        header, *rows = sheet_of(coordinator_me, code)
        assert (len(rows), len(header)) == (rows_of(desk, kind).count(), len(rows[0]) if rows else len(header))
        line = AuditEntry.objects.order_by("pk").last()
        if code in PEOPLE_KINDS:
            assert (line.action, line.details) == (
                "export_names",
                {"what": f"rows to mend: {code}", "people": len(rows)},
            )
        else:
            assert (line.action, line.details) == ("export_quality", {"list": code, "rows": len(rows)})
        assert line.is_reading
    header, *rows = sheet_of(admin, "headcounts", of="network")
    assert ("Attended" in header, len(rows)) == (
        False,
        rows_of(desk_of(admin, is_network=True), KINDS["headcounts"]).count(),
    )
    book = client_of(admin).post(f"{DESK}late/sheet/", {"as": "xlsx"})
    assert (book["Content-Type"], b"".join(book.streaming_content)[:2]) == (XLSX, b"PK")
    book.close()


@pytest.mark.parametrize("address", ["nothing/", "duplicates/", "Sex/", "late/?ministry=x", "late/?ministry=9999", "late/?ministry=-1",
                                     "late/?ministry=99999999999999999999", "late/?ministry=²", "?of=x", "?kind=late", "late/?of=networks",
                                     "late/?months=3"])  # fmt: skip
def test_what_is_not_there_is_404(address, reference, admin):
    assert client_of(admin).get(DESK + address).status_code == 404


def test_host_is_no_owner_to_ask_about(recorder_me, admin):
    host = Organisation.objects.exclude(kind__in=("ministry", "secretariat")).first()
    assert client_of(admin).get(f"{DESK}late/?ministry={host.pk}").status_code == 404


@pytest.mark.parametrize("address", ["?of=network", "?ministry=1", "late/?of=network", "late/?ministry=1", "?of=x",
                                     "sex/?of=network&ministry=1"])  # fmt: skip
def test_desk_of_others_is_404_not_ones_own(address, recorder_me):
    assert client_of(recorder_me).get(DESK + address).status_code == 404
    query = QueryDict(address.partition("?")[2]).dict()
    sheet = client_of(recorder_me).post(f"{DESK}late/sheet/", {"as": "csv", **query})
    assert sheet.status_code == 404


@pytest.mark.parametrize("page", ["0", "9999", "-1", "x", ""])
def test_page_that_is_off_is_the_nearest(page, recorder_me):
    lacking(recorder_me, 8)
    lacking(recorder_me, 8)
    answer = client_of(recorder_me).get(f"{DESK}sex/", {"page": page})
    assert (answer.status_code, len(answer.context["rows"])) == (200, 16)


def test_clean_desk_says_so(recorder_me, coordinator_me):
    page = client_of(coordinator_me).get(DESK)
    assert (page.context["is_clean"], page.content.decode().count("Nothing is lacking.")) == (True, 1)
    training = make_training(recorder_me)
    make_roster(training, 5, recorder_me)
    submit_figures(training=training, by=recorder_me)
    page = client_of(coordinator_me).get(DESK)
    assert (page.context["is_clean"], page.content.decode().count("Nothing is lacking.")) == (False, 0)
    verify_figures(training=training, version_seen=1, by=coordinator_me)
    numbers = {card["kind"].code: card["found"].number for card in client_of(coordinator_me).get(DESK).context["cards"]}
    assert numbers["unverified"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("address", ["", "sex/", "evidence/", "headcounts/", "late/"])
def test_queries_are_few_and_the_same_for_many_rows(address, recorder_me, coordinator_me, admin):
    taken = {}
    write_gaps(Random(4), recorder_me, trainings=4)
    submit_figures(training=lacking(recorder_me, 1), by=recorder_me)
    for more in (0, 6):
        for _n in range(more):
            submit_figures(training=lacking(recorder_me, 8), by=recorder_me)
        for member in (coordinator_me, admin) if address != "sex/" else (coordinator_me,):
            client = client_of(member)
            client.get(DESK + address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(DESK + address).status_code == 200
            taken[member.email, more] = len([q for q in queries if "SAVEPOINT" not in q["sql"]])
    assert max(taken.values()) < 12
    assert {taken[email, 0] - taken[email, 6] for email, _n in taken} == {0}


def test_admin_who_keeps_records_has_both_desks(recorder_me, admin):
    admin.roles.add("recorder")
    make_training(recorder_me)
    Training.objects.update(owner=admin.organisation)
    client = client_of(admin)
    own, network = client.get(DESK), client.get(DESK, {"of": "network"})
    assert [page.context["is_network"] for page in (own, network)] == [False, True]
    assert [f"{DESK}?of=network" in page.content.decode() for page in (own, network)] == [True, False]
    numbers = [{card["kind"].code: card["found"].number for card in page.context["cards"]} for page in (own, network)]
    assert (numbers[0]["overdue"], numbers[1]["overdue"]) == (1, 1)
