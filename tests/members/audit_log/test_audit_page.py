"""Who did what: sentences for who may read them, names only for the owner's coordinators, and a sheet to take along."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry, AuditText
from audit.record import READ_KEY, latest_entry
from members.access import visible_entries
from members.actions import invite_member
from members.models import Role
from tests.conftest import client_of, make_roster, make_training, mark_all
from tests.markup import squeezed
from trainings.figures.actions import return_figures, submit_figures
from trainings.roster.actions import change_enrolment

pytestmark = pytest.mark.django_db
PAGE = "/members/audit/"
SECRET = "Kanarinka was ill"


@pytest.fixture
def acts(marked, recorder_me, coordinator_me):
    """A corrected name, a return with a reason that names somebody, and an invitation."""
    change_enrolment(
        enrolment=marked.enrolments.get(line=1),
        family_name="Kanarinka",
        given_name="Žuta",
        sex="female",
        by=recorder_me,
    )
    submit_figures(training=marked, by=recorder_me)
    return_figures(training=marked, version_seen=1, reason=SECRET, by=coordinator_me)
    invite_member(
        email="nova@mod.example",
        given_name="=cmd",
        family_name="Osoba",
        organisation=recorder_me.organisation,
        roles=Role.objects.filter(code="recorder"),
        by=coordinator_me,
    )
    return marked


def read(member, query="") -> str:
    return squeezed(client_of(member).get(PAGE + query).content.decode())


def test_coordinator_of_the_owner_reads_sentences_with_fields_and_reasons(acts, coordinator_me):
    text = read(coordinator_me)
    assert f"returned version 1 of the figures: {SECRET}" in text
    assert squeezed("family name: <del>Petrović</del> → <ins>Kanarinka</ins>") in text
    assert "invited =cmd Osoba (nova@mod.example)." in text
    assert f'<a href="{acts.get_absolute_url()}">{acts.reference}</a>' in text


def test_admin_reads_every_line_but_no_participant(acts, admin):
    text = read(admin)
    assert "Kanarinka" not in text
    assert "Petrović" not in text
    assert "added people to the roster." in text  # without the number
    assert "family name" in text
    assert "invited =cmd Osoba (nova@mod.example)." in text


def test_coordinator_elsewhere_sees_nothing_of_it(acts, coordinator_rs):
    assert list(visible_entries(coordinator_rs).filter(root_id=str(acts.pk), root_kind="trainings.training")) == []
    assert "Kanarinka" not in read(coordinator_rs)


def test_coordinator_sees_what_own_members_did_elsewhere_without_names(
    recorder_rs, trainer_me, coordinator_me, coordinator_rs
):
    foreign = make_training(recorder_rs, trainers=(trainer_me,))
    make_roster(foreign, 2, trainer_me)
    mark_all(foreign, trainer_me)
    assert "changed marks." in read(coordinator_me)
    assert "changed 2 marks." in read(coordinator_rs)


@pytest.mark.parametrize(
    ("query", "acted"),
    [("?act=return_figures", {"return_figures"}), ("?kind=members.", {"invite_member"}), ("?last=2020-01-01", set()),
     ("?q=ME-2025-001&act=submit_figures", {"submit_figures"}), ("?q=Запис&act=submit_figures", {"submit_figures"}),
     ("?act=no-such&first=x&q=%00", None)],
)  # fmt: skip
def test_filters(query, acted, acts, coordinator_me):
    page = client_of(coordinator_me).get(PAGE + query)
    assert page.status_code == 200
    if acted is not None:
        assert {entry.line.action for entry in page.context["entries"]} == acted


def test_readings_are_shown_when_asked_for(acts, recorder_me, coordinator_me):
    client_of(recorder_me).get(f"{acts.get_absolute_url()}attendance/")
    assert "opened participants" not in read(coordinator_me)
    assert "opened participants&#x27; names (attendance)." in read(coordinator_me, "?readings=on")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_holds_what_the_page_holds_and_leaves_a_line(kind, acts, coordinator_me):
    answer = client_of(coordinator_me).post(reverse("members:audit_export"), {"as": kind, "act": "invite_member"})
    body = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == f'attachment; filename="record.{kind}"'
    texts = (
        body.decode() if kind == "csv" else zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()
    )
    assert "nova@mod.example" in texts
    assert "<f>" not in texts
    assert AuditEntry.objects.get(action="export_audit").details == {"lines": 1}


def test_export_keeps_names_from_an_admin(acts, admin):
    body = b"".join(client_of(admin).post(reverse("members:audit_export")).streaming_content).decode()
    assert body.count("\n") == AuditEntry.objects.count()  # a header, and the export's own line came later
    assert "Kanarinka" not in body


def test_lines_hold_no_names_and_texts_are_salted(acts):
    lines = str(list(AuditEntry.objects.values()))
    assert "Kanarinka" not in lines
    assert "nova@mod.example" not in lines
    salts = list(AuditText.objects.values_list("salt", flat=True))
    assert len(set(salts)) == len(salts) > 2


def test_reading_of_names_is_written_once_in_a_quarter_of_an_hour(acts, recorder_me):
    client = client_of(recorder_me)
    for _n in range(3):
        for page in ("attendance", "roster"):
            assert client.get(f"{acts.get_absolute_url()}{page}/").status_code == 200
    results = AuditEntry.objects.filter(is_reading=True).values_list("action", "by", "root_id", "details__what")
    assert sorted(results) == [("read_names", recorder_me.pk, str(acts.pk), what) for what in ("attendance", "roster")]
    session = client.session
    session[READ_KEY] = {key: at - 901 for key, at in session[READ_KEY].items()}
    session.save()
    client.get(f"{acts.get_absolute_url()}attendance/")
    assert AuditEntry.objects.filter(is_reading=True).count() == 3


def test_no_name_is_shown_when_the_reading_cannot_be_written(acts, recorder_me, monkeypatch):
    def broken(**values):
        raise DatabaseError("the record is full")

    monkeypatch.setattr(AuditEntry.objects, "create", broken)
    client = client_of(recorder_me)
    client.raise_request_exception = False
    for method, page in (("get", "attendance"), ("get", "roster"), ("post", "roster/suggest")):
        answer = getattr(client, method)(f"{acts.get_absolute_url()}{page}/", {"family_name": "Kan"})
        assert answer.status_code == 500, page
        assert "Kanarinka" not in answer.content.decode()


def test_reading_does_not_make_the_network_s_pages_anew(acts, recorder_me):
    before = latest_entry()
    client_of(recorder_me).get(f"{acts.get_absolute_url()}attendance/")
    assert latest_entry() == before
    assert AuditEntry.objects.first().is_reading


def test_times_most_often_asked_for_are_one_click_away(acts, coordinator_me):
    client = client_of(coordinator_me)
    today = timezone.localdate()
    offered = [(first, chosen) for _words, first, chosen in client.get(PAGE).context["periods"]]
    days = [(today - timedelta(days=back)).isoformat() for back in (0, 6, 29)]
    assert offered == [(day, False) for day in days]
    answer = client.get(f"{PAGE}?first={days[1]}")
    assert [chosen for _words, _first, chosen in answer.context["periods"]] == [False, True, False]
    assert f"?first={days[0]}" in answer.content.decode()
