"""Field notes: three answers, hidden authors that stay hidden, and the list for the next edition."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from openpyxl import load_workbook

from audit.models import AuditEntry
from knowledge import access
from knowledge.field_notes.actions import collect_note, delete_note, write_note
from knowledge.models import FieldNote, RevisionItem
from tests.conftest import client_of, join, make_roster, make_training, mark_all
from trainers.models import Topic
from trainings.figures.actions import submit_figures
from trainings.models import Training

pytestmark = pytest.mark.django_db


def submitted(recorder, *trainers) -> Training:
    training = make_training(recorder, trainers=trainers)
    make_roster(training, 2, recorder)
    mark_all(training, recorder)
    submit_figures(training=training, by=recorder)
    return Training.objects.get(pk=training.pk)


@pytest.fixture
def taught(recorder_me, trainer_me, trainer_rs) -> Training:
    """Kept by Montenegro, taught by its trainer and by one from Serbia, submitted."""
    return submitted(recorder_me, trainer_me, trainer_rs)


def note(by, training, worked="Karta", **more) -> FieldNote:
    topics = more.pop("topics", [])
    return write_note(note=FieldNote(training=training, worked=worked, **more), topics=topics, by=by)


def test_note_is_written_after_submission_by_who_was_there(
    taught, trainer_me, trainer_rs, recorder_me, recorder_rs, admin
):
    url = f"/knowledge/notes/new/{taught.reference}/"
    seen = [client_of(m).get(url).status_code for m in (trainer_me, trainer_rs, recorder_me, recorder_rs, admin)]
    assert seen == [200, 200, 200, 403, 403]
    topic = Topic.objects.first()
    answer = client_of(trainer_me).post(url, {"resisted": "Film", "topics": [topic.pk]})
    field_note = FieldNote.objects.get()
    assert answer["Location"] == f"/knowledge/notes/{field_note.pk}/"
    assert (field_note.author, field_note.resisted, field_note.is_author_hidden, list(field_note.topics.all())) == (
        trainer_me,
        "Film",
        False,
        [topic],
    )
    assert "My field note" in client_of(trainer_me).get(taught.get_absolute_url()).content.decode()
    assert "My field note" not in client_of(admin).get(taught.get_absolute_url()).content.decode()


def test_open_training_takes_no_note(recorder_me, trainer_me):
    training = make_training(recorder_me, trainers=(trainer_me,))
    assert client_of(trainer_me).post(f"/knowledge/notes/new/{training.reference}/", {"worked": "x"}).status_code == 403
    assert FieldNote.objects.count() == 0


def test_home_asks_trainers_until_they_have_told(taught, trainer_me, trainer_rs, recorder_me):
    asks = [
        "1 training of yours has no field note yet." in client_of(m).get("/").content.decode()
        for m in (trainer_me, recorder_me)
    ]
    assert asks == [True, False]
    assert taught.reference in client_of(trainer_me).get("/knowledge/notes/").content.decode()
    note(trainer_me, taught)
    assert "no field note yet" not in client_of(trainer_me).get("/").content.decode()
    assert list(access.trainings_to_note(trainer_rs, timezone.now())) == [taught]


@pytest.mark.slow
def test_who_has_nothing_to_tell_is_asked_no_more_and_may_tell_all_the_same(
    taught, trainer_me, trainer_rs, recorder_rs
):
    url, client = f"/knowledge/notes/new/{taught.reference}/", client_of(trainer_me)
    assert (
        "Nothing to tell" in page_of_notes(client),
        "I have nothing to tell" in client.get(url).content.decode(),
    ) == (
        True,
        True,
    )
    for _twice in range(2):
        assert client.post(url, {"nothing": "yes", "worked": ""})["Location"] == taught.get_absolute_url()
    assert "no field note yet" not in client.get("/").content.decode()
    assert "Nothing to tell" not in page_of_notes(client)
    assert list(access.trainings_to_note(trainer_rs, timezone.now())) == [taught]
    (line,) = AuditEntry.objects.filter(action="decline_field_note")
    assert (line.by, line.root_kind, line.details["reference"]) == (trainer_me, "members.member", taught.reference)
    assert "no field note" not in client_of(trainer_rs).get(f"{taught.get_absolute_url()}history/").content.decode()
    assert client_of(recorder_rs).post(url, {"nothing": "yes"}).status_code == 403
    refused = client.post(url, {"nothing": "yes", "worked": "Karta"})
    assert (refused.status_code, FieldNote.objects.count()) == (422, 0)
    assert "You have written something." in refused.content.decode()
    assert "Karta" in refused.content.decode()
    client.post(url, {"worked": "Ipak"})
    assert FieldNote.objects.get().worked == "Ipak"


def page_of_notes(client) -> str:
    return client.get("/knowledge/notes/").content.decode()


def test_second_note_of_one_author_leads_to_the_first(taught, trainer_me):
    url, client = f"/knowledge/notes/new/{taught.reference}/", client_of(trainer_me)
    client.post(url, {"worked": "Prvi"})
    field_note = FieldNote.objects.get()
    assert client.post(url, {"worked": "Drugi"})["Location"] == f"/knowledge/notes/{field_note.pk}/edit/"
    with pytest.raises(ValidationError, match="You have written a note"):
        note(trainer_me, taught)
    assert FieldNote.objects.get().worked == "Prvi"


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"worked": ""}, "Answer at least one"), ({"worked": "  "}, "Answer at least one"), ({"worked": "x" * 2001}, "at most 2000"),
     ({"worked": "x", "topics": ["9" * 30]}, "Select a valid choice")],
)  # fmt: skip
def test_wrong_note_is_a_sentence(sent, said, taught, trainer_me):
    answer = client_of(trainer_me).post(f"/knowledge/notes/new/{taught.reference}/", sent)
    assert (answer.status_code, FieldNote.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_two_windows_lose_nothing(taught, trainer_me):
    field_note = note(trainer_me, taught)
    client, url = client_of(trainer_me), f"/knowledge/notes/{field_note.pk}/edit/"
    client.post(url, {"worked": "Iz jednog", "version_seen": 1})
    answer = client.post(url, {"worked": "Iz drugog", "version_seen": 1})
    page = answer.content.decode()
    assert (answer.status_code, "Iz jednog" in page, "Iz drugog</textarea>" in page) == (422, True, True)
    client.post(url, {"worked": "Oba", "version_seen": 2})
    assert FieldNote.objects.values_list("worked", "version").get() == ("Oba", 3)


@pytest.mark.slow
def test_note_is_changed_and_taken_back_by_its_author_alone(taught, trainer_me, trainer_rs, admin):
    field_note = note(trainer_me, taught)
    for member in (trainer_rs, admin):
        assert client_of(member).post(f"/knowledge/notes/{field_note.pk}/edit/", {"worked": "x"}).status_code == 403
        assert client_of(member).post(f"/knowledge/notes/{field_note.pk}/delete/").status_code == 403
    client_of(trainer_me).post(f"/knowledge/notes/{field_note.pk}/delete/")
    assert FieldNote.objects.count() == 0


def body_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        rows = load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
        return "\n".join(str(row) for row in rows)
    return content.decode()


@pytest.mark.slow
def test_hidden_author_is_visible_nowhere_to_readers(
    taught, trainer_me, trainer_rs, recorder_me, coordinator_me, admin
):
    topic = Topic.objects.first()
    hidden = note(trainer_rs, taught, worked="Skriveno iskustvo", is_author_hidden=True, topics=[topic])
    collect_note(note=hidden, topic=topic, words="Dopuniti", by=coordinator_me)
    home, theirs = taught.owner_id, trainer_rs.organisation_id
    pages = [
        "/knowledge/notes/", f"/knowledge/notes/{hidden.pk}/", f"/knowledge/notes/?topic={topic.pk}",
        f"/knowledge/notes/?ministry={home}", f"/knowledge/notes/?course={taught.course_id}", "/knowledge/revision/",
        "/knowledge/", "/notifications/", "/knowledge/saved/",
    ]  # fmt: skip
    # The training's own page names its trainers: whoever wrote, it must be the same page.
    for member in (trainer_me, recorder_me, coordinator_me, admin):
        client = client_of(member)
        response = {url: client.get(url) for url in pages}
        results = [
            url
            for url, answer in response.items()
            if "Trenerović" in body_of(answer) or trainer_rs.email in body_of(answer)
        ]
        assert results == [], member
        assert "Skriveno iskustvo" in body_of(response["/knowledge/notes/"])
        # Whose ministry the author is of cannot be asked: the filter means the training's owner.
        assert "Skriveno iskustvo" in body_of(response[f"/knowledge/notes/?ministry={home}"])
        assert "Skriveno iskustvo" not in client.get(f"/knowledge/notes/?ministry={theirs}").content.decode()
        for query in ("author", "author__organisation", "training__field_notes__author", "organisation", "q"):
            for value in (trainer_rs.pk, trainer_me.pk, theirs, "Todor"):
                page = client.get("/knowledge/notes/", {query: value}).content.decode()
                assert "Skriveno iskustvo" in page, query  # no such filter
    for kind in ("xlsx", "csv"):
        sheet = body_of(client_of(admin).post("/knowledge/revision/sheet/", {"as": kind}))
        assert ("Skriveno iskustvo" in sheet, "Trenerović" in sheet, "name not shown" in sheet) == (True, False, True)
    history = client_of(trainer_me).get(f"{taught.get_absolute_url()}history/").content.decode()
    assert ("field note" in history, "Trenerović wrote" in history) == (False, False)


def test_hidden_author_reads_that_it_is_theirs_and_nobody_else_may_change_it(taught, trainer_me, trainer_rs):
    hidden = note(trainer_rs, taught, is_author_hidden=True)
    assert "you, your name is not shown" in client_of(trainer_rs).get(f"/knowledge/notes/{hidden.pk}/").content.decode()
    page = client_of(trainer_me).get(f"/knowledge/notes/{hidden.pk}/").content.decode()
    assert ("name not shown" in page, "Edit" in page.split("<main")[1]) == (True, False)
    assert client_of(trainer_me).get(f"/knowledge/notes/{hidden.pk}/edit/").status_code == 403


def test_control_a_shown_author_is_read(taught, trainer_me, trainer_rs, admin):
    field_note = note(trainer_rs, taught)
    collect_note(note=field_note, topic=Topic.objects.first(), words="", by=admin)
    for url in ("/knowledge/notes/", f"/knowledge/notes/{field_note.pk}/", "/knowledge/revision/"):
        assert "Trenerović" in client_of(admin).get(url).content.decode()
    assert "Trenerović" in body_of(client_of(admin).post("/knowledge/revision/sheet/", {"as": "csv"}))


def test_record_knows_who_wrote_and_the_form_says_so(taught, trainer_rs):
    note(trainer_rs, taught, is_author_hidden=True)
    line = AuditEntry.objects.get(action="write_field_note")
    assert (line.by, line.root_kind, line.root_id) == (trainer_rs, "members.member", str(trainer_rs.pk))
    form = client_of(join("ME", "Nova", "Snimić", "recorder")).get(f"/knowledge/notes/new/{taught.reference}/")
    assert "record still knows who wrote it" in form.content.decode()


def test_observer_reads_no_notes(taught, trainer_me, observer):
    field_note = note(trainer_me, taught)
    assert client_of(observer).get("/knowledge/notes/").status_code == 403
    assert client_of(observer).get(f"/knowledge/notes/{field_note.pk}/").status_code == 404


def test_filters_find_by_topic_course_owner_and_year(taught, trainer_me):
    topic, other = Topic.objects.all()[:2]
    note(trainer_me, taught, topics=[topic])
    results = {
        query: "Karta" in client_of(trainer_me).get(f"/knowledge/notes/?{query}").content.decode()
        for query in (f"topic={topic.pk}", f"topic={other.pk}", f"course={taught.course_id}", "year=2025", "year=2024")
    }
    assert list(results.values()) == [True, False, True, True, False]


@pytest.mark.parametrize("query", ["topic=x", "topic=" + "9" * 40, "year=1", "ministry=-1", "course=%00", "page=0"])
def test_wrong_filters_are_no_error(query, taught, trainer_me):
    note(trainer_me, taught)
    assert client_of(trainer_me).get(f"/knowledge/notes/?{query}").status_code == 200
    assert client_of(client_admin()).get(f"/knowledge/revision/?{query}").status_code == 200


def client_admin():
    return join("SEESAC", "Još", "Upravić", "admin")


@pytest.mark.slow
def test_editor_collects_by_topic_and_says_what_became_of_it(taught, trainer_me, coordinator_rs):
    field_note, topic = note(trainer_me, taught), Topic.objects.first()
    client = client_of(coordinator_rs)
    sent = {"topic": topic.pk, "words": "Poglavlje 3: karta prije definicija"}
    assert client_of(trainer_me).post(f"/knowledge/notes/{field_note.pk}/collect/", sent).status_code == 403
    client.post(f"/knowledge/notes/{field_note.pk}/collect/", sent)
    again = client.post(f"/knowledge/notes/{field_note.pk}/collect/", sent)
    assert (again.status_code, "under that topic already" in again.content.decode()) == (422, True)
    item = RevisionItem.objects.get()
    assert (item.topic, item.words, item.state, item.by) == (topic, sent["words"], "open", coordinator_rs)
    page = client.get("/knowledge/revision/").content.decode()
    assert page.index(topic.name, page.index("<h2>")) < page.index("Poglavlje 3")
    client.post(f"/knowledge/revision/{item.pk}/", {"state": "done"})
    wrong = client.post(f"/knowledge/revision/{item.pk}/", {"state": "burnt"}, follow=True)
    assert "Choose a state of the list." in wrong.content.decode()
    item.refresh_from_db()
    assert item.state == "done"
    assert "Poglavlje 3" not in client.get("/knowledge/revision/?state=open").content.decode()
    assert client_of(trainer_me).get("/knowledge/revision/").status_code == 403


def test_collected_note_is_not_taken_back_until_it_is_off_the_list(taught, trainer_me, admin):
    field_note = note(trainer_me, taught)
    item = collect_note(note=field_note, topic=Topic.objects.first(), words="", by=admin)
    with pytest.raises(ValidationError, match="Ask a coordinator"):
        delete_note(note=field_note, by=trainer_me)
    client_of(admin).post(f"/knowledge/revision/{item.pk}/", {"off": "1"})
    delete_note(note=field_note, by=trainer_me)
    assert FieldNote.objects.count() == 0


def test_sheet_is_a_reading_in_the_record_and_runs_no_formula(taught, trainer_me, admin):
    field_note = note(trainer_me, taught, worked="=cmd|' /C calc'!A0")
    collect_note(note=field_note, topic=Topic.objects.first(), words="+1", by=admin)
    rows = list(csv.reader(io.StringIO(body_of(client_of(admin).post("/knowledge/revision/sheet/", {"as": "csv"})))))
    assert (rows[1][2:4], rows[1][6]) == (["'+1", "'=cmd|' /C calc'!A0"], taught.reference)
    assert list(AuditEntry.objects.filter(action="export_revision").values_list("is_reading", "details")) == [
        (True, {"items": 1})
    ]
