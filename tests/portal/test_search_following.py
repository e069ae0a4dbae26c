"""The index follows the record: every write is found at once, none is lost, and building it anew makes the same."""

import io
from collections import defaultdict
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.models import Line
from audit.record import record
from knowledge.actions.posts import Choices, change_post, publish_post
from knowledge.models import MaterialText, MaterialVersion, Post
from members.models import Organisation
from portal.search import following
from portal.search.bits import members_of, unpack, unpacked_terms
from portal.search.following import follow_record, look_after_search
from portal.search.models import BLOCK, MissingLine, SearchEntry, SearchPosting, SearchState, SearchWord
from portal.search.writing import reindex
from tests.conftest import make_training
from tests.knowledge.test_posts import write
from tests.portal.search_things import attach, found, note, titles
from trainers.models import Topic
from trainings.actions.trainings import cancel_training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def test_each_write_is_found_with_the_next_search(trainer_me, recorder_me):
    found(trainer_me, "x")
    post = write(trainer_me, "Prvobitna", body="tekst")
    assert titles(trainer_me, "prvobitna") == ["post Prvobitna"]
    post.title = "Izmijenjena"
    change_post(post=post, choices=Choices(), version_seen=1, by=trainer_me)
    assert (titles(trainer_me, "prvobitna"), titles(trainer_me, "izmijenjena")) == ([], ["post Izmijenjena"])
    draft = write(trainer_me, "Nacrt", publish=False)
    assert titles(trainer_me, "nacrt") == []
    publish_post(post=draft, by=trainer_me)
    assert titles(trainer_me, "nacrt") == ["post Nacrt"]
    training = make_training(recorder_me, title="Jedrenje")
    cancel_training(training=training, reason="x", by=recorder_me)
    assert titles(trainer_me, "jedrenje") == ["training Jedrenje"]


def test_what_is_hidden_and_restored_goes_and_comes(trainer_me):
    post = write(trainer_me, "Kartice")
    for hidden, wanted in ((True, []), (False, ["post Kartice"])):
        facts = (timezone.now(), trainer_me, "x") if hidden else (None, None, "")
        Post.objects.filter(pk=post.pk).update(hidden_at=facts[0], hidden_by=facts[1], hidden_reason=facts[2])
        record("hide_post", post, by=trainer_me)
        assert titles(trainer_me, "kartice") == wanted


def test_new_name_of_a_member_is_found_on_all_that_bears_it(trainer_me, coordinator_me, training):
    attach(write(trainer_me, "Kartice"), "Slajdovi", by=trainer_me)
    note(training, trainer_me, "x")
    before = sorted(titles(coordinator_me, "Trenerić"))
    trainer_me.family_name = "Udatić"
    trainer_me.save()
    record("change_member", trainer_me, by=coordinator_me, fields=["family_name"])
    assert len(before) == 5
    assert titles(coordinator_me, "Trenerić") == []
    assert len(titles(coordinator_me, "Udatić")) == 5


def test_new_names_of_organisation_topic_and_course(trainer_me, admin, training):
    topic = Topic.objects.first()
    write(trainer_me, "Kartice", topics=[topic])
    home = Organisation.objects.get(code="ME")
    training.course.topics.set([topic])
    for thing, action in ((home, "change_organisation"), (topic, "change_topic"), (training.course, "change_course")):
        found(trainer_me, "x")
        thing.name = "Sasvim novoime"
        thing.save()
        record(action, thing, by=admin, fields=["name"])
        kinds = {title.split()[0] for title in titles(trainer_me, "novoime")}
        assert kinds == {"organisation": {"post", "trainer", "training"}, "topic": {"post", "training", "course", "trainer"},
                         "course": {"training", "course", "post", "trainer"}}[thing._meta.model_name]  # fmt: skip


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
    lines = Line.objects.count()
    assert titles(trainer_me, "procitano") == ["material Slajdovi"]
    assert Line.objects.count() == lines
    assert SearchEntry.objects.filter(waits_for_text=True).count() == 0


def late_line(trainer_me) -> Post:
    """Two writes at once: the line with the higher number is there and followed before the lower one is committed."""
    post = write(trainer_me, "Prvobitna")
    found(trainer_me, "x")
    last = Line.objects.order_by("-pk").values_list("pk", flat=True)[0]
    Line.objects.create(pk=last + 2, by=trainer_me, action="x", kind="members.member", object_id="0")
    follow_record()
    Post.objects.filter(pk=post.pk).update(title="Zakasnela")
    Line.objects.create(pk=last + 1, by=trainer_me, action="change_post", kind="knowledge.post", object_id=str(post.pk))
    return post


def test_line_committed_late_is_not_passed_over(trainer_me):
    late_line(trainer_me)
    assert titles(trainer_me, "zakasnela") == ["post Zakasnela"]
    assert MissingLine.objects.count() == 0


def test_control_without_remembering_it_would_be(trainer_me, monkeypatch):
    monkeypatch.setattr(following, "MISSING_MOST", -(10**9))
    late_line(trainer_me)
    assert titles(trainer_me, "zakasnela") == []


def test_number_that_never_comes_is_forgotten(trainer_me):
    late = late_line(trainer_me)
    Line.objects.filter(object_id=str(late.pk), action="change_post").delete()
    MissingLine.objects.update(since=timezone.now() - timedelta(minutes=11))
    write(trainer_me, "Nova")
    follow_record()
    assert MissingLine.objects.count() == 0


def test_nothing_is_asked_but_once_where_nothing_waits(trainer_me, django_assert_num_queries):
    write(trainer_me, "Kartice")
    follow_record()
    with django_assert_num_queries(1):
        follow_record()


def test_a_page_reads_part_of_a_long_record_and_the_worker_all(trainer_me, monkeypatch):
    found(trainer_me, "x")
    monkeypatch.setattr(following, "LINES_AT_ONCE", 3)
    for n in range(8):
        write(trainer_me, f"Listopad{n}x")
    follow_record()
    assert SearchEntry.objects.filter(kind="post").count() == 3
    look_after_search()
    assert SearchEntry.objects.filter(kind="post").count() == 8


def content() -> dict[tuple[str, int], set[tuple[int, str]]]:
    """The index in use as words of things: by the things' own lists, which the postings must say too."""
    generation = SearchState.objects.get().generation
    words = dict(SearchWord.objects.values_list("pk", "word"))
    entries = list(SearchEntry.objects.filter(generation=generation))
    told = {(e.kind, e.object_id): {(t, words[w]) for t, w in unpacked_terms(bytes(e.terms))} for e in entries}
    by_number = {e.number: (e.kind, e.object_id) for e in entries}
    posted = defaultdict(set)
    for row in SearchPosting.objects.filter(generation=generation):
        for n in members_of(unpack(bytes(row.bits))):
            posted[by_number[row.block * BLOCK + n]].add((row.tier, words[row.word_id]))
    assert dict(posted) == told
    return told


def test_index_built_anew_is_the_one_that_grew(trainer_me, trainer_rs, training, recorder_me):
    found(trainer_me, "x")
    posts = [write(trainer_me, f"Objava {n}", body=f"rijec{n} zajednicka") for n in range(6)]
    attach(posts[0], "Slajdovi", ["page", 1, "stranica"], by=trainer_me)
    note(training, trainer_rs, "Mapa")
    follow_record(all_of_it=True)
    for n, post in enumerate(posts[:4]):
        post.body = f"novo{n}"
        change_post(post=post, choices=Choices(), version_seen=1, by=trainer_me)
        found(trainer_me, "x")
    grown = content()
    number = reindex()
    assert (content(), number) == (grown, len(grown))
    assert SearchEntry.objects.count() == SearchEntry.objects.filter(generation=2).count() == len(grown)
    assert SearchPosting.objects.exclude(generation=2).count() == 0


def test_what_is_written_while_it_is_built_is_caught_up_with(trainer_me, monkeypatch):
    write(trainer_me, "Prije")
    found(trainer_me, "x")
    in_order = following.reindex.__globals__["gathering"].in_order

    def meanwhile():
        things = list(in_order())
        write(trainer_me, "Usred")
        yield from things

    monkeypatch.setattr("portal.search.gathering.in_order", meanwhile)
    reindex()
    assert titles(trainer_me, "usred") == ["post Usred"]
    assert titles(trainer_me, "prije") == ["post Prije"]


def test_block_after_block(trainer_me, monkeypatch):
    monkeypatch.setattr("portal.search.writing.BLOCK", 8)
    monkeypatch.setattr("portal.search.bits.BLOCK", 8)
    monkeypatch.setattr("portal.search.bits.WIDE", 1)  # in bytes
    monkeypatch.setattr("portal.search.writing.TERMS_MOST", 50)
    monkeypatch.setattr("portal.search.writing.BATCH", 3)
    for n in range(11):
        write(trainer_me, f"Listopad rijec{n}")
    reindex()
    assert len(titles(trainer_me, "listopad")) == 11
    assert titles(trainer_me, "rijec7") == ["post Listopad rijec7"]


def test_command_builds_and_says_how_many(trainer_me):
    write(trainer_me, "Kartice")
    out = io.StringIO()
    call_command("reindex", stdout=out)
    assert out.getvalue().startswith(f"{SearchEntry.objects.count()} things are indexed in ")
