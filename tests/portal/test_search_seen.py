"""What is not for a member is not found, not counted, not quoted, and not told by any difference."""

import re

import pytest
from django.utils import timezone

from audit.record import record
from knowledge.models import MaterialVersion, Post
from portal.search import seeing
from portal.search.models import Kind, SearchWord
from tests.conftest import client_of, make_roster
from tests.knowledge.test_posts import write
from tests.portal.search_things import attach, found, note, renew, rows, titles

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
        told = {word: (found(member, word).total, found(member, word).counts) for word in canaries}
        assert told == dict.fromkeys(canaries, (0, NOTHING)), member


def test_insider_finds_what_is_published_for_them(canaries, trainer_rs, recorder_rs):
    for member in (trainer_rs, recorder_rs):
        told = {word: " ".join(row.kind.value for row in rows(member, word)) for word in canaries}
        assert told == canaries


def test_page_for_a_hidden_word_is_that_of_no_word(canaries, trainer_me):
    """Not a count, a suggestion or an excerpt tells that a word stands somewhere: but for the word itself the pages are one."""
    client = client_of(trainer_me)
    client.get("/search/?q=x")

    def page(word: str, more: str = "") -> str:
        text = client.get(f"/search/?q={word}{more}").content.decode()
        return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", text).replace(word, "WORD")

    for more in ("", "&kind=post", f"&ministry={trainer_me.organisation_id}", "&page=2"):
        nothing = page("Nicegnemani", more)
        assert {word for word in canaries if page(word, more) != nothing} == set()
    assert page("Vidljiv") != nothing


def test_beginning_endings_and_slips_tell_no_more(canaries, trainer_me):
    for typed in ("Kanarinac", "kanarinacnaslo", "Kanarinactekstom", "Канаринацстрана", "kanarinacnasolv"):
        assert (found(trainer_me, typed).total, found(trainer_me, typed).counts) == (0, NOTHING), typed


def test_rank_is_not_moved_by_what_is_not_seen(trainer_me, trainer_rs):
    """A word of a thousand hidden posts weighs as one that nobody uses."""
    write(trainer_me, "Prvi", body="jasen")
    before = [row.score for row in rows(trainer_me, "jasen")]
    for n in range(5):
        write(trainer_rs, f"Jasen {n}", reach="ministry")
    assert [row.score for row in rows(trainer_me, "jasen")] == before
    assert found(trainer_rs, "jasen").total == 6


def test_hidden_author_of_a_note_is_neither_found_nor_filtered(trainer_me, trainer_rs, recorder_me, training):
    note(training, trainer_rs, "Brezovina", is_author_hidden=True)
    note(training, trainer_me, "Brezovina", is_author_hidden=False)
    assert len(titles(recorder_me, "brezovina", "note")) == 2
    assert titles(recorder_me, "Trenerović", "note") == []
    assert titles(recorder_me, "Trenerovicx", "note") == []
    assert titles(recorder_me, "brezovina", "note", f"ministry={trainer_rs.organisation_id}") == []
    assert len(titles(recorder_me, "Tanja", "note")) == 1
    told = [(row.facts[0], "Todor" in str(row)) for row in rows(recorder_me, "brezovina", "note")]
    assert sorted(told) == [("Tanja Trenerić", False), ("author not shown", False)]


def test_author_who_is_hidden_later_leaves_the_index(trainer_rs, recorder_me, training):
    made = note(training, trainer_rs, "Brezovina")
    assert len(titles(recorder_me, "Trenerović", "note")) == 1
    made.is_author_hidden = True
    made.save()
    record("change_field_note", made, by=trainer_rs, root=trainer_rs)
    assert titles(recorder_me, "Trenerović", "note") == []


def test_observer_finds_no_notes(trainer_me, observer, training):
    note(training, trainer_me, "Brezovina")
    assert (found(observer, "brezovina").total, found(trainer_me, "brezovina").total) == (0, 1)


def test_names_of_participants_are_not_in_the_index(training, recorder_me, coordinator_me):
    people = make_roster(training, 8, recorder_me)
    found(coordinator_me, "gender")
    names = {"petrovic", "jovanovic", "markovic", "knezevic", "durovic", "radovic", "vukovic", "popovic"}
    assert len(people) == 8
    assert set(SearchWord.objects.values_list("word", flat=True)) & names == set()


def test_rules_are_asked_at_the_time_of_the_question(canaries, trainer_rs, monkeypatch):
    assert found(trainer_rs, "vidljiv").total == 1
    monkeypatch.setattr(seeing, "readable_posts", lambda member: Post.objects.none())
    assert found(trainer_rs, "vidljiv").total == 0
    assert found(trainer_rs, "Kanarinacstrana").total == 0
    monkeypatch.setattr(seeing, "readable_posts", lambda member: Post.objects.filter(title="Kanarinacnaslov"))
    monkeypatch.setattr(seeing, "readable_versions", lambda member: MaterialVersion.objects.none())
    assert titles(trainer_rs, "vidljiv") == []
    assert titles(trainer_rs, "Kanarinacnaslov") == ["post Kanarinacnaslov"]


def test_change_that_the_index_does_not_know_of_is_obeyed(trainer_me, trainer_rs):
    """Something written past the actions: no line, so the index is behind; the rules are not."""
    post, other = write(trainer_rs, "Javorovina", body="x"), write(trainer_rs, "Javor", body="x")
    attach(post, "Javorov list", ["page", 1, "x"], by=trainer_rs)
    assert found(trainer_me, "javor").total == 3
    Post.objects.filter(pk=post.pk).update(reach="ministry")
    assert titles(trainer_me, "javor") == ["post Javor"]
    assert found(trainer_me, "javor").counts == {**NOTHING, Kind.POST: 1}
    Post.objects.filter(pk=other.pk).update(hidden_at=timezone.now(), hidden_by=trainer_rs, hidden_reason="x")
    assert found(trainer_me, "javor").counts == NOTHING


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
        assert found(trainer_rs, text).total == 0
