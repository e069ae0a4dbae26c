"""Every column has a class in docs/data-classes.md, and what follows from the classes without looking at single pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core.management import call_command
from django.db import connection, models
from django.urls import get_resolver

from audit.models import AuditEntry
from tests import services

TABLE = services.PROJECT / "docs" / "data-classes.md"
# Tables that no model describes: their columns are read from the database.
WITHOUT_MODEL = ("portal_cache", "django_migrations")
NOT_IN_THE_DESK = {"secret", "names"}
# Not fields but words of the model: what they show was looked at.
DESK_WORDS = {("members.Member", "full_name"), ("trainers.Topic", "__str__")}
# What `audit.record.record` takes that is no detail of the line.
NO_DETAIL = {"by", "root", "fields", "free_text", "about_people", "is_reading"}
# Marks as they were and became: text fields, but never what somebody typed.
WORDS_OF_THE_PORTAL = {"old_value", "new_value", "answer_value"}
ROOMS = (
    "portal",
    "search",
    "reports",
    "knowledge",
    "trainings",
    "trainers",
    "notifications",
    "members",
    "mail",
    "audit",
    "common",
)

Field = tuple[str, str]


def rows_of(text: str) -> Iterator[list[str]]:
    """The cells of each row of a page's tables, without headings."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not set(line) <= set("|- ") and cells[0] not in ("class", "model"):
            yield cells


def classes_of(text: str) -> dict[str, list[str]]:
    """What is said of each class."""
    return {cells[0]: cells[1:] for cells in rows_of(text) if len(cells) == 4}


def classified(text: str) -> list[tuple[Field, str]]:
    """Each (model, field) with its class, in the order of the page."""
    return [((cells[0], field), cells[1]) for cells in rows_of(text) if len(cells) == 3 for field in cells[2].split()]


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def kept_fields() -> set[Field]:
    """Every concrete field of every model with a table, and every column of the tables without a model."""
    results = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    }
    return results | {(table, column) for table in WITHOUT_MODEL for column in columns(table)}


def differences(text: str, stored: set[Field]) -> dict[str, list[str]]:
    """What the page lacks, has too much, has twice, or gives a class that is not described."""
    said = [field for field, _class in classified(text)]
    known = classes_of(text)
    return {
        "without a class": [".".join(field) for field in sorted(stored - set(said))],
        "no longer there": [".".join(field) for field in sorted(set(said) - stored)],
        "in two classes": sorted({".".join(field) for field in said if said.count(field) > 1}),
        "of an unknown class": [".".join(field) for field, name in classified(text) if name not in known],
    }


ALL_IS_WELL: dict[str, list[str]] = {
    "without a class": [],
    "no longer there": [],
    "in two classes": [],
    "of an unknown class": [],
}


@pytest.fixture
def tables(db, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}
    }
    call_command("createcachetable", verbosity=0)


@pytest.fixture(scope="module")
def class_of() -> dict[Field, str]:
    return dict(classified(TABLE.read_text()))


def test_every_field_has_one_class(tables):
    assert differences(TABLE.read_text(), kept_fields()) == ALL_IS_WELL


def test_every_table_is_known(tables):
    models_tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    results = {table for table in connection.introspection.table_names() if "_fts" not in table}
    assert results - models_tables == set(WITHOUT_MODEL)
    # The full-text indexes of SQLite: of tables that are classified.
    indexed = {table.partition("_fts")[0] for table in connection.introspection.table_names() if "_fts" in table}
    assert indexed <= {"search_document", "search_textpart"}


def test_every_class_says_who_where_and_how_long():
    classes = classes_of(TABLE.read_text())
    assert {name: [len(words) > 3 for words in said] for name, said in classes.items()} == {
        name: [True, True, True] for name in classes
    }
    assert set(classes) == {name for _field, name in classified(TABLE.read_text())}


def test_control_an_invented_field_is_reported(tables):
    text = TABLE.read_text()
    stored = (kept_fields() | {("trainings.Participant", "shoe_size")}) - {("trainers.Topic", "name")}
    assert differences(text, stored) == {
        **ALL_IS_WELL,
        "without a class": ["trainings.Participant.shoe_size"],
        "no longer there": ["trainers.Topic.name"],
    }
    twice = text + "\n| trainers.Topic | hearsay | name |\n"
    assert differences(twice, kept_fields()) == {
        **ALL_IS_WELL,
        "in two classes": ["trainers.Topic.name"],
        "of an unknown class": ["trainers.Topic.name"],
    }


# The support desk


def resolved(model: type[models.Model], path: str) -> Field | None:
    """The field that a lookup such as `=by__email` ends at; None where a word is no field."""
    field = None
    for part in path.lstrip("-=^@").split("__"):
        names = {f.name: f for f in [*model._meta.concrete_fields, *model._meta.local_many_to_many]}
        if part not in names:
            break
        field = (model._meta.label, part)
        model = names[part].related_model or model
    return field


def shown_in(table: admin.ModelAdmin, request) -> Iterator[str]:
    """Everything that a table of the desk names: lists, forms, searches and filters."""
    yield from table.get_list_display(request)
    yield from table.get_search_fields(request)
    yield from (entry if isinstance(entry, str) else entry[0] for entry in table.get_list_filter(request))
    yield from flatten(flatten_fieldsets(table.get_fieldsets(request)))
    yield from table.get_readonly_fields(request)
    yield table.date_hierarchy or "pk"


def leaks_of(table: admin.ModelAdmin, request, class_of: dict[Field, str]) -> list[str]:
    """Fields that this table of the desk shows and whose class keeps them out of it, and words that nobody looked at."""
    label, leaks = table.model._meta.label, []
    for word in shown_in(table, request):
        field = resolved(table.model, word)
        if field is None and word != "pk" and (label, word) not in DESK_WORDS:
            leaks.append(f"{label}: {word} is no field")
        elif field is not None and class_of[field] in NOT_IN_THE_DESK:
            leaks.append(f"{label}: {word} is {class_of[field]}")
    return sorted(set(leaks) | {f"{label}: inlines" for _inline in table.inlines})


@pytest.fixture
def desk_request(rf, request):
    get_resolver().url_patterns  # noqa: B018 - reading the addresses settles the desk
    desk_request = rf.get("/desk/")
    desk_request.user = request.getfixturevalue("admin")
    return desk_request


def test_desk_shows_no_secret_and_no_name(desk_request, class_of):
    desk = admin.site._registry
    assert len(desk) == 10
    assert {model._meta.label: leaks_of(table, desk_request, class_of) for model, table in desk.items()} == {
        model._meta.label: [] for model in desk
    }


@pytest.mark.parametrize(
    ("model", "attributes", "leak"),
    [
        ("trainings.Participant", {"search_fields": ("=family_name",)}, "trainings.Participant: =family_name is names"),
        ("trainings.Enrolment", {"list_filter": ("participant__sex",)}, "trainings.Enrolment: participant__sex is names"),
        ("members.Member", {"fields": ("email", "password")}, "members.Member: password is secret"),
        ("audit.AuditText", {"list_display": ("free_text",)}, "audit.AuditText: free_text is no field"),
    ],
)  # fmt: skip
def test_control_a_leak_in_the_desk_is_reported(model, attributes, leak, desk_request, class_of):
    leaky = type("Leaky", (admin.ModelAdmin,), {"free_text": lambda self, row: "", **attributes})
    assert leak in leaks_of(leaky(apps.get_model(model), admin.site), desk_request, class_of)


# The record


def typed_names(class_of: dict[Field, str]) -> set[str]:
    """Names of fields that hold what people typed and not everybody may read; a mark's value is a word of the portal."""
    results = set()
    for (label, name), kind in class_of.items():
        if label in WITHOUT_MODEL or kind not in {"names", "private", "ministry", "opt-in", "secret"}:
            continue
        field = apps.get_model(label)._meta.get_field(name)
        if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
            results.add(name)
    return results - WORDS_OF_THE_PORTAL | {"full_name"}


def details_in(source: str) -> Iterator[tuple[int, str, set[str]]]:
    """Line number and name of each detail of each `record(...)` in a source, with the names its value speaks of."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "record":
            for values in call.keywords:
                if values.arg not in NO_DETAIL:
                    parts = list(ast.walk(values.value))
                    words = {part.attr for part in parts if isinstance(part, ast.Attribute)}
                    words |= {part.id for part in parts if isinstance(part, ast.Name)}
                    yield call.lineno, values.arg or "**", words


def wrong_details(source: str, typed: set[str]) -> list[str]:
    return [
        f"{number}: {name} from {', '.join(sorted(words & typed)) or 'anything'}"
        for number, name, words in details_in(source)
        if words & typed or name == "**" or name in typed
    ]


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((services.PROJECT / room).rglob("*.py"))]


@pytest.mark.slow
def test_details_of_the_record_speak_of_no_name(class_of):
    typed = typed_names(class_of)
    assert {"family_name", "unit", "email", "returned_reason", "reason", "spelling_key"} <= typed
    results = {str(path): wrong_details(path.read_text(), typed) for path in sources()}
    assert {path: wrong for path, wrong in results.items() if wrong} == {}
    assert sum(len(list(details_in(path.read_text()))) for path in sources()) > 20


@pytest.mark.parametrize("words", ["who=person.family_name", "why=reason", "email=x", "**told", "n=f'{person.unit}'"])
def test_control_a_typed_word_in_a_line_is_reported(words, class_of):
    assert len(wrong_details(f"record('add', row, by=member, {words})", typed_names(class_of))) == 1
    assert wrong_details(f"record('add', row, by=member, free_text=dict({words}))", typed_names(class_of)) == []


def test_lines_of_a_whole_training_hold_nothing_typed(marked, class_of):
    texts = " ".join(f"{line.details} {line.fields} {line.object_id}" for line in AuditEntry.objects.all())
    people = [enrolment.participant for enrolment in marked.enrolments.select_related("participant")]
    assert [str(person) for person in people if re.search(rf"{person.family_name}|{person.given_name}", texts)] == []
