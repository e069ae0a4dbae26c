"""Views of snapshots: figures saved as reported, and what has changed since."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.page_cache import cached_part
from audit.record import record
from common.sheets import sheet_response
from common.views import errors_in_form, render_form
from members.models import Member
from members.request import member_of
from reports import access
from reports.models import FrozenTraining, Snapshot
from reports.people.export import report_sheet
from reports.people.presentation import report_context
from reports.people.report import Report, answer
from reports.people.views import address_of, asked_of
from reports.snapshots.actions import freeze_figures, show_snapshot
from reports.snapshots.contents import Change, is_unaltered, question_of, since, thaw
from reports.snapshots.forms import ShowForm, SnapshotForm
from reports.tabs import tabs_of
from trainings.disclosure.tables import total_beside
from trainings.pages import require

MAX_ROWS = 500


@require_GET
def snapshots(request: HttpRequest) -> HttpResponse:
    """List the snapshots this member may open, the latest report first."""
    member = member_of(request)
    rows = access.visible_snapshots(member).select_related("organisation").defer("numbers", "safe_numbers")[:MAX_ROWS]
    return render(
        request,
        "reports/snapshots/snapshot_list.html",
        {"rows": rows, "tabs": tabs_of(request), "can_freeze": access.can_freeze(member)},
    )


@require_http_methods(["GET", "POST"])
def snapshot_new(request: HttpRequest) -> HttpResponse:
    """Save a snapshot of the question in the URL: the page previews it, the button signs and saves it."""
    member = member_of(request)
    require(access.can_freeze(member))
    question, query = asked_of(request, request.GET)
    if query is None:
        return render(request, "reports/people/people.html", {"form": question, "tabs": tabs_of(request)}, status=422)
    form = SnapshotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with errors_in_form(form):
            made = freeze_figures(
                query=query,
                things=question.things,
                chosen=question.chosen_words(),
                as_on=data["as_on"],
                reported_to=data["reported_to"],
                note=data["note"],
                observers=list(data["shown_to"]),
                by=member,
            )
            messages.success(request, _("The figures are frozen. They will look like this whenever they are opened."))
            return redirect(made)
    report = answer(query, question.things)
    context = report_context(report) | {
        "snapshot_form": form,
        "address": address_of(question),
        "chosen": question.chosen_words(),
    }
    return render(request, "reports/snapshots/snapshot_form.html", context, status=422 if form.errors else 200)


def _fetch(member: Member, pk: int) -> Snapshot:
    rows = access.visible_snapshots(member).select_related("organisation", "made_by").prefetch_related("shown_to")
    return get_object_or_404(rows, pk=pk)


def _frozen(member: Member, snapshot: Snapshot) -> tuple[Report | None, bool]:
    """Return the report as this reader may see it (None if they may not ask that), and whether it is in full."""
    whole = access.sees_whole(member, question_of(snapshot.question))
    if whole:
        return thaw(snapshot.numbers, snapshot.question, whole=True), True
    if snapshot.safe_numbers is None:
        return None, False
    return thaw(snapshot.safe_numbers, snapshot.question, whole=False), False


@require_GET
def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a snapshot: its saved numbers, who signed it, and what has changed since."""
    member = member_of(request)
    frozen = _fetch(member, pk)
    report, whole = _frozen(member, frozen)
    trainings = list(FrozenTraining.objects.filter(snapshot=frozen).select_related("training"))
    # Marks do not change figures that count: those are locked.
    today = cached_part(
        f"snapshot-{frozen.pk}",
        lambda: since(question_of(frozen.question), trainings),
        depends_on=("trainings", "members"),
    )
    context: dict[str, Any] = {
        "snapshot": frozen, "tabs": tabs_of(request), "whole": whole, "changes": today.changes, "trainings": len(trainings),
        "is_unaltered": is_unaltered(frozen, trainings), "kinds": _kinds(today.changes),
        "can_show": access.can_show_snapshot(member, frozen),
    }  # fmt: skip
    if report is not None:
        context |= report_context(report) | {"chosen": frozen.chosen, "definition": frozen.definition}
        context["now"] = today.total if whole else total_beside(report.total, today.safe_total)
    return render(request, "reports/snapshots/snapshot.html", context)


def _kinds(changes: list[Change]) -> dict[str, int]:
    return {kind: sum(change.kind == kind for change in changes) for kind in ("new", "gone", "figures", "rows")}


@require_POST
def snapshot_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Export the table of a snapshot as this reader may see it."""
    member = member_of(request)
    frozen = _fetch(member, pk)
    report, _whole = _frozen(member, frozen)
    if report is None:
        raise PermissionDenied
    record("export_snapshot", frozen, by=member, is_reading=True)
    return sheet_response(request.POST.get("as", ""), f"reported-{frozen.as_on}", *report_sheet(report))


@require_http_methods(["GET", "POST"])
def snapshot_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Share a snapshot with more observers."""
    member = member_of(request)
    frozen = _fetch(member, pk)
    require(access.can_show_snapshot(member, frozen))
    form = ShowForm(request.POST or None, known=[one.pk for one in frozen.shown_to.all()])
    if request.method == "POST" and form.is_valid():
        show_snapshot(snapshot=frozen, observers=list(form.cleaned_data["shown_to"]), by=member)
        messages.success(request, _("They may open this snapshot now."))
        return redirect(frozen)
    return render_form(request, "reports/snapshots/snapshot_show.html", {"snapshot": frozen, "form": form})
