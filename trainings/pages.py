"""Helpers shared by all pages of one training."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from members.request import member_of
from trainings import access
from trainings.models import Training


@dataclass(frozen=True)
class Tab:
    """One tab of a training's pages."""

    label: str
    url: str
    current: bool


def fetch_training(request: HttpRequest, reference: str, *parts: str) -> Training:
    """Return the training if visible, else 404; with these related rows, or all that a list shows. One query."""
    seen = access.visible_trainings(member_of(request))
    trainings = seen.select_related(*parts) if parts else seen.with_list_parts()
    return get_object_or_404(trainings, reference=reference)


def require(allowed: bool) -> None:
    """Answer 403 unless allowed: for something the member may see but not do."""
    if not allowed:
        raise PermissionDenied


def posted_key(text: str) -> UUID:
    """Return the key a client sent; refuse an invalid one."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise ValidationError(_("The page sent no valid key. Load it again.")) from wrong


def tabs_for(training: Training, current: str, *, names: bool, record: bool) -> list[Tab]:
    """Return the tabs of a training that this member may open."""
    entries = [("detail", _("Overview"), True), ("attendance", _("Attendance"), names or record),
               ("roster", _("Roster"), names or record), ("headcounts", _("Headcounts"), names or record),
               ("history", _("History"), True)]  # fmt: skip
    tabs = [
        Tab(str(label), reverse(f"trainings:{name}", args=[training.reference]), name == current)
        for name, label, shown in entries
        if shown
    ]
    # The materials tab belongs to knowledge, an app above this one: only its address is known here.
    materials = reverse("training_materials", args=[training.reference])
    return [*tabs[:-1], Tab(str(_("Materials")), materials, current == "materials"), tabs[-1]]
