"""Views of the trainers' report: deliveries of each, the trainings behind them, an export, and a portfolio."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from audit.record import record
from common.sheets import sheet_response
from common.views import page_of, pdf_response
from members.models import Member
from members.request import member_of
from reports.tabs import tabs_of
from reports.trainers.deliveries import (
    SORTS,
    Taught,
    deliveries_of,
    is_current,
    note_materials,
    shared_materials,
    sheet_header,
    sheet_rows,
    sorted_lines,
    taught_by,
    total_of,
)
from reports.trainers.forms import BESIDE, DeliveriesForm, TrainersForm
from reports.trainers.portfolio import portfolio_pdf
from trainers.access import can_take_portfolio, reported_profiles
from trainings.access import KEEPING_ROLES

DELIVERED_WORDS = {
    "": gettext_lazy("trainings delivered"), "lead": gettext_lazy("trainings delivered as lead trainer"),
    "co_trainer": gettext_lazy("trainings delivered as co-trainer"), "observer": gettext_lazy("trainings observed"),
    "abroad": gettext_lazy("trainings delivered abroad"),
}  # fmt: skip


def _lines(form: TrainersForm, member: Member) -> list[Taught]:
    """Return the lines for a valid form, in its order. Three queries."""
    query = form.query()
    lines = taught_by(form.profiles(reported_profiles(member)), query.first, query.last)
    note_materials(lines, member, query.first, query.last)
    return sorted_lines(form.wanted(lines, timezone.localdate()), query.sort)


def _fields(sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the non-empty parameters for the URL."""
    return [(name, str(value)) for name, value in sent.items() if value and name not in BESIDE]


@require_GET
def trainers(request: HttpRequest) -> HttpResponse:
    """List all trainers with their deliveries in the period; each number links to the trainings behind it."""
    member, today = member_of(request), timezone.localdate()
    form = TrainersForm(request.GET, member=member)
    fields = _fields(request.GET)
    context: dict[str, Any] = {"form": form, "tabs": tabs_of(request), "chosen_count": len(fields)}
    if not form.is_valid():
        return render(request, "reports/trainers/trainers.html", context, status=422)
    lines, sort = _lines(form, member), form.query().sort
    page = page_of(request, lines)
    period = urlencode([(name, value) for name, value in fields if name in ("first", "last")])
    context |= {
        "asked": [(name, request.GET.get(name, "")) for name in form.fields],
        "page": page, "total": total_of(lines, today), "period": period, "heads": _heads(sort), "sort": sort,
        "first": form.query().first, "last": form.query().last,
        "rows": [(line, is_current(line.last, today), can_take_portfolio(member, line.profile)) for line in page],
    }  # fmt: skip
    return render(request, "reports/trainers/trainers.html", context)


def _heads(sort: str) -> dict[str, tuple[str, str]]:
    """Return for each column its current `aria-sort` value and the order that a click on its heading applies.

    Text sorts ascending first, numbers and dates descending.
    """
    heads = {}
    for name in SORTS:
        here = sort.removeprefix("-") == name
        state = ("descending" if sort.startswith("-") else "ascending") if here else "none"
        first, second = (name, f"-{name}") if name in ("name", "ministry") else (f"-{name}", name)
        heads[name] = (state, second if sort == first else first)
    return heads


@require_POST
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Export the whole report with the same filters. Fields that the page's own form does not send are ignored."""
    member = member_of(request)
    known = {*TrainersForm.base_fields, *BESIDE}
    sent = {name: str(value) for name, value in request.POST.items() if name in known}
    form = TrainersForm(sent, member=member)
    if not form.is_valid():
        return render(request, "reports/trainers/trainers.html", {"form": form, "tabs": tabs_of(request)}, status=422)
    lines = _lines(form, member)
    record("export_trainers", member.organisation, by=member, is_reading=True, trainers=len(lines))
    return sheet_response(sent.get("as", ""), "trainers", sheet_header(), sheet_rows(lines, timezone.localdate()))


@require_GET
def deliveries(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is behind a trainer's numbers: trainings, their deployments and the files they shared."""
    member = member_of(request)
    profile = get_object_or_404(reported_profiles(member).select_related("member__organisation"), slug=slug)
    form = DeliveriesForm(request.GET)
    if not form.is_valid():
        raise Http404
    data = form.cleaned_data
    rows = deliveries_of(profile, data["first"], data["last"], data["what"])
    page = page_of(request, rows)
    shared = shared_materials(member, data["first"], data["last"]).filter(added_by=profile.member_id)
    context = {
        "materials": shared.select_related("post").order_by("-added_at", "-pk"),
        "profile": profile, "page": page, "rows": [(row, row.training.scheduled_minutes / 60) for row in page],
        "tabs": tabs_of(request), "what_words": DELIVERED_WORDS[data["what"]], **data,
        "can_take_portfolio": can_take_portfolio(member, profile),
        # A ministry's staff see every number of their own people: see access.sees_whole.
        "own": member.organisation_id if member.has_role(*KEEPING_ROLES) else None,
    }  # fmt: skip
    return render(request, "reports/trainers/trainer_deliveries.html", context)


@require_GET
def portfolio(request: HttpRequest, slug: str) -> HttpResponse:
    """Export a trainer's deliveries as a document for their personnel office, with an audit entry each time."""
    member = member_of(request)
    seen = reported_profiles(member).select_related("member__organisation__country", "rank")
    profile = get_object_or_404(seen.prefetch_related("languages", "topics"), slug=slug)
    if not can_take_portfolio(member, profile):
        raise PermissionDenied
    record("export_portfolio", profile, by=member, is_reading=True)
    return pdf_response(portfolio_pdf(profile, reader=member, today=timezone.localdate()), "trainer-portfolio")
