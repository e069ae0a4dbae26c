"""Views of people trained: the figures, the trainings behind each, and exports of the table."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from audit.record import record
from common.sheets import sheet_response
from members.request import member_of
from reports import access
from reports.labels import PERIODS, labels_of
from reports.people.drill_down import ANY, BETWEEN, OF_TRAININGS, trainings_behind
from reports.people.export import report_sheet
from reports.people.forms import BESIDE, QuestionForm, ReportQuery
from reports.people.presentation import report_context
from reports.people.report import answer, definition
from reports.tabs import tabs_of
from trainings.counting import Question
from trainings.models import Training

UNASKED = "by=organisation"
MOST_NAMED = 400  # values of a cell that are shown by name


def asked_of(request: HttpRequest, sent: QueryDict) -> tuple[QuestionForm, ReportQuery | None]:
    """Return the form and its query, or None if invalid; without parameters, all figures by ministry."""
    member = member_of(request)
    access.check_sees_reports(member)
    chosen = sent if any(name not in BESIDE for name in sent) else QueryDict(UNASKED)
    form = QuestionForm(chosen, member=member)
    return form, form.query() if form.is_valid() else None


def address_of(form: QuestionForm) -> str:
    """Return the question as a query string without empty values; a single breakdown becomes the first."""
    said = {name: value for name, value in form.data.items() if value and name not in BESIDE}
    if "and_by" in said and "by" not in said:
        said["by"] = said.pop("and_by")
    return urlencode(said)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show people trained: tiles, a chart, and the table for the question in the URL."""
    form, query = asked_of(request, request.GET)
    context: dict[str, Any] = {"form": form, "address": address_of(form), "tabs": tabs_of(request)}
    if query is None:
        return render(request, "reports/people/people.html", context, status=422)
    report = answer(query, form.things)
    context |= report_context(report) | {
        "chosen": form.chosen_words(), "waiting": _waiting(query.question), "can_be_whole": form.may_be_whole,
        "more": sum(bool(form.data.get(name)) for name in form.more_names), "own": member_of(request).organisation_id,
        "can_freeze": access.can_freeze(member_of(request)),
    }  # fmt: skip
    return render(request, "reports/people/people.html", context)


def _waiting(question: Question) -> int:
    """Count the period's trainings delivered but not submitted, which do not count yet. One query."""
    waiting = Training.objects.filter(
        figures=Training.Figures.RECORDED, cancelled_at=None, ends_on__lt=timezone.localdate()
    )
    return waiting.in_period(question.first, question.last).count()


@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """Show the trainings behind a figure with their part of it: for the whole, or for the cell `at`."""
    form, query = asked_of(request, request.GET)
    if query is None:
        return render(request, "reports/people/people.html", {"form": form, "tabs": tabs_of(request)}, status=422)
    at = tuple(request.GET.getlist("at"))
    if len(at) > len(query.dimensions):
        raise Http404
    rows, count = trainings_behind(query, at, member_of(request))
    context = {
        "address": address_of(form), "rows": rows, "count": count, "asked": query, "not_shown": max(0, count - len(rows)),
        "is_wider": not query.whole and any(name not in OF_TRAININGS for name in query.dimensions[:len(at)]),
        "cell": _cell_words(form, query, at), "definition": definition(query), "chosen": form.chosen_words(),
    }  # fmt: skip
    return render(request, "reports/people/behind.html", context)


def _cell_words(form: QuestionForm, query: ReportQuery, at: tuple[str, ...]) -> str:
    """Describe the cell, such as "Montenegro, Q3 2026", as far as the list depends on it; 404 for an invalid period."""
    words = []
    for name, values in zip(query.dimensions, at, strict=False):
        if not query.whole and name not in OF_TRAININGS:
            continue
        label = labels_of(name, form.things)
        for value in [] if values == ANY else values.split(BETWEEN)[:MOST_NAMED]:
            key: Any = _period(name, value) if name in PERIODS else value
            words.append(label(key))
    return ", ".join(words)


def _period(name: str, value: str) -> int | tuple[int, ...]:
    numbers = [int(part) for part in value.split("-") if part.isdecimal() and len(part) <= 4]
    if len(numbers) != (1 if name == "year" else 2) or not 1 <= numbers[-1] <= {"quarter": 4, "month": 12}.get(
        name, 9999
    ):
        raise Http404
    return numbers[0] if name == "year" else tuple(numbers)


@require_POST
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Export the table of a question, with only the numbers that the page shows this reader."""
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    form, query = asked_of(request, sent)
    if query is None:
        return render(request, "reports/people/people.html", {"form": form, "tabs": tabs_of(request)}, status=422)
    member = member_of(request)
    record("export_figures", member.organisation, by=member, is_reading=True, question=address_of(form))
    return sheet_response(request.POST.get("as", ""), "people-trained", *report_sheet(answer(query, form.things)))
