"""Fields that a form does not show change nothing: neither rights, nor whose a thing is, nor who did it.

Each form is sent twice, as a person fills it in: plain, and with a privileged or foreign value under the name of every
column of the database. Both must come to the same rows.
"""

import re
from typing import Any
from uuid import UUID

import pytest
from django import forms
from django.db import models
from django.http import QueryDict

from members.models import Member
from tests.suites.forms_on_pages import PageForm
from tests.suites.sides import taken_back
from tests.suites.stage import Rows, Sent, Stage, all_rows, changed_rows, domain_models, forms_shown, send

pytestmark = pytest.mark.django_db

# Differ between two writes of the same: keys, digests and what names a row made just now.
RANDOM = {"token_hash", "secret_hash", "leave_token", "salt", "free_text_hash", "object_id", "root_id", "password", "slug", "data",
          "trainings.sheetedition.code", "trainings.workbook.code", "trainings.workbook.secret", "trainings.workbook.rows"}  # fmt: skip
BOLD = {
    "role": ["admin"], "author": ["1"], "user": ["1"], "is_staff": ["on"], "is_superuser": ["on"], "permissions": ["1"],
    "groups": ["1"], "pk": ["1"], "admin": ["1"], "state": ["approved"], "owner": ["1"], "submitted_by": ["1"],
}  # fmt: skip
# Forms that come to no row of the domain as they are filled in here, each with why.
COME_TO_NOTHING = {
    "account_logout": "ends the sign-in", "account_login": "begins one",
    "account_reauthenticate": "notes in the session that it is the member", "account_reset_password": "mails a link",
    "mfa_activate_totp": "asks for a code", "mfa_login_webauthn": "asks for a passkey",
    "mfa_add_webauthn": "asks for a passkey", "mfa_reauthenticate_webauthn": "asks for a passkey",
    "members:export": "is a reading", "members:audit_export": "is a reading",
    "trainings:export": "is a reading", "trainings:list_export": "is a reading",
    "reports:pack": "is a reading", "reports:snapshot_sheet": "is a reading",
    "reports:coverage_sheet": "is a reading", "reports:indicators_sheet": "is a reading",
    "reports:trainers_sheet": "is a reading",
    "reports:quality_sheet": "is a reading",
    "reports:snapshot_new": "nothing counts yet", "reports:snapshot_show": "there is no observer to choose",
    "reports:indicator_share": "needs numbers", "reports:indicator_correct": "needs a reason and a number",
    "reports:strength_new": "needs numbers", "reports:strength": "keeps the numbers it shows",
    "reports:strength_import": "needs a table", "trainings:enrolment_member": "there is nobody to choose",
    "trainings:evidence": "needs a file",
    "knowledge:files_add": "needs a file", "knowledge:version_new": "needs a file",
    "knowledge:material_remove": "stays where a training names it",
    "knowledge:edit": "looks at it first",
    "knowledge:revision_sheet": "is a reading",
    "mfa_edit_webauthn": "keeps the name it shows", "admin:logout": "ends the sign-in",
}  # fmt: skip


# What a form asks of some alone, or on one of its pages; elsewhere it is refused with a sentence, as tests/reports/trainers/test_report.py
# and tests/knowledge/field_notes/test_notes.py show.
ASKED_OF_SOME = {"reports:trainers_sheet": {"left"}, "knowledge:note_new": {"worked", "resisted", "unanswered"}}


def bold_value(column: models.Field, stage: Stage) -> list[str]:
    """A privileged or foreign value for one column."""
    target = column.related_model
    if target is Member:
        return [str(stage.people["admin"].pk)]
    if target is not None:
        keys = target._base_manager.order_by("-pk").values_list("pk", flat=True)
        if target._meta.label_lower == "members.organisation":
            keys = [stage.foreign[0].organisation]
        return [str(key) for key in (keys if column.many_to_many else keys[:1])]
    if column.choices:
        return [str(column.choices[-1][0])]
    kinds = {models.BooleanField: "on", models.DateTimeField: "2020-01-01 00:00", models.DateField: "2020-01-01",
             models.IntegerField: "99", models.JSONField: "{}"}  # fmt: skip
    return [next((value for kind, value in kinds.items() if isinstance(column, kind)), "zauzeto")]


def bold_fields(stage: Stage, form: PageForm) -> dict[str, list[str]]:
    """A value for every column of every table that the form does not ask."""
    columns = [
        column for model in domain_models() for column in (*model._meta.concrete_fields, *model._meta.many_to_many)
    ]
    bold = {
        name: value
        for column in columns
        for name in {column.name, column.attname}
        for value in [bold_value(column, stage)]
    }
    query = set(form.inputs) | {name for name, _value in form.buttons} | ASKED_OF_SOME.get(form.route, set())
    return {name: value for name, value in {**bold, **BOLD}.items() if name not in query}


def effect(sent: Sent, before: Rows) -> list[str]:
    """What a request changed, so that two equal writes are told alike."""
    kinds = {model._meta.label_lower: {c.attname: c for c in model._meta.concrete_fields} for model in domain_models()}
    texts = []
    for (table, pk), (old, new) in sent.changed.items():
        columns = kinds[table]
        values = {}
        for name, value in (new or {}).items():
            column = columns[name]
            moment = isinstance(column, models.DateTimeField | models.UUIDField | models.BinaryField)
            if (
                moment
                or {name, f"{table}.{name}"} & RANDOM
                or (old is None and column.primary_key)
                or (old and old[name] == value)
            ):
                continue
            values[name] = _told_value(column, value, before)
        texts.append(f"{table} {'new' if old is None else pk} {sorted(values.items())} {'gone' if new is None else ''}")
    return sorted(texts)


def _told_value(column: models.Field, value: Any, before: Rows) -> str:
    if isinstance(column, models.JSONField):
        return re.sub(r"\d+", "#", str(value))
    if isinstance(value, UUID):
        return "a key"
    if column.related_model and value is not None:
        known = before.get(column.related_model._meta.label_lower, {})
        return str(value) if value in known else "a new row"
    return str(value)


def attacked(stage: Stage, browsers: Any, names: list[str]) -> tuple[int, set[str], set[str], dict]:
    """Send every form twice. Return the requests, the routes that wrote, all routes, and where the two differ."""
    attempts, wrote, routes, wrong = 0, set(), set(), {}
    before = all_rows()
    for name, form in forms_shown(stage, browsers, names, stage.own):
        if form.method != "post":
            continue
        plain = send(browsers[name], "post", form.action, form.filled(), before=before)
        body = {**bold_fields(stage, form), **form.filled()}
        bold = send(browsers[name], "post", form.action, body, before=before)
        attempts += 2
        routes.add(form.route)
        if plain.changed:
            wrote.add(form.route)
        alike = (plain.status, effect(plain, before)) == (bold.status, effect(bold, before))
        if not alike or bold.status >= 500:
            only = set(effect(bold, before)) ^ set(effect(plain, before))
            wrong[name, form.route] = (plain.status, bold.status, sorted(only))
    return attempts, wrote, routes, wrong


@pytest.mark.drill
def test_fields_that_a_form_does_not_show_change_nothing(stage, browsers, record_property):
    names = ["stranger", "pending", "coordinator_me", "admin"]
    attempts, wrote, routes, wrong = attacked(stage, browsers, names)
    record_property("requests", attempts)
    assert wrong == {}
    # The desk's lists and the tables that nobody changes there have forms without a button.
    idle = {route for route in routes - wrote if not re.fullmatch(r"admin:\w+_(changelist|change)", route)}
    assert (idle - set(COME_TO_NOTHING), set(COME_TO_NOTHING) - idle) == (set(), set())


OTHERS = [
    pytest.param(name, marks=pytest.mark.drill) for name in ("recorder_me", "trainer_me", "observer", "coordinator_rs")
]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coordinator_me", *OTHERS])
def test_fields_that_a_form_does_not_show_change_nothing_for(name, stage, browsers, record_property):
    attempts, _wrote, _routes, wrong = attacked(stage, browsers, [name])
    record_property("requests", attempts)
    assert wrong == {}


@pytest.mark.slow
def test_control_form_that_takes_every_column_is_noticed(stage):
    """A form of members with all their columns, as a careless author might write it."""
    member, before = stage.people["trainer_me"], all_rows()
    greedy = forms.modelform_factory(Member, fields="__all__")
    visible = PageForm("/", "/members/1/edit/", "post")
    body = QueryDict(mutable=True)
    for name, value in {**bold_fields(stage, visible), "email": [member.email]}.items():
        body.setlist(name, value)
    with taken_back():
        form = greedy(body, instance=member)
        assert form.errors == {}
        form.save()
        sent = Sent(None, "", set(), changed_rows(before, all_rows()))
    texts = " ".join(effect(sent, before))
    assert "organisation_id" in texts
    assert "members.member_roles new" in texts
