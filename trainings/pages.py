"""What every page of one training needs."""

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
    """Return the training this member may see, else 404; with these related rows, or all that a list shows. One query."""
    seen = access.visible_trainings(member_of(request))
    trainings = seen.select_related(*parts) if parts else seen.with_list_parts()
    return get_object_or_404(trainings, reference=reference)


def require(allowed: bool) -> None:
    """Answer 403 unless allowed: the thing is visible, the act is not theirs."""
    if not allowed:
        raise PermissionDenied


def posted_key(text: str) -> UUID:
    """Return the key a client sent; refuse what is none."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise ValidationError(_("The page sent no valid key. Load it again.")) from wrong


def tabs_for(training: Training, current: str, *, names: bool, record: bool) -> list[Tab]:
    """Return the tabs this member has on a training."""
    entries = [("detail", _("Overview"), True), ("attendance", _("Attendance"), names or record),
               ("roster", _("Roster"), names or record), ("headcounts", _("Headcounts"), names or record),
               ("history", _("History"), True)]  # fmt: skip
    tabs = [
        Tab(str(label), reverse(f"trainings:{name}", args=[training.reference]), name == current)
        for name, label, shown in entries
        if shown
    ]
    # What it taught with stands with knowledge, above this app: only its address is known here.
    materials = reverse("training_materials", args=[training.reference])
    return [*tabs[:-1], Tab(str(_("Materials")), materials, current == "materials"), tabs[-1]]
