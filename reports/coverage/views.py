"""Views of coverage: how much of a ministry was trained and what a target still needs, as a page and as a workbook."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.record import record
from common.sheets import sheet_response
from members.request import member_of
from reports import access
from reports.coverage.charts import share_by_line, share_over_years
from reports.coverage.forms import BREAKDOWNS, CoverageForm
from reports.coverage.rates import Covered, Need
from reports.coverage.report import HEADINGS, Coverage, cover
from reports.tabs import tabs_of


def _fields(form: CoverageForm) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in form.data.items() if name in form.fields and value]


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Show the share of a ministry's people trained by the end of a year, by rule and breakdown, with the target."""
    member = member_of(request)
    form = CoverageForm(request.GET, member=member)
    is_valid = form.is_valid()
    query = form.query() if is_valid else None
    context: dict[str, Any] = {
        "tabs": tabs_of(request), "form": form, "asked": query, "can_enter": access.can_enter_strengths(member),
        "is_own": bool(form.about and form.about.pk == member.organisation_id), "fields": _fields(form), "about": form.about,
        "address": urlencode(_fields(form)),
    }  # fmt: skip
    if query is not None:
        result = cover(query, form.strengths)
        context |= {
            "found": result, "heading": HEADINGS[query.by](), "by": BREAKDOWNS[query.by], "shares": share_over_years(result),
            "chart": share_by_line(result), "years": [(year, one) for year, one in reversed(result.years.items())],
            "has_hidden_years": any(one.trained is None for one in result.years.values()),
        }  # fmt: skip
    return render(request, "reports/coverage/coverage.html", context, status=200 if is_valid else 422)


@require_POST
def coverage_sheet(request: HttpRequest) -> HttpResponseBase:
    """Export the tables of the page, with only the numbers that it shows this reader."""
    sent = request.POST.copy()
    for name in set(sent) - set(CoverageForm.base_fields):
        del sent[name]
    form = CoverageForm(sent, member=member_of(request))
    query = form.query() if form.is_valid() else None
    if query is None:
        context = {"tabs": tabs_of(request), "form": form, "about": form.about}
        return render(request, "reports/coverage/coverage.html", context, status=422)
    record("export_coverage", query.ministry, by=member_of(request), is_reading=True, question=urlencode(_fields(form)))
    header = [_("Figures"), _("Line"), _("To the end of"), _("Strength"), _("People trained, at least"), _("Share trained"),
              _("Not trained, at most"), _("Missing to the target"), _("A year")]  # fmt: skip
    return sheet_response(request.POST.get("as", ""), "coverage", header, _rows(cover(query, form.strengths)))


def _cells(covered: Covered, need: Need | None) -> list[object]:
    hidden = _("hidden")
    trained = hidden if covered.trained is None else covered.trained
    share = "" if covered.share is None else round(covered.share, 4)
    gap = "" if covered.gap is None else covered.gap
    missing = "" if need is None else need.missing
    return [
        covered.strength,
        trained,
        share,
        gap,
        missing,
        "" if need is None or need.per_year is None else need.per_year,
    ]


def _rows(result: Coverage) -> Iterator[list[object]]:
    """Yield the total, the lines and the years; the question and the definition come last."""
    query = result.query
    yield [query.ministry.short_name, _("Total"), query.year, *_cells(result.total, result.need)]
    for row in result.rows:
        words = f"{row.label}: {', '.join(row.members)}" if row.members else row.label
        yield [HEADINGS[query.by](), words, query.year, *_cells(row.covered, row.need)]
    for year, covered in result.years.items():
        yield [_("Over the years"), _("Total"), year, *_cells(covered, None)]
    rule = _("attended") if query.rule == "attended" else _("completed")
    yield [
        _("Rule: %(rule)s. Target: %(percent)d %% by %(year)d, with the strength as it is.")
        % {"rule": rule, "percent": query.target.percent, "year": query.target.year}
    ]
    for source in result.sources:
        yield [_("Strength: %(source)s, as on %(day)s.") % {"source": source.source, "day": source.as_on.isoformat()}]
    yield [_("People who have left the ministry since are among the trained, so a share can be above 100 %.")]
