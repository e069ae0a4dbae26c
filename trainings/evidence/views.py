"""Scans of signed paper: attach, open and remove."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from audit.record import record_reading
from common.files.serving import file_response
from common.views import errors_in_form, render_form
from members.request import member_of
from trainings import access
from trainings.evidence import actions
from trainings.forms import ReasonForm
from trainings.pages import fetch_training, require
from trainings.sign_in_sheets.forms import EvidenceForm


@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the scans of a training, and a form for more."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_see_all_names(member, training))
    attaches = access.can_use_sheets(member, training)
    form = EvidenceForm(training=training)
    if request.method == "POST":
        require(attaches)
        form = EvidenceForm(request.POST, request.FILES, training=training)
        if form.is_valid():
            data = form.cleaned_data
            with errors_in_form(form):
                made = actions.attach_evidence(
                    training=training, scans=data["scans"], session=data["session"], by=member
                )
                text = ngettext("%(n)d scan is attached.", "%(n)d scans are attached.", len(made)) % {"n": len(made)}
                messages.success(request, text if made else _("This scan was attached before."))
                return redirect("trainings:evidence", reference)
    scans = access.visible_evidence(member, training).select_related("session", "added_by")
    context = {
        "training": training, "form": form, "evidence": list(scans),
        "can_attach": attaches and not training.is_cancelled, "can_remove": attaches and training.is_open,
    }  # fmt: skip
    return render_form(request, "trainings/evidence/evidence.html", context)


@require_GET
def evidence_file(request: HttpRequest, reference: str, pk: int) -> HttpResponseBase:
    """Serve a scan to members who may see every name of its training; the audit log counts it as a view of names."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_see_all_names(member, training))
    scan = get_object_or_404(access.visible_evidence(member, training), pk=pk)
    record_reading(training, f"scan {scan.pk}", by=member, session=request.session)
    name = f"{training.reference}-{scan.pk}.{str(scan.file.name).rpartition('.')[2]}"
    # Browsers show no PDF in a sandbox, so it is downloaded; a picture is shown.
    return file_response(
        request,
        name=str(scan.file.name),
        kind=scan.kind,
        as_name=name,
        size=scan.size,
        checksum=scan.content_hash,
        inline=True,
    )


@require_http_methods(["GET", "POST"])
def evidence_remove(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Ask for the reason, then remove a scan."""
    training, member = fetch_training(request, reference), member_of(request)
    require(access.can_use_sheets(member, training))
    scan = get_object_or_404(access.visible_evidence(member, training).select_related("training"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.remove_evidence(evidence=scan, reason=form.cleaned_data["reason"], by=member)
            messages.success(
                request, _("The scan is removed. That it was there, and why it is not, stays in the history.")
            )
            return redirect("trainings:evidence", reference)
    context = {
        "form": form, "training": training, "title": _("Remove this scan?"), "action": _("Remove the scan"),
        "text": _("Nobody can open it afterwards. That it was there, who removed it and why is kept."),
    }  # fmt: skip
    return render_form(request, "trainings/reason_confirm.html", context)
