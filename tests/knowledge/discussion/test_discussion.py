"""Discussion: comments and answers, mentions, thanks, saved, followed, accepted answers, what is new."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from knowledge import access
from knowledge.conflicts import ChangedMeanwhileError
from knowledge.discussion.actions import change_comment, write_comment
from knowledge.discussion.mentions import mentioned_in
from knowledge.models import Comment, Follow, Post, Saved, Seen, Thanks
from knowledge.subscriptions.reactions import follow, thank
from tests.conftest import client_of, join
from tests.knowledge.posts.test_posts import write
from tests.markup import squeezed
from trainers.models import Topic

pytestmark = pytest.mark.django_db


def say(by, post, body="Kod nas je radilo.", answers=None, key=None) -> Comment:
    return write_comment(post=post, body=body, answers=answers, key=key, by=by)


def page_of(member, post) -> str:
    return client_of(member).get(post.get_absolute_url()).content.decode()


def test_comment_is_posted_by_a_plain_form_and_leads_to_its_place(trainer_me, recorder_rs):
    post = write(trainer_me)
    answer = client_of(recorder_rs).post(f"{post.get_absolute_url()}comments/", {"body": "Radi i kod nas."})
    comment = Comment.objects.get()
    assert answer["Location"] == f"{post.get_absolute_url()}#comment-{comment.pk}"
    assert (comment.author, comment.body, comment.answers) == (recorder_rs, "Radi i kod nas.", None)
    assert "Radi i kod nas." in page_of(trainer_me, post)


def test_comments_are_never_shown_to_strangers(trainer_me, stranger):
    post = write(trainer_me, reach="public")
    say(trainer_me, post, "Samo za članove")
    page = stranger.get(post.get_absolute_url()).content.decode()
    assert ("Kartice" in page, "Samo za članove" in page, "Discussion" in page) == (True, False, False)
    assert Seen.objects.count() == 0
    assert "Samo za članove" in page_of(trainer_me, post)


def test_same_key_twice_says_it_once(trainer_me, recorder_rs):
    post, key = write(trainer_me), str(uuid4())
    client, sent = client_of(recorder_rs), {"body": "Jednom", "key": key}
    answers = [client.post(f"{post.get_absolute_url()}comments/", sent) for _twice in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Comment.objects.count() == 1
    # The key of another is no key.
    stolen = client_of(trainer_me).post(f"{post.get_absolute_url()}comments/", sent)
    assert (stolen.status_code, Comment.objects.count()) == (422, 1)


def test_control_without_a_key_it_would_be_said_twice(trainer_me, recorder_rs):
    post = write(trainer_me)
    for _twice in range(2):
        client_of(recorder_rs).post(f"{post.get_absolute_url()}comments/", {"body": "Dvaput"})
    assert Comment.objects.count() == 2


def test_answers_stand_one_level_deep(trainer_me, recorder_rs):
    post = write(trainer_me)
    first = say(trainer_me, post)
    reply = say(recorder_rs, post, "Odgovor", answers=first)
    with pytest.raises(ValidationError, match="not an answer"):
        say(trainer_me, post, "Dublje", answers=reply)
    with pytest.raises(ValidationError, match="not an answer"):
        say(trainer_me, write(trainer_me, title="Drugi"), "Drugde", answers=first)
    page = page_of(trainer_me, post)
    assert page.index("Kod nas je radilo.") < page.index("Odgovor")


def test_answer_to_a_comment_of_another_post_is_404(trainer_me, trainer_rs):
    theirs = say(trainer_rs, write(trainer_rs, title="Njihov", reach="ministry"))
    mine = write(trainer_me)
    sent = {"body": "x", "answers": theirs.pk}
    assert client_of(trainer_me).post(f"{mine.get_absolute_url()}comments/", sent).status_code == 404
    assert client_of(trainer_me).post(f"{mine.get_absolute_url()}comments/{theirs.pk}/thank/").status_code == 404


@pytest.mark.slow
def test_removed_comment_keeps_its_place_where_it_was_answered(trainer_me, recorder_rs):
    post = write(trainer_me)
    alone, answered = say(recorder_rs, post, "Sasvim sam"), say(recorder_rs, post, "Povučeno")
    say(trainer_me, post, "Ostaje", answers=answered)
    client = client_of(recorder_rs)
    for comment in (alone, answered):
        client.post(f"{post.get_absolute_url()}comments/{comment.pk}/remove/")
    page = page_of(trainer_me, post)
    assert [words in page for words in ("Sasvim sam", "Povučeno", "Ostaje")] == [False, False, True]
    assert page.count("removed by its author") == 1
    assert set(Comment.objects.exclude(removed_at=None).values_list("body", flat=True)) == {"…"}
    # A second press is refused in words, not by an error.
    assert client.post(f"{post.get_absolute_url()}comments/{alone.pk}/remove/").status_code == 403


def test_two_windows_lose_nothing(trainer_me):
    post = write(trainer_me)
    comment = say(trainer_me, post, "Prvo")
    client, url = client_of(trainer_me), f"{post.get_absolute_url()}comments/{comment.pk}/edit/"
    client.post(url, {"body": "Iz jednog prozora", "version_seen": 1})
    answer = client.post(url, {"body": "Iz drugog prozora", "version_seen": 1})
    page = answer.content.decode()
    assert (answer.status_code, "Iz jednog prozora" in page, "Iz drugog prozora</textarea>" in page) == (
        422,
        True,
        True,
    )
    assert 'name="version_seen" value="2"' in page
    comment.refresh_from_db()
    assert comment.body == "Iz jednog prozora"
    with pytest.raises(ChangedMeanwhileError):
        change_comment(comment=comment, body="x", version_seen=1, by=trainer_me)


def test_edit_and_removal_are_the_authors_alone(trainer_me, recorder_me, admin):
    post = write(trainer_me)
    comment = say(recorder_me, post)
    for member in (trainer_me, admin):
        for act in ("edit", "remove"):
            url = f"{post.get_absolute_url()}comments/{comment.pk}/{act}/"
            assert client_of(member).post(url, {"body": "x", "version_seen": 1}).status_code == 403
    comment.refresh_from_db()
    assert (comment.body, comment.removed_at) == ("Kod nas je radilo.", None)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("@Todor Trenerović, kako?", True), ("@Тодор Тренеровић како?", True), ("@todor trenerovic", True),
        ("(@Todor Trenerovic)", True), ("Todor Trenerović", False), ("@Todor", False), ("pera@Todor Trenerović", False),
        ("@Todor Trenerovićeva", False), ("@@Todor Trenerović", False),
    ],
)  # fmt: skip
def test_mention_is_the_full_name_in_any_script(body, named, trainer_me, trainer_rs):
    assert mentioned_in(body, write(trainer_me)) == ([trainer_rs] if named else [])


def test_mention_reaches_only_who_may_open_the_post(trainer_me, trainer_rs, recorder_me):
    post = write(trainer_me, reach="ministry")
    comment = say(trainer_me, post, "@Todor Trenerović @Rada Zapisić")
    assert list(comment.mentions.all()) == [recorder_me]
    recorder_me.is_active = False
    recorder_me.save()
    assert mentioned_in("@Rada Zapisić", post) == []


def test_longer_name_wins_and_namesakes_are_both_meant(trainer_me):
    ana, vuk = join("ME", "Ana", "Marić", "recorder"), join("RS", "Ana", "Marić-Vuk", "recorder")
    other = join("RS", "Ана", "Марић", "recorder")
    post = write(trainer_me)
    assert mentioned_in("@Ana Marić-Vuk", post) == [vuk]
    assert mentioned_in("@Ana Marić i ostali", post) == [ana, other]


def test_readers_of_a_post_are_those_who_find_it(cast, trainer_me):
    members = [member for member in cast.values() if member is not None]
    for reach in ("ministry", "network", "public"):
        post = write(trainer_me, title=reach, reach=reach)
        results = {member.pk for member in members if access.readable_posts(member).filter(pk=post.pk).exists()}
        assert set(access.readers_of(post).values_list("pk", flat=True)) & {m.pk for m in members} == results
    assert list(access.readers_of(write(trainer_me, publish=False))) == []


def test_thanks_are_given_once_counted_and_taken_back(trainer_me, recorder_rs):
    post = write(trainer_me)
    comment = say(trainer_me, post)
    client = client_of(recorder_rs)
    for url in ("thank/", f"comments/{comment.pk}/thank/"):
        for _twice in range(2):
            client.post(post.get_absolute_url() + url)
    assert Thanks.objects.count() == 2
    assert squeezed(page_of(recorder_rs, post)).count("Thanked · 1") == 2
    assert client_of(trainer_me).post(f"{post.get_absolute_url()}thank/").status_code == 403
    client.post(f"{post.get_absolute_url()}thank/", {"off": "1"})
    assert Thanks.objects.count() == 1


def test_nobody_thanks_themselves_nor_for_what_is_hidden(trainer_me, recorder_me, coordinator_me):
    post = write(trainer_me)
    comment = say(recorder_me, post)
    assert [access.can_thank(m, post, comment) for m in (recorder_me, trainer_me)] == [False, True]
    comment.hidden_at = timezone.now()
    assert access.can_thank(trainer_me, post, comment) is False


@pytest.mark.slow
def test_saved_posts_are_listed_for_oneself_alone(trainer_me, recorder_rs):
    post = write(trainer_me)
    client = client_of(recorder_rs)
    for _twice in range(2):
        client.post(f"{post.get_absolute_url()}save/")
    assert list(Saved.objects.values_list("member", "post")) == [(recorder_rs.pk, post.pk)]
    assert "Kartice</a>" in client.get("/knowledge/saved/").content.decode()
    assert "Kartice</a>" not in client_of(trainer_me).get("/knowledge/saved/").content.decode()
    Post.objects.filter(pk=post.pk).update(reach="ministry")
    assert "Kartice</a>" not in client.get("/knowledge/saved/").content.decode()


def test_follow_a_topic_and_a_person(trainer_me, recorder_rs):
    topic = Topic.objects.first()
    client = client_of(recorder_rs)
    for _twice in range(2):
        client.post(f"/knowledge/follow/topics/{topic.pk}/", {"next": "/knowledge/"})
        answer = client.post(f"/knowledge/follow/people/{trainer_me.pk}/", {"next": "https://evil.example/"})
    assert answer["Location"] == "/notifications/"
    assert sorted(Follow.objects.values_list("topic", "person"), key=str) == [(topic.pk, None), (None, trainer_me.pk)]
    assert client.post(f"/knowledge/follow/people/{recorder_rs.pk}/").status_code == 404
    assert "Following" in client.get(f"/trainers/{trainer_me.profile.slug}/").content.decode()
    client.post(f"/knowledge/follow/people/{trainer_me.pk}/", {"off": "1"})
    assert Follow.objects.count() == 1


def test_question_has_one_accepted_answer_on_top(trainer_me, trainer_rs, recorder_rs):
    post = write(trainer_me, kind="question")
    first, second = say(trainer_rs, post, "Prvi odgovor"), say(recorder_rs, post, "Drugi odgovor")
    url = f"{post.get_absolute_url()}comments/{second.pk}/accept/"
    assert client_of(trainer_rs).post(url).status_code == 403
    client_of(trainer_me).post(url)
    page = page_of(trainer_rs, post)
    assert page.index("Drugi odgovor") < page.index("Prvi odgovor")
    assert page.count("Accepted answer") == 1
    client_of(trainer_me).post(f"{post.get_absolute_url()}comments/{first.pk}/accept/")
    post.refresh_from_db()
    assert post.accepted == first
    client_of(trainer_me).post(f"{post.get_absolute_url()}comments/{first.pk}/accept/", {"off": "1"})
    post.refresh_from_db()
    assert post.accepted is None


def test_removed_answer_is_accepted_no_longer(trainer_me, trainer_rs):
    post = write(trainer_me, kind="question")
    answer = say(trainer_rs, post)
    client_of(trainer_me).post(f"{post.get_absolute_url()}comments/{answer.pk}/accept/")
    client_of(trainer_rs).post(f"{post.get_absolute_url()}comments/{answer.pk}/remove/")
    post.refresh_from_db()
    assert post.accepted is None


def test_draft_and_hidden_post_are_not_discussed(trainer_me, admin):
    draft = write(trainer_me, publish=False)
    assert client_of(trainer_me).post(f"{draft.get_absolute_url()}comments/", {"body": "x"}).status_code == 403
    hidden = write(trainer_me, title="Skriven")
    Post.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now(), hidden_by=admin, hidden_reason="x")
    with pytest.raises(ValidationError, match="not open for discussion"):
        say(trainer_me, hidden)


def test_observer_reads_and_says_nothing(observer, trainer_me):
    post = write(trainer_me)
    say(trainer_me, post, "Vidi se")
    page = page_of(observer, post)
    assert ("Vidi se" in page, "Add to the discussion" in page) == (True, False)
    assert client_of(observer).post(f"{post.get_absolute_url()}comments/", {"body": "x"}).status_code == 403


def test_in_the_background_the_discussion_alone_comes_back(trainer_me, recorder_rs):
    post = write(trainer_me)
    answer = client_of(recorder_rs).post(
        f"{post.get_absolute_url()}comments/", {"body": "Brzo"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert (answer.status_code, "Brzo" in page, "<html" in page) == (200, True, False)
    wrong = client_of(recorder_rs).post(
        f"{post.get_absolute_url()}comments/", {"body": ""}, headers={"HX-Request": "true"}
    )
    assert "This field is required." in wrong.content.decode()


def test_words_of_a_comment_act_nowhere(trainer_me):
    post = write(trainer_me)
    say(trainer_me, post, "<script>alert(1)</script> javascript:alert(1) https://unscr.example/1325 **b**")
    page = page_of(trainer_me, post)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript' not in page
    assert '<a href="https://unscr.example/1325" rel="nofollow">' in page


@pytest.mark.parametrize(("body", "said"), [("", "This field is required."), ("x" * 5001, "at most 5000")])
def test_wrong_comment_is_a_sentence_and_keeps_the_words(body, said, trainer_me):
    post = write(trainer_me)
    answer = client_of(trainer_me).post(f"{post.get_absolute_url()}comments/", {"body": body, "answers": "9" * 40})
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_what_is_new_is_marked_until_it_was_seen(trainer_me, recorder_rs):
    post = write(trainer_me)
    library = lambda: client_of(recorder_rs).get("/knowledge/").content.decode()  # noqa: E731 - asked four times
    assert ">New<" in library()
    assert ">New<" not in client_of(trainer_me).get("/knowledge/").content.decode()  # one's own
    page_of(recorder_rs, post)
    assert (Seen.objects.filter(member=recorder_rs).count(), ">New<" in library()) == (1, False)
    say(trainer_me, post, "Novo")
    say(recorder_rs, post, "Moje")
    assert "1 new comment" in library()
    page = page_of(recorder_rs, post)
    assert page.count(">New<") == 1
    assert ">New<" not in page_of(recorder_rs, post)
    assert ("new comment" in library(), Seen.objects.filter(member=recorder_rs).count()) == (False, 1)


def test_old_post_that_was_never_opened_is_not_called_new(trainer_me, recorder_rs):
    post = write(trainer_me)
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(days=31))
    assert ">New<" not in client_of(recorder_rs).get("/knowledge/").content.decode()


def test_long_discussion_has_pages_and_a_comment_its_address(trainer_me):
    post = write(trainer_me)
    made = Comment.objects.bulk_create(
        Comment(post=post, author=trainer_me, body=f"Broj {n}", at=timezone.now() + timedelta(seconds=n))
        for n in range(51)
    )
    place = client_of(trainer_me).get(f"{post.get_absolute_url()}comments/{made[-1].pk}/")["Location"]
    assert place == f"{post.get_absolute_url()}?page=2#comment-{made[-1].pk}"
    assert "Broj 50" in client_of(trainer_me).get(place).content.decode()
    assert "Broj 50" not in page_of(trainer_me, post)


def test_what_is_so_already_leaves_no_line(trainer_me, recorder_rs):
    from audit.models import AuditEntry

    post = write(trainer_me)
    before = AuditEntry.objects.count()
    for _twice in range(2):
        thank(post=post, on=True, by=recorder_rs)
        follow(thing=trainer_me, on=True, by=recorder_rs)
    assert AuditEntry.objects.count() == before + 2
    line = AuditEntry.objects.get(action="follow")
    assert (line.root_id, line.details, line.free_text_hash) == (str(recorder_rs.pk), {}, "")  # not whom
