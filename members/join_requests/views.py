"""Asking to join from the public page, and deciding on such requests."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.views import errors_as_messages, errors_in_form, render_form
from members import access, actions
from members.forms import RolesForm
from members.join_requests.forms import JoinForm
from members.models import JoinRequest, Member
from members.pages import managing


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask to become a member. The answer is the same whether the address is known or not."""
    form = JoinForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render_form(request, "members/join_requests/join.html", {"form": form})
    data = form.cleaned_data
    if not ratelimit.consume(request, action="join", key=data["email"].lower()):
        form.add_error(None, _("Too many requests came from here. Try again tomorrow, or write to the secretariat."))
        return render(request, "members/join_requests/join.html", {"form": form}, status=429)
    if not data.pop("website"):
        actions.ask_to_join(**data)
    return render(request, "members/join_requests/join_done.html")


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the roles for a request to join, and send the invitation."""
    by = managing(request)
    join_request = get_object_or_404(access.manageable_requests(by).select_related("organisation"), pk=pk)
    return _approve(request, by, join_request)


@reauthentication_required(allow_get=True, app="members")
def _approve(request: HttpRequest, by: Member, join_request: JoinRequest) -> HttpResponse:
    form = RolesForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.approve_request(join_request=join_request, roles=list(form.cleaned_data["roles"]), by=by)
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": join_request.email})
            return redirect("members:list")
    return render_form(request, "members/join_requests/join_approve.html", {"form": form, "asked": join_request})


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline; the person is notified in neutral words."""
    by = managing(request)
    join_request = get_object_or_404(access.manageable_requests(by), pk=pk)
    with errors_as_messages(request):
        actions.decline_request(join_request=join_request, by=by)
        messages.success(request, _("The request of %(name)s is declined.") % {"name": join_request})
    return redirect("members:list")
