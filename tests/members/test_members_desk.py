"""The members' desk: lists, roles, leaving with a handover, invitations by list, and requests to join."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from audit.models import AuditEntry
from common.pasted import split_cells
from members.actions import (
    approve_request,
    ask_to_join,
    change_roles,
    deactivate_member,
    forget_old_requests,
    invite_member,
    invite_members,
    resend_invitation,
)
from members.handover import open_work
from members.invitations.forms import _read_person
from members.models import Invitation, JoinRequest, Member, Role
from portal.management.commands.worker import tidy_up
from tests.conftest import client_of, join, make_training
from trainers.models import TrainerProfile
from trainings.models import Assignment, Training

pytestmark = pytest.mark.django_db


def names(client, query="") -> list[str]:
    return [member.full_name for member in client.get(f"/members/{query}").context["page"]]


@pytest.fixture
def four(coordinator_me, coordinator_rs, recorder_me):
    """Members of Montenegro: seen today with a factor, seen long ago, never seen, deactivated."""
    now = timezone.now()
    Authenticator.objects.create(user=recorder_me, type="totp", data={})
    Member.objects.filter(pk=recorder_me.pk).update(last_seen_at=now)
    away, off = join("ME", "Јована", "Давна", "trainer"), join("ME", "Otišla", "Osoba", "recorder")
    Member.objects.filter(pk=away.pk).update(last_seen_at=now - timedelta(days=91))
    Member.objects.filter(pk=off.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("?q=jovana", ["Јована Давна"]), ("?role=trainer", ["Јована Давна"]), ("?state=off", ["Otišla Osoba"]),
     ("?factor=yes", ["Rada Zapisić"]), ("?factor=no&state=active&role=recorder", []),
     ("?seen=away", ["Kata Vodić", "Otišla Osoba", "Јована Давна"]), ("?seen=never&state=active", ["Kata Vodić"]),
     ("?q=nobody", []), ("?role=no-such&page=99", ["Kata Vodić", "Otišla Osoba", "Rada Zapisić", "Јована Давна"])],
)  # fmt: skip
def test_list_is_filtered(query, expected, four, coordinator_me):
    assert sorted(names(client_of(coordinator_me), query)) == expected


def test_admin_filters_by_organisation(four, admin, organisation, coordinator_rs):
    assert names(client_of(admin), f"?organisation={organisation('RS').pk}") == ["Kosta Vodović"]


def test_roles_change_at_once_with_a_line_and_a_mail(recorder_me, coordinator_me):
    client = client_of(recorder_me)
    assert client.get("/members/").status_code == 403
    page = f"/members/{recorder_me.pk}/roles/"
    assert (
        client_of(coordinator_me).post(page, {"roles": ["coordinator", "trainer"]}).url == f"/members/{recorder_me.pk}/"
    )
    assert client.get("/members/").status_code == 200
    line = AuditEntry.objects.get(action="change_roles")
    assert (line.details["before"], line.details["after"]) == (["recorder"], ["coordinator", "trainer"])
    assert (mail.outbox[-1].to, "Trainer, Coordinator" in mail.outbox[-1].body) == ([recorder_me.email], True)
    assert TrainerProfile.objects.filter(member=recorder_me).exists()


def test_coordinator_gives_neither_admin_nor_observer(recorder_me, coordinator_me):
    for role in ("admin", "observer"):
        answer = client_of(coordinator_me).post(f"/members/{recorder_me.pk}/roles/", {"roles": [role]})
        assert answer.status_code == 422
    assert set(Member.objects.get(pk=recorder_me.pk).role_codes) == {"recorder"}


def test_role_that_only_an_admin_gives_stays_when_a_coordinator_changes_the_rest(coordinator_me):
    both = join("ME", "Obe", "Uloge", "observer", "recorder")
    client_of(coordinator_me).post(f"/members/{both.pk}/roles/", {"roles": ["trainer"]})
    assert set(Member.objects.get(pk=both.pk).role_codes) == {"observer", "trainer"}


def test_nobody_changes_their_own_roles(admin, coordinator_me):
    for member in (admin, coordinator_me):
        assert client_of(member).post(f"/members/{member.pk}/roles/", {"roles": ["trainer"]}).status_code == 403
        with pytest.raises(ValidationError):
            change_roles(member=member, roles=Role.objects.filter(code="trainer"), by=member)


def test_coordinator_does_not_touch_an_admin_of_their_organisation(organisation, reference):
    boss, coordinator = join("SEESAC", "Ada", "Prva", "admin"), join("SEESAC", "Koka", "Druga", "coordinator")
    client = client_of(coordinator)
    answers = {verb: client.post(f"/members/{boss.pk}/{verb}/").status_code for verb in ("roles", "deactivate", "edit")}
    assert set(answers.values()) == {403}


def test_last_admin_keeps_the_role_and_the_account(admin, coordinator_me):
    second = join("SEESAC", "Druga", "Admin", "admin")
    change_roles(member=second, roles=Role.objects.filter(code="recorder"), by=admin)
    with pytest.raises(ValidationError, match="last network admin"):
        change_roles(member=admin, roles=Role.objects.filter(code="recorder"), by=second)
    with pytest.raises(ValidationError, match="last network admin"):
        deactivate_member(member=admin, by=second)


def test_member_keeps_at_least_one_role(recorder_me, admin):
    assert client_of(admin).post(f"/members/{recorder_me.pk}/roles/", {"sent": "1"}).status_code == 422


def test_facts_are_corrected_and_the_directory_follows(trainer_me, coordinator_me):
    page = f"/members/{trainer_me.pk}/edit/"
    client = client_of(coordinator_me)
    form = client.get(page).context["form"]
    body = {"given_name": "Ћана", "family_name": "Nova", "function": "", "organisation": trainer_me.organisation_id}
    assert client.post(page, {**body, "fingerprint": form.initial["fingerprint"]}).status_code == 302
    assert TrainerProfile.objects.get(member=trainer_me).name_key == "cana nova"
    assert AuditEntry.objects.get(action="change_member").fields == ["family_name", "given_name"]
    stale = client.post(page, {**body, "given_name": "Druga", "fingerprint": form.initial["fingerprint"]})
    assert (stale.status_code, "Somebody else has changed" in stale.content.decode()) == (422, True)


def test_coordinator_does_not_move_a_member_elsewhere(trainer_me, coordinator_me, organisation):
    body = {"given_name": "T", "family_name": "T", "organisation": organisation("RS").pk}
    assert client_of(coordinator_me).post(f"/members/{trainer_me.pk}/edit/", body).status_code == 422


def test_deactivating_shows_and_hands_over_open_work(trainer_me, recorder_me, coordinator_me):
    other = join("ME", "Druga", "Trenerka", "trainer")
    led = make_training(recorder_me, trainers=(trainer_me,))
    created = make_training(trainer_me)
    client, theirs = client_of(coordinator_me), client_of(trainer_me)
    page = f"/members/{trainer_me.pk}/deactivate/"
    assert {work.name.split()[0] for work in client.get(page).context["open_work"]} == {
        led.reference,
        created.reference,
    }
    assert client.post(page, {"to": other.pk}).url == "/members/"
    assert [a.trainer.member for a in Assignment.objects.filter(training=led)] == [other]
    assert Training.objects.get(pk=created.pk).created_by == other
    assert open_work(trainer_me) == []
    assert theirs.get("/trainings/").url.startswith("/account/login/")
    assert AuditEntry.objects.filter(action="hand_over_training").count() == 2


def test_open_work_goes_only_to_an_active_member_of_the_same_organisation(trainer_me, recorder_rs, coordinator_me):
    page = f"/members/{trainer_me.pk}/deactivate/"
    for wrong in (recorder_rs.pk, trainer_me.pk, 10**9):
        assert client_of(coordinator_me).post(page, {"to": wrong}).status_code == 422
    with pytest.raises(ValidationError):
        deactivate_member(member=trainer_me, to=recorder_rs, by=coordinator_me)
    assert Member.objects.get(pk=trainer_me.pk).is_active


LIST = "Име\tPrezime\tE-mail\nAna\tAnić\tana@mod.example\nBora\tBorić\tnot an address\nCaca\tCacić\tANA@mod.example\n{}\tX\tY\n"


def test_list_is_read_shown_and_invited(coordinator_me, recorder_me, organisation):
    client = client_of(coordinator_me)
    body = {"organisation": organisation("ME").pk, "roles": ["recorder"], "rows": LIST.format(recorder_me.email)}
    read = client.post("/members/invite/list/", body)
    verdicts = [(row.email, row.wrong) for row in read.context["understood"]]
    assert verdicts == [
        ("ana@mod.example", ""), ("", "has no address that can be read"), ("ana@mod.example", "stands here twice"),
        (recorder_me.email, "belongs to a member already"),
    ]  # fmt: skip
    assert not Invitation.objects.exists()
    done = client.post("/members/invite/list/", {**body, "invite": "1"})
    assert [i.email for i in Invitation.objects.all()] == ["ana@mod.example"]
    assert Invitation.objects.get().given_name == "Ana"
    assert "not an address" in done.context["form"].data["rows"]
    assert "Ana\t" not in done.context["form"].data["rows"]


@pytest.mark.parametrize(
    ("row", "email", "given_name", "family", "wrong"),
    [
        ("Ana Anić <Ana@mod.example>", "ana@mod.example", "Ana", "Anić", ""),
        ('"Anić, Ana" <ana@mod.example>', "ana@mod.example", "Ana", "Anić", ""),
        ("Милица Ђукановић milica@mod.example", "milica@mod.example", "Милица", "Ђукановић", ""),
        ("milica@mod.example;Милица;Ђукановић", "milica@mod.example", "Милица", "Ђукановић", ""),
        ("sama@mod.example", "sama@mod.example", "", "", "needs a given and a family name"),
        ("Ana Anić", "", "", "", "has no address that can be read"),
        ("ana@@mod, Ana, Anić", "", "", "", "has no address that can be read"),
    ],
)
def test_row_of_a_list_is_read_as_mail_programs_and_sheets_copy_it(row, email, given_name, family, wrong):
    (read,) = [_read_person(cells) for cells in split_cells(row)]
    assert (read.email, read.given_name, read.family_name, read.wrong) == (email, given_name, family, wrong)


def test_list_gives_no_more_than_its_sender_may(coordinator_me, organisation):
    for wrong in ({"organisation": organisation("RS").pk}, {"roles": ["admin"]}):
        body = {
            "organisation": organisation("ME").pk,
            "roles": ["recorder"],
            "rows": "A\tB\ta@mod.example",
            "invite": "1",
        }
        assert client_of(coordinator_me).post("/members/invite/list/", {**body, **wrong}).status_code == 422
    assert not Invitation.objects.exists()


def test_hundred_rows_at_most(coordinator_me, organisation):
    rows = "\n".join(f"A\tB\ta{n}@mod.example" for n in range(101))
    body = {"organisation": organisation("ME").pk, "roles": ["recorder"], "rows": rows, "invite": "1"}
    assert client_of(coordinator_me).post("/members/invite/list/", body).status_code == 422


@pytest.fixture
def invited(coordinator_me):
    invitation = invite_member(
        email="nova@mod.example",
        given_name="N",
        family_name="N",
        organisation=coordinator_me.organisation,
        roles=Role.objects.filter(code="trainer"),
        by=coordinator_me,
    )
    return invitation, next(word for word in mail.outbox[-1].body.split() if "/welcome/" in word).removeprefix(
        "http://localhost:8000"
    )


@pytest.mark.parametrize(
    ("query", "expected", "unfolded"),
    [("", 1, True), ("?q=nova@mod", 1, True), ("?q=N+N", 1, True), ("?q=else", 0, True), ("?role=trainer", 0, True)],
)
def test_search_finds_invitations_too(query, expected, unfolded, invited, coordinator_me):
    context = client_of(coordinator_me).get(f"/members/{query}").context
    assert (len(context["invitations"]), context["invitations_unfolded"]) == (expected, unfolded)


def test_many_invitations_are_folded(coordinator_me):
    people = [(f"p{n}@mod.example", "Pera", "Perić") for n in range(4)]
    roles = list(Role.objects.filter(code="trainer"))
    invite_members(people=people, organisation=coordinator_me.organisation, roles=roles, by=coordinator_me)
    context = client_of(coordinator_me).get("/members/").context
    assert (len(context["invitations"]), context["invitations_unfolded"], context["run_out"]) == (4, False, 0)


def test_resent_invitation_has_a_new_link_and_seven_new_days(invited, coordinator_me):
    invitation, old = invited
    with pytest.raises(ValidationError, match="less than a minute"):
        resend_invitation(invitation=invitation, by=coordinator_me)
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=8))
    assert client_of(coordinator_me).post(f"/members/invitations/{invitation.pk}/resend/").status_code == 302
    new = next(word for word in mail.outbox[-1].body.split() if "/welcome/" in word).removeprefix(
        "http://localhost:8000"
    )
    assert (Client().get(old).status_code, Client().get(new).status_code) == (410, 200)


def test_accepting_makes_the_trainers_profile(invited):
    _invitation, link = invited
    assert (
        Client().post(link, {"password": "plavi most preko reke", "again": "plavi most preko reke"}).status_code == 302
    )
    assert TrainerProfile.objects.get(member__email="nova@mod.example").slug == "n-n"


def test_signed_in_person_is_told_to_sign_out_first(invited, recorder_rs):
    _invitation, link = invited
    answer = client_of(recorder_rs).post(link, {"password": "plavi most preko reke", "again": "plavi most preko reke"})
    assert (answer.status_code, "you are signed in as" in answer.content.decode()) == (409, True)
    assert not Member.objects.filter(email="nova@mod.example").exists()


@pytest.mark.both_engines
def test_address_has_one_open_invitation(invited):
    invitation, _link = invited
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            email="NOVA@mod.example",
            given_name="N",
            family_name="N",
            organisation=invitation.organisation,
            token_hash="other",
            invited_by=invitation.invited_by,
        )


def test_ministry_is_not_told_of_members_and_invitations_of_another(coordinator_me, coordinator_rs, recorder_rs):
    """The same answers, rows and number of mails as for an address nobody knows; its reader alone is told."""
    fields = {
        "given_name": "N",
        "family_name": "N",
        "organisation": coordinator_me.organisation_id,
        "roles": ["recorder"],
    }
    invite_member(
        email="theirs@mod.example",
        given_name="N",
        family_name="N",
        organisation=coordinator_rs.organisation,
        roles=Role.objects.filter(code="recorder"),
        by=coordinator_rs,
    )
    client, response = client_of(coordinator_me), []
    for email in ("nobody@mod.example", "theirs@mod.example", recorder_rs.email):
        mail.outbox.clear()
        answer = client.post("/members/invite/", {**fields, "email": email})
        text = client.get("/members/").content.decode().count(email)
        response.append((answer.status_code, answer.url, text, [sent.to for sent in mail.outbox] == [[email]]))
    # Twice each time: in the message that the invitation is on its way, and in the list of open invitations with its buttons.
    assert response == [response[0]] * 3
    assert "You are a member already" in mail.outbox[-1].body
    assert "/welcome/" not in mail.outbox[-1].body
    assert Invitation.objects.get(organisation=coordinator_rs.organisation).is_open
    rows = f"N\tN\tnobody2@mod.example\nN\tN\t{recorder_rs.email}\nN\tN\t{coordinator_me.email}"
    page = client.post(
        "/members/invite/list/", {"organisation": coordinator_me.organisation_id, "roles": ["recorder"], "rows": rows}
    )
    assert [row.wrong for row in page.context["understood"]] == ["", "", "belongs to a member already"]


def test_first_of_two_invitations_makes_the_member(coordinator_me, coordinator_rs):
    links = []
    for by in (coordinator_me, coordinator_rs):
        invite_member(
            email="both@mod.example",
            given_name="N",
            family_name="N",
            organisation=by.organisation,
            roles=Role.objects.filter(code="recorder"),
            by=by,
        )
        word = next(word for word in mail.outbox[-1].body.split() if "/welcome/" in word)
        links.append(word.removeprefix("http://localhost:8000"))
    typed = {"password": "plavi most preko reke", "again": "plavi most preko reke"}
    assert [Client().post(link, typed).status_code for link in links] == [302, 422]
    assert Member.objects.get(email="both@mod.example").organisation == coordinator_me.organisation


ASK = {
    "given_name": "Pita",
    "family_name": "Pitalica",
    "email": "pita@mod.example",
    "words": "Gender focal point",
    "website": "",
}


def test_stranger_asks_and_the_coordinator_lets_in(organisation, coordinator_me, coordinator_rs):
    body = {**ASK, "organisation": organisation("ME").pk}
    assert "Thank you" in Client().post("/members/join/", body).content.decode()
    join_request = JoinRequest.objects.get()
    assert "Pita Pitalica" in client_of(coordinator_me).get("/members/").content.decode()
    assert "1 person asks to join." in client_of(coordinator_me).get("/").content.decode()
    assert "Pita" not in client_of(coordinator_rs).get("/members/").content.decode()
    assert (
        client_of(coordinator_rs)
        .post(f"/members/requests/{join_request.pk}/approve/", {"roles": ["trainer"]})
        .status_code
        == 404
    )
    assert (
        client_of(coordinator_me).post(f"/members/requests/{join_request.pk}/approve/", {"roles": ["trainer"]}).url
        == "/members/"
    )
    assert (Invitation.objects.get().email, JoinRequest.objects.get().state) == ("pita@mod.example", "approved")
    with pytest.raises(ValidationError, match="already"):
        approve_request(join_request=join_request, roles=[], by=coordinator_me)


def test_answer_to_a_request_does_not_tell_whether_the_address_is_known(organisation, recorder_me):
    body = {**ASK, "organisation": organisation("ME").pk}
    answers = [
        Client().post("/members/join/", {**body, "email": email}) for email in ("x@mod.example", recorder_me.email)
    ]
    answers += [Client().post("/members/join/", {**body, "email": "x@mod.example"})]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert JoinRequest.objects.count() == 2


def test_program_that_fills_in_everything_leaves_nothing(organisation):
    body = {**ASK, "organisation": organisation("ME").pk, "website": "https://spam.example"}
    assert "Thank you" in Client().post("/members/join/", body).content.decode()
    assert not JoinRequest.objects.exists()


def test_one_address_asks_three_times_a_day(organisation):
    body = {**ASK, "organisation": organisation("ME").pk}
    assert [Client().post("/members/join/", body).status_code for _n in range(4)] == [200, 200, 200, 429]


def test_declined_request_is_told_in_neutral_words_and_forgotten(organisation, coordinator_me):
    join_request = ask_to_join(
        email="p@mod.example", given_name="P", family_name="P", organisation=organisation("ME"), words="x"
    )
    client_of(coordinator_me).post(f"/members/requests/{join_request.pk}/decline/")
    assert "could not be met" in mail.outbox[-1].body
    forget_old_requests()
    assert JoinRequest.objects.count() == 1
    JoinRequest.objects.update(decided_at=timezone.now() - timedelta(days=91))
    tidy_up()
    assert not JoinRequest.objects.exists()


def test_roles_are_explained_to_every_member(observer):
    text = client_of(observer).get("/members/roles/").content.decode()
    assert all(role.sentence.split(".")[0] in text for role in Role.objects.all())


def test_export_holds_the_filtered_list(four, coordinator_me, coordinator_rs):
    client = client_of(coordinator_me)
    body = b"".join(client.post("/members/export/", {"as": "csv", "role": "trainer"}).streaming_content).decode()
    assert [line.split(",")[:2] for line in body.splitlines()][1:] == [["Давна", "Јована"]]
    assert AuditEntry.objects.get(action="export_members").details == {"members": 1}
    sheet = client.post("/members/export/", {"as": "xlsx"})
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    sheet.close()


@pytest.mark.parametrize("path", ["roles/", "edit/", "approve/", "invite/", "invite/list/", "export/", "audit/export/"])
def test_act_that_matters_asks_who_it_is_after_ten_minutes(path, coordinator_me, recorder_me):
    join_request = ask_to_join(
        email="p@mod.example", given_name="P", family_name="P", organisation=coordinator_me.organisation, words=""
    )
    client = client_of(coordinator_me)
    session = client.session
    session["signed_in_at"] -= 601
    session.save()
    of_one = {"roles/": f"{recorder_me.pk}/", "edit/": f"{recorder_me.pk}/", "approve/": f"requests/{join_request.pk}/"}
    page = f"/members/{of_one.get(path, '')}{path}"
    assert client.post(page, {"roles": ["trainer"]}).url.startswith("/account/reauthenticate/")
    assert set(Member.objects.get(pk=recorder_me.pk).role_codes) == {"recorder"}
