"""Views of indicators: shown with the trainings delivered, entered, corrected, exported."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record
from common.sheets import sheet_response
from common.views import errors_in_form, render_form
from members.models import Member
from members.request import member_of
from reports import access
from reports.indicators import actions, progress
from reports.indicators.forms import FORMS, ShownForm, WithdrawForm
from reports.models import IndicatorValue
from reports.tabs import tabs_of
from trainings.pages import require

# Up to this many values are expanded below their table; more are collapsed.
FEW = 16


@require_GET
def indicators(request: HttpRequest) -> HttpResponse:
    """Show women's share over the years with trainings delivered, then gender mechanisms and policies."""
    member = member_of(request)
    form = ShownForm(request.GET)
    if not form.is_valid():
        return render(
            request, "reports/indicators/indicators.html", {"tabs": tabs_of(request), "form": form}, status=422
        )
    indicator, ministry = form.chosen_indicator(), form.cleaned_data["ministry"]
    values = progress.read_values(access.visible_indicators(member), indicator, ministry)
    counts = progress.trainings_by_year(ministry)
    years = progress.years_of(values.shares, counts)
    for value in (*values.shares, *values.mechanisms, *values.policies):
        value.can_correct = access.can_enter_indicators(member, value.organisation_id)  # type: ignore[attr-defined]  # for the page
    context = {
        "tabs": tabs_of(request), "form": form, "shown": indicator, "values": values, "ministry": ministry,
        "chart": progress.share_chart(values.shares, indicator, years), "trainings": progress.trainings_chart(counts, years),
        "years": [(year, counts.get(year, 0)) for year in reversed(years)] if counts else [],
        "can_enter": access.can_enter_indicators(member), "disagreeing": progress.disagreeing(values.shares),
        "matrix": progress.matrix_of(values.shares), "few": len(values.shares) <= FEW,
        "is_year_open": bool(years) and years[-1] >= timezone.localdate().year,
        "fields": [(name, value) for name, value in request.GET.items() if name in form.fields and value],
    }  # fmt: skip
    return render(request, "reports/indicators/indicators.html", context)


@require_POST
def indicators_sheet(request: HttpRequest) -> HttpResponseBase:
    """Export every value of the chosen ministries, including replaced and withdrawn ones."""
    member, form = member_of(request), ShownForm({"ministry": request.POST.get("ministry")})
    if not form.is_valid():
        return render(
            request, "reports/indicators/indicators.html", {"tabs": tabs_of(request), "form": form}, status=422
        )
    rows = progress.with_everything(access.visible_indicators(member))
    if form.cleaned_data["ministry"] is not None:
        rows = rows.filter(organisation=form.cleaned_data["ministry"])
    record("export_indicators", member.organisation, by=member, is_reading=True, values=rows.count())
    header = [_("Ministry"), _("Indicator"), _("Year"), _("Share of women, %"), _("Number of women"), _("Is there"), _("Since"),
              _("Title"), _("Document"), _("Source"), _("Definition"), _("Note"), _("Entered by"), _("Entered on"), _("State"),
              _("Why it was replaced")]  # fmt: skip
    return sheet_response(request.POST.get("as", ""), "indicators", header, _rows(rows))


def _rows(values: QuerySet[IndicatorValue]) -> Iterator[list[object]]:
    yes_no = {True: _("yes"), False: _("no"), None: ""}
    for value in values:
        if value.is_withdrawn:
            continue  # the withdrawn value itself already shows this
        after = value.replaced_by if progress.is_replaced(value) else None
        state = _("stands") if after is None else _("withdrawn") if after.is_withdrawn else _("replaced")
        yield [
            value.organisation.short_name, str(value.get_indicator_display()), value.year or _("not stated"),
            "" if value.share is None else float(value.share), "" if value.women is None else value.women,
            yes_no[value.is_there], "" if value.since is None else value.since.isoformat(), value.title, value.document,
            value.source, value.definition, value.note, str(value.entered_by or _("comes with the portal")),
            value.entered_at.date().isoformat(), state, after.reason if after else "",
        ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def indicator_share(request: HttpRequest) -> HttpResponse:
    """Add a share of women."""
    return _added(request, "share")


@require_http_methods(["GET", "POST"])
def indicator_fact(request: HttpRequest) -> HttpResponse:
    """Add a gender mechanism or a policy."""
    return _added(request, "fact")


def _added(request: HttpRequest, kind: str) -> HttpResponse:
    member = member_of(request)
    require(access.can_enter_indicators(member))
    first = {"organisation": member.organisation_id, "indicator": request.GET.get("indicator", "")}
    form = FORMS[kind](request.POST or None, ministries=access.indicator_ministries(member), initial=first)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            made = actions.add_indicator(value=form.value(), by=member)
            messages.success(request, _("The value is added."))
            return _back_to(made)
    context = {"tabs": tabs_of(request), "form": form, "kind": kind}
    return render_form(request, "reports/indicators/indicator_form.html", context)


def _back_to(value: IndicatorValue) -> HttpResponse:
    """Redirect to the page that shows a value."""
    page = redirect("reports:indicators")
    if value.is_share:
        page["Location"] += f"?indicator={value.indicator}"
    return page


def _fetch(request: HttpRequest, pk: int) -> tuple[IndicatorValue, Member]:
    """Return a value this member may correct: 404 if it does not exist, 403 if it is another ministry's."""
    member = member_of(request)
    rows = progress.with_everything(access.visible_indicators(member)).filter(is_withdrawn=False)
    value = get_object_or_404(rows, pk=pk)
    require(access.can_enter_indicators(member, value.organisation_id))
    return value, member


def _gone(request: HttpRequest, old: IndicatorValue) -> HttpResponse:
    messages.error(request, _("This value was replaced or withdrawn already. Look at the list again."))
    return _back_to(old)


@require_http_methods(["GET", "POST"])
def indicator_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a value with another, giving a reason."""
    old, member = _fetch(request, pk)
    if progress.is_replaced(old):
        return _gone(request, old)
    kind = "share" if old.is_share else "fact"
    form = FORMS[kind](request.POST or None, old=old)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.correct_indicator(old=old, value=form.value(), reason=form.cleaned_data["reason"], by=member)
            messages.success(request, _("The value is corrected; the one before stays to be read."))
            return _back_to(old)
    context = {"tabs": tabs_of(request), "form": form, "kind": kind, "old": old}
    return render_form(request, "reports/indicators/indicator_form.html", context)


@require_http_methods(["GET", "POST"])
def indicator_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then withdraw a value entered by mistake."""
    old, member = _fetch(request, pk)
    if progress.is_replaced(old):
        return _gone(request, old)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.withdraw_indicator(old=old, reason=form.cleaned_data["reason"], by=member)
            messages.success(request, _("The value is withdrawn; it stays to be read."))
            return _back_to(old)
    context: dict[str, Any] = {"form": form, "old": old}
    return render_form(request, "reports/indicators/indicator_withdraw.html", context)
