"""`make drill-access`: takes away each scope and each check in turn, and looks whether the access suite's requests notice.

Each function of every `access.py`, and each guard of the views and middleware, is replaced in this process: a rule that
always says yes, a query without its scope, a guard that lets everybody by. Only the requests that reach it are run again.
A replacement that changes no verdict and leaks no canary has survived, and the drill fails.
"""

import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from tests.conftest import client_of, join, make_roster, make_training, profile_of
from tests.suites.test_access import (  # noqa: F401 - two are fixtures
    DECISIONS,
    all_routes,
    browsers,
    decided,
    leaks,
    sides,
    verdict,
)
from tests.suites.test_access import (
    ask as asked,
)
from trainings.models import Training

pytestmark = pytest.mark.django_db
OURS = ("portal.", "trainings.", "trainers.", "members.", "audit.", "common.")
MODULES = ("members.access", "trainers.access", "trainings.access")


@dataclass(frozen=True)
class Ask:
    """One request: by whom, how, where, with what, and what it is to be answered."""

    name: str
    method: str
    url: str
    route: str
    wanted: str = ""
    body: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Target:
    """One check or scope: where it is kept, what it is called, and what takes its place."""

    owner: Any
    name: str
    instead: Any
    # Which requests reach it, where that cannot be noted by its being called.
    reached_by: Callable[["Ask"], bool] | None = None

    @property
    def label(self) -> str:
        where = getattr(self.owner, "__name__", str(self.owner))
        module = getattr(self.owner, "__module__", "")
        return f"{module}.{where}.{self.name}" if inspect.isclass(self.owner) else f"{where}.{self.name}"


def without_scope(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a query over every row of the model."""
    return lambda *args, **kwargs: original(*args, **kwargs).model._default_manager.all()


def mutant_of(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return what takes the place of a function of `access.py`, by what it returns; None where it decides nothing."""
    returned = inspect.signature(function).return_annotation
    if returned is bool:
        return lambda *args, **kwargs: True
    if returned is Q:
        return lambda *args, **kwargs: Q(pk__isnull=False)
    if returned is str:
        return lambda *args, **kwargs: "lead"
    kind = getattr(returned, "__origin__", returned)
    if inspect.isclass(kind) and issubclass(kind, QuerySet):
        return without_scope(function)
    return None


def targets() -> list[Target]:
    """Every function of the access modules, and the guards elsewhere."""
    found = []
    for name in MODULES:
        module = import_module(name)
        for key, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == name and (instead := mutant_of(function)):
                found.append(Target(module, key, instead))
    views = import_module("members.views.common")
    middleware, factor = import_module("portal.middleware"), import_module("members.second_factor")
    everyone = import_module("members.models").Member
    return [
        *found,
        Target(views, "managing", views.member_of),
        Target(views, "editing", views.member_of),
        Target(views, "managed", lambda request, pk: (views.member_of(request), everyone.objects.get(pk=pk))),
        Target(import_module("members.views.audit"), "_reader", views.member_of),
        Target(import_module("trainings.views.common"), "require", lambda allowed: None),
        Target(import_module("trainings.views.attendance"), "_check_visible", lambda *args: None),
        Target(middleware.SignInMiddleware, "process_view", lambda *args, **kwargs: None, lambda wish: wish.name == "stranger"),
        Target(middleware.SecondFactorMiddleware, "process_view", lambda *args, **kwargs: None, lambda wish: wish.name == "pending"),
        Target(factor, "is_pending", lambda *args: False),
        Target(factor, "must_have_second_factor", lambda *args: False),
        Target(import_module("members.time_limits"), "is_over", lambda *args: False),
        Target(import_module("common.auth").RuleBackend, "has_perm", lambda *args, **kwargs: True),
        Target(everyone, "is_staff", property(lambda member: True), lambda wish: wish.route == "desk"),
    ]  # fmt: skip


@contextmanager
def replaced(target: Target, instead: Callable[..., Any]) -> Iterator[None]:
    """Put `instead` in the target's place wherever our modules hold it by name."""
    original = getattr(target.owner, target.name)
    if inspect.isclass(target.owner):
        places = [(target.owner, target.name)]
    else:
        places = [
            (module, key)
            for name, module in list(sys.modules.items())
            if name.startswith(OURS) and module is not None
            for key, value in list(vars(module).items())
            if value is original
        ]
    for owner, key in places:
        setattr(owner, key, instead)
    try:
        yield
    finally:
        for owner, key in places:
            setattr(owner, key, original)


def matrix_requests(pair: Any, names: list[str]) -> list[Ask]:
    """The access suite's own requests with their decided answers."""
    return [
        Ask(name, method, reverse(route, args=side.arguments(route)), route, decided(route, method, name, n))
        for route in sorted(DECISIONS)
        if route != "trainers:photo"  # strangers are answered by what a trainer chose; see below
        for n, side in enumerate(pair)
        for name in names
        for method in ("get", "post")
    ]


def probes(pair: Any, cast: dict[str, Any]) -> list[Ask]:
    """Requests with something in them, which reach what an empty form does not; what they are answered is taken as right."""
    own, foreign = pair
    training, theirs = (reverse("trainings:suggest", args=[side.training.reference]) for side in pair)
    home, abroad = cast["recorder_me"].organisation_id, cast["recorder_rs"].organisation_id
    new = {"email": "n@mod.example", "given_name": "N", "family_name": "N"}
    typed = (("trainer_me", "trainer_rs"), ("recorder_me", "recorder_rs"), ("coordinator_me", "coordinator_rs"))
    found = [
        Ask(name, "post", path, "trainings:suggest", body=(("family_name", word),))
        for pair_of_names in typed
        for name, path in zip(pair_of_names, (training, theirs), strict=True)
        for word in ("Kanarin", "Sopstv")
    ]

    def post(name: str, url: str, route: str, **body: Any) -> None:
        found.append(Ask(name, "post", url, route, body=tuple(sorted(body.items()))))

    post("coordinator_me", "/members/invite/", "members:invite", **new, organisation=abroad, roles="recorder")
    post("coordinator_me", "/members/invite/", "members:invite", **new, organisation=home, roles="admin")
    post("coordinator_me", f"/members/{own.member}/roles/", "members:member_roles", roles="admin")
    post("coordinator_me", f"/members/{cast['coordinator_me'].pk}/roles/", "members:member_roles", roles="recorder")
    post("coordinator_me", f"/members/{cast['admin'].pk}/roles/", "members:member_roles", roles="recorder")
    for name in ("coordinator_me", "admin"):
        post(name, "/members/export/", "members:export")
        post(name, "/members/audit/export/", "members:audit_export")
    person = {"family_name": "Kanarinović", "given_name": "Kanarunka", "sex": "female"}
    known = foreign.training.enrolments.get(pk=foreign.enrolment).participant_id
    post(
        "recorder_me",
        reverse("trainings:roster", args=[own.training.reference]),
        "trainings:roster",
        **person,
        organisation=abroad,
        participant=known,
    )
    mark = {"session": own.session, "value": "late", "base": 1, "key": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    post(
        "recorder_me",
        reverse("trainings:mark", args=[own.training.reference]),
        "trainings:mark",
        **mark,
        enrolment=foreign.enrolment,
    )
    facts = {"course": own.training.course_id, "title": "New", "host": abroad, "country": "RS", "place": "Niš", "language": "sr",
             "mode": "in_person", "starts_on": "2025-03-10", "ends_on": "2025-03-10", "key": "0" * 8 + "-0000-4000-8000-" + "1" * 12,
             "day_starts": "09:00", "day_ends": "15:00", "sessions-TOTAL_FORMS": "0", "sessions-INITIAL_FORMS": "0"}  # fmt: skip
    for name in ("recorder_me", "admin", "observer"):
        post(name, "/trainings/new/", "trainings:create", **facts)
    desk = [
        path for route, path in all_routes() if path.startswith("desk/") and route.endswith(("_changelist", ":index"))
    ]
    found += [
        Ask(name, "get", f"/{path}", "desk") for path in desk for name in ("recorder_me", "coordinator_rs", "observer")
    ]
    found += [Ask(name, "get", "/desk/login/", "desk") for name in ("recorder_me", "coordinator_rs", "observer")]
    gone = join("ME", "Otišla", "Trenerka", "trainer")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    found += [Ask("observer", "get", f"/trainers/{profile_of(gone).slug}/", "trainers:detail")]
    # Verified long ago: its trainer no longer sees its people, and a late mark for one of them must not be taken.
    old = make_training(cast["recorder_me"], trainers=(cast["trainer_me"],))
    (late,) = make_roster(old, 1, cast["recorder_me"])
    long_ago = timezone.now() - timedelta(days=40)
    people = {"submitted_by": cast["recorder_me"], "verified_by": cast["coordinator_me"]}
    Training.objects.filter(pk=old.pk).update(
        figures="verified", submitted_at=long_ago, verified_at=long_ago, figures_version=1, **people
    )
    mark |= {"session": old.sessions.get().pk, "value": "present", "base": 0}
    post("trainer_me", reverse("trainings:mark", args=[old.reference]), "trainings:mark", **mark, enrolment=late.pk)
    found += [Ask("stranger", "get", reverse("trainers:photo", args=[side.profile]), "trainers:photo") for side in pair]
    found += [Ask("stranger", "get", "/", "home"), Ask("stale", "get", "/trainings/", "trainings:list")]
    return found


def ask(clients: dict[str, Any], wish: Ask) -> tuple[str, list[str], int]:
    """Make one request, undo what it wrote, and return its verdict, its leaks and its status."""
    answer = asked(clients[wish.name], wish.method, wish.url, dict(wish.body))
    return verdict(answer), leaks(wish.route, wish.name, answer), answer.status_code


def reached(
    clients: dict[str, Any], wishes: list[Ask], every: list[Target]
) -> tuple[dict[str, list[Ask]], dict[Ask, Any]]:
    """Make each request once, with nothing taken away; return which reach each target, and how each was answered."""
    reach: dict[str, list[Ask]] = {target.label: [] for target in every}
    answers = {}
    for wish in wishes:
        called: set[str] = set()
        with noted(every, called):
            answers[wish] = ask(clients, wish)
        for label in called:
            reach[label].append(wish)
        for target in every:
            if target.reached_by and target.reached_by(wish):
                reach[target.label].append(wish)
    return reach, answers


@contextmanager
def noted(every: list[Target], called: set[str]) -> Iterator[None]:
    """Note which targets are called."""

    def noting(label: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            called.add(label)
            return original(*args, **kwargs)

        return call

    places = all_places(every)
    for owner, key, original, label in places:
        setattr(owner, key, noting(label, original))
    try:
        yield
    finally:
        for owner, key, original, _label in places:
            setattr(owner, key, original)


def all_places(every: list[Target]) -> list[tuple[Any, str, Any, str]]:
    """Every name in our modules by which a target is held."""
    labels = {id(getattr(t.owner, t.name)): t.label for t in every if not inspect.isclass(t.owner)}
    methods = [target for target in every if inspect.isclass(target.owner) and not target.reached_by]
    found = [(t.owner, t.name, getattr(t.owner, t.name), t.label) for t in methods]
    for name, module in list(sys.modules.items()):
        if name.startswith(OURS) and module is not None:
            for key, value in list(vars(module).items()):
                if inspect.isfunction(value) and id(value) in labels:
                    found.append((module, key, value, labels[id(value)]))
    return found


@contextmanager
def middleware_anew(clients: dict[str, Any], target: Target) -> Iterator[None]:
    """Let every browser's handler take up a middleware that has changed, and again what it was."""
    changed = inspect.isclass(target.owner) and hasattr(target.owner, "process_view")
    handlers = [client.handler for client in clients.values()] if changed else []
    for handler in handlers:
        handler.load_middleware()
    yield
    for handler in handlers:
        handler._middleware_chain = None  # made anew at the next request, when the original is back


def caught(clients: dict[str, Any], target: Target, wishes: list[Ask], right: dict[Ask, Any]) -> Ask | None:
    """Return the first request that notices that the target is taken away, or None."""
    with replaced(target, target.instead), middleware_anew(clients, target):
        for wish in wishes:
            try:
                told, leaked, status = ask(clients, wish)
            except Exception:  # noqa: S112 - what breaks opens nothing; another request must notice
                continue
            wanted, _leaks, before = right[wish]
            # A page of the matrix is judged by its decision; one with something in it also by its exact status.
            if leaked or told != wanted or (not wish.wanted and status != before):
                return wish
    return None


def seen_without_account(target: Target, gone: Any) -> bool:
    """Ask a scope directly on behalf of a deactivated member, whom no request lets in: does it show anything when gone?"""
    if target.label != "trainings.access.visible_trainings":
        return False
    scope = import_module("trainings.access").visible_trainings
    assert not scope(gone).exists()
    with replaced(target, target.instead):
        return bool(import_module("trainings.access").visible_trainings(gone).exists())


def test_control_a_replacement_that_opens_nothing_survives(sides, browsers):  # noqa: F811 - the fixtures
    access = import_module("members.access")
    same = Target(access, "can_manage", access.can_manage)
    wishes = [wish for wish in matrix_requests(sides, list(browsers)) if wish.route == "members:list"]
    reach, right = reached(browsers, wishes, [same])
    assert len(reach[same.label]) > 5
    assert caught(browsers, same, reach[same.label], right) is None


def test_every_scope_and_check_is_missed_when_it_is_gone(sides, browsers, cast, capsys):  # noqa: F811 - the fixtures
    began = time.monotonic()
    stale = client_of(cast["recorder_me"])
    session = stale.session
    session["signed_in_at"] = session["seen_at"] = 0
    session.save()
    clients = {**browsers, "stale": stale}
    every = targets()
    gone = join("ME", "Deaktivirana", "Osoba", "recorder")
    gone.is_active = False
    wishes = [*matrix_requests(sides, list(browsers)), *probes(sides, cast)]
    reach, right = reached(clients, wishes, every)
    wrong = [wish for wish, (told, leaked, _s) in right.items() if leaked or (wish.wanted and told != wish.wanted)]
    assert [(wish, right[wish]) for wish in wrong] == []
    survived, killed, requests = [], [], 0
    for target in every:
        requests += len(reach[target.label])
        noticed = caught(clients, target, reach[target.label], right)
        directly = noticed is None and seen_without_account(target, gone)
        (killed if noticed or directly else survived).append(target.label)
        with capsys.disabled():
            by = (
                f"{noticed.name} {noticed.method.upper()} {noticed.route}"
                if noticed
                else ("asked directly" if directly else "nobody")
            )
            print(
                f"{'caught' if noticed or directly else 'SURVIVED':9}{target.label:55}{len(reach[target.label]):6} requests  {by}",
                flush=True,
            )
    with capsys.disabled():
        print(f"\n{len(killed)} of {len(every)} scopes and checks are missed when they are gone; "
              f"{len(wishes)} requests made, {requests} that reach them; {time.monotonic() - began:.0f} s")  # fmt: skip
    assert survived == []
