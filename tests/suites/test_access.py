"""Every route, method and person has a decided answer; a route without one fails."""

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.suites.decisions import DECISIONS, OF_EACH_KIND, OTHER_METHODS, decided, routes
from tests.suites.sides import CANARIES, SEES_THE_CANARY, about_each_side, ask, leaks, verdict, wrongly_offered

pytestmark = pytest.mark.django_db


def test_every_route_has_a_decision_and_every_decision_a_route():
    assert sorted(routes()) == sorted(DECISIONS)


# A test for some of the routes each, so that two processes share them.
GROUPS = 10


@about_each_side
@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("method", ["get", pytest.param("post", marks=pytest.mark.slow)])
def test_every_person_is_answered_as_decided(method, group, n, sides, browsers):
    for route in sorted(set(routes()))[group::GROUPS]:
        answers, decisions = answers_and_decisions(route, method, n, sides, browsers)
        if route == "trainers:photo" and method == "get":
            # Strangers get photographs only of trainers who opted in.
            decisions["stranger"] = "404"
        assert answers == decisions, route


def answers_and_decisions(
    route: str, method: str, n: int, sides: Any, browsers: Any
) -> tuple[dict[str, str], dict[str, str]]:
    """Ask for one route as everybody, about the things of one side; return what was answered and what was decided."""
    answers, decisions = {}, {}
    url = reverse(route, args=sides[n].arguments(route))
    for name, client in browsers.items():
        case = (route, method, name)
        answer = ask(client, method, url)
        assert answer.status_code < 500, case
        assert leaks(route, name, answer) == [], case
        assert wrongly_offered(name, answer, sides) == set(), case
        answers[name], decisions[name] = verdict(answer), decided(route, method, name, n)
    return answers, decisions


@pytest.mark.slow
@pytest.mark.parametrize("method", OTHER_METHODS)
def test_every_other_method_is_refused(method, sides, browsers):
    answers, decisions = {}, {}
    for route in sorted(routes()):
        url = reverse(route, args=sides[1].arguments(route))
        for name in OF_EACH_KIND:
            answer = ask(browsers[name], method, url)
            assert leaks(route, name, answer) == [], (route, name)
            answers[route, name], decisions[route, name] = verdict(answer), decided(route, method, name, 1)
    assert answers == decisions


def test_control_page_that_offers_what_is_refused_is_noticed(sides, browsers, monkeypatch):
    monkeypatch.setattr("trainings.access.can_change_owner", lambda member, training: True)
    own = sides[0].training
    answer = ask(browsers["observer"], "get", own.get_absolute_url())
    assert wrongly_offered("observer", answer, sides) == {("get", f"{own.get_absolute_url()}owner/")}


def steady(answer: Any) -> str:
    """An answer without what differs each time: the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.full_body.decode())


# A number that no thing has.
NOWHERE = 10**7


@pytest.mark.slow
@about_each_side
def test_thing_of_others_answers_as_one_that_does_not_exist(n, sides, browsers):
    for route, decision in DECISIONS.items():
        arguments = sides[n].arguments(route)
        for name in sorted(decision.hidden[n]):
            for method in ("get", "post"):
                if getattr(decision, method) is None:
                    continue
                app = route.partition(":")[0]
                there = ask(browsers[name], method, reverse(route, args=arguments))
                other = "nowhere" if app == "knowledge" and isinstance(arguments[-1], str) else NOWHERE
                nowhere = ask(browsers[name], method, reverse(route, args=[*arguments[:-1], other]))
                assert (there.status_code, steady(there)) == (nowhere.status_code, steady(nowhere)), (route, name)


@pytest.mark.slow
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


@pytest.mark.slow
def test_control_every_canary_is_shown_to_somebody_who_may_see_it(sides, browsers):
    seen = dict.fromkeys(CANARIES, False)
    for route, decision in DECISIONS.items():
        for name in decision.get[1] if decision.get else ():
            answer = ask(browsers[name], "get", reverse(route, args=sides[1].arguments(route)))
            page = answer.full_body.decode(errors="replace")
            for canary, allowed in CANARIES.items():
                seen[canary] |= canary in page and name in allowed
    # A member's own browsers are listed below /account/, mail on the desk: see test_access_elsewhere.
    elsewhere = {"Pregledackanar", "Predmetkanar"}
    assert {canary for canary, is_seen in seen.items() if not is_seen} == {
        "md5$",
        "Stavkakanar",
        "Postakanar",
        *elsewhere,
    }


@pytest.mark.slow
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
    for route in (
        "session_toggle",
        "mark_rest",
        "enrolment_edit",
        "enrolment_remove",
        "enrolment_restore",
        "headcount_switch",
        "held_settle",
        "sheet",
        "evidence_remove",
    ):
        _reference, pk = foreign.arguments(f"trainings:{route}")
        url = reverse(f"trainings:{route}", args=[own.training.reference, pk])
        assert verdict(ask(browsers["coordinator_me"], "post", url)) == "404", route
    url = reverse("trainings:evidence_file", args=[own.training.reference, foreign.evidence])
    assert verdict(ask(browsers["coordinator_me"], "get", url)) == "404"
