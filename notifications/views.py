"""A member's notifications, their settings, and unsubscribing from the digest."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.views import page_of, render_form
from members.request import member_of
from notifications import access, actions
from notifications.forms import NotificationSettingsForm
from notifications.kinds import KINDS
from notifications.models import Digest, NotificationSetting

PAGE = 20


@require_http_methods(["GET", "POST"])
def notification_list(request: HttpRequest) -> HttpResponse:
    """A member's notifications, newest first. A POST marks all as read."""
    member = member_of(request)
    if request.method == "POST":
        actions.read_notifications(by=member)
        return redirect("notifications:list")
    page = page_of(request, access.visible_notifications(member), PAGE)
    rows = [(row, KINDS[row.kind], KINDS[row.kind].sentence(row.target)) for row in page]
    context = {"page": page, "rows": rows, "unread": any(row.read_at is None for row in page)}
    return render(request, "notifications/notification_list.html", context)


@require_http_methods(["GET", "POST"])
def notification_settings(request: HttpRequest) -> HttpResponse:
    """How soon a member is notified of each kind of event, and their digest."""
    member = member_of(request)
    chosen = dict(NotificationSetting.objects.filter(member=member).values_list("kind", "mode"))
    form = NotificationSettingsForm(request.POST or None, chosen=chosen, digest=actions.digest_settings(member))
    if request.method == "POST" and form.is_valid():
        actions.choose_notifications(
            member=member,
            modes=form.modes(),
            every=form.cleaned_data["every"],
            language=form.cleaned_data["language"],
            by=member,
        )
        messages.success(request, _("It is saved."))
        return redirect("notifications:settings")
    return render_form(request, "notifications/settings.html", {"form": form})


# Email programs send the one click themselves (RFC 8058); only the member has the token.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe from the digest through its link: confirmation on GET, done on POST, without signing in."""
    digest = get_object_or_404(Digest.objects.select_related("member__organisation"), leave_token=token)
    if request.method == "POST" and digest.every != Digest.Every.OFF:
        actions.leave_digest(digest=digest, by=digest.member)
    is_over = digest.every == Digest.Every.OFF
    return render(request, "notifications/leave.html", {"is_over": is_over, "token": token})
