"""People trained: the figures, the trainings behind each, and both as a sheet."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.record import record
from common.sheets import sheet_response
from reports import access
from reports.behind import trainings_behind
from reports.charts import chart_of
from reports.forms import BESIDE, Asked, QuestionForm
from reports.labels import DIMENSION_NAMES, PERIODS, labels_of
from reports.report import Report, Row, answer, definition, number_of, sex_words, titled
from reports.sheets import report_sheet
from reports.tabs import tabs_of
from trainings.counting import Question
from trainings.models import Training
from trainings.views.common import member_of

UNASKED = "by=organisation"


def _asked(request: HttpRequest, sent: QueryDict) -> tuple[QuestionForm, Asked | None]:
    """Return the form and, where it can be asked, the question; nothing asked is all figures by ministry."""
    member = member_of(request)
    if not access.can_see_reports(member):
        raise Http404
    chosen = sent if any(name not in BESIDE for name in sent) else QueryDict(UNASKED)
    form = QuestionForm(chosen, member=member)
    return form, form.asked() if form.is_valid() else None


def _address(form: QuestionForm) -> str:
    """Return the question as it stands in an address, without what is empty."""
    return urlencode([(name, value) for name, value in form.data.items() if value and name not in BESIDE])


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People trained: tiles, a chart, and the table of the question that stands in the address."""
    form, asked = _asked(request, request.GET)
    context: dict[str, Any] = {"form": form, "address": _address(form), "tabs": tabs_of(request)}
    if asked is None:
        return render(request, "reports/people.html", context, status=422)
    report = answer(asked, form.things)
    context |= {
        "report": report, "asked": asked, "definition": definition(asked), "chart": chart_of(report),
        "heading": _heading(report), "line_heading": " · ".join(titled(name) for name in report.counted_by[:1]),
        "sexes": sex_words(report.sexes), "shares": _meter(report), "rows": _table_rows(report),
        "columns": [_column(row, asked.measure) for row in report.columns], "chosen": form.chosen_words(),
        "waiting": _waiting(asked.question), "more": sum(bool(form.data.get(name)) for name in form.more_names),
        "can_be_whole": form.may_be_whole, "own": member_of(request).organisation_id,
        "total_number": number_of(report.total, asked.measure), "total_by_sex": _total_by_sex(report),
    }  # fmt: skip
    return render(request, "reports/people.html", context)


def _meter(report: Report) -> dict[str, int] | None:
    """Return the seats of each sex for the bar of a tile, where every one is shown."""
    if len(report.total_sexes) != 4 or not report.total.by_sex:
        return None
    return dict(zip(("women", "men", "other", "not_recorded"), report.total.by_sex, strict=True))


def _total_by_sex(report: Report) -> list[int | None]:
    """Return the numbers of the last line under the columns of sexes."""
    if report.sexes == report.total_sexes:
        return list(report.total.by_sex)
    return [sum(row.cell.by_sex[n] for row in report.rows) for n in range(len(report.sexes))]


def _waiting(question: Question) -> int:
    """Return how many trainings of that period are delivered and not submitted: they do not count yet. One query."""
    waiting = Training.objects.filter(
        figures=Training.Figures.RECORDED, cancelled_at=None, ends_on__lt=timezone.localdate()
    )
    return waiting.in_period(question.first, question.last).count()


def _heading(report: Report) -> str:
    names = [str(DIMENSION_NAMES[name]) for name in report.counted_by]
    if len(names) > 1:
        return _("By %(one)s and %(two)s") % {"one": names[0], "two": names[1]}
    return _("By %(one)s") % {"one": names[0]} if names else ""


def _column(row: Row, measure: str) -> dict[str, Any]:
    return {"label": row.label, "title": ", ".join(row.members), "number": number_of(row.cell, measure)}


def _table_rows(report: Report) -> list[dict[str, Any]]:
    """Return the lines of the table as the page shows them, with what the address of each cell adds."""
    measure = report.asked.measure
    return [
        {
            "row": row, "cell": row.cell, "at": "" if row.is_together else urlencode({"at": row.keys[0]}),
            "members": ", ".join(row.members), "number": number_of(row.cell, measure),
            "blocks": [
                {"number": number_of(block, measure), "at": _at(row, column)}
                for block, column in zip(report.blocks[n], report.columns, strict=True)
            ] if report.blocks else [],
        }
        for n, row in enumerate(report.rows)
    ]  # fmt: skip


def _at(row: Row, column: Row) -> str:
    if row.is_together or column.is_together:
        return ""
    return urlencode([("at", row.keys[0]), ("at", column.keys[0])])


@require_safe
def behind(request: HttpRequest) -> HttpResponse:
    """The trainings behind one figure with their part in it: of the whole, or of the cell that `at` names."""
    form, asked = _asked(request, request.GET)
    if asked is None:
        return render(request, "reports/people.html", {"form": form, "tabs": tabs_of(request)}, status=422)
    at = tuple(request.GET.getlist("at"))
    if len(at) > len(asked.dimensions):
        raise Http404
    rows, count = trainings_behind(asked, at, member_of(request))
    context = {
        "address": _address(form), "rows": rows, "count": count, "asked": asked, "not_shown": max(0, count - len(rows)),
        "cell": _cell_words(form, asked, at), "definition": definition(asked), "chosen": form.chosen_words(),
    }  # fmt: skip
    return render(request, "reports/behind.html", context)


def _cell_words(form: QuestionForm, asked: Asked, at: tuple[str, ...]) -> str:
    """Return the cell in words, "Montenegro, Q3 2026"; 404 for a period that is none."""
    words = []
    for name, value in zip(asked.dimensions, at, strict=False):
        key: Any = _period(name, value) if name in PERIODS else value
        words.append(labels_of(name, form.things)(key))
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
    """The table of a question as a sheet: the numbers that the page shows this reader, and no others."""
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    form, asked = _asked(request, sent)
    if asked is None:
        return render(request, "reports/people.html", {"form": form, "tabs": tabs_of(request)}, status=422)
    member = member_of(request)
    record("export_figures", member.organisation, by=member, is_reading=True, question=_address(form))
    return sheet_response(request.POST.get("as", ""), "people-trained", *report_sheet(answer(asked, form.things)))
