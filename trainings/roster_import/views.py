"""Import a roster from a list or pasted cells: upload it, check how it was read, decide, commit, undo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record_reading
from common.uploads.reading import read_pasted, read_upload
from common.views import errors_as_messages, errors_in_form, is_fragment, render_form
from members.models import Member
from members.request import member_of
from trainings import access
from trainings.models import MarkChange, RosterImport, Session, Training
from trainings.pages import fetch_training, require
from trainings.roster_import import actions, background
from trainings.roster_import.forms import ImportForm
from trainings.roster_import.parsing.reading import WRONG
from trainings.roster_import.plan import LEFT_OUT, MATCHED, NEW, UNCLEAR, Plan, PlannedRow, plan_import, read_import
from trainings.roster_import.sessions import ALL

MAX_ROWS_SHOWN = 200
KIND_LABELS = [
    ("", gettext_lazy("Leave out")), ("family_name", gettext_lazy("Family name")), ("given_name", gettext_lazy("Given name")),
    ("full_name", gettext_lazy("Family and given name")), ("full_name_given_first", gettext_lazy("Given and family name")),
    ("sex", gettext_lazy("Sex")), ("female_mark", gettext_lazy("Woman (ticked)")), ("male_mark", gettext_lazy("Man (ticked)")),
    ("rank", gettext_lazy("Rank")), ("unit", gettext_lazy("Unit")), ("organisation", gettext_lazy("Organisation")),
    ("country", gettext_lazy("Country")), ("birth_year", gettext_lazy("Year of birth")), ("email", gettext_lazy("E-mail")),
    ("service_number", gettext_lazy("Service number")), ("number", gettext_lazy("Number of the row")),
    ("session", gettext_lazy("Marks of a session")),
]  # fmt: skip


@require_http_methods(["GET", "POST"])
def roster_import(request: HttpRequest, reference: str) -> HttpResponse:
    """Upload a workbook, a CSV file or pasted cells, and continue to the preview. The worker reads long ones."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    form = ImportForm(request.POST or None, request.FILES or None, initial={"organisation": training.owner_id})
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            made = _started(training, form.cleaned_data, member)
            return redirect("trainings:import_preview", reference, made.pk)
    imports = access.visible_imports(member, training).defer("sheets", "upload").select_related("by")
    context = {
        "training": training,
        "form": form,
        "earlier": imports.filter(state__in=RosterImport.FINISHED),
        "on_the_way": imports.exclude(state__in=RosterImport.FINISHED),
        "can_use_workbook": training.is_open,  # users who may record an open training see its names, too
    }
    return render_form(request, "trainings/roster_import/import_form.html", context)


def _started(training: Training, data: dict[str, Any], by: Member) -> RosterImport:
    """Read a short list at once; store a long one for the worker."""
    home, file, pasted = data["organisation"], data["file"], data["rows"]
    if (file.size if file else len(pasted)) > (background.LONG_FILE if file else background.LONG_PASTE):
        content, name = (file.read(), file.name) if file else (pasted.encode(), background.PASTED)
        return background.keep_for_reading(training=training, organisation=home, content=content, name=name, by=by)
    sheets = read_upload(file.read(), file.name) if file else read_pasted(pasted)
    made = actions.start_import(training=training, organisation=home, sheets=sheets, by=by)
    plan_import(made, by=by)
    return made


def fetch_import(request: HttpRequest, reference: str, pk: int) -> tuple[Training, RosterImport]:
    """Return the training and one of its imports: only its author sees a preview."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    # Only the worker loads the upload of megabytes; the waiting page, which asks every second, does not.
    imports = access.visible_imports(member, training).defer("upload")
    return training, get_object_or_404(imports.select_related("organisation__country", "training", "by"), pk=pk)


@require_http_methods(["GET", "POST"])
def import_preview(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Show the preview row by row, save decisions and corrected cells, and commit everything once nothing is open."""
    training, preview = fetch_import(request, reference, pk)
    member = member_of(request)
    if is_fragment(request) and not preview.is_with_the_worker:  # the bar is full: load the result
        return HttpResponse(headers={"HX-Redirect": request.path})
    if preview.is_finished:
        return _done(request, training, preview)
    if preview.state != RosterImport.State.PREVIEW:
        return _under_way(request, training, preview)
    if preview.workbook_id:
        return redirect("trainings:workbook_preview", reference, pk)
    refusal: list[str] = [preview.refusal] if preview.refusal else []
    try:
        if request.method == "POST":
            _take_post(request, preview, member)
            return redirect("trainings:import_preview", reference, pk)
        plan = plan_import(preview, by=member)
    except ValidationError as wrong:
        refusal = wrong.messages
        preview.refresh_from_db()
        try:
            plan = plan_import(preview, by=member)
            if request.method == "POST" and take_answers(request.POST, preview, plan):
                plan = plan_import(preview, by=member)
        except ValidationError:
            messages.error(request, " ".join(refusal))
            return redirect("trainings:roster_import", reference)
    record_reading(training, "import", by=member, session=request.session)
    context = {**_shown(plan, training), "training": training, "import": preview, "refusal": refusal}
    return render(
        request, "trainings/roster_import/import_preview.html", context, status=422 if request.method == "POST" else 200
    )


def _take_post(request: HttpRequest, roster_import: RosterImport, member: Member) -> None:
    """Save what the form says; with "commit" import the list, a long one through the worker."""
    sent = request.POST
    if "sheet" in sent and _take_sheet(sent["sheet"], roster_import, member):
        return
    if "commit" not in sent:
        take_answers(sent, roster_import, plan_import(roster_import, by=member))
        return
    if sum(len(sheet["rows"]) for sheet in roster_import.sheets) <= background.LONG_ROWS:
        actions.commit_import(
            roster_import=roster_import, by=member, decide=lambda fresh, plan: take_answers(sent, fresh, plan)
        )
        messages.success(request, _("The list is taken in."))
        return
    plan = plan_import(roster_import, by=member)
    if take_answers(sent, roster_import, plan):
        plan = plan_import(roster_import, by=member)
    actions.refuse_waiting(plan)
    background.take_in_later(roster_import=roster_import, rows=len(plan.rows), by=member)


def _take_sheet(name: str, roster_import: RosterImport, by: Member) -> bool:
    """Read another worksheet of the workbook, if `name` is one; return whether it is. One without a list is refused."""
    names = [sheet["name"] for sheet in roster_import.sheets]
    at = roster_import.chosen.get("sheet")
    if name not in names or name == (names[at] if at is not None else read_import(roster_import).sheet):
        return False
    with transaction.atomic():
        chosen = {"sheet": names.index(name), "kinds": {}, "sessions": {}, "rows": {}}
        actions.choose(roster_import=roster_import, chosen=chosen, cells={}, sheet=name)
        plan_import(roster_import, by=by)
    return True


def _under_way(request: HttpRequest, training: Training, roster_import: RosterImport) -> HttpResponse:
    """Show the worker's progress, or why it gave up. If it is late, the work can be done here."""
    if request.method == "POST":
        if "here" in request.POST and background.is_late(roster_import):
            background.do_now(roster_import=roster_import, by=member_of(request))
        return redirect("trainings:import_preview", training.reference, roster_import.pk)
    if roster_import.state == RosterImport.State.REFUSED:
        messages.error(request, roster_import.refusal)
        return redirect("trainings:roster_import", training.reference)
    context = {
        "training": training,
        "import": roster_import,
        "percent": background.percent_done(roster_import),
        "is_late": background.is_late(roster_import),
    }
    fragment = is_fragment(request)
    return render(
        request, f"trainings/roster_import/{'_import_progress' if fragment else 'import_progress'}.html", context
    )


def _shown(plan: Plan, training: Training) -> dict[str, Any]:
    """The page context of a plan: counts, columns, and rows with those that need a decision first."""
    waiting = [row for row in plan.rows if not row.is_ready]
    ready = [row for row in plan.rows if row.is_ready]
    held = [session for session in training.sessions.all() if not session.is_cancelled]
    numbered = {column.index: n for n, column in enumerate(c for c in plan.roster.columns if c.kind == "session")}
    return {
        "plan": plan,
        "counts": {
            "new": plan.count(NEW), "known": plan.count(MATCHED), "unclear": plan.count(UNCLEAR), "wrong": plan.count(WRONG),
            "left_out": plan.count(LEFT_OUT), "unchanged": plan.unchanged, "kept": sum(len(row.kept_cells) for row in plan.rows),
            "to_confirm": sum(row.must_confirm for row in plan.rows),
        },
        "kinds": KIND_LABELS,
        "sheets": plan.roster.sheets,
        "columns": [
            {
                "column": column, "place": numbered.get(column.index),
                "is_open": numbered.get(column.index) in plan.open_columns,
                "session": _chosen_session(plan, numbered.get(column.index)) or _proposed(plan, numbered.get(column.index), held),
            }
            for column in plan.roster.columns
        ],
        "sessions": held,
        "all": ALL,
        "waiting": waiting[:MAX_ROWS_SHOWN],
        "ready": ready[:MAX_ROWS_SHOWN],
        "not_shown": max(0, len(waiting) - MAX_ROWS_SHOWN) + max(0, len(ready) - MAX_ROWS_SHOWN),
        "can_commit": plan.is_ready and any(row.state != LEFT_OUT for row in plan.rows),
        "to_take": sum(row.state in (NEW, MATCHED) for row in plan.rows),
    }  # fmt: skip


def _chosen_session(plan: Plan, place: int | None) -> str:
    there = plan.columns[place] if place is not None else []
    return ALL if len(there) > 1 else str(there[0].pk) if there else ""


def _proposed(plan: Plan, place: int | None, held: list[Session]) -> str:
    """The session at the same position, to be confirmed, if a column's session is unknown but their numbers are equal."""
    as_many = place is not None and place in plan.open_columns and len(plan.columns) == len(held)
    return str(held[place].pk) if as_many and place is not None else ""


def take_answers(sent: QueryDict, roster_import: RosterImport, plan: Plan) -> bool:
    """Save what the form says: columns that differ from those shown, an answer for each row, corrected cells.

    Return whether it says anything new.
    """
    kinds = {str(c.index): sent.get(f"column-{c.index}", c.kind) for c in plan.roster.columns}
    chosen: dict[str, Any] = {"rows": {**roster_import.chosen.get("rows", {})}}
    if any(kinds[str(c.index)] != c.kind for c in plan.roster.columns):
        known = {kind for kind, _label in KIND_LABELS}
        chosen["kinds"] = {n: kind for n, kind in kinds.items() if kind in known}
    places = [n for n, column in enumerate(c for c in plan.roster.columns if c.kind == "session")]
    sessions = {str(n): sent[f"session-{n}"] for n in places if f"session-{n}" in sent}
    if sessions and any(
        value != _chosen_session(plan, int(n)) or int(n) in plan.open_columns for n, value in sessions.items()
    ):
        chosen["sessions"] = sessions
    for row in plan.rows:
        answer = _answer_of(sent, row)
        if answer is not None:
            chosen["rows"][str(row.number)] = answer
    cells: dict[tuple[int, int], str] = {}
    for row in plan.rows:
        for column, text in enumerate(row.read.cells):
            typed = sent.get(f"c-{row.number}-{column}")
            if typed is not None and typed != text:
                cells[row.number, column] = typed.replace("\x00", "")[:200]
    return actions.choose(roster_import=roster_import, chosen=chosen, cells=cells, sheet=plan.roster.sheet)


def _answer_of(sent: QueryDict, row: PlannedRow) -> dict[str, Any] | None:
    """Return the form's answer for one row; None if it did not show the row."""
    if f"shown-{row.number}" not in sent:
        return {"take": True} if "take_all" in sent and row.must_confirm else None
    answer: dict[str, Any] = {}
    if person := sent.get(f"person-{row.number}"):
        answer["person"] = person
    if sent.get(f"leave-{row.number}"):
        answer["leave"] = True
    if sent.get(f"take-{row.number}") or ("take_all" in sent and row.must_confirm):
        answer["take"] = True
    return answer


def _done(request: HttpRequest, training: Training, roster_import: RosterImport) -> HttpResponse:
    """Show the result of an import, with the undo."""
    if request.method == "POST":
        return redirect("trainings:import_preview", training.reference, roster_import.pk)
    rows = roster_import.rows.select_related("enrolment__participant")
    counts = {"rows": rows.count(), "added": rows.filter(enrolled_by_it=True).count()}
    if roster_import.workbook_id:
        counts["marks"] = MarkChange.objects.filter(
            batch=roster_import.batch, outcome=MarkChange.Outcome.APPLIED
        ).count()
    context = {
        "training": training,
        "import": roster_import,
        "counts": counts,
        "can_undo": training.is_open and roster_import.state == "committed",
    }
    return render(request, "trainings/roster_import/import_done.html", context)


@require_POST
def import_undo(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Undo an import as a whole; people used since stay and are named."""
    _training, preview = fetch_import(request, reference, pk)
    with errors_as_messages(request):
        stay = actions.undo_import(roster_import=preview, by=member_of(request))
        messages.success(request, _("The import is taken back."))
        if stay:
            names = "; ".join(str(enrolment.participant) for enrolment in stay[:20])
            text = ngettext(
                "%(n)d person stays, who was used since: %(names)s.",
                "%(n)d people stay, who were used since: %(names)s.",
                len(stay),
            )
            messages.warning(request, text % {"n": len(stay), "names": names})
        return redirect("trainings:roster", reference)
    return redirect("trainings:import_preview", reference, pk)
