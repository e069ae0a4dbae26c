"""The index follows the audit log: every write is found at once, none is lost, and building it again makes the same."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from audit.models import AuditEntry
from audit.record import record
from knowledge.discussion.actions import write_comment
from knowledge.materials.actions import withdraw_version
from knowledge.models import Comment, MaterialText, MaterialVersion, Post
from knowledge.moderation.actions import hide_post, restore_post
from knowledge.posts.actions import Choices, change_post, publish_post
from members.models import Organisation
from search import index, indexer
from search.find import find
from search.index import rebuild
from search.indexer import look_after_search, sync_index
from search.models import Document, Kind, NameWord, Pending, TextPart
from search.query import SearchQuery
from tests.conftest import client_of, make_training, mark_all
from tests.knowledge.posts.test_posts import write
from tests.search.things import attach, hits, index_content, note, rebuilt_content, renew, titles
from tests.threads import at_once
from trainers.models import Topic
from trainings.actions import cancel_training
from trainings.figures.actions import submit_figures, verify_figures

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def indexed(member, text: str) -> int:
    """How much is found without anybody indexing what waits."""
    return find(member, SearchQuery.parse(text)).total


def test_what_one_writes_is_found_as_soon_as_it_is_committed(
    trainer_me, trainer_rs, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post = write(trainer_me, "Prvobitna", body="tekst")
    with django_capture_on_commit_callbacks(execute=True):
        write_comment(post=post, body="Primjedba", answers=None, key=None, by=trainer_rs)
    assert (indexed(trainer_me, "prvobitna"), indexed(trainer_me, "primjedba")) == (1, 1)
    post.title = "Izmijenjena"
    with django_capture_on_commit_callbacks(execute=True):
        change_post(post=post, choices=Choices(), version_seen=1, by=trainer_me)
    assert (indexed(trainer_me, "prvobitna"), indexed(trainer_me, "izmijenjena")) == (0, 1)
    # What else bears the title is the worker's.
    assert set(Pending.objects.exclude(what=Kind.COURSE).values_list("what", flat=True)) == {"of_post", Kind.TRAINER}


def test_comment_is_found_by_the_next_page(trainer_me, trainer_rs, django_capture_on_commit_callbacks):
    post = write(trainer_me, "Kartice")
    with django_capture_on_commit_callbacks(execute=True):
        client_of(trainer_rs).post(f"{post.get_absolute_url()}comments/", {"body": "Sve o Brezovini"})
    page = client_of(trainer_me).get("/search/?q=брезовина").content.decode()
    assert f'href="/knowledge/kartice/comments/{Comment.objects.get().pk}/"' in page
    assert "Sve o <mark>Brezovini</mark>" in page


def test_no_page_indexes_anything(trainer_me):
    write(trainer_me, "Kartice")
    before = list(Pending.objects.values_list("pk", flat=True))
    client = client_of(trainer_me)
    for address in ("/search/?q=kartice", "/search/", "/knowledge/"):
        assert client.get(address).status_code == 200
    assert (list(Pending.objects.values_list("pk", flat=True)), Document.objects.count()) == (before, 0)
    assert len(before) > 2


def test_marks_and_figures_leave_nothing_to_index(sheet, recorder_me, coordinator_me):
    sync_index()
    mark_all(sheet, recorder_me)
    submit_figures(training=sheet, by=recorder_me)
    verify_figures(training=sheet, version_seen=1, by=coordinator_me)
    assert Pending.objects.count() == 0


def test_write_stands_where_indexing_fails(trainer_me, monkeypatch, caplog, django_capture_on_commit_callbacks):
    def fail(*args: object) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(indexer, "index_documents", fail)
    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        write(trainer_me, "Kartice")
    assert (Post.objects.count(), "no room" in caplog.text) == (1, True)
    monkeypatch.undo()
    assert titles(trainer_me, "kartice") == ["post Kartice"]
    assert Pending.objects.count() == 0


def test_change_that_is_rolled_back_leaves_nothing(trainer_me):
    sync_index()
    post = write(trainer_me, "Kartice")
    sync_index()
    with pytest.raises(Exception, match="published already"):
        publish_post(post=post, by=trainer_me)
    assert Pending.objects.count() == 0


def test_drafts_are_found_once_published(trainer_me, recorder_me):
    draft = write(trainer_me, "Nacrt", publish=False)
    attach(draft, "Prilog", ["page", 1, "stranica"], by=trainer_me)
    assert (titles(trainer_me, "nacrt"), titles(trainer_me, "stranica")) == ([], [])
    publish_post(post=draft, by=trainer_me)
    assert titles(trainer_me, "nacrt") == ["post Nacrt", "material Prilog"]
    assert titles(trainer_me, "stranica") == ["material Prilog"]
    training = make_training(recorder_me, title="Jedrenje")
    cancel_training(training=training, reason="x", by=recorder_me)
    assert titles(trainer_me, "jedrenje") == ["training Jedrenje"]


def test_what_is_hidden_and_restored_goes_and_comes(trainer_me, admin):
    post = write(trainer_me, "Kartice")
    attach(post, "Prilog", ["page", 1, "stranica"], by=trainer_me)
    write_comment(post=post, body="Primjedba", answers=None, key=None, by=trainer_me)
    words = ("kartice", "stranica", "primjedba")
    results = [[len(titles(trainer_me, word)) for word in words]]
    hide_post(post=post, reason="x", by=admin)
    results.append([len(titles(trainer_me, word)) for word in words])
    assert Document.objects.filter(post=post).count() == 0
    restore_post(post=post, by=admin)
    results.append([len(titles(trainer_me, word)) for word in words])
    assert results == [[2, 1, 1], [0, 0, 0], [2, 1, 1]]


def test_older_version_is_found_when_the_newest_is_withdrawn(trainer_me):
    first = attach(write(trainer_me, "Kartice"), "Prilog", ["page", 1, "prvobitno"], by=trainer_me)
    second = renew(first.material, ["page", 1, "dopunjeno"], by=trainer_me)
    assert (titles(trainer_me, "prvobitno"), titles(trainer_me, "dopunjeno")) == ([], ["material Prilog"])
    withdraw_version(version=second, reason="x", by=trainer_me)
    assert (titles(trainer_me, "prvobitno"), titles(trainer_me, "dopunjeno")) == (["material Prilog"], [])


def test_new_name_of_a_member_is_found_on_all_that_bears_it(trainer_me, coordinator_me, training):
    post = write(trainer_me, "Kartice")
    attach(post, "Slajdovi", by=trainer_me)
    note(training, trainer_me, "x")
    write_comment(post=post, body="x", answers=None, key=None, by=trainer_me)
    before = sorted(titles(coordinator_me, "Trenerić"))
    trainer_me.family_name = "Udatić"
    trainer_me.save()
    record("change_member", trainer_me, by=coordinator_me, fields=["family_name"])
    assert len(before) == 6
    assert titles(coordinator_me, "Trenerić") == []
    assert len(titles(coordinator_me, "Udatić")) == 6


def test_new_names_of_organisation_topic_and_course(trainer_me, admin, training):
    topic = Topic.objects.first()
    write(trainer_me, "Kartice", topics=[topic])
    home = Organisation.objects.get(code="ME")
    training.course.topics.set([topic])
    for thing, action in ((home, "change_organisation"), (topic, "change_topic"), (training.course, "change_course")):
        sync_index()
        thing.name = "Sasvim novoime"
        thing.save()
        record(action, thing, by=admin, fields=["name"])
        kinds = {title.split()[0] for title in titles(trainer_me, "novoime")}
        assert (
            kinds
            == {
                "organisation": {"post", "trainer", "training"},
                "topic": {"post", "training", "course", "trainer"},
                "course": {"training", "course", "post", "trainer"},
            }[thing._meta.model_name]
        )


def test_trainer_who_leaves_and_comes_back(trainer_me, coordinator_me):
    for is_active, wanted in ((False, []), (True, ["trainer Tanja Trenerić"])):
        trainer_me.is_active = is_active
        trainer_me.save()
        record("reactivate_member" if is_active else "deactivate_member", trainer_me, by=coordinator_me)
        assert titles(coordinator_me, "Trenerić", "trainer") == wanted


def test_words_of_a_file_are_found_once_the_worker_has_read_them(trainer_me):
    version = attach(write(trainer_me, "Kartice"), "Slajdovi", by=trainer_me, state="waiting")
    assert titles(trainer_me, "procitano") == []
    MaterialText.objects.create(version=version, places=[["page", 1, "Pročitano", ""]])
    MaterialVersion.objects.filter(pk=version.pk).update(text_state="read")
    entries = AuditEntry.objects.count()
    assert titles(trainer_me, "procitano") == ["material Slajdovi"]
    assert AuditEntry.objects.count() == entries
    assert Document.objects.filter(waits_for_text=True).count() == 0


def test_draft_that_is_thrown_away_with_its_file_leaves_the_index(trainer_me):
    version = attach(write(trainer_me, "Kartice"), "Slajdovi", by=trainer_me, state="waiting")
    sync_index()
    MaterialVersion.objects.filter(pk=version.pk).delete()
    version.material.delete()
    assert Document.objects.filter(kind=Kind.MATERIAL).count() == 1
    sync_index()
    assert Document.objects.filter(kind=Kind.MATERIAL).count() == 0


def test_two_queries_where_nothing_waits(trainer_me, django_assert_num_queries):
    write(trainer_me, "Kartice")
    sync_index()
    with django_assert_num_queries(4):  # the two savepoint queries of one transaction
        sync_index()


def test_worker_takes_what_waits_in_small_numbers(trainer_me, monkeypatch):
    monkeypatch.setattr(indexer, "AT_ONCE", 3)
    posts = [write(trainer_me, f"Listopad{n}x") for n in range(8)]
    attach(posts[0], "Prilog", by=trainer_me)
    record("change_organisation", trainer_me.organisation, by=trainer_me, fields=["name"])
    look_after_search()
    kinds = Document.objects.values_list("kind", flat=True)
    assert ({kind: list(kinds).count(kind) for kind in ("post", "material")}, Pending.objects.count()) == (
        {"post": 8, "material": 1},
        0,
    )


def test_worker_builds_an_index_that_was_never_built(trainer_me):
    write(trainer_me, "Kartice")
    Pending.objects.all().delete()
    sync_index()
    assert Document.objects.count() == 0
    look_after_search()
    assert titles(trainer_me, "kartice") == ["post Kartice"]
    built = index_content()
    Post.objects.update(title="Izmijenjena")
    look_after_search()
    assert index_content() == built


def grow(trainer_me, trainer_rs, training) -> None:
    """Make an index of all kinds, a thing at a time."""
    posts = [write(trainer_me, f"Objava {n}", body=f"rijec{n} zajednicka") for n in range(6)]
    attach(posts[0], "Slajdovi", ["page", 1, "stranica " * 300], by=trainer_me)
    attach(posts[1], "Prilog", ["page", 1, "Druga"], by=trainer_me, state="waiting")
    write_comment(post=posts[0], body="Primjedba", answers=None, key=None, by=trainer_rs)
    note(training, trainer_rs, "Mapa")
    sync_index()
    for n, post in enumerate(posts[:4]):
        post.body = f"novo{n}"
        change_post(post=post, choices=Choices(), version_seen=1, by=trainer_me)
        sync_index()


def test_index_built_again_is_the_one_that_grew(trainer_me, trainer_rs, training):
    grow(trainer_me, trainer_rs, training)
    grown, names = index_content(), set(NameWord.objects.values_list("word", flat=True))
    count = rebuild()
    assert (index_content(), count) == (grown, len(grown))
    assert {kind for kind, _pk in grown} == set(Kind)
    assert TextPart.objects.count() == 1
    assert set(NameWord.objects.values_list("word", flat=True)) == names
    assert rebuilt_content() == grown


def test_rebuilding_mends_an_index_that_is_wrong(trainer_me, trainer_rs, training):
    grow(trainer_me, trainer_rs, training)
    right = index_content()
    TextPart.objects.all().delete()
    Document.objects.filter(kind=Kind.NOTE).delete()
    Document.objects.filter(kind=Kind.POST).update(words=index.IndexedWords(["krivo"]), has_parts=True)
    lost = Document.objects.filter(kind=Kind.MATERIAL)[0]
    Document.objects.create(
        kind=Kind.POST,
        object_id=10**9,
        at=timezone.now(),
        post_id=lost.post_id,
        **dict.fromkeys(("title", "names", "words"), index.IndexedWords(["krivo"])),
    )
    NameWord.objects.create(word="zaboravic", loose="zaboravik", word_reversed="civarobaz", loose_reversed="kivarobaz")
    assert hits(trainer_me, "krivo").total == 7
    rebuild()
    assert (index_content(), hits(trainer_me, "krivo").total) == (right, 0)
    assert not NameWord.objects.filter(word="zaboravic").exists()


def test_searches_go_on_while_it_is_built(trainer_me, trainer_rs, training, monkeypatch):
    grow(trainer_me, trainer_rs, training)
    monkeypatch.setattr(index, "AT_ONCE", 2)
    seen = []
    index_documents = index.index_documents

    def meanwhile(*args):
        seen.append((indexed(trainer_me, "objava"), indexed(trainer_me, "mapa")))
        if len(seen) == 1:
            write(trainer_me, "Usred gradnje")
        return index_documents(*args)

    before = (indexed(trainer_me, "objava"), indexed(trainer_me, "mapa"))
    monkeypatch.setattr(index, "index_documents", meanwhile)
    rebuild()
    monkeypatch.undo()
    assert (set(seen), len(seen) > 8) == ({before}, True)
    assert titles(trainer_me, "usred") == ["post Usred gradnje"]


def test_command_builds_and_says_how_many(trainer_me):
    write(trainer_me, "Kartice")
    out = io.StringIO()
    call_command("rebuild_index", stdout=out)
    assert out.getvalue().startswith(f"{Document.objects.count()} documents are indexed in ")
    assert Pending.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
class TestAtOnce:
    """Several processes, each with a connection of its own."""

    def test_workers_share_what_waits(self, trainer_me, monkeypatch):
        monkeypatch.setattr(indexer, "AT_ONCE", 2)
        for n in range(12):
            write(trainer_me, f"Listopad {n}")
        record("change_organisation", trainer_me.organisation, by=trainer_me)
        at_once(*[sync_index] * 4)
        sync_index()
        assert (index_content(), Pending.objects.count()) == (rebuilt_content(), 0)

    def test_later_of_two_states_stays(self, trainer_me, monkeypatch):
        """One process has read a post that another changes and indexes, and writes what it read afterwards."""
        post = write(trainer_me, "Prvobitna")
        assert indexed(trainer_me, "prvobitna") == 1
        assert self.slow_reader_and_a_change(post, trainer_me, monkeypatch) == (0, 1)

    def test_control_without_the_lock_the_earlier_would(self, trainer_me, monkeypatch):
        monkeypatch.setattr(index, "lock", lambda names, **options: True)
        monkeypatch.setattr(indexer, "lock", lambda names, **options: True)
        post = write(trainer_me, "Prvobitna")
        assert self.slow_reader_and_a_change(post, trainer_me, monkeypatch) == (1, 0)

    def slow_reader_and_a_change(self, post, by, monkeypatch) -> tuple[int, int]:
        contents_of, slow = index.contents_of, []

        def read(kind, wanted):
            contents = contents_of(kind, wanted)
            if not slow:
                slow.append(True)
                changed = Post.objects.get(pk=post.pk)
                changed.title = "Izmijenjena"
                at_once(lambda: change_post(post=changed, choices=Choices(), version_seen=1, by=by))
            return contents

        monkeypatch.setattr(index, "contents_of", read)
        index.index_documents(Kind.POST, [post.pk])
        sync_index()
        return indexed(by, "prvobitna"), indexed(by, "izmijenjena")


def test_old_pending_changes_of_things_that_are_gone(trainer_me):
    for what in (*Kind.values, *indexer.WIDE_CHANGES):
        Pending.objects.create(what=what, object_id=10**9)
    sync_index()
    assert (
        Pending.objects.count(),
        Document.objects.filter(at__lt=timezone.now() - timedelta(days=1000)).exists(),
    ) == (0, True)
