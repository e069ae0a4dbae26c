"""Context processor for what surrounds the content of every page."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from members.encryption import browser_name
from members.models import Member, RoleCode
from members.second_factor.rules import is_pending


@dataclass(frozen=True)
class NavLink:
    """One entry of the main navigation."""

    label: str
    url: str
    current: bool


def _navigation(request: HttpRequest, member: Member | None) -> list[NavLink]:
    entries = [(_("Home"), reverse("home"))]
    if member:
        entries += [(_("Trainers"), reverse("trainers:list")), (_("Trainings"), reverse("trainings:list"))]
        entries += [(_("Knowledge"), reverse("knowledge:list")), (_("Reports"), reverse("reports:people"))]
        if member.has_role(RoleCode.ADMIN, RoleCode.COORDINATOR):
            entries.append((_("Members"), reverse("members:list")))
    here = request.path
    # The reports start at one of their pages, which are siblings.
    parts = [(label, url, url.removesuffix("people/")) for label, url in entries]
    return [NavLink(label, url, here == url or (part != "/" and here.startswith(part))) for label, url, part in parts]


def demo_accounts() -> dict[str, object]:
    """Return the accounts of the demo and their password, as the sign-in page prints them."""
    ministries = ("ba", "me", "mk", "rs")
    roles = [(_("Recorder"), "recorder"), (_("Coordinator"), "coordinator"), (_("Trainer"), "trainer")]
    accounts = [
        (f"{label} · {code.upper()}", f"{role}.{code}@demo.example") for label, role in roles for code in ministries
    ]
    accounts += [(_("Network admin"), "admin@demo.example"), (_("Observer"), "observer@demo.example")]
    return {"demo_accounts": accounts, "demo_password": settings.DEMO_PASSWORD}


def chrome(request: HttpRequest) -> dict[str, object]:
    """Return the names, the navigation and the member's own links."""
    user = getattr(request, "user", None)
    member = user if isinstance(user, Member) and user.is_active and not is_pending(request, user) else None
    profile = getattr(member, "profile", None) if member and member.has_role(RoleCode.TRAINER) else None
    return {
        "site_name": settings.SITE_NAME,
        "site_tagline": settings.SITE_TAGLINE,
        "site_auspices": settings.SITE_AUSPICES,
        "demo": settings.DEMO,
        **(demo_accounts() if settings.DEMO else {}),
        "nav": _navigation(request, member),
        "chrome": {
            "may_enter": member is not None,
            "browser_name": browser_name(member.pk) if member else "",
            "profile_url": profile.get_absolute_url() if profile else "",
            "can_use_desk": bool(member and member.has_role(RoleCode.ADMIN)),
            "desk_url": reverse("admin:index"),
        },
    }
