"""The digest, the ways out of it, choices, feeds under a secret address."""

import inspect
import re
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from django.utils.translation import to_locale

import search.saved
from knowledge.models import Follow, SavedSearch, SecretAddress
from knowledge.posts.actions import pin_post
from knowledge.subscriptions import digest_sections, kinds
from knowledge.subscriptions.secret_addresses import make_secret_address, member_of_secret
from mail.delivery import MailSender
from mail.models import Mail
from notifications import digest as digest_module
from notifications.digest import compose, ensure_digests, news_for, next_digest, send_due_digests
from notifications.models import Digest, NotificationSetting
from search.indexer import sync_index
from tests.conftest import client_of, join
from tests.knowledge.posts.test_posts import write
from tests.smtp_server import MailServer
from tests.threads import at_once
from trainers.models import Topic

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def local(*when):
    return timezone.make_aware(datetime(*when))


@pytest.mark.parametrize(
    ("every", "expected", "due"),
    [
        ("day", (2026, 11, 24, 12, 0), (2026, 11, 25, 7, 0)),
        ("day", (2026, 11, 24, 6, 59), (2026, 11, 24, 7, 0)),
        ("day", (2026, 10, 24, 8, 0), (2026, 10, 25, 7, 0)),  # the clocks go back that night
        ("week", (2026, 11, 24, 12, 0), (2026, 11, 30, 7, 0)),
        ("week", (2026, 11, 30, 6, 0), (2026, 11, 30, 7, 0)),
        ("week", (2026, 11, 30, 7, 0), (2026, 12, 7, 7, 0)),
    ],
)
def test_digest_is_due_at_seven_and_a_weeks_on_monday(every, expected, due):
    assert next_digest(Digest(every=every, covers_until=local(*expected))) == local(*due)
    assert next_digest(Digest(every="off", covers_until=local(*expected))) is None


@pytest.fixture
def reader(trainer_rs, settings):
    """A member whose digest is daily, told until two days ago."""
    settings.SITE_URL = "https://mreza.example"
    ensure_digests()
    Digest.objects.update(every="off")
    Digest.objects.filter(member=trainer_rs).update(every="day", covers_until=timezone.now() - timedelta(days=2))
    return trainer_rs


def news_of(reader, since=timedelta(hours=1)):
    """What is new for a reader whose last digest is so long ago."""
    digest = Digest.objects.get(member=reader)
    digest.covers_until = timezone.now() - since
    return news_for(digest, timezone.now())


def test_due_digest_tells_what_is_new_once(reader, trainer_me):
    post = write(trainer_me, title="Vježba")
    write(trainer_me, title="Samo mi", reach="ministry")
    write(trainer_me, title="Nacrt", publish=False)
    write(reader, title="Moja")
    mail.outbox.clear()
    assert [send_due_digests(), send_due_digests()] == [1, 0]
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([reader.email], "What is new on Mreža")
    assert f"- Vježba (Tanja Trenerić)\n  https://mreza.example{post.get_absolute_url()}" in sent.body
    assert [title for title in ("Samo mi", "Nacrt", "Moja") if title in sent.body] == []


@pytest.mark.both_engines
@pytest.mark.outbox
def test_weekly_digest_is_received_by_a_mail_server(reader, trainer_me, settings):
    Digest.objects.filter(member=reader).update(
        every="week", language="sr", covers_until=timezone.now() - timedelta(days=8)
    )
    post = write(trainer_me, title="Вежба: „Đurđevdan“")
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        send_due_digests()
        MailSender().send_waiting()
        MailSender().send_waiting()
        (got,) = server.taken
    digest = Digest.objects.get(member=reader)
    assert (got["To"], got["Subject"].strip()) == (reader.email, "Шта је ново на порталу Mreža")
    assert (
        f"- Вежба: „Đurđevdan“ (Tanja Trenerić)\n  https://mreza.example{post.get_absolute_url()}" in got.get_content()
    )
    assert got["List-Unsubscribe"].strip() == f"<https://mreza.example/notifications/leave/{digest.leave_token}/>"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_write_each_digest_once(reference):
    members = [join("RS", "Vesna", f"Čitalac{n}", "trainer") for n in range(12)]
    ensure_digests()
    Digest.objects.update(every="day", covers_until=timezone.now() - timedelta(days=2))
    write(join("ME", "Petar", "Pisac", "trainer"))
    at_once(*[send_due_digests] * 4)
    texts = sorted(Mail.objects.filter(key__startswith="digest").values_list("to", flat=True))
    assert texts == sorted(member.email for member in members)


def test_nothing_new_writes_no_mail_and_is_not_looked_at_again(reader):
    mail.outbox.clear()
    assert (send_due_digests(), mail.outbox) == (0, [])
    assert next_digest(Digest.objects.get(member=reader)) > timezone.now()


def test_an_address_that_is_none_holds_up_no_other_and_is_said_once(reader, trainer_me, recorder_rs, caplog):
    write(trainer_me)
    type(reader).objects.filter(pk=reader.pk).update(email="čitač@mod.example")
    ensure_digests()
    Digest.objects.filter(member=recorder_rs).update(every="day", covers_until=timezone.now() - timedelta(days=2))
    mail.outbox.clear()
    assert (send_due_digests(), [m.to for m in mail.outbox]) == (1, [[recorder_rs.email]])
    send_due_digests()
    send_due_digests(timezone.now() + timedelta(minutes=10))
    assert [record.getMessage() for record in caplog.records] == [
        f"The digest of member {reader.pk} was not written: their address is none."
    ]


def test_notice_to_an_address_that_is_none_holds_up_no_comment(reader, trainer_me, caplog):
    post = write(reader)
    type(reader).objects.filter(pk=reader.pk).update(email="čitač@mod.example")
    client_of(trainer_me).post(f"{post.get_absolute_url()}comments/", {"body": "Dobro je."})
    assert post.comments.get().body == "Dobro je."
    assert [record.getMessage() for record in caplog.records] == [
        f"A notice to member {reader.pk} was not mailed: their address is none."
    ]


def test_digest_off_or_of_who_left_is_not_sent(reader, trainer_me):
    write(trainer_me)
    Digest.objects.filter(member=reader).update(every="off")
    assert send_due_digests() == 0
    Digest.objects.filter(member=reader).update(every="day")
    type(reader).objects.filter(pk=reader.pk).update(is_active=False)
    assert send_due_digests() == 0


def test_what_is_followed_stands_first(reader, trainer_me, recorder_me):
    topic = Topic.objects.first()
    Follow.objects.create(member=reader, topic=topic)
    Follow.objects.create(member=reader, person=recorder_me)
    first, two, three = (
        write(trainer_me, topics=[topic]),
        write(recorder_me, title="Od praćene"),
        write(trainer_me, title="Ostalo"),
    )
    paths = [{item.path for item in section.items} for section in news_of(reader).sections[:2]]
    assert paths == [{first.get_absolute_url(), two.get_absolute_url()}, {three.get_absolute_url()}]


def test_what_a_saved_search_finds_is_told_once(reader, trainer_me):
    SavedSearch.objects.create(
        member=reader, name="Žirafe", query="q=zirafa", seen_until=timezone.now() - timedelta(days=9)
    )
    write(trainer_me, title="Жирафа")
    sync_index()
    mail.outbox.clear()
    send_due_digests()
    assert "- Žirafe: +1\n  https://mreza.example/search/?q=zirafa" in mail.outbox[0].body
    assert news_of(reader, timedelta(0)).sections[2].items == []
    assert len(news_of(reader, timedelta(days=2)).sections[2].items) == 1
    NotificationSetting.objects.create(member=reader, kind="search", mode="off")
    assert news_of(reader, timedelta(days=2)).sections[2].items == []


def test_pinned_news_stand_among_what_is_for_the_member(reader, trainer_me, admin):
    post = write(trainer_me, title="Sastanak", kind="news")
    pin_post(post=post, is_pinned=True, by=admin)
    assert [(row.kind, row.target) for row in news_of(reader).notifications] == [("pinned", post)]


def test_long_digest_says_how_many_more(reader, trainer_me):
    for n in range(18):
        write(trainer_me, title=f"Post {n}")
    news = news_of(reader)
    assert len(news.sections[1].items) == 15
    assert "and 3 more in the library" in compose(Digest.objects.get(member=reader), news)[1]


SAYS = {
    "en": ("What is new on Mreža", "New in the network:"), "bs": ("Šta je novo na portalu Mreža", "Novo u mreži:"),
    "cnr": ("Šta je novo na portalu Mreža", "Novo u mreži:"), "hr": ("Što je novo na portalu Mreža", "Novo u mreži:"),
    "mk": ("Што има ново на порталот Mreža", "Ново во мрежата:"), "sr": ("Шта је ново на порталу Mreža", "Ново у мрежи:"),
    "sr-latn": ("Šta je novo na portalu Mreža", "Novo u mreži:"), "sq": ("Çfarë ka të re në Mreža", "Të reja në rrjet:"),
    "xx": ("What is new on Mreža", "New in the network:"),  # of a language that is offered no more
}  # fmt: skip


@pytest.mark.parametrize("language", SAYS)
def test_digest_speaks_the_members_language(language, reader, trainer_me):
    write(trainer_me, title="Vježba {name} %(title)s <b>")
    digest = Digest.objects.get(member=reader)
    digest.language = language
    subject, body, _headers = compose(digest, news_for(digest, timezone.now()))
    assert (subject, SAYS[language][1] in body, "Todor" in body) == (SAYS[language][0], True, True)
    assert "Vježba {name} %(title)s <b>" in body  # as it was typed


def test_digest_has_no_untranslated_words():
    """Every text of the digest stands in every catalogue, with the same values to fill in, and what is compiled says the same."""
    modules = (digest_module, digest_sections, kinds, search.saved)
    sources = "".join(inspect.getsource(module) for module in modules)
    texts = set(re.findall(r"""pgettext\(\s*"digest", "([^"]+)"\s*\)""", sources))
    assert len(texts) == 12
    languages = {code for code, _name in settings.MAIL_LANGUAGES} - {"en"}
    for language in languages:
        catalogue = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"
        entries = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue))}
        assert entries == {entry.msgid: entry.msgstr for entry in polib.mofile(str(catalogue.with_suffix(".mo")))}
        assert [text for text in texts if not entries.get(text)] == []
        fields = {text: re.findall(r"%\(\w+\)s", text) for text in entries}
        assert {text: sorted(re.findall(r"%\(\w+\)s", entries[text])) for text in entries} == {
            text: sorted(found) for text, found in fields.items()
        }


@pytest.mark.parametrize("query", ["sr", "bs-BA,bs;q=0.9", "cnr-ME", "sr-Latn-ME,mk;q=0.8", "sq", "de"])
def test_pages_are_english_whatever_the_browser_asks_for(query, stranger):
    answer = stranger.get("/account/login/", headers={"accept-language": query})
    page, plain = answer.content.decode(), stranger.get("/account/login/").content.decode()
    assert (answer.status_code, '<html lang="en' in page, without_secrets(page)) == (200, True, without_secrets(plain))


def without_secrets(page: str) -> str:
    return re.sub(r'(nonce|value)="[^"]{16,}"', "", page)


def test_one_click_ends_the_digest_without_signing_in(reader, trainer_me, stranger):
    write(trainer_me)
    mail.outbox.clear()
    send_due_digests()
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("https://mreza.example")
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "End the digest" in stranger.get(address).content.decode()
    assert Digest.objects.get(member=reader).every == "day"  # looking at it does nothing: mail programs open links
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Digest.objects.get(member=reader).every == "off"
    assert stranger.post(address).status_code == 200
    assert stranger.get("/notifications/leave/" + "0" * 64 + "/").status_code == 404


def test_choices_are_kept_and_one_who_comes_back_is_told_from_now_on(reader):
    Digest.objects.filter(member=reader).update(every="off")
    client = client_of(reader)
    body = {"every": "week", "language": "sr", "followed": "at_once", "commented": "off", "mentioned": "digest",
            "new_version": "at_once", "search": "digest", "pinned": "off"}  # fmt: skip
    assert client.post("/notifications/settings/", body)["Location"] == "/notifications/settings/"
    digest = Digest.objects.get(member=reader)
    assert (digest.every, digest.language, digest.covers_until > timezone.now() - timedelta(minutes=1)) == (
        "week",
        "sr",
        True,
    )
    assert dict(NotificationSetting.objects.values_list("kind", "mode"))["commented"] == "off"
    wrong = client.post("/notifications/settings/", {**body, "every": "hour", "language": "xx", "pinned": "yes"})
    assert (wrong.status_code, wrong.content.decode().count("Select a valid choice")) == (422, 3 * 2)


def titles(answer):
    return [entry.find(f"{ATOM}title").text for entry in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")]  # noqa: S314 - our own


def test_secret_feed_is_the_library_as_its_member_may_read_it(trainer_me, trainer_rs, stranger):
    topic = Topic.objects.first()
    write(trainer_me, title="Mreži", topics=[topic])
    write(trainer_me, title="Svima", reach="public", body="<script>alert(1)</script> **b**")
    write(trainer_me, title="Nama", reach="ministry")
    secret = make_secret_address(member=trainer_rs, by=trainer_rs)
    answer = stranger.get(f"/knowledge/feed/{secret}/")
    assert (answer["Content-Type"], titles(answer)) == ("application/atom+xml; charset=utf-8", ["Svima", "Mreži"])
    assert b"<script" not in answer.content
    assert titles(stranger.get(f"/knowledge/feed/{secret}/?topic={topic.pk}")) == ["Mreži"]
    assert titles(stranger.get(f"/knowledge/feed/{secret}/?topic=x")) == []
    assert titles(stranger.get("/knowledge/feed/")) == ["Svima"]


def test_secret_is_shown_once_kept_as_a_digest_and_can_be_ended(trainer_me):
    client = client_of(trainer_me)
    client.post("/knowledge/feed/address/make/")
    page = client.get("/notifications/settings/").content.decode()
    secret = page.partition("/knowledge/feed/")[2].partition("/")[0]
    assert member_of_secret(secret) == trainer_me
    assert secret not in client.get("/notifications/settings/").content.decode()
    assert secret not in str(list(SecretAddress.objects.values()))
    client.post("/knowledge/feed/address/make/")
    assert (member_of_secret(secret), SecretAddress.objects.filter(revoked_at=None).count()) == (None, 1)
    client.post("/knowledge/feed/address/end/")
    assert SecretAddress.objects.filter(revoked_at=None).count() == 0


def test_feed_holds_no_sign_that_xml_cannot(trainer_me, stranger):
    write(trainer_me, title="Zvono\x07 i\ufffe kraj\x0b", reach="public", body="a\x01b")
    assert titles(stranger.get("/knowledge/feed/")) == ["Zvono i kraj"]


def test_feed_of_who_left_answers_404(trainer_me, stranger):
    secret = make_secret_address(member=trainer_me, by=trainer_me)
    type(trainer_me).objects.filter(pk=trainer_me.pk).update(is_active=False)
    assert stranger.get(f"/knowledge/feed/{secret}/").status_code == 404
