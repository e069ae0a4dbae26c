"""Views of the cascade: the results of each train-the-trainer course, as a tree and in numbers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from members.request import member_of
from reports import access
from reports.cascade.presentation import ShownCohort, show_cascade
from reports.tabs import tabs_of
from trainings.counting import Question

OWN = "own"
# The page lists at most this many inactive trainers and links to all of them.
MAX_IDLE = 12


@require_GET
def cascade(request: HttpRequest) -> HttpResponse:
    """Show all train-the-trainer courses with their results, or with `?cohort=` one of them with its trainers by name.

    `?of=own` counts only people of the reader's own organisation; 404 for readers who may not see every number of them.
    """
    member = member_of(request)
    if not access.can_see_reports(member):
        raise Http404
    params = request.GET
    if params.keys() - {"of", "cohort"} or params.get("of") not in ("", OWN, None):
        raise Http404
    may_see_own = access.sees_whole(member, Question(organisation=member.organisation_id))
    own, reference = params.get("of") == OWN, params.get("cohort", "")
    if own and not may_see_own:
        raise Http404
    report = show_cascade(member, own=own, today=timezone.localdate())
    chosen: tuple[ShownCohort, ...] = tuple(c for c in report.cohorts if c.training.reference == reference)
    if reference and not chosen:
        raise Http404
    context = {
        "tabs": tabs_of(request), "cohorts": report.cohorts, "trees": chosen or report.cohorts, "chosen": reference,
        "own": own, "may_see_own": may_see_own, "home": member.organisation.short_name,
        "most": max((cohort.trainings for cohort in report.cohorts), default=0), "most_of_one": report.most_of_one,
        "idle": report.not_current[:MAX_IDLE], "idle_count": len(report.not_current),
    }  # fmt: skip
    return render(request, "reports/cascade/cascade.html", context)
