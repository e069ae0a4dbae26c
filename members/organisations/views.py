"""Pages of organisations, for admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.views import page_of, render_form
from members import actions
from members.models import Organisation
from members.organisations.forms import OrganisationForm
from members.pages import desk_tabs, editing


@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Every organisation, for admins."""
    by = editing(request)
    rows = Organisation.objects.select_related("country").order_by("kind", "name")
    context = {"page": page_of(request, rows), "tabs": desk_tabs(by, "members:organisations")}
    return render(request, "members/organisations/organisation_list.html", context)


@require_http_methods(["GET", "POST"])
def organisation_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change an organisation."""
    by = editing(request)
    organisation = get_object_or_404(Organisation, pk=pk) if pk else None
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        actions.save_organisation(organisation=form.instance, by=by)
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("members:organisations")
    context = {"form": form, "organisation": organisation}
    return render_form(request, "members/organisations/organisation_form.html", context)
