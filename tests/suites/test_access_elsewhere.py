"""The access matrix over the pages below /account/ and the support desk: every route, method and person."""

from itertools import product
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from members.models import Member
from portal.middleware import OPEN_WHILE_PENDING
from tests.suites.decisions import OF_EACH_KIND, OTHER_METHODS, all_routes
from tests.suites.sides import about_each_side, ask, leaks, verdict

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", *OTHER_METHODS)
METHODS_IN_TURN = [("get", "post"), pytest.param(OTHER_METHODS, marks=pytest.mark.slow)]
# Whom a page below /account/ lets in, whatever the method: everybody, any member, or the owner of the thing alone; in
# between are those who have typed the password and not yet shown the second factor. Members are led home from there.
ACCOUNT: dict[str, str] = {
    "account_login": "everybody", "account_signup": "everybody", "account_logout": "everybody", "account_inactive": "everybody",
    "account_reset_password": "everybody", "account_reset_password_done": "everybody",
    "account_reset_password_from_key": "everybody", "account_reset_password_from_key_done": "everybody",
    "mfa_login_webauthn": "everybody", "mfa_authenticate": "in between",
    "account_reauthenticate": "members", "account_change_password": "members", "account_second_factor": "members",
    "account_held_form": "members", "usersessions_list": "members", "mfa_index": "members", "mfa_reauthenticate": "members",
    "mfa_activate_totp": "members", "mfa_deactivate_totp": "members", "mfa_view_recovery_codes": "members",
    "mfa_generate_recovery_codes": "members", "mfa_add_webauthn": "members", "mfa_list_webauthn": "members",
    "mfa_reauthenticate_webauthn": "members",
    "account_end_session": "owner", "mfa_remove_webauthn": "owner", "mfa_edit_webauthn": "owner",
}  # fmt: skip
# Answered by a page before what is asked for is there: nothing to take away, nothing to show yet.
NOT_YET = {"mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"}
# For signed-in members these only lead on: to the sign-in page, which leads them home.
LEADS_ON = {"mfa_login_webauthn", "mfa_reauthenticate_webauthn"}


def account_routes() -> set[str]:
    return {name for name, path in all_routes() if path.startswith("account/")}


def desk_routes() -> list[str]:
    return sorted({name for name, path in all_routes() if path.startswith("desk/") and not name.endswith(":None")})


def wanted(route: str, name: str) -> set[str]:
    """What this person may be answered: a method that a page does not have is refused with 405, after who it is."""
    let_in = {"in", "405"}
    if name == "pending" and route not in OPEN_WHILE_PENDING:
        return {"second factor"}
    if name == "stranger" and ACCOUNT[route] in ("members", "in between"):
        return {"sign in"}
    return let_in | ({"404"} if route in NOT_YET else set()) | ({"sign in"} if route in LEADS_ON else set())


def test_every_page_below_account_is_decided():
    assert sorted(account_routes()) == sorted(ACCOUNT)


@pytest.mark.parametrize("methods", METHODS_IN_TURN)
@pytest.mark.parametrize("route", sorted(route for route, who in ACCOUNT.items() if who != "owner"))
def test_page_of_the_account_answers_every_person_as_decided(route, methods, browsers):
    url = reverse(route, args=["1", "a-b"] if route == "account_reset_password_from_key" else [])
    wrong = {}
    for name, client in browsers.items():
        for method in methods:
            answer = ask(client, method, url)
            outcome = verdict(answer)
            if answer.status_code >= 500 or outcome not in wanted(route, name) or leaks(route, name, answer):
                wrong[name, method] = (answer.status_code, outcome)
    assert wrong == {}


@pytest.fixture
def of_recorder_me(cast) -> dict[str, int]:
    """A passkey and a browser of Montenegro's recorder, by the routes that act on them."""
    member = cast["recorder_me"]
    passkey = Authenticator.objects.create(
        user=member, type="webauthn", data={"name": "Kanarinov ključ", "credential": {}}
    )
    session = UserSession.objects.create(
        user=member, ip="192.0.2.1", session_key="of a third browser", user_agent="Kanarinov pretraživač", data={}
    )
    return {"account_end_session": session.pk, "mfa_remove_webauthn": passkey.pk, "mfa_edit_webauthn": passkey.pk}


@pytest.mark.slow
@pytest.mark.parametrize("route", sorted(route for route, who in ACCOUNT.items() if who == "owner"))
def test_thing_of_the_account_is_found_by_its_owner_alone(route, of_recorder_me, browsers):
    url = reverse(route, args=[of_recorder_me[route]])
    wrong, let_in = {}, set()
    for name, client in browsers.items():
        for method in METHODS:
            answer = ask(client, method, url)
            outcome = verdict(answer)
            let_in |= {(name, method)} if outcome == "in" else set()
            refused = {"stranger": {"sign in"}, "pending": {"second factor"}}.get(name, {"404", "405"})
            right = {"in", "405"} if name == "recorder_me" else refused
            text = "Kanarinov" in answer.full_body.decode() and name != "recorder_me"
            if (
                answer.status_code >= 500
                or text
                or (outcome not in right and not (outcome == "in" and method == "options"))
            ):
                wrong[name, method] = (answer.status_code, outcome)
    assert wrong == {}
    assert ("recorder_me", "post") in let_in


def desk_arguments(route: str, side: Any) -> list[Any]:
    """The number of one thing of that side, where the desk's page is about one."""
    if route == "admin:app_list":
        return ["members"]
    if route == "admin:view_on_site":
        return ["1", "1"]
    name, _underscore, verb = route.removeprefix("admin:").rpartition("_")
    if verb not in ("change", "delete", "history") or route == "admin:password_change":
        return []
    own = {
        "members_member": side.member,
        "trainings_training": side.training.pk,
        "members_organisation": side.organisation,
    }
    model = next(m for m in admin.site._registry if f"{m._meta.app_label}_{m._meta.model_name}" == name)
    if model is AuditEntry:
        return [AuditEntry.objects.filter(organisation=side.organisation).latest("pk").pk]
    return [own.get(name) or model._default_manager.first().pk]


@pytest.mark.slow
@about_each_side
@pytest.mark.parametrize("methods", METHODS_IN_TURN)
def test_pages_of_the_desk_are_for_admins_alone(methods, n, sides, browsers):
    wrong, let_in = {}, set()
    for route in desk_routes():
        url = reverse(route, args=desk_arguments(route, sides[n]))
        for name, method in product(OF_EACH_KIND if methods == OTHER_METHODS else browsers, methods):
            answer = ask(browsers[name], method, url)
            outcome = verdict(answer)
            # The desk sends whoever may not use it to its own sign-in, which asks for sign-in or refuses.
            if outcome == "in" and answer.get("Location", "").startswith("/desk/") and name != "admin":
                outcome = "sign in" if name == "stranger" else "403"
            right = {"stranger": {"sign in"}, "pending": {"second factor"}, "admin": {"in", "403", "404", "405"}}
            if answer.status_code >= 500 or outcome not in right.get(name, {"403"}) or leaks(route, name, answer):
                wrong[route, name, method] = (answer.status_code, outcome, leaks(route, name, answer))
            let_in |= {name} if outcome == "in" else set()
    assert wrong == {}
    assert let_in == {"admin"}


def test_control_desk_open_to_everybody_is_noticed(browsers, monkeypatch):
    monkeypatch.setattr(Member, "is_staff", True)
    assert verdict(ask(browsers["recorder_me"], "get", "/desk/")) == "in"


def test_control_desk_shows_mail_without_its_text(sides, browsers):
    page = browsers["admin"].get("/desk/mail/mail/").content.decode()
    assert (page.count('class="field-subject">Predmetkanar<'), "Postakanar" in page) == (len(sides), False)


def test_desk_shows_no_participants(sides, browsers):
    pages = [path for name, path in all_routes() if path.startswith("desk/") and name.endswith("_changelist")]
    for path in pages:
        assert "Kanarinovi" not in browsers["admin"].get(f"/{path}").content.decode()
    assert [path for path in pages if "participant" in path or "enrolment" in path] == []


MALFORMED = (
    "", "x", "[]", "{}", "1", "null", '"x"', '{"id": 1}', '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "eA", "attestationObject": "eA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "eA", "authenticatorData": "eA", '
    '"signature": "eA", "userHandle": "eA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "authenticatorData": "eA", '
    '"signature": "eA", "userHandle": "MQ"}}',
    '{"id": [], "rawId": {}, "type": 3, "response": []}', "9" * 5000, "[" * 2000,
)  # fmt: skip


@pytest.mark.parametrize("route", ["mfa_add_webauthn", "mfa_login_webauthn", "mfa_reauthenticate_webauthn"])
def test_malformed_passkey_is_refused(route, browsers):
    client: Client = browsers["stranger" if "login" in route else "recorder_me"]
    client.get(reverse(route), headers={"X-Requested-With": "XMLHttpRequest"})
    before = Authenticator.objects.count()
    for credential in MALFORMED:
        answer = client.post(reverse(route), {"credential": credential, "name": "x"})
        assert answer.status_code < 500, credential
    assert Authenticator.objects.count() == before
