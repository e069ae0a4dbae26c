"""Things of both ministries in every state, every page about them with its forms, and what a request writes.

The pages are those of the URL resolver, so that a new page or a new form is attacked without a word here.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache as cache_forever
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from members.models import Invitation, Member
from tests.conftest import make_roster, make_training, mark_all
from tests.suites.decisions import all_routes
from tests.suites.forms_on_pages import PASSWORD, PageForm, forms_of
from tests.suites.sides import Side, taken_back
from trainings.actions import cancel_training
from trainings.figures.actions import submit_figures, verify_figures
from trainings.models import Training


@dataclass(frozen=True)
class Stage:
    """The things of both ministries: for each a side with its training recorded, submitted, verified and cancelled."""

    own: list[Side]
    foreign: list[Side]
    people: dict[str, Member]

    @property
    def sides(self) -> list[Side]:
        return [*self.own, *self.foreign]


def _in_state(side: Side, recorder: Member, trainer: Member, coordinator: Member, state: str) -> Side:
    """The same side with another training, in that state."""
    training = make_training(recorder, trainers=(trainer,))
    enrolment = make_roster(training, 2, recorder)[0]
    mark_all(training, recorder)
    if state == "cancelled":
        cancel_training(training=training, reason="Sneg", by=recorder)
    else:
        submit_figures(training=training, by=recorder)
    if state == "verified":
        verify_figures(training=training, version_seen=1, by=coordinator)
    training = Training.objects.get(pk=training.pk)
    return replace(side, training=training, enrolment=enrolment.pk, session=training.sessions.get().pk)


@cache_forever
def registered_passkey() -> dict[str, Any]:
    """A passkey as the portal keeps it, of a key that nobody holds."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid.NONE, b"passkey of a test", key)
    about = AuthenticatorData.create(
        sha256(b"localhost").digest(), AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, held
    )
    query = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"asked", "http://localhost:8000")
    answer = AuthenticatorAttestationResponse(
        client_data=query, attestation_object=AttestationObject.create("none", about, {})
    )
    return dict(RegistrationResponse(raw_id=b"passkey of a test", response=answer))


def of_the_account(member: Member) -> dict[str, list[Any]]:
    """Arguments of the pages below /account/ that are about one thing of the member."""
    passkey, _made = Authenticator.objects.get_or_create(
        user=member, type="webauthn", defaults={"data": {"name": "Key", "credential": registered_passkey()}}
    )
    browser, _made = UserSession.objects.get_or_create(
        user=member, session_key=f"elsewhere {member.pk}", defaults={"ip": "127.0.0.1", "user_agent": "Firefox"}
    )
    return {
        "account_end_session": [browser.pk],
        "mfa_remove_webauthn": [passkey.pk],
        "mfa_edit_webauthn": [passkey.pk],
        "account_reset_password_from_key": ["1", "a-b"],
    }


def _desk_arguments(route: str) -> list[Any]:
    """Arguments of a page of the support desk: of the first row of its table."""
    app, _underscore, rest = route.removeprefix("admin:").partition("_")
    model, _underscore, verb = rest.partition("_")
    if verb in ("change", "delete", "history"):
        first = apps.get_model(app, model).objects.order_by("pk").first()
        return [first.pk if first else 0]
    return {"admin:view_on_site": [1, 1], "admin:app_list": ["members"]}.get(route, [])


def addresses(side: Side, member: Member) -> Iterator[tuple[str, str]]:
    """Yield every route of the portal once with an address about this side. A route that has none is an error."""
    of_account = of_the_account(member)
    for route, path in dict(all_routes()).items():
        if path.startswith("account/"):
            arguments = of_account.get(route, [])
        elif path.startswith("desk/"):
            if route == "admin:None":  # two addresses of the desk that only redirect
                continue
            arguments = _desk_arguments(route)
        else:
            arguments = side.arguments(route)
        try:
            yield route, reverse(route, args=arguments)
        except NoReverseMatch as missing:
            raise AssertionError(f"Say in Side.arguments what {route} is about.") from missing


def read_forms(client: Client, url: str) -> list[PageForm]:
    """Return the forms that this browser is shown there."""
    answer = client.get(url)
    if answer.streaming or "text/html" not in answer.get("Content-Type", ""):
        return []
    return forms_of(answer.content.decode(), url)


MOST_TRIES = 5


def _chosen(client: Client, expected: list[PageForm]) -> Iterator[tuple[PageForm, list[PageForm]]]:
    """Yield of each shape one form, if there is one such that writes something, with the forms it leads to."""
    alike: dict[tuple[str, ...], dict[str, PageForm]] = {}
    for form in expected:
        alike.setdefault(form.shape, {}).setdefault(form.action, form)
    for same in alike.values():
        first, *_rest = forms = list(same.values())
        chosen, after = first, []
        for form in forms[:MOST_TRIES] if first.method == "post" else []:
            sent = send(client, "post", form.action, form.filled())
            after += forms_of(sent.text, form.action)
            if sent.written:
                chosen = form
                break
        yield chosen, after


def forms_shown(
    stage: Stage, browsers: Mapping[str, Client], names: list[str], sides: list[Side]
) -> list[tuple[str, PageForm]]:
    """Return (person, form) for every form on every page, and on what these forms lead to; of one shape once a person.

    Read once in a process, as long as the things have the same numbers.
    """
    results: list[tuple[str, PageForm]] = []
    for name in names:
        key = f"{name} {sides}"
        if key not in _read:
            _read[key] = _forms_of_one(stage, browsers[name], name, sides)
        results += [(name, form) for form in _read[key]]
    return results


_read: dict[str, list[PageForm]] = {}


# Addresses with a question whose answer holds forms that no page without one does.
WITH_A_QUESTION = ("/search/?q=obuka",)


def _forms_of_one(stage: Stage, client: Client, name: str, sides: list[Side]) -> list[PageForm]:
    member = stage.people.get(name) or stage.people["recorder_me"]
    visible: list[PageForm] = []
    pages = [url for side in sides for _route, url in addresses(side, member)]
    for url in dict.fromkeys([*pages, *WITH_A_QUESTION]):
        with taken_back():
            visible += read_forms(client, url)
    forms: dict[tuple[str, ...], PageForm] = {}
    for form, after in _chosen(client, visible):
        for item in (form, *after):
            forms.setdefault(item.shape, item)
    return list(forms.values())


# Tables that any request may write: who is signed in where, mail that waits, seals, and allauth's copy of an address.
NOT_OF_THE_DOMAIN = {
    "sessions.session",
    "usersessions.usersession",
    "django_tasks_database.dbtaskresult",
    "mail.mail",
    "audit.seal",
    "account.emailaddress",
}
WRITTEN_BY_ANY_REQUEST = {"last_seen_at", "last_login"}
Rows = dict[str, dict[Any, dict[str, Any]]]


@cache_forever
def domain_models() -> list[type[models.Model]]:
    """Every table with rows of the portal, those between two others too."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label_lower not in NOT_OF_THE_DOMAIN
        and model._meta.app_label not in ("contenttypes", "auth", "admin")
    ]


def all_rows(tables: Collection[str] = ()) -> Rows:
    """Every row of the domain, or of these tables, as it stands now; lines about mere reading left out. One query a table."""
    rows: Rows = {}
    for model in domain_models():
        if tables and model._meta.db_table not in tables:
            continue
        results = model._base_manager.all()
        if model._meta.label_lower == "audit.auditentry":
            results = results.filter(is_reading=False)
        visible = [f.attname for f in model._meta.concrete_fields if f.attname not in WRITTEN_BY_ANY_REQUEST]
        rows[model._meta.label_lower] = {row[model._meta.pk.attname]: row for row in results.values(*visible)}
    return rows


def changed_rows(before: Rows, after: Rows) -> dict[tuple[str, Any], tuple[dict | None, dict | None]]:
    """Return what differs: (table, number) with the row before and after, None where there was none."""
    return {
        (table, pk): (before[table].get(pk), after[table].get(pk))
        for table in after
        for pk in before[table].keys() | after[table].keys()
        if before[table].get(pk) != after[table].get(pk)
    }


@contextmanager
def writes_noted(written: set[str]) -> Iterator[None]:
    """Note each table of the domain that a statement inside writes to; cheaper than comparing the rows."""
    tables = {model._meta.db_table for model in domain_models()}

    def note(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written.update(tables.intersection(re.findall(r'"(\w+)"', sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


@dataclass
class Sent:
    """What one request came to. `changed` is empty unless the rows before were given and something was written."""

    answer: Any
    text: str
    written: set[str]
    changed: dict[tuple[str, Any], tuple[dict | None, dict | None]] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return int(self.answer.status_code)


def send(client: Client, method: str, url: str, *args: Any, before: Rows | None = None, **kwargs: Any) -> Sent:
    """Send one request as `client.method(url, ...)` and take back whatever it wrote, its sign-out too.

    An error of ours is an answer with status 500, not an exception.
    """
    cookies, client.raise_request_exception = client.cookies.copy(), False
    cache.clear()
    sent = Sent(None, "", set())
    with taken_back():
        with writes_noted(sent.written):
            sent.answer = getattr(client, method)(url, *args, **kwargs)
            streams = sent.answer.streaming
            body = b"".join(sent.answer.streaming_content) if streams else sent.answer.content
        sent.text = body.decode(errors="replace")
        if before is not None and sent.written:
            sent.changed = changed_rows(before, all_rows(sent.written))
    client.cookies = cookies
    return sent


def stage_of(sides: tuple[Side, Side], cast: dict[str, Member | None]) -> Stage:
    """Things of Montenegro and of Serbia, in every state, and members with a passkey and a browser of their own."""
    both = []
    for side, code in zip(sides, ("me", "rs"), strict=True):
        team = [cast[f"{role}_{code}"] for role in ("recorder", "trainer", "coordinator")]
        others = [_in_state(side, *team, state) for state in ("submitted", "verified", "cancelled")]
        both.append([side, *others])
        of_the_account(Member.objects.get(pk=side.member))
    Invitation.objects.update(invited_at=timezone.now() - timedelta(hours=1))  # so that they can be sent again
    for member in filter(None, cast.values()):
        member.set_password(PASSWORD)
        member.save(update_fields=["password"])
        of_the_account(member)
    return Stage(both[0], both[1], {name: member for name, member in cast.items() if member})
