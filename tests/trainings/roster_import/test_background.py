"""Long lists: the worker reads them and takes them in; the page shows how far it is, and who comes second finds it done."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from tests.conftest import client_of, make_training
from trainings.models import Enrolment, RosterImport, Training
from trainings.roster_import import background as long
from trainings.roster_import.actions import choose, forget_old_previews

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
PEOPLE = 1_200
LINES = "\n".join(
    [
        "Prezime\tIme\tPol\tJedinica",
        *(f"P{chr(97 + n % 26) * (1 + n // 26)}\tIme\tm\t{'Četa ' * 15}" for n in range(PEOPLE)),
    ]
)


@pytest.fixture
def training(recorder_me):
    return make_training(recorder_me, days=1)


def workbook_bytes(sheets):
    """A workbook with these rows by the names of its sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out := BytesIO())
    return out.getvalue()


def paths(training, of):
    return f"/trainings/{training.reference}/roster/import/", f"/trainings/{training.reference}/roster/import/{of.pk}/"


def kept_for_reading(training, by, content=None, name=long.PASTED, **fields):
    """An upload that no worker has looked at yet."""
    return RosterImport.objects.create(
        training=training,
        organisation=training.owner,
        state=RosterImport.State.READING,
        by=by,
        upload=content or LINES.encode(),
        upload_name=name,
        work_began=timezone.now(),
        work_seconds=3,
        **fields,
    )


@pytest.mark.slow
def test_long_list_is_read_and_taken_in_by_the_worker(training, recorder_me, monkeypatch):
    tasks = []
    monkeypatch.setattr(type(long.read_kept_list), "enqueue", lambda task, *words: tasks.append((task, words)))
    client = client_of(recorder_me)
    home = f"/trainings/{training.reference}/roster/import/"
    answer = client.post(home, {"rows": LINES, "organisation": training.owner_id})
    of = RosterImport.objects.get()
    preview = paths(training, of)[1]
    assert (answer.url, of.state, of.sheets) == (preview, "reading", [])
    page = client.get(preview).content.decode()
    assert ("<progress" in page, "The list is being read" in page) == (True, True)
    assert "Being read" in client.get(home).content.decode()
    task, words = tasks.pop()
    task.func(*words)
    of.refresh_from_db()
    assert (of.state, of.upload, of.work_began) == ("preview", None, None)
    assert client.get(preview, headers={"HX-Request": "true"}).headers["HX-Redirect"] == preview
    assert f"Take {PEOPLE} people in" in client.get(preview).content.decode()
    client.post(preview, {"commit": "1"})
    assert RosterImport.objects.get().state == "taking"
    assert "The list is being taken in" in client.get(preview).content.decode()
    assert Enrolment.objects.count() == 0
    task, words = tasks.pop()
    task.func(*words)
    task.func(*words)  # a second worker finds it done
    assert (RosterImport.objects.get().state, Enrolment.objects.count()) == ("committed", PEOPLE)
    assert "people came onto the roster by it." in client.get(preview).content.decode()


def test_progress_alone_is_asked_for_and_never_full_before_the_end(training, recorder_me):
    of = kept_for_reading(training, recorder_me)
    client, path = client_of(recorder_me), paths(training, of)[1]
    answer = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in answer, "<progress" in answer, "Do it here" in answer) == (False, True, False)
    percents = []
    for ago in (0, 1.5, 3, 3600):
        of.work_began = timezone.now() - timedelta(seconds=ago)
        percents.append(long.percent_done(of))
    assert percents == [2, 50, 95, 95]


def test_who_waits_too_long_does_it_here(training, recorder_me):
    of = kept_for_reading(training, recorder_me)
    client, path = client_of(recorder_me), paths(training, of)[1]
    client.post(path, {"here": "1"})
    assert RosterImport.objects.get().state == "reading"  # the worker is not late yet
    RosterImport.objects.update(work_began=timezone.now() - timedelta(minutes=1))
    assert "Do it here and wait" in client.get(path).content.decode()
    client.post(path, {"here": "1"})
    of.refresh_from_db()
    assert (of.state, of.upload) == ("preview", None)


def test_long_file_that_cannot_be_read_is_refused_with_its_sentence(training, recorder_me):
    long.keep_for_reading(
        training=training,
        organisation=training.owner,
        content=b"%PDF-1.7 " + b"x" * 9,
        name="list.xlsx",
        by=recorder_me,
    )
    of = RosterImport.objects.get()
    assert (of.state, of.upload, of.refusal[:14]) == ("refused", None, "This is a PDF.")
    client = client_of(recorder_me)
    answer = client.get(paths(training, of)[1], follow=True).content.decode()
    assert "This is a PDF. Upload the workbook" in answer
    assert RosterImport.objects.get().refusal in client.get(paths(training, of)[0]).content.decode()


def test_figures_submitted_meanwhile_make_it_a_preview_again(training, recorder_me):
    of = kept_for_reading(training, recorder_me, content=b"Prezime\tIme\nAnic\tAna")
    long.read_kept_list.func(of.pk)
    RosterImport.objects.update(state="taking", work_began=timezone.now())
    with pytest.raises(ValidationError, match="no longer a preview"):
        choose(roster_import=RosterImport.objects.get(), chosen={"rows": {}}, cells={}, sheet="")
    Training.objects.update(figures=Training.Figures.SUBMITTED, submitted_by=recorder_me, submitted_at=timezone.now())
    long.take_list_in.func(of.pk, recorder_me.pk)
    of.refresh_from_db()
    assert (of.state, bool(of.refusal), Enrolment.objects.count()) == ("preview", True, 0)
    assert of.refusal in client_of(recorder_me).get(paths(training, of)[1]).content.decode()


def test_second_reader_writes_nothing(training, recorder_me, monkeypatch):
    of = kept_for_reading(training, recorder_me)
    real = long.read_pasted

    def read_after_another(text):
        monkeypatch.setattr(long, "read_pasted", real)
        long.read_kept_list.func(of.pk)
        RosterImport.objects.update(chosen={"rows": {"2": {"leave": True}}})
        return real("Prezime\tIme\nAnic\tAna")

    monkeypatch.setattr(long, "read_pasted", read_after_another)
    long.read_kept_list.func(of.pk)
    of.refresh_from_db()
    assert (len(of.sheets[0]["rows"]), of.chosen) == (PEOPLE + 1, {"rows": {"2": {"leave": True}}})


def test_what_was_never_taken_in_is_forgotten_after_a_day(training, recorder_me):
    old = timezone.now() - timedelta(hours=25)
    for state in ("reading", "refused", "preview", "taking", "committed", "undone"):
        RosterImport.objects.create(
            training=training, organisation=training.owner, state=state, by=recorder_me, made_at=old
        )
    forget_old_previews()
    assert sorted(RosterImport.objects.values_list("state", flat=True)) == ["committed", "undone"]


def test_unfinished_list_is_seen_by_who_started_it_alone(training, recorder_me, coordinator_me):
    of = kept_for_reading(training, recorder_me)
    page, progress = paths(training, of)
    client = client_of(coordinator_me)
    assert (client.get(progress).status_code, "Lists on their way" in client.get(page).content.decode()) == (404, False)


def test_another_sheet_is_chosen_and_one_without_a_list_refused(training, recorder_me):
    book = workbook_bytes({
        "Prvi": [["Prezime", "Ime"], ["Anić", "Ana"], ["Babić", "Bo"]], "Drugi": [["Prezime", "Ime"], ["Cvetić", "Ceca"]],
        "Prazan": [["x"]],
    })  # fmt: skip
    client = client_of(recorder_me)
    upload = SimpleUploadedFile("list.xlsx", book)
    path = client.post(
        f"/trainings/{training.reference}/roster/import/", {"file": upload, "organisation": training.owner_id}
    ).url
    assert "Take 2 people in" in client.get(path).content.decode()
    assert client.post(path, {"sheet": "Drugi"}).status_code == 302
    assert "Cvetić, Ceca" in client.get(path).content.decode()
    refused = client.post(path, {"sheet": "Prazan"})
    assert (refused.status_code, "Cvetić, Ceca" in refused.content.decode()) == (422, True)
