"""The cascade: what came of each course that makes trainers, as a tree and in numbers."""

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
# Beside the list of who has not delivered lately stands the way to all of them.
IDLE_MOST = 12


@require_GET
def cascade(request: HttpRequest) -> HttpResponse:
    """Every course that made trainers with what came of it, or with `?cohort=` one of them with its trainers by name.

    `?of=own` counts the people of the reader's own organisation alone; 404 for who may not see every number of them.
    """
    member = member_of(request)
    if not access.can_see_reports(member):
        raise Http404
    asked = request.GET
    if asked.keys() - {"of", "cohort"} or asked.get("of") not in ("", OWN, None):
        raise Http404
    may_see_own = access.sees_whole(member, Question(organisation=member.organisation_id))
    own, reference = asked.get("of") == OWN, asked.get("cohort", "")
    if own and not may_see_own:
        raise Http404
    shown = show_cascade(member, own=own, today=timezone.localdate())
    chosen: tuple[ShownCohort, ...] = tuple(c for c in shown.cohorts if c.training.reference == reference)
    if reference and not chosen:
        raise Http404
    context = {
        "tabs": tabs_of(request), "cohorts": shown.cohorts, "trees": chosen or shown.cohorts, "chosen": reference,
        "own": own, "may_see_own": may_see_own, "home": member.organisation.short_name,
        "most": max((cohort.trainings for cohort in shown.cohorts), default=0), "most_of_one": shown.most_of_one,
        "idle": shown.not_current[:IDLE_MOST], "idle_count": len(shown.not_current),
    }  # fmt: skip
    return render(request, "reports/cascade/cascade.html", context)
