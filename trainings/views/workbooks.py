"""The offline workbook: taken along, and, filled and uploaded, its differences shown, decided and taken in."""

import tempfile
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record_reading
from common.sheets import XLSX
from common.views import sentences
from members.models import Member
from trainings import access
from trainings.actions import imports, workbooks
from trainings.models import Mark, RosterImport, Training
from trainings.roster_import.plan import LEFT_OUT, Plan, plan_import
from trainings.views.common import fetch_training, member_of, require
from trainings.views.imports import fetch_import, take_answers
from trainings.workbooks.differences import (
    BOTH,
    CLEAR,
    KEEP,
    SET,
    TAKE,
    WRONG,
    CellDifference,
    Differences,
    PersonDifferences,
    find_differences,
    shown_mark,
)
from trainings.workbooks.writing import choices_for, write_workbook

SHOWN_MOST = 200


@require_POST
def workbook(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The training as a workbook to fill in anywhere."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_use_workbook(member, training))
    return _workbook(request, training, member)


@reauthentication_required(app="trainings")
def _workbook(request: HttpRequest, training: Training, member: Member) -> HttpResponseBase:
    try:
        made = workbooks.make_workbook(training=training, by=member)
    except ValidationError as refusal:
        messages.error(request, sentences(refusal))
        return redirect("trainings:roster", training.reference)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_workbook(file, made.workbook, made.people, made.sessions, choices_for(training))
    file.seek(0)
    name = f"{training.reference}-{made.workbook.code}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "POST"])
def workbook_preview(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Show what a filled workbook changes, take decisions in, and, when none is open, take it all in."""
    training, of = fetch_import(request, reference, pk)
    member = member_of(request)
    require(access.can_use_workbook(member, training))
    if of.state != RosterImport.State.PREVIEW or of.workbook is None:
        return redirect("trainings:import_preview", reference, pk)
    refusal: list[str] = []
    try:
        if request.method == "POST":
            _take_decisions(request.POST, of, find_differences(of))
            take_answers(request.POST, of, plan_import(of, by=member))
            if "commit" not in request.POST:
                return redirect("trainings:workbook_preview", reference, pk)
            _take_in(request, of, member)
            return redirect("trainings:import_preview", reference, pk)
    except ValidationError as wrong:
        refusal = wrong.messages
        of.refresh_from_db()
    record_reading(training, "import", by=member, session=request.session)
    context = {
        **_shown(find_differences(of), plan_import(of, by=member)), "training": training, "import": of, "refusal": refusal,
    }  # fmt: skip
    return render(request, "trainings/workbook_preview.html", context, status=422 if refusal else 200)


def _take_in(request: HttpRequest, of: RosterImport, member: Member) -> None:
    """Take a filled workbook in; refuse one that changes nothing."""
    found, plan = find_differences(of), plan_import(of, by=member)
    if found.is_ready and plan.is_ready and not found.taken and _walk_ins_to_take(plan) == 0:
        raise ValidationError(_("The portal says all of this already, so there is nothing to take in."))
    imports.commit_import(of=of, by=member)
    messages.success(request, _("The workbook is taken in."))


def _walk_ins_to_take(plan: Plan) -> int:
    return sum(row.is_ready and row.state != LEFT_OUT and not row.does_nothing for row in plan.rows)


def _take_decisions(sent: QueryDict, of: RosterImport, found: Differences) -> None:
    """Keep what the form says of the cells it showed, each with the version of the portal's mark that stood beside it."""
    by_key = {cell.key: cell for person in found.people for cell in person.cells}
    cells: dict[str, list[Any]] = {}
    for shown in sent.getlist("shown-cell"):
        key, _space, version = shown.partition(" ")
        cell = by_key.get(key)
        if cell is not None and version.isdecimal() and (answer := _decided(sent, cell)):
            cells[key] = [answer, int(version[:9])]
    people = {
        str(one.person.enrolment): answer
        for one in found.people
        if (answer := sent.get(f"whose-{one.person.enrolment}", "")) in (TAKE, KEEP)
    }
    workbooks.choose_of_workbook(of=of, cells=cells, people=people)


def _decided(sent: QueryDict, cell: CellDifference) -> str:
    """Return the answer the form gives about one cell it showed, "" where it gives none."""
    answer = sent.get(f"cell-{cell.key}", "")
    if cell.kind == CLEAR:
        return TAKE if answer == TAKE else KEEP
    if cell.kind == BOTH and sent.get("all") in (TAKE, KEEP):
        return str(sent["all"])
    allowed = (KEEP, *Mark.Value.values) if cell.kind == WRONG else (TAKE, KEEP)
    return answer if answer in allowed else ""


def _shown(found: Differences, plan: Plan) -> dict[str, Any]:
    """What the page shows: what waits, what is taken, the rows added below, and what is not taken."""
    asked = [
        _shown_person(person)
        for person in found.people
        if person.is_renamed or any(c.kind != SET for c in person.cells)
    ]
    asked = [one for one in asked if one["cells"]]
    plain = [
        {"person": person.person, "number": person.number, "cell": _shown_cell(cell)}
        for person in found.people
        if not person.is_renamed
        for cell in person.cells
        if cell.kind == SET
    ]
    waiting = [row for row in plan.rows if not row.is_ready]
    ready = [row for row in plan.rows if row.is_ready]
    cells = [cell for person in found.people for cell in person.cells]
    return {
        "asked": asked[:SHOWN_MOST], "plain": plain[:SHOWN_MOST], "waiting": waiting[:SHOWN_MOST], "ready": ready[:SHOWN_MOST],
        "facts": [person for person in found.people if person.facts][:SHOWN_MOST],
        "not_shown": max(0, len(plain) - SHOWN_MOST) + max(0, len(ready) - SHOWN_MOST),
        "asked_later": max(0, len(asked) - SHOWN_MOST) + max(0, len(waiting) - SHOWN_MOST),
        "notes": found.notes, "plan": plan, "marks": Mark.Value.choices,
        "counts": {
            "taken": len(found.taken), "to_decide": sum(p.is_waiting for p in found.people), "walk_ins": _walk_ins_to_take(plan),
            "unsure": len(waiting), "both": sum(cell.kind == BOTH and cell.is_waiting for cell in cells),
        },
        "is_empty": not (found.taken or asked or waiting or _walk_ins_to_take(plan)),
    }  # fmt: skip


def _shown_person(one: PersonDifferences) -> dict[str, Any]:
    cells = [_shown_cell(cell) for cell in one.cells if cell.kind != SET or one.is_renamed]
    return {"person": one.person, "number": one.number, "is_waiting": one.is_waiting, "is_renamed": one.is_renamed,
            "answer": one.answer, "facts": one.facts, "cells": cells}  # fmt: skip


def _shown_cell(cell: CellDifference) -> dict[str, Any]:
    """One cell in the words of the page; a clearing is ticked until somebody takes the tick away."""
    return {
        "key": cell.key, "version": cell.version, "kind": cell.kind, "title": cell.title, "answer": cell.answer,
        "words": cell.words, "was": shown_mark(cell.was), "says": shown_mark(cell.says), "now": shown_mark(cell.now),
        "is_cleared": cell.answer in ("", TAKE),
    }  # fmt: skip
