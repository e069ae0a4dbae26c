"""The offline workbook: download it, upload it filled in, check its differences, decide and import."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record_reading
from common.sheets import xlsx_response
from common.views import errors_as_messages
from members.models import Member
from members.request import member_of
from trainings import access
from trainings.models import Mark, RosterImport, Training
from trainings.pages import fetch_training, require
from trainings.roster_import import actions as imports
from trainings.roster_import.plan import LEFT_OUT, Plan, plan_import
from trainings.roster_import.views import fetch_import, take_answers
from trainings.roster_import.workbook import actions as workbooks
from trainings.roster_import.workbook.differences import (
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
from trainings.roster_import.workbook.writing import choices_for, write_workbook

MAX_ROWS_SHOWN = 200


@require_POST
def workbook(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Download the training as a workbook to fill in offline."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_use_workbook(member, training))
    return _workbook(request, training, member)


@reauthentication_required(app="trainings")
def _workbook(request: HttpRequest, training: Training, member: Member) -> HttpResponseBase:
    with errors_as_messages(request):
        made = workbooks.make_workbook(training=training, by=member)
        choices = choices_for(training)
        return xlsx_response(
            f"{training.reference}-{made.workbook.code}",
            lambda file: write_workbook(file, made.workbook, made.people, made.sessions, choices),
        )
    return redirect("trainings:roster", training.reference)


@require_http_methods(["GET", "POST"])
def workbook_preview(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Show what a filled workbook changes, save decisions, and commit everything once none is open."""
    training, preview = fetch_import(request, reference, pk)
    member = member_of(request)
    require(access.can_see_all_names(member, training))
    if preview.state != RosterImport.State.PREVIEW or preview.workbook is None:
        return redirect("trainings:import_preview", reference, pk)
    refusal: list[str] = []
    try:
        if request.method == "POST":
            _take_decisions(request.POST, preview, find_differences(preview))
            take_answers(request.POST, preview, plan_import(preview, by=member))
            if "commit" not in request.POST:
                return redirect("trainings:workbook_preview", reference, pk)
            _take_in(request, preview, member)
            return redirect("trainings:import_preview", reference, pk)
    except ValidationError as wrong:
        refusal = wrong.messages
        preview.refresh_from_db()
    record_reading(training, "import", by=member, session=request.session)
    context = {
        **_shown(find_differences(preview), plan_import(preview, by=member)),
        "training": training,
        "import": preview,
        "refusal": refusal,
    }
    return render(request, "trainings/roster_import/workbook_preview.html", context, status=422 if refusal else 200)


def _take_in(request: HttpRequest, roster_import: RosterImport, member: Member) -> None:
    """Import a filled workbook; refuse one that changes nothing."""
    differences, plan = find_differences(roster_import), plan_import(roster_import, by=member)
    if differences.is_ready and plan.is_ready and not differences.taken and _walk_ins_to_take(plan) == 0:
        raise ValidationError(_("The portal says all of this already, so there is nothing to take in."))
    imports.commit_import(roster_import=roster_import, by=member)
    messages.success(request, _("The workbook is taken in."))


def _walk_ins_to_take(plan: Plan) -> int:
    return sum(row.is_ready and row.state != LEFT_OUT and not row.does_nothing for row in plan.rows)


def _take_decisions(sent: QueryDict, roster_import: RosterImport, differences: Differences) -> None:
    """Save the form's decisions on the cells it showed, each with the version of the portal's mark shown with it."""
    by_key = {cell.key: cell for person in differences.people for cell in person.cells}
    cells: dict[str, list[Any]] = {}
    for field in sent.getlist("shown-cell"):
        key, _space, version = field.partition(" ")
        cell = by_key.get(key)
        if cell is not None and version.isdecimal() and (answer := _decided(sent, cell)):
            cells[key] = [answer, int(version[:9])]
    people = {
        str(one.person.enrolment): answer
        for one in differences.people
        if (answer := sent.get(f"whose-{one.person.enrolment}", "")) in (TAKE, KEEP)
    }
    workbooks.choose_of_workbook(roster_import=roster_import, cells=cells, people=people)


def _decided(sent: QueryDict, cell: CellDifference) -> str:
    """Return the form's answer for one cell it showed, "" if it gives none."""
    answer = sent.get(f"cell-{cell.key}", "")
    if cell.kind == CLEAR:
        return TAKE if answer == TAKE else KEEP
    if cell.kind == BOTH and sent.get("all") in (TAKE, KEEP):
        return str(sent["all"])
    allowed = (KEEP, *Mark.Value.values) if cell.kind == WRONG else (TAKE, KEEP)
    return answer if answer in allowed else ""


def _shown(differences: Differences, plan: Plan) -> dict[str, Any]:
    """The page context: open decisions, cleared and set marks, the rows added below, and what is not imported."""
    open_people = [_shown_person(one) for one in differences.people if _asks(one)]
    clears, plain = _cells_of(differences, CLEAR), _cells_of(differences, SET)
    waiting = [row for row in plan.rows if not row.is_ready]
    ready = [row for row in plan.rows if row.is_ready]
    walk_ins = _walk_ins_to_take(plan)
    return {
        "asked": open_people[:MAX_ROWS_SHOWN], "clears": clears[:MAX_ROWS_SHOWN], "plain": plain[:MAX_ROWS_SHOWN],
        "waiting": waiting[:MAX_ROWS_SHOWN], "ready": ready[:MAX_ROWS_SHOWN], "key_column": differences.filled.key_column,
        "facts": [one for one in differences.people if one.facts and not (one.is_renamed and one.cells)][:MAX_ROWS_SHOWN],
        "not_shown": max(0, len(plain) - MAX_ROWS_SHOWN) + max(0, len(ready) - MAX_ROWS_SHOWN),
        "asked_later": sum(max(0, len(rows) - MAX_ROWS_SHOWN) for rows in (open_people, clears, waiting)),
        "notes": differences.notes, "plan": plan, "marks": Mark.Value.choices,
        "counts": {
            "taken": sum(bool(cell.result) for cell in differences.taken), "clears": sum(one["cell"]["is_cleared"] for one in clears),
            "to_decide": sum(one["is_waiting"] for one in open_people), "walk_ins": walk_ins, "unsure": len(waiting),
            "both": sum(cell["kind"] == BOTH and not cell["answer"] for one in open_people for cell in one["cells"]),
        },
        "is_empty": not (plain or open_people or clears or waiting or walk_ins),
    }  # fmt: skip


def _asks(person: PersonDifferences) -> bool:
    """Whether a person's row needs a decision: another name, changed in both, or an unknown mark."""
    return bool(person.cells) and (person.is_renamed or any(cell.kind in (BOTH, WRONG) for cell in person.cells))


def _cells_of(differences: Differences, kind: str) -> list[dict[str, Any]]:
    """The cells of one kind in rows with their own name, open ones first."""
    cells = [
        {"person": one.person, "cell": _shown_cell(cell), "is_waiting": cell.is_waiting}
        for one in differences.people
        if not one.is_renamed
        for cell in one.cells
        if cell.kind == kind
    ]
    return sorted(cells, key=lambda cell: not cell["is_waiting"])


def _shown_person(person: PersonDifferences) -> dict[str, Any]:
    cells = [cell for cell in person.cells if person.is_renamed or cell.kind in (BOTH, WRONG)]
    is_waiting = person.must_say_whose or (person.answer != KEEP and any(cell.is_waiting for cell in cells))
    return {"person": person.person, "number": person.number, "is_waiting": is_waiting, "is_renamed": person.is_renamed,
            "answer": person.answer, "facts": person.facts, "cells": [_shown_cell(cell) for cell in cells]}  # fmt: skip


def _shown_cell(cell: CellDifference) -> dict[str, Any]:
    """One cell as the page shows it; clearing a mark is ticked until the user unticks it."""
    return {
        "key": cell.key, "version": cell.version, "kind": cell.kind, "title": cell.title, "answer": cell.answer,
        "words": cell.words, "was": shown_mark(cell.was), "says": shown_mark(cell.says), "now": shown_mark(cell.now),
        "is_cleared": cell.answer in ("", TAKE),
    }  # fmt: skip
