"""Snapshots: frozen and signed, seen by whom they are for, and honest about what has changed since."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEntry
from members.models import Member
from reports.models import FrozenTraining, Snapshot
from reports.snapshots.contents import hashes, is_unaltered
from tests.conftest import client_of, join, make_roster, make_training, mark_all
from trainings.counting import Question
from trainings.figures.actions import submit_figures
from trainings.models import Enrolment, Mark, Participant, Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
NEW = "/reports/snapshots/new/"


@pytest.fixture
def watching(reference) -> Member:
    return join("ME", "Druga", "Posmatračica", "observer")


@pytest.fixture
def snapshot(counting, coordinator_me, observer) -> Snapshot:
    """The figures of Montenegro's people by sex, reported to a donor and shown to one observer."""
    body = {"as_on": "2026-03-31", "reported_to": "EU <b>Delegation</b>", "note": "", "shown_to": [observer.pk]}
    answer = client_of(coordinator_me).post(f"{NEW}?by=sex&organisation={coordinator_me.organisation_id}", body)
    snapshot = Snapshot.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, snapshot.get_absolute_url())
    return snapshot


def submitted(by: Member, people: int = 6) -> Training:
    training = make_training(by)
    make_roster(training, people, by)
    mark_all(training, by)
    submit_figures(training=training, by=by)
    return training


def test_snapshot_keeps_numbers_definition_signature_and_digest(snapshot, coordinator_me):
    page = client_of(coordinator_me).get(snapshot.get_absolute_url())
    report = page.context["report"]
    assert (report.total.seats, [row.cell.seats for row in report.rows]) == (8, [4, 4])
    assert snapshot.signed == f"{coordinator_me.full_name}, Coordinator, {coordinator_me.organisation.short_name}"
    assert (snapshot.as_on, page.context["is_unaltered"], page.context["changes"]) == (date(2026, 3, 31), True, [])
    assert "Attended: at least one mark present or late." in page.content.decode()
    assert "EU &lt;b&gt;Delegation&lt;/b&gt;" in page.content.decode()
    line = AuditEntry.objects.get(action="freeze_figures")
    assert line.details == {"sha256": snapshot.content_hash, "trainings": 1, "observers": [snapshot.shown_to.get().pk]}


def test_same_figures_frozen_again_are_the_same_snapshot(snapshot, coordinator_me):
    body = {"as_on": "2026-03-31", "reported_to": "EU <b>Delegation</b>", "note": ""}
    url = f"{NEW}?by=sex&organisation={coordinator_me.organisation_id}"
    assert client_of(coordinator_me).post(url, body)["Location"] == snapshot.get_absolute_url()
    assert Snapshot.objects.count() == AuditEntry.objects.filter(action="freeze_figures").count() == 1


def test_numbers_stay_and_changes_are_told_training_by_training(snapshot, counting, recorder_me, coordinator_me):
    new = submitted(recorder_me)
    mark = Mark.objects.filter(enrolment__training=counting).first()
    Mark.objects.filter(pk=mark.pk).update(value="late")  # the same minutes from another mark
    page = client_of(coordinator_me).get(snapshot.get_absolute_url())
    assert page.context["report"].total.seats == 8
    texts = [(change.training.pk, change.kind) for change in page.context["changes"]]
    assert sorted(texts) == sorted([(counting.pk, "rows"), (new.pk, "new")])
    assert (page.context["now"].seats, page.context["is_unaltered"]) == (14, True)


def test_figures_that_changed_and_trainings_that_are_gone(snapshot, counting, coordinator_me):
    seat = Enrolment.objects.filter(training=counting).first()
    Enrolment.objects.filter(pk=seat.pk).update(attended_sessions=0, minutes=0)
    (change,) = client_of(coordinator_me).get(snapshot.get_absolute_url()).context["changes"]
    assert (change.kind, change.was.seats, change.now.seats) == ("figures", 8, 7)
    Training.objects.filter(pk=counting.pk).update(
        figures="recorded", submitted_by=None, submitted_at=None, verified_by=None, verified_at=None
    )
    (change,) = client_of(coordinator_me).get(snapshot.get_absolute_url()).context["changes"]
    assert (change.kind, change.was.seats, change.now) == ("gone", 8, None)


def test_erasing_names_units_and_ranks_leaves_the_digest(snapshot, counting):
    before = hashes(Question())
    Participant.objects.update(family_name="–", given_name="–", spelling_key="", loose_key="", email="")
    Enrolment.objects.update(unit="", rank_words="", rank=None)
    assert hashes(Question()) == before
    Enrolment.objects.update(rank_group="nco")
    assert hashes(Question()) != before


def test_observer_sees_it_by_the_small_cell_rule(snapshot, counting, recorder_me, observer, coordinator_me):
    page = client_of(observer).get(snapshot.get_absolute_url())
    report = page.context["report"]
    assert (report.total.seats, [row.cell.seats for row in report.rows], page.context["whole"]) == (8, [8], False)
    seat = Enrolment.objects.filter(training=counting).first()
    Enrolment.objects.filter(pk=seat.pk).update(attended_sessions=0, minutes=0)
    page = client_of(observer).get(snapshot.get_absolute_url())
    assert ([change.kind for change in page.context["changes"]], page.context["now"]) == (["figures"], None)
    assert "differs by so few that you may not be told by how many" in page.content.decode()
    sheet = client_of(observer).post(f"{snapshot.get_absolute_url()}sheet/", {"as": "csv"})
    _header, line, *_rest = b"".join(sheet.streaming_content).decode().splitlines()
    assert line.startswith('"2 lines together: Female, Male",8,8,8,')


def test_who_may_open_it(
    snapshot, coordinator_me, coordinator_rs, recorder_rs, recorder_me, trainer_me, admin, observer, watching
):
    url = snapshot.get_absolute_url()
    answers = {member: client_of(member).get(url).status_code for member in
               (coordinator_me, recorder_me, trainer_me, admin, observer, coordinator_rs, recorder_rs)}  # fmt: skip
    assert [member for member, status in answers.items() if status == 404] == [coordinator_rs, recorder_rs]
    assert list(answers.values()).count(200) == 5
    assert list(client_of(coordinator_rs).get("/reports/snapshots/").context["rows"]) == []
    assert list(client_of(observer).get("/reports/snapshots/").context["rows"]) == [snapshot]


def test_more_observers_may_be_let_in_and_nobody_else(snapshot, coordinator_me, recorder_rs, coordinator_rs, reference):
    other = join("RS", "Treći", "Posmatrač", "observer")
    url = f"{snapshot.get_absolute_url()}show/"
    client = client_of(coordinator_me)
    assert client_of(other).get(snapshot.get_absolute_url()).status_code == 404
    assert client.post(url, {"shown_to": [recorder_rs.pk]}).status_code == 422
    assert client_of(coordinator_rs).post(url, {"shown_to": [other.pk]}).status_code == 404
    assert client.post(url, {"shown_to": [other.pk]}).status_code == 302
    assert client_of(other).get(snapshot.get_absolute_url()).status_code == 200


def test_part_of_a_quarter_is_for_who_sees_the_names_alone(counting, coordinator_me, observer):
    url = f"{NEW}?by=sex&first=2025-03-02&organisation={coordinator_me.organisation_id}"
    body = {"as_on": "2026-03-31", "reported_to": "Donor", "shown_to": [observer.pk]}
    client_of(coordinator_me).post(url, body)
    snapshot = Snapshot.objects.get()
    page = client_of(observer).get(snapshot.get_absolute_url())
    assert (page.status_code, page.context.get("report"), snapshot.safe_numbers) == (200, None, None)
    assert client_of(observer).post(f"{snapshot.get_absolute_url()}sheet/", {"as": "csv"}).status_code == 403


def test_nothing_counts_yet_is_a_sentence(reference, coordinator_me):
    answer = client_of(coordinator_me).post(f"{NEW}?by=year", {"as_on": "2026-03-31", "reported_to": "Donor"})
    assert answer.status_code == 422
    assert answer.context["snapshot_form"].non_field_errors() == [
        "There is nothing to freeze: no training counts, or the figures are too small to be told."
    ]


def test_who_signs(counting, recorder_me, observer, trainer_me, admin):
    for member in (recorder_me, observer, trainer_me):
        assert client_of(member).get(f"{NEW}?by=year").status_code == 403
    assert client_of(admin).get(f"{NEW}?by=year").status_code == 200
    assert client_of(admin).get(f"{NEW}?by=shoe_size").status_code == 422


def test_change_outside_the_portal_is_noticed(snapshot):
    rows = list(FrozenTraining.objects.all())
    assert is_unaltered(snapshot, rows)
    snapshot.numbers["total"]["seats"] += 1
    assert not is_unaltered(snapshot, rows)
    snapshot.refresh_from_db()
    rows[0].content_hash = "0" * 64
    assert not is_unaltered(snapshot, rows)


def test_database_keeps_one_snapshot_of_the_same(snapshot):
    with pytest.raises(IntegrityError), transaction.atomic():
        Snapshot.objects.create(
            made_by=snapshot.made_by,
            organisation=snapshot.organisation,
            signed="x",
            as_on=snapshot.as_on,
            reported_to="x",
            question={},
            chosen=[],
            definition="",
            numbers={},
            content_hash=snapshot.content_hash,
        )


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1989-12-31", "tomorrow"])
def test_day_that_cannot_be_is_not_signed(day, counting, coordinator_me):
    ahead = str(timezone.localdate() + timedelta(days=1))
    answer = client_of(coordinator_me).post(
        f"{NEW}?by=year", {"as_on": ahead if day == "tomorrow" else day, "reported_to": "Donor"}
    )
    assert (answer.status_code, Snapshot.objects.count()) == (422, 0)
    assert "Choose a day from 1990 on, today at the latest." in answer.content.decode()
