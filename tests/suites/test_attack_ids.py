"""A number of the other ministry's thing in a hidden input or a choice: refused, without effect on it and unseen.

Each hidden input, choice and numbered name of each form gets in turn the number of each kind of thing of Serbia.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse

from knowledge.models import MaterialUse, MaterialVersion, Post
from members.models import Organisation
from tests.suites.forms_on_pages import PageForm
from tests.suites.sides import leaks, taken_back
from tests.suites.stage import Rows, Sent, Stage, all_rows, changed_rows, domain_models, forms_shown, send
from tests.suites.test_attack_fields import effect
from trainers.models import TrainerProfile
from trainings.models import Enrolment, Headcount, Mark, Participant

pytestmark = pytest.mark.django_db

# How a row leads to the ministry that it belongs to, tried in this order.
WAYS_HOME = ("owner", "training", "enrolment", "party", "session", "version", "member", "user", "trainer", "trainerprofile",
             "invitation", "participant", "edition", "strength", "post", "material", "note", "fieldnote",
             "comment", "organisation")  # fmt: skip
# A person, or a wish to join, may be recorded for any ministry: what is there already must not change.
MAY_BE_ADDED = {"trainings.participant", "members.joinrequest"}

# On these no new row of ours may hang where they belong to another ministry.
HANGS_ON = {
    f"trainings.{kind}" for kind in ("training", "enrolment", "session", "party", "participant", "sheetedition")
} | {"reports.strength", "knowledge.material", "knowledge.materialversion", "knowledge.comment"}


def way_home(model: Any, seen: tuple[Any, ...] = ()) -> str:
    """Return the path from a row to its organisation; empty where it belongs to none."""
    if model is Organisation:
        return "pk"
    links = {column.name: column for column in model._meta.concrete_fields if column.related_model}
    for name in WAYS_HOME:
        column = links.get(name)
        if column is not None and column.related_model not in seen and column.related_model is not model:
            further = way_home(column.related_model, (*seen, model))
            if further:
                return name if further == "pk" else f"{name}__{further}"
    return ""


def rows_of(organisation: int) -> set[tuple[str, Any]]:
    """Return (table, number) of every row that belongs to this organisation."""
    rows = set()
    for model in domain_models():
        path = way_home(model)
        if path and model._meta.label_lower not in ("audit.auditentry", "audit.audittext"):
            keys = model._base_manager.filter(**{path: organisation}).values_list("pk", flat=True)
            rows |= {(model._meta.label_lower, key) for key in keys}
    return rows


def foreign_numbers(stage: Stage) -> dict[str, str]:
    """The other ministry's things, by what they are."""
    side, submitted, verified, _cancelled = stage.foreign
    training = side.training
    change = apps.get_model("trainings.MarkChange").objects.filter(enrolment=side.enrolment).first()
    return {
        "enrolment": str(side.enrolment), "removed": str(side.removed), "session": str(side.session),
        "training": str(training.pk), "reference": training.reference, "verified": str(verified.training.pk),
        "party": str(side.party), "member": str(side.member), "coordinator": str(stage.people["coordinator_rs"].pk),
        "organisation": str(side.organisation), "invitation": str(side.invitation), "asked": str(side.join_request),
        "participant": str(Participant.objects.get(enrolments=side.enrolment).pk),
        "headcount": str(Headcount.objects.filter(party__training=training).first().pk),
        "edition": side.edition, "evidence": str(side.evidence),
        "profile": str(TrainerProfile.objects.get(slug=side.profile).pk), "mark": str(Mark.objects.filter(enrolment=side.enrolment).first().pk),
        "post": str(Post.objects.get(slug=side.post).pk), "material": str(side.material), "comment": str(side.comment),
        "version": str(MaterialVersion.objects.get(material=side.material).pk), "note": str(side.note),
        "use": str(MaterialUse.objects.get(training=training).pk), "item": str(side.item), "saved": str(side.saved),
        "complaint": str(side.complaint),
        "held": str(side.change), "key": str(change.key), "created": str(submitted.training.created_key or ""),
    }  # fmt: skip


def attempts(form: PageForm, numbers: dict[str, str]) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Yield (input, kind of thing, body) for each input that may name a thing."""
    plain, seen = form.filled(), set()
    kinds = {number: kind for kind, number in numbers.items()}
    for name, values in form.inputs.items():
        pattern = re.sub(r"\d+", "#", name)
        if (values.kind != "hidden" and len(values.options) < 2) or pattern in seen:
            continue
        seen.add(pattern)
        for number, kind in kinds.items():
            if number and [number] != plain.get(name):
                yield name, kind, {**plain, name: [number]}
        if "#" in pattern:
            things = iter((numbers["enrolment"], numbers["session"]))
            foreign = re.sub(r"\d+", lambda _found: next(things, "1"), name)
            yield name, "in its name", {**plain, foreign: plain.get(name, ["late"])}
    for name, value in form.buttons:
        for number, kind in kinds.items() if name and value.isdecimal() else ():
            yield name, kind, {**plain, name: [number]}


def attacked(stage: Stage, browsers: Any, names: list[str], step: int) -> tuple[int, dict]:
    """Send every attempt, or each so manyth. Return the number of requests and what was wrong."""
    before, numbers, query, wrong, n = all_rows(), foreign_numbers(stage), 0, {}, 0
    theirs = rows_of(stage.foreign[0].organisation)
    for name, form in forms_shown(stage, browsers, names, stage.own):
        if form.method != "post":
            continue
        plain = effect(send(browsers[name], "post", form.action, form.filled(), before=before), before)
        for where, kind, body in attempts(form, numbers):
            n += 1
            if n % step:
                continue
            sent = send(browsers[name], "post", form.action, body, before=before)
            query += 1
            if results := faults(sent, before, theirs, name, form, where, body, plain):
                wrong[name, form.route, where, kind] = results
    return query, wrong


def faults(
    sent: Sent,
    before: Rows,
    theirs: set,
    name: str,
    form: PageForm,
    where: str,
    body: Any,
    plain: Any,
) -> list[str]:
    """What an answer to a foreign number did that it must not."""
    results = [f"{table} {pk}" for table, pk in sent.changed if (table, pk) in theirs]
    if sent.changed:
        results += added_to(sent, theirs)
    if sent.status >= 500:
        results.append(f"status {sent.status}")
    sent.answer.full_body = sent.text.encode()
    results += leaks(form.route, name, sent.answer)
    offered = form.inputs[where].options if where in form.inputs else []
    # A choice that the page did not offer is refused, or passed over as if it had not been sent.
    if offered and body[where][0] not in offered and sent.changed and effect(sent, before) != plain:
        results.append(f"taken: {effect(sent, before)}")
    return results


def is_closed(post: Any) -> bool:
    """Whether a post is for its ministry alone; others may take part in what the network sees."""
    return Post.objects.filter(pk=post, reach=Post.Reach.MINISTRY).exists()


def added_to(sent: Sent, theirs: set[tuple[str, Any]]) -> list[str]:
    """New rows that hang on a row of the other ministry: its trainings, enrolments, sessions, members."""
    added = []
    columns = {model._meta.label_lower: model._meta.concrete_fields for model in domain_models()}
    for (table, pk), (old, new) in sent.changed.items():
        if old is not None or new is None or table in MAY_BE_ADDED or table.startswith("audit."):
            continue
        for column in columns[table]:
            target = column.related_model and column.related_model._meta.label_lower
            hangs = target in HANGS_ON or (target == "knowledge.post" and is_closed(new[column.attname]))
            if hangs and (target, new[column.attname]) in theirs:
                added.append(f"new {table} {pk} of {target}")
    return added


@pytest.mark.slow
def test_number_of_another_ministry_is_refused(stage, browsers, record_property):
    attempts, wrong = attacked(stage, browsers, ["coordinator_me"], 8)
    record_property("requests", attempts)
    assert wrong == {}


@pytest.mark.drill
@pytest.mark.parametrize("name", ["coordinator_me", "recorder_me", "trainer_me", "observer", "pending"])
def test_every_number_of_another_ministry_is_refused(name, stage, browsers, record_property):
    attempts, wrong = attacked(stage, browsers, [name], 1)
    record_property("requests", attempts)
    assert wrong == {}


def test_every_table_has_a_way_home_or_belongs_to_nobody():
    nobodys = {model._meta.label_lower for model in domain_models() if not way_home(model)}
    assert nobodys == {
        "account.emailconfirmation", "audit.audittext", "trainings.duplicatepair", "trainings.merge",
        "members.country", "members.language", "members.rank", "members.role", "trainers.topic", "trainings.course", "reports.contribution",
        "trainings.course_topics", "trainings.referencecounter",
        "search.nameword", "search.pending", "search.textpart",
    }  # fmt: skip


def test_control_effect_on_another_ministry_is_noticed(stage):
    """A write to a thing of Serbia, and a new mark of its person, as a careless view might make them."""
    foreign, before = stage.foreign[0], all_rows()
    theirs = rows_of(foreign.organisation)
    with taken_back():
        Enrolment.objects.filter(pk=foreign.enrolment).update(unit="Druga")
        Mark.objects.create(enrolment_id=foreign.removed, session_id=stage.own[0].session, value="late")
        sent = Sent(None, "Kanarinović", set(), changed_rows(before, all_rows()))
    sent.answer = HttpResponse("Kanarinović")
    form = PageForm("/", f"/trainings/{stage.own[0].training.reference}/", "post")
    mark = next(pk for table, pk in sent.changed if table == "trainings.mark")
    assert faults(sent, before, theirs, "coordinator_me", form, "", {}, []) == [
        f"trainings.enrolment {foreign.enrolment}",
        f"new trainings.mark {mark} of trainings.enrolment",
        "Kanarinovi",
    ]
