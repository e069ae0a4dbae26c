"""The support desk: admins only, by the portal's own sign-in, every write through an action, no participants."""

from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from mail.models import Mail
from members.models import Member, Organisation, Rank
from portal import urls
from tests.conftest import client_of
from trainings.models import Course

pytestmark = pytest.mark.django_db
DESK = "/desk/"
EDITABLE = {"members.organisation", "members.rank", "trainers.topic", "trainings.course"}
READ_ONLY = {
    "audit.auditentry",
    "members.country",
    "mail.mail",
    "members.member",
    "members.role",
    "trainings.training",
}


@pytest.fixture(autouse=True)
def mail(reference):
    """One that was given up, so that each table has a row."""
    return Mail.objects.create(
        to="a@mod.example",
        subject="Invitation",
        body="https://link",
        headers={"List-Id": "geheim"},
        message_id="<1@x>",
        key="digest-geheim",
        state="given_up",
        last_error="The server refused the address (550 5.1.1).",
    )


# The addresses are read first: they settle what is on the desk.
assert urls.urlpatterns
REGISTRY = {model._meta.label_lower: model for model in site._registry}


def desk_url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_desk_holds_these_tables_and_no_others():
    assert set(REGISTRY) == EDITABLE | READ_ONLY


def test_stranger_is_sent_to_the_portals_sign_in_page(stranger):
    answer = stranger.get(DESK, follow=True)
    assert answer.redirect_chain == [("/desk/login/?next=/desk/", 302), ("/account/login/?next=%2Fdesk%2F", 302)]
    assert answer.templates[0].name == "account/login.html"


def test_only_admins_get_in(cast):
    for who, member in cast.items():
        if member is None:
            continue
        answer = client_of(member).get(DESK, follow=True)
        assert (who, answer.status_code) == (who, 200 if who == "admin" else 403)


def test_sign_in_page_of_the_desk_sends_an_admin_in_and_refuses_others(admin, recorder_me):
    assert client_of(admin).get("/desk/login/")["Location"] == DESK
    assert client_of(recorder_me).get("/desk/login/").status_code == 403
    assert client_of(admin).get("/desk/password_change/")["Location"] == reverse("account_change_password")


def test_sign_out_of_the_desk_is_the_portals(admin):
    client = client_of(admin)
    answer = client.get("/desk/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/logout/")
    sent = client.post("/desk/logout/")
    assert (sent.status_code, sent["Location"]) == (307, "/account/logout/")
    done = client.post("/desk/logout/", follow=True)
    assert (done.redirect_chain[-1], "_auth_user_id" in client.session) == (("/", 302), False)


@pytest.mark.parametrize("label", sorted(REGISTRY))
def test_each_table_opens_without_inline_style_or_script(label, admin, training):
    model, client = REGISTRY[label], client_of(admin)
    first = model._default_manager.first()
    for url in (desk_url(model, "changelist") + "?q=a", desk_url(model, "change", first.pk)):
        body = client.get(url)
        assert body.status_code == 200
        assert (" style=" in body.content.decode(), "<script>" in body.content.decode()) == (False, False)


@pytest.mark.parametrize("label", sorted(REGISTRY))
def test_nothing_is_deleted_and_only_reference_tables_are_written(label, admin, training):
    model, client = REGISTRY[label], client_of(admin)
    first, before = model._default_manager.first(), model._default_manager.count()
    assert client.post(desk_url(model, "delete", first.pk), {"post": "yes"}).status_code == 403
    may_write = label in EDITABLE
    assert client.get(desk_url(model, "add")).status_code == (200 if may_write else 403)
    if not may_write:
        assert client.post(desk_url(model, "change", first.pk), {"name": "Other"}).status_code == 403
    assert model._default_manager.count() == before


def test_recorder_gets_no_table(recorder_me):
    client = client_of(recorder_me)
    got = {
        label: client.get(desk_url(model, "changelist"), follow=True).status_code for label, model in REGISTRY.items()
    }
    assert got == dict.fromkeys(REGISTRY, 403)


def test_member_page_does_not_show_the_password(admin, recorder_me):
    recorder_me.set_password("a password of four words")
    recorder_me.save()
    body = client_of(admin).get(desk_url(Member, "change", recorder_me.pk)).content.decode()
    assert (recorder_me.email in body, recorder_me.password in body, "password" in body.casefold()) == (
        True,
        False,
        True,
    )


def test_organisation_is_saved_by_its_action_with_one_line(admin):
    organisation = Organisation.objects.get(code="ME")
    AuditEntry.objects.all().delete()
    facts = {
        "code": "ME", "name": organisation.name, "short_name": "MoD of Montenegro", "local_name": "",
        "kind": organisation.kind, "country": "ME",
    }  # fmt: skip
    answer = client_of(admin).post(desk_url(Organisation, "change", organisation.pk), facts)
    assert (answer.status_code, Organisation.objects.get(code="ME").short_name) == (302, "MoD of Montenegro")
    assert list(AuditEntry.objects.values_list("by", "action")) == [(admin.pk, "change_organisation")]


def test_course_is_saved_with_its_topics_by_its_action(admin):
    course = Course.objects.get(code="GA-1")
    AuditEntry.objects.all().delete()
    stored = course.topics.first().pk
    facts = {"code": "GA-1", "name": "Gender awareness", "completion_threshold": "70", "topics": [stored]}
    client_of(admin).post(desk_url(Course, "change", course.pk), facts)
    course.refresh_from_db()
    assert (course.name, list(course.topics.values_list("pk", flat=True))) == ("Gender awareness", [stored])
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["change_course"]


def test_rank_gets_its_key_and_the_same_name_in_another_script_is_refused(admin):
    AuditEntry.objects.all().delete()
    client, url = client_of(admin), desk_url(Rank, "add")
    facts = {"country": "RS", "group": "soldier", "name": "Đak strelac"}
    assert client.post(url, facts).status_code == 302
    assert Rank.objects.get(name="Đak strelac").name_key == "dak strelac"
    again = client.post(url, {**facts, "name": "Ђак стрелац"})
    assert again.context["adminform"].form.errors == {"name": ["This country already has the rank Đak strelac."]}
    signs = client.post(url, {**facts, "name": "???"})
    assert signs.context["adminform"].form.errors.keys() == {"name"}
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["create_rank"]


def again(member, *mails):
    words = {"action": "try_again", "_selected_action": [mail.pk for mail in mails]}
    return client_of(member).post(desk_url(Mail, "changelist"), words, follow=True)


def test_mail_that_was_given_up_is_shown_with_its_reason_and_without_its_text(admin, mail):
    client = client_of(admin)
    home = client.get("/").content.decode()
    visible = "/desk/mail/mail/?sent_at__isnull=True"
    assert ("1 mail did not go out." in home, f'href="{visible}"' in home) == (True, True)
    for url in (visible, desk_url(Mail, "change", mail.pk)):
        body = client.get(url).content.decode()
        assert ("550 5.1.1" in body, mail.to in body, "https://link" in body, "geheim" in body) == (
            True,
            True,
            False,
            False,
        )


def test_mail_that_waits_for_an_hour_is_shown_too(admin, mail):
    for minutes, texts in ((50, False), (70, True)):
        Mail.objects.update(state="waiting", created_at=timezone.now() - timedelta(minutes=minutes))
        assert ("1 mail did not go out." in client_of(admin).get("/").content.decode()) == texts


def test_home_of_others_says_nothing_of_mail(coordinator_me, recorder_me):
    for member in (coordinator_me, recorder_me):
        assert "did not go out" not in client_of(member).get("/").content.decode()


def test_given_up_mail_is_tried_again_once_with_one_line(admin, mail):
    assert "1 mail is tried again." in again(admin, mail).content.decode()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("waiting", 0)
    assert "The mail to a@mod.example is not given up." in again(admin, mail).content.decode()
    (line,) = AuditEntry.objects.filter(action="try_mail_again")
    assert (line.by, line.free_text) == (admin, {"email": "a@mod.example"})


def test_mail_whose_text_is_gone_is_not_tried_again(admin, mail):
    Mail.objects.update(body="")
    assert "Do again what it told of." in again(admin, mail).content.decode()
    assert list(Mail.objects.values_list("state", flat=True)) == ["given_up"]


def test_only_an_admin_lets_mail_be_tried_again(recorder_me, coordinator_me, mail):
    assert [again(member, mail).status_code for member in (recorder_me, coordinator_me)] == [403, 403]
    assert list(Mail.objects.values_list("state", flat=True)) == ["given_up"]
