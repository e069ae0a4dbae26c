"""Mailed links that were changed, cut, mixed up or are somebody else's open nothing. Each whole link opens: the control.

Reused, expired and revoked invitations, and used and expired reset links, are in tests/members.
"""

import string
from collections.abc import Iterator
from re import search

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.core.cache import cache
from django.test import Client

from members.actions import deactivate_member, hash_of, invite_member
from members.models import Invitation, Member, Role
from tests.conftest import client_of
from tests.suites.forms_on_pages import PASSWORD
from tests.suites.test_attack_redirects import by_shapes, followed

pytestmark = pytest.mark.django_db

OTHER = "siva vrana na krovu"
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_", ".~", "%", "\u0430\u0435\u043e\uff41")


def tampered(token: str) -> Iterator[str]:
    """The token with one sign exchanged within and across each class of signs, in another case, cut and lengthened."""
    for at in sorted({0, 1, len(token) // 2, len(token) - 1}):
        for signs in CLASSES:
            other = next(sign for sign in signs if sign != token[at])
            yield token[:at] + other + token[at + 1 :]
        yield token[:at] + token[at + 1 :]
    for at, sign in enumerate(token):
        if sign.swapcase() != sign:
            yield token[:at] + sign.swapcase() + token[at + 1 :]
    yield from (token.lower(), token.upper(), token.swapcase(), token[::-1], token[: len(token) // 2], token[:1])
    yield from (
        token + token,
        token + "=",
        token + "a",
        " " + token,
        token + " ",
        token + "\x00",
        token + "\n",
        "*",
        "%",
        "_",
    )


def opened(client: Client, start: str, token: str, end: str = "/") -> int:
    """Open the link with this token; return the status."""
    path = f"{start}{token}{end}".replace("%", "%25").replace("\n", "%0A").replace("\x00", "%00").replace(" ", "%20")
    return int(client.get(path).status_code)


@pytest.fixture
def invited(coordinator_me, coordinator_rs) -> list[str]:
    """The tokens of an invitation to Montenegro and of one to Serbia."""
    tokens = []
    for by in (coordinator_me, coordinator_rs):
        invite_member(
            email=f"nova.{by.organisation.code}@mod.example",
            given_name="N",
            family_name="O",
            by=by,
            organisation=by.organisation,
            roles=Role.objects.filter(code="recorder"),
        )
        tokens.append(search(r"/members/welcome/([^/\s]+)/", mail.outbox[-1].body)[1])
    return tokens


@pytest.mark.slow
def test_changed_invitation_opens_nothing(invited, record_property):
    whole, _other = invited
    tokens = [token for token in tampered(whole) if token and token not in invited]
    answers = {token: opened(Client(), "/members/welcome/", token) for token in tokens}
    record_property("requests", len(answers))
    assert {token: status for token, status in answers.items() if status not in (404, 410)} == {}
    for token in (hash_of(whole), hash_of(whole).upper(), str(Invitation.objects.first().pk)):
        body = {"password": PASSWORD, "again": PASSWORD}
        assert Client().post(f"/members/welcome/{token}/", body).status_code == 410
    assert not Member.objects.filter(email__startswith="nova.").exists()
    assert [opened(Client(), "/members/welcome/", token) for token in invited] == [200, 200]


def test_invitation_makes_the_invited_person_and_nobody_else(invited):
    """The address, ministry and roles are those of the invitation, whatever is sent beside the password."""
    beside = {
        "email": "nova.rs@mod.example",
        "organisation": "RS",
        "roles": ["admin"],
        "token": invited[1],
        "invitation": "2",
    }
    Client().post(f"/members/welcome/{invited[0]}/", {"password": PASSWORD, "again": PASSWORD, **beside})
    made = Member.objects.get(email__startswith="nova.")
    assert (made.email, made.organisation.code, set(made.role_codes)) == ("nova.me@mod.example", "ME", {"recorder"})


def reset_link(member: Member) -> tuple[str, str]:
    """Ask for a link as a stranger; return the member's part and the key of it."""
    cache.clear()  # the limit of requests
    Client().post("/account/password/reset/", {"email": member.email})
    match = search(r"/password/reset/key/([^-\s]+)-(\S+)/", mail.outbox[-1].body)
    return match[1], match[2]


def reset_with(client: Client, owner: str, key: str, password: str = OTHER) -> None:
    """Go through with a reset as far as the portal lets one."""
    answer = client.get(f"/account/password/reset/key/{owner}-{key}/".replace("%", "%25").replace("\n", "%0A"))
    if answer.status_code == 302:
        client.post(answer.headers["Location"], {"password1": password, "password2": password})


@pytest.fixture
def pair(recorder_me, recorder_rs) -> tuple[Member, Member]:
    """Two members with passwords of their own."""
    for member in (recorder_me, recorder_rs):
        member.set_password(PASSWORD)
        member.save()
    return recorder_me, recorder_rs


def passwords() -> dict[str, str]:
    return dict(Member.objects.exclude(password="").values_list("email", "password"))


@pytest.mark.slow
def test_changed_reset_link_changes_no_password(pair, record_property):
    owner, key = reset_link(pair[0])
    before, tries = passwords(), [token for token in tampered(key) if token.strip() not in ("", key)]
    for token in tries:
        reset_with(Client(), owner, token)
    for other in ("0", "", "00", "zzzzzzzzzzzzz", owner + owner, "-1", "9" * 30):
        reset_with(Client(), other, key)
    record_property("requests", len(tries) + 7)
    assert passwords() == before
    reset_with(Client(), owner, key)
    assert check_password(OTHER, passwords()[pair[0].email])


def test_reset_link_of_one_member_does_not_open_another(pair):
    before, links = passwords(), [reset_link(member) for member in pair]
    client = Client()
    reset_with(client, links[0][0], links[1][1])
    # The key of the one waits in the session; the address of the other is asked.
    client.get(f"/account/password/reset/key/{links[0][0]}-{links[0][1]}/")
    client.post(f"/account/password/reset/key/{links[1][0]}-set-password/", {"password1": OTHER, "password2": OTHER})
    assert passwords() == before
    client.post(f"/account/password/reset/key/{links[0][0]}-set-password/", {"password1": OTHER, "password2": OTHER})
    assert {email for email, digest in passwords().items() if before[email] != digest} == {pair[0].email}


def test_earlier_reset_link_is_gone_once_a_password_was_chosen(pair):
    first, second = reset_link(pair[0]), reset_link(pair[0])
    reset_with(Client(), *second)
    chosen = passwords()
    reset_with(Client(), *first, password="drugi most na reci")
    assert passwords() == chosen


def test_reset_link_opened_while_somebody_else_is_signed_in(pair):
    before, client = passwords(), client_of(pair[1])
    reset_with(client, *reset_link(pair[0]))
    assert {email for email, digest in passwords().items() if before[email] != digest} == {pair[0].email}
    # Nobody is signed in by a link: neither the one whose link it was, nor the other any longer.
    assert client.get("/trainings/").headers["Location"].startswith("/account/login/")


def test_reset_link_of_a_deactivated_member_changes_nothing(pair, admin):
    link, before = reset_link(pair[0]), passwords()
    deactivate_member(member=pair[0], by=admin)
    reset_with(Client(), *link)
    assert passwords() == before


@by_shapes
def test_reset_link_with_an_address_to_go_on_to_ends_on_the_portal(shapes, pair):
    for n, shape in enumerate(shapes):
        owner, key = reset_link(pair[0])
        client, chosen = Client(), {"password1": f"{OTHER} {n}", "password2": f"{OTHER} {n}", "next": shape}
        answer = client.get(f"/account/password/reset/key/{owner}-{key}/", {"next": shape})
        followed(client, client.post(answer.headers["Location"], chosen))
        assert check_password(f"{OTHER} {n}", passwords()[pair[0].email])
