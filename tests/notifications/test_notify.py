"""Notices: who is told of what, how soon, and once."""

import pytest
from django.core import mail

from knowledge.discussion.actions import change_comment, remove_comment
from knowledge.models import Post
from knowledge.posts.actions import publish_post
from knowledge.subscriptions.reactions import follow
from mail.models import Mail
from notifications.models import Notification, NotificationSetting
from tests.conftest import client_of
from tests.knowledge.discussion.test_discussion import say
from tests.knowledge.posts.test_posts import write
from trainers.models import Topic

pytestmark = pytest.mark.django_db


def notified() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("member__given_name", "kind"))


def mailed() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


def test_comment_tells_author_of_post_and_of_what_it_answers(trainer_me, recorder_rs, trainer_rs):
    post = write(trainer_me)
    first = say(recorder_rs, post)
    assert (notified(), mailed()) == ([("Tanja", "commented")], [trainer_me.email])
    say(trainer_rs, post, "Odgovor", answers=first)
    assert notified() == [("Ratko", "commented"), ("Tanja", "commented"), ("Tanja", "commented")]
    message = mail.outbox[-1]
    assert ("Odgovor" in message.body, f"/knowledge/{post.slug}/comments/" in message.body) == (True, True)
    assert message.body.count("http://") == 2


def test_nobody_is_told_of_what_they_said_themselves(trainer_me):
    post = write(trainer_me)
    say(trainer_me, post, "@Tanja Trenerić", answers=say(trainer_me, post))
    assert (notified(), mailed()) == ([], [])


def test_mentioned_author_is_told_once(trainer_me, recorder_rs):
    post = write(trainer_me)
    comment = say(recorder_rs, post, "@Tanja Trenerić @Танја Тренерић")
    assert (notified(), mailed()) == ([("Tanja", "mentioned")], [trainer_me.email])
    change_comment(comment=comment, body="@Tanja Trenerić @Rada Zapisić", version_seen=1, by=recorder_rs)
    assert (notified(), mailed()) == ([("Tanja", "mentioned")], [trainer_me.email])


def test_change_tells_who_is_newly_mentioned(trainer_me, recorder_rs, recorder_me):
    comment = say(recorder_rs, write(trainer_me), "Dobro")
    change_comment(comment=comment, body="@Rada Zapisić dobro", version_seen=1, by=recorder_rs)
    assert notified() == [("Rada", "mentioned"), ("Tanja", "commented")]


def test_mention_of_who_may_not_open_the_post_tells_nobody(trainer_me, recorder_me, trainer_rs):
    say(recorder_me, write(trainer_me, reach="ministry", title="Tajna"), "@Todor Trenerović")
    assert notified() == [("Tanja", "commented")]
    assert [message for message in mail.outbox if trainer_rs.email in message.to] == []


def test_published_post_is_told_to_followers_who_may_read_it(trainer_me, recorder_me, recorder_rs):
    topic = Topic.objects.first()
    for member in (recorder_me, recorder_rs):
        follow(thing=trainer_me, on=True, by=member)
        follow(thing=topic, on=True, by=member)
    follow(thing=topic, on=True, by=trainer_me)
    write(trainer_me, title="Samo naša", reach="ministry", topics=[topic])
    assert notified() == [("Rada", "followed")]
    write(trainer_me, title="Svima", topics=[topic])
    assert notified() == [("Rada", "followed"), ("Rada", "followed"), ("Ratko", "followed")]
    assert mailed() == []  # waits for the digest


def test_draft_tells_nobody_until_it_is_published(trainer_me, recorder_me):
    follow(thing=trainer_me, on=True, by=recorder_me)
    draft = write(trainer_me, publish=False)
    assert notified() == []
    publish_post(post=draft, by=trainer_me)
    assert notified() == [("Rada", "followed")]


def test_choices_are_kept_to(trainer_me, recorder_rs, recorder_me):
    NotificationSetting.objects.create(member=trainer_me, kind="commented", mode="off")
    NotificationSetting.objects.create(member=recorder_me, kind="mentioned", mode="digest")
    post = write(trainer_me)
    say(recorder_rs, post, "@Rada Zapisić")
    assert (notified(), mailed()) == ([("Rada", "mentioned")], [])
    NotificationSetting.objects.filter(member=trainer_me).update(mode="at_once")
    say(recorder_rs, post)
    assert (mailed(), Notification.objects.get(member=trainer_me).mailed_at is None) == ([trainer_me.email], False)
    assert Notification.objects.get(member=recorder_me).mailed_at is None


def test_refused_comment_tells_nobody(trainer_me, recorder_rs):
    post = write(trainer_me)
    Post.objects.filter(pk=post.pk).update(published_at=None)
    client_of(recorder_rs).post(f"{post.get_absolute_url()}comments/", {"body": "@Tanja Trenerić"})
    assert (notified(), Mail.objects.count()) == ([], 0)


def test_title_and_name_cannot_write_headers(trainer_me, recorder_rs):
    post = write(trainer_me, title="Naslov\r\nBcc: x@y.example")
    say(recorder_rs, post)
    message = mail.outbox[0]
    assert message.subject == "Ratko Zapisović commented: Naslov Bcc: x@y.example"
    assert (message.to, message.bcc, message.cc) == ([trainer_me.email], [], [])


def test_notices_are_ones_own_newest_first_and_marked_by_a_post(trainer_me, recorder_rs):
    post = write(trainer_me)
    say(recorder_rs, post)
    client = client_of(trainer_me)
    page = client.get("/notifications/").content.decode()
    assert ("Ratko Zapisović commented on “Kartice”" in page, page.count(">New<")) == (True, 1)
    assert Notification.objects.exclude(read_at=None).count() == 0  # to look changes nothing
    assert "Ratko" not in client_of(recorder_rs).get("/notifications/").content.decode().split("<main")[1]
    client.post("/notifications/")
    assert (
        Notification.objects.exclude(read_at=None).count(),
        client.get("/notifications/").content.decode().count(">New<"),
    ) == (1, 0)


def test_notice_of_what_may_no_longer_be_read_is_not_shown(trainer_me, recorder_rs, trainer_rs):
    follow(thing=trainer_me, on=True, by=trainer_rs)
    post = write(trainer_me, title="Bilo javno")
    Post.objects.filter(pk=post.pk).update(reach="ministry")
    assert "Bilo javno" not in client_of(trainer_rs).get("/notifications/").content.decode()


def test_removed_comment_takes_its_notices_along(trainer_me, recorder_rs):
    comment = say(recorder_rs, write(trainer_me))
    remove_comment(comment=comment, by=recorder_rs)
    assert notified() == []
