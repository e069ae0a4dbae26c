"""Entry to the Django admin: the portal's own sign-in, never a second one."""

from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from common.desk import DeskAdmin


@login_not_required
@never_cache
def sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Redirect to the portal's sign-in page, or refuse a member who may not use the desk."""
    desk = reverse("admin:index")
    if not request.user.is_authenticated:
        wanted = request.GET.get("next") or desk
        return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")
    if not request.user.has_perm("members.use_desk"):
        raise PermissionDenied
    return redirect(desk)


def password_change(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Redirect to the portal's own page for a new password."""
    return redirect("account_change_password")


def sign_out(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Delegate to the portal's own sign-out, which asks for confirmation on GET; a POST stays one."""
    return redirect("account_logout", preserve_request=request.method == "POST")


def settle(site: AdminSite) -> None:
    """Set the desk's sign-in to the portal's, and unregister the tables of installed packages.

    Those would write without an action, and the queue's table contains emails with their links.
    """
    site.login = sign_in  # type: ignore[method-assign]
    site.logout = sign_out  # type: ignore[assignment, method-assign]
    site.password_change = password_change  # type: ignore[assignment, method-assign]
    site.unregister([model for model, table in site._registry.items() if not isinstance(table, DeskAdmin)])
