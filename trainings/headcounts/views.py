"""Headcounts: numbers where names may not be given."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.views import errors_as_messages, errors_in_form, render_form
from members.models import RankGroup
from members.request import member_of
from trainings import access
from trainings.headcounts import actions
from trainings.headcounts.forms import HeadcountForm
from trainings.models import Headcount, Party, Sex
from trainings.pages import fetch_training, require, tabs_for


@require_http_methods(["GET", "POST"])
def headcounts(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the headcounts of a training, and a form for another organisation."""
    training, member = fetch_training(request, reference), member_of(request)
    record, sees_all = access.can_record(member, training), access.can_see_all_names(member, training)
    require(record or access.can_see_some_names(member, training))
    form = HeadcountForm(initial=_initial(request, training.pk) if record else None)
    if request.method == "POST":
        require(record)
        form = HeadcountForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            with errors_in_form(form):
                actions.set_headcounts(
                    training=training,
                    organisation=data["organisation"],
                    counts=form.counts(),
                    replaces_roster=data["replaces_roster"],
                    by=member,
                )
                messages.success(
                    request,
                    _("The headcount of %(organisation)s is recorded.") % {"organisation": data["organisation"]},
                )
                return redirect("trainings:headcounts", reference)
    rows = Headcount.objects.order_by("rank_group", "sex")
    parties = (
        training.parties.filter(headcount_key__isnull=False)
        .select_related("organisation")
        .prefetch_related(Prefetch("headcounts", rows))
    )
    context = {
        "training": training, "form": form, "parties": parties if sees_all else parties.filter(organisation=member.organisation_id),
        "sexes": Sex.choices, "groups": RankGroup.choices, "can_record": record and training.is_open,
        "tabs": tabs_for(training, "headcounts", names=True, record=record),
    }  # fmt: skip
    return render_form(request, "trainings/headcounts/headcounts.html", context)


def _initial(request: HttpRequest, training: int) -> dict[str, object]:
    """The numbers of the organisation named by `?organisation=`, to be corrected."""
    wanted = request.GET.get("organisation", "")
    party = (
        Party.objects.filter(training=training, organisation=int(wanted)).first()
        if wanted.isdecimal() and len(wanted) < 10
        else None
    )
    if party is None:
        return {}
    initial: dict[str, object] = {"organisation": party.organisation_id}
    for count in party.headcounts.all():
        initial[f"attended-{count.rank_group}-{count.sex}"] = count.attended
        initial[f"completed-{count.rank_group}-{count.sex}"] = count.completed
        initial["knows_completed"] = count.completed is not None
    return initial


@require_POST
def headcount_switch(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Replace an organisation's headcount by a roster; the page asks for confirmation."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    party = get_object_or_404(Party.objects.select_related("training", "organisation"), training=training, pk=pk)
    if not request.POST.get("confirmed"):
        messages.error(request, _("Tick that the headcount is dropped, then switch."))
        return redirect("trainings:headcounts", reference)
    with errors_as_messages(request):
        actions.switch_to_roster(party=party, by=member)
        messages.success(request, _("The headcount is dropped. Add the people to the roster."))
        return redirect("trainings:roster", reference)
    return redirect("trainings:headcounts", reference)
