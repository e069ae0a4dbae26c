"""The roster: add, paste, correct and remove people."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.record import record_reading
from common.folding import loose, spelling
from common.views import errors_as_messages, errors_in_form, render_form, safe_next
from members.models import Member, Rank
from members.request import member_of
from trainings import access
from trainings.models import Enrolment, Participant, Training
from trainings.pages import fetch_training, require, tabs_for
from trainings.roster import actions, linking
from trainings.roster.forms import PersonForm, person_initial
from trainings.roster.linking_form import MemberForm

SUGGESTIONS = 6
MAX_ROWS = 500

# What this page reads from pasted cells; anything else a list may hold is left out.


def _roster_context(request: HttpRequest, training: Training) -> dict[str, Any]:
    member = member_of(request)
    record = access.can_record(member, training)
    seen = access.visible_enrolments(member, training).select_related("participant__member", "organisation", "rank")
    if seen:
        record_reading(training, "roster", by=member, session=request.session)
    people = [row for row in seen if row.removed_at is None]
    pairs = _pairs_of(member, people)
    listed = [(row, pairs.get(row.participant_id), access.can_link(member, row.participant)) for row in people]
    return {
        "training": training,
        "people": listed,
        "can_link": any(may_link and not row.participant.member_id for row, _pair, may_link in listed),
        # A participant merged into another cannot be restored.
        "removed": [row for row in seen if row.removed_at and not row.participant.merged_into_id] if record else [],
        "can_record": record and training.is_open,
        "can_use_workbook": training.is_open and access.can_use_workbook(member, training),
        "tabs": tabs_for(training, "roster", names=True, record=record),
    }


def _pairs_of(member: Member, people: Sequence[Enrolment]) -> dict[int, int]:
    """Return an open pair of each possible duplicate, for members who decide on them. One query, none for others."""
    here = {row.participant_id for row in people}
    pairs = access.open_pairs(member).filter(Q(first__in=here) | Q(second__in=here))
    return {person: pk for pk, *two in pairs.values_list("pk", "first", "second") for person in two if person in here}


def _first_person(training: Training, home: int) -> PersonForm:
    return PersonForm(initial={"organisation": home})


@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the people on the roster, and a form for the next person."""
    training, member = fetch_training(request, reference), member_of(request)
    record = access.can_record(member, training)
    require(record or access.can_see_some_names(member, training))
    form = _first_person(training, _last_home(request, training))
    if request.method == "POST":
        require(record)
        form = PersonForm(request.POST)
        if form.is_valid():
            with errors_in_form(form):
                added = actions.add_to_roster(training=training, rows=[form.row()], by=member)
                if added:
                    messages.success(request, _("%(name)s is on the roster.") % {"name": added[0].participant})
                    request.session["roster_home"] = form.cleaned_data["organisation"].pk
                    return redirect("trainings:roster", reference)
                form.add_error(
                    "is_another", _("This person is on the roster already. If it is another one, say so here.")
                )
    context = {**_roster_context(request, training), "form": form}
    context["ranks"] = Rank.objects.filter(country=training.owner.country_id) if context["can_record"] else []
    return render_form(request, "trainings/roster/roster.html", context)


def _last_home(request: HttpRequest, training: Training) -> int:
    """The home of the person added last, else the owner: most rosters come from one ministry."""
    return int(request.session.get("roster_home") or training.owner_id)


@require_POST
def suggest(request: HttpRequest, reference: str) -> HttpResponse:
    """Suggest earlier participants this member may see, by the beginning of a name in any script.

    POST although it changes nothing: names must not be in URLs, which proxies and browsers store. Rank and unit come from
    the latest enrolment whose names this member may see.
    """
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_record(member, training))
    typed = f"{request.POST.get('family_name', '')} {request.POST.get('given_name', '')}"[:160]
    matches: list[Participant] = []
    if len(spelling(typed)) >= 2:
        written = Q(spelling_key__startswith=spelling(typed)) | Q(loose_key__startswith=loose(typed))
        records = (
            access.visible_records(member).filter(written).select_related("organisation", "merged_into__organisation")
        )
        matches = list(dict.fromkeys(record.standing for record in records[: 2 * SUGGESTIONS]))[:SUGGESTIONS]
    if matches:
        record_reading(training, "suggestions", by=member, session=request.session)
    last: dict[int, Enrolment] = {}
    seen = access.enrolments_with_names(member).filter(participant__in=matches)
    for enrolment in seen.select_related("training").order_by("pk"):
        last[enrolment.participant_id] = enrolment
    people = [(person, last.get(person.pk)) for person in matches]
    return render(request, "trainings/roster/_suggestions.html", {"people": people, "training": training})


@require_http_methods(["GET", "POST"])
def enrolment_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Correct one roster row, then return to the roster or to the referring page."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(
        access.visible_enrolments(member, training).select_related("participant", "organisation", "training"), pk=pk
    )
    require(access.can_record(member, training))
    record_reading(training, "roster", by=member, session=request.session)
    after = request.POST.get("next") or request.GET.get("next", "")
    back = safe_next(request, after, reverse("trainings:roster", args=[reference]))
    form = PersonForm(request.POST or None, initial=person_initial(enrolment))
    form.fields["organisation"].disabled = True
    del form.fields["is_another"]
    if request.method == "POST" and form.is_valid():
        row = form.row()
        enrolment.rank, enrolment.rank_words = row.rank, row.rank_words
        enrolment.rank_group, enrolment.unit = row.rank_group, row.unit
        with errors_in_form(form):
            actions.change_enrolment(
                enrolment=enrolment, family_name=row.family_name, given_name=row.given_name, sex=row.sex, by=member
            )
            messages.success(request, _("The row is corrected."))
            return redirect(back)
    context = {"form": form, "training": training, "enrolment": enrolment, "back": back}
    return render_form(request, "trainings/roster/enrolment_form.html", context)


@require_http_methods(["GET", "POST"])
def enrolment_member(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Link a person on the roster to a member, or remove the link; also when figures are locked."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(
        access.visible_enrolments(member, training).select_related("participant__member", "participant__organisation"),
        pk=pk,
        removed_at=None,
    )
    person = enrolment.participant
    require(access.can_link(member, person))
    record_reading(training, "roster", by=member, session=request.session)
    form = MemberForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            chosen = form.cleaned_data["member"]
            if chosen and chosen != person.member:
                linking.link_participant(participant=person, member=chosen, training=training, by=member)
            elif person.member and not chosen:
                linking.unlink_participant(participant=person, training=training, by=member)
            messages.success(request, _("It is saved whom this person became."))
            return redirect("trainings:roster", reference)
    context = {"form": form, "training": training, "person": person}
    return render_form(request, "trainings/roster/participant_member.html", context)


@require_POST
def enrolment_remove(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Remove one person from the roster; the same page offers to undo it."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(access.visible_enrolments(member, training).filter(removed_at=None), pk=pk)
    require(access.can_record(member, training))
    with errors_as_messages(request):
        actions.remove_from_roster(enrolment=enrolment, by=member)
        messages.success(request, _("The person is off the roster. Below the list you can bring them back."))
    return redirect("trainings:roster", reference)


@require_POST
def enrolment_restore(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Restore a removed person with their marks."""
    training, member = fetch_training(request, reference), member_of(request)
    enrolment = get_object_or_404(access.visible_enrolments(member, training).exclude(removed_at=None), pk=pk)
    require(access.can_record(member, training))
    with errors_as_messages(request):
        actions.restore_to_roster(enrolment=enrolment, by=member)
        messages.success(request, _("The person is on the roster again, with their marks."))
    return redirect("trainings:roster", reference)
