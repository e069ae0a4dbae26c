"""What people type comes out as the words they typed: on every page, in every mail and in every sheet.

Each text field of each form gets hostile words, through the form and so through its action. Then every page is read
as each person who may see it. A column of the database that no form reaches with such words is named here with why.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.http import HttpResponse
from django.template import Context, Template
from django.utils.html import escape

from common import sheets
from common.files.file_types import KINDS, clean_name
from search.indexer import sync_index
from tests.suites.forms_on_pages import LIKELY_VALUES, TEXT_INPUTS, PageForm
from tests.suites.payloads import MARK, SHAPES, came_out_wrong, mail_faults, payload, sheet_faults
from tests.suites.sides import taken_back
from tests.suites.stage import Stage, addresses, domain_models, forms_shown

pytestmark = pytest.mark.django_db

# Columns and tables of text that no form fills with free words.
NOT_TYPED = {
    "audit.auditentry": "kinds and numbers of the portal; what people typed stands in audit.audittext",
    "audit.audittext.salt": "random", "account.emailconfirmation": "not used", "mfa.authenticator": "kept by allauth",
    "members.country": "reference rows", "members.language": "reference rows", "members.role": "reference rows",
    "members.rank.nato": "five letters hold no attack", "members.member.password": "a hash",
    "members.invitation.token_hash": "a hash", "trainings.training.reference": "given by the portal",
    "members.member.email": "an address", "members.invitation.email": "an address",
    "members.joinrequest.email": "an address", "trainers.trainerprofile.slug": "letters and digits of a name",
    "trainers.trainerprofile.name_key": "folded", "trainers.trainerprofile.loose_key": "folded",
    "trainings.participant.loose_key": "folded", "trainings.amendment.changes": "numbers",
    "trainings.figuresversion.totals": "numbers", "trainings.markchange": "marks",
    "trainings.course.code": "typed, and typed over by the next form", "members.organisation.code": "the same",
    "trainings.enrolment.age_band": "a band, told from a year", "trainings.participant.email": "an address",
    "trainings.participant.service_hash": "a hash", "trainings.columnchoice": "folded headers and kinds of columns",
    # Cells of a list, which are attacked as a whole in tests/trainings/roster_import/test_imports.py.
    "trainings.rosterimport": "cells of a list", "trainings.importedrow": "cells of a list",
    "trainings.merge": "ids, and what stood on a record before",
    "trainings.workbook": "a code, titles of sessions, marks and hashes",
    "trainings.evidence.file": "a random name",
    "trainings.evidence.kind": "read from the file", "trainings.evidence.content_hash": "a hash",
    "trainings.sheetedition.code": "random", "trainings.sheetedition.headings": "chosen", "trainings.sheetentry.counts": "numbers",
    "trainings.sheetentry.body_hash": "a hash",
    "reports.indicatorvalue.reference_key": "reference rows", "reports.strength.unit_key": "folded",
    "reports.strength.unit": "kept beside numbers alone: attacked in tests/reports/strengths/test_strengths.py",
    "notifications.digest.language": "chosen", "notifications.notification.kind": "a code",
    "notifications.notificationsetting.kind": "a code", "notifications.digest.leave_token": "a hash",
    "knowledge.secretaddress.secret_hash": "a hash",
    "knowledge.post.slug": "letters and digits of a title", "knowledge.materialversion.stored": "a random name",
    "knowledge.materialversion.kind": "read from the file", "knowledge.materialversion.checksum": "a hash",
    "knowledge.savedsearch.query": "spelt as in an address, by the page that was asked",
    "search.nameword": "folded", "search.pending": "kinds and ids",
    # Read once the upload is committed: tests/search/test_page.py asks for hostile words in it.
    "knowledge.materialtext.places": "read from a file",
    # Figures are frozen only where some count: tests/reports/snapshots/test_snapshots.py types hostile words into it.
    "reports.snapshot": "nothing counts yet", "reports.frozentraining": "hashes",
}  # fmt: skip
# Words that a form reads as something else: a day, a code. They are attacked by random inputs.
READ_OTHERWISE = {*LIKELY_VALUES, "more_days", "login", "website", "exceptions", "shown"}
WRITERS = ["stranger", "trainer_me", "coordinator_me", "admin"]
_numbers = iter(range(1, 10**9))


def hostile_file(n: int) -> SimpleUploadedFile:
    """A text file whose name and whose text are hostile words: of the name, a shape that the portal keeps as it is."""
    kind = KINDS["text/plain"]
    names = (f"{payload(n + more, 60)}.txt" for more in range(len(SHAPES)))
    stored = next(name for name in names if name == clean_name(name, kind) and not set(name) & set('/\\&"'))
    return SimpleUploadedFile(stored, f"Text\n{payload(n, 1000)}\n".encode())


def typed(form: PageForm, n: int) -> dict[str, list[Any]]:
    """The form with hostile words in every text field, each field another shape."""
    sent, mine = form.filled(), f"novi{next(_numbers)}@mod.example"
    for j, (name, values) in enumerate(form.inputs.items()):
        if values.kind == "email":
            sent[name] = [f'"<{MARK}>{mine.partition("@")[0]}"@mod.example' if n % 2 else mine]
        elif name == "rows" and form.route == "trainings:roster_import":
            sent[name] = [""]  # read as a list of people: see tests/trainings/roster_import/test_imports.py
        elif name == "rows":
            cells = [payload(n + j + k, 60).replace("\t", " ").replace("\n", " ") for k in range(2)]
            sent[name] = [f"{cells[0]}\t{cells[1]}\t{mine}"]
        elif values.kind == "file" and form.route.startswith("knowledge:"):
            sent[name] = [hostile_file(n + j)]
        elif values.kind in TEXT_INPUTS | {"textarea"} and name not in READ_OTHERWISE:
            longest = values.longest or (2000 if values.kind == "textarea" else 60)
            words = payload(n + j, longest)
            if words:
                sent[name] = [words]
    return sent


def refused_fields(answer: Any) -> set[str]:
    """The fields that an answer finds wrong, of whatever forms its page shows."""
    names = set()
    for context in answer.context or []:
        for item in context.flatten().values() if hasattr(context, "flatten") else [context]:
            if hasattr(item, "errors") and hasattr(item, "add_prefix") and hasattr(item, "fields"):
                names |= {item.add_prefix(name) for name in item.errors}
            for more in getattr(item, "forms", ()) or ():
                names |= {more.add_prefix(name) for name in more.errors} if more.is_bound else set()
    return names


def stored(stage: Stage, browsers: Any, n: int) -> Iterator[tuple[str, Any]]:
    """Type hostile words into every form, really, and yield each answer; what ends a training's life comes last."""
    forms = [(name, form) for name, form in forms_shown(stage, browsers, WRITERS, stage.own) if form.method == "post"]
    forms.sort(key=lambda pair: "reason" in pair[1].inputs)
    for i, (name, form) in enumerate(forms):
        body = typed(form, n + i)
        if body == form.filled() or form.route.startswith(("account_", "mfa_login")):
            continue
        answer = browsers[name].post(form.action, body, follow=True)
        yield f"{name} {form.route}", answer
        wrong = refused_fields(answer)
        if wrong:
            plain = form.filled(f"Rec {n + i}")
            # Of a row of several fields, all of them: it may be a row that nobody began.
            rows = tuple(f"{key.rpartition('-')[0]}-" for key in wrong if "-" in key)
            again = {
                key: plain.get(key, [""]) if key in wrong or (rows and key.startswith(rows)) else value
                for key, value in body.items()
            }
            for upload in (
                value for values in again.values() for value in values if isinstance(value, SimpleUploadedFile)
            ):
                upload.seek(0)
            yield f"{name} {form.route} again", browsers[name].post(form.action, again, follow=True)


def shown_everywhere(stage: Stage, browsers: Any, readers: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield every page that these people may see, every search for hostile words, and every sheet."""
    sync_index()
    for name in readers:
        member = stage.people.get(name) or stage.people["recorder_me"]
        for url in dict.fromkeys(url for side in stage.own for _route, url in addresses(side, member)):
            yield f"{name} {url}", browsers[name].get(url)
        for form in [form for who, form in forms_shown(stage, browsers, [name], stage.own) if who == name]:
            if form.method == "get":
                words = {key: payload(k, 200) for k, key in enumerate([*form.inputs, "page", "copy", "next"])}
                yield f"{name} {form.route}?", browsers[name].get(form.action, words)
            elif len(form.buttons) > 1 and all(key == "as" for key, _value in form.buttons):
                for key, value in form.buttons:
                    yield (
                        f"{name} {form.route} {value}",
                        browsers[name].post(form.action, {**form.filled(), key: value}),
                    )
        yield f"{name} nowhere", browsers[name].get(f"/nowhere/{payload(0, 60)}/")


def faults(answer: Any) -> tuple[int, list[str]]:
    """Return how many hostile words an answer shows, and what came out wrong."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    if "html" in kind:
        visible, results = came_out_wrong(body.decode(errors="replace"))
        return visible, wrong + results
    return body.count(MARK.encode()), wrong + sheet_faults(answer, body)


def columns_reached() -> tuple[set[str], set[str]]:
    """Return the columns of text that hold hostile words, and those that do not."""
    reached, others = set(), set()
    for model in domain_models():
        for column in model._meta.concrete_fields:
            if not isinstance(column, models.CharField | models.TextField | models.JSONField) or column.choices:
                continue
            held = any(MARK in str(value) for value in model._base_manager.values_list(column.attname, flat=True))
            (reached if held else others).add(f"{model._meta.label_lower}.{column.name}")
    return reached, others


def one_round(stage: Stage, browsers: Any, n: int, readers: list[str]) -> tuple[int, int, dict, set[str], set[str]]:
    """Type, read everything, and take it back. Return requests, words shown, faults, columns reached and not."""
    attempts, words_shown, wrong = 0, 0, {}
    mail.outbox.clear()
    cache.clear()  # the limit of requests to join
    with taken_back():
        for answers in (stored(stage, browsers, n), shown_everywhere(stage, browsers, readers)):
            for where, answer in answers:
                marks, results = faults(answer)
                attempts, words_shown = attempts + 1, words_shown + marks
                if results:
                    wrong[where] = results
        reached, others = columns_reached()
    wrong |= {f"mail {message.subject}": results for message in mail.outbox if (results := mail_faults(message))}
    return attempts, words_shown, wrong, reached, others


def never_reached(others: set[str]) -> list[str]:
    """The columns without hostile words that nobody has explained."""
    return sorted(column for column in others if column not in NOT_TYPED and column.rpartition(".")[0] not in NOT_TYPED)


@pytest.mark.slow
def test_hostile_words_come_out_as_they_were_typed(stage, browsers, record_property):
    attempts, words_shown, wrong, _reached, others = one_round(stage, browsers, 0, ["coordinator_me"])
    record_property("requests", attempts)
    assert wrong == {}
    assert never_reached(others) == []
    assert words_shown > 500


# In a round each field is given the next shape.
@pytest.mark.drill
@pytest.mark.parametrize("n", range(1, len(SHAPES)))
def test_every_shape_in_every_field_comes_out_as_it_was_typed(n, stage, browsers, record_property):
    readers = ["coordinator_me", "admin", "trainer_me", "stranger", "recorder_me", "observer"]
    query, _shown, wrong, _reached, others = one_round(stage, browsers, n, [readers[n % 6], readers[(n + 1) % 6]])
    record_property("requests", query)
    assert (wrong, never_reached(others)) == ({}, [])


# Shapes that are mere words on a page; they are for sheets, mails, templates and databases.
HARMLESS_ON_A_PAGE = {
    n
    for n, shape in enumerate(SHAPES)
    if not any(sign in shape for sign in "<>\"'") and "script:" not in shape and "data:" not in shape
}


@pytest.mark.parametrize("n", sorted(set(range(len(SHAPES))) - HARMLESS_ON_A_PAGE)[::6][:5])
def test_control_page_that_trusts_words_is_noticed(n):
    words = payload(n, 1000)
    places = ("<p>{{ w|safe }}</p>", '<p title="{{ w|safe }}">', "<p title='{{ w|safe }}'>", "<a href='{{ w }}'>",
              "<script>x = '{{ w }}'</script>", "<p onclick='x({{ w }})'>", "<!-- {{ w }} -->", "<textarea>{{ w|safe }}</textarea>")  # fmt: skip
    pages = {place: Template(place).render(Context({"w": words})) for place in places}
    caught = {place for place, page in pages.items() if came_out_wrong(page)[1]}
    assert caught >= set(places[4:7])
    assert caught & {*places[:4], places[7]} != set()
    escaped = Template("<p title='{{ w }}'>{{ w }}</p><textarea>{{ w }}</textarea>").render(Context({"w": words}))
    assert came_out_wrong(escaped) == (3, [])


@pytest.mark.parametrize("n", [n for n in range(len(SHAPES)) if payload(n, 1000).startswith(sheets.FORMULA_STARTS)][:5])
def test_control_sheet_that_trusts_words_is_noticed(n, monkeypatch):
    words = payload(n, 1000)
    answer = HttpResponse(content_type="text/csv")
    assert sheet_faults(answer, "".join(sheets.csv_lines(["A"], [[words]])).encode()) == []
    monkeypatch.setattr(sheets, "harmless", lambda cell: cell)
    assert sheet_faults(answer, "".join(sheets.csv_lines(["A"], [[words]])).encode()) == [words]


def test_control_workbook_that_runs_words_is_noticed():
    for options, wanted in (({"strings_to_formulas": False}, []), ({}, ["xl/worksheets/sheet1.xml: f"])):
        file = BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True, **options})
        book.add_worksheet().write(0, 0, "=1+1")
        book.close()
        assert sheet_faults(HttpResponse(content_type=sheets.XLSX), file.getvalue()) == wanted


def test_control_mail_that_lets_a_name_end_its_subject_is_noticed():
    wrong = mail.EmailMessage("Hello", "Body", to=["a@mod.example"], headers={"Bcc": "b@mod.example"})
    assert mail_faults(wrong) == ["Bcc"]
    escaped = mail.EmailMessage("Hello", escape(payload(0, 100)), to=["a@mod.example"])
    assert mail_faults(escaped) == [escape(payload(0, 100))]
