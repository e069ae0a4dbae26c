"""The outbox, sent to a real mail server: what was written goes out, once, whatever breaks."""

import smtplib
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from mail.delivery import MAX_ATTEMPTS, MailSender, claim_mail, due_mails, wait_after
from mail.models import Mail
from mail.outbox import forget_old_mails, put_mail
from members.account.password_link import mail_password_link
from tests.smtp_server import MailServer
from tests.threads import at_once, needs_two_connections

pytestmark = [pytest.mark.django_db, pytest.mark.outbox]


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server


def put(*names, **facts):
    for name in names:
        put_mail(**{"to": f"{name}@mod.example", "subject": "Poziv", "body": f"Zdravo, {name}.\n", **facts})


def states():
    return {mail.to.partition("@")[0]: (mail.state, mail.attempts, mail.last_error) for mail in Mail.objects.all()}


def make_due():
    Mail.objects.filter(state="waiting").update(not_before=timezone.now())


SENT = ("sent", 0, "")


@pytest.mark.both_engines
def test_mail_is_received_in_both_scripts_and_leaves_no_text_behind(server):
    subject = (
        "Позив: обука „Родна равноправност“ / Poziv: obuka o rodnoj ravnopravnosti za oficire i podoficire, Đurđevdan"
    )
    body = f"Поштована Ђурђо,\n\n{'dugačak red bez kraja ' * 100}\n.\n..tačke na početku reda\n"
    unsubscribe = {
        "List-Unsubscribe": "<https://portal.example/stop/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    put("ana", subject=subject, body=body, headers=unsubscribe)
    stored = Mail.objects.get()
    MailSender().send_waiting()
    (got,) = server.taken
    assert (got["Subject"].strip(), got["To"], got["Message-ID"]) == (subject, "ana@mod.example", stored.message_id)
    assert got.get_content() == body
    assert {name: got[name] for name in unsubscribe} == unsubscribe
    assert (got["Auto-Submitted"], got["Date"].datetime) == ("auto-generated", stored.created_at.replace(microsecond=0))
    assert stored.message_id.endswith("@localhost>")
    mail = Mail.objects.get()
    assert (mail.state, mail.body, mail.headers, mail.sent_at is None) == ("sent", "", {}, False)


def test_transaction_that_is_taken_back_leaves_no_mail(server):
    with pytest.raises(RuntimeError), transaction.atomic():
        put("ana")
        assert Mail.objects.count() == 1
        raise RuntimeError
    MailSender().send_waiting()
    assert (Mail.objects.count(), server.taken, server.connections) == (0, [], 0)


@pytest.mark.both_engines
def test_what_is_told_once_is_written_once(server):
    assert [put_mail(to="ana@mod.example", subject="A", body="A", key=key) for key in ("w1", "w1", "w2", "", "")] == [
        True,
        False,
        True,
        True,
        True,
    ]
    MailSender().send_waiting()
    assert put_mail(to="ana@mod.example", subject="A", body="A", key="w1") is False
    MailSender().send_waiting()
    assert len(server.taken) == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(to="a@mod.example", subject="A", body="A", message_id="<1@x>", key="w1")


def test_password_link_that_is_done_again_after_a_crash_is_mailed_once(server, recorder_me):
    class Context:
        class task_result:  # noqa: N801 - stands for an object of the library
            id = "17"

    for _twice in range(2):
        mail_password_link.func(Context, recorder_me.email)
    Context.task_result.id = "18"
    mail_password_link.func(Context, recorder_me.email)
    assert Mail.objects.count() == 2


@pytest.mark.parametrize(
    "subject", ["A\r\nBcc: all@mod.example", "A\nB", "A\x00B\x85C\u2028D", "x" * 5000, "\r\n\r\n<script>"]
)
def test_subject_adds_no_header_and_no_text(subject, server):
    put("ana", subject=subject)
    MailSender().send_waiting()
    (got,) = server.taken
    assert (sorted(got.keys()), got.get_content(), len(got["Subject"].strip()) <= 200) == (
        ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"],
        "Zdravo, ana.\n", True,
    )  # fmt: skip


def test_wrong_address_or_header_is_refused_before_anything_is_written():
    for to in ("ana", "ana@mod.example\nBcc: b@mod.example", "a@mod.example, b@mod.example", ""):
        with pytest.raises(ValidationError):
            put_mail(to=to, subject="A", body="A")
    for name in ("Bcc", "To", "Message-ID", "X\nBcc"):
        with pytest.raises(ValueError, match="only these headers"):
            put_mail(to="a@mod.example", subject="A", body="A", headers={name: "b@mod.example"})
    put("ana", headers={"List-Id": "x\r\nBcc: b@mod.example"})
    assert list(Mail.objects.values_list("headers", flat=True)) == [{"List-Id": "x Bcc: b@mod.example"}]


@pytest.mark.both_engines
def test_one_refused_address_holds_up_no_other(server):
    server.refuses = {
        "gone@mod.example": "550 5.1.1 <gone@mod.example> is https://portal/secret-link unknown",
        "full@mod.example": "452 4.2.2 Mailbox full",
    }
    server.on_data = lambda mail: "554 5.7.1 No" if "spam" in mail["To"] else None if "cut" in mail["To"] else "250 OK"
    put("gone", "spam", "cut", "full", "ana", "bora")
    MailSender().send_waiting()
    assert states() == {
        "gone": ("given_up", 1, "The server refused the address (550 5.1.1)."),
        "spam": ("given_up", 1, "The server refused the mail (554 5.7.1)."),
        "cut": ("waiting", 1, "The connection broke."),
        "full": ("waiting", 1, "The server refused the address (452 4.2.2)."),
        "ana": SENT, "bora": SENT,
    }  # fmt: skip
    assert [server.addressees(), due_mails().count()] == [{"ana@mod.example": 1, "bora@mod.example": 1}, 0]
    server.refuses, server.on_data = {}, lambda mail: "250 OK"
    MailSender().send_waiting()
    assert len(server.taken) == 2  # not yet
    make_due()
    MailSender().send_waiting()
    assert server.addressees() == dict.fromkeys([f"{name}@mod.example" for name in ("ana", "bora", "cut", "full")], 1)


def test_refused_for_now_it_waits_longer_and_longer_and_is_given_up_after_three_days(server):
    server.refuses = {"ana@mod.example": "451 4.7.1 Try later"}
    put("ana")
    waited = []
    for _attempt in range(MAX_ATTEMPTS):
        make_due()
        before = timezone.now()
        MailSender().send_waiting()
        mail = Mail.objects.get()
        waited.append(round((mail.not_before - before) / timedelta(minutes=1)))
    assert (mail.state, mail.attempts, bool(mail.body)) == ("given_up", MAX_ATTEMPTS, True)
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, *[360] * 10, 0]
    assert timedelta(days=2.5) < sum(map(wait_after, range(1, MAX_ATTEMPTS)), timedelta()) < timedelta(days=3)


def test_dead_server_costs_no_mail_an_attempt_and_is_asked_seldom(server, monkeypatch, caplog):
    now = [1000.0]
    monkeypatch.setattr("mail.delivery.time.monotonic", lambda: now[0])
    tried = []
    real = smtplib.SMTP.connect
    monkeypatch.setattr(smtplib.SMTP, "connect", lambda *expected: tried.append(now[0]) or real(*expected))
    put("ana", "bora", "ceca")
    server.stop()
    sender = MailSender()
    for _second in range(300):
        sender.send_waiting()
        now[0] += 1
    assert [int(b - a) for a, b in pairwise(tried)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert set(states().values()) == {("waiting", 0, "")}
    assert "The mail server cannot be used (ConnectionRefusedError)" in caplog.text
    server.start()
    now[0] += 60
    sender.send_waiting()
    assert ([str(mail["To"])[:3] for mail in server.taken], set(states().values())) == (["ana", "bor", "cec"], {SENT})
    assert len(tried) == 11  # all over one connection


@pytest.mark.parametrize("how", ["greeting", "sender", "goodbye", "cut"])
def test_server_that_refuses_all_loses_nothing(how, server):
    """Its own faults: no mail is given up, and at most the one in hand is counted."""
    put("ana", "bora", "ceca")
    if how == "greeting":
        server.greeting = "554 5.3.2 Closed"
    elif how == "sender":
        server.senders = "530 5.7.0 Who are you"
    elif how == "goodbye":
        server.on_data = lambda mail: "421 4.3.2 Shutting down"
    else:  # in the middle of a mail, and gone
        server.on_data = lambda mail: server.stop()
    MailSender().send_waiting()
    assert {name: state for name, (state, *_rest) in states().items()} == dict.fromkeys(
        ("ana", "bora", "ceca"), "waiting"
    )
    assert sum(attempts for _state, attempts, _error in states().values()) == (how == "goodbye")
    server.stop()
    server.greeting, server.senders, server.on_data = "220 test", "250 OK", lambda mail: "250 OK"
    server.start()
    make_due()
    MailSender().send_waiting()
    assert (server.addressees().total(), {state for state, *_rest in states().values()}) == (3, {"sent"})


@pytest.fixture
def note_is_lost(monkeypatch):
    """The database fails when the first mail is to be noted as sent; return what mends it."""

    def fail(*expected, **facts):
        raise OperationalError

    monkeypatch.setattr("mail.delivery._settle", fail)
    return monkeypatch.undo


@pytest.mark.both_engines
def test_crash_after_the_servers_yes_repeats_that_mail_with_its_number_and_no_other(server, note_is_lost):
    """Without a crash: another worker goes on. With one: tests/portal/test_worker_killed.py."""
    put("ana", "bora")
    with pytest.raises(OperationalError):
        MailSender().send_waiting()
    note_is_lost()
    make_due()  # on SQLite the first is leased for five minutes
    MailSender().send_waiting()
    assert server.addressees() == {"ana@mod.example": 2, "bora@mod.example": 1}
    first, *rest = server.taken
    (again,) = [mail for mail in rest if mail["Message-ID"] == first["Message-ID"]]
    assert first.as_bytes() == again.as_bytes()


@pytest.mark.both_engines
def test_worker_that_lives_sends_nothing_again_when_the_database_failed(server, note_is_lost):
    put("ana", "bora")
    sender = MailSender()
    with pytest.raises(OperationalError):
        sender.send_waiting()
    note_is_lost()
    make_due()
    sender.send_waiting()
    assert len(server.taken) == 1  # it pauses for a second
    sender.again_at = 0
    sender.send_waiting()
    assert (server.addressees(), set(states().values())) == ({"ana@mod.example": 1, "bora@mod.example": 1}, {SENT})


@pytest.mark.only_on("sqlite")
@pytest.mark.both_engines
def test_mail_in_one_workers_hand_is_not_seen_by_another(server):
    """On SQLite by a lease; on PostgreSQL see below."""
    put("ana")
    seen = []
    server.on_data = lambda mail: seen.append(1) or "250 OK"
    with claim_mail() as mine, claim_mail() as theirs:
        assert (mine.to, theirs) == ("ana@mod.example", None)
    assert due_mails().count() == 0
    Mail.objects.update(not_before=timezone.now() - timedelta(seconds=1))  # five minutes later
    MailSender().send_waiting()
    assert (len(seen), set(states().values())) == (1, {SENT})


class TestTwoWorkers:
    pytestmark = [*needs_two_connections, pytest.mark.slow]

    def test_each_mail_goes_once(self, server):
        put(*(f"m{n}" for n in range(60)))
        at_once(*[MailSender().send_waiting] * 4)
        assert (server.addressees().total(), set(server.addressees().values())) == (60, {1})
        assert (Mail.objects.filter(state="sent").count(), server.connections) == (60, 4)

    def test_control_without_the_lock_some_go_twice(self, server, monkeypatch):
        put(*(f"m{n}" for n in range(60)))
        monkeypatch.setattr(connection.features.__class__, "has_select_for_update_skip_locked", False)
        real = type(due_mails()).update
        never = lambda query, **facts: 1 if set(facts) == {"not_before"} else real(query, **facts)  # noqa: E731
        monkeypatch.setattr(type(due_mails()), "update", never)
        at_once(*[MailSender().send_waiting] * 4)
        assert server.addressees().total() > 60


def test_old_mails_are_forgotten(server):
    put("new", "old")
    MailSender().send_waiting()
    now = timezone.now()
    for name, days in (("week", 8), ("fresh", 6), ("month", 31)):
        Mail.objects.create(
            to=f"{name}@mod.example",
            subject="A",
            body="A",
            headers={"List-Id": "a"},
            message_id=name,
            state="given_up",
            not_before=now - timedelta(days=days),
        )
    Mail.objects.filter(to="old@mod.example").update(sent_at=now - timedelta(days=31))
    forget_old_mails()
    assert {m.to.partition("@")[0]: (m.body, m.headers) for m in Mail.objects.all()} == {
        "new": ("", {}),
        "week": ("", {}),
        "fresh": ("A", {"List-Id": "a"}),
    }


def test_sent_mail_cannot_hold_its_text():
    put("ana")
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.update(state="sent", sent_at=timezone.now())


def test_command_counts_and_sends(server, capsys):
    server.refuses = {"bora@mod.example": "550 5.1.1 No"}
    put("ana", "bora")
    call_command("outbox")
    call_command("outbox", "--send")
    before, after = capsys.readouterr().out.splitlines()
    assert (before.startswith("waiting 2 (since 2"), after) == (True, "waiting 0, given up 1")
    assert len(server.taken) == 1
