"""What is not for a member is not found, not counted, not quoted, and not told by any difference."""

import re

import pytest
from django.utils import timezone

from audit.record import record
from knowledge.access import readable_versions
from knowledge.discussion.actions import remove_comment, write_comment
from knowledge.models import MaterialVersion, Post
from knowledge.moderation.actions import hide_post, restore_post
from members.actions import change_member
from search import visibility
from search.find import find
from search.indexer import sync_index
from search.models import Document, Kind, NameWord, Pending
from search.query import SearchQuery
from search.visibility import visible
from search.words import words_of
from tests.conftest import FAMILY_NAMES, client_of, make_roster
from tests.knowledge.posts.test_posts import write
from tests.search.things import attach, hits, note, renew, rows, titles
from trainers.models import TrainerProfile
from trainings.models import Training

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

NOTHING = dict.fromkeys(Kind, 0)


@pytest.fixture
def canaries(trainer_me, trainer_rs, training, recorder_me) -> dict[str, str]:
    """One word in each place that an outsider (of Montenegro) is not to find; each with the kind under which others do."""
    theirs = write(trainer_rs, "Kanarinacnaslov", body="Kanarinactekst", reach="ministry")
    attach(theirs, "Kanarinacdatoteka", ["page", 4, "Kanarinacstrana"], by=trainer_rs)
    write(trainer_rs, "Kanarinacnacrt", body="Kanarinacnacrtom", publish=False)
    hidden = write(trainer_rs, "Kanarinacskriven", body="x")
    attach(hidden, "Kanarinacskrivenfajl", ["page", 1, "x"], by=trainer_rs)
    hide(hidden)
    seen = write(trainer_rs, "Vidljiv", body="x")
    withdrawn = attach(seen, "Povucen", ["page", 1, "Kanarinacpovucen"], by=trainer_rs)
    withdraw(withdrawn)
    removed = attach(seen, "Kanarinacuklonjen", ["page", 1, "Kanarinacuklonjenim"], by=trainer_rs)
    removed.material.removed_at = timezone.now()
    removed.material.save()
    record("remove_material", removed.material, by=trainer_rs, root=seen)
    return {
        "Kanarinacnaslov": "post material", "Kanarinactekst": "post", "Kanarinacdatoteka": "material", "Kanarinacstrana": "material",
        "Kanarinacnacrt": "", "Kanarinacnacrtom": "", "Kanarinacskriven": "", "Kanarinacskrivenfajl": "", "Kanarinacpovucen": "",
        "Kanarinacuklonjen": "", "Kanarinacuklonjenim": "",
    }  # fmt: skip


def hide(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now(), hidden_by=post.author, hidden_reason="x")
    record("hide_post", post, by=post.author)


def withdraw(version) -> None:
    version.withdrawn_at, version.withdrawn_by, version.withdrawn_reason = timezone.now(), version.added_by, "x"
    version.save()
    record("withdraw_version", version, by=version.added_by, root=version.material.post)


def test_outsider_finds_and_counts_nothing(canaries, trainer_me, admin, observer, coordinator_me):
    for member in (trainer_me, admin, observer, coordinator_me):
        texts = {word: (hits(member, word).total, hits(member, word).by_kind) for word in canaries}
        assert texts == dict.fromkeys(canaries, (0, NOTHING)), member


def test_insider_finds_what_is_published_for_them(canaries, trainer_rs, recorder_rs):
    for member in (trainer_rs, recorder_rs):
        texts = {word: " ".join(row.kind.value for row in rows(member, word)) for word in canaries}
        assert texts == canaries


def test_page_for_a_hidden_word_is_that_of_no_word(canaries, trainer_me):
    """Not a count, a suggestion or an excerpt tells that a word stands somewhere: but for the word itself the pages are one."""
    client = client_of(trainer_me)
    sync_index()

    def page(word: str, more: str = "") -> str:
        text = client.get(f"/search/?q={word}{more}").content.decode()
        return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", text).replace(word, "WORD")

    for more in ("", "&kind=post", f"&ministry={trainer_me.organisation_id}", "&page=2"):
        nothing = page("Nicegnemani", more)
        assert {word for word in canaries if page(word, more) != nothing} == set()
    assert page("Vidljiv") != nothing


def test_beginning_endings_and_slips_tell_no_more(canaries, trainer_me):
    for typed in ("Kanarinac", "kanarinacnaslo", "Kanarinactekstom", "Канаринацстрана", "kanarinacnasolv"):
        assert (hits(trainer_me, typed).total, hits(trainer_me, typed).by_kind) == (0, NOTHING), typed


def test_hidden_author_of_a_note_is_neither_found_nor_filtered(trainer_me, trainer_rs, recorder_me, training):
    note(training, trainer_rs, "Brezovina", is_author_hidden=True)
    note(training, trainer_me, "Brezovina", is_author_hidden=False)
    assert len(titles(recorder_me, "brezovina", "note")) == 2
    assert titles(recorder_me, "Trenerović", "note") == []
    assert titles(recorder_me, "Trenerovicx", "note") == []
    assert titles(recorder_me, "brezovina", "note", f"ministry={trainer_rs.organisation_id}") == []
    assert len(titles(recorder_me, "Tanja", "note")) == 1
    texts = [(row.facts[0], "Todor" in str(row)) for row in rows(recorder_me, "brezovina", "note")]
    assert sorted(texts) == [("Tanja Trenerić", False), ("author not shown", False)]


def test_author_who_is_hidden_later_leaves_the_index(trainer_rs, recorder_me, training):
    made = note(training, trainer_rs, "Brezovina")
    assert len(titles(recorder_me, "Trenerović", "note")) == 1
    made.is_author_hidden = True
    made.save()
    record("change_field_note", made, by=trainer_rs, root=trainer_rs)
    assert titles(recorder_me, "Trenerović", "note") == []


def test_observer_finds_no_notes(trainer_me, observer, training):
    note(training, trainer_me, "Brezovina")
    assert (hits(observer, "brezovina").total, hits(trainer_me, "brezovina").total) == (0, 1)


def test_names_of_participants_are_not_in_the_index(training, recorder_me, coordinator_me):
    people = make_roster(training, 8, recorder_me)
    for n in range(8):
        assert titles(coordinator_me, FAMILY_NAMES[n]) == []
    names = {word for name in FAMILY_NAMES for word in words_of(name)}
    assert (len(people), len(names)) == (8, 8)
    assert set(NameWord.objects.values_list("word", flat=True)) & names == set()
    assert Document.objects.count() > 10


def test_rules_are_asked_at_the_time_of_the_question(canaries, trainer_rs, monkeypatch):
    assert hits(trainer_rs, "vidljiv").total == 1
    monkeypatch.setattr(visibility, "readable_posts", lambda member: Post.objects.none())
    assert hits(trainer_rs, "vidljiv").total == 0
    assert hits(trainer_rs, "Kanarinacstrana").total == 0
    monkeypatch.setattr(visibility, "readable_posts", lambda member: Post.objects.filter(title="Kanarinacnaslov"))
    monkeypatch.setattr(visibility, "unavailable_versions", lambda: MaterialVersion.objects.all())
    assert titles(trainer_rs, "vidljiv") == []
    assert titles(trainer_rs, "Kanarinacnaslov") == ["post Kanarinacnaslov"]


@pytest.mark.parametrize("rule", ["readable_comments", "visible_notes", "visible_profiles", "visible_trainings"])
def test_rule_of_each_kind_is_asked(rule, trainer_me, trainer_rs, training, monkeypatch):
    write_comment(post=write(trainer_me, "Kartice"), body="brezovina", answers=None, key=None, by=trainer_me)
    note(training, trainer_me, "brezovina")
    Training.objects.filter(pk=training.pk).update(notes="brezovina")
    TrainerProfile.objects.filter(member=trainer_me).update(about="brezovina")
    record("change_training", training, by=trainer_me)
    record("change_profile", trainer_me.profile, by=trainer_me)
    before = hits(trainer_rs, "brezovina").by_kind
    query = getattr(visibility, rule)
    monkeypatch.setattr(visibility, rule, lambda member: query(member).none())
    kind = KINDS[rule]
    assert (before[kind], hits(trainer_rs, "brezovina").by_kind) == (1, {**before, kind: 0})


KINDS = {
    "readable_comments": Kind.COMMENT,
    "visible_notes": Kind.NOTE,
    "visible_profiles": Kind.TRAINER,
    "visible_trainings": Kind.TRAINING,
}


def test_files_are_found_by_the_rule_of_the_library(canaries, trainer_me, trainer_rs, admin):
    """The search asks it in two steps: together they say what `readable_versions` does."""
    sync_index()
    for member in (trainer_me, trainer_rs, admin):
        files = Document.objects.filter(visible(member), kind=Kind.MATERIAL).values_list("version", flat=True)
        unwithdrawn = readable_versions(member).filter(pk__in=Document.objects.values("version"))
        assert sorted(files) == sorted(unwithdrawn.values_list("pk", flat=True)), member


def test_hidden_and_removed_comments_are_found_by_nobody(trainer_me, trainer_rs, coordinator_me, admin):
    post = write(trainer_me, "Kartice")
    said = {
        word: write_comment(post=post, body=f"Kanarinac{word}", answers=None, key=None, by=trainer_rs)
        for word in ("skriven", "uklonjen", "vidljiv")
    }
    everybody = (trainer_me, trainer_rs, coordinator_me, admin)
    assert [hits(member, f"kanarinac{word}").total for member in everybody for word in said] == [1] * 12
    hide_post(post=post, comment=said["skriven"], reason="x", by=coordinator_me)
    remove_comment(comment=said["uklonjen"], by=trainer_rs)
    for synced in (False, True):
        if synced:
            sync_index()
        results = {word: [find(m, SearchQuery.parse(f"kanarinac{word}")).total for m in everybody] for word in said}
        assert results == {"skriven": [0] * 4, "uklonjen": [0] * 4, "vidljiv": [1] * 4}
    restore_post(post=post, comment=said["skriven"], by=coordinator_me)
    assert titles(trainer_me, "kanarinacskriven") == ["comment Kartice"]


def test_comments_of_a_post_are_for_its_readers(trainer_me, trainer_rs, recorder_me, admin):
    post = write(trainer_me, "Kartice", reach="ministry")
    write_comment(post=post, body="Kanarinac", answers=None, key=None, by=trainer_me)
    assert [hits(member, "kanarinac").total for member in (recorder_me, trainer_rs, admin)] == [1, 0, 0]
    hide_post(post=post, reason="x", by=admin)
    assert [hits(member, "kanarinac").total for member in (trainer_me, recorder_me, trainer_rs, admin)] == [0] * 4


def test_what_is_not_indexed_yet_is_hidden_at_once(canaries, trainer_me, trainer_rs):
    """Between a write and the next look of the worker, the rules alone decide."""
    sync_index()
    post = Post.objects.get(title="Vidljiv")
    assert find(trainer_me, SearchQuery.parse("vidljiv")).total == 1
    hide(post)
    assert Pending.objects.exists()
    assert find(trainer_me, SearchQuery.parse("vidljiv")).total == 0


def test_change_that_the_index_does_not_know_of_is_obeyed(trainer_me, trainer_rs):
    """Something written past the actions: no line, so the index is behind; the rules are not."""
    post, other = write(trainer_rs, "Javorovina", body="x"), write(trainer_rs, "Javor", body="x")
    attach(post, "Javorov list", ["page", 1, "x"], by=trainer_rs)
    assert hits(trainer_me, "javor").total == 3
    Post.objects.filter(pk=post.pk).update(reach="ministry")
    assert titles(trainer_me, "javor") == ["post Javor"]
    assert hits(trainer_me, "javor").by_kind == {**NOTHING, Kind.POST: 1}
    Post.objects.filter(pk=other.pk).update(hidden_at=timezone.now(), hidden_by=trainer_rs, hidden_reason="x")
    assert hits(trainer_me, "javor").by_kind == NOTHING


def test_newest_version_that_is_not_withdrawn_is_found(trainer_me):
    post = write(trainer_me, "Zbirka", body="x")
    first = attach(post, "Slajdovi", ["page", 1, "prvobitno"], by=trainer_me)
    second = renew(first.material, ["page", 1, "dopunjeno"], by=trainer_me)
    assert (titles(trainer_me, "prvobitno"), titles(trainer_me, "dopunjeno")) == ([], ["material Slajdovi"])
    withdraw(second)
    assert (titles(trainer_me, "prvobitno"), titles(trainer_me, "dopunjeno")) == (["material Slajdovi"], [])


def test_member_who_left_finds_nothing(trainer_me, trainer_rs):
    write(trainer_me, "Kartice", body="x")
    trainer_rs.is_active = False
    for text in ("kartice", "gender", "Trenerić"):
        assert hits(trainer_rs, text).total == 0


def test_change_of_reach_and_of_a_members_ministry_are_obeyed_at_once(trainer_me, trainer_rs, admin):
    own, shared = write(trainer_me, "Listopad tajni", reach="ministry"), write(trainer_me, "Listopad")
    assert [titles(member, "listopad") for member in (trainer_me, trainer_rs)] == [
        ["post Listopad", "post Listopad tajni"],
        ["post Listopad"],
    ]
    hide_post(post=shared, reason="Dvaput", by=admin)
    assert [titles(member, "listopad") for member in (trainer_me, trainer_rs)] == [["post Listopad tajni"], []]
    home, trainer_rs.organisation = trainer_rs.organisation, own.organisation
    change_member(member=trainer_rs, by=admin)
    assert (titles(trainer_rs, "listopad"), hits(trainer_rs, "listopad").total) == (["post Listopad tajni"], 1)
    trainer_rs.organisation = home
    assert (titles(trainer_rs, "listopad"), hits(trainer_rs, "listopad").total) == ([], 0)
