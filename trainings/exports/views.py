"""Export people, marks and figures as a worksheet: only what the member may see, with an audit entry."""

from allauth.account.decorators import reauthentication_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record
from common.sheets import sheet_response
from members.models import Member
from members.request import member_of
from trainings import access
from trainings.exports import rows as exports
from trainings.filters import TrainingFilter
from trainings.models import Enrolment, Training
from trainings.pages import fetch_training, require


@require_POST
def training_export(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Export one training's roster with a column of marks for each session."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_see_some_names(member, training))
    return _people_of_training(request, training, member)


@reauthentication_required(app="trainings")
def _people_of_training(request: HttpRequest, training: Training, member: Member) -> HttpResponseBase:
    seen = access.visible_enrolments(member, training)
    sessions = [session for session in training.sessions.all() if not session.is_cancelled]
    record(
        "export_names",
        training,
        by=member,
        is_reading=True,
        what="roster and marks",
        people=seen.filter(removed_at=None).count(),
    )
    header = [*exports.person_header(), *(str(session) for session in sessions), _("Minutes attended")]
    return sheet_response(
        request.POST.get("as", ""), training.reference, header, exports.people_of_training(seen, sessions)
    )


@require_http_methods(["GET", "POST"])
def list_export(request: HttpRequest) -> HttpResponseBase:
    """Offer, then export, the filtered list of trainings with their figures, or the people in them whose names are visible."""
    member = member_of(request)
    parameters = request.POST if request.method == "POST" else request.GET
    chosen = TrainingFilter(parameters, queryset=access.visible_trainings(member).with_list_parts())
    if request.method != "POST":
        fields = [(name, str(value)) for name, value in parameters.items() if value and name in chosen.filters]
        context = {
            "fields": fields,
            "query": urlencode(fields),
            "trainings": chosen.qs.count(),
            "people": _people(chosen, member).count(),
        }
        return render(request, "trainings/exports/list_export.html", context)
    if request.POST.get("what") == "people":
        return _people_of_list(request, chosen, member)
    record("export_figures", member.organisation, by=member, is_reading=True, trainings=chosen.qs.count())
    rows = exports.figures_of_list(chosen.qs, member)
    return sheet_response(request.POST.get("as", ""), "trainings", exports.figures_header(), rows)


def _people(chosen: TrainingFilter, member: Member) -> QuerySet[Enrolment]:
    """The enrolments of the chosen trainings whose names this member may see."""
    seen = access.enrolments_with_names(member).filter(training__in=chosen.qs.order_by().values("pk"))
    return seen.filter(removed_at=None, training__cancelled_at=None)


@reauthentication_required(app="trainings")
def _people_of_list(request: HttpRequest, chosen: TrainingFilter, member: Member) -> HttpResponseBase:
    seen = _people(chosen, member)
    record(
        "export_names", member.organisation, by=member, is_reading=True, what="people of a list", people=seen.count()
    )
    return sheet_response(request.POST.get("as", ""), "people", exports.people_header(), exports.people_of_list(seen))
