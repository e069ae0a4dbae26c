"""List, show, create and change trainings."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.page_cache import cached_part
from audit.record import entries_about, record_reading
from audit.sentences import sentence
from common.views import errors_as_messages, errors_in_form, is_fragment, page_of, render_form
from members.request import member_of
from trainings import access, actions
from trainings.counting import Figures, training_totals, with_seats
from trainings.disclosure.small_cells import show_all, suppress
from trainings.figures import actions as figures_actions
from trainings.filters import TrainingFilter
from trainings.forms import (
    ChangedTrainingForm,
    NewTrainingForm,
    OwnerForm,
    ReasonForm,
    SessionFormSet,
    session_initial,
)
from trainings.models import Assignment, MarkChange, Session, Training
from trainings.pages import fetch_training, require, tabs_for


@require_GET
def training_list(request: HttpRequest) -> HttpResponse:
    """List every training with its status, newest first."""
    member = member_of(request)

    def render_part(template: str) -> str:
        chosen = TrainingFilter(request.GET, queryset=access.visible_trainings(member).with_list_parts())
        context = {
            "filter": chosen,
            "page": page_of(request, with_seats(chosen.qs), 25),
            "query": urlencode({name: str(value) for name, value in request.GET.items() if value and name != "page"}),
            "chosen_count": sum(1 for name, value in request.GET.items() if value and name != "page"),
        }
        return render_to_string(template, context, request)

    if is_fragment(request):
        return HttpResponse(render_part("trainings/_training_rows.html"))

    def whole() -> str:
        return render_part("trainings/_training_list.html")

    # Every member sees the same list; it is opened often without a filter.
    depends_on = ("trainings", "marks", "members")
    context = {
        "trainings": whole() if request.GET else cached_part("training-list", whole, depends_on=depends_on),
        "can_create": access.can_create(member),
        "has_desk": access.can_decide_duplicates(member),
        "pairs": access.open_pairs(member).count(),
    }
    return render(request, "trainings/training_list.html", context)


def _parts(training: Training) -> dict[str, list[int]]:
    """Return the trainers by part. One query."""
    rows = list(training.assignments.values_list("trainer", "part"))
    return {part: [trainer for trainer, held in rows if held == part] for part in Assignment.Part.values}


def _copied(request: HttpRequest) -> dict[str, object]:
    """Return the values a new training copies from the one named by `?copy=`."""
    source = (
        access.visible_trainings(member_of(request))
        .filter(reference=request.GET.get("copy", "").replace("\x00", ""))
        .first()
    )
    if source is None:
        return {}
    parts = _parts(source)
    first = source.sessions.first()
    return {
        "course": source.course_id, "title": source.title, "host": source.host_id, "country": source.country_id,
        "place": source.place, "language": source.language_id, "mode": source.mode, "notes": source.notes,
        "partners": [partner.pk for partner in source.partners.all()],
        "lead": next(iter(parts[Assignment.Part.LEAD]), None),
        "co_trainers": parts[Assignment.Part.CO_TRAINER], "observers": parts[Assignment.Part.OBSERVER],
        "day_starts": first.starts if first else None, "day_ends": first.ends if first else None,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def training_create(request: HttpRequest) -> HttpResponse:
    """Create a training owned by the member's own organisation."""
    member = member_of(request)
    require(access.can_create(member))
    initial = {
        "key": uuid4(), "host": member.organisation_id, "country": member.organisation.country_id,
        "day_starts": "09:00", "day_ends": "15:00", **_copied(request),
    }  # fmt: skip
    form = NewTrainingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            training = actions.create_training(
                training=form.instance,
                sessions=form.planned_sessions,
                trainers=form.chosen_trainers,
                partners=form.cleaned_data["partners"],
                key=form.cleaned_data["key"],
                by=member,
            )
            messages.success(
                request, _("%(reference)s is recorded. Add who took part.") % {"reference": training.reference}
            )
            return redirect("trainings:roster", training.reference)
    return render_form(request, "trainings/training_form.html", {"form": form, "is_new": True})


@require_http_methods(["GET", "POST"])
def training_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Change the facts, sessions and trainers of a training whose figures are open."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_edit(member, training))
    parts = _parts(training)
    initial = {
        "lead": next(iter(parts[Assignment.Part.LEAD]), None),
        "co_trainers": parts[Assignment.Part.CO_TRAINER],
        "observers": parts[Assignment.Part.OBSERVER],
    }
    form = ChangedTrainingForm(request.POST or None, instance=training, initial=initial)
    formset = SessionFormSet(request.POST or None, initial=session_initial(training), prefix="sessions")
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        plans = [f.plan for f in formset if f.cleaned_data.get("date") and not f.cleaned_data.get("DELETE")]
        plans += form.more_sessions(after=len(plans))
        with errors_in_form(form):
            actions.change_training(
                training=form.instance,
                sessions=plans,
                trainers=form.chosen_trainers,
                partners=form.cleaned_data["partners"],
                by=member,
            )
            messages.success(request, _("The changes are saved."))
            return redirect("trainings:detail", reference)
    wrong = bool(form.errors or (formset.is_bound and not formset.is_valid()))
    context = {"form": form, "formset": formset, "training": training, "is_new": False}
    return render(request, "trainings/training_form.html", context, status=422 if wrong else 200)


@require_GET
def training_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one training: its facts, its figures and what comes next."""
    member = member_of(request)
    parts = ("course", "country", "host", "owner", "language", "submitted_by")
    trainings = access.visible_trainings(member).with_scans().select_related(*parts)
    training = get_object_or_404(trainings, reference=reference)
    assignments = list(training.assignments.select_related("trainer__member__organisation"))
    access.remember_part(member, training, assignments)
    names, record = access.can_see_some_names(member, training), access.can_record(member, training)
    sees_all = access.can_see_all_names(member, training)
    totals = training_totals(training)
    attended = Figures(**totals["attended"])
    versions = training.figures_versions.select_related("made_by", "amendment")
    context = {
        "training": training,
        "tabs": tabs_for(training, "detail", names=names, record=record),
        "sessions": training.sessions.all(),
        "assignments": assignments,
        "partners": training.partners.all(),
        "totals": totals,
        "attended": show_all(attended) if sees_all else suppress(attended),
        "completed": totals["completed"] if sees_all else None,
        "sees_all": sees_all,
        "versions": versions if sees_all and training.figures_version else [],
        "unmarked": totals["unmarked"] if record and training.is_open else 0,
        "missing": figures_actions.what_is_missing(training, totals) if record and training.is_open else [],
        "can_record": record,
        "can_print": access.can_use_sheets(member, training),
        "has_desk": access.can_decide_duplicates(member),
        **_what_may_be_done(request, training),
    }
    if context["can_verify"]:
        held = MarkChange.objects.filter(
            enrolment__training=training, outcome=MarkChange.Outcome.HELD, settled_at=None
        ).select_related("by", "session", "enrolment__participant")
        context["held"] = list(held)
        if context["held"]:
            record_reading(training, "held marks", by=member, session=request.session)
    return render(request, "trainings/training_detail.html", context)


def _what_may_be_done(request: HttpRequest, training: Training) -> dict[str, bool]:
    member = member_of(request)
    submits, verifies = access.can_submit(member, training), access.can_verify(member, training)
    mine = training.submitted_by_id == member.pk
    return {
        "can_edit": training.is_open and access.can_edit(member, training),
        "can_submit": submits and training.is_open,
        "can_recall": submits and training.is_submitted and mine,
        "can_verify": verifies and training.is_submitted and not mine,
        "waits_for_another": verifies and training.is_submitted and mine,
        "can_amend": verifies and training.is_verified,
        "can_change_owner": access.can_change_owner(member, training),
        "can_restore": training.is_cancelled and access.can_edit(member, training),
        "can_copy": access.can_create(member),
    }


@require_GET
def training_history(request: HttpRequest, reference: str) -> HttpResponse:
    """List who did what when, in sentences."""
    training, member = fetch_training(request, reference), member_of(request)
    names, record = access.can_see_some_names(member, training), access.can_record(member, training)
    sees_all = access.can_see_all_names(member, training)
    page = page_of(request, entries_about(training))
    context = {
        "training": training,
        "page": page,
        "entries": [(line, sentence(line, with_text=sees_all)) for line in page],
        "tabs": tabs_for(training, "history", names=names, record=record),
    }
    return render(request, "trainings/training_history.html", context)


@require_http_methods(["GET", "POST"])
def training_cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for the reason, then cancel."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_edit(member, training))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.cancel_training(training=training, reason=form.cleaned_data["reason"], by=member)
            messages.success(request, _("The training is cancelled. It counts nowhere; what was recorded is kept."))
            return redirect(training)
    context = {
        "form": form, "training": training, "title": _("Cancel this training?"), "action": _("Cancel the training"),
        "text": _("A cancelled training counts nowhere. Everything recorded is kept, and the cancellation can be taken back."),
    }  # fmt: skip
    return render_form(request, "trainings/reason_confirm.html", context)


@require_POST
def training_restore(request: HttpRequest, reference: str) -> HttpResponse:
    """Restore a cancelled training."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_edit(member, training) or access.can_submit(member, training))
    with errors_as_messages(request):
        actions.restore_training(training=training, by=member)
        messages.success(request, _("The training is held after all."))
    return redirect(training)


@require_POST
def session_toggle(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Cancel one session or reinstate it."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_edit(member, training))
    session = get_object_or_404(Session.objects.select_related("training"), training=training, pk=pk)
    with errors_as_messages(request):
        actions.toggle_session(session=session, by=member)
        messages.success(request, _("The session is changed."))
    return redirect(training)


@require_http_methods(["GET", "POST"])
def training_owner(request: HttpRequest, reference: str) -> HttpResponse:
    """Transfer the training to another owner, with a reason."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_change_owner(member, training))
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.change_owner(
                training=training, owner=form.cleaned_data["owner"], reason=form.cleaned_data["reason"], by=member
            )
            messages.success(request, _("The keeper is changed."))
            return redirect(training)
    context = {
        "form": form, "training": training, "title": _("Change the keeper?"), "action": _("Change the keeper"),
        "text": _("The new keeper's recorders and coordinators see every name of this training; the former ones no longer do."),
    }  # fmt: skip
    return render_form(request, "trainings/reason_confirm.html", context)
