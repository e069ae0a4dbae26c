"""People trained: the figures, the trainings behind each, and both as a sheet."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.record import record
from common.sheets import sheet_response
from members.models import Member
from reports import access, charts
from reports.behind import trainings_behind
from reports.forms import BESIDE, Asked, QuestionForm
from reports.labels import DIMENSION_NAMES, PERIODS, labels_of
from reports.report import Report, Row, answer, definition, titled
from reports.tabs import tabs_of
from trainings.access import visible_trainings
from trainings.counting.question import Question
from trainings.models import Training
from trainings.small_tables import ShownCell
from trainings.views.common import member_of


def _asked(request: HttpRequest, sent: QueryDict) -> tuple[QuestionForm, Asked | None]:
    """Return the form and, where it can be asked, the question; without any the figures stand by ministry and sex."""
    member = member_of(request)
    if not access.can_see_reports(member):
        raise Http404
    chosen = sent if any(name not in BESIDE for name in sent) else QueryDict("by=organisation")
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
    member = member_of(request)
    context |= {
        "report": report, "total": report.total, "definition": definition(asked), "first": asked.question.first,
        "last": asked.question.last, "sexes": _sex_words(report.sexes), "sex_lines": asked.dimensions[:1] == ("sex",) and len(asked.dimensions) == 1,
        "shares": dict(zip(("women", "men", "other", "not_recorded"), report.total.by_sex, strict=False)) if len(report.total_sexes) == 4 else None,
        "by": " · ".join(titled(name) for name in asked.dimensions), "heading": _heading(report),
        "chart": charts.chart_of(report), "waiting": _waiting(asked.question), "rows": _table_rows(report),
        "measure": asked.measure, "whole": asked.whole, "widened": asked.widened, "can_be_whole": form.may_be_whole,
        "own": member.organisation_id, "columns": [{"label": row.label, "title": ", ".join(row.members)} for row in report.columns],
        "column_totals": [_number(row.cell, asked.measure) for row in report.columns],
    }  # fmt: skip
    return render(request, "reports/people.html", context)


def _waiting(question: Question) -> int:
    """Return how many trainings of that period are delivered and not submitted: they do not count yet. One query."""
    waiting = Training.objects.filter(
        figures=Training.Figures.RECORDED, cancelled_at=None, ends_on__lt=timezone.localdate()
    )
    return waiting.in_period(question.first, question.last).count()


def _sex_words(sexes: tuple[tuple[str, ...], ...]) -> list[str]:
    words = {"women": _("Women"), "men": _("Men"), "other": _("Other"), "not_recorded": _("Not recorded")}
    return [" + ".join(words[sex] for sex in block) for block in sexes]


def _heading(report: Report) -> str:
    names = [str(DIMENSION_NAMES[name]) for name in report.asked.dimensions]
    if len(names) > 1:
        return _("By %(one)s and %(two)s") % {"one": names[0], "two": names[1]}
    return _("By %(one)s") % {"one": names[0]} if names else ""


def _number(cell: ShownCell | None, measure: str) -> float | int | None:
    """Return the number of a cell that the reader chose to see; an empty cell is 0."""
    if cell is None:
        return 0
    return {"people": cell.people_at_least, "seats": cell.seats, "hours": cell.hours}[measure]


def _table_rows(report: Report) -> list[dict[str, Any]]:
    """Return the lines of the table as the page shows them, with what each cell's address adds."""
    measure = report.asked.measure
    return [
        {
            "row": row, "cell": row.cell, "at": "" if row.is_together else urlencode({"at": row.keys[0]}),
            "members": ", ".join(row.members), "number": _number(row.cell, measure),
            "blocks": [
                {"number": _number(block, measure), "at": _at(row, column)}
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
        return render(request, "reports/people.html", {"form": form, "address": _address(form)}, status=422)
    at = tuple(request.GET.getlist("at"))
    if len(at) > len(asked.dimensions):
        raise Http404
    rows, count = trainings_behind(asked, at, visible_trainings(member_of(request)).with_list_parts().with_scans())
    context = {
        "form": form, "address": _address(form), "rows": rows, "count": count, "whole": asked.whole,
        "not_shown": max(0, count - len(rows)), "cell": _cell_words(form, asked, at), "rule": asked.question.rule,
        "first": asked.question.first, "last": asked.question.last,
    }  # fmt: skip
    return render(request, "reports/behind.html", context)


def _cell_words(form: QuestionForm, asked: Asked, at: tuple[str, ...]) -> str:
    """Return the cell in words: "Montenegro, Q3 2026"."""
    words = []
    for name, value in zip(asked.dimensions, at, strict=False):
        key: Any = value
        if name in PERIODS:
            numbers = [int(part) for part in value.split("-") if part.isdecimal()][:2]
            if len(numbers) != (1 if name == "year" else 2):
                raise Http404
            if name == "month" and not 1 <= numbers[1] <= 12:
                raise Http404
            key = numbers[0] if name == "year" else tuple(numbers)
        words.append(labels_of(name, form.things)(key))
    return ", ".join(words)


@require_POST
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The table of a question as a sheet: the numbers that the page shows this reader, and no others."""
    form, asked = _asked(request, request.POST)
    if asked is None:
        return render(request, "reports/people.html", {"form": form, "address": _address(form)}, status=422)
    member: Member = member_of(request)
    record("export_figures", member.organisation, by=member, is_reading=True, question=_address(form))
    report = answer(asked, form.things)
    return sheet_response(request.POST.get("as", ""), "people-trained", *_sheet(report))


def _sheet(report: Report) -> tuple[list[str], Iterator[list[object]]]:
    """Return the header and the rows of the table, the total last; with two breakdowns a row for each block."""
    names = [titled(name) for name in report.asked.dimensions]
    by_sex = _sex_words(report.sexes)
    header = [*names[: 2 if report.blocks else 1], _("People, at least"), _("People, at most"), _("Seats"), *by_sex,
              _("Share of women"), _("Person-hours"), _("Trainings")]  # fmt: skip
    return (header if names else [_("Figures"), *header]), _sheet_rows(report, len(by_sex))


def _cells(cell: ShownCell, sexes: int) -> list[object]:
    hidden = _("hidden")
    if cell.seats is None:
        return [hidden] * (6 + sexes)
    most = cell.people_at_most if cell.people_at_most is not None else hidden
    numbers = list(cell.by_sex) if len(cell.by_sex) == sexes else [hidden] * sexes
    share = hidden if cell.women_share is None else round(cell.women_share, 4)
    return [cell.people_at_least, most, cell.seats, *numbers, share, round(cell.hours or 0, 2), cell.trainings]


def _sheet_rows(report: Report, sexes: int) -> Iterator[list[object]]:
    def words(row: Row) -> str:
        return f"{row.label}: {', '.join(row.members)}" if row.is_together else row.label

    for n, row in enumerate(report.rows):
        if report.blocks:
            for column, block in zip(report.columns, report.blocks[n], strict=True):
                if block is not None:
                    yield [words(row), words(column), *_cells(block, 0)]
        else:
            yield [words(row), *_cells(row.cell, sexes)]
    total = [_("Total"), _("Total")] if report.blocks else [_("Total")]
    yield [*total, *_cells(report.total, sexes)]
