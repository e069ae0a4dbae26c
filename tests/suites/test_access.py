"""Every route, method and person has a decided answer; a route without one fails.

*Own* is kept by Montenegro and led by its trainer, *foreign* by Serbia and led by theirs.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from audit.record import record
from members.actions import digest_of
from members.models import Invitation, JoinRequest, Member, Organisation
from tests.conftest import client_of, join, make_roster, make_training, mark_all, profile_of
from trainers.models import Topic
from trainings.actions.roster import RosterRow, add_to_roster, remove_from_roster, set_headcounts
from trainings.models import Amendment, FiguresVersion, Headcount, MarkChange, Participant, Training

pytestmark = pytest.mark.django_db

EVERYBODY = {
    "trainer_me", "trainer_rs", "recorder_me", "recorder_rs", "coordinator_me", "coordinator_rs", "admin", "observer",
}  # fmt: skip
OWN_KEEPERS, FOREIGN_KEEPERS = {"recorder_me", "coordinator_me"}, {"recorder_rs", "coordinator_rs"}
MANAGERS = {"admin", "coordinator_me", "coordinator_rs"}

Pair = tuple[set[str], set[str]]
ALL: Pair = (EVERYBODY, EVERYBODY)
KEEPERS: Pair = (OWN_KEEPERS, FOREIGN_KEEPERS)
RECORDING: Pair = (OWN_KEEPERS | {"trainer_me"}, FOREIGN_KEEPERS | {"trainer_rs"})
COORDINATORS: Pair = ({"coordinator_me"}, {"coordinator_rs"})
ADMINS: Pair = ({"admin"}, {"admin"})
MANAGING: Pair = (MANAGERS, MANAGERS)
MANAGING_HOME: Pair = ({"admin", "coordinator_me"}, {"admin", "coordinator_rs"})
OTHER_HOME: Pair = ({"coordinator_rs"}, {"coordinator_me"})
NOBODY: Pair = (set(), set())
# Who may read the family name, unit and rank of the foreign training's person.
SEES_THE_CANARY = {"trainer_rs", "recorder_rs", "coordinator_rs"}
# What stands in the private fields of the foreign side, and who may read it anywhere.
CANARIES: dict[str, set[str]] = {
    "Kanarinovi": SEES_THE_CANARY,  # a participant's family name, unit and rank
    "Kanarunka": SEES_THE_CANARY,  # the given name
    "Razlogkanar": SEES_THE_CANARY,  # why figures were returned, on the training
    "Tajnakanar": SEES_THE_CANARY,  # the same in the record
    "Izmenakanar": SEES_THE_CANARY,  # why figures were amended, in the record
    "Sklonjenkanar": SEES_THE_CANARY,  # who was taken off the roster
    "Stavkakanar": set(),  # why a version was returned and another amended, kept beside them and shown nowhere
    "Funkcijakanar": {"recorder_rs", "coordinator_rs", "admin"},  # a member's function
    "Pozvankanar": {"coordinator_rs", "admin"},  # the name of who is invited
    "Pitakanar": {"coordinator_rs", "admin"},  # the name of who asks to join
    "Pregledackanar": {"recorder_rs"},  # the browser in which a member is signed in
    "kanarski@mod.example": {"coordinator_rs", "admin"},  # a member's address
    "new.rs@mod.example": {"coordinator_rs", "admin"},  # an invited address
    "asks.rs@mod.example": {"coordinator_rs", "admin"},  # who asks to join
    "Molbakanar": {"coordinator_rs", "admin"},  # and why
    "exported 4711 members": {"coordinator_rs", "admin"},  # what was done in another ministry
    "md5$": set(),  # a password's digest, of any member
}
# Whose own names these are: mails to them say so.
MAILED_TO = {"Pitakanar": "asks.rs@mod.example", "Pozvankanar": "new.rs@mod.example"}
# The link of an invitation shows the address it is for to whoever holds it.
SHOWS_ITS_ADDRESS = {"members:accept"}
# Answers to a person whose second factor is still to be shown.
OPEN_TO_PENDING = {"alive", "ready", "security_txt", "robots_txt"}
OTHER_METHODS = ("head", "options", "put", "patch", "delete")
CREATORS = EVERYBODY - {"admin", "observer"}


@dataclass(frozen=True)
class Decision:
    """Who may, for the own and the foreign object; None where the method is refused with 405.

    `hidden` do not see the thing and get 404; everybody else who may not gets 403.
    """

    get: Pair | None = None
    post: Pair | None = None
    hidden: Pair = NOBODY
    public: bool = False


def but(pair: Pair) -> Pair:
    return EVERYBODY - pair[0], EVERYBODY - pair[1]


DECISIONS: dict[str, Decision] = {
    "home": Decision(get=ALL, public=True),
    "alive": Decision(get=ALL, public=True),
    "security_txt": Decision(get=ALL, public=True),
    "robots_txt": Decision(get=ALL, public=True),
    "ready": Decision(get=ALL, public=True),
    "trainers:list": Decision(get=ALL),
    "trainers:detail": Decision(get=ALL),
    "trainers:edit": Decision(get=({"trainer_me"}, {"trainer_rs"}), post=({"trainer_me"}, {"trainer_rs"})),
    "trainers:photo": Decision(get=ALL, public=True),
    "trainers:topics": Decision(get=ADMINS),
    "trainers:topic_new": Decision(get=ADMINS, post=ADMINS),
    "trainers:topic_edit": Decision(get=ADMINS, post=ADMINS),
    "trainings:courses": Decision(get=ALL),
    "trainings:course_new": Decision(get=ADMINS, post=ADMINS),
    "trainings:course_edit": Decision(get=ADMINS, post=ADMINS),
    "trainings:list": Decision(get=ALL),
    "trainings:create": Decision(get=(CREATORS, CREATORS), post=(CREATORS, CREATORS)),
    "trainings:detail": Decision(get=ALL),
    "trainings:history": Decision(get=ALL),
    "trainings:edit": Decision(get=KEEPERS, post=KEEPERS),
    "trainings:cancel": Decision(get=KEEPERS, post=KEEPERS),
    "trainings:restore": Decision(post=KEEPERS),
    "trainings:keeper": Decision(get=ADMINS, post=ADMINS),
    "trainings:session_toggle": Decision(post=KEEPERS),
    "trainings:attendance": Decision(get=RECORDING, post=RECORDING),
    "trainings:mark": Decision(post=RECORDING),
    "trainings:mark_rest": Decision(post=RECORDING),
    "trainings:undo": Decision(post=RECORDING),
    "trainings:roster": Decision(get=RECORDING, post=RECORDING),
    "trainings:suggest": Decision(post=RECORDING),
    "trainings:roster_paste": Decision(get=RECORDING, post=RECORDING),
    "trainings:enrolment_edit": Decision(get=RECORDING, post=RECORDING, hidden=but(RECORDING)),
    "trainings:enrolment_remove": Decision(post=RECORDING, hidden=but(RECORDING)),
    "trainings:enrolment_restore": Decision(post=RECORDING, hidden=but(RECORDING)),
    "trainings:headcounts": Decision(get=RECORDING, post=RECORDING),
    "trainings:headcount_switch": Decision(post=RECORDING),
    "trainings:submit": Decision(post=KEEPERS),
    "trainings:recall": Decision(post=KEEPERS),
    "trainings:return": Decision(get=COORDINATORS, post=COORDINATORS),
    "trainings:verify": Decision(post=COORDINATORS),
    "trainings:amend": Decision(get=COORDINATORS, post=COORDINATORS),
    "trainings:held_settle": Decision(post=COORDINATORS),
    "members:list": Decision(get=MANAGING),
    "members:invite": Decision(get=MANAGING, post=MANAGING),
    "members:revoke": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:accept": Decision(get=ALL, post=ALL, public=True),
    "members:deactivate": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:reactivate": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:export": Decision(post=MANAGING),
    "members:roles": Decision(get=ALL),
    "members:join": Decision(get=ALL, post=ALL, public=True),
    "members:approve": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:decline": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:invite_list": Decision(get=MANAGING, post=MANAGING),
    "members:resend": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:detail": Decision(get=MANAGING_HOME, hidden=OTHER_HOME),
    "members:edit": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:member_roles": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:reset_factor": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:audit": Decision(get=MANAGING),
    "members:audit_export": Decision(post=MANAGING),
    "members:organisations": Decision(get=ADMINS),
    "members:organisation_new": Decision(get=ADMINS, post=ADMINS),
    "members:organisation": Decision(get=ADMINS, post=ADMINS),
}


def routes() -> Iterator[str]:
    """Every named route outside the support desk and allauth."""
    return (name for name, path in all_routes() if not path.startswith(("desk/", "account/", "bench/")))


def all_routes() -> Iterator[tuple[str, str]]:
    def walk(patterns: list[Any], prefix: str, path: str) -> Iterator[tuple[str, str]]:
        for entry in patterns:
            here = path + str(entry.pattern)
            if isinstance(entry, URLResolver):
                inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
                yield from walk(entry.url_patterns, inner, here)
            elif isinstance(entry, URLPattern):
                yield f"{prefix}{entry.name}", here

    return walk(get_resolver().url_patterns, "", "")


@dataclass(frozen=True)
class Side:
    """One ministry's things, as arguments of the routes."""

    training: Training
    enrolment: int
    removed: int
    session: int
    party: int
    change: int
    profile: str
    member: int
    invitation: int
    token: str
    organisation: int
    topic: int
    asked: int

    def arguments(self, route: str) -> list[Any]:
        pk = {
            "session_toggle": self.session, "mark_rest": self.session, "enrolment_edit": self.enrolment,
            "enrolment_remove": self.enrolment, "enrolment_restore": self.removed, "headcount_switch": self.party,
            "held_settle": self.change, "revoke": self.invitation, "deactivate": self.member,
            "reactivate": self.member, "reset_factor": self.member, "detail": self.member,
            "edit": self.member, "member_roles": self.member, "resend": self.invitation, "approve": self.asked, "decline": self.asked,
            "organisation": self.organisation,
            "topic_edit": self.topic, "course_edit": self.training.course_id,
        }  # fmt: skip
        app, _colon, name = route.partition(":")
        if app in ("trainings", "trainers") and name in ("detail", "edit"):
            del pk[name]
        if route == "members:accept":
            return [self.token]
        first = {
            "trainings": [self.training.reference]
            if name not in ("list", "create", "courses", "course_new", "course_edit")
            else [],
            "trainers": [self.profile] if name not in ("list", "topics", "topic_new", "topic_edit") else [],
        }.get(app, [])
        return [*first, *([pk[name]] if name in pk else [])]


def side_of(recorder: Member, trainer: Member, guests: Organisation, family_name: str) -> Side:
    """Make one ministry's training with two people, a removed one, a headcount and a held change."""
    home = recorder.organisation
    training = make_training(recorder, trainers=(trainer,))
    given_name = "Kanarunka" if home.code == "RS" else "Una"
    rows = [
        RosterRow(
            family_name,
            given_name,
            home,
            "female",
            unit=f"Četa {family_name}",
            rank_words=f"Čin {family_name}",
        )
    ]
    (first,) = add_to_roster(training=training, rows=rows, by=recorder)
    removed = make_roster(training, 2, recorder)[0]
    mark_all(training, recorder)
    remove_from_roster(enrolment=removed, by=recorder)
    counts = [Headcount(sex="female", rank_group="nco", attended=7)]
    party = set_headcounts(training=training, organisation=guests, counts=counts, by=recorder)
    change = MarkChange.objects.create(
        key=uuid4(),
        enrolment=first,
        session=training.sessions.get(),
        base_version=1,
        answer_version=1,
        outcome="held",
        by=recorder,
    )
    if home.code == "RS":
        Training.objects.filter(pk=training.pk).update(returned_reason="Razlogkanar")
        record("return_figures", training, by=recorder, told={"reason": "Tajnakanar"}, about_people=True, version=1)
        record("export_members", home, by=recorder, members=4711)
        record("amend_figures", training, by=recorder, told={"reason": "Izmenakanar"}, about_people=True, version=2)
        version = FiguresVersion.objects.create(
            training=training, number=9, totals={}, made_by=recorder, returned_reason="Stavkakanar"
        )
        Amendment.objects.create(version=version, reason="Stavkakanar", changes=[{"name": "Stavkakanar"}])
        Participant.objects.filter(enrolments=removed).update(family_name="Sklonjenkanar")
        Member.objects.filter(pk=recorder.pk).update(email="kanarski@mod.example", function="Funkcijakanar")
        UserSession.objects.create(
            user=recorder, ip="192.0.2.9", session_key="of another browser", user_agent="Pregledackanar", data={}
        )
    profile = profile_of(trainer)
    profile.photo.save("x.jpg", ContentFile(b"jpeg"))
    token = f"token-{home.code}"
    invitation = Invitation.objects.create(
        email=f"new.{home.code}@mod.example".lower(), given_name="N",
        family_name="Pozvankanar" if home.code == "RS" else "N", organisation=home,
        token_digest=digest_of(token), invited_by=recorder,
    )  # fmt: skip
    asked = JoinRequest.objects.create(
        email=f"asks.{home.code}@mod.example".lower(),
        given_name="Pitakanar" if home.code == "RS" else "Pita",
        family_name="Pitalica",
        organisation=home,
        words="Molbakanar" if home.code == "RS" else "",
    )
    return Side(
        training, first.pk, removed.pk, training.sessions.get().pk, party.pk, change.pk, profile.slug,
        join(home.code, "Neko", "Drugi", "recorder").pk, invitation.pk, token, home.pk, Topic.objects.first().pk, asked.pk,
    )  # fmt: skip


@pytest.fixture
def sides(cast, organisation, settings, tmp_path) -> tuple[Side, Side]:
    settings.MEDIA_ROOT = tmp_path
    guests = organisation("NCGM")
    return (
        side_of(cast["recorder_me"], cast["trainer_me"], guests, "Sopstvenik"),
        side_of(cast["recorder_rs"], cast["trainer_rs"], guests, "Kanarinović"),
    )


@pytest.fixture
def browsers(cast) -> dict[str, Client]:
    """A browser for each of the cast, and one of a recorder whose second factor is still to be shown."""
    pending = client_of(join("ME", "Čeka", "Čekić", "recorder"), pending=True)
    return {"pending": pending, **{name: client_of(member) for name, member in cast.items()}}


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo whatever a request wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, url: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    """Make one request and take back whatever it wrote: rows, the browser's cookies, what counts towards a limit."""
    cookies = client.cookies.copy()
    cache.clear()
    with taken_back():
        answer = (
            getattr(client, method)(url, body, headers=headers)
            if body
            else getattr(client, method)(url, headers=headers)
        )
        client.cookies = cookies
        answer.full_body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer


def verdict(answer: Any) -> str:
    """What an answer means: "in", or how it refuses."""
    if answer.status_code == 302 and "/account/login/" in answer["Location"]:
        return "sign in"
    if answer.status_code == 302 and answer["Location"].startswith("/account/second-factor/"):
        return "second factor"
    return {401: "401", 403: "403", 404: "404", 405: "405"}.get(answer.status_code, "in")


def leaks(route: str, name: str, answer: Any) -> list[str]:
    """What stands in an answer, its headers or the mails it caused, and is not for this person."""
    told = answer.full_body.decode(errors="replace") + str(dict(answer.items()))
    mailed = {canary for m in mail.outbox for canary in CANARIES if canary in f"{m.subject} {m.body}" and "@" not in canary
              and m.to != [MAILED_TO.get(canary)]}  # fmt: skip
    found = [canary for canary, allowed in CANARIES.items() if canary in told and name not in allowed]
    if route in SHOWS_ITS_ADDRESS:
        found = [canary for canary in found if "@" not in canary and canary != "Pozvankanar"]
    return found + sorted(f"{canary} mailed" for canary in mailed)


OFFERS = re.compile(r"<a\b[^>]*\bhref=\"(/[^\"?#]*)|<form\b([^>]*)>")
ACTION = re.compile(r"\baction=\"(/[^\"?#]*)")


def offers(answer: Any) -> Iterator[tuple[str, str]]:
    """Every link and form of a page: method and address."""
    for link, form in OFFERS.findall(answer.full_body.decode(errors="replace")):
        method = "post" if 'method="post"' in form else "get"
        found = ACTION.search(form)
        yield ("get", link) if link else (method, found[1] if found else answer.request["PATH_INFO"])


def wrongly_offered(name: str, answer: Any, pair: "tuple[Side, Side]") -> set[tuple[str, str]]:
    """What a page offers this person on things of either side, though it would be refused."""
    wrong = set()
    for method, path in set(offers(answer)) if answer.status_code == 200 else ():
        try:
            match = resolve(path)
        except Resolver404:
            continue
        given = [str(argument) for argument in match.kwargs.values()]
        sides = [n for n, side in enumerate(pair) if match.view_name in DECISIONS
                 and [str(argument) for argument in side.arguments(match.view_name)] == given]  # fmt: skip
        if sides and decided(match.view_name, method, name, sides[0]) != "in":
            wrong.add((method, path))
    return wrong


def decided(route: str, method: str, name: str, n: int) -> str:
    """What this person is to be answered on the own (0) or foreign (1) object."""
    decision = DECISIONS[route]
    if name == "pending":
        if method not in ("get", "post"):
            return "405" if route in OPEN_TO_PENDING else "second factor"
        return ("in" if method == "get" else "405") if route in OPEN_TO_PENDING else "second factor"
    who = {"get": decision.get, "post": decision.post}.get(method)
    if name == "stranger" and not decision.public:
        return "sign in"
    if who is None:
        return "405"
    if name == "stranger" or name in who[n]:
        return "in"
    return "404" if name in decision.hidden[n] else "403"


def test_every_route_has_a_decision_and_every_decision_a_route():
    assert sorted(routes()) == sorted(DECISIONS)


@pytest.mark.parametrize("route", sorted(set(routes())))
def test_every_person_is_answered_as_decided(route, sides, browsers):
    found, wanted = {}, {}
    for n, side in enumerate(sides):
        url = reverse(route, args=side.arguments(route))
        for name, client in browsers.items():
            for method in ("get", "post"):
                case = (method, name, ("own", "foreign")[n])
                answer = ask(client, method, url)
                assert answer.status_code < 500, case
                assert leaks(route, name, answer) == [], case
                assert wrongly_offered(name, answer, sides) == set(), case
                found[case], wanted[case] = verdict(answer), decided(route, method, name, n)
    if route == "trainers:photo":
        # Strangers get photographs only of trainers who opted in.
        wanted |= {("get", "stranger", side): "404" for side in ("own", "foreign")}
    assert found == wanted


@pytest.mark.slow
@pytest.mark.parametrize("method", OTHER_METHODS)
def test_every_other_method_is_refused(method, sides, browsers):
    found, wanted = {}, {}
    for route in sorted(routes()):
        for n, side in enumerate(sides):
            url = reverse(route, args=side.arguments(route))
            for name, client in browsers.items():
                answer = ask(client, method, url)
                assert leaks(route, name, answer) == [], (route, name)
                found[route, name, n], wanted[route, name, n] = verdict(answer), decided(route, method, name, n)
    assert found == wanted


def test_control_page_that_offers_what_is_refused_is_noticed(sides, browsers, monkeypatch):
    monkeypatch.setattr("trainings.access.can_change_keeper", lambda member, training: True)
    own = sides[0].training
    answer = ask(browsers["observer"], "get", own.get_absolute_url())
    assert wrongly_offered("observer", answer, sides) == {("get", f"{own.get_absolute_url()}keeper/")}


def steady(answer: Any) -> str:
    """An answer without what differs each time: the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.full_body.decode())


# Another number for each thing that is reached by one.
NOWHERE = {"members": [10**7], "trainings": [10**7]}


def test_thing_of_others_answers_as_one_that_does_not_exist(sides, browsers):
    for route, decision in DECISIONS.items():
        for n, side in enumerate(sides):
            arguments = side.arguments(route)
            for name in sorted(decision.hidden[n]):
                for method in ("get", "post"):
                    if getattr(decision, method) is None:
                        continue
                    app = route.partition(":")[0]
                    there = ask(browsers[name], method, reverse(route, args=arguments))
                    nowhere = ask(browsers[name], method, reverse(route, args=[*arguments[:-1], *NOWHERE[app]]))
                    assert (there.status_code, steady(there)) == (nowhere.status_code, steady(nowhere)), (route, name)


@pytest.mark.parametrize("header", [{"X-Requested-With": "fetch"}, {"HX-Request": "true"}])
def test_signed_out_request_in_the_background_gets_401(header, sides, stranger):
    private = [name for name, decision in DECISIONS.items() if not decision.public]
    answers = {
        (route, method): ask(stranger, method, reverse(route, args=sides[0].arguments(route)), **header).status_code
        for route in private
        for method in ("get", "post")
    }
    assert set(answers.values()) == {401}
    assert len(answers) == 2 * len(private)


def test_control_every_canary_is_shown_to_somebody_who_may_see_it(sides, browsers):
    shown = dict.fromkeys(CANARIES, False)
    for route, decision in DECISIONS.items():
        for name in decision.get[1] if decision.get else ():
            told = ask(browsers[name], "get", reverse(route, args=sides[1].arguments(route))).full_body.decode(
                errors="replace"
            )
            for canary, allowed in CANARIES.items():
                shown[canary] |= canary in told and name in allowed
    # A member's own browsers are listed below /account/: see test_access_elsewhere.
    assert {canary for canary, seen in shown.items() if not seen} == {"md5$", "Stavkakanar", "Pregledackanar"}


def test_control_canary_is_shown_to_who_may_see_it(sides, browsers):
    seeing = {
        name
        for name, client in browsers.items()
        for route in ("attendance", "roster")
        if "Kanarinovi"
        in ask(client, "get", reverse(f"trainings:{route}", args=[sides[1].training.reference])).full_body.decode()
    }
    assert seeing == SEES_THE_CANARY


def test_no_private_field_is_told_by_what_is_typed(sides, browsers):
    own = sides[0].training
    for query in ("Kanarin", "Канарин"):
        url = reverse("trainings:suggest", args=[own.reference])
        for name in ("trainer_me", "recorder_me", "coordinator_me"):
            assert list(browsers[name].post(url, {"family_name": query}).context["people"]) == []
    foreign = reverse("trainings:suggest", args=[sides[1].training.reference])
    people = browsers["recorder_rs"].post(foreign, {"family_name": "Kanarin"}).context["people"]
    assert [str(person) for person, _last in people] == ["Kanarinović, Kanarunka"]


def test_thing_of_another_training_is_not_found_below_ones_own(sides, browsers):
    own, foreign = sides
    for route in ("session_toggle", "mark_rest", "enrolment_edit", "enrolment_remove", "enrolment_restore", "headcount_switch",
                  "held_settle"):  # fmt: skip
        _reference, pk = foreign.arguments(f"trainings:{route}")
        url = reverse(f"trainings:{route}", args=[own.training.reference, pk])
        assert verdict(ask(browsers["coordinator_me"], "post", url)) == "404", route
