"""Views of standard reports, releases of small numbers for them, and courses' contributions to targets."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record
from common.sheets import xlsx_response
from common.views import errors_as_messages, errors_in_form, pdf_response, render_form
from members.request import member_of
from reports import access
from reports.models import Contribution, PackKind
from reports.standard.actions import release_cells, set_contributions, withdraw_release
from reports.standard.content import default_period, make_pack
from reports.standard.documents import pack_pdf, write_pack
from reports.standard.forms import ContributionsForm, PackForm, ReleaseForm
from reports.tabs import tabs_of
from trainings.models import Course
from trainings.pages import require

WHAT = {
    PackKind.NAP: lambda: _("Activities of one ministry by course, quarter, rank group and country of delivery."),
    PackKind.NATO: lambda: _("Rank bands of STANAG 2116 by sex, of one ministry or of all."),
    PackKind.DONOR: lambda: _("People, seats and hours by ministry, year, course and country of delivery."),
    PackKind.SDG: lambda: _(
        "Trainings that contribute to targets 5.1, 5.2, 5.5 and 5.c, never as the indicator’s value."
    ),
}


def _page(request: HttpRequest, form: PackForm, status: int = 200) -> HttpResponse:
    member = member_of(request)
    return render(
        request, "reports/standard/pack_list.html",
        {
            "form": form, "kinds": [(kind, kind.label, what()) for kind, what in WHAT.items()], "tabs": tabs_of(request),
            "can_release": access.can_release(member), "can_tag": access.can_tag_courses(member),
        },
        status=status,
    )  # fmt: skip


@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    """List the standard reports, each created by one click for the chosen period and ministry."""
    member = member_of(request)
    access.check_sees_reports(member)
    return _page(request, PackForm(request.GET or None, initial={"organisation": member.organisation_id}))


@require_POST
def pack(request: HttpRequest) -> HttpResponseBase:
    """Create a standard report as a PDF or a workbook, with an audit entry."""
    member = member_of(request)
    access.check_sees_reports(member)
    # The button chooses report and format: `kind` creates the PDF, `xlsx` the workbook.
    sent, as_workbook = request.POST.copy(), "xlsx" in request.POST
    if as_workbook:
        sent["kind"] = request.POST["xlsx"]
    form = PackForm(sent)
    if not form.is_valid():
        return _page(request, form, status=422)
    pack_query = form.query()
    record(
        "export_pack",
        member.organisation,
        by=member,
        is_reading=True,
        pack=pack_query.pack,
        first=str(pack_query.first),
        last=str(pack_query.last),
        ministry=pack_query.organisation.pk if pack_query.organisation else None,
        rule=pack_query.rule,
    )
    made, name = make_pack(pack_query, by=member), f"{pack_query.pack}-{pack_query.first}-{pack_query.last}"
    if as_workbook:
        return xlsx_response(name, lambda file: write_pack(file, made))
    return pdf_response(pack_pdf(made), name)


@require_http_methods(["GET", "POST"])
def releases(request: HttpRequest) -> HttpResponse:
    """List the releases of one's own ministry, with a form to add one."""
    member = member_of(request)
    require(access.can_release(member))
    first, last = default_period(timezone.localdate())
    form = ReleaseForm(request.POST or None, initial={"first": first, "last": last})
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            data = form.cleaned_data
            release_cells(pack=data["kind"], first=data["first"], last=data["last"], reason=data["reason"], by=member)
            messages.success(
                request, _("Packs of this kind and period show small numbers of your ministry, and say so.")
            )
            return redirect("reports:releases")
    rows = access.visible_releases(member).select_related("made_by")
    return render_form(
        request, "reports/standard/release_list.html", {"form": form, "rows": rows, "tabs": tabs_of(request)}
    )


@require_POST
def release_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a release of small numbers."""
    member = member_of(request)
    release = get_object_or_404(access.visible_releases(member), pk=pk)
    with errors_as_messages(request):
        withdraw_release(release=release, by=member)
        messages.success(request, _("Withdrawn. Packs that were made before stay as they are."))
    return redirect("reports:releases")


@require_http_methods(["GET", "POST"])
def contributions(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """List the SDG targets that each course contributes to or, for one course, show the form."""
    require(access.can_tag_courses(member_of(request)))
    if pk is None:
        tagged: dict[int, list[str]] = defaultdict(list)
        for contribution in Contribution.objects.order_by("target"):
            tagged[contribution.course_id].append(contribution.get_target_display())
        rows = [(course, tagged[course.pk]) for course in Course.objects.order_by("code")]
        return render(request, "reports/standard/contribution_list.html", {"rows": rows, "tabs": tabs_of(request)})
    course = get_object_or_404(Course, pk=pk)
    known = list(Contribution.objects.filter(course=course).values_list("target", flat=True))
    form = ContributionsForm(request.POST if request.method == "POST" else None, known=known)
    if form.is_valid():
        set_contributions(course=course, targets=form.cleaned_data["targets"], by=member_of(request))
        return redirect("reports:contributions")
    return render_form(request, "reports/standard/contribution_form.html", {"form": form, "course": course})
