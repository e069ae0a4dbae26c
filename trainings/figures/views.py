"""Submit, withdraw, return, verify and amend figures."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.views import add_refusal, errors_as_messages, errors_in_form, render_form
from members.request import member_of
from trainings import access
from trainings.attendance.actions import KeyReusedError, settle_held_change
from trainings.attendance.views import posted_edits, sheet_context, ticked_off
from trainings.figures import actions
from trainings.forms import ReasonForm
from trainings.headcounts.forms import AmendedHeadcountsForm
from trainings.models import MarkChange
from trainings.pages import fetch_training, require
from trainings.roster.forms import missing_people

SHOWN_OF_MISSING = ("family_name", "given_name", "sex", "rank_words", "unit", "organisation", "value")


def _version(request: HttpRequest) -> int:
    """Return the version that the page showed; -1 if it sent none."""
    value = request.POST.get("version", "")
    return int(value) if value.isdecimal() and len(value) < 9 else -1


@require_POST
def figures_submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Submit the current figures."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_submit(member, training))
    with errors_as_messages(request):
        actions.submit_figures(training=training, by=member)
        messages.success(request, _("The figures are submitted and count from now on. A coordinator verifies them."))
    return redirect(training)


@require_POST
def figures_recall(request: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw one's own submission."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_submit(member, training))
    with errors_as_messages(request):
        actions.recall_figures(training=training, version_seen=_version(request), by=member)
        messages.success(request, _("The figures are recalled. Change what is needed and submit again."))
    return redirect(training)


@require_POST
def figures_verify(request: HttpRequest, reference: str) -> HttpResponse:
    """Verify exactly the version the page showed."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_verify(member, training))
    with errors_as_messages(request):
        actions.verify_figures(training=training, version_seen=_version(request), by=member)
        messages.success(request, _("The figures are verified."))
    return redirect(training)


@require_http_methods(["GET", "POST"])
def figures_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Return submitted figures for changes, with a reason."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_verify(member, training))
    form = ReasonForm(request.POST or None, initial={"version": training.figures_version})
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.return_figures(
                training=training,
                version_seen=form.cleaned_data["version"] or -1,
                reason=form.cleaned_data["reason"],
                by=member,
            )
            messages.success(request, _("The figures are returned with your reason."))
            return redirect(training)
    context = {
        "form": form, "training": training, "title": _("Return these figures?"), "action": _("Return the figures"),
        "text": _("The recorder sees your reason and can correct and submit again. Until then the training does not count."),
    }  # fmt: skip
    return render_form(request, "trainings/reason_confirm.html", context)


@require_http_methods(["GET", "POST"])
def figures_amend(request: HttpRequest, reference: str) -> HttpResponse:
    """Change verified figures together with one reason: marks, the roster, the numbers of headcounts."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_verify(member, training))
    if not training.is_verified:
        messages.error(request, _("Only verified figures are amended."))
        return redirect(training)
    form = ReasonForm(request.POST or None, initial={"version": training.figures_version})
    missing = missing_people(request.POST or None, training)
    headcounts = AmendedHeadcountsForm(request.POST or None, training=training)
    # Validate every part, so that each reports its own errors.
    valid = [part.is_valid() for part in (form, missing, headcounts)]
    if request.method == "POST" and all(valid):
        try:
            change = actions.AmendedFigures(
                edits=posted_edits(request),
                taken_off=ticked_off(request),
                headcounts=headcounts.numbers(),
                added=[actions.Addition(f.row(), f.cleaned_data["value"]) for f in missing if f.has_changed()],
            )
            actions.amend_figures(
                training=training,
                change=change,
                reason=form.cleaned_data["reason"],
                version_seen=form.cleaned_data["version"] or -1,
                by=member,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
        except KeyReusedError:
            form.add_error(None, _("This form was sent before with other marks. Load the page again."))
        else:
            messages.success(request, _("The figures are amended. The old version stays readable."))
            return redirect(training)
    context = {
        **sheet_context(request, training, amending=True), "form": form, "missing": missing, "headcounts": headcounts,
        "missing_fields": [(f, [f[name] for name in SHOWN_OF_MISSING]) for f in missing],
    }  # fmt: skip
    wrong = form.is_bound and (form.errors or not missing.is_valid() or headcounts.errors)
    return render(request, "trainings/figures/figures_amend.html", context, status=422 if wrong else 200)


@require_POST
def held_settle(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Set a held change aside."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_verify(member, training))
    change = get_object_or_404(MarkChange, enrolment__training=training, pk=pk)
    with errors_as_messages(request):
        settle_held_change(change=change, by=member)
        messages.success(request, _("The change is set aside."))
    return redirect(training)
