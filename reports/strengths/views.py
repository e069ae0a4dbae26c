"""Views of one's own ministry's strength: list, add, change, import and remove tables."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from audit.models import AuditEntry
from common.uploads.reading import read_pasted, read_upload
from common.views import errors_as_messages, errors_in_form, page_of, render_form
from members.models import Member, RankGroup
from members.request import member_of
from reports import access
from reports.models import Strength
from reports.strengths import actions
from reports.strengths.forms import RemoveForm, StrengthForm, StrengthImportForm
from reports.strengths.import_plan import from_form, kept_in_form, plan_strengths
from reports.strengths.reading import read_strength_table
from reports.tabs import tabs_of
from trainings.models import Sex
from trainings.pages import require
from trainings.roster_import.parsing.known import known_tables

FORMER_SHOWN = 20
LINES_LOOKED_AT = 200


def _coordinator(request: HttpRequest) -> Member:
    """Return the member if they may enter their ministry's strength, else 403."""
    member = member_of(request)
    require(access.can_enter_strengths(member))
    return member


def _fetch(request: HttpRequest, pk: int) -> Strength:
    """Return a table this member may open, else 404: others see it only in the report, small numbers hidden."""
    return get_object_or_404(
        access.editable_strengths(member_of(request)).select_related("organisation", "changed_by"), pk=pk
    )


@require_GET
def strengths(request: HttpRequest) -> HttpResponse:
    """List every table of the ministry, newest year first, the whole ministry before its units."""
    member = _coordinator(request)
    rows = access.editable_strengths(member).select_related("changed_by").annotate(persons=Sum("cells__number"))
    page = page_of(request, rows.order_by("-year", "unit_key"))
    context = {"tabs": tabs_of(request), "page": page, "home": member.organisation}
    return render(request, "reports/strengths/strength_list.html", context)


@require_http_methods(["GET", "POST"])
def strength_new(request: HttpRequest) -> HttpResponse:
    """Add a table; `?like=` starts with the numbers of another."""
    member = _coordinator(request)
    form = StrengthForm(request.POST or None, initial=_begun(request.GET, member))
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            made = actions.save_strength(
                organisation=member.organisation, entry=form.entry(), version_seen=0, by=member
            )
            messages.success(request, _("The strength of %(what)s is entered.") % {"what": made})
            return redirect("reports:strengths")
    return _form_page(request, form, None)


def _begun(params: QueryDict, member: Member) -> dict[str, Any]:
    """Return the initial values of a new table: the end of last year, or the numbers of the table in `?like=`."""
    last = timezone.localdate().year - 1
    initial: dict[str, Any] = {"year": last, "as_on": f"{last}-12-31"}
    like = params.get("like", "")
    if like.isascii() and like.isdecimal() and len(like) < 10:
        former = access.editable_strengths(member).filter(pk=int(like)).first()
        if former is not None:
            day = former.as_on
            later = day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)
            facts = {"year": former.year + 1, "unit": former.unit, "as_on": later, "source": former.source}
            initial = {**facts, **_numbers(former)}
    return initial


def _numbers(strength: Strength) -> dict[str, Any]:
    return {f"n-{group}-{sex}": number for (group, sex), number in actions.cells_of(strength).items()}


@require_http_methods(["GET", "POST"])
def strength(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a table, based on the version the form showed; below are the previous changes."""
    table, member = _fetch(request, pk), member_of(request)
    initial = {"year": table.year, "unit": table.unit, "as_on": table.as_on, "source": table.source,
               "version": table.version}  # fmt: skip
    form = StrengthForm(request.POST or None, initial=initial | _numbers(table), is_new=False)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.save_strength(
                organisation=table.organisation,
                entry=form.entry(),
                version_seen=form.cleaned_data["version"] or 0,
                by=member,
            )
            messages.success(request, _("The strength of %(what)s is saved.") % {"what": table})
            return redirect("reports:strengths")
    return _form_page(request, form, table)


def _form_page(request: HttpRequest, form: StrengthForm, table: Strength | None) -> HttpResponse:
    former = list(islice(_former(table), FORMER_SHOWN)) if table else []
    context = {"tabs": tabs_of(request), "form": form, "strength": table, "former": former, "sexes": Sex.choices}
    return render_form(request, "reports/strengths/strength_form.html", context)


def _former(table: Strength) -> Iterator[dict[str, Any]]:
    """Yield the changes of a table, latest first: typed, or imported with others. One query."""
    typed = Q(kind="reports.strength", object_id=str(table.pk))
    taken_in = Q(action="import_strengths", root_kind="members.organisation", root_id=str(table.organisation_id))
    lines = AuditEntry.objects.filter(typed | taken_in, is_reading=False).select_related("by", "text")
    for line in lines[:LINES_LOOKED_AT]:
        before = actions.name_in_import(table) + ": " if line.action == "import_strengths" else ""
        mine = [name for name in line.fields if name.startswith(before)]
        if mine:
            changes = [
                (name.removeprefix(before), *line.free_text[name])
                for name in mine
                if len(line.free_text.get(name, [])) == 2
            ]
            yield {"line": line, "changes": changes}


@require_http_methods(["GET", "POST"])
def strength_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then remove a table; its numbers stay in the audit log."""
    table, member = _fetch(request, pk), member_of(request)
    form = RemoveForm(request.POST or None, initial={"version": table.version})
    if request.method == "POST" and form.is_valid():
        with errors_as_messages(request):
            actions.remove_strength(strength=table, version_seen=form.cleaned_data["version"], by=member)
            messages.success(request, _("The strength of %(what)s is removed.") % {"what": table})
        return redirect("reports:strengths")
    context = {"strength": table, "form": form, "persons": sum(actions.cells_of(table).values())}
    return render_form(request, "reports/strengths/strength_remove.html", context)


@require_http_methods(["GET", "POST"])
def strength_import(request: HttpRequest) -> HttpResponse:
    """Import a file or pasted cells: show the changes, then save all of them or nothing."""
    member = _coordinator(request)
    if "plan" in request.POST:
        return _take_in(request, member)
    form = StrengthImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            return _preview(request, form.cleaned_data, member)
    context = {"tabs": tabs_of(request), "form": form, "groups": RankGroup.choices}
    return render_form(request, "reports/strengths/strength_import.html", context)


def _preview(request: HttpRequest, data: dict[str, Any], member: Member) -> HttpResponse:
    file, home = data["file"], member.organisation
    sheets = read_upload(file.read(), file.name) if file else read_pasted(data["rows"])
    tables = known_tables(home.country_id, countries=[home.country_id])
    read = read_strength_table(sheets, tables.ranks, country=home.country_id, year=data["year"])
    plan = plan_strengths(home, read, source=data["source"], as_on=data["as_on"])
    context = {
        "tabs": tabs_of(request), "plan": plan, "wrong": read.wrong, "kept": kept_in_form(home, plan, member),
        "numbers": sum(len(one.changes) for one in plan), "changed": sum(one.changed for one in plan),
    }  # fmt: skip
    return render(request, "reports/strengths/strength_preview.html", context)


def _take_in(request: HttpRequest, member: Member) -> HttpResponse:
    with errors_as_messages(request):
        if "without_wrong" in request.POST and not request.POST.get("leave_out"):
            raise ValidationError(_("Tick that the rows that were not understood are left out, or mend the sheet."))
        entries, seen = from_form(request.POST["plan"], member.organisation, member)
        changed = actions.import_strengths(organisation=member.organisation, entries=entries, seen=seen, by=member)
        if changed:
            text = ngettext("%(n)d table is taken in.", "%(n)d tables are taken in.", changed)
            messages.success(request, text % {"n": changed})
        else:
            messages.info(request, _("Everything stands there already: nothing was changed."))
        return redirect("reports:strengths")
    return redirect("reports:strength_import")
