"""`make drill-access`: takes away each scope and each check in turn, and looks whether the access suite's requests notice.

Each function of every `access.py` and each guard of the views and middleware is replaced in this process: a rule that
always says yes, a query without its scope, a guard that lets everybody by. Then each single place that asks one of them
(`sites.py`). Only the requests that reach it are run again. What changes no verdict, leaks no canary and offers nothing that
would be refused has survived, and the drill fails.
"""

import inspect
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Q, QuerySet

from tests.conftest import client_of, join
from tests.drill import sites as places_that_ask
from tests.drill.asking import Answer, Ask, ask, matrix_requests, probes

pytestmark = pytest.mark.django_db
OURS = (
    "portal.",
    "search.",
    "reports.",
    "knowledge.",
    "trainings.",
    "trainers.",
    "notifications.",
    "mail.",
    "members.",
    "audit.",
    "common.",
)
MODULES = (
    "members.access",
    "notifications.access",
    "trainers.access",
    "trainings.access",
    "knowledge.access",
    "reports.access",
)
Clients = dict[str, Any]
# Places whose loss nobody can notice, each with the reason: something else holds the same door.
ACTIVE = "every active member sees every training, and nobody else is signed in; the scope itself is asked directly"
ANYBODY = "every active member reads every value, and nobody else is signed in; the scope itself is asked directly"
HISTORY = "every active member who opens a post reads its history, and nobody else is signed in"
MAILED = "says who is told by mail, which no answer shows; see tests/knowledge/"
HELD_TWICE = {
    "reports.access.can_see_reports": "every active member sees reports, and nobody else is signed in",
    "reports.indicators.views access.visible_indicators(member)": ANYBODY,
    "reports.standard.forms access.ministries()": "which choices make sense, not who may see what: test_standard_reports.py sends another",
    "trainings.pages access.visible_trainings(member_of(request))": ACTIVE,
    "trainings.views access.visible_trainings(member)": ACTIVE,
    "trainings.exports.views access.visible_trainings(member)": ACTIVE,
    "trainings.views access.visible_trainings(member_of(request))": ACTIVE,
    "reports.cascade.views access.can_see_reports(member)": "every active member reads reports, and nobody else is signed in",
    "trainings.duplicates.views access.open_pairs(member)": "the pair it leads on to is fetched through its own scope",
    "knowledge.access.can_see_history": HISTORY,
    "knowledge.posts.views access.can_see_history(member_of(request), post)": HISTORY,
    "knowledge.field_notes.views access.visible_revision_items(by)": "who sees any of them sees all; the roles are asked before, or the item is "
    "what they keep",
    "knowledge.field_notes.views access.visible_notes(by)": "who writes sees every note, and whether they write is asked before",
    "knowledge.access.readers_of": MAILED,
    "knowledge.access.readable_comments": "the rule of their post is asked beside it, and no hidden comment is indexed; "
    "tests/search/test_visibility.py hides one that is",
    "knowledge.access.unavailable_versions": "what it names is left out, so with all of them nothing is found; "
    "tests/search/test_visibility.py compares it with what is left",
    "trainings.roster_import.workbook.views access.can_see_all_names(member, training)": "who records sees every name until 30 days after "
    "verification; tests/trainings/roster_import/test_workbooks.py asks after that",
}


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
    results = []
    for name in MODULES:
        module = import_module(name)
        for key, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == name and (instead := mutant_of(function)):
                results.append(Target(module, key, instead))
    views = import_module("members.pages")
    middleware, factor = import_module("portal.middleware"), import_module("members.second_factor.rules")
    everyone = import_module("members.models").Member
    return [
        *results,
        Target(views, "managing", views.member_of),
        Target(views, "editing", views.member_of),
        Target(views, "managed", lambda request, pk: (views.member_of(request), everyone.objects.get(pk=pk))),
        Target(import_module("members.audit_log.views"), "_reader", views.member_of),
        Target(import_module("trainings.pages"), "require", lambda allowed: None),
        Target(import_module("trainings.attendance.views"), "_check_visible", lambda *args: None),
        Target(middleware.SignInMiddleware, "process_view", lambda *args, **kwargs: None, lambda wish: wish.name == "stranger"),
        Target(middleware.SecondFactorMiddleware, "process_view", lambda *args, **kwargs: None, lambda wish: wish.name == "pending"),
        Target(factor, "is_pending", lambda *args: False),
        Target(factor, "must_have_second_factor", lambda *args: False),
        Target(import_module("members.account.session_timeout"), "is_over", lambda *args: False),
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
    results = [(t.owner, t.name, getattr(t.owner, t.name), t.label) for t in methods]
    for name, module in list(sys.modules.items()):
        if name.startswith(OURS) and module is not None:
            for key, value in list(vars(module).items()):
                if inspect.isfunction(value) and id(value) in labels:
                    results.append((module, key, value, labels[id(value)]))
    return results


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


@dataclass(frozen=True)
class Mutant:
    """One scope or check that can be taken away."""

    label: str
    gone: Callable[[Clients], AbstractContextManager[None]]
    reached_by: Callable[[Ask], bool] | None = None

    @property
    def place(self) -> str:
        """Its label without the number of its line."""
        return re.sub(r":\d+ ", " ", self.label)


@contextmanager
def target_gone(target: Target, clients: Clients) -> Iterator[None]:
    with replaced(target, target.instead), middleware_anew(clients, target):
        yield


def mutants() -> list[Mutant]:
    """Each function and guard as a whole, then each place that asks one."""
    whole = [Mutant(t.label, lambda clients, t=t: target_gone(t, clients), t.reached_by) for t in targets()]
    single = [
        Mutant(site.label, lambda clients, site=site, place=place: places_that_ask.asking_nothing(site, place))
        for site, place in places_that_ask.sites()
    ]
    return whole + single


def reached(
    clients: Clients, pair: Any, wishes: list[Ask], every: list[Mutant]
) -> tuple[dict[str, list[Ask]], dict[Ask, Answer]]:
    """Make each request once, with nothing taken away; return which reach each mutant, and how each was answered."""
    reach: dict[str, list[Ask]] = {mutant.label: [] for mutant in every}
    answers, called = {}, set[str]()
    with ExitStack() as noting:
        # The places first: they are told by what the functions return, which those that note no longer say.
        noting.enter_context(places_that_ask.noting(places_that_ask.sites(), called))
        noting.enter_context(noted(targets(), called))
        for wish in wishes:
            called.clear()
            answers[wish] = ask(clients, pair, wish)
            for mutant in every:
                if mutant.label in called or (mutant.reached_by and mutant.reached_by(wish)):
                    reach[mutant.label].append(wish)
    return reach, answers


def caught(clients: Clients, pair: Any, mutant: Mutant, wishes: list[Ask], right: dict[Ask, Answer]) -> Ask | None:
    """Return the first request that notices that the scope or check is gone, or None."""
    with mutant.gone(clients):
        for wish in wishes:
            try:
                answer = ask(clients, pair, wish)
            except Exception:  # noqa: S112 - what breaks opens nothing; another request must notice
                continue
            if answer.is_noticed_beside(right[wish], exactly=not wish.wanted):
                return wish
    return None


def seen_without_account(mutant: Mutant, gone: Any) -> bool:
    """Ask a scope directly on behalf of a deactivated member, whom no request lets in: does it show anything when gone?"""
    if mutant.label not in ("trainings.access.visible_trainings", "reports.access.visible_indicators"):
        return False
    module, _dot, name = mutant.label.rpartition(".")
    assert not getattr(import_module(module), name)(gone).exists()
    with mutant.gone({}):
        return bool(getattr(import_module(module), name)(gone).exists())


def test_control_a_replacement_that_opens_nothing_survives(sides, browsers):
    access = import_module("members.access")
    same = Target(access, "can_manage", access.can_manage)
    mutant = Mutant(same.label, lambda clients: target_gone(same, clients))
    wishes = [wish for wish in matrix_requests(sides, list(browsers)) if wish.route == "members:list"]
    reach, right = reached(browsers, sides, wishes, [mutant])
    assert len(reach[mutant.label]) > 5
    assert caught(browsers, sides, mutant, reach[mutant.label], right) is None


def test_every_scope_and_check_is_missed_when_it_is_gone(sides, browsers, cast, capsys):
    began = time.monotonic()
    stale = client_of(cast["recorder_me"])
    session = stale.session
    session["signed_in_at"] = session["seen_at"] = 0
    session.save()
    clients = {**browsers, "stale": stale}
    every = mutants()
    gone = join("ME", "Deaktivirana", "Osoba", "recorder")
    gone.is_active = False
    wishes = [*probes(sides, cast), *matrix_requests(sides, list(browsers))]
    reach, right = reached(clients, sides, wishes, every)
    assert [wish for wish, answer in right.items() if answer.is_wrong_for(wish)] == []
    survived, requests, held = [], 0, 0
    for mutant in every:
        requests += len(reach[mutant.label])
        noticed = caught(clients, sides, mutant, reach[mutant.label], right)
        by = f"{noticed.name} {noticed.method.upper()} {noticed.route}" if noticed else ""
        if not noticed and seen_without_account(mutant, gone):
            by = "asked directly"
        if not by and mutant.place in HELD_TWICE:
            by = f"nobody: {HELD_TWICE[mutant.place]}"
            held += 1
        survived += [] if by else [mutant.label]
        with capsys.disabled():
            texts = "SURVIVED" if not by else "held" if by.startswith("nobody") else "caught"
            print(f"{texts:9}{mutant.label:100}{len(reach[mutant.label]):6} requests  {by}", flush=True)
    with capsys.disabled():
        print(
            f"\n{len(every) - len(survived) - held} of {len(every)} scopes and checks are missed when they are gone, "
            f"{held} are held by another as well; "
            f"{len(wishes)} requests made, {requests} that reach them; {time.monotonic() - began:.0f} s"
        )
    assert survived == []
    assert set(HELD_TWICE) <= {mutant.place for mutant in every}
